//! `warren run --json`: one JSON object per line.
//!
//! What is written here is a promise: fields and events may be added, none is
//! renamed, removed or given another meaning without a new [`SCHEMA`].

use serde_json::{Map, Value as Json, json};
use warren_core::broker::{Leave, Name};
use warren_core::draw::text::name;
use warren_core::scenario::{Document, LineIndex, LinkFault, NodeId, Pause};
use warren_core::time::Tick;
use warren_core::timeline::Timeline;
use warren_core::world::{Happening, Label, What};

/// The version of the schema, in the first line of every run.
pub(crate) const SCHEMA: u32 = 1;

/// One kind of line, for the table in `docs/json.md`.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// What its field `event` says.
    pub(crate) name: &'static str,
    /// When it is written.
    pub(crate) about: &'static str,
    /// Its own fields and their types, besides those of every event.
    pub(crate) fields: &'static [(&'static str, &'static str)],
}

/// The fields of every line that tells an event.
#[cfg(test)]
pub(crate) const COMMON: &[(&str, &str)] =
    &[("event", "string"), ("at_us", "number"), ("step", "number"), ("sentence", "string")];

/// The lines around the events.
#[cfg(test)]
pub(crate) const FRAME: &[Kind] = &[
    Kind {
        name: "run",
        about: "The first line of a file: what is played.",
        fields: &[
            ("schema", "number"),
            ("file", "string"),
            ("title", "string or null"),
            ("profile", "string"),
            ("seed", "number"),
            ("latency_us", "number"),
        ],
    },
    Kind {
        name: "expectation",
        about: "How an expectation turned out, after all events, in the order of the file.",
        fields: &[
            ("at_us", "number"),
            ("line", "number"),
            ("column", "number"),
            ("expected", "string"),
            ("held", "boolean"),
            ("found", "string"),
        ],
    },
    Kind {
        name: "end",
        about: "The last line of a file. `stopped` says which limit ended the run early.",
        fields: &[
            ("at_us", "number"),
            ("ok", "boolean"),
            ("events", "number"),
            ("expectations", "number"),
            ("failed", "number"),
            ("stopped", "string or null"),
        ],
    },
];

#[cfg(test)]
mod tests;

/// A value that can be told. `place` gives the line of a statement.
trait Told {
    fn told(&self, place: &dyn Fn(usize) -> u32) -> Json;
}

macro_rules! told_as_it_is {
    ($($kind:ty)*) => {$(
        impl Told for $kind {
            fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
                json!(self)
            }
        }
    )*};
}

told_as_it_is!(bool u16 u32 u64 String Option<u32>);

impl Told for Name {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        json!(&**self)
    }
}

impl Told for Option<Name> {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        json!(self.as_deref())
    }
}

impl Told for Tick {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        json!(self.0)
    }
}

impl Told for Vec<Name> {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        self.iter().map(|name| json!(&**name)).collect()
    }
}

impl Told for Label {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        json!(self.to_string())
    }
}

/// Things, by their kinds and names.
impl Told for Vec<NodeId> {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        self.iter().map(|node| json!(name(node))).collect()
    }
}

/// A pause as a scenario writes it.
impl Told for Option<Pause> {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        match self {
            None => Json::Null,
            Some(Pause::Fixed(span)) => json!(span.to_string()),
            Some(Pause::Between(low, high)) => json!(format!("{low}..{high}")),
        }
    }
}

impl Told for LinkFault {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        match self {
            Self::Cut => json!("cut"),
            Self::Mended => json!("mended"),
            Self::Slow(latency) => json!(format!("slow {latency}")),
        }
    }
}

/// A statement, by its line in the file.
impl Told for usize {
    fn told(&self, place: &dyn Fn(usize) -> u32) -> Json {
        json!(place(*self))
    }
}

impl Told for Leave {
    fn told(&self, _: &dyn Fn(usize) -> u32) -> Json {
        json!(match self {
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::MaxLength => "max-length",
            Self::Overflow => "overflow",
            Self::DeliveryLimit => "delivery-limit",
            Self::Purged => "purged",
            Self::QueueDeleted => "queue-deleted",
            Self::AutoAcknowledged => "auto-acknowledged",
            Self::Acknowledged => "acknowledged",
            Self::Lost => "lost",
            Self::Read => "read",
            Self::Cycle => "cycle",
        })
    }
}

macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

