//! How much room things need. The scene draws into exactly this room.

use crate::draw::geometry::snap;
use crate::draw::letters::{self, Face};
use crate::frame::{ClientState, Link, LinkKind, Node, NodeBody, ignores_key, key_is_weight};

/// Font size of names.
pub(in crate::draw) const NAME: f64 = 13.0;
/// Font size of notes and numbers.
pub(in crate::draw) const NOTE: f64 = 11.0;
/// Font size of binding keys.
pub(in crate::draw) const KEY: f64 = 13.0;
/// Height of a line of notes.
pub(in crate::draw) const NOTE_LINE: f64 = 15.0;
/// Room for the words under a client or an exchange.
pub(in crate::draw) const WORDS: f64 = 208.0;
/// Room for the name of a client or an exchange.
pub(in crate::draw) const NAME_ROOM: f64 = 168.0;
/// Room for a binding key.
const KEY_ROOM: f64 = 192.0;
/// Lines of a headers binding that are shown.
const KEY_LINES: usize = 5;
/// Room kept for a queue's numbers beside its name.
const NUMBERS: f64 = 152.0;
/// Height of a tube.
pub(in crate::draw) const TUBE: f64 = 48.0;
/// Length of the tip of a tag.
pub(in crate::draw) const TIP: f64 = 24.0;
/// From one slot of a consumer to the next.
pub(in crate::draw) const SLOT: f64 = 28.0;
/// Least height of a loop of an exchange bound to itself.
const LOOP: f64 = 40.0;
/// From the side of one loop to the next.
pub(in crate::draw) const LOOP_SIDE: f64 = 8.0;

/// The room of a node: its body, and with its words.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::draw) struct Measure {
    /// Width of the body.
    pub width: f64,
    /// Height of the body.
    pub height: f64,
    /// From the centre to either side, words included.
    pub side: f64,
    /// From the centre to the top, words included.
    pub up: f64,
    /// From the centre to the bottom, words included.
    pub down: f64,
}

/// Columns and rows of a consumer's slots.
pub(in crate::draw) fn slots(prefetch: u16) -> (usize, usize) {
    match prefetch {
        1..=4 => (usize::from(prefetch), 1),
        0 => (4, 1),
        5 | 6 => (3, 2),
        _ => (4, 2),
    }
}

/// Adds room above `room` for bindings of an exchange to itself.
pub(in crate::draw) fn add_loops(room: &mut Measure, tags: &[Option<&Tag>]) {
    if tags.is_empty() {
        return;
    }
    for tag in tags {
        room.up += loop_height(*tag);
        room.side = room.side.max(snap(tag.map_or(0.0, |tag| tag.width) / 2.0));
    }
    room.side += LOOP_SIDE * (tags.len() as f64 + 1.0);
}

/// Height of one loop with what is written on it.
pub(in crate::draw) fn loop_height(tag: Option<&Tag>) -> f64 {
    tag.map_or(LOOP, |tag| LOOP.max(tag.height + 16.0))
}

/// The room of `node`; `sends`: lines to exchanges start here.
pub(in crate::draw) fn node(node: &Node, sends: bool) -> Measure {
    match &node.body {
        NodeBody::Client { .. } => client(node, sends),
        NodeBody::Exchange { .. } => {
            let name = letters::width(&letters::clean(&node.label), NAME, Face::Bold);
            let note = letters::width(&node.note, NOTE, Face::Sans).min(WORDS);
            let side = snap(name.min(NAME_ROOM).max(note).max(72.0) / 2.0);
            let below = if node.note.is_empty() { 8.0 } else { 24.0 };
            Measure { width: 72.0, height: 64.0, side, up: 56.0, down: 32.0 + below }
        }
        NodeBody::Queue { real_name, .. } => {
            let name = letters::width(&letters::clean(&node.label), NAME, Face::Bold);
            let width = snap((name + NUMBERS).clamp(224.0, 320.0));
            let lines = note_lines(&node.note, width).len() + usize::from(real_name.is_some());
            let down = TUBE / 2.0 + 8.0 + snap(lines as f64 * NOTE_LINE);
            Measure { width, height: TUBE, side: width / 2.0, up: TUBE / 2.0 + 24.0, down }
        }
    }
}

