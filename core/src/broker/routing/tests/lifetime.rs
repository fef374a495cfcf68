use super::{bind, bind_exchange, exchange, fleeting, queue, route, to_exchange, to_queue};
use crate::broker::routing::{Exchange, ExchangeKind, Removed, Routing};
use crate::broker::{Name, Profile, QueueId, Table, Value};
use crate::digest::Digest;

fn names(routing: &Routing) -> Vec<&str> {
    routing.exchanges().map(|exchange| &*exchange.name).collect()
}

fn gone(removed: &Removed) -> Vec<&str> {
    removed.exchanges.iter().map(|name| &**name).collect()
}

#[test]
fn the_predeclared_set() {
    let routing = Routing::new();
    let known: Vec<(&str, &str, bool, bool)> = routing
        .exchanges()
        .map(|it| (&*it.name, it.kind.name(), it.durable, it.internal))
        .collect();
    assert_eq!(
        known,
        [
            ("", "direct", true, false),
            ("amq.direct", "direct", true, false),
            ("amq.fanout", "fanout", true, false),
            ("amq.headers", "headers", true, false),
            ("amq.match", "headers", true, false),
            ("amq.rabbitmq.trace", "topic", true, true),
            ("amq.topic", "topic", true, false),
        ]
    );
    assert!(routing.exchanges().all(|it| !it.auto_delete && it.alternate.is_none()));
    for kind in ExchangeKind::ALL {
        assert_eq!(ExchangeKind::parse(kind.name(), Profile::V4_3), Some(kind));
    }
    assert_eq!(ExchangeKind::parse("Direct", Profile::V4_3), None);
    assert_eq!(ExchangeKind::parse("x-local-random", Profile::V3_10), None);
}

#[test]
fn identity_is_everything_with_sorted_arguments() {
    let mut routing = Routing::new();
    queue(&mut routing, "q", 3);
    let ab = Table::from([("a", Value::I32(1)), ("b", Value::I32(2))]);
    let ba = Table::from([("b", Value::I32(2)), ("a", Value::I32(1))]);
    let wide = Table::from([("b", Value::I64(2)), ("a", Value::I32(1))]);
    let mut new = |arguments: &Table, key: &str| {
        routing.bind(to_queue("amq.direct", "q", key, arguments.clone()), Profile::V4_3)
    };
    assert_eq!(new(&ab, "k"), Ok(true));
    assert_eq!(new(&ba, "k"), Ok(false));
    assert_eq!(new(&wide, "k"), Ok(true));
    assert_eq!(new(&Table::new(), "k"), Ok(true));
    assert_eq!(new(&ab, "K"), Ok(true));
    assert_eq!(route(&mut routing, "amq.direct", "k"), [3]);
    let unbind = |routing: &mut Routing, arguments: &Table| {
        routing.unbind(&to_queue("amq.direct", "q", "k", arguments.clone())).bindings.len()
    };
    assert_eq!(unbind(&mut routing, &ba), 1);
    assert_eq!(unbind(&mut routing, &ba), 0);
    assert_eq!(route(&mut routing, "amq.direct", "k"), [3]);
    assert_eq!(unbind(&mut routing, &wide), 1);
    assert_eq!(unbind(&mut routing, &Table::new()), 1);
    assert_eq!(route(&mut routing, "amq.direct", "k"), [0; 0]);
    assert_eq!(route(&mut routing, "amq.direct", "K"), [3]);
}

#[test]
fn unbinding_what_is_not_there_is_fine() {
    let mut routing = Routing::new();
    queue(&mut routing, "q", 0);
    for (source, destination) in [("nope", "q"), ("amq.direct", "nope"), ("amq.direct", "q")] {
        let removed = routing.unbind(&to_queue(source, destination, "", Table::new()));
        assert_eq!(removed, Removed::default());
    }
    assert_eq!(routing.unbind(&to_exchange("amq.direct", "nope", "")), Removed::default());
    assert_eq!(routing.delete_exchange("nope"), Removed::default());
    assert_eq!(routing.queue_deleted("nope"), Removed::default());
}

#[test]
fn the_last_binding_takes_the_auto_delete_exchange_along() {
    let mut routing = Routing::new();
    fleeting(&mut routing, "x");
    queue(&mut routing, "q", 0);
    bind(&mut routing, "x", "q", "1");
    bind(&mut routing, "x", "q", "2");
    let first = routing.unbind(&to_queue("x", "q", "1", Table::new()));
    assert_eq!((first.bindings.len(), gone(&first)), (1, vec![]));
    let second = routing.unbind(&to_queue("x", "q", "2", Table::new()));
    assert_eq!((second.bindings.len(), gone(&second)), (1, vec!["x"]));
    assert!(routing.exchange("x").is_none());
}

