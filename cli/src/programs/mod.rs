//! `warren export --to LANGUAGE`: a scenario as a program for a client library
//! of that language.
//!
//! A plan of what is to be done is made from the document, and written down
//! piece by piece in the words of a language.

mod cast;
mod dotnet;
mod go;
mod java;
mod javascript;
mod plan;
mod python;
mod rust;
mod text;
mod tongue;
mod units;
mod write;

use plan::Plan;
use text::Code;
use tongue::Tongue;
use warren_core::scenario::{Document, Ending, visible};
use write::Writer;

/// A language, with a client library of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Python,
    JavaScript,
    Rust,
    Java,
    Go,
    DotNet,
}

/// A program, and what of the scenario it does not do.
pub(crate) struct Program {
    pub(crate) text: String,
    pub(crate) lost: Vec<String>,
}

/// Writes a scenario as a program. `source` is the name of its file.
pub(crate) fn program(document: &Document, source: &str, language: Language) -> Program {
    let tongue: &dyn Tongue = match language {
        Language::Python => &python::Python,
        Language::JavaScript => &javascript::JavaScript,
        Language::Rust => &rust::Rust,
        Language::Java => &java::Java,
        Language::Go => &go::Go,
        Language::DotNet => &dotnet::DotNet,
    };
    let plan = Plan::new(document);
    let lost = losses(&plan, tongue);
    let mut text = header(&plan, source, tongue, &lost);
    let code = Code::new(tongue.indent());
    text.push_str(&Writer { plan: &plan, tongue, code }.program());
    Program { text, lost }
}

/// What the program does not do, and what the library cannot say.
fn losses(plan: &Plan<'_>, tongue: &dyn Tongue) -> Vec<String> {
    let mut lost = plan.lost.clone();
    for (place, table) in plan.tables() {
        for (key, value) in table.iter().filter(|(_, value)| !tongue.says(value)) {
            lost.push(format!("{place}: {key} {value:?}; the library has no such type"));
        }
    }
    for decl in plan.publishers.iter().map(|publisher| publisher.decl) {
        if decl.transaction.is_some() && !tongue.has_transactions() {
            lost.push(format!("{}: transaction; the library has none", decl.name));
        } else if decl.transaction.is_some() && decl.endings.contains(&Ending::Rollback) {
            lost.push(format!("{}: then rollback; here every transaction commits", decl.name));
        }
    }
    if !tongue.has_internal() {
        lost.extend(plan.internal().map(|name| format!("exchange {name}: internal")));
    }
    lost
}

/// The comment at the top.
fn header(plan: &Plan<'_>, source: &str, tongue: &dyn Tongue, lost: &[String]) -> String {
    let mut lines = Vec::new();
    lines.extend(
        plan.title.map(|title| vec![title.to_owned(), String::new()]).into_iter().flatten(),
    );
    lines.push(format!("Made from {source} by `warren export`."));
    lines.push(format!("Needs {}.", tongue.needs()));
    lines.push(format!("Run it: {}", tongue.runs()));
    lines.push(
        "Every client takes part, or those who are named. AMQP_URL says where the broker is."
            .into(),
    );
    if !lost.is_empty() {
        lines.push(String::new());
        lines.push("What the scenario says and this program does not do:".into());
        lines.extend(lost.iter().map(|one| format!("- {one}")));
    }
    let comment = tongue.comment();
    let mut out = String::new();
    for line in lines {
        // Java reads `\u…` in comments, too.
        let line = visible(&line).replace('\\', "/");
        out.push_str(format!("{comment} {line}").trim_end());
        out.push('\n');
    }
    out.push('\n');
    out
}
