//! The core against recorded answers of real RabbitMQ servers.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use warren_core::broker::Profile;
use warren_tests::truth;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/truth")
}

/// Which recordings are answered differently, by profile and id, and why. A
/// line is `profile id: reason`.
fn known() -> BTreeMap<(String, String), String> {
    let text = fs::read_to_string(data().join("known-differences.txt")).expect("the list is there");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (key, reason) = line.split_once(": ").expect("profile id: reason");
            let (profile, id) = key.split_once(' ').expect("profile id");
            ((profile.to_owned(), id.to_owned()), reason.to_owned())
        })
        .collect()
}

fn check(profile: Profile) {
    let report = truth::run(&data().join("scenarios"), profile).expect("the recordings are there");
    assert!(report.total() > 300, "only {} recordings were found", report.total());
    let known = known();
    let key = |id: &str| (profile.name().to_owned(), id.to_owned());
    let mut text = String::new();
    for difference in &report.different {
        if !known.contains_key(&key(&difference.id)) {
            text += &format!("{difference}\n");
        }
    }
    for id in &report.equal {
        if known.contains_key(&key(id)) {
            text += &format!("{id} is answered as recorded now: take it off the list\n");
        }
    }
    println!("{}: {} of {} as recorded", profile.name(), report.equal.len(), report.total());
    assert!(text.is_empty(), "RabbitMQ {}:\n{text}", profile.recorded_from());
}

#[test]
fn answers_are_those_of_rabbitmq_3_10() {
    check(Profile::V3_10);
}

#[test]
fn answers_are_those_of_rabbitmq_4_0() {
    check(Profile::V4_0);
}

#[test]
fn answers_are_those_of_rabbitmq_4_3() {
    check(Profile::V4_3);
}
