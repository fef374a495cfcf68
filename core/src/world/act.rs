//! Statements of the scenario taking effect: what the operator does, and what
//! starts and stops clients.
//!
//! The operator is a client with a connection of its own and no latency. What
//! the broker refuses it is recorded with the statement that asked for it.

use super::template::Places;
use super::{Record, Tag, VHOST, What, World, content};
use crate::broker::{Broker, ChannelId, Login, Method, Name, Policy};
use crate::scenario::{
    BindingDecl, Destination, ExchangeDecl, PublishAction, QueueDecl, Statement,
};
use crate::time::Tick;
use std::sync::Arc;

/// The operator's channel.
const OPERATOR_CHANNEL: u16 = 1;

impl World {
    pub(super) fn act(&mut self, index: usize, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        let Some(item) = plan.document.items.get(index) else { return };
        self.doing = Some(index);
        match &item.what {
            Statement::Exchange(exchange) => self.declare_exchange(exchange, record),
            Statement::Queue(queue) if !plan.is_owned(&queue.name) => {
                self.declare_queue(queue, record);
            }
            Statement::Bind(binding) => {
                if !self.owner_binds(binding, item.at) {
                    self.operate(self.bind_method(binding, true), record);
                }
            }
            Statement::Unbind(binding) => self.operate(self.bind_method(binding, false), record),
            Statement::Publisher(p) => self.appear(&p.name, record),
            Statement::Consumer(c) => self.appear(&c.name, record),
            Statement::DeleteQueue { .. }
            | Statement::DeleteExchange { .. }
            | Statement::Purge { .. }
            | Statement::Get { by: None, .. } => self.take_away(&item.what, record),
            Statement::Get { queue, by: Some(by) } => self.get_by(index, by, queue, record),
            Statement::Start(client) => self.start_named(client, record),
            Statement::Stop(client) => self.stop_named(client, false, record),
            Statement::Remove(client) => self.stop_named(client, true, record),
            Statement::Crash(client) => self.crash_named(client, record),
            Statement::Scale { client, instances } => self.scale(client, *instances, record),
            Statement::Change { client, every, work, prefetch } => {
                self.change(client, *every, *work, *prefetch, record);
            }
            Statement::Consuming { client, queue, on } => {
                self.consuming(index, client, queue.as_ref(), *on, record);
            }
            Statement::Close(client) => self.close_by_force(client, record),
            Statement::Link { client, fault } => self.link(client, *fault, record),
            Statement::Restart => self.restart_broker(record),
            Statement::User { .. }
            | Statement::DeleteUser(_)
            | Statement::Permit { .. }
            | Statement::PermitTopic { .. }
            | Statement::Forbid(_)
            | Statement::Limit(_)
            | Statement::Alarm { .. } => self.govern(index, &item.what, record),
            Statement::Policy { operator, policy } => self.set_policy(*operator, policy, record),
            Statement::DeletePolicy { operator, name } => {
                self.clear_policy(*operator, name, record);
            }
            Statement::Publish(publish) => self.publish_action(index, publish, record),
            Statement::Caption(text) => {
                self.caption = Some(index);
                self.tell(record, What::Caption { text: text.clone() });
            }
            Statement::Highlight { nodes, .. } => {
                self.highlight = Some(index);
                if !nodes.is_empty() {
                    self.tell(record, What::Highlighted { nodes: nodes.clone() });
                }
            }
            Statement::Queue(_)
            | Statement::Bookmark(_)
            | Statement::Place { .. }
            | Statement::Expect(_) => {}
        }
        self.doing = None;
    }

