//! The parts of a world's state.

use super::rng::Rng;
use super::sharing::To;
use super::visual::Place;
use crate::broker::{ConnectionId, MessageId, Method, Name, Reply};
use crate::scenario::{Pause, QueueCount};
use crate::time::{Span, Tick};
use std::collections::VecDeque;

/// What is due at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Due {
    /// Statement `.0` of the document takes effect.
    Statement(usize),
    /// A publisher sends its next message.
    Publish { client: usize, epoch: u32 },
    /// A consumer is done with the message it works on.
    Work { client: usize, epoch: u32 },
    /// Something a client sent reaches the broker.
    Up { wire: usize, epoch: u32, sent: Tick, up: Box<Up>, note: Box<UpNote> },
    /// Something the broker sent reaches a client.
    Down {
        wire: usize,
        epoch: u32,
        /// From when it is drawn: later than the sending when the message is
        /// still being drawn into its queue.
        drawn_from: Tick,
        channel: u16,
        to: To,
        reply: Box<Reply>,
        /// For a delivery, where it comes from.
        from: Option<Place>,
    },
    /// Expectation `.0` is looked at.
    Check(usize),
    /// A client that lost its connection connects again.
    Reconnect { client: usize, epoch: u32 },
    /// Both ends of a link that was cut give it up, unless it was mended.
    GiveUp { wire: usize, cut: u32 },
    /// A consumer that polls asks for its next message.
    Poll { client: usize, epoch: u32 },
}

/// What travels to the broker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Up {
    /// A client connects (if its connection is not open) and sets up.
    Open(usize),
    /// A method on a channel.
    Method(u16, Box<Method>),
    /// The TCP connection breaks.
    Abort,
}

impl Up {
    /// The exchange that a publish names.
    pub(crate) fn exchange(&self) -> Option<&Name> {
        match self {
            Self::Method(_, method) => match &**method {
                Method::Publish { exchange, .. } => Some(exchange),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What the picture needs to know about something on its way up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum UpNote {
    /// Nothing is drawn.
    None,
    /// A message number `number` of a client, drawn along its line.
    Publish { client: usize, number: u64, colour: u8 },
    /// An ack or nack for a held message.
    Settle { client: usize, held: Held, positive: bool },
    /// A client of a channel with several asks for something that is answered.
    Asked { client: usize },
}

impl UpNote {
    /// Whose it is, when that is noted.
    pub(crate) const fn client(&self) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Publish { client, .. } | Self::Settle { client, .. } | Self::Asked { client } => {
                Some(*client)
            }
        }
    }
}

/// A delivery that a consumer holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Held {
    pub(crate) tag: u64,
    pub(crate) place: Place,
    pub(crate) message: crate::broker::SharedMessage,
    pub(crate) redelivered: bool,
}

impl Held {
    pub(crate) fn id(&self) -> MessageId {
        self.message.id
    }
}

/// How a client is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    #[default]
    Stopped,
    Connecting,
    Running,
    Crashed,
    Closed {
        code: u16,
        text: String,
        connection: bool,
    },
}

/// A client's state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client {
    pub(crate) present: bool,
    pub(crate) phase: Phase,
    /// Counts starts, so that what was due for an earlier life is ignored.
    pub(crate) epoch: u32,
    pub(crate) rng: Rng,
    /// Messages sent, over all its lives: the number in their labels.
    pub(crate) sent: u64,
    /// Which of its scheduled publishes comes next.
    pub(crate) scheduled: u64,
    /// Publishes on the confirming channel of this life, with their numbers.
    pub(crate) unconfirmed: VecDeque<(u64, u64)>,
    pub(crate) publish_seq: u64,
    pub(crate) confirmed: u64,
    pub(crate) nacked: u64,
    pub(crate) returned: u64,
    pub(crate) received: u64,
    pub(crate) acked: u64,
    pub(crate) redelivered: u64,
    /// Deliveries waiting for work, the one being worked on first.
    pub(crate) inbox: VecDeque<Held>,
    /// Settled, the answer is on its way.
    pub(crate) settling: VecDeque<Held>,
    /// Worked on and never settled.
    pub(crate) forgotten: Vec<Held>,
    /// Held in the life that ended, until the broker learns of the end.
    pub(crate) lost: Vec<Held>,
    /// From when to when it works on the first of `inbox`.
    pub(crate) working: Option<(Tick, Tick)>,
    /// Messages it finished.
    pub(crate) worked: u64,
    /// The pause between its publishes, when it was changed.
    pub(crate) every: Option<Pause>,
    /// The time it works on each message, when it was changed.
    pub(crate) work: Option<Pause>,
    /// Its prefetch limit, when it was changed.
    pub(crate) prefetch: Option<u16>,
}

