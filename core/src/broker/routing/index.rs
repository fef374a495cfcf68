//! What an exchange looks things up in, one form for each exchange type.

use super::headers::{HeaderSpec, HeaderView};
use super::topic::{TopicTrie, Walk};
use super::types::{Binding, ExchangeKind};
use crate::broker::method::QueueId;
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Table};
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
pub(super) struct Query<'a> {
    /// The routing key and the keys of CC and BCC.
    pub(super) keys: &'a [&'a str],
    pub(super) headers: Option<&'a Table>,
    pub(super) profile: Profile,
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
}

impl Index {
    pub(super) fn new(kind: ExchangeKind) -> Self {
        match kind {
            ExchangeKind::Direct => Self::Direct(Lookup::default()),
            ExchangeKind::Fanout => Self::Fanout(Vec::new()),
            ExchangeKind::Topic => Self::Topic(TopicTrie::default()),
            ExchangeKind::Headers => Self::Headers(Vec::new()),
        }
    }

    /// Adds a binding, numbered higher than all before.
    pub(super) fn add(&mut self, binding: &Binding, entry: Entry) {
        match self {
            Self::Direct(keys) => {
                keys.get_or_insert_with(binding.key.clone(), Vec::new).push(entry);
            }
            Self::Fanout(entries) => entries.push(entry),
            Self::Topic(trie) => trie.add(&binding.key, entry),
            Self::Headers(specs) => specs.push((entry, HeaderSpec::new(&binding.arguments))),
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
                matching.headers.prepare(query.headers);
                for (entry, spec) in specs {
                    if spec.fits(query.headers, &matching.headers, query.profile) {
                        hit(*entry);
                    }
                }
            }
        }
    }
}
