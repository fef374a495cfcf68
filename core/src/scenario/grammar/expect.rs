//! What `expect` can say.

use super::client;
use crate::broker::Name;
use crate::scenario::cursor::{Cursor, Role};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::document::{Document, NodeId};
use crate::scenario::expectation::{Claim, Compare, During, Expectation, How, Sent};
use crate::scenario::rules::{BAD_RANGE, NOT_A_STATE, NOT_AN_EVENT, REPEATED_SETTING};
use crate::scenario::words::{
    CLAIMS, CLIENT_COUNTS, CONTENT, DEATH, EXCHANGE_COUNTS, FATES, HOWS, QUEUE_COUNTS,
};
use crate::time::{Span, Tick};

/// `expect`, with the instant that stood in front of it.
pub(super) fn expectation(
    c: &mut Cursor<'_>,
    head: usize,
    outer: Option<Tick>,
) -> Option<Expectation> {
    let span = c.here();
    let mut at = outer;
    if c.has("at") {
        let inner = time(c)?;
        if at.is_some() {
            return c.fault(&REPEATED_SETTING, span, &["at"]);
        }
        at = Some(inner);
    }
    let word = c.keyword(&HOWS.map(|(word, _)| word));
    let during = match HOWS.iter().find(|(known, _)| Some(*known) == word) {
        Some(_) if at.is_some() => return c.fault(&REPEATED_SETTING, span, &["at"]),
        Some((_, how)) => Some(during(c, *how)?),
        None => None,
    };
    c.clause("expect".into(), head);
    let start = c.index();
    let first = claim(c)?;
    let lasts = during
        .is_none_or(|during| first.is_state() || (during.how != How::Always && first.is_event()));
    if let (Some(word), false) = (word, lasts) {
        let finding = Diagnostic::new(&NOT_A_STATE, span, &[word]);
        c.report(finding.help(format!("take `{word}` away")));
    }
    let claim = if c.has("then") { in_order(c, start, first)? } else { first };
    if let (Some(word), Claim::InOrder(_)) = (word, &claim) {
        let finding = Diagnostic::new(&NOT_A_STATE, span, &[word]);
        c.report(
            finding.help(format!("take `{word}` away: an order is looked for in the whole run")),
        );
    }
    c.clause("head".into(), start);
    Some(Expectation { at, during, claim })
}

fn time(c: &mut Cursor<'_>) -> Option<Tick> {
    let time = c.duration("a time like 3s", Span(Document::MAX_END.0))?;
    Some(Tick(time.0))
}

/// `from T to T`, each of which may be missing.
fn during(c: &mut Cursor<'_>, how: How) -> Option<During> {
    let span = c.here();
    let from = if c.has("from") { Some(time(c)?) } else { None };
    let to = if c.has("to") { Some(time(c)?) } else { None };
    if let (Some(a), Some(b)) = (from, to)
        && a > b
    {
        return c.fault(&BAD_RANGE, span, &[&a.to_string(), &b.to_string()]);
    }
    Some(During { how, from, to })
}

/// Further events behind `then`.
fn in_order(c: &mut Cursor<'_>, start: usize, first: Claim) -> Option<Claim> {
    let mut list = vec![first];
    let mut start = start;
    loop {
        if !list.last().is_some_and(Claim::is_event) {
            let span = c.since(start);
            return c.fault(&NOT_AN_EVENT, span, &[]);
        }
        if list.len() > 1 && !c.has("then") {
            return Some(Claim::InOrder(list));
        }
        start = c.index();
        list.push(claim(c)?);
    }
}

fn claim(c: &mut Cursor<'_>) -> Option<Claim> {
    let all = "queue, exchange, client, message, channel, connection or refused";
    match c.one_of(all, CLAIMS)? {
        "queue" => queue(c),
        "exchange" => exchange(c),
        "client" => client_claim(c),
        "message" => message(c),
        "channel" => {
            let channel = c.number("a channel number", 1..=65_535)?;
            let channel = u16::try_from(channel).ok()?;
            let (client, code) = closes(c)?;
            Some(Claim::ChannelCloses { channel, client, code })
        }
        "connection" => {
            let (client, code) = closes(c)?;
            Some(Claim::ConnectionCloses { client, code })
        }
        _ => Some(Claim::Refused { code: code(c)? }),
    }
}

fn exists(c: &mut Cursor<'_>, node: NodeId) -> Option<Claim> {
    let there = c.one_of("`there` or `gone`", &["there", "gone"])? == "there";
    Some(Claim::Exists { node, there })
}

fn exchange(c: &mut Cursor<'_>) -> Option<Claim> {
    let exchange = c.named("an exchange", Role::Exchange)?;
    if c.one_of("`has`, `is there` or `is gone`", &["has", "is"])? == "is" {
        return exists(c, NodeId::Exchange(exchange));
    }
    let (compare, count) = compare(c)?;
    let words: Vec<&'static str> = EXCHANGE_COUNTS.iter().map(|(word, _)| *word).collect();
    let word = c.one_of("received or unroutable", &words)?;
    let found = EXCHANGE_COUNTS.iter().find(|(known, _)| *known == word);
    Some(Claim::Exchange { exchange, what: found?.1, compare, count })
}

