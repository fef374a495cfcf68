//! The rules again, written for clearness, without an index and without
//! looking at how the index does it.

use crate::broker::routing::{BindTarget, Binding, Exchange, ExchangeKind};
use crate::broker::{Profile, Table, Value};

/// The words of a key.
pub(super) fn words(key: &str) -> Vec<&str> {
    if key.is_empty() { Vec::new() } else { key.split('.').collect() }
}

/// Whether a topic binding key fits a routing key, by trying everything.
pub(super) fn topic(pattern: &[&str], key: &[&str]) -> bool {
    match (pattern, key) {
        ([], []) => true,
        (["#", rest @ ..], _) => topic(rest, key) || (!key.is_empty() && topic(pattern, &key[1..])),
        ([], _) | (_, []) => false,
        (["*", rest @ ..], [_, after @ ..]) => topic(rest, after),
        ([word, rest @ ..], [found, after @ ..]) => word == found && topic(rest, after),
    }
}

/// A value as the server compares it.
#[derive(Debug, PartialEq)]
enum Term {
    Integer(i64),
    Float(f64),
    Octets(Vec<u8>),
    Truth(bool),
    Nothing,
}

fn term(value: &Value) -> Term {
    match value {
        Value::I8(n) => Term::Integer(i64::from(*n)),
        Value::I32(n) => Term::Integer(i64::from(*n)),
        Value::I64(n) => Term::Integer(*n),
        Value::Timestamp(seconds) => Term::Integer(*seconds as i64),
        Value::F64(n) => Term::Float(*n),
        Value::LongStr(text) => Term::Octets(text.0.to_vec()),
        Value::Bool(b) => Term::Truth(*b),
        Value::Void => Term::Nothing,
        other => panic!("{other:?} is not in these tests"),
    }
}

fn same(wanted: &Value, found: &Value, profile: Profile) -> bool {
    let found_term = match found {
        Value::Timestamp(seconds) if profile != Profile::V3_10 => {
            Term::Integer(*seconds as i64 * 1000)
        }
        other => term(other),
    };
    match (term(wanted), found_term) {
        (Term::Integer(a), Term::Float(b)) | (Term::Float(b), Term::Integer(a)) => {
            profile == Profile::V3_10 && a as f64 == b
        }
        (a, b) => a == b,
    }
}

/// Whether a headers binding fits; no name is repeated in the tables.
pub(super) fn headers(arguments: &Table, found: &Table, profile: Profile) -> bool {
    let mode = arguments.get("x-match").and_then(Value::as_str).unwrap_or("all");
    let with_x = mode.ends_with("-with-x");
    let mut holding = 0;
    let mut failing = 0;
    for (name, wanted) in arguments.iter() {
        if name == "x-match" || (!with_x && name.starts_with("x-")) {
            continue;
        }
        let holds = match (wanted, found.get(name)) {
            (_, None) => false,
            (Value::Void, Some(_)) => true,
            (wanted, Some(found)) => same(wanted, found, profile),
        };
        if holds {
            holding += 1;
        } else {
            failing += 1;
        }
    }
    if mode.starts_with("any") { holding > 0 } else { failing == 0 }
}

/// A virtual host as three lists.
#[derive(Clone, Debug, Default)]
pub(super) struct Host {
    pub(super) exchanges: Vec<Exchange>,
    pub(super) queues: Vec<String>,
    pub(super) bindings: Vec<Binding>,
}

impl Host {
    pub(super) fn fits(
        &self,
        binding: &Binding,
        keys: &[&str],
        found: &Table,
        profile: Profile,
    ) -> bool {
        let kind = self.exchanges.iter().find(|it| it.name == binding.source).map(|it| it.kind);
        match kind {
            Some(ExchangeKind::Fanout | ExchangeKind::RecentHistory) => true,
            Some(ExchangeKind::Direct) => keys.contains(&&*binding.key),
            Some(ExchangeKind::Topic) => {
                keys.iter().any(|key| topic(&words(&binding.key), &words(key)))
            }
            Some(ExchangeKind::Headers) => headers(&binding.arguments, found, profile),
            other => panic!("{other:?} is not in these tests"),
        }
    }

    /// The names of the queues reached, sorted.
    pub(super) fn route(
        &self,
        exchange: &str,
        keys: &[&str],
        found: &Table,
        profile: Profile,
    ) -> Vec<String> {
        let mut reached: Vec<String> = Vec::new();
        if exchange.is_empty() {
            reached.extend(self.queues.iter().filter(|name| keys.contains(&&***name)).cloned());
        } else {
            self.from(exchange, keys, found, profile, &mut Vec::new(), &mut reached);
        }
        reached.sort();
        reached.dedup();
        reached
    }

    fn from(
        &self,
        name: &str,
        keys: &[&str],
        found: &Table,
        profile: Profile,
        seen: &mut Vec<String>,
        reached: &mut Vec<String>,
    ) {
        let Some(exchange) = self.exchanges.iter().find(|it| &*it.name == name) else { return };
        if seen.iter().any(|it| it == name) {
            return;
        }
        seen.push(name.to_owned());
        let mut own = 0;
        for binding in self.bindings.iter().filter(|it| &*it.source == name) {
            if self.fits(binding, keys, found, profile) {
                own += 1;
                match &binding.destination {
                    BindTarget::Queue(_, queue) => reached.push(queue.to_string()),
                    BindTarget::Exchange(next) => {
                        self.from(next, keys, found, profile, seen, reached);
                    }
                }
            }
        }
        if let (0, Some(next)) = (own, &exchange.alternate) {
            self.from(next, keys, found, profile, seen, reached);
        }
    }

    /// Removes the bindings that `goes` says, then exchanges that go with them.
    pub(super) fn remove(&mut self, goes: impl Fn(&Binding) -> bool) {
        let (gone, stay) = self.bindings.drain(..).partition(|binding| goes(binding));
        self.bindings = stay;
        let gone: Vec<Binding> = gone;
        for binding in gone {
            let used = self.bindings.iter().any(|it| it.source == binding.source);
            let goes = |it: &Exchange| it.name == binding.source && it.auto_delete && !used;
            if self.exchanges.iter().any(goes) {
                self.delete(&binding.source.clone());
            }
        }
    }

    pub(super) fn delete(&mut self, name: &str) {
        self.exchanges.retain(|it| &*it.name != name);
        self.remove(|binding| {
            &*binding.source == name
                || matches!(&binding.destination, BindTarget::Exchange(to) if &**to == name)
        });
    }
}
