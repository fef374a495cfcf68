//! The reference of the scenario language: every example is read, every word
//! of the language has one, and the tables are those of the code.

#![cfg(not(target_arch = "wasm32"))]
use std::path::PathBuf;
use warren_core::scenario::{Paint, format, parse, print, reference, render};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/language.md")
}

fn page() -> String {
    std::fs::read_to_string(path()).expect("docs/language.md")
}

/// The fenced examples: the line they begin on, what their fence says, their text.
fn examples(page: &str) -> Vec<(usize, &str, String)> {
    let mut examples = Vec::new();
    let mut open: Option<(usize, &str, String)> = None;
    for (index, line) in page.lines().enumerate() {
        match &mut open {
            Some(_) if line == "```" => examples.extend(open.take()),
            Some((.., text)) => *text += &format!("{line}\n"),
            None => {
                let fence = line.strip_prefix("```warren");
                open = fence.map(|fence| (index + 2, fence.trim(), String::new()));
            }
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    examples
}

#[test]
fn every_example_is_read_as_it_says() {
    let page = page();
    let examples = examples(&page);
    assert!(examples.len() > 20, "only {} examples were found", examples.len());
    for (line, fence, text) in examples {
        let whole = text.starts_with("warren 1");
        let text = if whole { text } else { format!("warren 1\n{text}") };
        let parsed = parse(&text);
        let mut found: Vec<&str> = parsed.diagnostics.iter().map(|finding| finding.code).collect();
        let mut want: Vec<&str> = fence.strip_prefix("finds=").into_iter().collect();
        want.extend(text.lines().filter_map(|line| line.split_once("// warns: ")).map(|w| w.1));
        found.sort_unstable();
        want.sort_unstable();
        let report = render(&text, "docs/language.md", &parsed.diagnostics, Paint::Plain);
        assert_eq!(found, want, "the example on line {line}:\n{report}");
        assert_eq!(format(&text), text, "the example on line {line} is not formatted");
    }
}

#[test]
fn every_word_has_an_example() {
    let page = page();
    let text: String = examples(&page).into_iter().map(|(.., text)| text).collect();
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || "(),".contains(c)).collect();
    for (place, list) in reference::vocabulary() {
        for word in list {
            assert!(words.contains(&word), "no example has `{word}` ({place})");
        }
    }
}

/// The tables between their marks. `BLESS=1` writes them anew.
#[test]
fn the_tables_are_those_of_the_code() {
    let mut page = page();
    for (name, table) in reference::tables() {
        let mark = format!("<!-- table: {name} -->\n");
        let start = page.find(&mark).unwrap_or_else(|| panic!("no mark for {name}")) + mark.len();
        let end = start + page[start..].find("<!-- end -->").expect("an end");
        if std::env::var_os("BLESS").is_some() {
            page.replace_range(start..end, &table);
        }
        let end = start + page[start..].find("<!-- end -->").expect("an end");
        let stale = "is stale: run the test with BLESS=1";
        assert!(page[start..end] == table, "the table {name} {stale}");
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path(), page).expect("to write the page");
    }
}

/// What version 1 could say when it was made is read for ever, and means the
/// same, and so is what was added to it: the canonical print of a golden file
/// never changes. Only one that does not exist yet is written, with `BLESS=1`.
#[test]
fn old_files_are_read_for_ever() {
    let path = |name: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    for name in ["version-1", "version-1-second"] {
        let text = std::fs::read_to_string(path(&format!("{name}.warren"))).expect("a golden file");
        let parsed = parse(&text);
        let errors: Vec<_> = parsed.diagnostics.into_iter().filter(|d| d.is_error()).collect();
        assert!(errors.is_empty(), "{}", render(&text, name, &errors, Paint::Plain));
        let printed = path(&format!("{name}.printed.warren"));
        if std::env::var_os("BLESS").is_some() && !printed.exists() {
            std::fs::write(&printed, print(&parsed.document)).expect("to write it");
        }
        let wanted = std::fs::read_to_string(printed).expect("how it is printed");
        assert_eq!(print(&parsed.document), wanted, "{name}");
        assert!(parse(&wanted).document.same_as(&parsed.document), "{name}");
    }
}

#[test]
fn shipped_scenarios_have_no_findings_and_are_formatted() {
    for (name, text) in warren_tests::SCENARIOS {
        let parsed = parse(text);
        assert!(parsed.diagnostics.is_empty(), "{name}: {:?}", parsed.diagnostics);
        assert_eq!(format(text), *text, "{name}");
    }
}

/// What the examples expect holds when they are played.
#[test]
fn every_example_that_expects_something_is_right() {
    let page = page();
    let mut wrong = Vec::new();
    for (line, fence, text) in examples(&page) {
        if !fence.is_empty() {
            continue;
        }
        let text = if text.starts_with("warren 1") { text } else { format!("warren 1\n{text}") };
        let mut timeline = warren_core::timeline::Timeline::new(parse(&text).document);
        timeline.run();
        assert_eq!(timeline.stop_reason(), None, "the example on line {line}");
        for outcome in timeline.outcomes().iter().filter(|outcome| !outcome.held) {
            let span = timeline.document().items[outcome.item].span;
            wrong.push(format!("line {line}: {} but {}", span.of(&text), outcome.found));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
