//! Exchange types of plugins and streams, against recorded answers of RabbitMQ
//! 3.10.8, 4.0.5 and 4.3.6 with `rabbitmq_consistent_hash_exchange`,
//! `rabbitmq_random_exchange`, `rabbitmq_recent_history_exchange` and
//! `rabbitmq_sharding` enabled; those about `x-delayed-message` are of 3.10.8
//! with `rabbitmq_delayed_message_exchange` 3.10.2, each played twice and
//! answered the same.

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use warren_core::broker::Profile;
use warren_tests::truth::{Outcome, Way, run};

/// Plays what a folder has of a release: at least so many recordings.
fn check(folder: &str, profile: Profile, least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
    let played = run(&folder, profile, Way::Core).expect("the recordings are there");
    let apart = |outcome: &Outcome| matches!(outcome, Outcome::Apart(_));
    let equal = played.iter().filter(|one| one.outcome == Outcome::Equal).count();
    let wrong: Vec<String> = played
        .iter()
        .filter(|one| one.outcome != Outcome::Equal && !apart(&one.outcome))
        .map(|one| format!("{}: {:?}", one.id, one.outcome))
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), played.len(), wrong.join("\n"));
    assert!(equal >= least, "only {equal} recordings of {} were found", profile.name());
}

#[test]
fn answers_are_those_of_rabbitmq_with_its_plugins() {
    for (profile, least) in [(Profile::V3_10, 61), (Profile::V4_0, 27), (Profile::V4_3, 28)] {
        check("plugins", profile, least);
    }
}

#[test]
fn streams_answer_as_those_of_rabbitmq() {
    for profile in Profile::ALL {
        check("streams", profile, 25);
    }
}
