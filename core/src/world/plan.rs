//! A document made ready to run: who is who, and what is on the stage.

use crate::broker::Name;
use crate::frame::LinkId;
use crate::scenario::{
    BindingDecl, ConsumerDecl, Destination, Document, Item, NodeId, Outcome, PublisherDecl,
    QueueDecl, Statement,
};
use crate::time::{Span, Tick};

/// The longest that a hop inside the broker is drawn. Routing takes no time;
/// the picture takes this long to show it, and counts follow the picture.
const LONGEST_HOP: Span = Span::millis(300);

/// A client as the document describes it.
#[derive(Clone, Debug)]
pub(crate) struct ClientPlan {
    pub(crate) name: Name,
    pub(crate) publisher: Option<PublisherDecl>,
    pub(crate) consumer: Option<ConsumerDecl>,
    /// Letter of its messages' labels; empty when it never publishes.
    pub(crate) letter: Name,
    /// Index of its connection.
    pub(crate) connection: usize,
    /// Channel of the publishing part, 0 when there is none.
    pub(crate) publish_channel: u16,
    /// Channel of the consuming part, 0 when there is none.
    pub(crate) consume_channel: u16,
    /// When it comes onto the stage.
    pub(crate) appears: Tick,
    /// Whether it starts when it appears.
    pub(crate) starts: bool,
}

/// A connection that one or more clients share.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionPlan {
    pub(crate) name: Name,
    pub(crate) clients: Vec<usize>,
    pub(crate) latency: Span,
}

/// A queue of the scenario and its bindings when its owner declares them.
#[derive(Clone, Debug)]
pub(crate) struct OwnedQueue {
    pub(crate) client: usize,
    pub(crate) queue: QueueDecl,
    pub(crate) bindings: Vec<BindingDecl>,
}

/// The document, its cast and its lines.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) document: Document,
    pub(crate) clients: Vec<ClientPlan>,
    pub(crate) connections: Vec<ConnectionPlan>,
    pub(crate) owned: Vec<OwnedQueue>,
    /// Scenario names of all queues, in order.
    pub(crate) queues: Vec<Name>,
    /// Names of all exchanges that appear, in order.
    pub(crate) exchanges: Vec<Name>,
    /// Every binding that is ever made, with its line.
    pub(crate) bindings: Vec<(BindingDecl, LinkId)>,
    /// Lines from the default exchange to queues that something addresses.
    pub(crate) implicit: Vec<Name>,
    /// How long a hop inside the broker is drawn.
    pub(crate) hop: Span,
}

impl Plan {
    pub(crate) fn new(document: Document) -> Self {
        let mut plan = Self {
            document,
            clients: Vec::new(),
            connections: Vec::new(),
            owned: Vec::new(),
            queues: Vec::new(),
            exchanges: Vec::new(),
            bindings: Vec::new(),
            implicit: Vec::new(),
            hop: LONGEST_HOP,
        };
        let items = plan.document.items.clone();
        for item in &items {
            plan.add_clients(item);
        }
        plan.number_clients();
        for item in &items {
            plan.add_topology(item);
        }
        plan.add_addressed();
        // A delivery leaves its queue in the picture when the message has been
        // drawn into it. Half the shortest link leaves time for its own way.
        let shortest = plan.connections.iter().map(|c| c.latency.0 / 2).min();
        plan.hop = Span(shortest.unwrap_or(LONGEST_HOP.0).min(LONGEST_HOP.0));
        plan
    }

    fn default_latency(&self) -> Span {
        self.document.latency.unwrap_or(Document::DEFAULT_LATENCY)
    }

