//! The core against a running RabbitMQ, over random sessions and over
//! recordings that were changed; and the octets on file, said to it once more.
//!
//! `cargo xtask live` runs this with other numbers: WARREN_LIVE_SESSIONS,
//! WARREN_LIVE_MUTANTS with WARREN_LIVE_AREA, WARREN_LIVE_SEED, and
//! WARREN_LIVE_ENDLESS for going on until a difference.
//! WARREN_LIVE_RECORD=FOLDER writes what the broker answers into the recordings
//! there instead, beside what other versions answered.

#![cfg(unix)]

use serde_json::Value as Json;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use warren_core::scenario::{self, LineIndex, Statement};
use warren_tests::live::{Broker, Report};
use warren_tests::{SCENARIOS, wire};

fn number(variable: &str, otherwise: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")),
        Err(_) => otherwise,
    }
}

/// Writes the smallest sessions down, and says where.
fn write(report: &Report) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/live");
    fs::create_dir_all(&folder).expect("target can be written");
    let mut text = String::new();
    for (recording, details) in &report.different {
        let file = folder.join(format!("{}.json", recording["id"].as_str().unwrap_or_default()));
        fs::write(&file, format!("{recording:#}\n")).expect("target can be written");
        text += &format!("\n{}\n", file.display());
        for operation in recording["ops"].as_array().into_iter().flatten() {
            text += &format!("  {operation}\n");
        }
        text += &format!("{details}\n");
    }
    text
}

/// Adds this broker's answers to the recordings in a folder.
fn record(broker: &Broker, folder: &Path) {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("and listed").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("recordings can be read");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    let recordings: Vec<Json> = files.iter().map(read).collect();
    let recorded = broker.record(&recordings).unwrap_or_else(|trouble| panic!("{trouble}"));
    for (file, text) in files.iter().zip(recorded) {
        fs::write(file, text).expect("recordings can be written");
    }
    println!("{} recorded from {}", files.len(), broker.profile().name());
}

fn start(plugins: &[&str]) -> Broker {
    Broker::start(plugins).unwrap_or_else(|trouble| panic!("{trouble}"))
}

/// One broker for most tests, one test at a time: some sessions restart it. It
/// ends with the process.
fn broker() -> MutexGuard<'static, Broker> {
    static BROKER: LazyLock<Mutex<Broker>> = LazyLock::new(|| Mutex::new(start(&[])));
    BROKER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Exchange types that every package of RabbitMQ has. The other broker has none,
/// like those that were recorded.
const PLUGINS: [&str; 4] = [
    "rabbitmq_consistent_hash_exchange",
    "rabbitmq_random_exchange",
    "rabbitmq_recent_history_exchange",
    "rabbitmq_sharding",
];

/// What `warren verify` must say first about a scenario, on this broker.
fn verdict(broker: &Broker, text: &str) -> String {
    let items = scenario::parse(text).document.items;
    // What no client can do to a broker is refused on any.
    let operators =
        |item: &&scenario::Item| matches!(item.what, Statement::Restart | Statement::Alarm { .. });
    if let Some(item) = items.iter().find(operators) {
        let (line, _) = LineIndex::new(text).position(item.span.start);
        return format!("line {line} cannot be carried out on a real broker: ");
    }
    for item in &items {
        if let Statement::Exchange(exchange) = &item.what {
            let kind = &exchange.kind;
            let has = broker.has_exchange_type(kind);
            if !has.unwrap_or_else(|trouble| panic!("{trouble}")) {
                return format!("this broker does not know the exchange type {kind} (it says ");
            }
        }
    }
    // Nor are users made without the management API, which this one has not.
    let users = |item: &&scenario::Item| matches!(item.what, Statement::User { .. });
    if let Some(item) = items.iter().find(users) {
        let (line, _) = LineIndex::new(text).position(item.span.start);
        return format!("line {line} (");
    }
    "equal, ".to_owned()
}

