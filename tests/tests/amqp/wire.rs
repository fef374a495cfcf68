//! Octets that no library sends: the port says to them what real servers said.

use super::Served;
use std::collections::BTreeSet;
use std::fs;
use warren_core::broker::Profile;
use warren_tests::wire;

fn check(profile: Profile) {
    let served = Served::like(profile);
    let release = profile.recorded_from();
    let text = fs::read_to_string(wire::file(release)).expect("the answers are on file");
    let wanted = wire::parse(&text);
    assert!(wanted.len() > 300, "only {} answers are on file", wanted.len());
    let known = known(release);
    let mut found = wire::ask(served.address);
    let mut odd: BTreeSet<String> = wire::differences(&found, &wanted).into_keys().collect();
    odd.retain(|name| !known.contains(name));
    found.extend(wire::ask_patiently(served.address, &odd));
    let mut differences = wire::differences(&found, &wanted);
    let equal = known.iter().filter(|name| differences.remove(name.as_str()).is_none());
    let now: Vec<&String> = equal.collect();
    println!("{release}: {} of {}", wanted.len() - known.len(), wanted.len());
    let text: String = differences.into_values().collect();
    assert!(text.is_empty(), "RabbitMQ {release}:\n{text}");
    assert!(
        now.is_empty(),
        "answered as by RabbitMQ {release} now, take them off the list: {now:?}"
    );
}

/// What is answered differently, and why: `RELEASE CASE: REASON`.
fn known(release: &str) -> Vec<String> {
    let file = wire::file("known-differences");
    let text = fs::read_to_string(file).expect("the list is there");
    let lines = text.lines().filter_map(|line| line.strip_prefix(release)?.split_once(": "));
    lines.map(|(name, _)| name.trim().to_owned()).collect()
}

#[test]
fn octets_are_answered_as_by_rabbitmq_3_10() {
    check(Profile::V3_10);
}

#[test]
fn octets_are_answered_as_by_rabbitmq_4_0() {
    check(Profile::V4_0);
}

#[test]
fn octets_are_answered_as_by_rabbitmq_4_3() {
    check(Profile::V4_3);
}
