//! An explanation in plain English.

use super::explain::{AlternateUse, Effect, Explanation, Judgement, Visit};
use super::reason::{HeaderCheck, HeaderOutcome, HeadersBecause, HeadersReason};
use super::reason::{Reason, TopicMiss, TopicReason};
use super::types::{BindTarget, ExchangeKind};
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Value};
use crate::decimal;
use core::fmt::Write;

/// How many bindings one sentence names before it says "and so many more".
const NAMED: usize = 6;

impl Explanation {
    /// The whole story, one sentence or two for each thing that happened.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        if self.visits.is_empty() {
            return vec![format!("There is no exchange called {}.", self.exchange)];
        }
        let mut said = Vec::new();
        for visit in &self.visits {
            self.arrive(visit, &mut said);
            self.judge(visit, &mut said);
            self.outcome(visit, &mut said);
        }
        said.push(match &self.queues[..] {
            [] => "No queue is reached: the message is unroutable.".to_owned(),
            [one] => format!("It reaches one queue: {one}."),
            all => format!("It reaches {} queues: {}.", all.len(), and(all)),
        });
        said
    }

    /// Why one binding fits the message or does not.
    #[must_use]
    pub fn sentence(&self, judgement: &Judgement) -> String {
        let key = shown(&judgement.binding.key);
        match &judgement.reason {
            Reason::Fanout => "A fanout exchange passes everything on.".to_owned(),
            Reason::Direct(Some(_)) => format!("Its key is {key}."),
            Reason::Direct(None) => format!("{} is not {key}.", self.its_key()),
            Reason::Headers(reason) => headers(reason, self.profile),
            Reason::Picked(picked) => picked.sentence(),
            Reason::Topic(reasons) => {
                let fits = reasons.iter().position(TopicReason::fits);
                let of = fits.or(if reasons.is_empty() { None } else { Some(0) });
                let Some((routed, reason)) =
                    of.and_then(|at| self.keys.get(at).zip(reasons.get(at)))
                else {
                    return "The message has no key.".to_owned();
                };
                match &reason.miss {
                    None => {
                        format!("Its key {} fits {key}{}.", shown(routed), taken(reason, routed))
                    }
                    Some(miss) => {
                        format!("{} misses {key} {}.", self.its_key(), missed(miss))
                    }
                }
            }
        }
    }

    fn its_key(&self) -> String {
        match &self.keys[..] {
            [one] => format!("Its key {}", shown(one)),
            keys => {
                let keys: Vec<Name> = keys.iter().map(|key| Name::from(shown(key))).collect();
                format!("None of its keys {}", and(&keys))
            }
        }
    }

    fn arrive(&self, visit: &Visit, said: &mut Vec<String>) {
        let Some(came) = visit.from else {
            said.push(if visit.exchange.is_empty() {
                "The default exchange takes the key for the name of a queue.".to_owned()
            } else {
                format!("The {} exchange {} asks its bindings.", visit.kind.name(), visit.exchange)
            });
            return;
        };
        let before = &self.visits[came.visit].exchange;
        let (kind, name) = (visit.kind.name(), &visit.exchange);
        said.push(match came.judgement {
            Some(_) => format!("{before} passes it on to the {kind} exchange {name}."),
            None => format!(
                "No binding of {before} fits, so it goes to the alternate exchange {name} ({kind})."
            ),
        });
    }

    fn judge(&self, visit: &Visit, said: &mut Vec<String>) {
        if let Some(waits) = visit.waits() {
            said.push(waits);
            return;
        }
        let named = |judgement: &&Judgement| match &judgement.reason {
            Reason::Picked(picked) => picked.here,
            _ => false,
        };
        if let Some(judgement) = visit.judgements.iter().find(named) {
            let to = destination(&judgement.binding.destination);
            said.push(format!("{} It goes to {to}.", self.sentence(judgement)));
            return;
        }
        for lookup in &visit.lookups {
            let key = shown(&lookup.key);
            said.push(match lookup.found {
                Some(_) => format!("There is a queue {key}."),
                None => format!("There is no queue called {key}."),
            });
        }
        match (visit.routes_as, visit.judgements.len()) {
            _ if visit.exchange.is_empty() => {}
            (_, 0) => said.push("It has no bindings.".to_owned()),
            (ExchangeKind::Fanout | ExchangeKind::RecentHistory, n) => said.push(match n {
                1 => "Its one binding fits, as all do.".to_owned(),
                n => format!("All its {n} bindings fit."),
            }),
            (ExchangeKind::Headers, n) => {
                for judgement in visit.judgements.iter().take(NAMED) {
                    let to = destination(&judgement.binding.destination);
                    said.push(format!("To {to}: {}", self.sentence(judgement)));
                }
                if n > NAMED {
                    said.push(format!("And {} more bindings.", n - NAMED));
                }
            }
            _ => {
                for (at, key) in self.keys.iter().enumerate() {
                    said.push(by_key(visit, at, key));
                }
            }
        }
    }

    fn outcome(&self, visit: &Visit, said: &mut Vec<String>) {
        let led = |wanted: fn(Effect) -> bool| {
            let mut names: Vec<Name> = Vec::new();
            for judgement in visit.judgements.iter().filter(|it| wanted(it.effect)) {
                let name = judgement.binding.destination.name();
                if !names.contains(name) && names.len() <= NAMED {
                    names.push(name.clone());
                }
            }
            names
        };
        match &led(|effect| effect == Effect::CopyAlready)[..] {
            [] => {}
            [one] => said.push(format!("Queue {one} is reached more than once; it gets one copy.")),
            many => said.push(format!(
                "Queues {} are reached more than once; each gets one copy.",
                and(many)
            )),
        }
        for name in led(|effect| matches!(effect, Effect::BeenThere(_))) {
            said.push(format!("It has been at {name} already and does not go there again."));
        }
        let here = &visit.exchange;
        match &visit.alternate {
            AlternateUse::None | AlternateUse::Taken(..) => {}
            AlternateUse::NotNeeded(name) => {
                said.push(format!("A binding fits, so the alternate exchange {name} is not asked."))
            }
            AlternateUse::BeenThere(name, _) => said.push(format!(
                "No binding of {here} fits, and it has been at its alternate exchange {name} \
                 already."
            )),
            AlternateUse::Missing(name) => said.push(format!(
                "No binding of {here} fits, and its alternate exchange {name} does not exist."
            )),
            AlternateUse::DefaultExchange => said.push(format!(
                "No binding of {here} fits; its alternate is the default exchange, \
                 which routes nothing as an alternate."
            )),
        }
    }
}

