//! What happened, in one plain sentence with RabbitMQ's terms.

use super::Label;
use super::happening::{Happening, What};
use crate::broker::Name;
use crate::scenario::{LinkFault, NodeId, Pause};

fn exchange_name(name: &str) -> String {
    if name.is_empty() { "the default exchange".into() } else { format!("exchange {name}") }
}

fn key_words(key: &str) -> String {
    if key.is_empty() { "an empty routing key".into() } else { format!("routing key {key}") }
}

fn list(names: &[Name]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("queue {one}"),
        [most @ .., last] => format!("queues {} and {last}", most.join(", ")),
    }
}

impl Happening {
    /// One plain sentence with RabbitMQ's terms.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.what.sentence()
    }
}

impl What {
    /// One plain sentence with RabbitMQ's terms.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.message_sentence()
            .or_else(|| self.consumer_sentence())
            .or_else(|| self.topology_sentence())
            .or_else(|| self.outer_sentence())
            .or_else(|| self.access_sentence())
            .unwrap_or_else(|| self.client_sentence())
    }

    fn message_sentence(&self) -> Option<String> {
        Some(match self {
            Self::Published { client, message, exchange, key } => {
                format!(
                    "{client} publishes {message} to {} with {}.",
                    exchange_name(exchange),
                    key_words(key)
                )
            }
            Self::Routed { message, exchange, key, queues } => {
                let copies = if queues.len() == 1 { "a copy" } else { "one copy each" };
                format!(
                    "{} routes {message} ({}): {copies} to {}.",
                    capital(&exchange_name(exchange)),
                    key_words(key),
                    list(queues)
                )
            }
            Self::Unroutable { message, exchange, key, returned: false } => format!(
                "No binding of {} fits {message} ({}): it is dropped, and nobody is told.",
                exchange_name(exchange),
                key_words(key)
            ),
            Self::Unroutable { message, exchange, key, returned: true } => format!(
                "No binding of {} fits {message} ({}): it was mandatory, so it is returned.",
                exchange_name(exchange),
                key_words(key)
            ),
            Self::HeldBack { message, exchange, until } => {
                format!("Exchange {exchange} holds {message} back until {until}.")
            }
            Self::Released { message, exchange } => {
                format!("Exchange {exchange} lets {message} go.")
            }
            Self::Replayed { message, exchange } => {
                format!("Exchange {exchange} has kept {message} and sends it to its new binding.")
            }
            Self::Returned { client, message, text } => {
                format!("{message} is back at {client}: basic.return {text}.")
            }
            Self::Confirmed { client, up_to, multiple } => {
                let all = if *multiple { "everything up to " } else { "" };
                format!(
                    "The broker confirms {all}{up_to} to {client}: it has taken responsibility."
                )
            }
            Self::Nacked { client, up_to, multiple } => {
                let all = if *multiple { "everything up to " } else { "" };
                format!("The broker refuses {all}{up_to} with a nack to {client}.")
            }
            Self::Requeued { queue, message } => {
                format!("{message} goes back to its place in queue {queue}.")
            }
            Self::Left { queue, message, why } => left_sentence(queue, message, *why),
            Self::DeadLettered { queue, message, exchange, key } => format!(
                "Queue {queue} dead-letters {message} to {} with {}.",
                exchange_name(exchange),
                key_words(key)
            ),
            _ => return None,
        })
    }

    fn consumer_sentence(&self) -> Option<String> {
        let again = |redelivered: &bool| if *redelivered { " (redelivered)" } else { "" };
        Some(match self {
            Self::Delivered { queue, client, message, tag, redelivered } => format!(
                "Queue {queue} delivers {message} to {client} with delivery tag {tag}{}.",
                again(redelivered)
            ),
            Self::Got { queue, message, redelivered } => {
                format!("basic.get takes {message} from queue {queue}{}.", again(redelivered))
            }
            Self::GotEmpty { queue } => format!("basic.get finds queue {queue} empty."),
            Self::Received { client, message, redelivered, .. } => {
                format!("{client} receives {message}{}.", again(redelivered))
            }
            Self::Worked { client, message } => format!("{client} is done with {message}."),
            Self::Forgotten { client, message } => {
                format!(
                    "{client} is done with {message} and never acknowledges it: it stays unacked."
                )
            }
            Self::Unsubscribed { client, queue } => {
                format!("{client} wants no more of queue {queue}, and keeps what it has.")
            }
            Self::Subscribed { client, queue } => {
                format!("{client} wants messages of queue {queue} again.")
            }
            Self::AskedInVain { client } => {
                format!("{client} asks with basic.get, and the queue is empty.")
            }
            Self::Acked { queue, client, message } => {
                format!("{client} has acknowledged {message}: queue {queue} forgets it.")
            }
            _ => return None,
        })
    }

    fn topology_sentence(&self) -> Option<String> {
        Some(match self {
            Self::ExchangeDeclared { exchange } => format!("Exchange {exchange} is declared."),
            Self::ExchangeDeleted { exchange } => format!("Exchange {exchange} is deleted."),
            Self::QueueDeclared { queue, real_name: None } => format!("Queue {queue} is declared."),
            Self::QueueDeclared { queue, real_name: Some(real) } => {
                format!("Queue {queue} is declared; the broker names it {real}.")
            }
            Self::QueueDeleted { queue } => format!("Queue {queue} is deleted."),
            Self::Bound { source, destination, key } => {
                format!("{destination} is bound to exchange {source} with binding key “{key}”.")
            }
            Self::Unbound { source, destination, key } => {
                format!(
                    "The binding of {destination} to exchange {source} with key “{key}” is gone."
                )
            }
            Self::Refused { code: 0, text, .. } => format!("Refused: {text}."),
            Self::Refused { code, text, .. } => format!("The broker refuses: {code} {text}."),
            Self::PolicySet { operator, name } => {
                format!("{} {name} is in force.", policy(*operator))
            }
            Self::PolicyCleared { operator, name } => {
                format!("{} {name} is taken away.", policy(*operator))
            }
            Self::Restarted => "The broker stops and starts again: every connection is closed, \
                                and what is not durable is gone."
                .into(),
            _ => return None,
        })
    }

    /// Who may do what, and what the broker has room for.
    fn access_sentence(&self) -> Option<String> {
        Some(match self {
            Self::UserSet { user } => format!("There is a user {user}."),
            Self::UserDeleted { user } => format!("User {user} is deleted."),
            Self::Permitted { user, configure, write, read } => format!(
                "User {user} may configure {}, write to {} and read from {}.",
                allowed(configure),
                allowed(write),
                allowed(read)
            ),
            Self::TopicPermitted { user, exchange, write, read } => format!(
                "At exchange {exchange} user {user} may write with {} and read with {}.",
                allowed(write),
                allowed(read)
            ),
            Self::Forbidden { user } => format!("User {user} may do nothing any more."),
            Self::Alarm { alarm, on: true } => {
                format!("The broker is low on {alarm}: it reads no more from who publishes.")
            }
            Self::Alarm { alarm, on: false } => format!("The broker has {alarm} again."),
            Self::Blocked { client, reason } => {
                format!("The broker blocks {client}: {reason}. Nothing it sends is taken.")
            }
            Self::Unblocked { client } => {
                format!("The broker reads from {client} again: what waited happens now.")
            }
            _ => return None,
        })
    }

    /// What is done to clients from outside.
    fn outer_sentence(&self) -> Option<String> {
        Some(match self {
            Self::Scaled { client, instances: 1 } => format!("{client} is scaled to one instance."),
            Self::Scaled { client, instances } => {
                format!("{client} is scaled to {instances} instances.")
            }
            Self::Changed { client, every, work } => {
                let every = every.map(|every| format!("publishes every {}", in_words(every)));
                let work = work.map(|work| format!("works {} on each message", in_words(work)));
                let both: Vec<String> = every.into_iter().chain(work).collect();
                format!("{client} now {}.", both.join(" and "))
            }
            Self::PrefetchChanged { client, prefetch: 0 } => {
                format!("{client} asks for no prefetch limit from its next consumer on.")
            }
            Self::PrefetchChanged { client, prefetch } => {
                format!("{client} asks for a prefetch of {prefetch} from its next consumer on.")
            }
            Self::Limited { max_connections, max_queues } => {
                let limit = |limit: &Option<u32>, what| match limit {
                    Some(limit) => format!("{limit} {what}"),
                    None => format!("any number of {what}"),
                };
                format!(
                    "The virtual host may have {} and {}.",
                    limit(max_connections, "connections"),
                    limit(max_queues, "queues")
                )
            }
            Self::Link { client, fault: LinkFault::Cut } => {
                format!("The network between {client} and the broker is cut: nothing gets through.")
            }
            Self::Link { client, fault: LinkFault::Slow(latency) } => {
                format!("The network between {client} and the broker is slow: {latency} one way.")
            }
            Self::Link { client, fault: LinkFault::Mended } => {
                format!("The network between {client} and the broker is mended.")
            }
            Self::LinkLost { client } => format!(
                "No heartbeat has come through for twice its interval: {client} and the broker \
                 give the connection up."
            ),
            Self::Committed { client } => {
                format!("The broker has committed the transaction of {client}.")
            }
            Self::RolledBack { client } => {
                format!("The broker has undone the transaction of {client}.")
            }
            Self::Highlighted { nodes } => {
                let names: Vec<String> = nodes.iter().map(node_name).collect();
                format!("Look at {}.", names.join(" and "))
            }
            _ => return None,
        })
    }

    fn client_sentence(&self) -> String {
        match self {
            Self::ChannelClosed { client, channel, code, text } => {
                format!("The broker closes channel {channel} of {client}: {code} {text}.")
            }
            Self::ConnectionClosed { client, code, text } => {
                format!("The broker closes the connection of {client}: {code} {text}.")
            }
            Self::Cancelled { client, queue } => {
                format!("The broker cancels {client}: queue {queue} is gone.")
            }
            Self::Started { client } => format!("{client} starts and connects."),
            Self::Connected { client } => format!("{client} is connected."),
            Self::Stopped { client } => format!("{client} closes its connection and stops."),
            Self::Crashed { client } => format!("{client} crashes: its TCP connection is cut."),
            Self::Caption { text } => text.clone(),
            Self::Checked { held: true, found, .. } => format!("As expected: {found}."),
            Self::Checked { held: false, found, .. } => format!("Not as expected: {found}."),
            Self::Limit { reason } => reason.clone(),
            _ => String::new(),
        }
    }
}