impl Client {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self {
            present: false,
            phase: Phase::Stopped,
            epoch: 0,
            rng: Rng::new(seed, stream),
            sent: 0,
            scheduled: 0,
            unconfirmed: VecDeque::new(),
            publish_seq: 0,
            confirmed: 0,
            nacked: 0,
            returned: 0,
            received: 0,
            acked: 0,
            redelivered: 0,
            inbox: VecDeque::new(),
            settling: VecDeque::new(),
            forgotten: Vec::new(),
            lost: Vec::new(),
            working: None,
            worked: 0,
            every: None,
            work: None,
            prefetch: None,
        }
    }

    /// Forgets what belonged to the life that ended.
    pub(crate) fn end_life(&mut self, phase: Phase) {
        self.phase = phase;
        self.epoch += 1;
        self.unconfirmed.clear();
        self.publish_seq = 0;
        self.lost.extend(self.inbox.drain(..));
        self.lost.extend(self.settling.drain(..));
        self.lost.append(&mut self.forgotten);
        self.working = None;
    }
}

/// One client connection (TCP), by life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Wire {
    /// Counts connections made.
    pub(crate) epoch: u32,
    /// The broker's end of each life that it still knows.
    pub(crate) at_broker: Vec<(u32, ConnectionId)>,
    /// Nothing gets through.
    pub(crate) cut: bool,
    /// Counts cuts.
    pub(crate) cuts: u32,
    /// One way takes this long instead of what was declared.
    pub(crate) slowed: Option<Span>,
    /// What waits for the link to be mended, in the order it was sent.
    pub(crate) waiting: Vec<Waiting>,
    /// When the last that was sent arrives, up and down: nothing overtakes.
    pub(crate) last: [Tick; 2],
}

/// What has gone through a queue, by what is counted.
pub(crate) type Flow = [u64; QueueCount::DeadLettered as usize + 1];

/// Something caught by a cut link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Waiting {
    pub(crate) due: Due,
    /// How long its way is, and how much of it is left; `None` when it was sent
    /// while the link was cut.
    pub(crate) way: Option<(Span, Span)>,
}

impl Wire {
    pub(crate) fn connection(&self, epoch: u32) -> Option<ConnectionId> {
        self.at_broker.iter().find(|(e, _)| *e == epoch).map(|&(_, c)| c)
    }

    pub(crate) fn is_current(&self, name: ConnectionId) -> Option<u32> {
        self.at_broker.iter().find(|(_, c)| *c == name).map(|&(e, _)| e)
    }
}

/// The queue a delivery came from and its position there.
impl Place {
    pub(crate) fn new(queue: &Name, position: u64) -> Self {
        Self { queue: queue.clone(), position }
    }

    /// Marks the positions of copies whose queue is deleted. No queue ever
    /// comes to such a number, so another queue of the name does not own them.
    const GONE: u64 = 1 << 63;

    /// Its queue is deleted.
    pub(crate) fn let_go(&mut self) {
        self.position |= Self::GONE;
    }

    /// Whether its queue was deleted: the broker does not count the copy any
    /// more, and whoever has it may settle it with nobody.
    pub(crate) const fn is_gone(&self) -> bool {
        self.position & Self::GONE != 0
    }
}

/// What a client has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientTotals {
    /// Messages it sent.
    pub published: u64,
    /// Publishes confirmed with an ack.
    pub confirmed: u64,
    /// Publishes refused with a nack.
    pub nacked: u64,
    /// Messages that came back.
    pub returned: u64,
    /// Deliveries that reached it.
    pub received: u64,
    /// Deliveries it acknowledged.
    pub acked: u64,
    /// Deliveries that had been delivered before.
    pub redelivered: u64,
}
