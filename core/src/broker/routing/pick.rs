//! Exchanges that give each message to one of their bindings: by a hash or by
//! chance.

use super::erlang::{TermHash, jump};
use super::index::{Entry, Query};
use super::types::{Binding, Exchange, ExchangeKind};
use crate::broker::names::mix;
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Table, Value};
use crate::digest::Digest;
use core::cmp::Ordering;

/// The largest weight that is told apart. RabbitMQ before 4.3 keeps a row for
/// each bucket, so its memory ends long before.
const MAX_WEIGHT: u64 = 1 << 40;

/// The largest weight that 4.3 takes.
const MAX_WEIGHT_4_3: u64 = 10_000;

/// What a consistent hash exchange hashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HashOn {
    /// The routing key.
    Key,
    /// The header of this name.
    Header(Name),
    /// A property: `correlation_id`, `message_id` or `timestamp`.
    Property(Name),
}

impl HashOn {
    /// What the arguments of an exchange ask for.
    fn of(arguments: &Table) -> Self {
        let text = |key| arguments.get(key).and_then(Value::as_str).map(Name::from);
        match (text("hash-header"), text("hash-property")) {
            (Some(name), _) => Self::Header(name),
            (None, Some(name)) => Self::Property(name),
            (None, None) => Self::Key,
        }
    }

    /// The number that `query` is placed by (`value_to_hash`). An integer in a
    /// header is that number itself since 3.13.
    fn number(&self, query: &Query<'_>) -> i64 {
        let mut hash = TermHash::default();
        match self {
            Self::Key => hash.binary(query.keys.first().map_or(&[], |key| key.as_bytes())),
            Self::Header(name) => match query.header(name) {
                Some(value) if query.profile == Profile::V3_10 => typed(&mut hash, value),
                Some(Value::Timestamp(seconds)) => return (seconds.wrapping_mul(1000)) as i64,
                Some(Value::Array(items)) => match items.first() {
                    Some(first) => typed(&mut hash, first),
                    None => hash.nil(),
                },
                Some(Value::Table(Table(entries))) => match entries.first() {
                    Some(first) => entry(&mut hash, first),
                    None => hash.nil(),
                },
                Some(value) => match value.as_integer() {
                    Some(n) => return n,
                    None => term(&mut hash, value),
                },
                None => hash.atom("undefined"),
            },
            Self::Property(name) => {
                let properties = query.properties;
                let found = properties.and_then(|properties| match &**name {
                    "correlation_id" => properties.correlation_id.clone(),
                    "message_id" => properties.message_id.clone(),
                    _ => properties.timestamp.map(|n| Name::from(n.to_string())),
                });
                match found {
                    Some(text) => hash.binary(text.as_bytes()),
                    None => hash.atom("undefined"),
                }
            }
        }
        hash.finish().into()
    }
}

/// A value with its type, as RabbitMQ holds it: `{longstr, <<"v">>}`.
fn typed(hash: &mut TermHash, value: &Value) {
    hash.tuple(2);
    hash.atom(value.type_name());
    term(hash, value);
}

fn entry(hash: &mut TermHash, (name, value): &(Name, Value)) {
    hash.tuple(3);
    hash.binary(name.as_bytes());
    hash.atom(value.type_name());
    term(hash, value);
}

fn term(hash: &mut TermHash, value: &Value) {
    match value {
        Value::Bool(b) => hash.atom(if *b { "true" } else { "false" }),
        Value::F32(n) => hash.float(f64::from(*n)),
        Value::F64(n) => hash.float(*n),
        Value::Decimal { scale, value } => {
            hash.tuple(2);
            hash.integer(i64::from(*scale));
            hash.integer(i64::from(*value));
        }
        Value::LongStr(octets) | Value::Binary(octets) => hash.binary(&octets.0),
        Value::Array(items) => {
            items.iter().for_each(|item| typed(hash, item));
            hash.nil();
        }
        Value::Table(Table(entries)) => {
            entries.iter().for_each(|pair| entry(hash, pair));
            hash.nil();
        }
        Value::Timestamp(seconds) => hash.integer(*seconds as i64),
        Value::Void => hash.atom("undefined"),
        other => hash.integer(other.as_integer().unwrap_or_default()),
    }
}

