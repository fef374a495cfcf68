//! Users, what they may do, and resource alarms: what the operator of the
//! broker sets beside the protocol.

use super::{Phase, Record, To, VHOST, What, World};
use crate::broker::{ConnectionId, Name, Refusal, Reply, User};
use crate::scenario::Statement;
use crate::time::Tick;

impl World {
    pub(super) fn govern(&mut self, item: usize, what: &Statement, record: &mut Record) {
        let mut events = Vec::new();
        let (done, told) = match what {
            Statement::User { name, tags, limits } => {
                let user = User { tags: tags.clone(), limits: *limits, ..User::default() };
                self.broker.set_user(name, user);
                (Ok(()), What::UserSet { user: name.clone() })
            }
            Statement::Limit(limits) => {
                let told = What::Limited {
                    max_connections: limits.max_connections,
                    max_queues: limits.max_queues,
                };
                (self.broker.set_vhost_limits(VHOST, *limits), told)
            }
            Statement::DeleteUser(user) => {
                self.broker.delete_user(self.now, user, &mut events);
                (Ok(()), What::UserDeleted { user: user.clone() })
            }
            Statement::Permit { user, permission: granted } => {
                let told = What::Permitted {
                    user: user.clone(),
                    configure: Name::from(&*granted.configure),
                    write: Name::from(&*granted.write),
                    read: Name::from(&*granted.read),
                };
                (self.broker.set_permission(user, VHOST, granted.clone()), told)
            }
            Statement::PermitTopic { user, exchange, permission: granted } => {
                let told = What::TopicPermitted {
                    user: user.clone(),
                    exchange: exchange.clone(),
                    write: Name::from(&*granted.write),
                    read: Name::from(&*granted.read),
                };
                let granted = granted.clone();
                (self.broker.set_topic_permission(user, VHOST, exchange, granted), told)
            }
            Statement::Forbid(user) => {
                let told = What::Forbidden { user: user.clone() };
                (self.broker.clear_permission(user, VHOST), told)
            }
            Statement::Alarm { alarm, on } => {
                self.broker.set_alarm(self.now, *alarm, *on, &mut events);
                (Ok(()), What::Alarm { alarm: Name::from(alarm.name()), on: *on })
            }
            _ => return,
        };
        match done {
            Ok(()) => {
                if !matches!(what, Statement::Alarm { .. }) {
                    self.sets(record, what);
                }
                self.tell(record, told);
            }
            Err(text) => self.tell(record, What::Refused { item, code: 0, text }),
        }
        self.absorb(events, record);
    }

    /// The operator closes the connection of a client (of each instance).
    pub(super) fn close_by_force(&mut self, client: &str, record: &mut Record) {
        let plan = std::sync::Arc::clone(&self.plan);
        let mut wires: Vec<usize> =
            plan.clients_of(client).map(|c| plan.clients[c].connection).collect();
        wires.dedup();
        for wire in wires {
            let Some(connection) = self.wires[wire].connection(self.wires[wire].epoch) else {
                continue;
            };
            let mut events = Vec::new();
            // What the management interface fills in.
            let reason = "Closed via management plugin";
            self.broker.close_connection(self.now, connection, reason, &mut events);
            self.absorb(events, record);
        }
    }

    /// The broker does not let a client in.
    pub(super) fn turned_away(
        &mut self,
        wire: usize,
        epoch: u32,
        refusal: Refusal,
        record: &mut Record,
    ) {
        let Refusal { code, text } = refusal;
        if self.now > Tick::ZERO {
            let reply = Reply::ConnectionClose { code, text, class: 0, method: 0 };
            super::facts::send_down(self, (wire, epoch), (0, To(None)), reply, None);
            return;
        }
        let plan = std::sync::Arc::clone(&self.plan);
        for &client in &plan.connections[wire].clients {
            if self.clients[client].phase == Phase::Connecting {
                let name = plan.clients[client].name.clone();
                let what = What::ConnectionClosed { client: name, code, text: text.clone() };
                self.tell(record, what);
                let text = text.clone();
                self.lose(client, Phase::Closed { code, text, connection: true });
            }
        }
    }

    /// Tells of a connection that the broker reads no more, or again.
    pub(super) fn blocking(
        &self,
        connection: ConnectionId,
        reason: Option<&Name>,
        record: &mut Record,
    ) {
        let found = self.wires.iter().position(|w| w.is_current(connection).is_some());
        let Some(wire) = found else { return };
        for &index in &self.plan.connections[wire].clients {
            let client = self.plan.clients[index].name.clone();
            self.tell(
                record,
                match reason {
                    Some(reason) => What::Blocked { client, reason: reason.clone() },
                    None => What::Unblocked { client },
                },
            );
        }
    }
}
