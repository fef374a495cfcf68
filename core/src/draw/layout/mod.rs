//! Where everything stands. A pure function of the cast: the frame that holds
//! every node and line which will ever appear. So nothing jumps when a queue
//! is declared or a consumer joins.

mod graph;
pub(in crate::draw) mod measure;
mod order;
mod outline;
mod place;
mod route;

use crate::order::{Map, Set};

use super::geometry::{Curve, Point, Rect};
use crate::frame::{Frame, LinkId, LinkKind, Node, NodeBody};
use crate::scenario::NodeId;
use graph::Graph;
use measure::{Measure, Tag};
use order::{Net, What};
pub(super) use route::into_tube;

/// Places and ways.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Where each node stands.
    pub nodes: Map<NodeId, Place>,
    /// How each line runs.
    pub links: Map<LinkId, Route>,
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
    /// Whether it is a client that publishes at some time.
    pub sends: bool,
    /// Where the words below it begin when they do not stand under its middle,
    /// because a line runs down there.
    pub words: Option<f64>,
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
    fn new(centre: Point, room: &Measure, sends: bool) -> Self {
        let Point { x, y } = centre;
        Self {
            centre,
            sends,
            words: None,
            body: Rect::around(centre, room.width, room.height),
            extent: Rect::sides(x - room.side, y - room.up, x + room.side, y + room.down),
        }
    }

    /// Moves the words below it to the right of a line that leaves downwards.
    fn put_words_at(&mut self, x: f64) {
        let room = self.extent.w;
        self.extent.w = self.extent.w.max(x + room - self.extent.x);
        self.words = Some(x);
    }

    /// Where the words below it stand: where, from which end, and how wide
    /// they may be.
    pub(in crate::draw) fn below(&self) -> (f64, bool, f64) {
        match self.words {
            Some(x) => (x, true, self.extent.right() - x),
            None => (self.centre.x, false, self.extent.w),
        }
    }

    /// Where lines leave.
    #[must_use]
    pub fn exit(&self) -> Point {
        Point::new(self.body.right(), self.centre.y)
    }

    /// Where lines arrive.
    #[must_use]
    pub fn entry(&self) -> Point {
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

/// Which clients publish: on their own, or with what they consumed.
fn senders(cast: &Frame) -> Vec<bool> {
    let from: Set<&NodeId> = cast
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Publishes)
        .map(|link| &link.id.from)
        .collect();
    let has_face = |node: &Node| matches!(node.body, NodeBody::Client { publishes: Some(_), .. });
    cast.nodes.iter().map(|node| has_face(node) || from.contains(&node.id)).collect()
}

/// What everything needs and belongs to, before it has a place.
struct Needs {
    graph: Graph,
    tags: Vec<Option<Tag>>,
    /// The lines of each node to itself.
    loops: Vec<Vec<usize>>,
    sends: Vec<bool>,
    rooms: Vec<Measure>,
}

fn needs(cast: &Frame) -> Needs {
    let graph = graph::graph(cast);
    let tags: Vec<Option<Tag>> = cast
        .links
        .iter()
        .zip(&graph.ends)
        .map(|(link, ends)| measure::tag(link, exchange_kind(&cast.nodes[(*ends)?.0])))
        .collect();
    let mut loops: Vec<Vec<usize>> = vec![Vec::new(); cast.nodes.len()];
    for (link, ends) in graph.ends.iter().enumerate() {
        if let Some((from, _)) = ends.filter(|(from, to)| from == to) {
            loops[from].push(link);
        }
    }
    let sends = senders(cast);
    let mut rooms: Vec<Measure> =
        cast.nodes.iter().zip(&sends).map(|(node, sends)| measure::node(node, *sends)).collect();
    measure::even(&cast.nodes, &mut rooms);
    for (room, loops) in rooms.iter_mut().zip(&loops) {
        let tags: Vec<Option<&Tag>> = loops.iter().map(|link| tags[*link].as_ref()).collect();
        measure::add_loops(room, &tags);
    }
    Needs { graph, tags, loops, sends, rooms }
}

/// Places `cast` for a screen that is narrow and high: below each other. Where
/// a person put things counts for the wide picture only.
#[must_use]
pub fn outline(cast: &Frame) -> Layout {
    let Needs { graph, tags, loops, sends, rooms } = needs(cast);
    let outline = outline::Outline {
        graph: &graph,
        rooms: &rooms,
        tags: &tags,
        sends: &sends,
        loops: &loops,
    };
    let (places, routes) = outline.draw();
    collect(cast, places, routes)
}

