//! Reports for programs, and questions about runs.

use super::{File, GOOD, warren};
use std::path::Path;

/// Tags of a well-formed document: opened and closed in order. Panics when it
/// is not well-formed.
fn tags(xml: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut seen = Vec::new();
    let mut rest =
        xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").expect("a prologue");
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "a loose > before {}", &rest[at..]);
        let end = at + rest[at..].find('>').expect("the end of a tag");
        let tag = &rest[at + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|c| c.is_alphanumeric()).collect();
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(&*name), "{tag}");
        } else {
            seen.push(tag.to_owned());
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "left open: {open:?}");
    for (at, _) in xml.match_indices('&') {
        let entity =
            ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].iter().any(|e| xml[at..].starts_with(e));
        assert!(entity, "{}", &xml[at..]);
    }
    seen
}

fn junit(test: &str, text: &str) -> (i32, Vec<String>, String) {
    let report = File::new(test, "");
    let (code, ..) = warren(&["run", "-q", "--junit", report.name(), "-"], text);
    let xml = report.read();
    (code, tags(&xml), xml)
}

#[test]
fn junit_has_a_case_for_each_expectation() {
    let (code, tags, xml) = junit("junit-good", GOOD);
    assert_eq!(code, 0, "{xml}");
    assert_eq!(tags[0], "testsuites name=\"warren\" tests=\"2\" failures=\"0\" errors=\"0\"");
    assert!(
        tags[1].starts_with("testsuite name=\"One order\" file=\"standard input\" tests=\"2\"")
    );
    assert!(tags[2].starts_with("testcase name=\"line 6: message A2 reaches packer\""), "{xml}");
    let (code, tags, xml) = junit("junit-bad", &GOOD.replace("2 acked", "3 acked"));
    assert_eq!(code, 1);
    assert_eq!(tags[0], "testsuites name=\"warren\" tests=\"2\" failures=\"1\" errors=\"0\"");
    let failure = tags.iter().find(|tag| tag.starts_with("failure")).expect("a failure");
    assert_eq!(failure, "failure message=\"found packer has 2 acked\"");
    assert!(xml.contains("expected  client packer has 3 acked\nfound     packer"), "{xml}");
}

#[test]
fn junit_tells_what_could_not_be_played() {
    let (code, tags, _) = junit("junit-broken", "warren 1\nqueu a\n");
    assert_eq!(code, 2);
    assert_eq!(tags[0], "testsuites name=\"warren\" tests=\"1\" failures=\"0\" errors=\"1\"");
    let error = tags.iter().find(|tag| tag.starts_with("error")).expect("an error");
    assert!(
        error.contains("1 error; line 2, column 1: no statement begins with `queu`"),
        "{error}"
    );
    let report = File::new("junit-missing", "");
    let args = ["run", "--junit", report.name(), "/no/such.warren", "-"];
    assert_eq!(warren(&args, GOOD).0, 2);
    assert!(report.read().contains("tests=\"3\" failures=\"0\" errors=\"1\""), "{}", report.read());
    let (code, _, err) = warren(&["run", "-q", "--junit", "/no/such/folder/x.xml", "-"], GOOD);
    assert_eq!((code, err.starts_with("error: cannot write")), (2, true), "{err}");
}

#[test]
fn junit_stays_xml_whatever_things_are_called() {
    let nasty = "]]><a b=\\\"&\\u{1}\\u{1b}[2J'";
    let text = GOOD
        .replace("One order", nasty)
        .replace("queue billing\n", &format!("queue \"{nasty}\"\n"))
        .replace("queue billing every", &format!("queue \"{nasty}\" every"))
        .replace("<- billing", &format!("<- \"{nasty}\""))
        + &format!("expect queue \"{nasty}\" has 9 ready\n");
    let (code, tags, xml) = junit("junit-nasty", &text);
    assert_eq!(code, 1, "{xml}");
    assert!(tags.iter().any(|tag| tag.starts_with("failure")), "{xml}");
    assert!(xml.chars().all(|c| !c.is_control() || c == '\n'), "{xml}");
}

#[test]
fn json_goes_line_by_line_to_the_end() {
    let (code, out, err) = warren(&["run", "--json", "-", "/no/such.warren"], GOOD);
    assert_eq!(code, 2, "{err}");
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("{\"event\":\"run\",\"schema\":1,"), "{out}");
    assert!(lines.last().is_some_and(|line| line.contains("\"ok\":true")), "{out}");
    assert!(lines.len() > 12, "{out}");
    let (code, out, err) =
        warren(&["run", "--json", "-q", "-"], &GOOD.replace("2 acked", "3 acked"));
    assert_eq!((code, err.as_str(), out.lines().count()), (1, "", 4), "{out}");
    let failed = out.lines().find(|line| line.contains("\"held\":false")).expect("a failure");
    assert!(failed.contains("\"line\":7,\"column\":1,\"expected\":\"client packer has 3 acked\""));
    assert!(out.ends_with("\"failed\":1,\"stopped\":null}\n"), "{out}");
}

#[test]
fn digests_are_those_on_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let golden = std::fs::read_to_string(root.join("tests/data/digests.txt")).expect("digests");
    let file = root.join("static/scenarios/05-topics.warren");
    let line = golden
        .lines()
        .find(|line| line.starts_with("05-topics") && line.contains(" 60s "))
        .unwrap_or_else(|| panic!("the last digest of 05-topics in\n{golden}"));
    let digest = line.split_whitespace().find(|word| word.len() == 16).expect("a digest");
    let (code, out, err) = warren(&["digest", file.to_str().expect("a path")], "");
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with(&format!("{digest}  ")), "{out}{line}");
}