fn queue(c: &mut Cursor<'_>) -> Option<Claim> {
    let at = c.uses.len();
    let queue = c.some_named("a queue", Role::CountedQueue)?;
    if c.one_of("`has` or `is gone`", &["has", "is"])? == "is" {
        // A queue that never was is gone as well; worth a warning at most.
        c.uses[at].role = Role::Queue;
        return exists(c, NodeId::Queue(queue));
    }
    let (compare, count) = compare(c)?;
    let words: Vec<&'static str> =
        QUEUE_COUNTS.iter().flat_map(|(one, many, _)| [*one, *many]).collect();
    let word = c.one_of("ready, unacked, messages, consumers or received", &words)?;
    let found = QUEUE_COUNTS.iter().find(|(one, many, _)| word == *one || word == *many);
    Some(Claim::Queue { queue, what: found?.2, compare, count })
}

fn client_claim(c: &mut Cursor<'_>) -> Option<Claim> {
    let client = c.some_named("a client's name", Role::Client)?;
    if c.one_of("`has` or `receives`", &["has", "receives"])? == "receives" {
        let label = |c: &mut Cursor<'_>| c.named("a message like A17", Role::Label);
        let messages = c.list(label)?.iter().map(ToString::to_string).collect();
        return Some(Claim::Receives { client, messages });
    }
    let (compare, count) = compare(c)?;
    let words: Vec<&'static str> = CLIENT_COUNTS.iter().map(|(word, _)| *word).collect();
    let all = "published, confirmed, nacked, returned, received, acked or redelivered";
    let word = c.one_of(all, &words)?;
    let found = CLIENT_COUNTS.iter().find(|(known, _)| *known == word);
    Some(Claim::Client { client, what: found?.1, compare, count })
}

/// `3`, `at least 3`, `at most 3`.
fn compare(c: &mut Cursor<'_>) -> Option<(Compare, u64)> {
    let compare = if c.has("at") {
        match c.one_of("`least` or `most`", &["least", "most"])? {
            "least" => Compare::AtLeast,
            _ => Compare::AtMost,
        }
    } else {
        Compare::Exactly
    };
    Some((compare, c.count("a count", 0, u64::MAX)?))
}

fn message(c: &mut Cursor<'_>) -> Option<Claim> {
    let message = c.named("a message like A17", Role::Label)?.to_string();
    if c.has("has") {
        return if c.has("x-death") { death(c, message) } else { content(c, message) };
    }
    if c.has("is") {
        let does = !c.has("never");
        let words: Vec<&'static str> = FATES.iter().map(|(word, _)| *word).collect();
        let word = c.one_of("returned, confirmed, dead-lettered or another fate", &words)?;
        let fate = FATES.iter().find(|(known, _)| *known == word)?.1;
        return Some(Claim::Becomes { message, fate, does });
    }
    let does = !c.has("never");
    c.one_of("`reaches`, `never reaches`, `is` or `has x-death`", &["reaches"])?;
    let whom = if c.has("queue") {
        NodeId::Queue(c.some_named("a queue", Role::CountedQueue)?)
    } else if c.has("exchange") {
        NodeId::Exchange(c.named("an exchange", Role::Exchange)?)
    } else {
        let _ = c.has("client");
        NodeId::Client(c.some_named("a client's name", Role::Client)?)
    };
    Some(Claim::Reaches { message, whom, does })
}

/// `has x-death queue Q reason R count N`, of which one or two may be missing.
fn death(c: &mut Cursor<'_>, message: String) -> Option<Claim> {
    let (mut queue, mut reason, mut count) = (None, None, None);
    while let Some(word) = c.keyword(DEATH) {
        match word {
            "queue" => queue = Some(c.some_named("a queue", Role::CountedQueue)?),
            "reason" => reason = Some(c.name("a reason like rejected")?.0),
            _ => count = Some(c.count("how often", 1, u64::MAX)?),
        }
    }
    Some(Claim::Death { message, queue, reason, count })
}

/// `has key K body T header N V no-header N …`, at least one of them.
fn content(c: &mut Cursor<'_>, message: String) -> Option<Claim> {
    let mut content = Sent::default();
    let mut word = Some(c.one_of("`x-death`, `key`, `body`, `header` or a property", CONTENT)?);
    while let Some(known) = word {
        match known {
            "key" => content.key = Some(client::routing_key(c)?),
            "body" => content.body = Some(client::body(c)?),
            "header" => drop(client::header(c, &mut content.headers)?),
            "no-header" => content.without.push(c.name("a header's name")?.0),
            _ => drop(client::property(c, known, &mut content.properties)?),
        }
        word = c.keyword(CONTENT);
    }
    Some(Claim::Has { message, content: Box::new(content) })
}

/// `of CLIENT closes with CODE`
fn closes(c: &mut Cursor<'_>) -> Option<(Name, u16)> {
    c.one_of("`of`", &["of"])?;
    let client = c.some_named("a client's name", Role::Client)?;
    c.one_of("`closes`", &["closes"])?;
    c.one_of("`with`", &["with"])?;
    Some((client, code(c)?))
}

fn code(c: &mut Cursor<'_>) -> Option<u16> {
    let code = c.number("a reply code", 100..=999)?;
    u16::try_from(code).ok()
}
