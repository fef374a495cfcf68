//! Definitions files: read into a broker, written, and read again.

use super::change::{Change, changed};
use super::fuzz;
use serde_json::{Value as Json, json};
use warren_core::broker::{Broker, Event, Profile};
use warren_core::time::Tick;
use warren_definitions::{Export, Import, export, import};

const FILES: [&str; 5] = [
    include_str!("../../../definitions/tests/data/ctl-3.10.8.json"),
    include_str!("../../../definitions/tests/data/ctl-4.0.5.json"),
    include_str!("../../../definitions/tests/data/ctl-4.3.6.json"),
    include_str!("../../../definitions/tests/data/http-3.10.8.json"),
    include_str!("../../../definitions/tests/data/shop-3.10.8.json"),
];

/// Values that are often wrong.
fn odd(value: u32) -> Json {
    let all = [
        json!(null),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1_u64 << 63),
        json!(true),
        json!(""),
        json!("/"),
        json!("amq.x"),
        json!("quorum"),
        json!("("),
        json!("q".repeat(256)),
        json!("\u{0}\u{301}\u{1F407}"),
        json!([]),
        json!([null, [1, "x"]]),
        json!({}),
        json!({ "x-max-length": 1 }),
        json!("undefined"),
    ];
    all[value as usize % all.len()].clone()
}

/// The way to every value of a file.
fn pointers(value: &Json, at: &str, to: &mut Vec<String>) {
    to.push(at.to_owned());
    match value {
        Json::Object(fields) => {
            for (key, value) in fields {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(value, &format!("{at}/{key}"), to);
            }
        }
        Json::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                pointers(value, &format!("{at}/{n}"), to);
            }
        }
        _ => {}
    }
}

/// A value of a file by number, wherever it is.
fn picked(file: &Json, number: u16) -> (String, Json) {
    let mut all = Vec::new();
    pointers(file, "", &mut all);
    let pointer = all.swap_remove(usize::from(number) * all.len() / (1 << 16));
    let value = file.pointer(&pointer).cloned().unwrap_or_default();
    (pointer, value)
}

/// The member `at` of `corpus`, changed as a file of values first and as
/// octets in the end.
fn changed_file(corpus: &[Vec<u8>], at: usize, changes: &[Change]) -> Vec<u8> {
    let parsed = |at: usize| serde_json::from_slice::<Json>(&corpus[at % corpus.len()]);
    let mut file = parsed(at).expect("what is on file is JSON");
    let mut octets = Vec::new();
    for &(kind, place, size, value) in changes {
        let (pointer, old) = picked(&file, place);
        let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
        let mut put = |new| {
            if let Some(old) = file.pointer_mut(&pointer) {
                *old = new;
            }
        };
        match kind % 8 {
            0 | 1 => put(odd(value)),
            2 | 3 => {
                let other = parsed(value as usize).expect("what is on file is JSON");
                put(picked(&other, (value >> 16) as u16).1);
            }
            4 => match file.pointer_mut(parent) {
                Some(Json::Array(items)) => items.retain(|item| *item != old),
                Some(Json::Object(fields)) => drop(fields.remove(key)),
                _ => {}
            },
            5 => match file.pointer_mut(parent) {
                Some(Json::Array(items)) => items.push(old),
                Some(Json::Object(fields)) => {
                    let others = ["name", "vhost", "arguments", "type", "durable", "limits", key];
                    fields.insert(others[value as usize % others.len()].to_owned(), old);
                }
                _ => {}
            },
            6 if old.is_string() => {
                let text = old.as_str().unwrap_or_default();
                let text: String = text.chars().skip(usize::from(size % 4)).collect();
                put(json!(format!("{text}{}", odd(value).as_str().unwrap_or("."))));
            }
            _ => octets.push((kind / 8, place, size, value)),
        }
    }
    changed(&[file.to_string().into_bytes()], 0, &octets)
}

fn read(broker: &mut Broker, text: &str) -> Result<(), String> {
    let mut events: Vec<Event> = Vec::new();
    let read = import(broker, Tick::ZERO, text, &Import::default(), &mut events);
    read.map(drop).map_err(|error| error.to_string())
}

fn written(broker: &Broker) -> String {
    export(broker, &Export { secrets: Some(|_, _| Vec::new()), ..Export::default() })
}

/// What is refused changes nothing; what is taken is written so that it is
/// taken again, and means the same.
fn look(profile: Profile, input: &[u8]) -> Result<(), String> {
    let mut broker = Broker::new(profile);
    let before = written(&broker);
    let taken = read(&mut broker, &String::from_utf8_lossy(input));
    let after = written(&broker);
    if let Err(why) = taken {
        return if after == before { Ok(()) } else { Err(format!("refused, and changed: {why}")) };
    }
    let mut again = Broker::new(profile);
    read(&mut again, &after)
        .map_err(|why| format!("what was written is refused: {why}\n{after}"))?;
    let last = written(&again);
    if last == after { Ok(()) } else { Err(format!("it becomes something else:\n{after}\n{last}")) }
}

#[test]
fn definitions() {
    let corpus: Vec<Vec<u8>> = FILES.iter().map(|file| file.as_bytes().to_vec()).collect();
    fuzz("definitions", &corpus, changed_file, |input| {
        look(Profile::ALL[input.len() % Profile::ALL.len()], input)
    });
}
