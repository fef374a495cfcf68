//! Changing one thing in a text and nothing else: what the stage does when
//! somebody moves a node or turns a knob. Comments and spacing of everything
//! that is not changed stay byte for byte.

mod clause;
mod splice;

use super::document::{Document, Item, NodeId, SourceSpan, Statement};
use super::grammar::{Content, Line};
use super::print;
use super::{Parsed, parse};
use crate::order::{Map, Set};
use crate::time::Tick;
use splice::Splice;

/// The text with a statement added, beside others of its kind and below the
/// declarations it needs. Actions are put in the order of their times.
#[must_use]
pub fn add_statement(text: &str, item: &Item) -> String {
    let parsed = parse(text);
    if parsed.lines.is_empty() {
        return format!("warren 1\n\n{}\n{text}", print::statement(item));
    }
    splice::apply(text, vec![insertion(text, &parsed, rank_of(item), item)])
}

/// The text without the statement at `span` (an [`Item::span`] of this text),
/// with the line it stands on. `None` when no statement is there.
#[must_use]
pub fn remove(text: &str, span: SourceSpan) -> Option<String> {
    let parsed = parse(text);
    let line = parsed.lines.iter().find(|line| line.span == span)?;
    Some(splice::apply(text, vec![splice::whole_line(text, line.span)]))
}

/// The text without the statements on which any of `spans` lies, and what
/// those said, in the order of the text.
#[must_use]
pub fn remove_all(text: &str, spans: &[SourceSpan]) -> (String, Vec<String>) {
    let parsed = parse(text);
    let lies_on = |line: &&Line| {
        spans.iter().any(|span| line.span.start <= span.start && span.start <= line.span.end)
    };
    let (mut splices, mut said) = (Vec::new(), Vec::new());
    for line in parsed.lines.iter().filter(|line| line.verb != "warren").filter(lies_on) {
        splices.push(splice::whole_line(text, line.span));
        let (start, end) = (line.span.start as usize, line.span.end as usize);
        said.push(text.get(start..end).unwrap_or_default().to_owned());
    }
    (splice::apply(text, splices), said)
}

/// The text in which the statement at `span` says what `item` says, with only
/// the words changed that differ. `None` when no statement is there.
#[must_use]
pub fn replace(text: &str, span: SourceSpan, item: &Item) -> Option<String> {
    let parsed = parse(text);
    let line = parsed.lines.iter().find(|line| line.span == span)?;
    Some(splice::apply(text, clause::changes(text, line, item)))
}

/// The text in which a node stands at `x`, `y`.
#[must_use]
pub fn set_place(text: &str, node: &NodeId, x: i32, y: i32) -> String {
    let what = Statement::Place { node: node.clone(), x, y };
    let item = Item { at: Tick::ZERO, span: SourceSpan::default(), what };
    let parsed = parse(text);
    let same = |item: &&Item| matches!(&item.what, Statement::Place { node: n, .. } if n == node);
    // The last one is the one that counts.
    match parsed.document.items.iter().rev().find(same) {
        Some(old) => replace(text, old.span, &item).unwrap_or_else(|| add_statement(text, &item)),
        None => add_statement(text, &item),
    }
}

/// The text changed so that it says what `document` says. Items keep the
/// [`Item::span`] they were read with; an item without one (or with one that
/// is no statement of this text) is added, a statement that no item has is
/// removed, and so is not a statement with errors, which is left to its author.
#[must_use]
pub fn apply(text: &str, document: &Document) -> String {
    if text.trim().is_empty() {
        return print::print(document);
    }
    let parsed = parse(text);
    let mut splices = Vec::new();
    let mut places = Map::new();
    for (index, item) in document.items.iter().enumerate() {
        places.get_or_insert_with(item.span, || index);
    }
    let mut kept = Set::new();
    for line in &parsed.lines {
        let Some(old) = line.item() else { continue };
        match places.get(&line.span) {
            None => splices.push(splice::whole_line(text, line.span)),
            Some(&index) => {
                kept.insert(index);
                let new = &document.items[index];
                if *new != old {
                    splices.extend(clause::changes(text, line, new));
                }
            }
        }
    }
    splices.extend(changed_settings(text, &parsed, document));
    let mut out = add_settings(&splice::apply(text, splices), document);
    for (index, item) in document.items.iter().enumerate() {
        if !kept.contains(&index) {
            out = add_statement(&out, item);
        }
    }
    out
}

