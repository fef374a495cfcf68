//! What waits to be sent to one client.

use crate::limits;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use warren_core::broker::Reply;

/// One thing to send.
#[derive(Debug)]
pub(crate) enum Item {
    /// A method, with content if it has one, on a channel.
    Reply(u16, Reply),
    /// A sign of life.
    Heartbeat,
}

impl Item {
    /// Roughly the memory it stands for, in octets.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Reply(
                _,
                Reply::Deliver { message, .. }
                | Reply::GetOk { message, .. }
                | Reply::Return { message, .. },
            ) => message.body.len() + 128,
            _ => 128,
        }
    }
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    /// The size of what waits and of what the writer has taken.
    waiting: usize,
    /// connection.close was said and close-ok is waited for.
    closing: bool,
    /// Nothing follows what is there.
    finished: bool,
    /// The writer has gone.
    broken: bool,
    /// An alarm is set and the client published: nothing is read from it.
    blocked: bool,
    /// Octets that went onto the wire.
    sent: u64,
}

/// How things stand with what is sent to a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) closing: bool,
    pub(crate) over: bool,
    pub(crate) sent: u64,
}

/// Makes one confirm of two that wait next to each other, as RabbitMQ does of
/// those that are due at the same time (`rabbit_channel:coalesce_and_send`):
/// whatever was published before them has been settled.
fn confirm_both(last: &mut Item, next: &Item) -> bool {
    let Item::Reply(to, Reply::Ack { delivery_tag: first, multiple }) = last else { return false };
    match next {
        Item::Reply(channel, Reply::Ack { delivery_tag, .. }) if channel == to => {
            (*first, *multiple) = (*delivery_tag, true);
            true
        }
        _ => false,
    }
}

/// A queue from the broker's task to a connection's writer. Putting something
/// in never waits, so one slow client holds nobody else up.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    filled: Notify,
    emptied: Notify,
}

impl Outbox {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `false` when the client lets too much wait.
    pub(crate) fn put(&self, items: impl IntoIterator<Item = Item>) -> bool {
        let mut state = self.state();
        if state.finished || state.broken {
            return true;
        }
        for item in items {
            if matches!(item, Item::Reply(0, Reply::ConnectionClose { .. })) {
                state.closing = true;
                self.emptied.notify_one();
            }
            if !state.items.back_mut().is_some_and(|last| confirm_both(last, &item)) {
                state.waiting += item.size();
                state.items.push_back(item);
            }
        }
        let fine = state.waiting <= limits::TOO_FAR_BEHIND;
        drop(state);
        self.filled.notify_one();
        fine
    }

    /// Nothing more comes; what is there is still sent.
    pub(crate) fn finish(&self) {
        self.state().finished = true;
        self.filled.notify_one();
        self.emptied.notify_one();
    }

    /// Whether the client is read from, as the broker says.
    pub(crate) fn block(&self, blocked: bool) {
        let before = core::mem::replace(&mut self.state().blocked, blocked);
        if before != blocked {
            self.emptied.notify_one();
        }
    }

    /// Nothing more can be sent.
    pub(crate) fn break_off(&self) {
        let mut state = self.state();
        state.broken = true;
        state.items.clear();
        state.waiting = 0;
        drop(state);
        self.filled.notify_one();
        self.emptied.notify_one();
    }

    pub(crate) fn standing(&self) -> Standing {
        let state = self.state();
        let over = state.broken || state.finished;
        Standing { closing: state.closing, over, sent: state.sent }
    }

    /// For the writer: everything that waits. `None` at the end.
    pub(crate) async fn take(&self) -> Option<VecDeque<Item>> {
        loop {
            {
                let mut state = self.state();
                if state.broken {
                    return None;
                }
                if !state.items.is_empty() {
                    return Some(core::mem::take(&mut state.items));
                }
                if state.finished {
                    return None;
                }
            }
            self.filled.notified().await;
        }
    }

    /// For the writer: an item has been turned into octets and sent.
    pub(crate) fn sent(&self, size: usize, octets: usize) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(size);
        state.sent += octets as u64;
        let room = state.waiting <= limits::BEHIND;
        drop(state);
        if room {
            self.emptied.notify_one();
        }
    }

    /// For the reader: until the client has taken most of what it was sent, and
    /// the broker takes more.
    pub(crate) async fn room(&self) {
        loop {
            {
                let state = self.state();
                let room = state.waiting <= limits::BEHIND && !state.blocked;
                if state.broken || state.finished || state.closing || room {
                    return;
                }
            }
            self.emptied.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, Outbox, Reply};

    fn ack(channel: u16, delivery_tag: u64) -> Item {
        Item::Reply(channel, Reply::Ack { delivery_tag, multiple: false })
    }

    #[test]
    fn confirms_that_wait_together_become_one() {
        let outbox = Outbox::default();
        let nack = Item::Reply(1, Reply::Nack { delivery_tag: 4, multiple: true });
        outbox.put([ack(1, 1), ack(1, 2), ack(1, 3), nack, ack(1, 5), ack(2, 1)]);
        let wait: Vec<(u16, u64, bool)> = outbox
            .state()
            .items
            .iter()
            .filter_map(|item| match item {
                Item::Reply(
                    to,
                    Reply::Ack { delivery_tag, multiple } | Reply::Nack { delivery_tag, multiple },
                ) => Some((*to, *delivery_tag, *multiple)),
                _ => None,
            })
            .collect();
        assert_eq!(wait, [(1, 3, true), (1, 4, true), (1, 5, false), (2, 1, false)]);
    }
}
