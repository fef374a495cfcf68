//! Programs that `warren export` writes. They are on file, and the stage
//! `clients` of the test runs them.

use super::{File, warren};
use std::path::{Path, PathBuf};

const LANGUAGES: [(&str, &str); 6] = [
    ("python", "py"),
    ("javascript", "cjs"),
    ("rust", "rust"),
    ("java", "java"),
    ("go", "go"),
    ("dotnet", "cs"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients/exported")
}

#[test]
fn the_programs_on_file_are_those_that_are_written() {
    for scenario in ["story", "hostile"] {
        let source = folder().join(format!("{scenario}.warren"));
        let source = source.to_str().expect("a path");
        for (language, ending) in LANGUAGES {
            let (code, text, error) = warren(&["export", source, "--to", language, "-q"], "");
            assert_eq!((code, error.as_str()), (0, ""), "{language}");
            let file = folder().join(format!("{scenario}.{ending}"));
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&file, &text).expect("written");
            }
            let on_file = std::fs::read_to_string(&file).expect("the program on file");
            assert_eq!(text, on_file, "{}: BLESS=1 writes it anew", file.display());
        }
    }
}

#[test]
fn what_is_lost_is_listed_in_both_places() {
    let text = "warren 1\nuser ann\nqueue q\npublisher p -> queue q every 1s as ann transaction 2\n\
        consumer c <- q then crash reconnect 1s\nat 3s restart broker\n";
    let (code, program, error) = warren(&["export", "-", "--to", "javascript"], text);
    assert_eq!(code, 0);
    for lost in [
        "user ann",
        "at 3s restart broker",
        "p: as ann; here everybody logs in as AMQP_URL says",
        "p: transaction; the library has none",
        "c: reconnect 1s; here it ends with its connection",
        "c: then crash; here it closes its connection",
    ] {
        assert!(error.contains(&format!("left out: {lost}\n")), "{lost}: {error}");
        assert!(program.contains(&format!("// - {lost}\n")), "{lost}: {program}");
    }
    let file = File::new("program", text);
    let to = file.0.with_extension("py");
    let args = ["export", file.name(), "--to", "python", "--quiet", "-o", to.to_str().unwrap()];
    assert_eq!(warren(&args, ""), (0, String::new(), String::new()));
    assert!(std::fs::read_to_string(to).unwrap().starts_with("# Made from a.warren"));
}

/// What programs do in another way: how messages are asked for and settled,
/// and how transactions end.
#[test]
fn what_is_done_otherwise_is_listed() {
    let text = "warren 1\nqueue q\n\
        publisher p -> queue q every 1s count 4 transaction 2 then commit, rollback\n\
        publisher plain -> queue q every 1s count 4 transaction 2 then commit\n\
        consumer poller <- q poll 2s then ack\nconsumer clerk <- q prefetch 9 batch 3 then ack\n\
        consumer usual <- q batch 1 then ack\n";
    for (language, _) in LANGUAGES {
        let (code, program, error) = warren(&["export", "-", "--to", language], text);
        assert_eq!(code, 0);
        let mut lost = vec![
            "poller: poll 2s; here it consumes",
            "clerk: batch 3; here it settles each by itself",
        ];
        match language {
            "javascript" => lost.extend([
                "p: transaction; the library has none",
                "plain: transaction; the library has none",
            ]),
            _ => lost.push("p: then rollback; here every transaction commits"),
        }
        let told: Vec<&str> =
            error.lines().filter_map(|line| line.strip_prefix("left out: ")).collect();
        assert_eq!(told, lost, "{language}");
        for one in lost {
            assert!(program.contains(&format!(" - {one}\n")), "{language}: {one}: {program}");
        }
    }
}

/// A type that a library lacks is no secret.
#[test]
fn a_value_without_its_type_is_listed() {
    let text = "warren 1\nqueue q\npublisher p -> queue q once header a byte(3) header b 1.5\n";
    for (language, found) in [("python", 2), ("javascript", 0), ("rust", 0), ("java", 0)] {
        let (_, _, error) = warren(&["export", "-", "--to", language], text);
        assert_eq!(error.matches("the library has no such type").count(), found, "{error}");
    }
}
