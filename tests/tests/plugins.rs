//! Exchange types of plugins and streams, against recorded answers of RabbitMQ
//! 3.10.8 with `rabbitmq_consistent_hash_exchange`, `rabbitmq_random_exchange`,
//! `rabbitmq_recent_history_exchange`, `rabbitmq_sharding` and
//! `rabbitmq_delayed_message_exchange` 3.10.2 enabled. Each was played twice and
//! answered the same.

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use warren_core::broker::Profile;
use warren_tests::truth::{Outcome, Way, run};

fn check(folder: &str, least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
    let played = run(&folder, Profile::V3_10, Way::Core).expect("the recordings are there");
    assert!(played.len() >= least, "only {} recordings were found", played.len());
    let wrong: Vec<String> = played
        .iter()
        .filter(|one| one.outcome != Outcome::Equal)
        .map(|one| format!("{}: {:?}", one.id, one.outcome))
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), played.len(), wrong.join("\n"));
}

#[test]
fn answers_are_those_of_rabbitmq_with_its_plugins() {
    check("plugins", 61);
}

#[test]
fn streams_answer_as_those_of_rabbitmq() {
    check("streams", 25);
}
