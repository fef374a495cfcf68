//! AMQP field tables and their values, with every wire type RabbitMQ knows.

use core::fmt;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

/// A name (exchange, queue, routing key, consumer tag …), shared not copied.
pub type Name = Arc<str>;

/// An octet string that is usually, but need not be, UTF-8.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Arc<[u8]>);

impl Bytes {
    /// The text, when it is UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.0).ok()
    }

    /// How many octets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        Self(Arc::from(text.as_bytes()))
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        Self(Arc::from(text.into_bytes()))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(octets: Vec<u8>) -> Self {
        Self(Arc::from(octets))
    }
}

/// The text; octets that are not UTF-8 show as U+FFFD.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// One value of a field table. The letter is its tag on the wire as RabbitMQ
/// reads and writes it, which differs from the AMQP 0-9-1 text in places
/// (rabbitmq.com, "AMQP 0-9-1 errata").
#[derive(Clone, Debug)]
pub enum Value {
    /// `t`
    Bool(bool),
    /// `b`
    I8(i8),
    /// `B`
    U8(u8),
    /// `s`
    I16(i16),
    /// `u`
    U16(u16),
    /// `I`
    I32(i32),
    /// `i`
    U32(u32),
    /// `l`
    I64(i64),
    /// `f`
    F32(f32),
    /// `d`
    F64(f64),
    /// `D`: `value / 10^scale`
    Decimal {
        /// Decimal places.
        scale: u8,
        /// The unscaled number.
        value: u32,
    },
    /// `S`
    LongStr(Bytes),
    /// `A`
    Array(Vec<Self>),
    /// `T`: seconds since 1970
    Timestamp(u64),
    /// `F`
    Table(Table),
    /// `x`
    Binary(Bytes),
    /// `V`
    Void,
}

impl Value {
    /// A long string.
    #[must_use]
    pub fn str(text: &str) -> Self {
        Self::LongStr(Bytes::from(text))
    }

    /// The number, when this is an integer of any width.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match *self {
            Self::I8(n) => Some(n.into()),
            Self::U8(n) => Some(n.into()),
            Self::I16(n) => Some(n.into()),
            Self::U16(n) => Some(n.into()),
            Self::I32(n) => Some(n.into()),
            Self::U32(n) => Some(n.into()),
            Self::I64(n) => Some(n),
            _ => None,
        }
    }

    /// The text, when this is a long string in UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::LongStr(text) => text.as_str(),
            _ => None,
        }
    }

    /// The octets it has in a field table, its tag among them.
    pub(crate) fn wire_size(&self) -> u64 {
        let content = match self {
            Self::Void => 0,
            Self::Bool(_) | Self::I8(_) | Self::U8(_) => 1,
            Self::I16(_) | Self::U16(_) => 2,
            Self::I32(_) | Self::U32(_) | Self::F32(_) => 4,
            Self::Decimal { .. } => 5,
            Self::I64(_) | Self::F64(_) | Self::Timestamp(_) => 8,
            Self::LongStr(text) | Self::Binary(text) => 4 + text.len() as u64,
            Self::Array(items) => 4 + items.iter().map(Self::wire_size).sum::<u64>(),
            Self::Table(table) => {
                let entries = table.iter();
                4 + entries.map(|(key, v)| 1 + key.len() as u64 + v.wire_size()).sum::<u64>()
            }
        };
        1 + content
    }

    /// The name RabbitMQ's error texts use for the type
    /// (`rabbit_misc.erl`, `rabbit_binary_parser.erl`).
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(_) => "bool",
            Self::I8(_) => "byte",
            Self::U8(_) => "unsignedbyte",
            Self::I16(_) => "short",
            Self::U16(_) => "unsignedshort",
            Self::I32(_) => "signedint",
            Self::U32(_) => "unsignedint",
            Self::I64(_) => "long",
            Self::F32(_) => "float",
            Self::F64(_) => "double",
            Self::Decimal { .. } => "decimal",
            Self::LongStr(_) => "longstr",
            Self::Array(_) => "array",
            Self::Timestamp(_) => "timestamp",
            Self::Table(_) => "table",
            Self::Binary(_) => "binary",
            Self::Void => "void",
        }
    }
}

/// Floats are equal when their bits are, so that a state equals its clone.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::I8(a), Self::I8(b)) => a == b,
            (Self::U8(a), Self::U8(b)) => a == b,
            (Self::I16(a), Self::I16(b)) => a == b,
            (Self::U16(a), Self::U16(b)) => a == b,
            (Self::I32(a), Self::I32(b)) => a == b,
            (Self::U32(a), Self::U32(b)) => a == b,
            (Self::I64(a), Self::I64(b)) => a == b,
            (Self::F32(a), Self::F32(b)) => a.to_bits() == b.to_bits(),
            (Self::F64(a), Self::F64(b)) => a.to_bits() == b.to_bits(),
            (Self::Decimal { scale, value }, Self::Decimal { scale: s, value: v }) => {
                scale == s && value == v
            }
            (Self::LongStr(a), Self::LongStr(b)) | (Self::Binary(a), Self::Binary(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Timestamp(a), Self::Timestamp(b)) => a == b,
            (Self::Table(a), Self::Table(b)) => a == b,
            (Self::Void, Self::Void) => true,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.type_name().as_bytes());
        match self {
            Self::Bool(b) => b.hash(state),
            Self::F32(n) => n.to_bits().hash(state),
            Self::F64(n) => n.to_bits().hash(state),
            Self::Decimal { scale, value } => (scale, value).hash(state),
            Self::LongStr(text) | Self::Binary(text) => text.hash(state),
            Self::Array(items) => items.hash(state),
            Self::Timestamp(seconds) => seconds.hash(state),
            Self::Table(table) => table.hash(state),
            Self::Void => {}
            other => other.as_integer().hash(state),
        }
    }
}

/// A field table in the order the sender wrote it. Keys may repeat on the
/// wire; look-ups give the first, as RabbitMQ's `rabbit_misc:table_lookup`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Table(pub Vec<(Name, Value)>);

impl Table {
    /// No entries.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The first value under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(k, _)| &**k == key).map(|(_, v)| v)
    }

    /// Sets `key`: in place when it is there, at the end when not.
    pub fn set(&mut self, key: &str, value: Value) {
        match self.0.iter_mut().find(|(k, _)| &**k == key) {
            Some(entry) => entry.1 = value,
            None => self.0.push((Name::from(key), value)),
        }
    }

    /// Takes every entry under `key` out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let first = self.0.iter().position(|(k, _)| &**k == key)?;
        let (_, value) = self.0.remove(first);
        self.0.retain(|(k, _)| &**k != key);
        Some(value)
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(k, v)| (&**k, v))
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Table {
    fn from(entries: [(&str, Value); N]) -> Self {
        Self(entries.into_iter().map(|(k, v)| (Name::from(k), v)).collect())
    }
}
