//! Queues, exchanges and bindings that clients make.

use super::{Story, Told};
use warren_core::broker::{ConnectionId, Method, Name, Reply};
use warren_core::scenario::{BindingDecl, Destination, ExchangeDecl, QueueDecl, Statement};

impl Story {
    pub(super) fn topology(
        &mut self,
        id: ConnectionId,
        number: u16,
        method: Method,
        answer: Option<&Reply>,
    ) {
        match method {
            Method::ExchangeDeclare { passive: true, .. } => {}
            Method::ExchangeDeclare {
                exchange: name,
                kind,
                durable,
                auto_delete,
                internal,
                arguments,
                ..
            } => {
                let is_new = self.declared.insert((false, name.clone()));
                let decl = ExchangeDecl { name, kind, durable, auto_delete, internal, arguments };
                is_new.then(|| self.say(Statement::Exchange(decl)));
            }
            Method::QueueDeclare { .. } => self.declare(id, number, method, answer),
            Method::ExchangeBind { destination, source, routing_key: key, arguments, .. } => {
                let destination = Destination::Exchange(destination);
                self.say(Statement::Bind(BindingDecl { source, destination, key, arguments }));
            }
            Method::ExchangeUnbind { destination, source, routing_key: key, arguments, .. } => {
                let destination = Destination::Exchange(destination);
                self.say(Statement::Unbind(BindingDecl { source, destination, key, arguments }));
            }
            Method::QueueBind { queue, exchange: source, routing_key: key, arguments, .. } => {
                let destination = Destination::Queue(self.queue(id, number, &queue));
                self.say(Statement::Bind(BindingDecl { source, destination, key, arguments }));
            }
            Method::QueueUnbind {
                queue, exchange: source, routing_key: key, arguments, ..
            } => {
                let destination = Destination::Queue(self.queue(id, number, &queue));
                self.say(Statement::Unbind(BindingDecl { source, destination, key, arguments }));
            }
            Method::QueuePurge { queue, .. } => {
                let queue = self.queue(id, number, &queue);
                self.say(Statement::Purge { queue });
            }
            Method::QueueDelete { queue, if_unused, if_empty, .. } => {
                let queue = self.queue(id, number, &queue);
                self.declared.remove(&(true, queue.clone()));
                self.say(Statement::DeleteQueue { queue, if_unused, if_empty });
            }
            Method::ExchangeDelete { exchange, if_unused, .. } => {
                self.declared.remove(&(false, exchange.clone()));
                self.say(Statement::DeleteExchange { exchange, if_unused });
            }
            _ => {}
        }
    }

    /// A queue's name in the scenario.
    pub(super) fn name(&self, queue: &Name) -> Name {
        self.names.get(queue).unwrap_or(queue).clone()
    }

    /// The same; "" is the one that was declared last.
    pub(super) fn queue(&mut self, id: ConnectionId, number: u16, queue: &Name) -> Name {
        let queue = match queue.is_empty() {
            true => self.channel(id, number).queue.clone(),
            false => queue.clone(),
        };
        self.name(&queue)
    }

    fn declare(&mut self, id: ConnectionId, number: u16, method: Method, answer: Option<&Reply>) {
        let Method::QueueDeclare {
            queue, passive, durable, exclusive, auto_delete, arguments, ..
        } = method
        else {
            return;
        };
        let real = match answer {
            Some(Reply::QueueDeclareOk { queue, .. }) => queue.clone(),
            _ => queue.clone(),
        };
        self.channel(id, number).queue = real.clone();
        if passive || !self.declared.insert((true, real.clone())) {
            return;
        }
        let server_named = queue.is_empty();
        let mut decl = QueueDecl::new(real.clone());
        if server_named {
            decl.name = Name::from(format!("queue-{}", self.names.len() + 1));
            self.names.insert(real, decl.name.clone());
        }
        (decl.server_named, decl.durable, decl.exclusive) = (server_named, durable, exclusive);
        (decl.auto_delete, decl.arguments) = (auto_delete, arguments);
        match exclusive {
            true => self.items.push((self.now, Told::Own(decl, id))),
            false => self.say(Statement::Queue(decl)),
        }
    }
}

/// Whether a method has no answer because it asked for none.
pub(super) fn is_silent(method: &Method) -> bool {
    matches!(
        method,
        Method::ExchangeDeclare { nowait: true, .. }
            | Method::ExchangeDelete { nowait: true, .. }
            | Method::ExchangeBind { nowait: true, .. }
            | Method::ExchangeUnbind { nowait: true, .. }
            | Method::QueueDeclare { nowait: true, .. }
            | Method::QueueDelete { nowait: true, .. }
            | Method::QueueBind { nowait: true, .. }
            | Method::QueuePurge { nowait: true, .. }
            | Method::Consume { nowait: true, .. }
            | Method::Cancel { nowait: true, .. }
            | Method::ConfirmSelect { nowait: true }
    )
}
