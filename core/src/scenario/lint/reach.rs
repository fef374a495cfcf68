//! Queues that nothing in the scenario can get a message into.

use super::{DEAD_LETTER, Scene, place};
use crate::broker::Value;
use crate::order::Set;
use crate::scenario::cursor::Role;
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::document::{Destination, Statement};
use crate::scenario::rules::UNREACHABLE_QUEUE;

/// What is published somewhere, and all that it can come to.
#[derive(Default)]
struct Reached<'l> {
    exchanges: Set<&'l str>,
    queues: Set<&'l str>,
    /// Queues that somebody waits at.
    consumed: Set<&'l str>,
    /// Exchanges whose bindings were not followed yet.
    next: Vec<&'l str>,
    /// Somebody publishes at all.
    any: bool,
    /// Somebody publishes to queues that only the run can name.
    unknown: bool,
}

/// Hints at queues that somebody consumes from and nothing reaches. Bindings count whatever
/// their keys and times: this is about what was forgotten altogether.
pub(super) fn unreachable(scene: &Scene<'_>, faults: &mut Faults) {
    let mut reached = Reached::default();
    for (_, what) in scene.statements() {
        reached.note(what);
    }
    if reached.unknown || !reached.any {
        return;
    }
    while let Some(exchange) = reached.next.pop() {
        for bind in scene.bindings_of(exchange) {
            match &bind.destination {
                Destination::Queue(queue) => {
                    reached.queues.insert(queue);
                }
                Destination::Exchange(to) => reached.exchange(to),
            }
        }
    }
    for (line, what) in scene.statements() {
        let Statement::Queue(decl) = what else { continue };
        // Once is enough for a queue that is declared again.
        if reached.consumed.contains(&*decl.name) && reached.queues.insert(&decl.name) {
            let owned = decl.owner.is_some();
            let role = if owned { Role::NewOwnedQueue } else { Role::NewQueue };
            let span = place(line, role, &decl.name);
            faults.push(Diagnostic::new(&UNREACHABLE_QUEUE, span, &[&decl.name]));
        }
    }
}

impl<'l> Reached<'l> {
    fn exchange(&mut self, name: &'l str) {
        if self.exchanges.insert(name) {
            self.next.push(name);
        }
    }

    /// A publish; with `None` the key is that of another message.
    fn sent(&mut self, exchange: &'l str, key: Option<&'l str>) {
        match key {
            _ if !exchange.is_empty() => self.exchange(exchange),
            Some(key) if !key.contains('{') => {
                self.queues.insert(key);
            }
            _ => self.unknown = true,
        }
    }

    fn note(&mut self, what: &'l Statement) {
        match what {
            Statement::Publisher(decl) => {
                self.any = true;
                decl.keys.iter().for_each(|key| self.sent(&decl.exchange, Some(key)));
                if let Some(queue) = &decl.reply_to {
                    self.queues.insert(queue);
                }
            }
            Statement::Publish(publish) => {
                self.any = true;
                self.sent(&publish.exchange, Some(&publish.key));
            }
            Statement::Consumer(decl) => {
                for queue in &decl.queues {
                    self.consumed.insert(queue);
                }
                for forward in &decl.forwards {
                    self.sent(&forward.exchange, forward.key.as_deref());
                }
            }
            Statement::Queue(decl) => {
                let text = |name| decl.arguments.get(name).and_then(Value::as_str);
                if let Some(to) = text(DEAD_LETTER) {
                    self.sent(to, text("x-dead-letter-routing-key"));
                }
            }
            Statement::Exchange(decl) => {
                let to = decl.arguments.get("alternate-exchange").and_then(Value::as_str);
                to.into_iter().for_each(|to| self.sent(to, None));
            }
            _ => {}
        }
    }
}
