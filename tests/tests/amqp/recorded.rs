//! The recorded answers of real servers, through the port.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use warren_core::broker::Profile;
use warren_tests::truth::port;

/// The recordings that the core answers differently, without those that are
/// about frames: these the port answers.
fn known(profile: Profile) -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/truth/known-differences.txt");
    let text = fs::read_to_string(file).expect("the list is there");
    let lines = text.lines().filter(|line| !line.contains("frames are the network adapter's"));
    lines
        .filter_map(|line| line.strip_prefix(profile.name())?.trim_start().split_once(": "))
        .map(|(id, _)| id.to_owned())
        .collect()
}

fn check(profile: Profile) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/truth/scenarios");
    let report = port::run(&data, profile).expect("the recordings are there");
    assert!(report.total() > 300, "only {} recordings were found", report.total());
    println!("{}: {} of {} through the port", profile.name(), report.equal.len(), report.total());
    let known = known(profile);
    let mut text = String::new();
    for difference in report.different.iter().filter(|d| !known.contains(&d.id)) {
        text += &format!("{difference}\n");
    }
    for id in report.equal.iter().filter(|id| known.contains(*id)) {
        text += &format!("{id} is answered as recorded now: take it off the list\n");
    }
    assert!(text.is_empty(), "RabbitMQ {}:\n{text}", profile.recorded_from());
}

#[test]
fn the_port_answers_as_rabbitmq_3_10() {
    check(Profile::V3_10);
}

#[test]
fn the_port_answers_as_rabbitmq_4_0() {
    check(Profile::V4_0);
}

#[test]
fn the_port_answers_as_rabbitmq_4_3() {
    check(Profile::V4_3);
}
