//! Walking over the picture with arrow keys: right and left follow lines, up
//! and down go to the neighbour in the same column.

use super::message::Direction;
use crate::gesture::Point;
use warren_core::frame::Frame;
use warren_core::scenario::NodeId;

/// Where an arrow key leads from a node; `place` knows the nodes' middles.
#[must_use]
pub(crate) fn neighbour(
    frame: &Frame,
    place: &dyn Fn(&NodeId) -> Option<Point>,
    from: &NodeId,
    direction: Direction,
) -> Option<NodeId> {
    let here = place(from)?;
    let shown = |id: &&NodeId| frame.nodes.iter().any(|node| node.id == **id) && *id != from;
    let nearest = |ids: Vec<&NodeId>, weight: fn((f64, f64)) -> f64| {
        let distance = |id: &&NodeId| {
            let there = place(id).unwrap_or(here);
            weight(((there.x - here.x).abs(), (there.y - here.y).abs()))
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
        place(id).is_some_and(|there| {
            let (dx, dy) = (there.x - here.x, there.y - here.y);
            match direction {
                Direction::Right => dx > 1.0 && dx >= dy.abs(),
                Direction::Left => dx < -1.0 && -dx >= dy.abs(),
                Direction::Up => dy < -1.0 && -dy >= dx.abs() * 0.5,
                Direction::Down => dy > 1.0 && dy >= dx.abs() * 0.5,
            }
        })
    };
    let all = frame.nodes.iter().map(|node| &node.id);
    let rest: Vec<&NodeId> = all.filter(shown).filter(lies_there).collect();
    match direction {
        Direction::Left | Direction::Right => nearest(rest, |(dx, dy)| dx + 2.0 * dy),
        Direction::Up | Direction::Down => nearest(rest, |(dx, dy)| dy + 2.0 * dx),
    }
}

/// The node the tab stop is on when nobody has chosen one: the leftmost, and
/// of those the uppermost.
#[must_use]
pub(crate) fn first(frame: &Frame, place: &dyn Fn(&NodeId) -> Option<Point>) -> Option<NodeId> {
    let place = |id: &NodeId| place(id).unwrap_or_default();
    let nodes = frame.nodes.iter().map(|node| &node.id);
    nodes
        .min_by(|a, b| {
            let (a, b) = (place(a), place(b));
            a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
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
        let places = [
            ("shop", 0., 50.),
            ("x", 100., 50.),
            ("a", 200., 0.),
            ("b", 200., 60.),
            ("c", 200., 90.),
        ]
        .map(|(name, x, y)| (id(name), Point::new(x, y)));
        let place = |wanted: &NodeId| places.iter().find(|(id, _)| id == wanted).map(|(_, at)| *at);
        let node = |name: &str| Node {
            id: id(name),
            label: "".into(),
            note: "".into(),
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
        let go = |from, direction| neighbour(&frame, &place, &id(from), direction);
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
        assert_eq!(first(&frame, &place), Some(id("shop")));
    }
}
