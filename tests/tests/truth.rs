//! The core against recorded answers of real RabbitMQ servers.

#![cfg(not(target_arch = "wasm32"))]

use warren_core::broker::Profile;
use warren_tests::truth::Way;
use warren_tests::truth::known::check;

#[test]
fn answers_are_those_of_rabbitmq_3_10() {
    check(Profile::V3_10, Way::Core);
}

#[test]
fn answers_are_those_of_rabbitmq_4_0() {
    check(Profile::V4_0, Way::Core);
}

#[test]
fn answers_are_those_of_rabbitmq_4_3() {
    check(Profile::V4_3, Way::Core);
}
