//! Frames made by hand, for pictures to look at and for tests.

use warren_core::frame::{
    Chip, ClientState, ConsumerFace, Dot, DotKind, Frame, Label, Link, LinkId, LinkKind, Node,
    NodeBody, Path, PublisherFace, Verdict,
};
use warren_core::scenario::NodeId;
use warren_core::time::Tick;

pub(crate) struct Stage(pub(crate) Frame);

pub(crate) fn client(name: &str) -> NodeId {
    NodeId::Client(name.into())
}

pub(crate) fn exchange(name: &str) -> NodeId {
    NodeId::Exchange(name.into())
}

pub(crate) fn queue(name: &str) -> NodeId {
    NodeId::Queue(name.into())
}

pub(crate) fn chip(label: &str, colour: u8, position: u64) -> Chip {
    Chip {
        label: called(label),
        colour,
        redelivered: false,
        dead_lettered: false,
        settled: false,
        gone: false,
        position,
    }
}

/// The label that reads `text`: what comes before its last digits, and those.
pub(crate) fn called(text: &str) -> Label {
    let letter = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = text[letter.len()..].parse().unwrap_or_default();
    Label { letter: letter.into(), number }
}

pub(crate) fn line(from: NodeId, to: NodeId, index: u32) -> LinkId {
    LinkId { from, to, index }
}

impl Stage {
    pub(crate) fn new(title: &str, caption: &str) -> Self {
        Self(Frame {
            now: Tick(4_200_000),
            title: Some(title.to_owned()),
            caption: Some(caption.to_owned()).filter(|text| !text.is_empty()),
            ..Frame::default()
        })
    }

    pub(crate) fn node(
        &mut self,
        id: NodeId,
        label: &str,
        note: &str,
        body: NodeBody,
    ) -> &mut Self {
        let (label, note) = (label.into(), note.into());
        self.0.nodes.push(Node { id, label, note, body, placed: None });
        self
    }

    pub(crate) fn publisher(&mut self, name: &str, note: &str, sent: u64) -> &mut Self {
        let publishes =
            Some(PublisherFace { letter: "A".into(), published: sent, ..PublisherFace::default() });
        let state = ClientState::Running;
        self.node(client(name), name, note, NodeBody::Client { state, publishes, consumes: None })
    }

    pub(crate) fn consumer(
        &mut self,
        name: &str,
        prefetch: u16,
        holds: &[(&str, u8)],
    ) -> &mut Self {
        let note = match prefetch {
            0 => "no prefetch limit".to_owned(),
            n => format!("prefetch {n}"),
        };
        let consumes = Some(ConsumerFace {
            prefetch,
            auto_ack: false,
            holds: holds
                .iter()
                .enumerate()
                .map(|(i, (label, colour))| chip(label, *colour, i as u64))
                .collect(),
            held: holds.len() as u64,
            gone: 0,
            progress: (!holds.is_empty()).then_some(370),
            received: 12,
            acked: 11,
        });
        let state = ClientState::Running;
        self.node(client(name), name, &note, NodeBody::Client { state, publishes: None, consumes })
    }

    pub(crate) fn exchange(&mut self, name: &str, kind: &str) -> &mut Self {
        let body = NodeBody::Exchange {
            kind: kind.into(),
            internal: false,
            declared: !name.is_empty() && !name.starts_with("amq."),
        };
        self.node(exchange(name), name, kind, body)
    }

    pub(crate) fn queue(&mut self, name: &str, ready: u64, unacked: u64) -> &mut Self {
        let head = (0..ready.min(Node::SHOWN as u64))
            .map(|i| chip(&format!("A{}", i + 9), [0, 0, 1, 0, 2, 1, 3, 0][i as usize % 8], i + 3))
            .collect();
        let body = NodeBody::Queue { ready, unacked, head, real_name: None };
        self.node(queue(name), name, "", body)
    }

    pub(crate) fn link(&mut self, from: NodeId, to: NodeId, kind: LinkKind) -> &mut Self {
        let index =
            self.0.links.iter().filter(|l| l.id.from == from && l.id.to == to).count() as u32;
        let id = LinkId { from, to, index };
        self.0.links.push(Link { id, kind, verdict: Verdict::None });
        self
    }

    pub(crate) fn publishes(&mut self, from: &str, to: &str) -> &mut Self {
        self.link(client(from), exchange(to), LinkKind::Publishes)
    }

    pub(crate) fn bind(&mut self, from: &str, to: NodeId, key: &str) -> &mut Self {
        let kind = LinkKind::Binding { key: key.into(), arguments: "".into() };
        self.link(exchange(from), to, kind)
    }

    pub(crate) fn headers(&mut self, from: &str, to: NodeId, arguments: &str) -> &mut Self {
        let kind = LinkKind::Binding { key: "".into(), arguments: arguments.into() };
        self.link(exchange(from), to, kind)
    }

    pub(crate) fn verdict(&mut self, verdict: Verdict) -> &mut Self {
        self.0.links.last_mut().expect("a link was added before").verdict = verdict;
        self
    }

    pub(crate) fn consumes(&mut self, from: &str, by: &str) -> &mut Self {
        self.link(queue(from), client(by), LinkKind::Consumes)
    }

    pub(crate) fn dot(
        &mut self,
        kind: DotKind,
        path: Path,
        progress: u32,
        label: &str,
        colour: u8,
    ) {
        let id = self.0.dots.len() as u64 + 1;
        self.0.dots.push(Dot {
            id,
            kind,
            path,
            progress,
            label: called(label),
            colour,
            redelivered: false,
            dead_lettered: false,
            gone: false,
        });
    }

    pub(crate) fn body(&mut self) -> &mut NodeBody {
        &mut self.0.nodes.last_mut().expect("a node was added before").body
    }

    pub(crate) fn note(&mut self, note: &str) -> &mut Self {
        self.0.nodes.last_mut().expect("a node was added before").note = note.into();
        self
    }
}
