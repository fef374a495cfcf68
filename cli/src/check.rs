//! `warren check`

use crate::args::Check;
use crate::source::Source;
use crate::terminal::Terminal;
use crate::{Ending, source};
use serde_json::{Value as Json, json};
use warren_core::scenario::{
    Diagnostic, LineIndex, Parsed, SourceSpan, nearest_rule, parse, render, rule,
};

/// What every code means, with examples; a test holds it to the reader.
const PAGE: &str = include_str!("../../docs/diagnostics.md");

pub(crate) fn check(args: &Check, terminal: &mut Terminal) -> Ending {
    if let Some(code) = &args.explain {
        return explain(code, terminal);
    }
    let mut ending = Ending::Fine;
    for file in &args.files {
        let Some(source) = source::read(file, terminal) else {
            ending = Ending::BadInput;
            continue;
        };
        let parsed = parse(&source.text);
        let errors = parsed.diagnostics.iter().filter(|finding| finding.is_error()).count();
        let warnings = parsed.diagnostics.len() - errors;
        let bad = errors > 0 || (args.deny_warnings && warnings > 0);
        if args.json {
            as_json(&source, &parsed, terminal);
        } else {
            let paint = terminal.error_paint;
            terminal.error(&render(&source.text, &source.name, &parsed.diagnostics, paint));
            let statements = parsed.document.items.len();
            let verdict = match (errors, warnings) {
                (0, 0) => format!("fine, {}", counted(statements, "statement")),
                (0, _) => counted(warnings, "warning"),
                (_, 0) => counted(errors, "error"),
                _ => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
            };
            let style = if bad { "31" } else { "32" };
            let verdict = terminal.paint.style(style, &verdict);
            if bad || !args.quiet {
                terminal.line(&format!("{}: {verdict}", source.name));
            }
        }
        if bad {
            ending = Ending::BadInput;
        }
    }
    ending
}

/// The findings as `docs/json.md` tells.
fn as_json(source: &Source, parsed: &Parsed, terminal: &mut Terminal) {
    let index = LineIndex::new(&source.text);
    let place = |span: SourceSpan| {
        let ((line, column), (end_line, end_column)) =
            (index.position(span.start), index.position(span.end));
        json!({
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
        })
    };
    for finding in &parsed.diagnostics {
        terminal.line(&told(&source.name, finding, &place).to_string());
    }
}

fn told(file: &str, finding: &Diagnostic, place: &dyn Fn(SourceSpan) -> Json) -> Json {
    let related: Vec<Json> = finding
        .related
        .iter()
        .map(|related| {
            let mut told = place(related.span);
            told["message"] = Json::from(related.words.clone());
            told
        })
        .collect();
    let mut told = json!({
        "file": file,
        "severity": if finding.is_error() { "error" } else { "warning" },
        "code": finding.code,
        "message": finding.message(),
        "help": finding.help,
    });
    if let (Json::Object(told), Json::Object(place)) = (&mut told, place(finding.span)) {
        told.extend(place);
        told.insert("related".into(), Json::from(related));
    }
    told
}

/// The part of the page that tells about a code.
fn section(code: &str) -> Option<&'static str> {
    let (_, rest) = PAGE.split_once(&format!("\n## {code}\n"))?;
    let end = rest.find("\n## ").unwrap_or(rest.len());
    Some(rest[..end].trim())
}

fn explain(code: &str, terminal: &mut Terminal) -> Ending {
    // As it is printed in front of a finding, too.
    let bare = code.trim_start_matches("error").trim_start_matches("warning");
    let bare = bare.trim_matches(['[', ']', ':']);
    match rule(bare).and_then(|rule| section(rule.code)) {
        Some(section) => {
            terminal.line(&terminal.paint.style("1", bare));
            terminal.line("");
            for line in section.lines().filter(|line| !line.starts_with("```")) {
                terminal.line(line);
            }
            Ending::Fine
        }
        None => {
            let near = nearest_rule(bare).map(|near| format!("; did you mean {near}?"));
            let near = near.unwrap_or_else(|| "; docs/diagnostics.md lists them".to_owned());
            terminal.complain(&format!("no finding has the code {bare}{near}"));
            Ending::BadInput
        }
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