/// Lines about the whole run that say something else now, or nothing.
fn changed_settings(text: &str, parsed: &Parsed, document: &Document) -> Vec<Splice> {
    let new = print::settings(document);
    let mut splices = Vec::new();
    for line in parsed.lines.iter().filter(|line| rank(line) == 0 && line.verb != "warren") {
        if line.content.is_none() {
            continue;
        }
        match new.iter().find(|setting| verb(setting) == line.verb) {
            Some(setting) => splices.extend(clause::token_changes(text, line.span, setting)),
            None => splices.push(splice::whole_line(text, line.span)),
        }
    }
    splices
}

/// Lines about the whole run that were not there.
fn add_settings(text: &str, document: &Document) -> String {
    let mut out = text.to_string();
    for setting in print::settings(document) {
        let parsed = parse(&out);
        let is_same = |line: &Line| line.verb == verb(&setting) && line.content.is_some();
        if !parsed.lines.iter().any(is_same) {
            let above = parsed.lines.iter().rfind(|line| rank(line) == 0);
            let end = above.or(parsed.lines.last()).map_or(0, |line| line.span.end);
            out = splice::apply(&out, vec![splice::new_line(&out, end, &setting, false)]);
        }
    }
    out
}

fn verb(line: &str) -> &str {
    line.split(' ').next().unwrap_or("")
}

/// Kinds of statements in the order files have them.
fn rank_of(item: &Item) -> u8 {
    match &item.what {
        Statement::Place { .. } => 7,
        Statement::Expect(_) => 8,
        _ if item.at > Tick::ZERO => 6,
        Statement::Exchange(_)
        | Statement::Policy { .. }
        | Statement::User { .. }
        | Statement::Permit { .. }
        | Statement::PermitTopic { .. } => 1,
        Statement::Queue(_) => 2,
        Statement::Bind(_) => 3,
        Statement::Publisher(_) => 4,
        Statement::Consumer(_) => 5,
        _ => 6,
    }
}

fn rank(line: &Line) -> u8 {
    match (line.item(), line.verb) {
        (Some(item), _) => rank_of(&item),
        (None, "warren" | "title" | "about" | "seed" | "profile" | "latency" | "end") => 0,
        (None, "exchange" | "policy" | "operator-policy" | "user" | "permit" | "permit-topic") => 1,
        (None, "queue") => 2,
        (None, "bind") => 3,
        (None, "publisher") => 4,
        (None, "consumer" | "step") => 5,
        (None, "place") => 7,
        (None, "expect") => 8,
        (None, _) => 6,
    }
}

/// Where a new statement goes.
fn insertion(text: &str, parsed: &Parsed, rank_new: u8, item: &Item) -> Splice {
    let lines = &parsed.lines;
    let earlier = |line: &Line| rank_new != 6 || line.at <= item.at;
    let beside = lines.iter().rposition(|line| rank(line) == rank_new && earlier(line));
    let above = beside.or_else(|| {
        // The first of its kind: behind all kinds that come before it.
        lines.iter().rposition(|line| rank(line) < rank_new)
    });
    let needed = needs(item)
        .filter_map(|name| {
            lines.iter().rposition(|line| {
                line.uses.iter().any(|used| used.role.declares() && *used.name == *name)
                    && line.at <= item.at
            })
        })
        .max();
    // Never on top: what stands there could be indented, and would continue it.
    let after = above.max(needed).or(lines.len().checked_sub(1));
    let end = after.map_or(0, |index| lines[index].span.end);
    let new_group = after
        .and_then(|index| lines[index].item())
        .map_or(rank_new > 0, |before| print::group(&before) != print::group(item));
    splice::new_line(text, end, &print::statement(item), new_group && after.is_some())
}

/// Names that must be declared above a statement.
fn needs(item: &Item) -> impl Iterator<Item = crate::broker::Name> {
    use super::document::Destination;
    let names = match &item.what {
        Statement::Bind(bind) | Statement::Unbind(bind) => match &bind.destination {
            Destination::Queue(to) | Destination::Exchange(to) => {
                vec![bind.source.clone(), to.clone()]
            }
        },
        Statement::Purge { queue } | Statement::Get { queue, .. } => vec![queue.clone()],
        Statement::DeleteQueue { queue, .. } => vec![queue.clone()],
        Statement::DeleteExchange { exchange, .. } => vec![exchange.clone()],
        _ => Vec::new(),
    };
    names.into_iter()
}

/// What a line says, for comparing it with what it should say.
fn read_one(text: &str) -> Option<Item> {
    let parsed = super::read_lines(text);
    match parsed.as_slice() {
        [line] if matches!(line.content, Some(Content::Statement(_))) => line.item(),
        _ => None,
    }
}
