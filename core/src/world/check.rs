//! Expectations: whether what a scenario says must hold does hold.

use super::claims::has;
use super::{Client, ClientTotals, Label, Phase, Record, What, World};
use crate::broker::{Leave, Name, Value};
use crate::scenario::{
    Claim, ClientCount, Compare, Expectation, Fate, How, NodeId, QueueCount, Statement,
};
use crate::time::Tick;
use crate::world::VHOST;
use std::sync::Arc;

impl World {
    /// Looks at an expectation that has come due.
    pub(super) fn check(&mut self, index: usize, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        let Some(Statement::Expect(expectation)) = plan.document.items.get(index).map(|i| &i.what)
        else {
            return;
        };
        let (held, found) = self.judge(expectation, record);
        self.tell(record, What::Checked { item: index, held, found });
    }

    /// Looks at what must hold over a stretch of time, for the state that has
    /// been there since `now` and ends before `until`.
    pub(crate) fn watch(&self, until: Tick, record: &mut Record) {
        // A replay has been watched before.
        if self.steps < record.steps || self.plan.watched.is_empty() {
            return;
        }
        let plan = Arc::clone(&self.plan);
        for &index in &plan.watched {
            let Statement::Expect(expectation) = &plan.document.items[index].what else { continue };
            let Some(during) = expectation.during else { continue };
            let (from, to) = (during.from.unwrap_or(Tick::ZERO), during.to.unwrap_or(Tick::MAX));
            if until <= from || self.now > to || record.decided.contains(&index) {
                continue;
            }
            let (is, found) = self.holds(&expectation.claim, record);
            if is == (during.how == How::Always) {
                continue;
            }
            record.decided.insert(index);
            let (held, at) = (during.how == How::Eventually, self.now.max(from));
            let what = What::Checked { item: index, held, found: format!("at {at} {found}") };
            record.tell_at(self.now, self.steps, what);
        }
    }

    /// Whether an expectation holds at this instant, and what was found. One
    /// over a stretch of time is asked when the run has ended and nothing
    /// spoke against it (for it, with `eventually`).
    pub(crate) fn judge(&self, expectation: &Expectation, record: &Record) -> (bool, String) {
        if let Some(during) = expectation.during.filter(|_| expectation.claim.is_event()) {
            return self.judge_event(&expectation.claim, during, record);
        }
        let (held, found) = self.holds(&expectation.claim, record);
        match expectation.during.map(|during| during.how) {
            None => (held, found),
            Some(How::Eventually) => (false, format!("it never did; at the end {found}")),
            Some(How::Always) => (true, format!("it always did; at the end {found}")),
            Some(How::Never) => (true, format!("it never did; at the end {found}")),
        }
    }

    fn holds(&self, claim: &Claim, record: &Record) -> (bool, String) {
        match claim {
            Claim::Queue { queue, what, compare, count } => {
                let Some(found) = self.queue_count(queue, *what) else {
                    return (false, format!("there is no queue {queue}"));
                };
                let word = what.word(found);
                (holds(*compare, found, *count), format!("queue {queue} has {found} {word}"))
            }
            Claim::Exchange { exchange, what, compare, count } => {
                let (found, word) = (self.arrivals(exchange, *what), what.word());
                let told = format!("exchange {exchange} has {found} {word}");
                (holds(*compare, found, *count), told)
            }
            Claim::Has { message, content } => has(message, content, record),
            Claim::Exists { node, there } => {
                let is = match node {
                    NodeId::Queue(queue) => {
                        self.broker.queue(VHOST, &self.real_name(queue)).is_some()
                    }
                    NodeId::Exchange(name) => self.broker.exchange(VHOST, name).is_some(),
                    NodeId::Client(name) => self.plan.client(name).is_some(),
                };
                let state = if is { "exists" } else { "does not exist" };
                (is == *there, format!("{} {state}", node_name(node)))
            }
            Claim::Client { client, what, compare, count } => {
                let Some(found) = self.client_count(client, *what) else {
                    return (false, format!("there is no client {client}"));
                };
                let word = what.word();
                (holds(*compare, found, *count), format!("{client} has {found} {word}"))
            }
            Claim::Receives { client, messages } => self.receives(client, messages, record),
            Claim::Reaches { message, whom, does } => {
                let reached = self.happens(claim, record, 0).is_some();
                let verb = if reached { "reached" } else { "did not reach" };
                (reached == *does, format!("{message} {verb} {}", node_name(whom)))
            }
            Claim::Becomes { message, fate, does } => {
                let became = self.happens(claim, record, 0).is_some();
                let verb = if became { "was" } else { "was not" };
                (became == *does, format!("{message} {verb} {}", fate.word()))
            }
            Claim::Death { message, .. } => {
                let entries = self.deaths(message, record);
                let held = entries.iter().any(|entry| self.is_death(entry, claim));
                let words: Vec<String> = entries.iter().map(death_in_words).collect();
                let found = if words.is_empty() { "no entry".into() } else { words.join(", ") };
                (held, format!("x-death of {message} has {found}"))
            }
            Claim::ChannelCloses { .. }
            | Claim::ConnectionCloses { .. }
            | Claim::Refused { .. } => self.closes(claim, record),
            Claim::InOrder(claims) => {
                let mut from = 0;
                for claim in claims {
                    match self.happens(claim, record, from) {
                        Some(at) => from = at + 1,
                        None => {
                            let words = crate::scenario::claim(claim);
                            return (false, format!("not in this order: {words}"));
                        }
                    }
                }
                (true, "all happened in this order".into())
            }
        }
    }