    fn add_clients(&mut self, item: &Item) {
        let (name, connection, latency, stopped) = match &item.what {
            Statement::Publisher(p) => (&p.name, &p.connection, p.latency, p.stopped),
            Statement::Consumer(c) => (&c.name, &c.connection, c.latency, c.stopped),
            _ => return,
        };
        let shared = connection.clone().unwrap_or_else(|| name.clone());
        let latency = latency.unwrap_or(self.default_latency());
        let at = self.connections.iter().position(|c| c.name == shared).unwrap_or_else(|| {
            self.connections.push(ConnectionPlan { name: shared, clients: Vec::new(), latency });
            self.connections.len() - 1
        });
        let index = self.clients.iter().position(|c| c.name == *name).unwrap_or_else(|| {
            self.clients.push(ClientPlan {
                name: name.clone(),
                publisher: None,
                consumer: None,
                letter: Name::from(""),
                connection: at,
                publish_channel: 0,
                consume_channel: 0,
                appears: item.at,
                starts: !stopped,
            });
            self.connections[at].clients.push(self.clients.len() - 1);
            self.clients.len() - 1
        });
        let client = &mut self.clients[index];
        match &item.what {
            Statement::Publisher(p) if client.publisher.is_none() => {
                client.publisher = Some(p.clone());
            }
            Statement::Consumer(c) if client.consumer.is_none() => {
                client.consumer = Some(c.clone());
            }
            _ => {}
        }
    }

    /// Channel numbers per connection and letters per publishing client.
    fn number_clients(&mut self) {
        for connection in &self.connections {
            let mut next: u16 = 1;
            for &index in &connection.clients {
                let client = &mut self.clients[index];
                if client.publisher.is_some() {
                    client.publish_channel = next;
                    next = next.saturating_add(1);
                }
                if client.consumer.is_some() {
                    client.consume_channel = next;
                    next = next.saturating_add(1);
                }
            }
        }
        let mut count = 0;
        for client in &mut self.clients {
            if client.publisher.is_some() {
                client.letter = letter(count);
                count += 1;
            }
        }
        for client in &mut self.clients {
            let passes_on = client
                .consumer
                .as_ref()
                .is_some_and(|c| !c.forwards.is_empty() || c.reply.is_some());
            if client.letter.is_empty() && passes_on {
                client.letter = letter(count);
                count += 1;
            }
        }
    }

    fn add_topology(&mut self, item: &Item) {
        match &item.what {
            Statement::Exchange(exchange) => self.add_exchange(&exchange.name),
            Statement::Queue(queue) => {
                if !self.queues.contains(&queue.name) {
                    self.queues.push(queue.name.clone());
                }
                if let Some(client) = queue.owner.as_ref().and_then(|o| self.client(o)) {
                    self.owned.push(OwnedQueue {
                        client,
                        queue: queue.clone(),
                        bindings: Vec::new(),
                    });
                }
            }
            Statement::Bind(binding) => self.add_binding(binding),
            _ => {}
        }
    }

    fn add_exchange(&mut self, name: &Name) {
        if !self.exchanges.contains(name) {
            self.exchanges.push(name.clone());
        }
    }

    fn add_binding(&mut self, binding: &BindingDecl) {
        self.add_exchange(&binding.source);
        let to = match &binding.destination {
            Destination::Queue(queue) => {
                let owned = self.owned.iter_mut().find(|o| o.queue.name == *queue);
                if let Some(owned) = owned {
                    owned.bindings.push(binding.clone());
                }
                NodeId::Queue(queue.clone())
            }
            Destination::Exchange(exchange) => {
                self.add_exchange(exchange);
                NodeId::Exchange(exchange.clone())
            }
        };
        // The broker keeps arguments sorted by name: the same binding in
        // another order is the same line.
        let mut binding = binding.clone();
        crate::order::sort_by(&mut binding.arguments.0, |a, b| a.0.cmp(&b.0));
        if self.bindings.iter().any(|(b, _)| *b == binding) {
            return;
        }
        let from = NodeId::Exchange(binding.source.clone());
        let same = |l: &&(BindingDecl, LinkId)| l.1.from == from && l.1.to == to;
        let index = self.bindings.iter().filter(same).count() as u32;
        self.bindings.push((binding, LinkId { from, to, index }));
    }

    /// Exchanges that clients name, and queues reached by name.
    fn add_addressed(&mut self) {
        for (exchange, keys) in self.publishes() {
            self.add_exchange(&exchange);
            if exchange.is_empty() {
                for queue in &self.queues {
                    if keys.contains(queue) && !self.implicit.contains(queue) {
                        self.implicit.push(queue.clone());
                    }
                }
            }
        }
        let replies_to = self.clients.iter().filter_map(|c| c.publisher.as_ref()?.reply_to.clone());
        for queue in replies_to.collect::<Vec<_>>() {
            if !self.implicit.contains(&queue) {
                self.implicit.push(queue);
            }
        }
    }

