//! Why a message fits a binding, or does not. Written without the indexes, so
//! that tests can hold one against the other.

use super::headers::{self, HeaderView, MatchMode};
use super::index::Query;
use super::pick::Picked;
use super::topic::words;
use super::types::{Binding, ExchangeKind};
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Table, Value};

/// What a message and a binding have to do with each other, by the type of the
/// exchange.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A fanout exchange does not ask.
    Fanout,
    /// A direct exchange: the place, among the message's keys, of the one that
    /// equals the binding key.
    Direct(Option<usize>),
    /// A topic exchange: a reason for each of the message's keys, in order.
    Topic(Vec<TopicReason>),
    /// A headers exchange.
    Headers(HeadersReason),
    /// An exchange that gives each message to one of its bindings.
    Picked(Picked),
}

impl Reason {
    /// Whether the message fits.
    #[must_use]
    pub fn fits(&self) -> bool {
        match self {
            Self::Fanout => true,
            Self::Direct(key) => key.is_some(),
            Self::Topic(keys) => keys.iter().any(TopicReason::fits),
            Self::Headers(reason) => reason.because.fits(),
            Self::Picked(picked) => picked.here,
        }
    }

    /// The word of the binding key that did not fit, counted from 0, for the
    /// first of the message's keys; the number of the binding key's words when
    /// the routing key goes on after the last one. `None` when the message
    /// fits, or the exchange does not go by words.
    #[must_use]
    pub fn missed_word(&self) -> Option<usize> {
        match self {
            Self::Topic(keys) if !self.fits() => {
                let first = keys.first()?;
                first.miss.as_ref().map(|miss| miss.word(first.steps.len()))
            }
            _ => None,
        }
    }

    /// Of an exchange that does not pick one.
    pub(super) fn of(
        kind: ExchangeKind,
        binding: &Binding,
        query: &Query<'_>,
        view: &HeaderView,
    ) -> Self {
        match kind {
            ExchangeKind::Direct => {
                Self::Direct(query.keys.iter().position(|key| **key == *binding.key))
            }
            ExchangeKind::Topic => {
                let pattern: Vec<&str> = words(&binding.key).collect();
                let judge = |key: &&str| TopicReason::of(&pattern, &words(key).collect::<Vec<_>>());
                Self::Topic(query.keys.iter().map(judge).collect())
            }
            ExchangeKind::Headers => Self::Headers(HeadersReason::of(
                &binding.arguments,
                query.headers(),
                view,
                query.profile,
            )),
            _ => Self::Fanout,
        }
    }
}

/// One word of a binding key and the words of the routing key it took.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WordStep {
    /// The binding key's word: a literal, `*` or `#`.
    pub word: Name,
    /// The place of the first word it took, counted from 0.
    pub from: usize,
    /// How many words it took: 1, and for `#` any number, none included.
    pub count: usize,
}

/// Where a routing key and a binding key part. `word` is a place in the
/// binding key, `at` and `from` are places in the routing key, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // said above
pub enum TopicMiss {
    /// The word is another one.
    Differs { word: usize, expected: Name, at: usize, found: Name },
    /// The routing key has no word left for this one.
    NothingLeft { word: usize, expected: Name },
    /// After a `#`, none of the words from `from` on is this one.
    NotAfterHash { word: usize, expected: Name, from: usize },
    /// The binding key is used up and these words are left over.
    LeftOver { from: usize, found: Vec<Name> },
}

impl TopicMiss {
    /// The word of the binding key to point at; `length` when there is none.
    const fn word(&self, length: usize) -> usize {
        match self {
            Self::Differs { word, .. }
            | Self::NothingLeft { word, .. }
            | Self::NotAfterHash { word, .. } => *word,
            Self::LeftOver { .. } => length,
        }
    }
}

/// A topic binding key against one routing key, word by word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TopicReason {
    /// The binding key's words that found their match, from the first one on:
    /// all of them when the key fits, or when words are left over. Of several
    /// ways to share the words among `#`s, the one in which later ones take more.
    pub steps: Vec<WordStep>,
    /// Where it ends, when the key does not fit. Of several ways to go wrong,
    /// one that gets furthest in the binding key, then in the routing key.
    pub miss: Option<TopicMiss>,
}

impl TopicReason {
    /// Whether the key fits.
    #[must_use]
    pub const fn fits(&self) -> bool {
        self.miss.is_none()
    }

    fn of(pattern: &[&str], key: &[&str]) -> Self {
        // reach[i][j]: the first i words of the binding key can take exactly
        // the first j words of the routing key.
        let mut reach: Vec<Vec<bool>> = Vec::with_capacity(pattern.len() + 1);
        let mut row = vec![false; key.len() + 1];
        row[0] = true;
        reach.push(row);
        for (i, word) in pattern.iter().enumerate() {
            let before = &reach[i];
            let mut row = vec![false; key.len() + 1];
            let mut any = false;
            for j in 0..=key.len() {
                any |= before[j];
                row[j] = match *word {
                    "#" => any,
                    "*" => j > 0 && before[j - 1],
                    literal => j > 0 && before[j - 1] && key[j - 1] == literal,
                };
            }
            if !row.contains(&true) {
                break;
            }
            reach.push(row);
        }
        let used = reach.len() - 1;
        let ends = &reach[used];
        let last = ends.iter().rposition(|reached| *reached).unwrap_or(0);
        let miss = if used < pattern.len() {
            let first = ends.iter().position(|reached| *reached).unwrap_or(0);
            let after_hash = used > 0 && pattern[used - 1] == "#";
            Some(miss_at(
                used,
                pattern[used],
                key,
                if after_hash { first } else { last },
                after_hash,
            ))
        } else if last < key.len() {
            let found = key[last..].iter().map(|word| Name::from(*word)).collect();
            Some(TopicMiss::LeftOver { from: last, found })
        } else {
            None
        };
        Self { steps: steps(pattern, &reach, last), miss }
    }
}

