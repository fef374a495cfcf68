//! Expectations.

use super::{Pieces, name, node_id, tick};
use crate::scenario::document::NodeId;
use crate::scenario::expectation::{Claim, ClientCount, Compare, Expectation, QueueCount};

pub(super) fn expect(out: &mut Pieces, expectation: &Expectation) {
    let at = expectation.at.map_or(String::new(), |at| format!(" at {}", tick(at)));
    out.add("expect", format!("expect{at}"));
    out.add("head", claim(&expectation.claim));
}

/// A claim as it stands in a scenario, without `expect`.
#[must_use]
pub fn claim(claim: &Claim) -> String {
    match claim {
        Claim::Queue { queue, what, compare, count } => {
            let word = queue_count(*what, *count);
            format!("queue {} has {}{count} {word}", name(queue), compared(*compare))
        }
        Claim::NoQueue { queue } => format!("queue {} is gone", name(queue)),
        Claim::Client { client, what, compare, count } => {
            let word = client_count(*what);
            format!("client {} has {}{count} {word}", name(client), compared(*compare))
        }
        Claim::Reaches { message, whom, does } => {
            let whom = match whom {
                NodeId::Client(client) => name(client),
                other => node_id(other),
            };
            let verb = if *does { "reaches" } else { "never reaches" };
            format!("message {} {verb} {whom}", name(message))
        }
        Claim::ChannelCloses { channel, client, code } => {
            format!("channel {channel} of {} closes with {code}", name(client))
        }
        Claim::ConnectionCloses { client, code } => {
            format!("connection of {} closes with {code}", name(client))
        }
        Claim::Refused { code } => format!("refused {code}"),
    }
}

fn compared(compare: Compare) -> &'static str {
    match compare {
        Compare::Exactly => "",
        Compare::AtLeast => "at least ",
        Compare::AtMost => "at most ",
    }
}

fn queue_count(what: QueueCount, count: u64) -> &'static str {
    match (what, count) {
        (QueueCount::Ready, _) => "ready",
        (QueueCount::Unacked, _) => "unacked",
        (QueueCount::Messages, 1) => "message",
        (QueueCount::Messages, _) => "messages",
        (QueueCount::Consumers, 1) => "consumer",
        (QueueCount::Consumers, _) => "consumers",
        (QueueCount::Received, _) => "received",
    }
}

fn client_count(what: ClientCount) -> &'static str {
    match what {
        ClientCount::Published => "published",
        ClientCount::Confirmed => "confirmed",
        ClientCount::Nacked => "nacked",
        ClientCount::Returned => "returned",
        ClientCount::Received => "received",
        ClientCount::Acked => "acked",
        ClientCount::Redelivered => "redelivered",
    }
}