    /// Exchanges named in publishes with the keys that are used there.
    pub(crate) fn publishes(&self) -> Vec<(Name, Vec<Name>)> {
        let mut named = Vec::new();
        for client in &self.clients {
            if let Some(p) = &client.publisher {
                named.push((p.exchange.clone(), p.keys.iter().map(|k| Name::from(&**k)).collect()));
            }
            if let Some(c) = &client.consumer {
                for forward in &c.forwards {
                    let key = forward.key.iter().map(|k| Name::from(&**k)).collect();
                    named.push((forward.exchange.clone(), key));
                }
                if c.reply.is_some() {
                    named.push((Name::from(""), Vec::new()));
                }
            }
        }
        for item in &self.document.items {
            match &item.what {
                Statement::Publish(p) => {
                    named.push((p.exchange.clone(), vec![Name::from(&*p.key)]));
                }
                Statement::Queue(q) => {
                    let argument = |name| q.arguments.get(name).and_then(|v| v.as_str());
                    if let Some(exchange) = argument("x-dead-letter-exchange") {
                        let key = argument("x-dead-letter-routing-key").map(Name::from);
                        named.push((Name::from(exchange), key.into_iter().collect()));
                    }
                }
                Statement::Exchange(e) => {
                    if let Some(alternate) =
                        e.arguments.get("alternate-exchange").and_then(|v| v.as_str())
                    {
                        named.push((Name::from(alternate), Vec::new()));
                    }
                }
                _ => {}
            }
        }
        named
    }

    pub(crate) fn client(&self, name: &str) -> Option<usize> {
        self.clients.iter().position(|c| &*c.name == name)
    }

    /// Where the run ends at the latest.
    pub(crate) fn end(&self) -> Tick {
        self.document.end.unwrap_or(Document::DEFAULT_END).min(Document::MAX_END)
    }

    /// Whether a queue is declared by a client when that client starts.
    pub(crate) fn is_owned(&self, queue: &str) -> bool {
        self.owned.iter().any(|o| &*o.queue.name == queue)
    }

    /// The line from a client to an exchange it publishes to.
    pub(crate) fn publish_link(&self, client: usize, exchange: &Name) -> LinkId {
        LinkId {
            from: NodeId::Client(self.clients[client].name.clone()),
            to: NodeId::Exchange(exchange.clone()),
            index: 0,
        }
    }

    /// The line from a queue to a client that consumes from it.
    pub(crate) fn consume_link(&self, client: usize, queue: &Name) -> LinkId {
        LinkId {
            from: NodeId::Queue(queue.clone()),
            to: NodeId::Client(self.clients[client].name.clone()),
            index: 0,
        }
    }
}

impl ClientPlan {
    /// What the consumer does with the message number `n` (from 0) it worked on.
    pub(crate) fn outcome(&self, n: u64) -> Outcome {
        let outcomes = self.consumer.as_ref().map_or(&[][..], |c| &c.outcomes);
        match outcomes.len() as u64 {
            0 => Outcome::Ack,
            len => outcomes[(n % len) as usize],
        }
    }
}

impl ClientPlan {
    /// The queue behind one of its consumer tags: its name for the first
    /// queue, with `-2`, `-3` … for the further ones.
    pub(crate) fn queue_of_tag(&self, tag: &str) -> Name {
        let queues = self.consumer.as_ref().map_or(&[][..], |c| &c.queues);
        let suffix = tag.strip_prefix(&*self.name).and_then(|rest| rest.strip_prefix('-'));
        let index = suffix.and_then(|n| n.parse::<usize>().ok()).map_or(0, |n| n.saturating_sub(1));
        queues.get(index).or(queues.first()).cloned().unwrap_or_else(|| Name::from(""))
    }
}

/// `A` to `Z`, then `AA`, `AB` …
fn letter(index: usize) -> Name {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        rest -= 1;
        letters.push((b'A' + (rest % 26) as u8) as char);
        rest /= 26;
    }
    letters.iter().rev().collect::<String>().into()
}