/// Whether a routing key fits the binding key of a topic exchange.
#[must_use]
pub fn topic_fits(binding_key: &str, routing_key: &str) -> bool {
    let (pattern, key): (Vec<_>, Vec<_>) =
        (words(binding_key).collect(), words(routing_key).collect());
    TopicReason::of(&pattern, &key).fits()
}

/// Why the word at `word` found nothing at `at`, or after a `#` from `at` on.
fn miss_at(word: usize, expected: &str, key: &[&str], at: usize, after_hash: bool) -> TopicMiss {
    let expected = Name::from(expected);
    match key.get(at) {
        None => TopicMiss::NothingLeft { word, expected },
        Some(_) if after_hash && &*expected != "*" => {
            TopicMiss::NotAfterHash { word, expected, from: at }
        }
        Some(found) => TopicMiss::Differs { word, expected, at, found: Name::from(*found) },
    }
}

/// Goes back through the table from the `end` of its last row.
fn steps(pattern: &[&str], reach: &[Vec<bool>], end: usize) -> Vec<WordStep> {
    let mut steps = Vec::with_capacity(reach.len());
    let mut end = end;
    for i in (1..reach.len()).rev() {
        let from = if pattern[i - 1] == "#" {
            reach[i - 1].iter().position(|reached| *reached).unwrap_or(0)
        } else {
            end - 1
        };
        steps.push(WordStep { word: Name::from(pattern[i - 1]), from, count: end - from });
        end = from;
    }
    steps.reverse();
    steps
}

/// What became of one argument of a headers binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeaderOutcome {
    /// It is `x-match`, or begins with `x-` and the mode leaves those out.
    NotLookedAt,
    /// The message has no such header.
    Absent,
    /// The message has the header, which is all that a void value asks for.
    Present,
    /// The message has the header with this value.
    Equal,
    /// The message has the header with another value.
    Differs,
}

impl HeaderOutcome {
    /// Whether the argument holds.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Present | Self::Equal)
    }
}

/// One argument of a headers binding against the message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeaderCheck {
    /// The argument's name, and the header's.
    pub name: Name,
    /// The binding's value; its type is [`Value::type_name`].
    pub wanted: Value,
    /// The message's value, if there is such a header and it was looked at.
    pub found: Option<Value>,
    /// What came of it.
    pub outcome: HeaderOutcome,
}

/// How the verdict follows from the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeadersBecause {
    /// All have to hold, and do.
    AllHold,
    /// All have to hold, and the check at this place does not.
    OneFails(usize),
    /// All of nothing have to hold: every message fits.
    NothingAsked,
    /// One has to hold, and the check at this place does.
    OneHolds(usize),
    /// One has to hold, and none does.
    NoneHolds,
    /// One of nothing has to hold: no message fits.
    NothingToHold,
}

impl HeadersBecause {
    /// Whether the message fits.
    #[must_use]
    pub const fn fits(self) -> bool {
        matches!(self, Self::AllHold | Self::NothingAsked | Self::OneHolds(_))
    }
}

/// A headers binding against a message, argument by argument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeadersReason {
    /// The mode in force.
    pub mode: MatchMode,
    /// Whether the binding has an `x-match` that says so; without, it is `all`.
    pub stated: bool,
    /// Each argument, sorted by name.
    pub checks: Vec<HeaderCheck>,
    /// How the verdict follows.
    pub because: HeadersBecause,
}

impl HeadersReason {
    fn of(arguments: &Table, message: Option<&Table>, view: &HeaderView, profile: Profile) -> Self {
        let (mode, stated) = MatchMode::of(arguments);
        let mut looked_at = headers::looked_at(mode, arguments).into_iter();
        let check = |(name, wanted): &(Name, Value)| {
            let argument = mode.looks_at(name).then(|| looked_at.next()).flatten();
            let found = argument.as_ref().and_then(|it| view.get(message, it, profile));
            let outcome = match (&argument, found) {
                (None, _) => HeaderOutcome::NotLookedAt,
                (_, None) => HeaderOutcome::Absent,
                (Some(argument), found) if !argument.holds(found, profile) => {
                    HeaderOutcome::Differs
                }
                _ if matches!(wanted, Value::Void) => HeaderOutcome::Present,
                _ => HeaderOutcome::Equal,
            };
            let (name, wanted, found) = (name.clone(), wanted.clone(), found.cloned());
            HeaderCheck { name, wanted, found, outcome }
        };
        let checks: Vec<HeaderCheck> = arguments.0.iter().map(check).collect();
        let because = because(mode, &checks);
        Self { mode, stated, checks, because }
    }
}

fn because(mode: MatchMode, checks: &[HeaderCheck]) -> HeadersBecause {
    let first = |holds: bool| {
        checks.iter().position(|check| {
            check.outcome != HeaderOutcome::NotLookedAt && check.outcome.holds() == holds
        })
    };
    match (mode.one_is_enough(), first(true), first(false)) {
        (true, Some(place), _) => HeadersBecause::OneHolds(place),
        (true, None, Some(_)) => HeadersBecause::NoneHolds,
        (true, None, None) => HeadersBecause::NothingToHold,
        (false, _, Some(place)) => HeadersBecause::OneFails(place),
        (false, Some(_), None) => HeadersBecause::AllHold,
        (false, None, None) => HeadersBecause::NothingAsked,
    }
}
