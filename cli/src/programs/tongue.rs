//! What a language has to say, piece by piece. Everything else about a program
//! is decided in one place for all of them.

use super::text::Part;
use warren_core::broker::{Table, Value};
use warren_core::scenario::{BindingDecl, ExchangeDecl, Outcome, Pause, QueueDecl};
use warren_core::time::Span;

/// A property of a message, by any library's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Headers,
    DeliveryMode,
    Priority,
    Expiration,
    ReplyTo,
    ContentType,
    ContentEncoding,
    CorrelationId,
    MessageId,
    Timestamp,
    Type,
    UserId,
    AppId,
}

/// A publish. Texts are expressions of the language.
pub(super) struct Publish {
    pub(super) exchange: String,
    pub(super) key: String,
    /// Text that is to be made octets.
    pub(super) body: String,
    pub(super) properties: Vec<(Field, String)>,
    pub(super) mandatory: bool,
    /// What is said when it is sent, and when the broker refuses it.
    pub(super) sends: String,
    pub(super) confirms: bool,
}

/// A message that is passed on. What is not said stays.
pub(super) struct Pass {
    pub(super) exchange: String,
    pub(super) key: Option<String>,
    pub(super) body: Option<String>,
    pub(super) dropped: Vec<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) properties: Vec<(Field, String)>,
}

/// A `basic.consume`.
pub(super) struct Consume {
    pub(super) queue: String,
    pub(super) tag: String,
    pub(super) automatic: bool,
    pub(super) exclusive: bool,
    pub(super) arguments: Table,
}

/// A language and a client library of it: values, and what is asked of the
/// broker.
pub(super) trait Terms {
    /// What a comment begins with.
    fn comment(&self) -> &'static str;
    /// What has to be there before the program can be run.
    fn needs(&self) -> &'static str;
    /// How it is run.
    fn runs(&self) -> &'static str;
    /// Whether a field value keeps its type on the wire.
    fn says(&self, value: &Value) -> bool;
    /// What this library cannot do at all, of what a scenario may ask.
    fn has_transactions(&self) -> bool {
        true
    }
    /// Exchanges that no client publishes to.
    fn has_internal(&self) -> bool {
        true
    }
    fn indent(&self) -> &'static str {
        "    "
    }
    /// What closes a block.
    fn end(&self) -> &'static str {
        "}"
    }
    /// Lines between two functions.
    fn gap(&self) -> &'static str {
        "\n"
    }

    fn string(&self, text: &str) -> String;
    /// A text with its places: `n`, `key`, `name` and `text` are variables.
    fn filled(&self, parts: &[Part]) -> String;
    fn value(&self, value: &Value) -> String;
    /// A text with places as a field value.
    fn filled_value(&self, parts: &[Part]) -> String {
        self.filled(parts)
    }
    /// The name that the broker made up for a queue.
    fn made_up(&self, queue: &str) -> String;

    fn exchange(&self, decl: &ExchangeDecl) -> String;
    fn queue(&self, decl: &QueueDecl) -> String;
    /// A binding, or its end; `to` is an expression.
    fn bind(&self, binding: &BindingDecl, to: &str, there: bool) -> String;
    fn delete_queue(&self, queue: &str, if_unused: bool, if_empty: bool) -> String;
    fn delete_exchange(&self, exchange: &str, if_unused: bool) -> String;
    fn purge(&self, queue: &str) -> String;
    fn get(&self, queue: &str) -> String;
    fn publish(&self, publish: &Publish) -> String;
}

/// What clients do, and when.
pub(super) trait Tongue: Terms {
    /// Everything before `code`, which is the rest of the program.
    fn prelude(&self, code: &str) -> String;
    /// How deep the clients stand.
    fn depth(&self) -> usize {
        0
    }
    /// Everything after them.
    fn ending(&self) -> &'static str;

    fn pause(&self, pause: Pause) -> String;
    /// `waits`, a list of spans, and the one for a round.
    fn waits(&self, waits: &[Span]) -> String;
    fn wait(&self, burst: u64) -> String;
    /// Opens a loop over `n`.
    fn count(&self, from: u64, past: Option<u64>, uses: bool) -> String;
    /// Opens what happens only then.
    fn when(&self, condition: &str) -> String;
    /// Gives a variable its only value.
    fn set(&self, name: &str, value: &str) -> String;
    /// One of several texts: in turn by `n`, or by chance.
    fn choice(&self, texts: &[String], random: bool) -> String;
    fn say(&self, words: &[&str]) -> String;

    /// Opens the function of a publisher that is connected.
    fn publisher(&self, words: &str, name: &str, confirms: bool) -> String;
    /// After its last message; or where nothing comes after it.
    fn close(&self, finite: bool) -> String;
    fn confirms(&self) -> String;
    fn returns(&self, name: &str) -> String;
    fn transactions(&self) -> String;
    fn commit(&self) -> String;

    /// Opens the function of a consumer that is connected.
    fn consumer(&self, words: &str, name: Option<&str>) -> String;
    fn prefetch(&self, count: u16, global: bool) -> String;
    /// What it counts: turns, and the messages that it publishes.
    fn counters(&self, turns: bool, numbers: bool) -> String;
    /// How many blocks that opens.
    fn message_depth(&self) -> usize {
        1
    }
    /// Opens what is done with a message, of which `text` is the body.
    fn message(&self, consumes: &[Consume]) -> String;
    /// Closes it, after which the consumer is there.
    fn message_end(&self, consumes: &[Consume]) -> String;
    /// `turn` of this message among so many.
    fn turn(&self, of: usize) -> String;
    /// `n` of the next message that is published.
    fn number(&self) -> String;
    /// `key` of the message that came.
    fn key(&self) -> String;
    fn pass(&self, pass: &Pass) -> String;
    fn reply(&self, body: &str) -> String;
    /// Nothing for what is never settled.
    fn settle(&self, outcome: Outcome) -> Option<String>;
    fn crash(&self) -> String;

    /// Opens the main function, which has a channel.
    fn main(&self) -> String;
    /// Waits for the clients; those that consume go on for ever.
    fn main_end(&self, listens: bool) -> String;
    /// Whether somebody is to take part: everybody, or who was named.
    fn wanted(&self, name: &str, waits: bool) -> String;
    fn start_publisher(&self, words: &str) -> String;
    fn start_consumer(&self, words: &str, name: Option<&str>) -> String;
}