/// Places `cast`. Nodes with [`Node::placed`] stand there; the others stand
/// where they would stand anyway, so moving one moves no other.
#[must_use]
pub fn layout(cast: &Frame) -> Layout {
    let Needs { graph, tags, loops, sends, rooms } = needs(cast);
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
            Place::new(centre, &rooms[i], sends[i])
        })
        .collect();
    let routes = ways(cast, &graph, &net, &columns, &places, &tags, &loops);
    collect(cast, places, routes)
}

/// The way of every line that has both ends: first those that run from column
/// to column, then those that look for a free way around them.
fn ways(
    cast: &Frame,
    graph: &Graph,
    net: &Net,
    columns: &[(f64, f64)],
    places: &[Place],
    tags: &[Option<Tag>],
    loops: &[Vec<usize>],
) -> Vec<Option<Route>> {
    let mut router = route::Router::new(places.iter().map(|place| place.extent).collect());
    let mut routes: Vec<Option<Route>> = vec![None; cast.links.len()];
    for (place, links) in places.iter().zip(loops) {
        let tags: Vec<Option<&Tag>> = links.iter().map(|link| tags[*link].as_ref()).collect();
        for (link, route) in links.iter().zip(router.round(place, &tags)) {
            routes[*link] = Some(route);
        }
    }
    let moved = |i: usize| cast.nodes[i].placed.is_some();
    let tangled = |ends: Option<(usize, usize)>| ends.is_some_and(|(a, b)| moved(a) || moved(b));
    let straight: Vec<usize> = (0..net.chains.len())
        .filter(|i| net.chains[*i].len() >= 2 && !tangled(graph.ends[*i]))
        .collect();
    for &link in &straight {
        router.keep_clear(chip(net, &net.chains[link], columns, tags[link].as_ref()));
    }
    for &link in &straight {
        let chain = &net.chains[link];
        routes[link] = Some(Route {
            curve: forward(net, chain, columns, places, &router),
            chip: chip(net, chain, columns, tags[link].as_ref()),
            around: false,
        });
    }
    routes.iter().flatten().for_each(|route| router.remember(&route.curve));
    for (link, ends) in graph.ends.iter().enumerate() {
        let (Some((from, to)), None) = (*ends, &routes[link]) else { continue };
        let tag = tags[link].as_ref();
        let room = |i: usize| columns.get(graph.layer[i]).filter(|_| !moved(i)).copied();
        let route = if places[from].body.right() + 24.0 <= places[to].body.x {
            router.across(&places[from], &places[to], tag)
        } else {
            router.around(&places[from], &places[to], room(from), room(to), tag)
        };
        router.remember(&route.curve);
        routes[link] = Some(route);
    }
    routes
}

/// Where the words of a line are written: at the left of their column.
fn chip(net: &Net, chain: &[usize], columns: &[(f64, f64)], tag: Option<&Tag>) -> Option<Rect> {
    let (tag, item) = (tag?, &net.items[*chain.get(1)?]);
    let (w, h) = (tag.width, tag.height);
    Some(Rect { x: columns[item.layer].0, y: item.y - h / 2.0, w, h })
        .filter(|_| matches!(item.what, What::Chip(_)))
}

/// A line that runs from column to column: level through nodes and chips, and
/// in one sweep past other columns where nothing is in its way.
fn forward(
    net: &Net,
    chain: &[usize],
    columns: &[(f64, f64)],
    places: &[Place],
    router: &route::Router,
) -> Curve {
    let ends = |id: usize| {
        let item = &net.items[id];
        let (left, right) = columns[item.layer];
        (Point::new(left, item.y), Point::new(right, item.y))
    };
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < chain.len() {
        let (enter, leave) = ends(chain[at]);
        match net.items[chain[at]].what {
            What::Node(i) if at == 0 => {
                pieces.push(super::geometry::straight(places[i].exit(), leave));
            }
            What::Node(i) => pieces.push(super::geometry::straight(enter, places[i].entry())),
            What::Chip(_) | What::Bend(_) => pieces.push(super::geometry::straight(enter, leave)),
        }
        let bends = |id: &&usize| matches!(net.items[**id].what, What::Bend(_));
        let skipped = chain[at + 1..].iter().take_while(bends).count();
        let far = at + 1 + skipped;
        let sweep = chain.get(far).map(|id| super::geometry::level(leave, ends(*id).0));
        match (sweep, chain.get(at + 1)) {
            (Some(sweep), _) if skipped == 0 || router.is_clear(&sweep) => {
                pieces.push(sweep);
                at = far;
            }
            (_, Some(next)) => {
                pieces.push(super::geometry::level(leave, ends(*next).0));
                at += 1;
            }
            (_, None) => at += 1,
        }
    }
    Curve::new(pieces)
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
