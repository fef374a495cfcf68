//! What `expect` can say.

use crate::scenario::cursor::{Cursor, Role};
use crate::scenario::document::NodeId;
use crate::scenario::expectation::{Claim, ClientCount, Compare, QueueCount};
use crate::scenario::words::{CLAIMS, CLIENT_COUNTS, QUEUE_COUNTS};

pub(super) fn claim(c: &mut Cursor<'_>) -> Option<Claim> {
    match c.one_of("queue, client, message, channel, connection or refused", CLAIMS)? {
        "queue" => queue(c),
        "client" => client(c),
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

fn queue(c: &mut Cursor<'_>) -> Option<Claim> {
    let at = c.uses.len();
    let queue = c.some_named("a queue", Role::CountedQueue)?;
    if c.one_of("`has` or `is gone`", &["has", "is"])? == "is" {
        c.one_of("`gone`", &["gone"])?;
        // A queue that never was is gone as well; worth a warning at most.
        c.uses[at].role = Role::Queue;
        return Some(Claim::NoQueue { queue });
    }
    let (compare, count) = compare(c)?;
    let words: Vec<&'static str> =
        QUEUE_COUNTS.iter().flat_map(|(one, all)| [*one, *all]).collect();
    let word = c.one_of("ready, unacked, messages, consumers or received", &words)?;
    let what = match QUEUE_COUNTS.iter().position(|(one, all)| word == *one || word == *all) {
        Some(0) => QueueCount::Ready,
        Some(1) => QueueCount::Unacked,
        Some(2) => QueueCount::Messages,
        Some(3) => QueueCount::Consumers,
        _ => QueueCount::Received,
    };
    Some(Claim::Queue { queue, what, compare, count })
}

fn client(c: &mut Cursor<'_>) -> Option<Claim> {
    let client = c.some_named("a client's name", Role::Client)?;
    c.one_of("`has`", &["has"])?;
    let (compare, count) = compare(c)?;
    let all = "published, confirmed, nacked, returned, received, acked or redelivered";
    let what = match c.one_of(all, CLIENT_COUNTS)? {
        "published" => ClientCount::Published,
        "confirmed" => ClientCount::Confirmed,
        "nacked" => ClientCount::Nacked,
        "returned" => ClientCount::Returned,
        "received" => ClientCount::Received,
        "acked" => ClientCount::Acked,
        _ => ClientCount::Redelivered,
    };
    Some(Claim::Client { client, what, compare, count })
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
    let message = c.named("a message like A17", Role::Label)?;
    let does = !c.has("never");
    c.one_of("`reaches` or `never reaches`", &["reaches"])?;
    let whom = if c.has("queue") {
        NodeId::Queue(c.some_named("a queue", Role::CountedQueue)?)
    } else if c.has("exchange") {
        NodeId::Exchange(c.named("an exchange", Role::Exchange)?)
    } else {
        let _ = c.has("client");
        NodeId::Client(c.some_named("a client's name", Role::Client)?)
    };
    Some(Claim::Reaches { message: message.to_string(), whom, does })
}

/// `of CLIENT closes with CODE`
fn closes(c: &mut Cursor<'_>) -> Option<(crate::broker::Name, u16)> {
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