/// How one of several bindings was picked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pick {
    /// By a hash that falls into a bucket.
    Bucket {
        /// What was hashed.
        on: HashOn,
        /// The number it came to.
        hash: i64,
        /// The bucket, from 0.
        bucket: u64,
        /// How many buckets all bindings have together.
        buckets: u64,
    },
    /// By a hash, modulo the number of bindings.
    Remainder {
        /// The hash of the message's keys.
        hash: u32,
        /// Which of them, from 0.
        place: u64,
        /// How many there are.
        among: u64,
    },
    /// By chance: RabbitMQ draws anew for each message.
    Chance {
        /// How many there are.
        among: u64,
    },
}

/// A binding among those that an exchange picks one from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Picked {
    /// Whether it is this one.
    pub here: bool,
    /// How the one was picked.
    pub how: Pick,
    /// For a consistent hash, this binding's first bucket and how many it has;
    /// none when another binding of its destination has them.
    pub buckets: (u64, u64),
}

impl Picked {
    /// Why it is this binding, or is not.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.how {
            Pick::Bucket { on, hash, bucket, buckets } => {
                let on = match on {
                    HashOn::Key => "its key".to_owned(),
                    HashOn::Header(name) => format!("its header {name}"),
                    HashOn::Property(name) => format!("its property {name}"),
                };
                let range = match self.buckets {
                    (first, n) if n > 1 => format!("{first} to {}", first + n - 1),
                    (first, _) => first.to_string(),
                };
                let own = match self.here {
                    true => format!(", which is this binding's ({range})"),
                    false if self.buckets.1 > 0 => format!("; this binding has {range}"),
                    false => "; this binding has none, as one of its destination came first".into(),
                };
                format!("The hash of {on} is {hash}: bucket {bucket} of {buckets}{own}.")
            }
            Pick::Remainder { hash, place, among } => {
                let this = if self.here { "this binding is" } else { "another binding is" };
                format!(
                    "The hash of its keys is {hash}; modulo {among} bindings that is {place}, and \
                     {this} number {place} in RabbitMQ's order, from 0."
                )
            }
            Pick::Chance { among: 1 } => "It is the only binding.".to_owned(),
            Pick::Chance { among } => {
                let this = if self.here { "This one was" } else { "Another one was" };
                format!(
                    "{this} chosen at random among {among}. It is chance: RabbitMQ may choose \
                     otherwise."
                )
            }
        }
    }
}

/// One of the bindings to pick from.
#[derive(Clone, Debug)]
struct Candidate {
    entry: Entry,
    binding: Binding,
    /// Its first bucket and how many it has, of a consistent hash.
    buckets: (u64, u64),
}

/// The bindings of an exchange that picks one, in the order that counts.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    kind: ExchangeKind,
    /// Tells its draws from those of other exchanges.
    salt: u64,
    on: HashOn,
    options: Vec<Candidate>,
}

impl Choice {
    pub(super) fn new(exchange: &Exchange) -> Self {
        Self {
            kind: exchange.routes_as(),
            salt: Digest::of(&exchange.name),
            on: HashOn::of(&exchange.arguments),
            options: Vec::new(),
        }
    }

    /// How many buckets there are.
    fn total(&self) -> u64 {
        self.options.last().map_or(0, |last| last.buckets.0 + last.buckets.1)
    }

    /// Adds a binding. Of a destination that is there already a consistent
    /// hash takes no notice (`chx_hash_ring_update_fun`).
    pub(super) fn add(&mut self, binding: &Binding, entry: Entry, profile: Profile) {
        let hashes = self.kind == ExchangeKind::ConsistentHash;
        let weight = if hashes { weight(&binding.key).unwrap_or(1) } else { 1 };
        if hashes && self.options.iter().any(|other| other.entry.target == entry.target) {
            return;
        }
        let buckets = (self.total(), weight);
        let new = Candidate { entry, binding: binding.clone(), buckets };
        let at = match self.kind {
            ExchangeKind::ModulusHash => self
                .options
                .partition_point(|other| order(&other.binding, binding, profile).is_le()),
            _ => self.options.len(),
        };
        self.options.insert(at, new);
    }