/// One key against every binding of a direct or topic exchange.
fn by_key(visit: &Visit, at: usize, key: &Name) -> String {
    let mut fits: Vec<Name> = Vec::new();
    let mut misses: Vec<String> = Vec::new();
    let (mut more_fits, mut more_misses) = (0, 0);
    for judgement in &visit.judgements {
        let pattern = Name::from(shown(&judgement.binding.key));
        let miss = match &judgement.reason {
            Reason::Topic(reasons) => match reasons.get(at).map(|reason| &reason.miss) {
                Some(Some(miss)) => Some(format!("{pattern} {}", missed(miss))),
                _ => None,
            },
            _ if judgement.binding.key == *key => None,
            _ => Some(pattern.to_string()),
        };
        match miss {
            None if fits.contains(&pattern) => {}
            None if fits.len() < NAMED => fits.push(pattern),
            None => more_fits += 1,
            Some(miss) if misses.contains(&miss) => {}
            Some(miss) if misses.len() < NAMED => misses.push(miss),
            Some(_) => more_misses += 1,
        }
    }
    more(&mut misses, more_misses);
    let mut names: Vec<String> = fits.iter().map(ToString::to_string).collect();
    more(&mut names, more_fits);
    let topic = visit.routes_as == ExchangeKind::Topic;
    let (verb, not) = if topic { ("fits", "misses") } else { ("is the key of", "is not") };
    let key = shown(key);
    match (names.is_empty(), misses.is_empty()) {
        (false, true) if topic => format!("Its key {key} fits {}.", and(&names)),
        (false, true) => format!("Its key {key} is every binding's key."),
        (true, false) => {
            format!("Its key {key} {not} {}.", join(&misses, if topic { "; " } else { " or " }))
        }
        (false, false) if topic => {
            let misses = join(&misses, "; ");
            format!("Its key {key} {verb} {}; it {not} {misses}.", and(&names))
        }
        _ => format!("Its key {key} is a binding's key; it {not} {}.", join(&misses, " or ")),
    }
}

fn more(named: &mut Vec<String>, count: usize) {
    if count > 0 {
        named.push(format!("{count} more"));
    }
}

/// What each wildcard took, in brackets; nothing when there is no wildcard.
fn taken(reason: &TopicReason, key: &str) -> String {
    let words: Vec<&str> = super::topic::words(key).collect();
    let wild = reason.steps.iter().filter(|step| matches!(&*step.word, "*" | "#"));
    let said: Vec<String> = wild
        .map(|step| match step.count {
            0 => format!("{} took no word", step.word),
            count => {
                let took: Vec<String> =
                    words.iter().skip(step.from).take(count).map(|word| word_shown(word)).collect();
                format!("{} took {}", step.word, and(&took))
            }
        })
        .collect();
    if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) }
}

