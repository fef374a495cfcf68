//! The document: everything a scenario says, and the only thing that is saved.
//! All else (broker state, messages in flight, pictures) is computed from it.

mod client;
mod topology;

pub use client::*;
pub use topology::*;

use super::expectation::Expectation;
use crate::broker::{
    Alarm, Name, Permission, Policy, Profile, TopicPermission, UserLimits, VhostLimits,
};
use crate::time::{Span, Tick};

/// A piece of the source text, as byte offsets. `start == end == 0` for things
/// that were made by hand and never had a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A parsed scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Document {
    /// `title "…"`
    pub title: Option<String>,
    /// `about "…"`: a sentence or two under the title.
    pub about: Option<String>,
    /// `seed N` for everything that is chosen by chance. 0 when not given.
    pub seed: u64,
    /// `profile 4.3`
    pub profile: Profile,
    /// `latency 400ms`: one way between a client and the broker, for every
    /// client without one of its own. `None` = [`Document::DEFAULT_LATENCY`].
    pub latency: Option<Span>,
    /// `end 20s`: where the run stops. `None` = when nothing is left to
    /// happen, at most [`Document::DEFAULT_END`].
    pub end: Option<Tick>,
    /// Every other statement, in the order of the file.
    pub items: Vec<Item>,
}

impl Document {
    /// One way between client and broker when nothing else is said. Long
    /// enough for an eye to follow, and the screen says that it is.
    pub const DEFAULT_LATENCY: Span = Span::millis(600);
    /// What RabbitMQ proposes (`heartbeat` in `rabbit.hrl`'s defaults).
    pub const DEFAULT_HEARTBEAT: Span = Span::secs(60);
    /// Where a run without `end` stops at the latest.
    pub const DEFAULT_END: Tick = Tick(60_000_000);
    /// The longest run a scenario may ask for: one hour.
    pub const MAX_END: Tick = Tick(3_600_000_000);
}

/// One statement and when it takes effect. Statements without `at` have
/// tick 0; those of the same tick take effect in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// When.
    pub at: Tick,
    /// Where it stands in the text.
    pub span: SourceSpan,
    /// What.
    pub what: Statement,
}

/// What a scenario can say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    /// Declare an exchange.
    Exchange(ExchangeDecl),
    /// Declare a queue.
    Queue(QueueDecl),
    /// Bind a queue or an exchange to an exchange.
    Bind(BindingDecl),
    /// Take a binding away.
    Unbind(BindingDecl),
    /// A client that publishes.
    Publisher(PublisherDecl),
    /// A client that consumes.
    Consumer(ConsumerDecl),
    /// Delete a queue.
    DeleteQueue {
        /// Which.
        queue: Name,
        /// Only without consumers.
        if_unused: bool,
        /// Only without ready messages.
        if_empty: bool,
    },
    /// Delete an exchange.
    DeleteExchange {
        /// Which.
        exchange: Name,
        /// Only when it is the source of no binding.
        if_unused: bool,
    },
    /// Drop every ready message of a queue.
    Purge {
        /// Which.
        queue: Name,
    },
    /// Start a client that was stopped, or crashed, or declared `stopped`.
    Start(Name),
    /// A client closes its channel and connection in good order.
    Stop(Name),
    /// A client dies: its TCP connection is cut, nothing is said.
    Crash(Name),
    /// A client leaves for good (stop, and gone from the stage).
    Remove(Name),
    /// A client with instances has this many from here on.
    Scale {
        /// Which.
        client: Name,
        /// How many; at most [`MOST_INSTANCES`].
        instances: u32,
    },
    /// A client works or publishes at another pace.
    Change {
        /// Which.
        client: Name,
        /// The publisher's new pause.
        every: Option<Pause>,
        /// The consumer's new time per message.
        work: Option<Pause>,
        /// The consumer's new prefetch limit, for consumers that begin later.
        prefetch: Option<u16>,
    },
    /// A consumer tells the broker that it wants no more (`basic.cancel`), or
    /// that it wants messages again (`basic.consume`). Its channel stays.
    Consuming {
        /// Which.
        client: Name,
        /// From which of its queues; `None` = from all of them.
        queue: Option<Name>,
        /// Wants messages again, or no more.
        on: bool,
    },
    /// The operator closes a client's connection by force.
    Close(Name),
    /// The network between a client and the broker.
    Link {
        /// Whose.
        client: Name,
        /// How it is from here on.
        fault: LinkFault,
    },
    /// The broker stops and starts again at once.
    Restart,
    /// Makes a user.
    User {
        /// Its name.
        name: Name,
        /// `administrator`, `impersonator` …
        tags: Vec<Name>,
        /// How much it may have open.
        limits: UserLimits,
    },
    /// Limits of the virtual host; what is not named is unlimited again.
    Limit(VhostLimits),
    /// Deletes a user; its connections are closed.
    DeleteUser(Name),
    /// Says what a user may do.
    Permit {
        /// Who.
        user: Name,
        /// What for: names it may configure, write to and read from.
        permission: Permission,
    },
    /// Says which routing keys a user may use at a topic exchange.
    PermitTopic {
        /// Who.
        user: Name,
        /// Where.
        exchange: Name,
        /// With which keys.
        permission: TopicPermission,
    },
    /// Takes everything that a user may do away.
    Forbid(Name),
    /// A resource alarm of the broker.
    Alarm {
        /// What runs low.
        alarm: Alarm,
        /// Whether it is set or cleared.
        on: bool,
    },
    /// Sets a policy.
    Policy {
        /// An operator policy, which bounds what other policies say.
        operator: bool,
        /// The policy.
        policy: Policy,
    },
    /// Takes a policy away.
    DeletePolicy {
        /// An operator policy.
        operator: bool,
        /// Which.
        name: Name,
    },
    /// A named publisher, or the operator when `by` is `None`, publishes once.
    Publish(PublishAction),
    /// Somebody takes one message with `basic.get`: the operator, who
    /// acknowledges it at once, or a consumer, which works on it.
    Get {
        /// From which queue.
        queue: Name,
        /// Which consumer; `None` = the operator.
        by: Option<Name>,
    },
    /// Words under the picture from this instant on, until the next caption.
    Caption(String),
    /// A name for this instant, to go to. It changes nothing about the run.
    Bookmark(String),
    /// Things to look at, until the next `highlight`; none of them ends it.
    Highlight {
        /// Which.
        nodes: Vec<NodeId>,
        /// For how long at most.
        lasts: Option<Span>,
    },
    /// Where a person put a node: centre, in picture units.
    Place {
        /// What.
        node: NodeId,
        /// Right of the origin.
        x: i32,
        /// Below the origin.
        y: i32,
    },
    /// What must hold, or the run fails.
    Expect(Expectation),
}

/// What is wrong with the network between a client and the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkFault {
    /// Nothing gets through; what is under way waits.
    Cut,
    /// One way takes this long.
    Slow(Span),
    /// Nothing: it is as declared again.
    Mended,
}

/// What can stand on the stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeId {
    /// A publisher, a consumer, or one that is both (same name).
    Client(Name),
    /// An exchange; `""` is the default exchange.
    Exchange(Name),
    /// A queue, by the name the scenario uses for it.
    Queue(Name),
}
