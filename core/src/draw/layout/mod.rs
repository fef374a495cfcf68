//! Where everything stands. A pure function of the cast: the frame that holds
//! every node and line which will ever appear. So nothing jumps when a queue
//! is declared or a consumer joins.

mod graph;
pub(in crate::draw) mod measure;
mod order;
mod place;
mod route;

use std::collections::BTreeMap;

use super::geometry::{Curve, Point, Rect};
use crate::frame::{Frame, LinkId, Node, NodeBody};
use crate::scenario::NodeId;
use measure::{Measure, Tag};
use order::{Net, What};
pub(super) use route::into_tube;

/// Places and ways.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Where each node stands.
    pub nodes: BTreeMap<NodeId, Place>,
    /// How each line runs.
    pub links: BTreeMap<LinkId, Route>,
    /// Everything with its words, without any margin.
    pub bounds: Rect,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// Its middle.
    pub centre: Point,
    /// Its body.
    pub body: Rect,
    /// Its body and its words.
    pub extent: Rect,
}

/// How a line runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// From its start to its end.
    pub curve: Curve,
    /// Where its key is written.
    pub chip: Option<Rect>,
    /// Whether it runs against the reading direction, around the others.
    pub around: bool,
}

impl Place {
    fn new(centre: Point, room: &Measure) -> Self {
        let Point { x, y } = centre;
        Self {
            centre,
            body: Rect::around(centre, room.width, room.height),
            extent: Rect::sides(x - room.side, y - room.up, x + room.side, y + room.down),
        }
    }

    /// Where lines leave.
    pub(super) fn exit(&self) -> Point {
        Point::new(self.body.right(), self.centre.y)
    }

    /// Where lines arrive.
    pub(super) fn entry(&self) -> Point {
        Point::new(self.body.x, self.centre.y)
    }
}

/// The type of the exchange a node is, if it is one.
fn exchange_kind(node: &Node) -> Option<&str> {
    match &node.body {
        NodeBody::Exchange { kind, .. } => Some(kind),
        _ => None,
    }
}

/// Places `cast`. Nodes with [`Node::placed`] stand there; the others stand
/// where they would stand anyway, so moving one moves no other.
#[must_use]
pub fn layout(cast: &Frame) -> Layout {
    let graph = graph::graph(cast);
    let mut loops = vec![0usize; cast.nodes.len()];
    for &(from, to) in graph.ends.iter().flatten() {
        loops[from] += usize::from(from == to);
    }
    let rooms: Vec<Measure> =
        cast.nodes.iter().zip(&loops).map(|(node, loops)| measure::node(node, *loops)).collect();
    let tags: Vec<Option<Tag>> = cast
        .links
        .iter()
        .zip(&graph.ends)
        .map(|(link, ends)| measure::tag(link, exchange_kind(&cast.nodes[(*ends)?.0])))
        .collect();
    let mut net = Net::new(cast, &graph, &rooms, &tags);
    net.untangle();
    place::heights(&mut net, graph.parts);
    let columns = place::columns(&net);

    let places: Vec<Place> = cast
        .nodes
        .iter()
        .enumerate()
        .map(|(i, node)| {
            let (left, right) = columns[graph.layer[i]];
            let auto = Point::new((left + right) / 2.0, net.items[i].y);
            let centre = node.placed.map_or(auto, |(x, y)| Point::new(f64::from(x), f64::from(y)));
            Place::new(centre, &rooms[i])
        })
        .collect();
    let mut router = route::Router::new(places.iter().map(|place| place.extent).collect());
    let mut routes: Vec<Option<Route>> = vec![None; cast.links.len()];
    let moved = |i: usize| cast.nodes[i].placed.is_some();
    let tangled = |ends: Option<(usize, usize)>| ends.is_some_and(|(a, b)| moved(a) || moved(b));
    for (link, chain) in net.chains.iter().enumerate() {
        if chain.len() >= 2 && !tangled(graph.ends[link]) {
            let route = forward(&net, chain, &columns, &places, tags[link].as_ref());
            router.keep_clear(route.chip);
            routes[link] = Some(route);
        }
    }
    let mut turn = vec![0usize; cast.nodes.len()];
    for (link, ends) in graph.ends.iter().enumerate() {
        let (Some((from, to)), None) = (*ends, &routes[link]) else { continue };
        let tag = tags[link].as_ref();
        let room = |i: usize| columns.get(graph.layer[i]).filter(|_| !moved(i)).copied();
        let route = if from == to {
            turn[from] += 1;
            router.round(&places[from], turn[from], tag)
        } else if places[from].body.right() + 24.0 <= places[to].body.x {
            router.across(&places[from], &places[to], tag)
        } else {
            router.around(&places[from], &places[to], room(from), room(to), tag)
        };
        routes[link] = Some(route);
    }
    collect(cast, places, routes)
}

/// A line that runs from column to column.
fn forward(
    net: &Net,
    chain: &[usize],
    columns: &[(f64, f64)],
    places: &[Place],
    tag: Option<&Tag>,
) -> Route {
    let mut pieces = Vec::new();
    let mut chip = None;
    let mut at = Point::default();
    for (step, &id) in chain.iter().enumerate() {
        let item = &net.items[id];
        let (left, right) = columns[item.layer];
        let (enter, leave) = (Point::new(left, item.y), Point::new(right, item.y));
        if step > 0 {
            pieces.push(super::geometry::level(at, enter));
        }
        match item.what {
            What::Node(i) if step == 0 => {
                pieces.push(super::geometry::straight(places[i].exit(), leave));
            }
            What::Node(i) => pieces.push(super::geometry::straight(enter, places[i].entry())),
            What::Chip(_) | What::Bend(_) => pieces.push(super::geometry::straight(enter, leave)),
        }
        if let (What::Chip(_), Some(tag)) = (item.what, tag) {
            let (w, h) = (tag.width, tag.height);
            chip = Some(Rect { x: left, y: item.y - h / 2.0, w, h });
        }
        at = leave;
    }
    Route { curve: Curve::new(pieces), chip, around: false }
}

fn collect(cast: &Frame, places: Vec<Place>, routes: Vec<Option<Route>>) -> Layout {
    let mut bounds: Option<Rect> = None;
    let mut cover = |area: Rect| {
        bounds = Some(bounds.map_or(area, |all| all.union(&area)));
    };
    for place in &places {
        cover(place.extent);
    }
    for route in routes.iter().flatten() {
        route.curve.bounds().into_iter().chain(route.chip).for_each(&mut cover);
    }
    let bounds = bounds.unwrap_or_default();
    Layout {
        nodes: cast.nodes.iter().map(|node| node.id.clone()).zip(places).collect(),
        links: cast
            .links
            .iter()
            .zip(routes)
            .filter_map(|(link, route)| Some((link.id.clone(), route?)))
            .collect(),
        bounds,
    }
}