    /// The first event from number `from` on that is what a claim says.
    fn happens(&self, claim: &Claim, record: &Record, from: usize) -> Option<usize> {
        let events = record.events.get(from..)?;
        events.iter().position(|event| self.is_said(&event.what, claim)).map(|at| from + at)
    }

    pub(super) fn is_said(&self, what: &What, claim: &Claim) -> bool {
        match claim {
            Claim::Reaches { message, whom, .. } => self.reaches(what, message, whom),
            Claim::Becomes { message, fate, .. } => becomes(what, message, *fate),
            Claim::ChannelCloses { channel, client, code } => {
                matches!(what, What::ChannelClosed { client: c, channel: n, code: found, .. }
                    if self.is_client(c, client) && n == channel && found == code)
            }
            Claim::ConnectionCloses { client, code } => {
                matches!(what, What::ConnectionClosed { client: c, code: found, .. }
                    if self.is_client(c, client) && found == code)
            }
            Claim::Refused { code } => {
                matches!(what, What::Refused { code: found, .. } if found == code)
            }
            _ => false,
        }
    }

    /// Whether something closed with a code, and with which it did.
    fn closes(&self, claim: &Claim, record: &Record) -> (bool, String) {
        let held = self.happens(claim, record, 0).is_some();
        let mut found = match claim {
            Claim::ChannelCloses { channel, client, .. } => {
                format!("channel {channel} of {client} stayed open")
            }
            Claim::ConnectionCloses { client, .. } => {
                format!("the connection of {client} stayed open")
            }
            _ => "the broker refused nothing".into(),
        };
        for event in &record.events {
            let near = match (claim, &event.what) {
                (Claim::ChannelCloses { client, .. }, What::ChannelClosed { client: c, .. })
                | (
                    Claim::ConnectionCloses { client, .. },
                    What::ConnectionClosed { client: c, .. },
                ) => self.is_client(c, client),
                (Claim::Refused { .. }, What::Refused { .. }) => true,
                _ => false,
            };
            if near {
                found = event.sentence().trim_end_matches('.').to_owned();
                if held && self.is_said(&event.what, claim) {
                    break;
                }
            }
        }
        (held, found)
    }

    /// Whether `client` is the one meant by `name`, or an instance of it.
    fn is_client(&self, client: &Name, name: &Name) -> bool {
        client == name || self.plan.clients_of(name).any(|c| self.plan.clients[c].name == *client)
    }

    fn receives(&self, client: &Name, messages: &[String], record: &Record) -> (bool, String) {
        let received: Vec<String> = record
            .events
            .iter()
            .filter_map(|event| match &event.what {
                What::Received { client: c, message, .. } if self.is_client(c, client) => {
                    Some(message.to_string())
                }
                _ => None,
            })
            .collect();
        let mut left = received.iter();
        let held = messages.iter().all(|wanted| left.any(|found| found == wanted));
        let shown = if received.len() > SHOWN { &received[..SHOWN] } else { &received[..] };
        let more = if received.len() > SHOWN { " …" } else { "" };
        (held, format!("{client} received {}{more}", shown.join(", ")))
    }

    fn queue_count(&self, queue: &Name, what: QueueCount) -> Option<u64> {
        let total = || self.flows.get(queue).map_or(0, |flow| flow[what as usize]);
        let view = || self.broker.queue(VHOST, &self.real_name(queue));
        Some(match what {
            QueueCount::Ready => view()?.ready(),
            QueueCount::Unacked => view()?.unacked(),
            QueueCount::Messages => view().map(|view| view.ready() + view.unacked())?,
            QueueCount::Consumers => view()?.consumers().count() as u64,
            _ => total(),
        })
    }

    fn client_count(&self, client: &str, what: ClientCount) -> Option<u64> {
        let totals = self.client_totals(client)?;
        let clients = || self.plan.clients_of(client).map(|index| &self.clients[index]);
        Some(match what {
            ClientCount::Published => totals.published,
            ClientCount::Confirmed => totals.confirmed,
            ClientCount::Nacked => totals.nacked,
            ClientCount::Returned => totals.returned,
            ClientCount::Received => totals.received,
            ClientCount::Acked => totals.acked,
            ClientCount::Redelivered => totals.redelivered,
            ClientCount::Unconfirmed => clients().map(|c| c.unconfirmed.len() as u64).sum(),
            ClientCount::Connected => {
                let connected = |c: &&Client| c.phase == Phase::Running;
                clients().filter(connected).count() as u64
            }
        })
    }