fn client(node: &Node, sends: bool) -> Measure {
    let NodeBody::Client { state, publishes, consumes } = &node.body else {
        return Measure::default();
    };
    let name = letters::width(&letters::clean(&node.label), NAME, Face::Bold).min(NAME_ROOM);
    let note = letters::width(&node.note, NOTE, Face::Sans);
    let many = publishes.as_ref().is_some_and(|face| face.confirms)
        || matches!(state, ClientState::Closed { .. });
    let words = note.clamp(if many { WORDS } else { 128.0 }, WORDS);
    let lines = 8.0 + 2.0 * NOTE_LINE + 2.0;
    let Some(consumes) = consumes else {
        let width = snap((name + 24.0 + TIP).clamp(96.0, 208.0));
        let side = snap(width.max(words) / 2.0);
        return Measure { width, height: 48.0, side, up: 24.0, down: 24.0 + lines };
    };
    let (columns, rows) = slots(consumes.prefetch);
    let tip = if sends { TIP } else { 0.0 };
    let width = (columns as f64 * SLOT + 16.0).max(72.0) + tip;
    let height = if rows > 1 { 72.0 } else { 48.0 };
    let side = snap(width.max(words).max(name) / 2.0);
    Measure { width, height, side, up: height / 2.0 + 24.0, down: height / 2.0 + lines }
}

/// Room for words under a tube of `width`. Its right end stays free: messages
/// that are lost fall down from there.
pub(in crate::draw) const fn under_tube(width: f64) -> f64 {
    width - 56.0
}

/// The lines of a queue's note, at most two, broken between its parts.
pub(in crate::draw) fn note_lines(note: &str, width: f64) -> Vec<String> {
    let (note, room) = (letters::clean(note), under_tube(width));
    let mut lines: Vec<String> = Vec::new();
    for part in note.split(" · ").filter(|part| !part.is_empty()) {
        let longer = lines.last().map(|line| format!("{line} · {part}"));
        let longer = longer
            .filter(|longer| lines.len() > 1 || letters::width(longer, NOTE, Face::Sans) <= room);
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) => *line = longer,
            _ => lines.push(part.to_owned()),
        }
    }
    lines
}

/// Gives all tubes the same length, and all tags: things of a kind line up.
pub(in crate::draw) fn even(nodes: &[Node], rooms: &mut [Measure]) {
    let kind = |node: &Node| match &node.body {
        NodeBody::Queue { .. } => Some(0),
        NodeBody::Client { consumes: None, .. } => Some(1),
        NodeBody::Client { .. } | NodeBody::Exchange { .. } => None,
    };
    for each in [0, 1] {
        let own = |(node, _): &(&Node, &mut Measure)| kind(node) == Some(each);
        let width = nodes.iter().zip(rooms.iter_mut()).filter(own).map(|(_, room)| room.width);
        let width = width.fold(0.0, f64::max);
        for (_, room) in nodes.iter().zip(rooms.iter_mut()).filter(own) {
            room.width = width;
            room.side = room.side.max(width / 2.0);
        }
    }
}

/// What is written on a line, and the room it needs.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::draw) struct Tag {
    /// One line for a key, one per header for a headers binding.
    pub lines: Vec<String>,
    /// Width of the chip.
    pub width: f64,
    /// Height of the chip.
    pub height: f64,
    /// Whether it is a word about the line instead of a key.
    pub plain: bool,
}

/// What to write on `link`, given the type of the exchange it starts from.
pub(in crate::draw) fn tag(link: &Link, source: Option<&str>) -> Option<Tag> {
    let (key, arguments) = match &link.kind {
        LinkKind::Alternate => return Some(plain("alternate")),
        LinkKind::DeadLetter => return Some(plain("dead letter")),
        LinkKind::Publishes | LinkKind::Implicit | LinkKind::Consumes => return None,
        LinkKind::Binding { key, arguments } => (key, arguments),
    };
    match source {
        Some(kind) if key.is_empty() && ignores_key(kind) => None,
        Some("headers") if !arguments.is_empty() => {
            let mut lines: Vec<String> = arguments
                .split(", ")
                .map(|line| letters::shown(line, KEY_ROOM, NOTE, Face::Mono))
                .collect();
            if lines.len() > KEY_LINES {
                lines.truncate(KEY_LINES - 1);
                lines.push("…".to_owned());
            }
            let widest =
                lines.iter().map(|line| letters::width(line, NOTE, Face::Mono)).fold(0.0, f64::max);
            let height = snap(lines.len() as f64 * NOTE_LINE + 8.0);
            Some(Tag { lines, width: snap(widest + 20.0), height, plain: false })
        }
        Some("headers") => Some(plain("no headers")),
        Some(kind) if !key.is_empty() && key_is_weight(kind) => {
            let words = format!("weight {key}");
            Some(plain(&letters::shown(&words, KEY_ROOM, NOTE, Face::Sans)))
        }
        _ if key.is_empty() => Some(plain("empty key")),
        _ => {
            let line = letters::elide(&letters::clean(key), KEY_ROOM, KEY, Face::Mono);
            let width = snap(letters::width(&line, KEY, Face::Mono) + 18.0);
            Some(Tag { lines: vec![line], width, height: 24.0, plain: false })
        }
    }
}

fn plain(word: &str) -> Tag {
    let width = snap(letters::width(word, NOTE, Face::Sans) + 16.0);
    Tag { lines: vec![word.to_owned()], width, height: 24.0, plain: true }
}
