//! Expectations.

use super::clients::property_word;
use super::{Pieces, name, names, node_id, quoted, tick};
use crate::scenario::document::NodeId;
use crate::scenario::expectation::{Claim, Compare, Expectation, Sent};
use crate::scenario::values;
use crate::scenario::words::HOWS;
use core::fmt::Write as _;

pub(super) fn expect(out: &mut Pieces, expectation: &Expectation) {
    let mut text = String::from("expect");
    if let Some(at) = expectation.at {
        let _ = write!(text, " at {}", tick(at));
    }
    if let Some(during) = expectation.during {
        let word = HOWS.iter().find(|(_, how)| *how == during.how).map_or("", |(word, _)| word);
        let _ = write!(text, " {word}");
        for (word, time) in [("from", during.from), ("to", during.to)] {
            if let Some(time) = time {
                let _ = write!(text, " {word} {}", tick(time));
            }
        }
    }
    out.add("expect", text);
    out.add("head", claim(&expectation.claim));
}

/// A claim as it stands in a scenario, without `expect`.
#[must_use]
pub fn claim(claim: &Claim) -> String {
    match claim {
        Claim::Queue { queue, what, compare, count } => {
            let (queue, word) = (name(queue), what.word(*count));
            format!("queue {queue} has {}{count} {word}", compared(*compare))
        }
        Claim::Exchange { exchange, what, compare, count } => {
            let word = what.word();
            format!("exchange {} has {}{count} {word}", name(exchange), compared(*compare))
        }
        Claim::Exists { node, there } => {
            format!("{} is {}", node_id(node), if *there { "there" } else { "gone" })
        }
        Claim::Client { client, what, compare, count } => {
            format!("client {} has {}{count} {}", name(client), compared(*compare), what.word())
        }
        Claim::Receives { client, messages } => {
            let messages = names(messages.iter().map(String::as_str));
            format!("client {} receives {messages}", name(client))
        }
        Claim::Reaches { message, whom, does } => {
            let whom = match whom {
                NodeId::Client(client) => name(client),
                other => node_id(other),
            };
            let verb = if *does { "reaches" } else { "never reaches" };
            format!("message {} {verb} {whom}", name(message))
        }
        Claim::Becomes { message, fate, does } => {
            let never = if *does { "" } else { "never " };
            format!("message {} is {never}{}", name(message), fate.word())
        }
        Claim::Has { message, content } => has(message, content),
        Claim::Death { message, queue, reason, count } => {
            let mut text = format!("message {} has x-death", name(message));
            for (word, of) in [("queue", queue), ("reason", reason)] {
                if let Some(of) = of {
                    let _ = write!(text, " {word} {}", name(of));
                }
            }
            if let Some(count) = count {
                let _ = write!(text, " count {count}");
            }
            text
        }
        Claim::ChannelCloses { channel, client, code } => {
            format!("channel {channel} of {} closes with {code}", name(client))
        }
        Claim::ConnectionCloses { client, code } => {
            format!("connection of {} closes with {code}", name(client))
        }
        Claim::Refused { code } => format!("refused {code}"),
        Claim::InOrder(claims) => {
            let claims: Vec<String> = claims.iter().map(self::claim).collect();
            claims.join(" then ")
        }
    }
}

fn has(message: &str, content: &Sent) -> String {
    let mut text = format!("message {} has", name(message));
    if let Some(key) = &content.key {
        let _ = write!(text, " key {}", name(key));
    }
    if let Some(body) = &content.body {
        let _ = write!(text, " body {}", quoted(body));
    }
    for (header, value) in content.headers.iter() {
        let _ = write!(text, " header {} {}", name(header), values::print(value));
    }
    for header in &content.without {
        let _ = write!(text, " no-header {}", name(header));
    }
    for (property, value) in &content.properties {
        let _ = write!(text, " {} {}", property_word(*property), name(value));
    }
    text
}

fn compared(compare: Compare) -> &'static str {
    match compare {
        Compare::Exactly => "",
        Compare::AtLeast => "at least ",
        Compare::AtMost => "at most ",
    }
}
