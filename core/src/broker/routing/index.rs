//! What an exchange looks things up in, one form for each exchange type.

use super::headers::{HeaderSpec, HeaderView};
use super::pick::Choice;
use super::topic::{TopicTrie, Walk};
use super::types::{Binding, Exchange, ExchangeKind};
use crate::broker::message::Properties;
use crate::broker::method::QueueId;
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Table, Value};
use crate::intern::Lookup;

/// Where an entry leads, by place in the tables of [`super::state::State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Queue { slot: u32, id: QueueId },
    Exchange(u32),
}

/// One binding in an index. Lists of entries are in the order of creation,
/// which is the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) binding: u64,
    pub(super) target: Target,
}

/// Takes the entry of `binding` out of a list of entries.
pub(super) fn take(entries: &mut Vec<Entry>, binding: u64) {
    if let Ok(place) = entries.binary_search_by_key(&binding, |entry| entry.binding) {
        entries.remove(place);
    }
}

/// What routing looks at in a message.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The routing key and the keys of CC and BCC.
    pub keys: &'a [&'a str],
    /// Its properties, headers among them.
    pub properties: Option<&'a Properties>,
    /// Whose rules hold.
    pub profile: Profile,
    /// What is drawn where chance decides: the same for the same message.
    pub chance: u64,
    /// It has been held back already and is not held again.
    pub released: bool,
}

impl<'a> Query<'a> {
    /// A message with these keys and nothing else.
    #[must_use]
    pub const fn of(keys: &'a [&'a str], profile: Profile) -> Self {
        Self { keys, properties: None, profile, chance: 0, released: false }
    }

    /// The same with these properties.
    #[must_use]
    pub const fn with(self, properties: &'a Properties) -> Self {
        Self { properties: Some(properties), ..self }
    }

    pub(super) fn headers(&self) -> Option<&'a Table> {
        self.properties.and_then(|properties| properties.headers.as_ref())
    }

    pub(super) fn header(&self, name: &str) -> Option<&'a Value> {
        self.headers().and_then(|headers| headers.get(name))
    }
}

/// Room that matching works in; nothing in it outlives a route but capacity.
#[derive(Debug, Default)]
pub(super) struct Matching {
    pub(super) walk: Walk,
    headers: HeaderView,
}

impl Matching {
    /// Forgets the message before.
    pub(super) fn begin(&mut self) {
        self.headers.clear();
    }
}

/// The bindings of one source exchange, arranged for its type.
#[derive(Clone, Debug)]
pub(super) enum Index {
    Direct(Lookup<Name, Vec<Entry>>),
    Fanout(Vec<Entry>),
    Topic(TopicTrie),
    Headers(Vec<(Entry, HeaderSpec)>),
    Choice(Choice),
}

impl Index {
    pub(super) fn new(exchange: &Exchange) -> Self {
        match exchange.routes_as() {
            ExchangeKind::Direct | ExchangeKind::DelayedMessage => Self::Direct(Lookup::default()),
            ExchangeKind::Fanout | ExchangeKind::RecentHistory => Self::Fanout(Vec::new()),
            ExchangeKind::Topic => Self::Topic(TopicTrie::default()),
            ExchangeKind::Headers => Self::Headers(Vec::new()),
            ExchangeKind::ConsistentHash
            | ExchangeKind::ModulusHash
            | ExchangeKind::Random
            | ExchangeKind::LocalRandom => Self::Choice(Choice::new(exchange)),
        }
    }

    /// Adds a binding, numbered higher than all before.
    pub(super) fn add(&mut self, binding: &Binding, entry: Entry, profile: Profile) {
        match self {
            Self::Direct(keys) => {
                keys.get_or_insert_with(binding.key.clone(), Vec::new).push(entry);
            }
            Self::Fanout(entries) => entries.push(entry),
            Self::Topic(trie) => trie.add(&binding.key, entry),
            Self::Headers(specs) => specs.push((entry, HeaderSpec::new(&binding.arguments))),
            Self::Choice(choice) => choice.add(binding, entry, profile),
        }
    }

    /// Takes a binding out.
    pub(super) fn remove(&mut self, binding: &Binding, number: u64) {
        match self {
            Self::Direct(keys) => {
                if let Some(entries) = keys.get_mut(&*binding.key) {
                    take(entries, number);
                    if entries.is_empty() {
                        keys.remove(&*binding.key);
                    }
                }
            }
            Self::Fanout(entries) => take(entries, number),
            Self::Topic(trie) => trie.remove(&binding.key, number),
            Self::Headers(specs) => {
                if let Ok(place) = specs.binary_search_by_key(&number, |(entry, _)| entry.binding) {
                    specs.remove(place);
                }
            }
            Self::Choice(choice) => choice.remove(number, binding),
        }
    }

    /// Calls `hit` for each binding the message fits; with several keys
    /// possibly more than once for the same binding.
    pub(super) fn find(
        &self,
        query: &Query<'_>,
        matching: &mut Matching,
        mut hit: impl FnMut(Entry),
    ) {
        match self {
            Self::Direct(keys) => {
                for key in query.keys {
                    keys.get(*key).into_iter().flatten().copied().for_each(&mut hit);
                }
            }
            Self::Fanout(entries) => entries.iter().copied().for_each(hit),
            Self::Topic(trie) => {
                for key in query.keys {
                    trie.find(key, &mut matching.walk, &mut hit);
                }
            }
            Self::Headers(specs) => {
                let headers = query.headers();
                matching.headers.prepare(headers);
                for (entry, spec) in specs {
                    if spec.fits(headers, &matching.headers, query.profile) {
                        hit(*entry);
                    }
                }
            }
            Self::Choice(choice) => {
                if let (Some(entry), _) = choice.pick(query) {
                    hit(entry);
                }
            }
        }
    }
}
