//! Programs that `warren export` wrote, as they are on file: in Python, Node.js
//! and Rust they are run, each against a broker of its own.

use super::{PATIENCE, Program, named};
use lapin::options::BasicGetOptions;
use lapin::types::AMQPValue;
use lapin::{Connection, ConnectionProperties};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use warren_tests::served::Served;

/// The program of a scenario in one of the languages.
fn command(language: &str, scenario: &str) -> Command {
    let file = |ending: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/exported");
        folder.join(format!("{scenario}.{ending}"))
    };
    match (language, scenario) {
        ("python", _) => {
            let mut command = Command::new(named("WARREN_PYTHON"));
            command.arg(file("py"));
            command
        }
        ("javascript", _) => {
            let mut command = Command::new("node");
            command.env("NODE_PATH", named("WARREN_NODE_MODULES")).arg(file("cjs"));
            command
        }
        (_, "story") => Command::new(env!("CARGO_BIN_EXE_exported-story")),
        _ => Command::new(env!("CARGO_BIN_EXE_exported-hostile")),
    }
}

const LANGUAGES: [&str; 3] = ["python", "javascript", "rust"];

fn start(language: &str, scenario: &str, served: &Served, only: &[&str]) -> Program {
    let mut command = command(language, scenario);
    command.env("AMQP_URL", format!("amqp://guest:guest@{}/%2f", served.address)).args(only);
    Program::run_by(command, format!("{scenario} in {language}"))
}

/// What a program says until it has said all that is `wanted`, once each.
fn said(program: &Program, wanted: &[&str]) -> Vec<String> {
    let (start, mut said) = (Instant::now(), Vec::new());
    while wanted.iter().any(|line| !said.iter().any(|found: &String| found == line)) {
        assert!(start.elapsed() < PATIENCE, "{}: {wanted:?} in {said:#?}", program.name);
        said.extend(program.heard());
        thread::sleep(Duration::from_millis(20));
    }
    // Nothing comes twice.
    thread::sleep(Duration::from_millis(200));
    said.extend(program.heard());
    for line in wanted {
        let times = said.iter().filter(|found| found == line).count();
        assert_eq!(times, 1, "{}: {line} in {said:#?}", program.name);
    }
    said
}

/// What is said of two messages that come back, in this order: with pika the
/// publish fails, with amqplib it does not, with lapin the confirm has them.
fn in_vain(language: &str) -> [&'static str; 4] {
    match language {
        "python" => [
            "careful sends nobody wants 1 in vain: UnroutableError: 1 unroutable messages \
             returned by broker",
            "careful gets back nobody wants 1",
            "careful sends nobody wants 2 in vain: UnroutableError: 1 unroutable messages \
             returned by broker",
            "careful gets back nobody wants 2",
        ],
        "javascript" => [
            "careful sends nobody wants 1",
            "careful gets back nobody wants 1",
            "careful sends nobody wants 2",
            "careful gets back nobody wants 2",
        ],
        _ => [
            "careful sends nobody wants 1",
            "careful sends nobody wants 1 in vain: NO_ROUTE",
            "careful sends nobody wants 2",
            "careful sends nobody wants 2 in vain: NO_ROUTE",
        ],
    }
}

#[test]
fn a_story_is_played_in_each_language() {
    for language in LANGUAGES {
        let served = Served::default();
        let program = start(language, "story", &served, &[]);
        let in_vain = in_vain(language);
        let wanted = [
            "shop sends order 6 with order.paid.us",
            "clerk gets order 1 with order.1.eu",
            "clerk gets order 2 with order.paid.us",
            "clerk gets order 6 with order.paid.us",
            "clerk gets by hand 1",
            "clerk gets by hand 2",
            "clerk gets wish 1",
            "clerk gets wish 4",
            "packer gets order 1 with order.1.eu",
            "packer gets order 3 with order.3.eu",
            "server gets what is 1?",
            "asker gets server says 1",
        ];
        let said = said(&program, &[&wanted[..], &in_vain].concat());
        let some = |part: &str| said.iter().filter(|line| line.contains(part)).count();
        assert_eq!(some("packer gets order 2"), 0, "{language}: {said:#?}");
        assert_eq!((some("gets page 1"), some("gets page 2")), (1, 1), "{language}: {said:#?}");
        let unwanted: Vec<&String> =
            said.iter().filter(|line| line.contains("nobody wants")).collect();
        assert_eq!(unwanted, in_vain, "{language}: {said:#?}");
        served.runtime.block_on(passed_on(&served, language));
    }
}

/// What the step passed on has its new body, headers and properties.
async fn passed_on(served: &Served, language: &str) {
    let uri = format!("amqp://guest:guest@{}/%2f", served.address);
    let connection = Connection::connect(&uri, ConnectionProperties::default()).await;
    let channel = connection.expect("let in").create_channel().await.expect("a channel");
    for page in 1..=2 {
        let got = channel.basic_get("text".into(), BasicGetOptions { no_ack: true }).await;
        let message = got.expect("an answer").unwrap_or_else(|| panic!("{language}: no {page}"));
        let message = message.delivery;
        let body = String::from_utf8_lossy(&message.data).into_owned();
        assert!(body.starts_with("text of page "), "{language}: {body}");
        let headers = message.properties.headers().clone().unwrap_or_default();
        let header = |name: &str| headers.inner().get(name).cloned();
        assert_eq!(header("words"), Some(AMQPValue::LongInt(250)), "{language}");
        assert_eq!(header("draft"), None, "{language}");
        let from = header("from");
        let known = ["reader-1", "reader-2"].map(|name| Some(AMQPValue::LongString(name.into())));
        assert!(known.contains(&from), "{language}: {from:?}");
        let text =
            |value: &Option<lapin::types::ShortString>| value.as_ref().map(ToString::to_string);
        let properties = &message.properties;
        assert_eq!(text(properties.content_type()).as_deref(), Some("text/markdown"), "{language}");
        assert_eq!(text(properties.app_id()).as_deref(), Some("till"), "{language}");
        assert_eq!(text(properties.expiration()), None, "{language}");
        assert_eq!(*properties.timestamp(), Some(1_700_000_000), "{language}");
    }
}

/// Names and bodies that would end a string, a comment or a template.
#[test]
fn hostile_names_are_only_names() {
    for language in LANGUAGES {
        let served = Served::default();
        let program = start(language, "hostile", &served, &[]);
        let last = "def gets $2 2 {2} `\\` \"\"\" '%d' $$ \\2 🐇\u{2029}\0end";
        let said = said(&program, &[last]);
        assert!(said.iter().any(|line| line.starts_with("🐇 gets \\u000a")), "{said:#?}");
    }
}

#[test]
fn only_who_is_named_takes_part() {
    for language in LANGUAGES {
        let served = Served::default();
        let program = start(language, "story", &served, &["ledger", "clerk"]);
        let said = said(&program, &["ledger sends wish 4", "clerk gets wish 4"]);
        let others = said.iter().filter(|line| !line.contains("wish") && !line.contains("by hand"));
        assert_eq!(others.count(), 0, "{language}: {said:#?}");
    }
}
