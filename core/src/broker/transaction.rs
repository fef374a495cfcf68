//! `tx`: publishes and settlements that wait for a commit.

use super::Broker;
use super::channel::{ChannelKey, Mode};
use super::event::Event;
use super::message::SharedMessage;
use super::method::{QueueId, Reply};
use super::profile::Profile;
use super::queue::Settlement;
use super::reply_code::{Fault, ReplyCode};
use super::unacked::Unacked;

/// A publish that is routed but not handed out yet.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Pending {
    pub(crate) message: SharedMessage,
    pub(crate) mandatory: bool,
    /// A direct reply that counts as a destination.
    pub(crate) replied: bool,
    pub(crate) targets: Vec<QueueId>,
}

/// What a transactional channel did since the last commit or rollback.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Transaction {
    publishes: Vec<Pending>,
    /// Settlements of the same kind in a row go out together.
    settled: Vec<(Settlement, Vec<(u64, Unacked)>)>,
}

impl Transaction {
    pub(crate) fn publish(&mut self, pending: Pending) {
        self.publishes.push(pending);
    }

    pub(crate) fn settle(&mut self, settlement: Settlement, taken: Vec<(u64, Unacked)>) {
        match self.settled.last_mut() {
            Some((last, items)) if *last == settlement => items.extend(taken),
            _ => self.settled.push((settlement, taken)),
        }
    }

    /// The deliveries whose settlement has not been committed, to be changed.
    pub(crate) fn settled_mut(&mut self) -> impl Iterator<Item = &mut Unacked> {
        self.settled.iter_mut().flat_map(|(_, items)| items).map(|(_, unacked)| unacked)
    }

    /// The deliveries whose settlement has not been committed.
    pub(crate) fn into_settled(self) -> impl Iterator<Item = (u64, Unacked)> {
        self.settled.into_iter().flat_map(|(_, items)| items)
    }
}

/// What becomes of a publish in a transaction when a queue it was routed to is
/// deleted before the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LostTarget {
    /// As if the queue had not been there when it was routed.
    Unroute,
    /// The commit fails in the end: 406.
    FailCommit,
    /// The commit stops there: 506, which ends the connection.
    CloseConnection,
}

impl Broker {
    /// The transaction of a channel, which starts a new one.
    fn take_transaction(&mut self, key: ChannelKey) -> Result<Transaction, Fault> {
        match &mut self.channel_at_mut(key)?.mode {
            Mode::Transaction(transaction) => Ok(core::mem::take(transaction)),
            _ => Err(Fault::precondition("channel is not transactional")),
        }
    }

    pub(super) fn tx_select(&mut self, key: ChannelKey, out: &mut Vec<Event>) -> Result<(), Fault> {
        let channel = self.channel_at_mut(key)?;
        match channel.mode {
            Mode::Confirm(_) => {
                return Err(Fault::precondition("cannot switch from confirm to tx mode"));
            }
            Mode::Plain => channel.mode = Mode::Transaction(Transaction::default()),
            Mode::Transaction(_) | Mode::Closing { .. } => {}
        }
        self.answer(key, false, Reply::TxSelectOk, out);
        Ok(())
    }

    /// Hands the publishes out, then settles, then answers.
    pub(super) fn tx_commit(&mut self, key: ChannelKey, out: &mut Vec<Event>) -> Result<(), Fault> {
        let from = self.channel_at(key)?.id;
        let Transaction { publishes, settled } = self.take_transaction(key)?;
        let (mut complete, mut fault) = (true, None);
        let (mut routed, mut replies) = (Vec::new(), Vec::new());
        for mut pending in publishes {
            let lost = pending.targets.iter().find(|id| self.queue_at(**id).is_none()).copied();
            if lost.is_some() {
                pending.targets.retain(|id| self.queue_at(*id).is_some());
                match self.profile.lost_target() {
                    LostTarget::Unroute => {}
                    LostTarget::FailCommit => complete = false,
                    LostTarget::CloseConnection => {
                        fault = Some(self.lost(key, &pending));
                        break;
                    }
                }
            }
            let Pending { message, mandatory, replied, targets } = pending;
            replies.extend(Some(&message).filter(|_| replied).cloned());
            let sent = replied || lost.is_some() && !complete;
            if targets.is_empty() && !sent {
                self.tell_unroutable(from, &message, mandatory, out);
            } else {
                routed.push((message, targets));
            }
        }
        // Queues deliver while the channel is busy with what it returns.
        for (message, targets) in routed {
            complete &= self.hand_out(Some(key), &message, &targets, out);
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        for (settlement, mut items) in settled {
            crate::order::sort_by_key(&mut items, |(tag, _)| *tag);
            self.settle_all(key, items, settlement, out);
        }
        if !complete {
            return Err(Fault::precondition("partial tx completion"));
        }
        self.answer(key, false, Reply::TxCommitOk, out);
        // Their channels get to them when this one is done.
        for message in replies {
            self.deliver_replies(&message, out);
        }
        Ok(())
    }

    /// The text is as recorded, line break included: it names the queue, and
    /// of several the one the message was meant for.
    fn lost(&self, key: ChannelKey, pending: &Pending) -> Fault {
        let vhost = self.channels.get(key).map_or("/", |c| &self.vhosts[c.vhost].name);
        let queue = &pending.message.routing_key;
        Fault::new(
            ReplyCode::ResourceError,
            format!(
                "failed to deliver message: {{not_found,\n{}{{resource,<<\"{vhost}\">>,queue,\
                 <<\"{queue}\">>}}}}",
                " ".repeat(31)
            ),
        )
    }

    /// Forgets the publishes; what was settled is open again.
    pub(super) fn tx_rollback(
        &mut self,
        key: ChannelKey,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let transaction = self.take_transaction(key)?;
        let settled: Vec<_> = transaction.into_settled().collect();
        if !settled.is_empty() {
            self.channel_at_mut(key)?.unacked.restore(settled);
        }
        self.answer(key, false, Reply::TxRollbackOk, out);
        Ok(())
    }
}

impl Profile {
    /// See [`LostTarget`]: 3.10 looks the queues up at the commit, 4.0 sends to
    /// a process that is gone, 4.3 finds that out before sending.
    pub(crate) fn lost_target(self) -> LostTarget {
        match self {
            Self::V3_10 => LostTarget::Unroute,
            Self::V4_0 => LostTarget::FailCommit,
            Self::V4_3 => LostTarget::CloseConnection,
        }
    }
}
