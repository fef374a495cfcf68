//! The page `docs/json.md` and what is really written, held against each other.

use super::{COMMON, EVENTS, Expected, FRAME, Kind, end, event, line_of, run};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use warren_core::scenario::{Document, LineIndex, Statement, claim, parse};
use warren_core::timeline::Timeline;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/json.md")).expect("docs/json.md")
}

/// Every line about a scenario, as `warren run --json` writes it.
fn lines(text: &str) -> Vec<String> {
    let document: Document = parse(text).document;
    let mut timeline = Timeline::new(document);
    timeline.run();
    let index = LineIndex::new(text);
    let mut lines = vec![run("orders.warren", timeline.document())];
    let place = |item| line_of(timeline.document(), &index, item);
    lines.extend(timeline.events().iter().map(|happening| event(happening, &place)));
    for outcome in timeline.outcomes() {
        let item = &timeline.document().items[outcome.item];
        let Statement::Expect(expectation) = &item.what else { panic!("an expectation") };
        let (line, column) = index.position(item.span.start);
        let (at, held, found) = (outcome.tick, outcome.held, &*outcome.found);
        let expected = &*claim(&expectation.claim);
        lines.push(Expected { at, line, column, expected, held, found }.line());
    }
    let failed = timeline.outcomes().iter().filter(|outcome| !outcome.held).count();
    lines.push(end(&timeline, timeline.outcomes().len(), failed));
    lines
}

fn is(value: &Json, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "string or null" => value.is_string() || value.is_null(),
        "array of strings" => {
            value.as_array().is_some_and(|items| items.iter().all(Json::is_string))
        }
        _ => panic!("a type the page does not explain: {kind}"),
    }
}

/// Says what is wrong with a line; the name of its event when nothing is.
fn judge(line: &str) -> Result<&'static str, String> {
    let json: Json = serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
    let name = json["event"].as_str().unwrap_or_default();
    let framed = FRAME.iter().find(|kind| kind.name == name);
    let found = framed.or(EVENTS.iter().find(|kind| kind.name == name));
    let Kind { name, fields, .. } = found.ok_or_else(|| format!("{line}: no such event"))?;
    let common = if framed.is_some() { &COMMON[..1] } else { COMMON };
    let object = json.as_object().ok_or("no object")?;
    if object.len() != common.len() + fields.len() {
        return Err(format!("{line}: it has {} fields", object.len()));
    }
    for (field, kind) in common.iter().chain(*fields) {
        if !object.get(*field).is_some_and(|value| is(value, kind)) {
            return Err(format!("{line}: {field} is no {kind}"));
        }
    }
    Ok(name)
}

#[test]
fn every_line_of_every_shipped_scenario_is_as_documented() {
    let mut seen = BTreeSet::new();
    let folder = std::fs::read_dir(root().join("static/scenarios")).expect("the scenarios");
    for entry in folder {
        let path = entry.expect("an entry").path();
        for line in lines(&std::fs::read_to_string(&path).expect("a scenario")) {
            seen.insert(judge(&line).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        }
    }
    assert!(seen.len() > 20, "only {seen:?}");
}

fn table(kinds: &[Kind]) -> String {
    let mut out = String::from("| `event` | When | Fields |\n|---|---|---|\n");
    for Kind { name, about, fields } in kinds {
        let fields: Vec<String> =
            fields.iter().map(|(field, kind)| format!("`{field}` {kind}")).collect();
        let _ = writeln!(out, "| `{name}` | {about} | {} |", fields.join(", "));
    }
    out
}

/// `BLESS=1` writes the generated parts of the page anew.
#[test]
fn the_page_is_what_is_written() {
    let mut page = page();
    let part = |page: &str, from: &str, to: &str| {
        let start = page.find(from).unwrap_or_else(|| panic!("no {from}")) + from.len();
        let end = start + page[start..].find(to).unwrap_or_else(|| panic!("no {to}"));
        (start, end, page[start..end].to_owned())
    };
    let (.., scenario) = part(&page, "```warren\n", "```");
    let written = lines(&scenario).iter().fold(String::new(), |all, line| all + line + "\n");
    let parts = [
        ("<!-- table: around -->\n", "<!-- end -->", table(FRAME)),
        ("<!-- table: events -->\n", "<!-- end -->", table(EVENTS)),
        ("```json\n", "```", written),
    ];
    for (from, to, wanted) in parts {
        let (start, end, found) = part(&page, from, to);
        if std::env::var_os("BLESS").is_some() {
            page.replace_range(start..end, &wanted);
        } else {
            assert_eq!(found, wanted, "docs/json.md is stale: run the test with BLESS=1");
        }
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(root().join("docs/json.md"), page).expect("to write the page");
    }
}