/// What [`What`] is called here: each variant, the name of its event, when it
/// is told, and its fields with the JSON they become.
macro_rules! events {
    ($($variant:ident $name:literal $about:literal
        { $($field:ident $($key:literal)?: $kind:literal),* })*) => {
        /// Every event there is.
        #[cfg(test)]
        pub(crate) const EVENTS: &[Kind] = &[$(Kind {
            name: $name,
            about: $about,
            fields: &[$((key!($field $($key)?), $kind)),*],
        }),*];

        fn fields(what: &What, place: &dyn Fn(usize) -> u32) -> (&'static str, Map<String, Json>) {
            let mut map = Map::new();
            let name = match what {
                $(What::$variant { $($field),* } => {
                    $(map.insert(key!($field $($key)?).to_owned(), $field.told(place));)*
                    $name
                })*
            };
            (name, map)
        }
    };
}

events! {
    Published "published" "A client sends a message."
        { client: "string", message: "string", exchange: "string", key: "string" }
    Routed "routed" "The exchange has decided: these queues get a copy."
        { message: "string", exchange: "string", key: "string", queues: "array of strings" }
    Unroutable "unroutable" "No queue gets it; `returned` when it was mandatory."
        { message: "string", exchange: "string", key: "string", returned: "boolean" }
    Returned "returned" "A mandatory message is back at its publisher."
        { client: "string", message: "string", text: "string" }
    Confirmed "confirmed" "The publisher hears an ack: for this message, or all up to it."
        { client: "string", up_to "message": "string", multiple: "boolean" }
    Nacked "nacked" "The publisher hears a nack: for this message, or all up to it."
        { client: "string", up_to "message": "string", multiple: "boolean" }
    HeldBack "held-back" "A delayed exchange holds a message back until then."
        { message: "string", exchange: "string", until "until_us": "number" }
    Released "released" "What was held back is routed now."
        { message: "string", exchange: "string" }
    Replayed "replayed" "An exchange gives what it has kept to a new binding."
        { message: "string", exchange: "string" }
    Delivered "delivered" "A queue hands a message to a consumer."
        { queue: "string", client: "string", message: "string", tag: "number",
          redelivered: "boolean" }
    Got "got" "The operator takes a message with basic.get."
        { queue: "string", message: "string", redelivered: "boolean" }
    GotEmpty "got-empty" "The operator's basic.get finds nothing."
        { queue: "string" }
    Received "received" "A delivery reaches its consumer."
        { queue: "string", client: "string", message: "string", redelivered: "boolean" }
    Worked "worked" "A consumer is done with a message."
        { client: "string", message: "string" }
    Forgotten "forgotten" "A consumer is done and will never settle the message."
        { client: "string", message: "string" }
    Acked "acked" "The ack reaches the broker: the message is gone."
        { queue: "string", client: "string", message: "string" }
    Requeued "requeued" "An unacked message is back in its place."
        { queue: "string", message: "string" }
    Left "left" "A message leaves its queue, and not by an ack."
        { queue: "string", message: "string", why: "string" }
    DeadLettered "dead-lettered" "The broker publishes a dead message again."
        { queue: "string", message: "string", exchange: "string", key: "string" }
    ExchangeDeclared "exchange-declared" "There is a new exchange."
        { exchange: "string" }
    ExchangeDeleted "exchange-deleted" "An exchange is gone."
        { exchange: "string" }
    QueueDeclared "queue-declared" "There is a new queue; `real_name` when the broker named it."
        { queue: "string", real_name: "string or null" }
    QueueDeleted "queue-deleted" "A queue is gone."
        { queue: "string" }
    Bound "bound" "There is a new binding."
        { source: "string", destination: "string", key: "string" }
    Unbound "unbound" "A binding is gone."
        { source: "string", destination: "string", key: "string" }
    ChannelClosed "channel-closed" "The broker closes a client's channel."
        { client: "string", channel: "number", code: "number", text: "string" }
    ConnectionClosed "connection-closed" "The broker closes a client's connection."
        { client: "string", code: "number", text: "string" }
    Cancelled "cancelled" "The broker cancels a consumer: its queue is gone."
        { client: "string", queue: "string" }
    Refused "refused" "The broker refuses the statement on this line."
        { item "line": "number", code: "number", text: "string" }
    Committed "committed" "A publisher hears that its transaction is committed."
        { client: "string" }
    Scaled "scaled" "A client has another number of instances."
        { client: "string", instances: "number" }
    Changed "changed" "A client publishes or works at another pace."
        { client: "string", every: "string or null", work: "string or null" }
    RolledBack "rolled-back" "A publisher hears that its transaction is undone."
        { client: "string" }
    PrefetchChanged "prefetch-changed" "A client asks for another prefetch limit."
        { client: "string", prefetch: "number" }
    Unsubscribed "unsubscribed" "A consumer tells the broker that it wants no more of a queue."
        { client: "string", queue: "string" }
    Subscribed "subscribed" "A consumer that wanted no more wants messages again."
        { client: "string", queue: "string" }
    AskedInVain "asked-in-vain" "A client's basic.get finds nothing."
        { client: "string" }
    Limited "limited" "How much there may be in the virtual host; null is no limit."
        { max_connections: "number or null", max_queues: "number or null" }
    Link "link" "The network of a client: `cut`, `slow` with its latency, or `mended`."
        { client: "string", fault: "string" }
    LinkLost "link-lost" "Without heartbeats a client and the broker give their connection up."
        { client: "string" }
    Restarted "restarted" "The broker stops and starts again."
        { }
    UserSet "user-set" "There is a user."
        { user: "string" }
    UserDeleted "user-deleted" "A user is deleted and its connections are closed."
        { user: "string" }
    Permitted "permitted" "What a user may do, by patterns of names."
        { user: "string", configure: "string", write: "string", read: "string" }
    TopicPermitted "topic-permitted" "Which routing keys a user may use at a topic exchange."
        { user: "string", exchange: "string", write: "string", read: "string" }
    Forbidden "forbidden" "A user may do nothing any more."
        { user: "string" }
    Alarm "alarm" "The broker runs low on memory or disk, or has enough again."
        { alarm: "string", on: "boolean" }
    Blocked "blocked" "The broker takes nothing of a client's connection."
        { client: "string", reason: "string" }
    Unblocked "unblocked" "The broker reads from a client again."
        { client: "string" }
    PolicySet "policy-set" "A policy is in force."
        { operator: "boolean", name: "string" }
    PolicyCleared "policy-cleared" "A policy is taken away."
        { operator: "boolean", name: "string" }
    Highlighted "highlighted" "The story points at these things."
        { nodes: "array of strings" }
    Started "started" "A client starts to connect."
        { client: "string" }
    Connected "connected" "A client knows that it is connected."
        { client: "string" }
    Stopped "stopped" "A client closes its connection and stops."
        { client: "string" }
    Crashed "crashed" "A client dies: its TCP connection is cut."
        { client: "string" }
    Caption "caption" "The story's words from here on."
        { text: "string" }
    Checked "checked" "An expectation with a time of its own is looked at."
        { item "line": "number", held: "boolean", found: "string" }
    Limit "limit" "The run stops before its end."
        { reason: "string" }
}