/// `warren verify` on every scenario that ships: equal, unless the broker lacks
/// an exchange type or the operator would have to do something.
#[test]
fn shipped_scenarios_are_verified() {
    let _others_wait = broker();
    let broker = start(&PLUGINS);
    let address = broker.own_address().unwrap_or_else(|trouble| panic!("{trouble}"));
    let files: Vec<String> =
        SCENARIOS.iter().map(|(name, _)| format!("static/scenarios/{name}.warren")).collect();
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "warren-cli", "--no-default-features", "--"])
        .args(["verify", "--shared", "--broker", &address])
        .args(&files)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let trouble = String::from_utf8_lossy(&output.stderr);
    let mut refused = 0;
    for (file, (_, text)) in files.iter().zip(SCENARIOS) {
        let verdict = verdict(&broker, text);
        let is_equal = verdict == "equal, ";
        let (stream, label) = if is_equal { (&said, "") } else { (&trouble, "error: ") };
        let start = format!("{label}{file}: {verdict}");
        let line = stream.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("not there: {start}\n{said}{trouble}"));
        if line.contains("does not know") {
            assert!(line.contains("Nothing was touched") && line.contains("enable "), "{line}");
        }
        refused += usize::from(!is_equal);
    }
    let lines = (said.lines().count(), trouble.lines().count());
    assert_eq!(lines, (files.len() - refused, refused), "{said}{trouble}");
    assert_eq!(output.status.code(), Some(if refused == 0 { 0 } else { 2 }), "{said}{trouble}");
    print!("{said}{trouble}");
}

/// Brings the ways to log in into one order. A node offers them in that of a hash
/// table (`rabbit_registry`), which is another from node to node.
fn sort_mechanisms(answers: &mut wire::Answers) {
    const END: &str = "\\x00\\x00\\x00\\x05en_US";
    let lines = answers.values_mut().flatten();
    for line in lines.filter(|line| line.contains(" connection.start ")) {
        let Some(head) = line.strip_suffix(END) else { continue };
        // The last octet of the list's length, which the order leaves alone.
        let Some(at) = head.rfind("\\x").map(|at| at + "\\x0e".len()) else { continue };
        let mut mechanisms: Vec<&str> = head[at..].split(' ').collect();
        mechanisms.sort_unstable();
        *line = format!("{}{}{END}", &head[..at], mechanisms.join(" "));
    }
}

/// What the port's tests hold for the truth is said by the real broker, too.
/// With BLESS=1 it is written down.
#[test]
fn odd_octets_are_answered_as_on_file() {
    let broker = broker();
    let release = broker.profile().recorded_from();
    let (file, mut found) = (wire::file(release), wire::ask(broker.address()));
    if env::var_os("BLESS").is_some() {
        fs::write(file, wire::print(release, &found)).expect("the answers can be written");
        return;
    }
    let mut wanted = wire::parse(&fs::read_to_string(file).expect("the answers are on file"));
    sort_mechanisms(&mut found);
    sort_mechanisms(&mut wanted);
    let differences: String = wire::differences(&wanted, &found).into_values().collect();
    assert!(differences.is_empty(), "RabbitMQ does not say what is on file:\n{differences}");
    println!("RabbitMQ {release}: {} odd inputs, answered as on file", wanted.len());
}

/// Compares so many sessions, or more and more of them.
fn compare(
    broker: &Broker,
    what: &str,
    sessions: u64,
    compare: impl Fn(u64, u64) -> Result<Report, String>,
) {
    let mut seed = number("WARREN_LIVE_SEED", 1);
    loop {
        let start = Instant::now();
        let report = compare(seed, sessions).unwrap_or_else(|trouble| panic!("{trouble}"));
        println!(
            "RabbitMQ {}: {} {what} from seed {seed}, {} operations, {} different, \
             {} unsteady {:?}, {} s",
            broker.profile().name(),
            report.sessions,
            report.operations,
            report.different.len(),
            report.unsteady.len(),
            report.unsteady,
            start.elapsed().as_secs(),
        );
        assert!(report.different.is_empty(), "{}", write(&report));
        let steady = report.sessions - report.unsteady.len() as u64;
        assert!(steady * 10 >= report.sessions * 9, "the machine is too busy to compare anything");
        seed += sessions;
        if env::var_os("WARREN_LIVE_ENDLESS").is_none() {
            return;
        }
    }
}

#[test]
fn the_core_answers_as_the_real_broker_does() {
    let broker = broker();
    if let Some(folder) = env::var_os("WARREN_LIVE_RECORD") {
        return record(&start(&PLUGINS), Path::new(&folder));
    }
    let sessions = number("WARREN_LIVE_SESSIONS", 180);
    compare(&broker, "sessions", sessions, |seed, count| broker.compare(seed, count));
}

/// What was recorded, changed at random, is answered as by the real broker.
#[test]
fn changed_recordings_are_answered_as_by_the_real_broker() {
    let _others_wait = broker();
    let broker = start(&PLUGINS);
    let area = env::var("WARREN_LIVE_AREA").ok();
    let mutants = number("WARREN_LIVE_MUTANTS", 120);
    compare(&broker, "changed recordings", mutants, |seed, count| {
        broker.mutate(seed, count, area.as_deref())
    });
}