/// "at the third word: eu is not us"
fn missed(miss: &TopicMiss) -> String {
    match miss {
        TopicMiss::Differs { expected, at, found, .. } => {
            let (found, expected) = (word_shown(found), word_shown(expected));
            format!("at the {} word: {found} is not {expected}", ordinal(*at))
        }
        TopicMiss::NothingLeft { expected, .. } if &**expected == "*" => {
            "at its end: no word is left for *".to_owned()
        }
        TopicMiss::NothingLeft { expected, .. } => {
            format!("at its end: no word is left to be {}", word_shown(expected))
        }
        TopicMiss::NotAfterHash { expected, from, .. } => {
            let expected = word_shown(expected);
            format!("after #: from the {} word on, none is {expected}", ordinal(*from))
        }
        TopicMiss::LeftOver { from, found } => {
            let words: Vec<String> = found.iter().map(|word| word_shown(word)).collect();
            let are = if words.len() == 1 { "is" } else { "are" };
            format!("at the {} word: {} {are} left over", ordinal(*from), and(&words))
        }
    }
}

/// A headers binding against the message, argument by argument.
fn headers(reason: &HeadersReason, profile: Profile) -> String {
    let mode = match reason.stated {
        true => format!("x-match {}", reason.mode.name()),
        false => "all, as no x-match is given".to_owned(),
    };
    let verdict = match reason.because {
        HeadersBecause::AllHold => "it fits, all hold",
        HeadersBecause::OneFails(_) => "it does not fit, all would have to hold",
        HeadersBecause::NothingAsked => "it fits, as every message does: it asks for no header",
        HeadersBecause::OneHolds(_) => "it fits, one that holds is enough",
        HeadersBecause::NoneHolds => "it does not fit, none holds",
        HeadersBecause::NothingToHold => {
            "no message can fit: one header has to hold and it names none"
        }
    };
    let mut said = format!("{verdict} ({mode})");
    for check in reason.checks.iter().filter(|check| &*check.name != "x-match").take(NAMED) {
        // Writing to a String cannot fail.
        let _ = write!(said, "; {}", header(check, profile));
    }
    said.push('.');
    said
}

fn header(check: &HeaderCheck, profile: Profile) -> String {
    let HeaderCheck { name, wanted, found, outcome } = check;
    let found = found.as_ref();
    match outcome {
        HeaderOutcome::NotLookedAt => format!("{name} begins with x- and is not looked at"),
        HeaderOutcome::Absent => format!("{name} is absent"),
        HeaderOutcome::Present => format!("{name} is present, with whatever value"),
        HeaderOutcome::Equal => format!("{name} is {}", value(wanted)),
        HeaderOutcome::Differs => {
            let text = found.map(|found| typed(found, wanted)).unwrap_or_default();
            let mut said =
                format!("{name} is {text}, not {}", typed(wanted, found.unwrap_or(wanted)));
            if matches!(found, Some(Value::Timestamp(_))) && profile != Profile::V3_10 {
                said.push_str(" (a header's timestamp is compared in milliseconds)");
            }
            said
        }
    }
}

/// A value, with its type when the other one's is different.
fn typed(this: &Value, other: &Value) -> String {
    if this.type_name() == other.type_name() {
        value(this)
    } else {
        format!("{} ({})", value(this), this.type_name())
    }
}

/// A value for reading: text in quotes, so that "5" is not 5.
fn value(value: &Value) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::F32(n) => decimal::single(n.to_bits()),
        Value::F64(n) => decimal::double(n.to_bits()),
        Value::Decimal { scale, value } => format!("{value}/10^{scale}"),
        Value::LongStr(text) => format!("\"{text}\""),
        Value::Binary(octets) => format!("{} octets", octets.len()),
        Value::Array(items) => format!("an array of {}", items.len()),
        Value::Table(table) => format!("a table of {}", table.len()),
        Value::Timestamp(seconds) => format!("{seconds} s since 1970"),
        Value::Void => "void".to_owned(),
        other => other.as_integer().unwrap_or_default().to_string(),
    }
}

fn destination(target: &BindTarget) -> String {
    match target {
        BindTarget::Queue(_, name) => format!("queue {name}"),
        BindTarget::Exchange(name) => format!("exchange {name}"),
    }
}

/// A key, so that the empty one can be seen.
fn shown(key: &str) -> &str {
    if key.is_empty() { "\"\"" } else { key }
}

fn word_shown(word: &str) -> String {
    if word.is_empty() { "the empty word".to_owned() } else { word.to_owned() }
}

/// "a, b and c"
fn and<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => format!("{} and {}", join(first, ", "), last.as_ref()),
    }
}

fn join<T: AsRef<str>>(names: &[T], between: &str) -> String {
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(between)
}

/// The place counted from 0, as a word counted from 1.
fn ordinal(place: usize) -> String {
    const FIRST: [&str; 9] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
    match FIRST.get(place) {
        Some(word) => (*word).to_owned(),
        None => {
            let n = place + 1;
            let ending = match (n % 10, n % 100) {
                (_, 11..=13) => "th",
                (1, _) => "st",
                (2, _) => "nd",
                (3, _) => "rd",
                _ => "th",
            };
            format!("{n}{ending}")
        }
    }
}
