//! Users, permissions, limits, policies, alarms and timeouts against what real
//! RabbitMQ servers answered (3.10.8, 4.0.5 and 4.3.6).

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use warren_core::broker::Profile;
use warren_tests::truth::{self, Outcome, Way};

/// Through the port there are two recordings fewer: it is asked with
/// connection.update-secret whether it has come to rest, which itself makes 4.3
/// look at rights again.
fn check(profile: Profile, way: Way) {
    let (folder, least) = match way {
        Way::Core => ("data/access", 50),
        Way::Port => ("data/access/both", 48),
    };
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let played = truth::run(&data, profile, way).expect("the recordings are there");
    assert!(played.len() >= least, "only {} recordings were found", played.len());
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
    check(Profile::V3_10, Way::Core);
}

#[test]
fn access_is_as_in_rabbitmq_4_0() {
    check(Profile::V4_0, Way::Core);
}

#[test]
fn access_is_as_in_rabbitmq_4_3() {
    check(Profile::V4_3, Way::Core);
}

#[test]
fn access_through_the_port_is_as_in_rabbitmq_3_10() {
    check(Profile::V3_10, Way::Port);
}

#[test]
fn access_through_the_port_is_as_in_rabbitmq_4_0() {
    check(Profile::V4_0, Way::Port);
}

#[test]
fn access_through_the_port_is_as_in_rabbitmq_4_3() {
    check(Profile::V4_3, Way::Port);
}
