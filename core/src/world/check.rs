//! Expectations: whether what a scenario says must hold does hold.

use super::{ClientTotals, Record, What, World};
use crate::broker::Name;
use crate::scenario::{Claim, ClientCount, Compare, Expectation, NodeId, QueueCount, Statement};
use crate::world::VHOST;

impl World {
    /// Looks at an expectation that has come due.
    pub(super) fn check(&mut self, index: usize, record: &mut Record) {
        let plan = std::sync::Arc::clone(&self.plan);
        let Some(Statement::Expect(expectation)) = plan.document.items.get(index).map(|i| &i.what)
        else {
            return;
        };
        let (held, found) = self.judge(expectation, record);
        self.tell(record, What::Checked { item: index, held, found });
    }

    /// Whether an expectation holds at this instant, and what was found.
    pub(crate) fn judge(&self, expectation: &Expectation, record: &Record) -> (bool, String) {
        match &expectation.claim {
            Claim::Queue { queue, what, compare, count } => {
                let Some(found) = self.queue_count(queue, *what) else {
                    return (false, format!("there is no queue {queue}"));
                };
                let word = queue_word(*what);
                (holds(*compare, found, *count), format!("queue {queue} has {found} {word}"))
            }
            Claim::NoQueue { queue } => {
                let gone = self.broker.queue(VHOST, &self.real_name(queue)).is_none();
                let state = if gone { "does not exist" } else { "exists" };
                (gone, format!("queue {queue} {state}"))
            }
            Claim::Client { client, what, compare, count } => {
                let Some(found) = self.client_count(client, *what) else {
                    return (false, format!("there is no client {client}"));
                };
                let word = client_word(*what);
                (holds(*compare, found, *count), format!("{client} has {found} {word}"))
            }
            Claim::Reaches { message, whom, does } => {
                let reached = record.events.iter().any(|e| reaches(&e.what, message, whom));
                let verb = if reached { "reached" } else { "did not reach" };
                (reached == *does, format!("{message} {verb} {}", node_name(whom)))
            }
            Claim::ChannelCloses { channel, client, code } => closes(record, |what| match what {
                What::ChannelClosed { client: c, channel: n, code: found, text }
                    if c == client && n == channel =>
                {
                    Some((found == code, format!("channel {n} of {c} closed with {found} {text}")))
                }
                _ => None,
            })
            .unwrap_or_else(|| (false, format!("channel {channel} of {client} stayed open"))),
            Claim::ConnectionCloses { client, code } => closes(record, |what| match what {
                What::ConnectionClosed { client: c, code: found, text } if c == client => Some((
                    found == code,
                    format!("the connection of {c} closed with {found} {text}"),
                )),
                _ => None,
            })
            .unwrap_or_else(|| (false, format!("the connection of {client} stayed open"))),
            Claim::Refused { code } => closes(record, |what| match what {
                What::Refused { code: found, text, .. } => {
                    Some((found == code, format!("the broker refused with {found} {text}")))
                }
                _ => None,
            })
            .unwrap_or_else(|| (false, "the broker refused nothing".into())),
        }
    }

    fn queue_count(&self, queue: &Name, what: QueueCount) -> Option<u64> {
        if what == QueueCount::Received {
            return Some(self.entered.get(queue).copied().unwrap_or(0));
        }
        let view = self.broker.queue(VHOST, &self.real_name(queue))?;
        Some(match what {
            QueueCount::Ready => view.ready(),
            QueueCount::Unacked => view.unacked(),
            QueueCount::Messages => view.ready() + view.unacked(),
            QueueCount::Consumers => view.consumers().count() as u64,
            QueueCount::Received => 0,
        })
    }

    fn client_count(&self, client: &str, what: ClientCount) -> Option<u64> {
        let totals = self.client_totals(client)?;
        Some(match what {
            ClientCount::Published => totals.published,
            ClientCount::Confirmed => totals.confirmed,
            ClientCount::Nacked => totals.nacked,
            ClientCount::Returned => totals.returned,
            ClientCount::Received => totals.received,
            ClientCount::Acked => totals.acked,
            ClientCount::Redelivered => totals.redelivered,
        })
    }

    /// What a client has done so far; `None` when there is no such client.
    #[must_use]
    pub fn client_totals(&self, client: &str) -> Option<ClientTotals> {
        let state = &self.clients[self.plan.client(client)?];
        Some(ClientTotals {
            published: state.sent,
            confirmed: state.confirmed,
            nacked: state.nacked,
            returned: state.returned,
            received: state.received,
            acked: state.acked,
            redelivered: state.redelivered,
        })
    }
}

/// The first event that decides in favour, or else the last that decides.
fn closes(
    record: &Record,
    decide: impl Fn(&What) -> Option<(bool, String)>,
) -> Option<(bool, String)> {
    let mut last = None;
    for event in &record.events {
        if let Some(found) = decide(&event.what) {
            if found.0 {
                return Some(found);
            }
            last = Some(found);
        }
    }
    last
}

fn reaches(what: &What, message: &str, whom: &NodeId) -> bool {
    match (what, whom) {
        (What::Received { client, message: label, .. }, NodeId::Client(name)) => {
            client == name && label.to_string() == message
        }
        (What::Routed { queues, message: label, .. }, NodeId::Queue(name)) => {
            queues.contains(name) && label.to_string() == message
        }
        (What::Routed { exchange, message: label, .. }, NodeId::Exchange(name))
        | (What::Unroutable { exchange, message: label, .. }, NodeId::Exchange(name)) => {
            exchange == name && label.to_string() == message
        }
        _ => false,
    }
}

fn node_name(node: &NodeId) -> String {
    match node {
        NodeId::Client(name) => name.to_string(),
        NodeId::Queue(name) => format!("queue {name}"),
        NodeId::Exchange(name) => format!("exchange {name}"),
    }
}

fn holds(compare: Compare, found: u64, wanted: u64) -> bool {
    match compare {
        Compare::Exactly => found == wanted,
        Compare::AtLeast => found >= wanted,
        Compare::AtMost => found <= wanted,
    }
}

fn queue_word(what: QueueCount) -> &'static str {
    match what {
        QueueCount::Ready => "ready",
        QueueCount::Unacked => "unacked",
        QueueCount::Messages => "messages",
        QueueCount::Consumers => "consumers",
        QueueCount::Received => "received",
    }
}

fn client_word(what: ClientCount) -> &'static str {
    match what {
        ClientCount::Published => "published",
        ClientCount::Confirmed => "confirmed",
        ClientCount::Nacked => "nacked",
        ClientCount::Returned => "returned",
        ClientCount::Received => "received",
        ClientCount::Acked => "acked",
        ClientCount::Redelivered => "redelivered",
    }
}
