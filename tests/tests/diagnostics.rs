//! The page of all findings: each example has the finding it stands under and
//! no other, and what is printed is what the command prints.

#![cfg(not(target_arch = "wasm32"))]
use std::path::PathBuf;
use warren_core::scenario::{Paint, RULES, Rule, Severity, parse, render};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics.md")
}

/// One section: its code, what it says in words, the fence and text of its
/// example, and what it says is printed.
struct Section<'p> {
    code: &'p str,
    said: &'p str,
    about: &'p str,
    fence: &'p str,
    example: &'p str,
    printed: &'p str,
}

fn sections(page: &str) -> Vec<Section<'_>> {
    let read = |text| -> Option<Section<'_>> {
        let (code, rest) = str::split_once(text, "\n\n")?;
        let (said, rest) = rest.split_once("\n\n")?;
        let (about, rest) = rest.split_once("\n\n```warren")?;
        let (fence, rest) = rest.split_once('\n')?;
        let (example, rest) = rest.split_once("```\n\n```text\n")?;
        let (printed, rest) = rest.split_once("```\n")?;
        let fence = fence.trim();
        rest.trim().is_empty().then_some(Section { code, said, about, fence, example, printed })
    };
    let mut sections = page.split("\n## ");
    sections.next().expect("an introduction");
    sections.map(|text| read(text).unwrap_or_else(|| panic!("not a section: {text}"))).collect()
}

/// The number behind a word of the fence.
fn number(fence: &str, word: &str) -> Option<usize> {
    let found = fence.split(' ').find_map(|part| part.strip_prefix(word)?.strip_prefix('='));
    found.map(|text| text.parse().expect("a number"))
}

/// The example as a whole file. With `fill=N` a `…` stands for N letters, with
/// `repeat=N` the last line stands there N times, `whole` needs no first line.
fn whole(section: &Section<'_>) -> String {
    let head = if section.fence.contains("whole") { "" } else { "warren 1\n" };
    let mut text = format!("{head}{}", section.example);
    if let Some(times) = number(section.fence, "repeat") {
        let last = section.example.lines().last().expect("a line");
        text.push_str(&format!("{last}\n").repeat(times - 1));
    }
    match number(section.fence, "fill") {
        Some(letters) => text.replace('…', &"x".repeat(letters)),
        None => text,
    }
}

fn said(rule: &Rule) -> String {
    let severity = match rule.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    let words =
        (0..4).fold(rule.words.to_owned(), |words, n| words.replace(&format!("{{{n}}}"), "…"));
    format!("**{severity}: {words}**")
}

#[test]
fn every_finding_has_an_example_that_has_it() {
    let page = std::fs::read_to_string(path()).expect("docs/diagnostics.md");
    let sections = sections(&page);
    let codes: Vec<&str> = sections.iter().map(|section| section.code).collect();
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(codes, rules, "a section for each code, in the order of the rules");
    let mut fresh = page.split("\n## ").next().expect("an introduction").to_owned();
    for (section, rule) in sections.iter().zip(RULES) {
        let text = whole(section);
        let found = parse(&text).diagnostics;
        let other = section.fence.split(' ').find_map(|part| part.strip_prefix("others="));
        let wanted: Vec<_> = found.iter().filter(|finding| Some(finding.code) != other).collect();
        let codes: Vec<&str> = wanted.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [section.code], "the example of {}", section.code);
        let one: Vec<_> = wanted.into_iter().cloned().collect();
        let printed = render(&text, "x.warren", &one, Paint::Plain);
        let Section { code, about, fence, example, .. } = section;
        let fence = format!("warren {fence}");
        fresh += &format!(
            "\n## {code}\n\n{}\n\n{about}\n\n```{}\n{example}```\n\n```text\n{}\n```\n",
            said(rule),
            fence.trim(),
            printed.trim_end()
        );
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path(), fresh).expect("to write the page");
        return;
    }
    for (section, rule) in sections.iter().zip(RULES) {
        assert_eq!(section.said, said(rule), "{}", section.code);
        assert!(fresh.contains(section.printed), "{} is stale: BLESS=1", section.code);
    }
    assert!(page == fresh, "docs/diagnostics.md is stale: run the test with BLESS=1");
}
