//! What stays the same from frame to frame: names and notes of things, and
//! the lines between them. Made anew only when what it follows from changes.

use super::{cast, inspect, lines};
use crate::broker::routing::Binding;
use crate::broker::{Broker, Name};
use crate::frame::{Link, LinkKind, Node, Verdict};
use crate::intern::Lookup;
use crate::order::Set;
use crate::scenario::NodeId;
use crate::time::Tick;
use crate::world::{Passing, Plan, VHOST, World};

/// Kept between the frames of one run.
#[derive(Clone, Debug, Default)]
pub(super) struct Still {
    cast: Vec<Node>,
    /// The nodes and bindings that the lines were drawn for.
    nodes: Vec<NodeId>,
    bindings: Vec<Binding>,
    /// The lines, before anything is being decided.
    links: Vec<Link>,
    /// Which line a binding is.
    place: Lookup<Binding, usize>,
    /// Exchanges from which messages go on to others by a binding.
    onward: Set<Name>,
}

impl Still {
    /// Every client, exchange and queue of the plan, in its order.
    pub(super) fn cast(&mut self, plan: &Plan) -> &[Node] {
        if self.cast.is_empty() {
            self.cast = cast::build(plan).nodes;
        }
        &self.cast
    }

    /// The lines between `nodes`, with what is being decided at `now`.
    pub(super) fn links(&mut self, world: &World, nodes: &[Node], now: Tick) -> Vec<Link> {
        let ids = || nodes.iter().map(|node| &node.id);
        let bindings = || world.broker.bindings(VHOST);
        if !self.nodes.iter().eq(ids()) || !self.bindings.iter().eq(bindings()) {
            self.nodes = ids().cloned().collect();
            self.bindings = bindings().cloned().collect();
            self.connect(world);
        }
        let mut links = self.links.clone();
        self.decide(world, now, &mut links);
        links
    }

    fn connect(&mut self, world: &World) {
        let plan = &world.plan;
        let known: Set<&NodeId> = self.nodes.iter().collect();
        let is_known = |link: &Link| known.contains(&link.id.from) && known.contains(&link.id.to);
        self.place = Lookup::default();
        self.onward = Set::new();
        let mut links = lines::of_clients(plan, |index| world.clients[index].present);
        links.retain(is_known);
        for binding in &self.bindings {
            let declared = lines::as_declared(binding, |name| world.scenario_name(name));
            let planned = plan.bindings.iter().find(|(b, _)| *b == declared);
            let link = lines::of_binding(&declared, planned.map_or(0, |(_, id)| id.index));
            if !is_known(&link) {
                continue;
            }
            if matches!(link.id.to, NodeId::Exchange(_)) {
                self.onward.insert(binding.source.clone());
            }
            self.place.insert(binding.clone(), links.len());
            links.push(link);
        }
        links.extend(plan.implicit.iter().map(lines::implicit).filter(is_known));
        links.extend(cast::arguments_lines(plan).into_iter().filter(is_known));
        self.links = links;
    }

    /// Marks what the decisions that are being shown said about each binding.
    /// The newest decision at an exchange is the one that is seen.
    fn decide(&self, world: &World, now: Tick, links: &mut [Link]) {
        let mut seen: Set<(&Name, Option<&Name>)> = Set::new();
        for passing in world.passing.iter().rev().filter(|p| p.until > now) {
            let exchange = &passing.exchange;
            // Where messages go on to other exchanges, each may ask others.
            let each = exchange.is_empty() || self.leads_on(&world.broker, exchange);
            let alike = !each || passing.properties.headers.is_none();
            if alike && !seen.insert((exchange, each.then_some(&passing.key))) {
                continue;
            }
            if exchange.is_empty() {
                let to = NodeId::Queue(world.scenario_name(&passing.key));
                let own = |l: &&mut Link| l.kind == LinkKind::Implicit && l.id.to == to;
                links.iter_mut().filter(own).for_each(|link| link.verdict = Verdict::Matched);
            } else {
                self.mark(&world.broker, passing, links);
            }
        }
    }

    fn leads_on(&self, broker: &Broker, exchange: &Name) -> bool {
        let found = broker.exchange(VHOST, exchange);
        self.onward.contains(exchange) || found.is_some_and(|found| found.alternate.is_some())
    }

    fn mark(&self, broker: &Broker, passing: &Passing, links: &mut [Link]) {
        let (keys, message) = ([&*passing.key], Some(passing.message));
        let properties = Some(&passing.properties);
        let found = broker.explain(VHOST, &passing.exchange, &keys, properties, message);
        let Some(explanation) = found else { return };
        for (binding, verdict) in inspect::verdicts(&explanation) {
            let link = self.place.get(binding).and_then(|at| links.get_mut(*at));
            if let Some(link) = link.filter(|link| link.verdict == Verdict::None) {
                link.verdict = verdict;
            }
        }
    }
}