/// What is played.
pub(crate) fn run(file: &str, document: &Document) -> String {
    let latency = document.latency.unwrap_or(Document::DEFAULT_LATENCY);
    json!({
        "event": "run",
        "schema": SCHEMA,
        "file": file,
        "title": document.title,
        "profile": document.profile.name(),
        "seed": document.seed,
        "latency_us": latency.0,
    })
    .to_string()
}

/// The line of the statement number `item`, from 1; 0 when there is none.
pub(crate) fn line_of(document: &Document, index: &LineIndex<'_>, item: usize) -> u32 {
    document.items.get(item).map_or(0, |item| index.position(item.span.start).0)
}

/// One event.
pub(crate) fn event(happening: &Happening, place: &dyn Fn(usize) -> u32) -> String {
    let (name, own) = fields(&happening.what, place);
    let mut line = Map::new();
    line.insert("event".into(), json!(name));
    line.insert("at_us".into(), json!(happening.tick.0));
    line.insert("step".into(), json!(happening.step));
    line.extend(own);
    line.insert("sentence".into(), json!(happening.sentence()));
    Json::Object(line).to_string()
}

/// How an expectation turned out.
pub(crate) struct Expected<'a> {
    pub(crate) at: Tick,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) expected: &'a str,
    pub(crate) held: bool,
    pub(crate) found: &'a str,
}

impl Expected<'_> {
    /// Its line.
    pub(crate) fn line(&self) -> String {
        json!({
            "event": "expectation",
            "at_us": self.at.0,
            "line": self.line,
            "column": self.column,
            "expected": self.expected,
            "held": self.held,
            "found": self.found,
        })
        .to_string()
    }
}

/// How a run ended.
pub(crate) fn end(timeline: &Timeline, expectations: usize, failed: usize) -> String {
    json!({
        "event": "end",
        "at_us": timeline.end().0,
        "ok": failed == 0 && timeline.stop_reason().is_none(),
        "events": timeline.events().len(),
        "expectations": expectations,
        "failed": failed,
        "stopped": timeline.stop_reason(),
    })
    .to_string()
}
