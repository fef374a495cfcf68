//! Forms as data: what can be filled in, and the statement that comes out.
//! The page draws any form; the session fills and reads them.

mod fields;
mod read;
mod write;

#[cfg(target_arch = "wasm32")]
pub(crate) use fields::value_text;
pub use fields::{Choice, Field, FieldKind};
pub use read::Wrong;
pub(crate) use write::{new_consumer, new_publisher};

use warren_core::broker::Name;
use warren_core::frame::Frame;
use warren_core::scenario::{Destination, Document, NodeId, Statement};

/// What can be put on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A client that publishes.
    Publisher,
    /// An exchange.
    Exchange,
    /// A queue.
    Queue,
    /// A client that consumes.
    Consumer,
}

impl Thing {
    /// All four, in the order messages pass them.
    pub const ALL: [Self; 4] = [Self::Publisher, Self::Exchange, Self::Queue, Self::Consumer];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::Exchange => "exchange",
            Self::Queue => "queue",
            Self::Consumer => "consumer",
        }
    }

    /// What it does, for someone who never heard of it.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Publisher => "A publisher sends messages to an exchange, never to a queue.",
            Self::Exchange => {
                "An exchange looks at each message and decides which queues get a copy."
            }
            Self::Queue => "A queue keeps messages in order until a consumer takes them.",
            Self::Consumer => "A consumer takes messages from a queue, works, and acknowledges.",
        }
    }
}

/// What a form is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormKind {
    /// A new thing.
    Add(Thing),
    /// Other settings for a thing; for a client one form per part.
    Settings(Thing, Name),
    /// A binding.
    Bind(Name, Destination),
    /// A message by hand.
    Publish(Name),
    /// Where would a message go?
    WhatIf(Name),
    /// A name for this instant.
    Bookmark,
}

impl FormKind {
    /// What the button says.
    #[must_use]
    pub const fn submit_words(&self) -> &'static str {
        match self {
            Self::Add(Thing::Publisher) => "Add publisher",
            Self::Add(Thing::Exchange) => "Declare exchange",
            Self::Add(Thing::Queue) => "Declare queue",
            Self::Add(Thing::Consumer) => "Add consumer",
            Self::Settings(..) => "Change",
            Self::Bind(..) => "Bind",
            Self::Publish(_) => "Publish",
            Self::WhatIf(_) => "Where would it go?",
            Self::Bookmark => "Bookmark this instant",
        }
    }

    /// A name without spaces that is unique among the forms of one page.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Add(_) => "add",
            Self::Settings(Thing::Publisher, _) => "set-publisher",
            Self::Settings(Thing::Consumer, _) => "set-consumer",
            Self::Settings(..) => "set",
            Self::Bind(..) => "bind",
            Self::Publish(_) => "publish",
            Self::WhatIf(_) => "what-if",
            Self::Bookmark => "bookmark",
        }
    }
}

/// Why an edit was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The broker said no, in its own words.
    Broker {
        /// Reply code.
        code: u16,
        /// Reply text, as RabbitMQ writes it.
        text: String,
    },
    /// A field cannot be read.
    Field(Wrong),
    /// The script would have a fault.
    Script(String),
}

/// A form while it is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What for.
    pub kind: FormKind,
    /// What can be filled in.
    pub fields: Vec<Field>,
    /// Why it was not accepted, until something is changed.
    pub refusal: Option<Refusal>,
}

impl Form {
    /// A form with everything filled in as far as it can be guessed.
    #[must_use]
    pub fn new(kind: FormKind, document: &Document, frame: &Frame) -> Self {
        let fields = fields::fields(&kind, document, frame);
        Self { kind, fields, refusal: None }
    }

    /// The value of a field; empty when there is no such field.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|f| f.name == name).map_or("", |f| f.value.as_str())
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.value(name) == Field::ON
    }

    /// Fills a field in.
    pub fn set(&mut self, name: &str, value: &str) {
        if let Some(field) = self.fields.iter_mut().find(|f| f.name == name) {
            value.clone_into(&mut field.value);
            self.refusal = None;
        }
    }

    /// Whether a field applies, given what else is filled in.
    #[must_use]
    pub fn applies(&self, field: &Field) -> bool {
        field.only_when.is_none_or(|(name, values)| values.contains(&self.value(name)))
    }

    /// The statement it stands for; `base` is the declaration it changes.
    ///
    /// # Errors
    /// Names the first field that cannot be read, and why.
    pub fn statement(&self, base: Option<&Statement>) -> Result<Statement, Wrong> {
        write::statement(self, base)
    }

    /// The message a "what if" asks about: routing key and headers.
    ///
    /// # Errors
    /// The headers cannot be read.
    pub fn question(&self) -> Result<(String, warren_core::broker::Table), Wrong> {
        Ok((self.value("key").to_owned(), read::table(self, "headers")?))
    }
}

/// The declaration of a part of a node, and where it stands in the document.
#[must_use]
pub fn declaration<'d>(
    document: &'d Document,
    thing: Thing,
    name: &str,
) -> Option<(usize, &'d Statement)> {
    let found = document.items.iter().enumerate().find(|(_, item)| match &item.what {
        Statement::Publisher(decl) => thing == Thing::Publisher && decl.has_client(name),
        Statement::Exchange(decl) => thing == Thing::Exchange && &*decl.name == name,
        Statement::Queue(decl) => thing == Thing::Queue && &*decl.name == name,
        Statement::Consumer(decl) => thing == Thing::Consumer && decl.has_client(name),
        _ => false,
    });
    found.map(|(index, item)| (index, &item.what))
}

/// A name for a new thing that nothing of its kind has yet.
#[must_use]
pub fn free_name(document: &Document, thing: Thing) -> String {
    let is_taken = |name: &str| match thing {
        Thing::Publisher | Thing::Consumer => {
            declaration(document, Thing::Publisher, name).is_some()
                || declaration(document, Thing::Consumer, name).is_some()
        }
        _ => declaration(document, thing, name).is_some(),
    };
    (1..)
        .map(|n| format!("{}-{n}", thing.name()))
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| thing.name().to_owned())
}

/// The node that a declaration puts on the stage.
#[must_use]
pub fn node_of(thing: Thing, name: &Name) -> NodeId {
    match thing {
        Thing::Publisher | Thing::Consumer => NodeId::Client(name.clone()),
        Thing::Exchange => NodeId::Exchange(name.clone()),
        Thing::Queue => NodeId::Queue(name.clone()),
    }
}

#[cfg(test)]
mod tests;
