//! What a line between two things on the stage would mean in AMQP.

use super::form::{Thing, declaration};
use super::form::{new_consumer, new_publisher};
use warren_core::broker::Name;
use warren_core::frame::{Frame, NodeBody};
use warren_core::scenario::{Destination, Document, NodeId, Statement};

/// What a line from one thing to another means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A binding; it may need a key.
    Bind(Name, Destination),
    /// This declaration takes the place of the one at the index, or is new.
    Declare(Option<usize>, Box<Statement>),
    /// AMQP has no such thing, and this is why.
    Nothing(&'static str),
}

/// What pulling a line out of `from` and dropping it on `to` means.
#[must_use]
pub fn meaning(document: &Document, frame: &Frame, from: &NodeId, to: &NodeId) -> Meaning {
    match (from, to) {
        (NodeId::Exchange(source), NodeId::Queue(queue)) => {
            Meaning::Bind(source.clone(), Destination::Queue(queue.clone()))
        }
        (NodeId::Exchange(source), NodeId::Exchange(other)) => {
            Meaning::Bind(source.clone(), Destination::Exchange(other.clone()))
        }
        (NodeId::Client(client), NodeId::Exchange(exchange)) => {
            publishes(document, client, exchange.clone(), None)
        }
        (NodeId::Client(client), NodeId::Queue(queue)) => {
            if consumes_only(frame, from) {
                consumes(document, client, queue)
            } else {
                publishes(document, client, Name::from(""), Some(queue))
            }
        }
        (NodeId::Queue(queue), NodeId::Client(client)) => consumes(document, client, queue),
        (NodeId::Exchange(_), NodeId::Client(_)) => Meaning::Nothing(
            "An exchange reaches clients only through a queue: bind a queue, and let the client \
             consume from it.",
        ),
        (NodeId::Queue(_), NodeId::Exchange(_)) => Meaning::Nothing(
            "Messages go from an exchange to a queue: pull the line the other way.",
        ),
        (NodeId::Queue(_), NodeId::Queue(_)) => {
            Meaning::Nothing("A queue hands its messages to consumers, never to another queue.")
        }
        (NodeId::Client(_), NodeId::Client(_)) => Meaning::Nothing(
            "Clients never talk to each other: one publishes to an exchange, the other consumes \
             from a queue.",
        ),
    }
}

/// Everything `from` can be connected to, in the order of the stage.
#[must_use]
pub fn targets(document: &Document, frame: &Frame, from: &NodeId) -> Vec<NodeId> {
    let others = frame.nodes.iter().map(|node| &node.id).filter(|id| *id != from);
    others
        .filter(|id| !matches!(meaning(document, frame, from, id), Meaning::Nothing(_)))
        .cloned()
        .collect()
}

fn consumes_only(frame: &Frame, client: &NodeId) -> bool {
    frame.nodes.iter().any(|node| {
        node.id == *client
            && matches!(node.body, NodeBody::Client { publishes: None, consumes: Some(_), .. })
    })
}

fn publishes(document: &Document, client: &Name, exchange: Name, queue: Option<&Name>) -> Meaning {
    let found = declaration(document, Thing::Publisher, client);
    let mut decl = match found {
        Some((_, Statement::Publisher(decl))) => decl.clone(),
        _ => new_publisher(client.clone()),
    };
    decl.exchange = exchange;
    if let Some(queue) = queue {
        decl.keys = vec![queue.to_string()];
    }
    Meaning::Declare(found.map(|(index, _)| index), Box::new(Statement::Publisher(decl)))
}

fn consumes(document: &Document, client: &Name, queue: &Name) -> Meaning {
    let found = declaration(document, Thing::Consumer, client);
    let mut decl = match found {
        Some((_, Statement::Consumer(decl))) => decl.clone(),
        _ => new_consumer(client.clone(), Vec::new()),
    };
    if decl.queues.contains(queue) {
        return Meaning::Nothing("It consumes from this queue already.");
    }
    decl.queues.push(queue.clone());
    Meaning::Declare(found.map(|(index, _)| index), Box::new(Statement::Consumer(decl)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: NodeId) -> warren_core::frame::Node {
        let body = match &id {
            NodeId::Exchange(_) => {
                NodeBody::Exchange { kind: "topic".into(), internal: false, declared: true }
            }
            NodeId::Queue(_) => {
                NodeBody::Queue { ready: 0, unacked: 0, head: Vec::new(), real_name: None }
            }
            NodeId::Client(name) => NodeBody::Client {
                state: warren_core::frame::ClientState::Running,
                publishes: (&**name == "shop").then(Default::default),
                consumes: (&**name == "worker").then(Default::default),
            },
        };
        warren_core::frame::Node { id, label: "".into(), note: "".into(), body, placed: None }
    }

    #[test]
    fn only_what_amqp_knows_can_be_connected() {
        let (shop, worker) = (NodeId::Client("shop".into()), NodeId::Client("worker".into()));
        let (x, q) = (NodeId::Exchange("x".into()), NodeId::Queue("q".into()));
        let nodes = [&shop, &x, &q, &worker].map(|id| node(id.clone()));
        let frame = Frame { nodes: nodes.into(), ..Frame::default() };
        let document = Document::default();
        let names = |from: &NodeId| {
            let to = targets(&document, &frame, from);
            to.iter().map(|id| format!("{id:?}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&shop), "Exchange(\"x\") Queue(\"q\")");
        assert_eq!(names(&x), "Queue(\"q\")");
        assert_eq!(names(&q), "Client(\"shop\") Client(\"worker\")");
        assert_eq!(names(&worker), "Exchange(\"x\") Queue(\"q\")");
    }

    #[test]
    fn a_publisher_on_a_queue_means_the_default_exchange() {
        let (shop, q) = (NodeId::Client("shop".into()), NodeId::Queue("q".into()));
        let frame = Frame { nodes: vec![node(shop.clone()), node(q.clone())], ..Frame::default() };
        let Meaning::Declare(None, statement) = meaning(&Document::default(), &frame, &shop, &q)
        else {
            panic!("a publisher can publish to a queue's name")
        };
        let Statement::Publisher(decl) = *statement else { panic!("it is a publisher") };
        assert_eq!((&*decl.exchange, decl.keys), ("", vec!["q".to_owned()]));
    }
}