#[test]
fn a_digest_is_of_an_instant() {
    let at = |time: &str| warren(&["digest", "-", "--at", time], GOOD).1;
    assert_eq!(at("1s"), at("1000ms"));
    assert_ne!(at("1s")[..16], at("2s")[..16]);
    assert!(at("1s").ends_with("  standard input at 1s\n"), "{}", at("1s"));
    let whole = warren(&["digest", "-"], GOOD).1;
    assert_eq!(at("50min"), whole);
}

#[test]
fn diff_shows_where_two_runs_part() {
    let left = File::new("diff", GOOD);
    assert_eq!(
        warren(&["diff", left.name(), "-"], &format!("// a comment\n{GOOD}")),
        (0, "the same run: 13 events, and the same state at 3.8s\n".into(), String::new()),
    );
    let (code, out, err) = warren(&["diff", left.name(), "-"], &GOOD.replace("count 2", "count 3"));
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].ends_with(" events alike, then they part at 2s"), "{out}");
    assert!(lines.iter().any(|line| line.starts_with("- ") && line.contains("is done")), "{out}");
    assert!(
        lines.iter().any(|line| line.starts_with("+ ") && line.contains("publishes A3")),
        "{out}"
    );
    let (code, out, _) = warren(&["diff", left.name(), "-"], &GOOD.replace("order {n}", "order"));
    assert_eq!(code, 1);
    assert!(out.starts_with("the same ") && out.contains("another state at 0s"), "{out}");
    let (code, out, _) = warren(&["diff", left.name(), "-"], &(GOOD.to_owned() + "end 20s\n"));
    assert_eq!((code, out.contains("one run ends at 3.8s, the other at 20s")), (1, true), "{out}");
}

const TOPICS: &str = "\
warren 1
exchange orders topic alternate lost
exchange audit fanout
exchange lost direct
queue billing
queue log
bind orders -> billing key order.*.eu
bind orders -> exchange audit key order.#
bind audit -> log
publisher shop -> orders key order.created.eu once
";

#[test]
fn explain_draws_the_tree_word_by_word() {
    let args = ["explain", "-", "--publish", "orders", "order.created.us"];
    let (code, out, err) = warren(&args, TOPICS);
    assert_eq!((code, err.as_str()), (0, ""));
    let want = "\
A message published at 0s, with key order.created.us
exchange orders (topic)
├─ ✗ order *=created eu≠us -> queue billing
│    Its key order.created.us misses order.*.eu at the third word: us is not eu.
├─ ✓ order #=created.us -> exchange audit
│    Its key order.created.us fits order.# (# took created and us).
│  └─ ✓ -> queue log
│       A fanout exchange passes everything on.
└─ ✗ alternate exchange lost: not needed, a binding fits
It reaches queue log.
";
    assert_eq!(out, want);
    let (_, out, _) = warren(&["explain", "-", "--publish", "orders", ""], TOPICS);
    assert!(
        out.contains("✓ alternate exchange lost, as no binding fits\n   └─ ✗ it has no bindings"),
        "{out}"
    );
    let (_, out, _) = warren(&["explain", "-", "--publish", "", "log"], TOPICS);
    assert!(out.contains("└─ ✓ queue log, by its name\n"), "{out}");
    let (code, out, _) = warren(&["explain", "-", "--message", "A1"], TOPICS);
    assert_eq!(code, 0);
    assert!(
        out.contains("A1 reached its exchange at 0.6s") && out.contains("0s  shop publishes A1"),
        "{out}"
    );
}

#[test]
fn explain_reads_headers_as_scenarios_do() {
    let text =
        "warren 1\nexchange docs headers\nqueue q\nbind docs -> q match all pages 3 format pdf\n";
    let ask = |headers: &[&str]| {
        let mut args = vec!["explain", "-", "--publish", "docs", ""];
        args.extend(headers.iter().flat_map(|header| ["--header", header]));
        warren(&args, text)
    };
    assert!(ask(&["pages=3", "format=pdf"]).1.contains("✓ all -> queue q"));
    assert!(ask(&["pages=\"3\"", "format=pdf"]).1.contains("✗ all -> queue q"));
    assert!(ask(&["format=pdf"]).1.contains("pages is absent"));
    for bad in ["pages", "pages=", "pages=1x", "a=b c"] {
        assert_eq!(ask(&[bad]).0, 2, "{bad}");
    }
    let (code, _, err) = warren(&["explain", "-", "--publish", "dogs", ""], text);
    assert_eq!((code, err.as_str()), (2, "error: there is no exchange called dogs at 0s\n"));
    let (code, _, err) = warren(&["explain", "-", "--message", "Z9"], text);
    assert_eq!((code, err.starts_with("error: no message Z9 reaches an exchange")), (2, true));
    assert_eq!(warren(&["explain", "-"], text).0, 2);
}

#[test]
fn every_step_has_a_digest() {
    let (code, out, err) = warren(&["digest", "-", "--every-step"], GOOD);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines.len() > 10, "{out}");
    assert!(lines[0].contains("standard input step 1 at 0s"), "{out}");
    // The last one is that of the whole run.
    let whole = warren(&["digest", "-"], GOOD).1;
    assert_eq!(lines.last().map(|line| &line[..16]), Some(&whole[..16]), "{out}{whole}");
    // Another run parts where it differs, and not before.
    let other = GOOD.replace("count 2", "count 3");
    let other = warren(&["digest", "-", "--every-step"], &other).1;
    let same = lines.iter().zip(other.lines()).take_while(|(a, b)| **a == *b).count();
    assert!((8..lines.len()).contains(&same), "{same} of {}: {other}", lines.len());
}
