//! Lengths, left-overs, colours, Markdown.

use super::Finding;
use super::source::Module;
use std::collections::BTreeMap;
use std::path::Path;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;
const COLUMNS: usize = 100;
const FILE_BYTES: usize = 200_000;

/// Files that may be larger than the rest, with why.
const LARGE: [(&str, &str); 1] = [("Cargo.lock", "written by cargo")];

/// Where colours are written down; everything else names them.
const COLOURS: [(&str, &str); 3] = [
    ("core/src/draw/", "the tokens of the pictures"),
    ("static/tokens.css", "the tokens of the page"),
    ("static/icon.svg", "browsers show it where no style sheet applies"),
];

/// Everything that is too long.
#[must_use]
pub fn lengths(modules: &[Module]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for module in modules.iter().filter(|m| !m.test) {
        if module.lines > FILE_LINES {
            let what = format!("{} lines without its tests, {FILE_LINES} at most", module.lines);
            findings.push(Finding::new(&module.file, 0, what));
        }
        for function in module.functions.iter().filter(|f| f.lines > FUNCTION_LINES) {
            let what =
                format!("fn {}: {} lines, {FUNCTION_LINES} at most", function.name, function.lines);
            findings.push(Finding::new(&module.file, function.line, what));
        }
    }
    findings
}

/// What was meant to go before anyone sees it.
#[must_use]
pub fn left_overs(modules: &[Module]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for module in modules {
        for (what, line) in &module.left_over {
            findings.push(Finding::new(&module.file, *line, format!("{what} is left over")));
        }
    }
    findings
}

/// Faults that any text file can have.
#[must_use]
pub fn text(tree: &BTreeMap<String, Vec<u8>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, bytes) in tree {
        let listed = LARGE.iter().any(|(large, _)| large == file);
        if bytes.len() > FILE_BYTES && !listed {
            let what = format!("{} bytes, {FILE_BYTES} at most", bytes.len());
            findings.push(Finding::new(file, 0, what));
        }
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        findings.extend(lines(file, text));
        if !text.is_empty() && !text.ends_with('\n') {
            findings.push(Finding::new(file, text.lines().count(), "the last line has no end"));
        }
    }
    findings
}

fn lines(file: &str, text: &str) -> Vec<Finding> {
    // Put together here, so that this file does not find itself.
    let markers = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("X", "XX")];
    // Tests quote what is said on one line, however long that is.
    let test = file.contains("tests/") || file.ends_with("tests.rs");
    let measured = has_extension(file, &["rs", "css"]) && !test;
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut found = |what: String| findings.push(Finding::new(file, index + 1, what));
        if line.ends_with([' ', '\t', '\r']) {
            found("white space at the end of the line".to_owned());
        }
        // The line between the two halves can be a headline's in Markdown.
        if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            found("a merge left this here".to_owned());
        }
        let columns = line.chars().count();
        if measured && columns > COLUMNS {
            found(format!("{columns} columns, {COLUMNS} at most"));
        }
        let marked = |marker: &&&str| {
            line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|w| w == **marker)
        };
        if let Some(marker) = markers.iter().find(marked) {
            found(format!("{marker}: do it or write it down as an issue"));
        }
    }
    findings
}

/// Colours that are written out where they should be named.
#[must_use]
pub fn colours(tree: &BTreeMap<String, Vec<u8>>, modules: &[Module]) -> Vec<Finding> {
    let allowed = |file: &str| COLOURS.iter().any(|(part, _)| file.starts_with(part));
    let mut findings = Vec::new();
    let mut look = |file: &str, line: usize, text: &str| {
        if let Some(colour) = hex_colour(text) {
            let what = format!("{colour}: name a token instead");
            findings.push(Finding::new(file, line, what));
        }
    };
    for module in modules.iter().filter(|m| !m.test && !allowed(&m.file)) {
        for (string, line) in &module.strings {
            look(&module.file, *line, string);
        }
    }
    for (file, bytes) in tree {
        if allowed(file) || !has_extension(file, &["css", "html", "svg"]) {
            continue;
        }
        // Pictures that the project's own renderer wrote carry its tokens.
        if file.starts_with("docs/") || file.starts_with("tests/") {
            continue;
        }
        for (index, line) in String::from_utf8_lossy(bytes).lines().enumerate() {
            look(file, index + 1, line);
        }
    }
    findings
}

/// The first `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa` in `text`.
#[must_use]
pub fn hex_colour(text: &str) -> Option<&str> {
    text.match_indices('#').find_map(|(at, _)| {
        // `&#123;` is a character.
        if text[..at].ends_with('&') {
            return None;
        }
        let rest = &text[at + 1..];
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
        let word = &rest[..word.unwrap_or(rest.len())];
        let hex = word.chars().all(|c| c.is_ascii_hexdigit());
        (hex && matches!(word.len(), 3 | 4 | 6 | 8)).then(|| &text[at..=at + word.len()])
    })
}

/// One heading of the first level per Markdown file, and links and named tests
/// that exist.
#[must_use]
pub fn markdown(tree: &BTreeMap<String, Vec<u8>>, modules: &[Module]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, bytes) in tree.iter().filter(|(file, _)| has_extension(file, &["md"])) {
        let text = String::from_utf8_lossy(bytes);
        let mut fenced = false;
        let mut headings = 0;
        for (index, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                continue;
            }
            headings += usize::from(line.starts_with("# "));
            let mut found = |what| findings.push(Finding::new(file, index + 1, what));
            for target in between(line, "](", ")") {
                if !is_there(tree, file, target) {
                    found(format!("the link {target} leads nowhere"));
                }
            }
            for name in between(line, "`", "`").filter(|name| name.contains(".rs::")) {
                if !is_function(modules, name) {
                    found(format!("there is no `{name}`"));
                }
            }
        }
        if headings != 1 {
            let what = format!("{headings} headings of the first level instead of one");
            findings.push(Finding::new(file, 0, what));
        }
    }
    findings
}

/// The pieces of `text` between `open` and the next `close`.
fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(open)?;
        let (piece, after) = after.split_once(close)?;
        rest = after;
        Some(piece)
    })
}

fn is_there(tree: &BTreeMap<String, Vec<u8>>, from: &str, target: &str) -> bool {
    let target = target.split(['#', ' ']).next().unwrap_or_default();
    if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let mut path: Vec<&str> = from.split('/').collect();
    path.pop();
    for segment in target.trim_end_matches('/').split('/') {
        match segment {
            "." => {}
            ".." => drop(path.pop()),
            other => path.push(other),
        }
    }
    let path = path.join("/");
    tree.keys().any(|f| *f == path || f.strip_prefix(&path).is_some_and(|r| r.starts_with('/')))
}

/// Whether `path/file.rs::function` names a function, in tests too.
fn is_function(modules: &[Module], name: &str) -> bool {
    let Some((file, function)) = name.split_once("::") else { return false };
    let function = function.rsplit("::").next().unwrap_or(function);
    let text = || std::fs::read_to_string(super::tree::root().join(file)).unwrap_or_default();
    modules.iter().any(|m| m.file == file) && text().contains(&format!("fn {function}("))
}

fn has_extension(file: &str, wanted: &[&str]) -> bool {
    Path::new(file).extension().is_some_and(|e| wanted.iter().any(|w| e == *w))
}