    /// What the operator deletes, purges or takes.
    fn take_away(&mut self, what: &Statement, record: &mut Record) {
        let nowait = false;
        let method = match what {
            Statement::DeleteQueue { queue, if_unused, if_empty } => {
                let queue = self.real_name(queue);
                let (if_unused, if_empty) = (*if_unused, *if_empty);
                Method::QueueDelete { queue, if_unused, if_empty, nowait }
            }
            Statement::DeleteExchange { exchange, if_unused } => {
                let (exchange, if_unused) = (exchange.clone(), *if_unused);
                Method::ExchangeDelete { exchange, if_unused, nowait }
            }
            Statement::Purge { queue } => {
                Method::QueuePurge { queue: self.real_name(queue), nowait }
            }
            Statement::Get { queue, .. } => {
                Method::Get { queue: self.real_name(queue), no_ack: true }
            }
            _ => return,
        };
        self.operate(method, record);
    }

    fn set_policy(&mut self, operator: bool, policy: &Policy, record: &mut Record) {
        let (mut events, name) = (Vec::new(), policy.name.clone());
        let set = if operator { Broker::set_operator_policy } else { Broker::set_policy };
        let done = set(&mut self.broker, self.now, VHOST, policy.clone(), &mut events);
        match (done, self.doing) {
            (Err(text), Some(item)) => self.tell(record, What::Refused { item, code: 0, text }),
            _ => {
                self.sets(record, &Statement::Policy { operator, policy: policy.clone() });
                self.tell(record, What::PolicySet { operator, name });
            }
        }
        self.absorb(events, record);
    }

    fn clear_policy(&mut self, operator: bool, name: &Name, record: &mut Record) {
        let mut events = Vec::new();
        let clear = if operator { Broker::clear_operator_policy } else { Broker::clear_policy };
        clear(&mut self.broker, self.now, VHOST, name, &mut events);
        self.sets(record, &Statement::DeletePolicy { operator, name: name.clone() });
        self.tell(record, What::PolicyCleared { operator, name: name.clone() });
        self.absorb(events, record);
    }

    /// Whether a binding of a client's own queue is left to that client, which
    /// makes it when it declares the queue.
    fn owner_binds(&self, binding: &BindingDecl, at: Tick) -> bool {
        let Destination::Queue(queue) = &binding.destination else { return false };
        let owned = self.plan.owned.iter().find(|o| o.queue.name == *queue);
        owned.is_some_and(|o| at <= self.plan.clients[o.client].appears)
    }

    fn declare_exchange(&mut self, exchange: &ExchangeDecl, record: &mut Record) {
        let method = Method::ExchangeDeclare {
            exchange: exchange.name.clone(),
            kind: exchange.kind.clone(),
            passive: false,
            durable: exchange.durable,
            auto_delete: exchange.auto_delete,
            internal: exchange.internal,
            nowait: false,
            arguments: exchange.arguments.clone(),
        };
        self.operate(method, record);
    }

    fn declare_queue(&mut self, queue: &QueueDecl, record: &mut Record) {
        let before = self.operator_channel(record);
        self.declare_queue_on(before, queue, record);
    }

    /// Declares a queue of the scenario and learns its name when the server
    /// chooses it.
    pub(super) fn declare_queue_on(
        &mut self,
        channel: ChannelId,
        queue: &QueueDecl,
        record: &mut Record,
    ) {
        let method = Method::QueueDeclare {
            queue: if queue.server_named { Name::from("") } else { queue.name.clone() },
            passive: false,
            durable: queue.durable,
            exclusive: queue.exclusive,
            auto_delete: queue.auto_delete,
            nowait: false,
            arguments: queue.arguments.clone(),
        };
        let mut events = Vec::new();
        self.sends(record, channel, &method);
        self.broker.apply(self.now, channel, method, &mut events);
        if queue.server_named {
            let named = events.iter().find_map(|event| match event {
                crate::broker::Event::Send {
                    reply: crate::broker::Reply::QueueDeclareOk { queue, .. },
                    ..
                } => Some(queue.clone()),
                _ => None,
            });
            if let Some(real) = named {
                self.real_names.insert(queue.name.clone(), real);
            }
        }
        self.absorb(events, record);
    }