#[test]
fn the_cascade_goes_upstream() {
    let mut routing = Routing::new();
    for name in ["x1", "x2", "x3", "side"] {
        fleeting(&mut routing, name);
    }
    exchange(&mut routing, "stays", ExchangeKind::Fanout);
    queue(&mut routing, "q", 0);
    queue(&mut routing, "other", 1);
    bind_exchange(&mut routing, "x1", "x2", "");
    bind_exchange(&mut routing, "x2", "x3", "");
    bind_exchange(&mut routing, "side", "x3", "");
    bind_exchange(&mut routing, "stays", "x1", "");
    bind(&mut routing, "side", "other", "");
    bind(&mut routing, "x3", "q", "");
    let removed = routing.queue_deleted("q");
    assert_eq!(gone(&removed), ["x3", "x2", "x1"]);
    assert_eq!(removed.bindings.len(), 5);
    assert!(routing.exchange("side").is_some() && routing.exchange("stays").is_some());
    assert!(!routing.is_source("stays"));
    assert_eq!(routing.bindings().count(), 1);
}

#[test]
fn being_a_destination_does_not_keep_or_end_an_exchange() {
    let mut routing = Routing::new();
    exchange(&mut routing, "s", ExchangeKind::Fanout);
    fleeting(&mut routing, "d");
    bind_exchange(&mut routing, "s", "d", "");
    assert!(routing.is_source("s") && !routing.is_source("d"));
    let removed = routing.unbind(&to_exchange("s", "d", ""));
    assert_eq!(gone(&removed), [""; 0]);
    assert!(routing.exchange("d").is_some(), "it never was a source");
}

#[test]
fn deleting_an_exchange_takes_bindings_of_both_directions() {
    let mut routing = Routing::new();
    fleeting(&mut routing, "up");
    exchange(&mut routing, "mid", ExchangeKind::Direct);
    exchange(&mut routing, "down", ExchangeKind::Fanout);
    queue(&mut routing, "q", 0);
    bind_exchange(&mut routing, "up", "mid", "");
    bind_exchange(&mut routing, "mid", "down", "k");
    bind_exchange(&mut routing, "mid", "mid", "k");
    bind(&mut routing, "down", "q", "");
    let removed = routing.delete_exchange("mid");
    assert_eq!((removed.bindings.len(), gone(&removed)), (3, vec!["up"]));
    assert_eq!(names(&routing).iter().filter(|name| !name.starts_with("amq.")).count(), 2);
    assert_eq!(route(&mut routing, "down", ""), [0]);
}

#[test]
fn a_circle_of_auto_delete_exchanges_goes_once() {
    let mut routing = Routing::new();
    fleeting(&mut routing, "a");
    fleeting(&mut routing, "b");
    queue(&mut routing, "q", 0);
    bind_exchange(&mut routing, "a", "b", "");
    bind_exchange(&mut routing, "b", "a", "");
    bind_exchange(&mut routing, "a", "a", "");
    bind(&mut routing, "a", "q", "");
    let removed = routing.delete_exchange("b");
    assert_eq!((removed.bindings.len(), gone(&removed)), (2, vec![]));
    assert_eq!(routing.queue_deleted("q").exchanges.len(), 0, "it is its own source still");
    assert_eq!(gone(&routing.unbind(&to_exchange("a", "a", ""))), ["a"]);
}

#[test]
fn a_queue_declared_again_is_another_one() {
    let mut routing = Routing::new();
    queue(&mut routing, "q", 0);
    bind(&mut routing, "amq.direct", "q", "k");
    routing.queue_deleted("q");
    queue(&mut routing, "q", 7);
    assert_eq!(routing.queue_id("q"), Some(QueueId(7)));
    assert_eq!(route(&mut routing, "amq.direct", "k"), [0; 0]);
    assert_eq!(route(&mut routing, "", "q"), [7]);
    bind(&mut routing, "amq.direct", "q", "k");
    assert_eq!(route(&mut routing, "amq.direct", "k"), [7]);
    assert!(routing.bindings().all(|it| it.destination.name() == &Name::from("q")));
}

#[test]
fn a_clone_goes_its_own_way_and_the_digest_sees_state_only() {
    let mut routing = Routing::new();
    queue(&mut routing, "q", 0);
    bind(&mut routing, "amq.topic", "q", "a.#");
    let mut copy = routing.clone();
    let digest = Digest::of(&routing);
    assert_eq!(digest, Digest::of(&copy));
    assert_eq!(route(&mut routing, "amq.topic", "a.b"), [0]);
    assert_eq!(digest, Digest::of(&routing), "a route changes nothing");
    bind(&mut copy, "amq.topic", "q", "b.#");
    assert_ne!(digest, Digest::of(&copy));
    assert_eq!(route(&mut routing, "amq.topic", "b"), [0; 0]);
    assert_eq!(route(&mut copy, "amq.topic", "b"), [0]);
    let mut changed = routing.clone();
    changed.set_alternate("amq.topic", Some(Name::from("x")));
    assert_ne!(digest, Digest::of(&changed));
    let mut more = routing.clone();
    queue(&mut more, "q2", 1);
    assert_ne!(digest, Digest::of(&more));
    more.queue_deleted("q2");
    assert_eq!(digest, Digest::of(&more));
    more.declare(Exchange::new("x", ExchangeKind::Fanout));
    assert_ne!(digest, Digest::of(&more));
}
