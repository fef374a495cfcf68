//! The recorded answers of real servers, through the port.

use warren_core::broker::Profile;
use warren_tests::truth::Way;
use warren_tests::truth::known::check;

#[test]
fn the_port_answers_as_rabbitmq_3_10() {
    check(Profile::V3_10, Way::Port);
}

#[test]
fn the_port_answers_as_rabbitmq_4_0() {
    check(Profile::V4_0, Way::Port);
}

#[test]
fn the_port_answers_as_rabbitmq_4_3() {
    check(Profile::V4_3, Way::Port);
}
