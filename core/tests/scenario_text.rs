//! The scenario language as properties: what is printed is read back, nothing
//! makes the reader fall over, and every fault is found where it is.

mod generate;

use generate::document;
use proptest::collection::vec;
use proptest::prelude::*;
use warren_core::scenario::*;

/// Text that is nearly a scenario.
fn nearly() -> impl Strategy<Value = String> {
    let words = proptest::sample::select(vec![
        "warren 1",
        "warren",
        "2",
        "at",
        "3s",
        "exchange",
        "queue",
        "bind",
        "publisher",
        "consumer",
        "expect",
        "has",
        "key",
        "->",
        "<-",
        ",",
        "(",
        ")",
        "\"a\"",
        "\"",
        "\n",
        "\n  ",
        "\r\n",
        "//",
        "every",
        "500ms",
        "count",
        "-1",
        "99999999999999999999",
        "match",
        "all",
        "table",
        "array(",
        "then",
        "ack",
        "forward",
        "dead-letter",
        "ttl",
        "é",
        "{n}",
        "\\u{",
        "message",
        "A1",
        "place",
        "200ms..100ms",
        "5/s",
        "rate",
        "header",
        "arg",
        "long(",
        "titel",
        "double(\"",
        ".5",
    ]);
    vec((words, prop_oneof![Just(" "), Just(""), Just(" ")]), 0..60)
        .prop_map(|parts| parts.into_iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_back(document in document()) {
        let text = print(&document);
        let parsed = parse(&text);
        let errors: Vec<_> = parsed.diagnostics.iter().filter(|d| d.is_error()).collect();
        prop_assert!(errors.is_empty(), "{}\n{:?}", text, errors);
        prop_assert_eq!(parsed.document.clone().without_spans(), document, "{}", text);
        // And the canonical text is a fixed point.
        prop_assert_eq!(print(&parsed.document), text);
    }

    #[test]
    fn formatting_changes_no_meaning_and_is_done_at_once(
        text in prop_oneof![document().prop_map(|d| print(&d)), nearly()],
    ) {
        let tidy = format(&text);
        prop_assert_eq!(&format(&tidy), &tidy, "{}", text);
        let (before, after) = (parse(&text), parse(&tidy));
        prop_assert!(before.document.same_as(&after.document), "{}\n{}", text, tidy);
        let codes = |p: &Parsed| p.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>();
        prop_assert_eq!(codes(&before), codes(&after), "{}", text);
    }

    #[test]
    fn nothing_makes_the_reader_fall_over(text in prop_oneof!["(?s).{0,200}", nearly()]) {
        let parsed = parse(&text);
        let joined: String = parsed.tokens.iter().map(|token| token.span.of(&text)).collect();
        prop_assert_eq!(&joined, &text);
        for finding in &parsed.diagnostics {
            prop_assert!(text.get(finding.span.start as usize..finding.span.end as usize).is_some());
            let places = rule(finding.code).map(|rule| rule.words.matches('{').count());
            prop_assert_eq!(places, Some(finding.args.len()), "{:?}", finding);
        }
        let _ = render(&text, "x.warren", &parsed.diagnostics, Paint::Ansi);
        // Edits of a faulty text do what they say as well.
        let node = NodeId::Queue("a".into());
        let placed = edit::set_place(&text, &node, 1, 2);
        let what = Statement::Place { node, x: 1, y: 2 };
        let is_placed = parse(&placed).document.items.iter().any(|item| item.what == what);
        let readable = parsed.diagnostics.iter().all(|d| d.code != "unknown-version");
        prop_assert!(is_placed || !readable, "{}\n{}", text, placed);
        let emptied = edit::apply(&text, &Document::default());
        prop_assert!(parse(&emptied).document.items.is_empty(), "{}\n{}", text, emptied);
        // What was accepted can be written and read again.
        let again = parse(&print(&parsed.document));
        prop_assert!(parsed.has_errors() || again.document.same_as(&parsed.document), "{}", text);
    }
}

#[test]
fn ten_faults_give_ten_findings() {
    let text = "\
warren 1
titel \"Ten faults\"
exchange orders topci
queue billing max-length ten
bind orders billing key order.*.eu
publisher shop -> orders key order.created.eu evry 500ms count 20
consumer packer <- billing prefetch 70000 work 800
at 3s stop paker
caption \"not closed
expect at 90s queue billing has 3 ready // the run ends at 60s
";
    let parsed = parse(text);
    let index = LineIndex::new(text);
    let found: Vec<String> = parsed
        .diagnostics
        .iter()
        .map(|d| {
            let (line, column) = index.position(d.span.start);
            let help = d.help.as_deref().unwrap_or("-");
            format!("{line}:{column} {} | {help}", d.message())
        })
        .collect();
    let want = [
        "2:1 no statement begins with `titel` | did you mean `title`?",
        "3:17 no exchange type is called `topci` | did you mean `topic`?",
        "4:26 expected a number, found `ten` | -",
        "5:13 expected `->`, found `billing` | -",
        "6:47 a publisher has no setting `evry` | did you mean `every`?",
        "7:37 the prefetch must be 0 to 65535, not 70000 | -",
        "7:48 `800` is not a length of time | write 800ms or 800s",
        "8:12 no client is called `paker` | did you mean `packer`?",
        "9:9 this text has no closing quote | write \\\" for a quote inside a text",
        "10:1 the run ends at 60s, before 90s | move the expectation, or set a later `end`",
    ];
    assert_eq!(want.len(), 10);
    assert_eq!(found, want, "{}", render(text, "ten.warren", &parsed.diagnostics, Paint::Plain));
}

/// Files at the limits, made to be slow, are read in a moment: the test hangs
/// when one of them takes more than linear time.
#[test]
fn hostile_files_end_in_a_message() {
    let deep = format!("queue a arg x {}", "array(".repeat(600_000));
    let headers: String = (0..200_000).map(|i| format!(" header h{i} 1")).collect();
    let stops: String = (0..99_000).map(|i| format!("stop client-number-{i}\n")).collect();
    for (text, want) in [
        ("a ".repeat(2_000_000), "no-version"),
        ("\"a\" ".repeat(1_000_000), "no-version"),
        (format!("bind a -> b match all {}", "k 1 ".repeat(1_000_000)), "repeated-setting"),
        (format!("publisher a -> b{headers}"), "list-too-long"),
        (deep, "too-deep"),
        ("queu a\n".repeat(99_000), "unknown-statement"),
        (stops, "unknown-client"),
        ("queue a\n".repeat(100_001), "too-many-statements"),
        ("queue a\n".repeat(600_000), "file-too-long"),
        ("warren 1\npublisher a -> amq.topic every 1us\n".to_string(), "too-many-messages"),
        (format!("warren 1\nqueue {}\n", "q".repeat(256)), "name-too-long"),
        (format!("warren 1\ncaption \"{}\"\n", "q".repeat(300_000)), "text-too-long"),
        ("warren 2\nnew words\n".to_string(), "unknown-version"),
    ] {
        let parsed = parse(&text);
        let codes: Vec<&str> = parsed.diagnostics.iter().map(|d| d.code).collect();
        assert!(codes.contains(&want), "{want}: {codes:?}");
        assert!(codes.len() <= 201);
    }
    let parsed = parse("warren 2\nnew words\n");
    assert_eq!(parsed.diagnostics.len(), 1);
}
