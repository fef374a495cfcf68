//! A message: what a publisher sent and every queue shares.

use super::value::{Bytes, Name, Table};
use core::hash::{Hash, Hasher};
use std::sync::Arc;

/// Identity of one publish inside a broker, numbered from 1 in the order the
/// broker accepted them. Copies in several queues share it; a dead-lettered
/// message is a new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// The properties of class basic (AMQP 0-9-1, section 4.2.6.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Properties {
    /// MIME type.
    pub content_type: Option<Name>,
    /// MIME encoding.
    pub content_encoding: Option<Name>,
    /// Application headers; what a headers exchange looks at.
    pub headers: Option<Table>,
    /// 2 is persistent; 1 or absent is transient.
    pub delivery_mode: Option<u8>,
    /// 0 to 255; a queue looks at it only when it has `x-max-priority`.
    pub priority: Option<u8>,
    /// Application's correlation id.
    pub correlation_id: Option<Name>,
    /// Queue that the reply is wanted in.
    pub reply_to: Option<Name>,
    /// Time to live in milliseconds, as decimal text.
    pub expiration: Option<Name>,
    /// Application's message id.
    pub message_id: Option<Name>,
    /// Seconds since 1970.
    pub timestamp: Option<u64>,
    /// Application's message type.
    pub kind: Option<Name>,
    /// Must be the authenticated user when present.
    pub user_id: Option<Name>,
    /// Application's name.
    pub app_id: Option<Name>,
    /// Deprecated; passed through.
    pub cluster_id: Option<Name>,
}

impl Properties {
    /// Whether delivery-mode is 2.
    #[must_use]
    pub fn is_persistent(&self) -> bool {
        self.delivery_mode == Some(2)
    }
}

/// One published message. Shared by `Arc` between queues, deliveries and
/// returns; never changed after the publish. A queue may hold a million, so
/// what few of them have is kept apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Which publish this is.
    pub id: MessageId,
    /// The exchange the publisher named (not the last one it passed).
    pub exchange: Name,
    /// The routing key the publisher gave.
    pub routing_key: Name,
    /// Everything else the publisher said about it; shared with others that say
    /// the same, for most publishers repeat themselves.
    pub properties: Arc<Properties>,
    /// The payload.
    pub body: Bytes,
    /// What few messages have; [`Message::with`] puts it there.
    pub rare: Option<Box<Rare>>,
}

/// What few messages have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rare {
    /// For a dead-lettered message, the message it was before.
    pub origin: Option<MessageId>,
    /// Further routing keys, from the headers CC and then BCC.
    pub more_keys: Vec<Name>,
    /// Those from BCC, which nobody gets to see.
    pub hidden_keys: Vec<Name>,
    /// For a dead-lettered message, how often a consumer failed it before. Since
    /// 4.0 a quorum queue counts on from there; in 4.3 any queue does.
    pub failed: u32,
    /// For how many milliseconds a delayed exchange held it back, when one did.
    pub released: Option<u32>,
}

/// What most messages share: nothing out of the ordinary.
static ORDINARY: Rare = Rare {
    origin: None,
    more_keys: Vec::new(),
    hidden_keys: Vec::new(),
    failed: 0,
    released: None,
};

impl Message {
    /// The same message with what few have.
    #[must_use]
    pub fn with(self, rare: Rare) -> Self {
        let rare = (rare != ORDINARY).then(|| Box::new(rare));
        Self { rare, ..self }
    }

    /// What few messages have.
    #[must_use]
    pub fn rare(&self) -> &Rare {
        self.rare.as_deref().unwrap_or(&ORDINARY)
    }

    /// For a dead-lettered message, the message it was before.
    #[must_use]
    pub fn origin(&self) -> Option<MessageId> {
        self.rare().origin
    }

    /// Every routing key, the publisher's own one first.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let more = &self.rare().more_keys;
        core::iter::once(&*self.routing_key).chain(more.iter().map(|key| &**key))
    }
}

/// Where a field is kept is no part of the state.
impl Hash for Message {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Rare { origin, more_keys, hidden_keys, failed, released } = self.rare();
        (self.id, &self.exchange, &self.routing_key, &self.properties, &self.body).hash(state);
        (origin, more_keys, hidden_keys, failed, released).hash(state);
    }
}

/// Headers that tell what became of a message since it was published.
const HISTORY: [&str; 7] = [
    "x-death",
    "x-first-death-exchange",
    "x-first-death-queue",
    "x-first-death-reason",
    "x-last-death-exchange",
    "x-last-death-queue",
    "x-last-death-reason",
];

impl Message {
    /// The octets of the properties in a content header, as they were when the
    /// message was first published.
    pub(crate) fn published_size(&self) -> u64 {
        let properties = &self.properties;
        let names = [
            &properties.content_type,
            &properties.content_encoding,
            &properties.correlation_id,
            &properties.reply_to,
            &properties.expiration,
            &properties.message_id,
            &properties.kind,
            &properties.user_id,
            &properties.app_id,
            &properties.cluster_id,
        ];
        let names: usize = names.iter().filter_map(|name| name.as_ref()).map(|n| 1 + n.len()).sum();
        let octets = [properties.delivery_mode, properties.priority];
        let octets = octets.iter().flatten().count();
        let timestamp = if properties.timestamp.is_some() { 8 } else { 0 };
        let flags = 2;
        (flags + names + octets + timestamp) as u64 + self.headers_size()
    }

    fn headers_size(&self) -> u64 {
        let Some(headers) = &self.properties.headers else { return 0 };
        let history = |key: &str| self.origin().is_some() && HISTORY.contains(&key);
        let mut entries = headers.iter().filter(|(key, _)| !history(key)).peekable();
        if self.origin().is_some() && entries.peek().is_none() {
            return 0;
        }
        4 + entries.map(|(key, value)| 1 + key.len() as u64 + value.wire_size()).sum::<u64>()
    }
}

/// A message as queues and deliveries hold it.
pub type SharedMessage = Arc<Message>;