    /// What a client has done so far, all its instances together; `None` when
    /// there is no such client.
    #[must_use]
    pub fn client_totals(&self, client: &str) -> Option<ClientTotals> {
        let mut clients = self.plan.clients_of(client).map(|index| &self.clients[index]).peekable();
        clients.peek()?;
        Some(clients.fold(ClientTotals::default(), |sum, state| ClientTotals {
            published: sum.published + state.sent,
            confirmed: sum.confirmed + state.confirmed,
            nacked: sum.nacked + state.nacked,
            returned: sum.returned + state.returned,
            received: sum.received + state.received,
            acked: sum.acked + state.acked,
            redelivered: sum.redelivered + state.redelivered,
        }))
    }

    fn reaches(&self, what: &What, message: &str, whom: &NodeId) -> bool {
        match (what, whom) {
            (What::Received { client, message: label, .. }, NodeId::Client(name)) => {
                is(label, message) && self.is_client(client, name)
            }
            (What::Routed { queues, message: label, .. }, NodeId::Queue(name)) => {
                is(label, message) && queues.contains(name)
            }
            (What::Routed { exchange, message: label, .. }, NodeId::Exchange(name))
            | (What::Unroutable { exchange, message: label, .. }, NodeId::Exchange(name)) => {
                is(label, message) && exchange == name
            }
            _ => false,
        }
    }

    /// Entries of the `x-death` header of every copy of a message that was
    /// delivered or is in a queue.
    fn deaths(&self, message: &str, record: &Record) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut add = |header: Option<&Value>| {
            let Some(Value::Array(list)) = header else { return };
            for entry in list {
                if !entries.contains(entry) {
                    entries.push(entry.clone());
                }
            }
        };
        for (label, header) in &record.deaths {
            add(Some(header).filter(|_| is(label, message)));
        }
        for queue in self.broker.queues(VHOST) {
            for stored in queue.messages() {
                if is(&record.tag(stored.message.id).label, message) {
                    add(super::facts::x_death(stored.message));
                }
            }
        }
        entries
    }

    /// Whether an entry of `x-death` says what a claim says.
    fn is_death(&self, entry: &Value, claim: &Claim) -> bool {
        let (Value::Table(entry), Claim::Death { queue, reason, count, .. }) = (entry, claim)
        else {
            return false;
        };
        let text = |key| entry.get(key).and_then(Value::as_str);
        let died = entry.get("count").and_then(Value::as_integer);
        queue.as_ref().is_none_or(|queue| text("queue") == Some(&self.real_name(queue)))
            && reason.as_ref().is_none_or(|reason| text("reason") == Some(reason))
            && count.is_none_or(|count| died.is_some_and(|died| died.unsigned_abs() == count))
    }
}

/// Labels in one answer.
const SHOWN: usize = 40;

fn is(label: &Label, message: &str) -> bool {
    label.to_string() == message
}

/// Whether an event says that this became of a message.
fn becomes(what: &What, message: &str, fate: Fate) -> bool {
    let lost = [Leave::Purged, Leave::QueueDeleted, Leave::Lost, Leave::Cycle];
    match (what, fate) {
        (What::Confirmed { up_to, multiple, .. }, Fate::Confirmed)
        | (What::Nacked { up_to, multiple, .. }, Fate::Nacked) => {
            let earlier = || message.strip_prefix(&*up_to.letter).and_then(|n| n.parse().ok());
            is(up_to, message) || *multiple && earlier().is_some_and(|n: u64| n < up_to.number)
        }
        (What::Unroutable { message: label, .. }, Fate::Unroutable)
        | (What::Returned { message: label, .. }, Fate::Returned)
        | (What::Acked { message: label, .. }, Fate::Acked)
        | (What::Requeued { message: label, .. }, Fate::Requeued)
        | (What::DeadLettered { message: label, .. }, Fate::DeadLettered) => is(label, message),
        (What::Left { message: label, why, .. }, fate) => {
            let so = match fate {
                Fate::Rejected => *why == Leave::Rejected,
                Fate::Expired => *why == Leave::Expired,
                Fate::Dropped => {
                    matches!(why, Leave::MaxLength | Leave::Overflow | Leave::DeliveryLimit)
                }
                Fate::Lost => lost.contains(why),
                Fate::Acked => *why == Leave::AutoAcknowledged,
                _ => false,
            };
            so && is(label, message)
        }
        _ => false,
    }
}

fn death_in_words(entry: &Value) -> String {
    let Value::Table(entry) = entry else { return String::new() };
    let text = |key| entry.get(key).and_then(Value::as_str).unwrap_or("");
    let count = entry.get("count").and_then(Value::as_integer).unwrap_or(0);
    format!("{count} times {} in queue {}", text("reason"), text("queue"))
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
