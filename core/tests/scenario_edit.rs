//! Edits: what is said changes as asked, and no other byte does.

mod generate;

use generate::{document, item};
use proptest::prelude::*;
use warren_core::scenario::*;
use warren_core::time::{Span, Tick};

/// A text with comments and odd spacing that says what `document` says.
fn dressed(document: &Document) -> String {
    let mut out = String::from("// a scenario\n");
    for (index, line) in print(document).lines().enumerate() {
        match index % 4 {
            0 => out += &format!("{line}   // note {index}\n"),
            1 => out += &format!("{line}\t\n"),
            2 => out += &format!("{line}\r\n"),
            _ => out += &format!("{line}\n"),
        }
    }
    out
}

/// The lines of `text` that the statement at `span` is not on.
fn other_lines(text: &str, span: SourceSpan) -> (String, String) {
    let start = text[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let end = span.end as usize;
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    (text[..start].to_string(), text[end..].to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replacing_changes_one_statement(
        document in document(), new in item(), which in any::<proptest::sample::Index>(),
    ) {
        let text = dressed(&document);
        let before = parse(&text).document;
        prop_assert_eq!(before.items.len(), document.items.len());
        let which = which.index(before.items.len());
        let span = before.items[which].span;
        let changed = edit::replace(&text, span, &new).unwrap();
        let (above, below) = other_lines(&text, span);
        prop_assert!(changed.starts_with(&above) && changed.ends_with(&below), "{}", changed);
        let mut want = document;
        want.items[which] = new;
        // Read statement by statement: the new one may refer to things that are gone.
        let middle = &changed[above.len()..changed.len() - below.len()];
        let alone = parse(&format!("warren 1\n{middle}"));
        let refers = ["not-a-publisher", "not-a-consumer", "not-scalable"];
        let shape = |f: &&Diagnostic| !f.code.starts_with("un") && f.is_error()
            && !refers.contains(&f.code);
        prop_assert!(!alone.diagnostics.iter().any(|d| shape(&d)), "{}", changed);
    }

    #[test]
    fn applying_a_document_makes_the_text_say_it(
        old in document(), new in document(), keep in proptest::collection::vec(any::<bool>(), 40),
    ) {
        let text = dressed(&old);
        let mut want = new;
        // Some statements stay, some change, some are gone, some are new.
        let spans: Vec<SourceSpan> = parse(&text).document.items.iter().map(|i| i.span).collect();
        for (index, item) in want.items.iter_mut().enumerate() {
            if let (Some(span), true) = (spans.get(index), keep[index % keep.len()]) {
                item.span = *span;
            }
        }
        let changed = edit::apply(&text, &want);
        let parsed = parse(&changed);
        let sorted = |document: &Document| {
            let mut lines: Vec<String> = document.items.iter().map(statement).collect();
            lines.sort();
            lines
        };
        prop_assert_eq!(sorted(&parsed.document), sorted(&want), "{}\n->\n{}", text, changed);
        let head = |d: &Document| (d.title.clone(), d.about.clone(), d.seed, d.profile, d.latency, d.end);
        prop_assert_eq!(head(&parsed.document), head(&want), "{}", changed);
        prop_assert!(changed.starts_with("// a scenario\n"));
    }

    #[test]
    fn adding_and_removing_again_gives_the_same_lines(document in document(), new in item()) {
        let text = dressed(&document);
        let added = edit::add_statement(&text, &new);
        let old: Vec<&str> = text.lines().collect();
        let kept = added.lines().filter(|line| !line.is_empty());
        let mut rest = old.iter().filter(|line| !line.is_empty()).peekable();
        for line in kept {
            if rest.peek() == Some(&&line) {
                rest.next();
            }
        }
        prop_assert!(rest.peek().is_none(), "{}", added);
    }
}

const TEXT: &str = "\
warren 1
title \"Shop\"            // what it is

exchange orders topic     // where orders go
queue   billing  max-length 10   // bills
bind orders->billing key order.*.eu

// The shop.
publisher shop -> orders  key order.created.eu, \"order.paid.us\"
    every 500ms   // twice a second
    count 20
consumer packer <- billing then ack work 1000ms

at 3s stop packer
at 9s start packer
place queue billing 520 120
expect at 4s queue billing has 3 ready
";

/// Changes the statement that begins with `start` and shows the lines that
/// differ from [`TEXT`].
fn change(start: &str, edit: impl Fn(&mut Item)) -> Vec<String> {
    let parsed = parse(TEXT);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let items = &parsed.document.items;
    let mut item = items.iter().find(|i| i.span.of(TEXT).starts_with(start)).unwrap().clone();
    edit(&mut item);
    let changed = edit::replace(TEXT, item.span, &item).unwrap();
    assert!(parse(&changed).document.items.iter().any(|i| i.what == item.what && i.at == item.at));
    let old: Vec<&str> = TEXT.lines().collect();
    changed.lines().filter(|line| !old.contains(line)).map(String::from).collect()
}

fn publisher(item: &mut Item, edit: impl Fn(&mut PublisherDecl)) {
    if let Statement::Publisher(decl) = &mut item.what {
        edit(decl);
    }
}

#[test]
fn only_the_words_that_differ_change() {
    let every = |item: &mut Item| {
        publisher(item, |p| p.every = Some(Pause::Fixed(Span::secs(2))));
    };
    assert_eq!(change("publisher", every), ["    every 2s   // twice a second"]);
    assert_eq!(
        change("publisher", |item| publisher(item, |p| p.keys[1] = "order.paid.fr".into())),
        ["publisher shop -> orders  key order.created.eu, order.paid.fr"]
    );
    assert_eq!(
        change("publisher", |item| publisher(item, |p| p.keys = vec!["order.created.eu".into()])),
        ["publisher shop -> orders  key order.created.eu"]
    );
    assert_eq!(
        change("publisher", |item| publisher(item, |p| p.mandatory = true)),
        ["    count 20 mandatory"]
    );
    assert_eq!(
        change("publisher", |item| publisher(item, |p| p.name = "kiosk".into())),
        ["publisher kiosk -> orders  key order.created.eu, \"order.paid.us\""]
    );
    assert_eq!(change("at 3s", |item| item.at = Tick(4_500_000)), ["at 4.5s stop packer"]);
    assert_eq!(change("at 3s", |item| item.at = Tick::ZERO), ["stop packer"]);
    let place = |item: &mut Item| {
        if let Statement::Place { y, .. } = &mut item.what {
            *y = -7;
        }
    };
    assert_eq!(change("place", place), ["place queue billing 520 -7"]);
    let limit = |item: &mut Item| {
        if let Statement::Queue(queue) = &mut item.what {
            queue.arguments.remove("x-max-length");
            queue.durable = false;
        }
    };
    assert_eq!(change("queue", limit), ["queue   billing transient   // bills"]);
    let prefetch = |item: &mut Item| {
        if let Statement::Consumer(consumer) = &mut item.what {
            consumer.prefetch = 1;
        }
    };
    assert_eq!(
        change("consumer", prefetch),
        ["consumer packer <- billing prefetch 1 then ack work 1000ms"]
    );
}

#[test]
fn new_statements_go_beside_their_kind() {
    let item = |line: &str| {
        let parsed =
            parse(&format!("warren 1\npublisher shop -> orders\nconsumer packer <- q\n{line}"));
        parsed.document.items.last().unwrap().clone()
    };
    let text = "warren 1\n\nexchange a fanout // a\nqueue q1\nbind a -> q1\nqueue q2 // 2\n\
                consumer packer <- q1\nat 5s stop packer\n";
    for (line, above) in [
        ("exchange b direct", "exchange a fanout // a"),
        ("queue q3", "queue q2 // 2"),
        ("bind a -> q2", "queue q2 // 2"),
        ("publisher kiosk -> a", "queue q2 // 2"),
        ("consumer other <- q1", "consumer packer <- q1"),
        ("at 6s start packer", "at 5s stop packer"),
        ("at 4s start packer", "consumer packer <- q1"),
        ("expect queue q1 is gone", "at 5s stop packer"),
    ] {
        let changed = edit::add_statement(text, &item(line));
        let lines: Vec<&str> = changed.lines().filter(|line| !line.is_empty()).collect();
        let at = lines.iter().position(|l| *l == line).expect(&changed);
        assert_eq!(lines[at - 1], above, "{changed}");
    }
    assert_eq!(edit::add_statement("", &item("queue q3")), "warren 1\n\nqueue q3\n");
}

#[test]
fn places_are_set_and_moved() {
    let node = NodeId::Client("shop".into());
    let text = edit::set_place(TEXT, &node, 1, 2);
    assert!(text.contains("place queue billing 520 120\nplace client shop 1 2\n"), "{text}");
    let moved = edit::set_place(&text, &node, 3, 2);
    assert_eq!(moved, text.replace("shop 1 2", "shop 3 2"));
    let gone =
        parse(&text).document.items.iter().find(|i| i.span.of(&text).contains("shop 1")).cloned();
    assert_eq!(edit::remove(&text, gone.unwrap().span).unwrap(), TEXT);
    assert_eq!(edit::remove(TEXT, SourceSpan { start: 1, end: 2 }), None);
}
