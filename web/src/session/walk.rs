//! Walking over the picture with arrow keys: right and left follow lines, up
//! and down go to the neighbour in the same column.

use super::message::Direction;
use std::collections::BTreeMap;
use warren_core::frame::Frame;
use warren_core::scenario::NodeId;

/// Where an arrow key leads from a node; `places` are the nodes' centres.
#[must_use]
pub(crate) fn neighbour(
    frame: &Frame,
    places: &BTreeMap<NodeId, (f64, f64)>,
    from: &NodeId,
    direction: Direction,
) -> Option<NodeId> {
    let here = *places.get(from)?;
    let shown = |id: &&NodeId| frame.nodes.iter().any(|node| node.id == **id) && *id != from;
    let nearest = |ids: Vec<&NodeId>, weight: fn((f64, f64)) -> f64| {
        let distance = |id: &&NodeId| {
            let there = places.get(*id).copied().unwrap_or(here);
            weight(((there.0 - here.0).abs(), (there.1 - here.1).abs()))
        };
        ids.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).cloned()
    };
    let along = match direction {
        Direction::Right => {
            frame.links.iter().filter(|l| l.id.from == *from).map(|l| &l.id.to).collect()
        }
        Direction::Left => {
            frame.links.iter().filter(|l| l.id.to == *from).map(|l| &l.id.from).collect()
        }
        Direction::Up | Direction::Down => Vec::new(),
    };
    let along: Vec<&NodeId> = along.into_iter().filter(shown).collect();
    if !along.is_empty() {
        return nearest(along, |(_, dy)| dy);
    }
    let lies_there = |id: &&NodeId| {
        places.get(*id).is_some_and(|there| {
            let (dx, dy) = (there.0 - here.0, there.1 - here.1);
            match direction {
                Direction::Right => dx > 1.0 && dx >= dy.abs(),
                Direction::Left => dx < -1.0 && -dx >= dy.abs(),
                Direction::Up => dy < -1.0 && -dy >= dx.abs() * 0.5,
                Direction::Down => dy > 1.0 && dy >= dx.abs() * 0.5,
            }
        })
    };
    let rest: Vec<&NodeId> = places.keys().filter(shown).filter(lies_there).collect();
    match direction {
        Direction::Left | Direction::Right => nearest(rest, |(dx, dy)| 2.0f64.mul_add(dy, dx)),
        Direction::Up | Direction::Down => nearest(rest, |(dx, dy)| 2.0f64.mul_add(dx, dy)),
    }
}

/// The node the tab stop is on when nobody has chosen one: the leftmost, and
/// of those the uppermost.
#[must_use]
pub(crate) fn first(frame: &Frame, places: &BTreeMap<NodeId, (f64, f64)>) -> Option<NodeId> {
    let place = |id: &NodeId| places.get(id).copied().unwrap_or_default();
    let nodes = frame.nodes.iter().map(|node| &node.id);
    nodes
        .min_by(|a, b| {
            let (a, b) = (place(a), place(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use warren_core::frame::{Link, LinkId, LinkKind, Node, NodeBody, Verdict};

    #[test]
    fn right_and_left_follow_lines_and_up_and_down_stay_in_the_column() {
        let id = |name: &str| match name {
            "shop" => NodeId::Client(name.into()),
            "x" => NodeId::Exchange(name.into()),
            _ => NodeId::Queue(name.into()),
        };
        let places: BTreeMap<NodeId, (f64, f64)> = [
            ("shop", 0., 50.),
            ("x", 100., 50.),
            ("a", 200., 0.),
            ("b", 200., 60.),
            ("c", 200., 90.),
        ]
        .map(|(name, x, y)| (id(name), (x, y)))
        .into();
        let node = |name: &str| Node {
            id: id(name),
            label: String::new(),
            note: String::new(),
            body: NodeBody::Queue { ready: 0, unacked: 0, head: Vec::new(), real_name: None },
            placed: None,
        };
        let link = |from: &str, to: &str| Link {
            id: LinkId { from: id(from), to: id(to), index: 0 },
            kind: LinkKind::Publishes,
            verdict: Verdict::None,
        };
        let frame = Frame {
            nodes: ["shop", "x", "a", "b", "c"].map(node).into(),
            links: vec![link("shop", "x"), link("x", "a"), link("x", "b")],
            ..Frame::default()
        };
        let go = |from, direction| neighbour(&frame, &places, &id(from), direction);
        let table = [
            ("shop", Direction::Right, Some("x")),
            ("x", Direction::Right, Some("b")),
            ("b", Direction::Left, Some("x")),
            ("b", Direction::Up, Some("a")),
            ("b", Direction::Down, Some("c")),
            ("c", Direction::Left, Some("x")),
            ("c", Direction::Down, None),
            ("shop", Direction::Left, None),
        ];
        for (from, direction, to) in table {
            assert_eq!(go(from, direction), to.map(id), "{from} {direction:?}");
        }
        assert_eq!(first(&frame, &places), Some(id("shop")));
    }
}