    pub(super) fn bind_method(&self, binding: &BindingDecl, bind: bool) -> Method {
        let (routing_key, arguments) = (binding.key.clone(), binding.arguments.clone());
        let source = binding.source.clone();
        match &binding.destination {
            Destination::Queue(queue) => {
                let (queue, exchange) = (self.real_name(queue), source);
                if bind {
                    Method::QueueBind { queue, exchange, routing_key, nowait: false, arguments }
                } else {
                    Method::QueueUnbind { queue, exchange, routing_key, arguments }
                }
            }
            Destination::Exchange(destination) => {
                let (destination, nowait) = (destination.clone(), false);
                if bind {
                    Method::ExchangeBind { destination, source, routing_key, nowait, arguments }
                } else {
                    Method::ExchangeUnbind { destination, source, routing_key, nowait, arguments }
                }
            }
        }
    }

    /// The operator's channel, opened (again) when it is not.
    fn operator_channel(&mut self, record: &mut Record) -> ChannelId {
        let known = self.operator.filter(|&c| self.broker.is_connected(c));
        let connection = match known {
            Some(connection) => connection,
            None => {
                let opened = self.login(&Login::default(), record).unwrap_or_default();
                self.operator = Some(opened);
                opened
            }
        };
        let channel = ChannelId { connection, number: OPERATOR_CHANNEL };
        if self.broker.channel(channel).is_none() {
            self.apply(channel, Method::ChannelOpen, record);
        }
        channel
    }

    /// The operator says something to the broker and hears the answer at once.
    pub(super) fn operate(&mut self, method: Method, record: &mut Record) {
        let channel = self.operator_channel(record);
        self.apply(channel, method, record);
    }

    pub(super) fn is_operator(&self, connection: crate::broker::ConnectionId) -> bool {
        self.operator == Some(connection)
    }

    /// The broker closed the operator's channel or connection: the statement
    /// at hand is refused, and the operator opens what it needs next time.
    pub(super) fn refused(
        &mut self,
        channel: ChannelId,
        connection: bool,
        code: u16,
        text: &str,
        record: &mut Record,
    ) {
        if connection {
            self.operator = None;
            let whole = ChannelId { number: 0, ..channel };
            self.apply(whole, Method::ConnectionCloseOk, record);
        } else {
            self.apply(channel, Method::ChannelCloseOk, record);
        }
        if let Some(item) = self.doing {
            self.tell(record, What::Refused { item, code, text: text.to_owned() });
        }
    }

    fn publish_action(&mut self, index: usize, action: &PublishAction, record: &mut Record) {
        let Some(by) = &action.by else {
            return (0..action.count).for_each(|_| self.operator_publishes(action, record));
        };
        let plan = Arc::clone(&self.plan);
        let clients: Vec<usize> = plan.clients_of(by).filter(|&c| self.can_publish(c)).collect();
        if clients.is_empty() {
            let text = format!("{by} is not connected, so it cannot publish");
            self.tell(record, What::Refused { item: index, code: 0, text });
        }
        for client in clients {
            (0..action.count).for_each(|_| self.client_publishes(client, action, record));
        }
    }

    fn operator_publishes(&mut self, action: &PublishAction, record: &mut Record) {
        self.operator_sent += 1;
        let n = self.operator_sent;
        let places = |key| Places { n, key, client: "operator", body: None };
        let key = self.addressed(&action.exchange, places("").fill(&action.key));
        let label = super::Label { letter: Name::from("op"), number: n };
        let colour = record.colour(&key);
        self.tell(
            record,
            What::Published {
                client: Name::from("operator"),
                message: label.clone(),
                exchange: action.exchange.clone(),
                key: key.clone(),
            },
        );
        let channel = self.operator_channel(record);
        let method = content::publish(action, &key, &places(&key));
        let tag = Tag { label, colour, dead_lettered: false };
        super::facts::publish(self, channel, method, tag, record);
    }

    /// A key of the default exchange names a queue, by its scenario name.
    pub(super) fn addressed(&self, exchange: &Name, key: String) -> Name {
        let key = Name::from(key);
        if exchange.is_empty() { self.real_name(&key) } else { key }
    }
}
