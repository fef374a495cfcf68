//! The picture in words: for readers who listen, and for terminals.

use crate::frame::{
    Chip, ClientState, Dot, DotKind, Frame, Link, LinkKind, Node, NodeBody, Path, Verdict,
    key_is_weight,
};
use crate::scenario::NodeId;

/// What a node is called in a sentence.
#[must_use]
pub fn name(id: &NodeId) -> String {
    match id {
        NodeId::Client(name) => format!("client {name}"),
        NodeId::Exchange(name) if name.is_empty() => "the default exchange".to_owned(),
        NodeId::Exchange(name) => format!("exchange {name}"),
        NodeId::Queue(name) => format!("queue {name}"),
    }
}

/// A sentence without the full stop for one node: what it is and its numbers,
/// without what changes all the time.
#[must_use]
pub fn node(node: &Node) -> String {
    sentence(node, false)
}

fn sentence(node: &Node, progress: bool) -> String {
    let words = match &node.body {
        NodeBody::Client { .. } => client(node, progress),
        NodeBody::Exchange { kind, internal, .. } => {
            let internal = if *internal { ", internal" } else { "" };
            match &node.id {
                NodeId::Exchange(name) if name.is_empty() => {
                    format!("Default exchange: {kind}{internal}")
                }
                _ => format!("Exchange {}: {kind}{internal}", node.label),
            }
        }
        NodeBody::Queue { ready, unacked, real_name, .. } => {
            let real = real_name.as_ref().map_or(String::new(), |name| format!(" ({name})"));
            format!("Queue {}{real}: {ready} ready, {unacked} unacked", node.label)
        }
    };
    let said = match &node.body {
        NodeBody::Exchange { kind, .. } => {
            node.note.contains(&**kind) || node.id == NodeId::Exchange("".into())
        }
        NodeBody::Client { .. } | NodeBody::Queue { .. } => false,
    };
    if said || node.note.is_empty() { words } else { format!("{words}; {}", node.note) }
}

fn client(node: &Node, progress: bool) -> String {
    let NodeBody::Client { state, publishes, consumes } = &node.body else {
        return String::new();
    };
    let role = match (publishes, consumes) {
        (Some(_), None) => "Publisher",
        (None, Some(_)) => "Consumer",
        _ => "Client",
    };
    let mut parts = Vec::new();
    match state {
        ClientState::Running => {}
        ClientState::Connecting => parts.push("connecting".to_owned()),
        ClientState::Stopped => parts.push("stopped".to_owned()),
        ClientState::Crashed => parts.push("crashed".to_owned()),
        ClientState::Cut => parts.push("network cut".to_owned()),
        ClientState::Blocked => parts.push("blocked by the broker".to_owned()),
        ClientState::Closed { code: 0, text, .. } => parts.push(format!("connection lost: {text}")),
        ClientState::Closed { code, text, connection } => {
            let what = if *connection { "connection" } else { "channel" };
            parts.push(format!("{what} closed by the broker with {code} {text}"));
        }
    }
    if let Some(face) = publishes {
        parts.push(format!("{} sent", face.published));
        let optional = [
            (face.confirms, face.confirmed, "confirmed"),
            (face.nacked > 0, face.nacked, "refused with a nack"),
            (face.returned > 0, face.returned, "returned"),
        ];
        parts.extend(
            optional.iter().filter(|(show, ..)| *show).map(|(_, n, word)| format!("{n} {word}")),
        );
    }
    if let Some(face) = consumes {
        parts.push(match (face.held, face.progress, face.holds.first()) {
            (0, ..) => "holds nothing".to_owned(),
            (n, Some(done), Some(first)) if progress => {
                format!("holds {n}, {} % through {}", done.min(1000) / 10, chip(first))
            }
            (n, ..) => format!("holds {n}"),
        });
        parts.extend((face.gone > 0).then(|| format!("{} of a deleted queue", face.gone)));
        parts.push(match face.auto_ack {
            true => format!("{} received", face.received),
            false => format!("{} received, {} acked", face.received, face.acked),
        });
    }
    format!("{role} {}: {}", node.label, parts.join(", "))
}

/// A message that stands still: its label and what happened to it.
#[must_use]
pub fn chip(chip: &Chip) -> String {
    let mut words = chip.label.to_string();
    for (marked, word) in [
        (chip.redelivered, " redelivered"),
        (chip.dead_lettered, " dead-lettered"),
        (chip.settled, " settled"),
        (chip.gone, " of a deleted queue"),
    ] {
        if marked {
            words.push_str(word);
        }
    }
    words
}

