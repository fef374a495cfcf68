//! Who takes part in a run, as the document describes them.

use crate::broker::Name;
use crate::scenario::{BindingDecl, ConsumerDecl, Ending, Outcome, PublisherDecl, QueueDecl};
use crate::time::{Span, Tick};

/// A client as the document describes it.
#[derive(Clone, Debug)]
pub(crate) struct ClientPlan {
    pub(crate) name: Name,
    /// The consumer it is an instance of; its own name when it is none.
    pub(crate) group: Name,
    pub(crate) publisher: Option<PublisherDecl>,
    pub(crate) consumer: Option<ConsumerDecl>,
    /// Letter of its messages' labels; empty when it never publishes.
    pub(crate) letter: Name,
    /// Index of its connection.
    pub(crate) connection: usize,
    /// Channel of the publishing part, 0 when there is none.
    pub(crate) publish_channel: u16,
    /// Channel of the consuming part, 0 when there is none.
    pub(crate) consume_channel: u16,
    /// One of its channels has another user: another client, or its own other
    /// part.
    pub(crate) shares: bool,
    /// When it comes onto the stage.
    pub(crate) appears: Tick,
    /// Whether it starts when it appears.
    pub(crate) starts: bool,
    /// An instance that comes when its consumer is scaled up.
    pub(crate) waits: bool,
}

/// A connection that one or more clients share.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionPlan {
    pub(crate) name: Name,
    pub(crate) clients: Vec<usize>,
    pub(crate) latency: Span,
    pub(crate) heartbeat: Span,
}

/// A queue of the scenario and its bindings when its owner declares them.
#[derive(Clone, Debug)]
pub(crate) struct OwnedQueue {
    pub(crate) client: usize,
    pub(crate) queue: QueueDecl,
    pub(crate) bindings: Vec<BindingDecl>,
}

impl ClientPlan {
    /// The numbers of its channels.
    pub(crate) fn channels(&self) -> impl Iterator<Item = u16> + use<> {
        let (publish, consume) = (self.publish_channel, self.consume_channel);
        let second = (consume != publish).then_some(consume);
        [Some(publish), second].into_iter().flatten().filter(|&number| number > 0)
    }

    /// Where it says what is not a publish.
    pub(crate) fn main_channel(&self) -> u16 {
        if self.consumer.is_some() { self.consume_channel } else { self.publish_channel }
    }

    /// Whether one of its consumers has this tag.
    pub(crate) fn has_tag(&self, tag: &str) -> bool {
        let consumer = self.consumer.as_ref();
        consumer.is_some_and(|c| (0..c.queues.len()).any(|n| *c.tag(n) == *tag))
    }

    /// Whether it asks for messages one by one.
    pub(crate) fn asks(&self) -> bool {
        self.consumer.as_ref().is_some_and(|c| c.poll.is_some())
    }

    /// Who it logs in as, when it is said.
    pub(crate) fn user(&self) -> Option<&Name> {
        let publisher = self.publisher.as_ref().and_then(|p| p.user.as_ref());
        publisher.or_else(|| self.consumer.as_ref()?.user.as_ref())
    }

    /// How long after a lost connection it connects again.
    pub(crate) fn reconnect(&self) -> Option<Span> {
        let publisher = self.publisher.as_ref().and_then(|p| p.reconnect);
        publisher.or_else(|| self.consumer.as_ref()?.reconnect)
    }

    /// What the consumer does with the message number `n` (from 0) it worked on.
    pub(crate) fn outcome(&self, n: u64) -> Outcome {
        let outcomes = self.consumer.as_ref().map_or(&[][..], |c| &c.outcomes);
        match outcomes.len() as u64 {
            0 => Outcome::Ack,
            len => outcomes[(n % len) as usize],
        }
    }

    /// How its transaction number `n` (from 0) ends.
    pub(crate) fn ending(&self, n: u64) -> Ending {
        let endings = self.publisher.as_ref().map_or(&[][..], |p| &p.endings);
        match endings.len() as u64 {
            0 => Ending::Commit,
            len => endings[(n % len) as usize],
        }
    }

    /// The queue behind one of its consumer tags: its name for the first
    /// queue, with `-2`, `-3` … for the further ones.
    pub(crate) fn queue_of_tag(&self, tag: &str) -> Name {
        let queues = self.consumer.as_ref().map_or(&[][..], |c| &c.queues);
        let suffix = tag.strip_prefix(&*self.name).and_then(|rest| rest.strip_prefix('-'));
        let index = suffix.and_then(|n| n.parse::<usize>().ok()).map_or(0, |n| n.saturating_sub(1));
        queues.get(index).or(queues.first()).cloned().unwrap_or_else(|| Name::from(""))
    }
}
