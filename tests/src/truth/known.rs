//! The recordings that ship with the tests, and the list of those that are
//! answered differently.

use super::{Outcome, Way, run};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use warren_core::broker::Profile;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/truth")
}

/// Which recordings are answered differently under a profile, and why. A line
/// is `profile id: reason`.
fn known(profile: Profile) -> BTreeMap<String, String> {
    let text = fs::read_to_string(data().join("known-differences.txt")).expect("the list is there");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (key, reason) = line.split_once(": ").expect("profile id: reason");
            let (name, id) = key.split_once(' ').expect("profile id");
            (name == profile.name()).then(|| (id.to_owned(), reason.to_owned()))
        })
        .collect()
}

/// Plays every recording that ships.
///
/// # Panics
///
/// When one differs that is not on the list, or one that is does not.
pub fn check(profile: Profile, way: Way) {
    let played = run(&data(), profile, way).expect("the recordings can be listed");
    assert!(played.len() > 300, "only {} recordings were found", played.len());
    let mut known = known(profile);
    let mut equal = 0;
    let mut text = String::new();
    for one in &played {
        let reason = known.remove(&one.id);
        match &one.outcome {
            Outcome::Equal | Outcome::Doubtful(_) => {
                equal += 1;
                if reason.is_some() {
                    text += &format!("{}: as recorded now, take it off the list\n", one.id);
                }
            }
            Outcome::Different(difference) if reason.is_none() => {
                text += &format!("{}: {difference}\n", one.id);
            }
            Outcome::Broken(why) => text += &format!("{}: {why}\n", one.id),
            Outcome::Different(_) | Outcome::Apart(_) => {}
        }
    }
    for id in known.keys() {
        text += &format!("{id}: it is on the list and not among the recordings\n");
    }
    let version = profile.recorded_from();
    println!("RabbitMQ {version}, {way}: {equal} of {} as recorded", played.len());
    assert!(text.is_empty(), "RabbitMQ {version}, {way}:\n{text}");
}
