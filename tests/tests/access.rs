//! Users, permissions, limits, policies, alarms and timeouts against what real
//! RabbitMQ servers answered (3.10.8, 4.0.5 and 4.3.6).

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use warren_core::broker::Profile;
use warren_tests::truth::{self, Outcome, Way};

fn check(profile: Profile) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/access");
    let played = truth::run(&data, profile, Way::Core).expect("the recordings are there");
    assert!(played.len() >= 50, "only {} recordings were found", played.len());
    let mut text = String::new();
    for one in &played {
        match &one.outcome {
            Outcome::Equal => {}
            Outcome::Different(difference) => text += &format!("{difference}\n"),
            other => text += &format!("{}: {other:?}\n", one.id),
        }
    }
    assert!(text.is_empty(), "RabbitMQ {}:\n{text}", profile.recorded_from());
}

#[test]
fn access_is_as_in_rabbitmq_3_10() {
    check(Profile::V3_10);
}

#[test]
fn access_is_as_in_rabbitmq_4_0() {
    check(Profile::V4_0);
}

#[test]
fn access_is_as_in_rabbitmq_4_3() {
    check(Profile::V4_3);
}