fn left_sentence(queue: &str, message: &Label, why: crate::broker::Leave) -> String {
    use crate::broker::Leave as L;
    match why {
        L::Rejected => format!("{message} was rejected without requeue and leaves queue {queue}."),
        L::Expired => {
            format!("The time to live of {message} ran out at the head of queue {queue}.")
        }
        L::MaxLength => format!("Queue {queue} is full: {message} is dropped from its head."),
        L::Overflow => format!("Queue {queue} is full and refuses {message}."),
        L::DeliveryLimit => {
            format!("{message} came back too often: queue {queue} has a delivery limit.")
        }
        L::Purged => format!("{message} is purged from queue {queue}."),
        L::QueueDeleted => format!("{message} goes with queue {queue}: it is not dead-lettered."),
        L::AutoAcknowledged => {
            format!("Queue {queue} forgets {message} as soon as it is sent (automatic ack).")
        }
        L::Acknowledged => format!("{message} is acknowledged and leaves queue {queue}."),
        L::Lost => format!("{message} was in memory only: the restart of queue {queue} loses it."),
        L::Read => format!("Stream {queue} keeps {message}: reading removes nothing."),
        L::Cycle => format!("{message} would go round in a circle: queue {queue} drops it."),
    }
}

/// A pattern of a permission, in words.
fn allowed(pattern: &str) -> String {
    match pattern {
        "" => "nothing".into(),
        ".*" => "everything".into(),
        pattern => format!("“{pattern}”"),
    }
}

fn policy(operator: bool) -> &'static str {
    if operator { "Operator policy" } else { "Policy" }
}

fn in_words(pause: Pause) -> String {
    match pause {
        Pause::Fixed(span) => span.to_string(),
        Pause::Between(low, high) => format!("{low} to {high}"),
    }
}

fn node_name(node: &NodeId) -> String {
    match node {
        NodeId::Client(name) => name.to_string(),
        NodeId::Exchange(name) => exchange_name(name),
        NodeId::Queue(name) => format!("queue {name}"),
    }
}

fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
