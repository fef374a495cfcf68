//! The scenario at the end.

use super::super::client::{Connection, Consumer};
use super::super::{Event, What};
use super::{Story, Told};
use warren_core::broker::Name;
use warren_core::scenario::{
    self, Document, Item, MOST_BYTES, MOST_STATEMENTS, SourceSpan, Statement,
};
use warren_core::time::{Span, Tick};

impl Story {
    /// The scenario as text, and what it does not say.
    pub(in crate::record) fn told(
        mut self,
        events: Vec<Event>,
    ) -> Result<(String, Vec<String>), String> {
        for Event { tick, connection, what } in events {
            self.now = tick.max(self.now);
            match what {
                What::Opened(login, name) => self.opened(connection, &login.user, &name),
                What::Method(number, method) => self.method(connection, number, *method),
                What::Reply(number, reply) => self.reply(connection, number, &reply),
                What::Gone => self.gone(connection),
                What::End => break,
            }
        }
        let received: Vec<(Name, Vec<Name>, usize)> = self
            .consumers
            .iter()
            .map(|one| (one.decl.name.clone(), one.decl.queues.clone(), one.count()))
            .collect();
        let document = self.document();
        if document.items.len() > MOST_STATEMENTS {
            let count = document.items.len();
            return Err(format!("it was {count} statements; a scenario has {MOST_STATEMENTS}"));
        }
        let mut lost = core::mem::take(&mut self.lost);
        lost.dedup();
        let mut text = scenario::print(&document);
        let comments: String =
            lost.iter().map(|one| format!("// {}\n", scenario::visible(one))).collect();
        if !lost.is_empty() {
            let after = text.find('\n').map_or(text.len(), |at| at + 1);
            text.insert_str(after, &format!("// Not in this scenario:\n{comments}"));
        }
        for (name, queues, count) in &received {
            // What two share depends on who was faster.
            let shared = |other: &&(Name, Vec<Name>, usize)| other.1 == *queues;
            if received.iter().filter(shared).count() == 1 {
                text.push_str(&format!(
                    "expect client {} has {count} received\n",
                    scenario::name(name)
                ));
            }
        }
        if text.len() > MOST_BYTES {
            let size = text.len();
            return Err(format!("it was {size} bytes; a scenario has {MOST_BYTES} at most"));
        }
        Ok((text, lost))
    }

    fn document(&mut self) -> Document {
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
        let end = Tick((last + Span::secs(2)).0.min(Document::MAX_END.0));
        if items.iter().any(|item| item.at > Document::MAX_END) {
            self.lost.push(format!("what happened after {}", Document::MAX_END));
            items.retain(|item| item.at <= Document::MAX_END);
        }
        let end = (last + Span::secs(2) > Document::DEFAULT_END).then_some(end);
        let (profile, latency) = (self.profile, Some(Span::ZERO));
        Document { profile, latency, end, items, ..Document::default() }
    }
}