/// A line: what it is and what it says; `kind` is the type of the exchange it
/// starts from, if it starts from one.
#[must_use]
pub fn link(link: &Link, kind: Option<&str>) -> String {
    let (from, to) = (name(&link.id.from), name(&link.id.to));
    match &link.kind {
        LinkKind::Publishes => format!("{from} publishes to {to}"),
        LinkKind::Consumes => format!("{to} consumes from {from}"),
        LinkKind::Implicit => format!("{from} reaches {to} by its name"),
        LinkKind::Alternate => format!("{from} passes what it cannot route to {to}"),
        LinkKind::DeadLetter => format!("{from} dead-letters to {to}"),
        LinkKind::Binding { key, arguments } => {
            let what = if kind.is_some_and(key_is_weight) { "weight" } else { "key" };
            let with = match (key.is_empty(), arguments.is_empty()) {
                (true, true) => "without a key".to_owned(),
                (false, true) => format!("with {what} {key}"),
                (true, false) => format!("with {arguments}"),
                (false, false) => format!("with {what} {key} and {arguments}"),
            };
            let verdict = match link.verdict {
                Verdict::None => "",
                Verdict::Matched => ": matched",
                Verdict::Missed { .. } => ": missed",
            };
            format!("{to} is bound to {from} {with}{verdict}")
        }
    }
}

/// What moves: which message or signal, and from where to where.
#[must_use]
pub fn dot(dot: &Dot) -> String {
    let what = match dot.kind {
        DotKind::Message => "Message",
        DotKind::Unroutable => "Unroutable message",
        DotKind::Returned => "Returned message",
        DotKind::Requeued => "Requeued message",
        DotKind::Ack => "Ack for",
        DotKind::Nack => "Nack for",
        DotKind::Confirm => "Confirm for",
        DotKind::ConfirmNack => "Negative confirm for",
        DotKind::Rejected => "Rejected message",
        DotKind::Expired => "Expired message",
        DotKind::Dropped => "Dropped message",
    };
    let way = match &dot.path {
        Path::Along(link) => format!("from {} to {}", name(&link.from), name(&link.to)),
        Path::Back(link) => format!("from {} back to {}", name(&link.to), name(&link.from)),
        Path::Leaving(node) => format!("leaves at {}", name(node)),
        Path::Into { link, .. } => {
            format!("from {} back into its place in {}", name(&link.to), name(&link.from))
        }
    };
    let mut marks = String::new();
    if dot.redelivered {
        marks.push_str(", redelivered");
    }
    if dot.dead_lettered {
        marks.push_str(", dead-lettered");
    }
    if dot.gone {
        marks.push_str(", of a deleted queue,");
    }
    format!("{what} {}{marks} {way}", dot.label)
}

/// Everything a frame shows, one line per thing.
#[must_use]
pub fn describe(frame: &Frame) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(&super::letters::clean(text));
        out.push('\n');
    };
    match &frame.title {
        Some(title) => line(&format!("{title}, at {}", frame.now)),
        None => line(&format!("At {}", frame.now)),
    }
    if let Some(caption) = &frame.caption {
        line(caption);
    }
    if !frame.highlights.is_empty() {
        let names: Vec<String> = frame.highlights.iter().map(name).collect();
        line(&format!("Highlighted: {}.", names.join(", ")));
    }
    for each in &frame.nodes {
        line(&format!("{}.", sentence(each, true)));
        if let NodeBody::Queue { ready, head, .. } = &each.body
            && !head.is_empty()
        {
            let shown: Vec<String> = head.iter().map(chip).collect();
            let rest = ready.saturating_sub(head.len() as u64);
            let rest = if rest > 0 { format!(", and {rest} more") } else { String::new() };
            line(&format!("  From the head: {}{rest}.", shown.join(", ")));
        }
    }
    for each in &frame.links {
        let kind = frame.nodes.iter().find_map(|node| match &node.body {
            NodeBody::Exchange { kind, .. } if node.id == each.id.from => Some(&**kind),
            _ => None,
        });
        line(&format!("{}.", upper(&link(each, kind))));
    }
    if frame.dots.is_empty() {
        line("Nothing is on the move.");
    }
    for each in &frame.dots {
        line(&format!("{}.", dot(each)));
    }
    out
}

fn upper(text: &str) -> String {
    // What begins otherwise is a name, and stays as it is.
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
