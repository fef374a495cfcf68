//! A document made ready to run: who is who, and what is on the stage.

use super::party::{ClientPlan, ConnectionPlan, OwnedQueue};
use crate::broker::Name;
use crate::frame::LinkId;
use crate::order::Set;
use crate::scenario::{
    BindingDecl, Claim, ConsumerDecl, Destination, Document, Expectation, Item, MOST_INSTANCES,
    NodeId, PublisherDecl, Statement, instance, letter,
};
use crate::time::{Span, Tick};

/// The longest that a hop inside the broker is drawn. Routing takes no time;
/// the picture takes this long to show it, and counts follow the picture.
const LONGEST_HOP: Span = Span::millis(300);

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
    /// Statements that expect a state over a stretch of time.
    pub(crate) watched: Vec<usize>,
    /// Labels of messages whose content something is expected of.
    pub(crate) wanted: Set<String>,
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
            watched: Vec::new(),
            wanted: Set::new(),
        };
        let items = plan.document.items.clone();
        let lasts = |item: &Item| match &item.what {
            Statement::Expect(expected) => expected.during.is_some() && expected.claim.is_state(),
            _ => false,
        };
        for item in &items {
            if let Statement::Expect(Expectation { claim: Claim::Has { message, .. }, .. }) =
                &item.what
            {
                plan.wanted.insert(message.clone());
            }
        }
        plan.watched = (0..items.len()).filter(|&index| lasts(&items[index])).collect();
        for item in &items {
            plan.add_clients(item);
        }
        plan.number_channels();
        plan.letter_clients();
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
        match &item.what {
            Statement::Publisher(decl) => {
                for (name, waits) in self.instances(&decl.name, decl.instances) {
                    let index = self.add_client(item, &name, &decl.name, waits);
                    let one = PublisherDecl { name, ..decl.clone() };
                    self.clients[index].publisher.get_or_insert(one);
                }
            }
            Statement::Consumer(decl) => {
                for (name, waits) in self.instances(&decl.name, decl.instances) {
                    let index = self.add_client(item, &name, &decl.name, waits);
                    let one = ConsumerDecl { name, ..decl.clone() };
                    self.clients[index].consumer.get_or_insert(one);
                }
            }
            _ => {}
        }
    }

    /// The clients that a declaration stands for: one of its name, or as many
    /// instances as there ever are at once, and which of them wait until it is
    /// scaled up.
    fn instances(&self, name: &Name, first: Option<u32>) -> Vec<(Name, bool)> {
        let Some(first) = first else { return vec![(name.clone(), false)] };
        let scaled = self.document.items.iter().filter_map(|item| match &item.what {
            Statement::Scale { client, instances } if client == name => Some(*instances),
            _ => None,
        });
        let most = scaled.fold(first, u32::max).min(MOST_INSTANCES);
        (0..most).map(|index| (instance(name, index), index >= first)).collect()
    }

    /// The client of this name, made when it is new, with its connection.
    fn add_client(&mut self, item: &Item, name: &Name, group: &Name, waits: bool) -> usize {
        if let Some(index) = self.client(name) {
            return index;
        }
        let (connection, latency, heartbeat, stopped) = match &item.what {
            Statement::Publisher(p) => (&p.connection, p.latency, p.heartbeat, p.stopped),
            Statement::Consumer(c) => (&c.connection, c.latency, c.heartbeat, c.stopped),
            _ => (&None, None, None, false),
        };
        let shared = connection.clone().unwrap_or_else(|| name.clone());
        let latency = latency.unwrap_or(self.default_latency());
        let heartbeat = heartbeat.unwrap_or(Document::DEFAULT_HEARTBEAT);
        let at = self.connections.iter().position(|c| c.name == shared).unwrap_or_else(|| {
            let clients = Vec::new();
            self.connections.push(ConnectionPlan { name: shared, clients, latency, heartbeat });
            self.connections.len() - 1
        });
        self.connections[at].clients.push(self.clients.len());
        self.clients.push(ClientPlan {
            name: name.clone(),
            group: group.clone(),
            publisher: None,
            consumer: None,
            letter: Name::from(""),
            connection: at,
            publish_channel: 0,
            consume_channel: 0,
            shares: false,
            appears: item.at,
            starts: !stopped,
            waits,
        });
        self.clients.len() - 1
    }

    /// Channel numbers per connection: those that are said, and for the rest
    /// the ones that are free, in turn.
    fn number_channels(&mut self) {
        for connection in &self.connections {
            let said = |index: &usize| {
                let client = &self.clients[*index];
                let publisher = client.publisher.as_ref().and_then(|p| p.channel);
                [publisher, client.consumer.as_ref().and_then(|c| c.channel)]
            };
            let taken: Set<u16> = connection.clients.iter().flat_map(said).flatten().collect();
            let mut free = (1..=u16::MAX).filter(|number| !taken.contains(number));
            let mut number = |said: Option<u16>| said.or_else(|| free.next()).unwrap_or(u16::MAX);
            let mut used = Vec::new();
            for &index in &connection.clients {
                let client = &mut self.clients[index];
                if let Some(publisher) = &client.publisher {
                    client.publish_channel = number(publisher.channel);
                    used.push(client.publish_channel);
                }
                if let Some(consumer) = &client.consumer {
                    client.consume_channel = number(consumer.channel);
                    used.push(client.consume_channel);
                }
            }
            for &index in connection.clients.iter().filter(|_| !taken.is_empty()) {
                let client = &mut self.clients[index];
                let times = |number| used.iter().filter(|&&n| n == number).count();
                client.shares = client.channels().any(|number| times(number) > 1);
            }
        }
    }

    /// Letters per publishing client.
    fn letter_clients(&mut self) {
        let mut count = 0;
        for client in &mut self.clients {
            if client.publisher.is_some() {
                client.letter = Name::from(letter(count));
                count += 1;
            }
        }
        for client in &mut self.clients {
            let passes_on = client
                .consumer
                .as_ref()
                .is_some_and(|c| !c.forwards.is_empty() || c.reply.is_some());
            if client.letter.is_empty() && passes_on {
                client.letter = Name::from(letter(count));
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
                let owner = queue.owner.as_ref().and_then(|o| self.clients_of(o).next());
                if let Some(client) = owner {
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

    /// The client of this name, or all instances of the consumer.
    pub(crate) fn clients_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        let is = move |c: &ClientPlan| *c.name == *name || *c.group == *name;
        (0..self.clients.len()).filter(move |&index| is(&self.clients[index]))
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
