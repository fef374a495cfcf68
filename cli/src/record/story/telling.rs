//! The scenario at the end.

use super::super::client::{Connection, Consumer};
use super::super::notes::Notes;
use super::super::{Event, What};
use super::{Story, Told};
use std::collections::BTreeSet;
use warren_core::broker::Name;
use warren_core::scenario::{
    self, Document, Item, MOST_BYTES, MOST_STATEMENTS, SourceSpan, Statement,
};
use warren_core::time::{Span, Tick};

/// The most statements of a recording, with room for those of a scenario's
/// head.
const MOST_ITEMS: usize = MOST_STATEMENTS - 100;
/// The most kinds of loss that are listed.
const MOST_LOST: usize = 1_000;

impl Story {
    /// The scenario as text, and what it does not say.
    pub(in crate::record) fn told(mut self, notes: Notes) -> Result<(String, Vec<String>), String> {
        let missing = notes.missing();
        for Event { tick, connection, what } in notes.events() {
            self.now = tick.max(self.now);
            match what {
                What::Opened(login, name) => self.opened(connection, &login.user, &name),
                What::Method(number, method) => self.method(connection, number, *method),
                What::Reply(number, reply) => self.reply(connection, number, &reply),
                What::Gone => self.gone(connection),
            }
        }
        let counts: Vec<(Name, Vec<Name>, usize)> = self
            .consumers
            .iter()
            .map(|one| (one.decl.name.clone(), one.decl.queues.clone(), one.count()))
            .collect();
        let (document, whole) = self.document();
        let mut lost = distinct(core::mem::take(&mut self.lost));
        // Of a part it is not known what would have been received at the end.
        let expected = if whole && missing.is_none() { received(&counts) } else { String::new() };
        lost.extend(missing);
        let text = written(&document, &lost) + &expected;
        if document.items.len() + counts.len() <= MOST_ITEMS && text.len() <= MOST_BYTES {
            return Ok((text, lost));
        }
        beginning(document, &lost).ok_or_else(|| "a scenario has no room for it".into())
    }

    /// The statements, and whether they are all.
    fn document(&mut self) -> (Document, bool) {
        let start = self.start.unwrap_or(self.now);
        let mut consumers: Vec<Option<Consumer>> =
            core::mem::take(&mut self.consumers).into_iter().map(Some).collect();
        let mut items = Vec::new();
        let mut last = Tick::ZERO;
        for (tick, told) in core::mem::take(&mut self.items) {
            // Whole milliseconds, in the order of what happened.
            let at = Tick(tick.0.saturating_sub(start.0) / 1_000 * 1_000);
            last = last.max(at);
            let what = match told {
                Told::Statement(statement) => *statement,
                Told::Own(mut decl, id) => {
                    let clients = self.connections.get(&id).map(Connection::clients);
                    decl.owner = clients.and_then(|clients| clients.first().cloned());
                    Statement::Queue(decl)
                }
                Told::Consumer(number) => {
                    let consumer = consumers.get_mut(number).and_then(Option::take);
                    let Some(consumer) = consumer else { continue };
                    Statement::Consumer(consumer.finish(&mut self.lost))
                }
            };
            // Publishers stand at the start, where they connect.
            let at = if matches!(what, Statement::Publisher(_)) { Tick::ZERO } else { at };
            items.push(Item { at, span: SourceSpan::default(), what });
        }
        items.sort_by_key(|item| item.at);
        let whole = last <= Document::MAX_END;
        if !whole {
            self.lost.push(format!("what happened after {}", Document::MAX_END));
            items.retain(|item| item.at <= Document::MAX_END);
        }
        let (profile, latency, end) = (self.profile, Some(Span::ZERO), end(last));
        (Document { profile, latency, end, items, ..Document::default() }, whole)
    }
}

/// When a scenario ends whose last statement is at `last`; `None` where it
/// would by itself.
fn end(last: Tick) -> Option<Tick> {
    let end = last + Span::secs(2);
    (end > Document::DEFAULT_END).then_some(Tick(end.0.min(Document::MAX_END.0)))
}

/// As much of the beginning as there is room for, and what is lost with that.
fn beginning(mut document: Document, lost: &[String]) -> Option<(String, Vec<String>)> {
    let mut kept = document.items.len().min(MOST_ITEMS);
    while kept > 0 {
        document.items.truncate(kept);
        let last = document.items.last().map_or(Tick::ZERO, |item| item.at);
        document.end = end(last);
        let mut lost = lost.to_vec();
        lost.push(format!("what happened after {last}: a scenario has no room for it"));
        let text = written(&document, &lost);
        if text.len() <= MOST_BYTES {
            return Some((text, lost));
        }
        // In proportion, and a little less: not all lines are of one length.
        kept = kept * (MOST_BYTES / 100) / (text.len() / 98);
    }
    None
}

/// What was lost, each thing once and not more than a person reads.
fn distinct(mut lost: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    lost.retain(|one| seen.insert(one.clone()));
    let more = lost.len().saturating_sub(MOST_LOST);
    if more > 0 {
        lost.truncate(MOST_LOST);
        lost.push(format!("{more} more things of this kind"));
    }
    lost
}

/// A scenario with what it does not say as comments.
fn written(document: &Document, lost: &[String]) -> String {
    let mut text = scenario::print(document);
    let comments: String =
        lost.iter().map(|one| format!("// {}\n", scenario::visible(one))).collect();
    if !lost.is_empty() {
        let after = text.find('\n').map_or(text.len(), |at| at + 1);
        text.insert_str(after, &format!("// Not in this scenario:\n{comments}"));
    }
    text
}

/// Expectations of what consumers received, of those who shared with nobody:
/// what two share depends on who was faster.
fn received(counts: &[(Name, Vec<Name>, usize)]) -> String {
    let alone = |queues: &Vec<Name>| counts.iter().filter(|other| other.1 == *queues).count() == 1;
    let lines = counts.iter().filter(|(_, queues, _)| alone(queues)).map(|(name, _, count)| {
        format!("expect client {} has {count} received\n", scenario::name(name))
    });
    lines.collect()
}