    /// Takes a binding out; a consistent hash forgets its destination, whatever
    /// other bindings lead there (`ch_hash_ring_delete_fun`).
    pub(super) fn remove(&mut self, number: u64, binding: &Binding) {
        let hashes = self.kind == ExchangeKind::ConsistentHash;
        self.options.retain(|other| {
            let same = other.binding.destination == binding.destination;
            !(other.entry.binding == number || hashes && same)
        });
        let mut total = 0;
        for option in &mut self.options {
            option.buckets.0 = total;
            total += option.buckets.1;
        }
    }

    /// The binding that takes a message, and why it; none when there is none.
    pub(super) fn pick(&self, query: &Query<'_>) -> (Option<Entry>, Pick) {
        let among = self.options.len() as u64;
        let (place, pick) = match self.kind {
            ExchangeKind::ConsistentHash => {
                let (on, buckets) = (self.on.clone(), self.total());
                let hash = on.number(query);
                let bucket = jump(hash, buckets);
                let until = self.options.partition_point(|option| option.buckets.0 <= bucket);
                ((until as u64).wrapping_sub(1), Pick::Bucket { on, hash, bucket, buckets })
            }
            ExchangeKind::ModulusHash => {
                let mut keys = TermHash::default();
                query.keys.iter().for_each(|key| keys.binary(key.as_bytes()));
                keys.nil();
                let hash = keys.finish();
                let place = u64::from(hash) % among.max(1);
                (place, Pick::Remainder { hash, place, among })
            }
            _ => {
                let drawn = mix(query.chance ^ self.salt);
                let place = (u128::from(drawn) * u128::from(among)) >> 64;
                (place as u64, Pick::Chance { among })
            }
        };
        (self.options.get(place as usize).map(|option| option.entry), pick)
    }

    /// The first bucket of a binding and how many it has; none when another
    /// binding of its destination has them.
    pub(super) fn buckets(&self, number: u64) -> (u64, u64) {
        // A consistent hash has them in the order of creation.
        let found = self.options.binary_search_by_key(&number, |option| option.entry.binding);
        found.map_or((0, 0), |at| self.options[at].buckets)
    }
}

/// The order in which a modulus counts: that of RabbitMQ's table of routes,
/// where the key comes first; since 4.3 by destination.
fn order(a: &Binding, b: &Binding, profile: Profile) -> Ordering {
    let destination = |it: &Binding| (!it.destination.is_exchange(), it.destination.name().clone());
    let by_key = if profile < Profile::V4_3 { a.key.cmp(&b.key) } else { Ordering::Equal };
    by_key.then_with(|| destination(a).cmp(&destination(b)))
}

/// The number in a binding key, as `list_to_integer` reads it.
fn weight(key: &str) -> Option<u64> {
    let digits = key.strip_prefix(['+', '-']).unwrap_or(key);
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let number = digits.trim_start_matches('0');
    let number = if number.is_empty() { 0 } else { number.parse().unwrap_or(u64::MAX) };
    Some(if key.starts_with('-') { 0 } else { number.min(MAX_WEIGHT) })
}

/// Whether a binding key can be the weight of a consistent hash binding: the
/// explanation of a 406 when not.
pub(super) fn validate(key: &Name, profile: Profile) -> Result<(), String> {
    match weight(key) {
        None => {
            let key = super::term::erlang_term(&Value::str(key), profile);
            Err(format!("The binding key must be an integer: {key}"))
        }
        Some(0) => Err("The binding key must be greater than 0".to_owned()),
        Some(n) if n > MAX_WEIGHT_4_3 && profile >= Profile::V4_3 => {
            Err(format!("The binding key must not exceed {MAX_WEIGHT_4_3}"))
        }
        Some(_) => Ok(()),
    }
}
