use super::{bind, bind_exchange, exchange, queue, route, route_keys};
use crate::broker::routing::{ExchangeKind, Query, Routing, Via};
use crate::broker::{Name, Profile};

/// Queues q0 to q3.
fn four_queues() -> Routing {
    let mut routing = Routing::new();
    for id in 0..4 {
        queue(&mut routing, &format!("q{id}"), id);
    }
    routing
}

#[test]
fn the_default_exchange_goes_by_queue_name() {
    let mut routing = four_queues();
    assert_eq!(route(&mut routing, "", "q2"), [2]);
    assert_eq!(route(&mut routing, "", "nope"), [0; 0]);
    assert_eq!(route_keys(&mut routing, "", &["q3", "nope", "q1", "q3"]), [1, 3]);
    routing.queue_deleted("q2");
    assert_eq!(route(&mut routing, "", "q2"), [0; 0]);
}

#[test]
fn direct_compares_and_fanout_does_not() {
    let mut routing = four_queues();
    bind(&mut routing, "amq.direct", "q0", "k");
    bind(&mut routing, "amq.direct", "q1", "k");
    bind(&mut routing, "amq.direct", "q2", "K");
    bind(&mut routing, "amq.direct", "q3", "*");
    assert_eq!(route(&mut routing, "amq.direct", "k"), [0, 1]);
    assert_eq!(route(&mut routing, "amq.direct", ""), [0; 0]);
    assert_eq!(route_keys(&mut routing, "amq.direct", &["x", "K", "k", "K"]), [0, 1, 2]);
    bind(&mut routing, "amq.fanout", "q3", "x");
    bind(&mut routing, "amq.fanout", "q1", "y");
    bind(&mut routing, "amq.fanout", "q1", "z");
    assert_eq!(route(&mut routing, "amq.fanout", "any"), [1, 3]);
    assert_eq!(route(&mut routing, "nope", "any"), [0; 0]);
}

#[test]
fn every_key_counts_on_a_topic_exchange() {
    let mut routing = four_queues();
    bind(&mut routing, "amq.topic", "q1", "a.*");
    bind(&mut routing, "amq.topic", "q2", "*.z");
    assert_eq!(route_keys(&mut routing, "amq.topic", &["n.n", "a.z", "b.z"]), [1, 2]);
}

#[test]
fn one_copy_through_diamonds_and_circles() {
    let mut routing = four_queues();
    for name in ["top", "left", "right", "bottom"] {
        exchange(&mut routing, name, ExchangeKind::Fanout);
    }
    bind_exchange(&mut routing, "top", "left", "");
    bind_exchange(&mut routing, "top", "right", "");
    bind_exchange(&mut routing, "left", "bottom", "");
    bind_exchange(&mut routing, "right", "bottom", "");
    bind_exchange(&mut routing, "bottom", "top", "");
    bind_exchange(&mut routing, "bottom", "bottom", "");
    bind(&mut routing, "bottom", "q0", "");
    bind(&mut routing, "right", "q0", "");
    bind(&mut routing, "right", "q3", "");
    for start in ["top", "left", "right", "bottom"] {
        assert_eq!(route(&mut routing, start, "k"), [0, 3], "{start}");
    }
    let paths = routing.paths("top", &Query::of(&["k"], Profile::default()));
    let ways: Vec<String> = paths
        .iter()
        .map(|path| {
            let hops: Vec<&str> = path.hops.iter().map(|hop| &*hop.source).collect();
            format!("{} {}", hops.join(" "), path.queue)
        })
        .collect();
    assert_eq!(ways, ["top right q0", "top right q3"]);
}

/// An exchange `x` (direct) with alternate `ae` (fanout) that leads to q3.
fn with_alternate() -> Routing {
    let mut routing = four_queues();
    exchange(&mut routing, "x", ExchangeKind::Direct);
    exchange(&mut routing, "ae", ExchangeKind::Fanout);
    bind(&mut routing, "x", "q0", "k");
    bind(&mut routing, "ae", "q3", "");
    routing.set_alternate("x", Some(Name::from("ae")));
    routing
}

#[test]
fn the_alternate_exchange_is_for_messages_without_a_binding() {
    let mut routing = with_alternate();
    assert_eq!(route(&mut routing, "x", "k"), [0]);
    assert_eq!(route(&mut routing, "x", "other"), [3]);
    assert_eq!(route_keys(&mut routing, "x", &["other", "k"]), [0]);
    let paths = routing.paths("x", &Query::of(&["other"], Profile::default()));
    assert_eq!(paths.len(), 1);
    assert_eq!(paths[0].hops[0].via, Via::Alternate);
    assert_eq!(paths[0].hops[1].destination.name(), &Name::from("q3"));
}

#[test]
fn a_binding_to_an_exchange_that_finds_nothing_counts_as_a_result() {
    let mut routing = with_alternate();
    exchange(&mut routing, "dead-end", ExchangeKind::Direct);
    bind_exchange(&mut routing, "x", "dead-end", "e");
    assert_eq!(route(&mut routing, "x", "e"), [0; 0]);
    routing.set_alternate("dead-end", Some(Name::from("ae")));
    assert_eq!(route(&mut routing, "x", "e"), [3], "its own alternate still helps");
}

#[test]
fn alternates_follow_each_other_and_circles_end() {
    let mut routing = with_alternate();
    exchange(&mut routing, "first", ExchangeKind::Topic);
    routing.set_alternate("first", Some(Name::from("x")));
    assert_eq!(route(&mut routing, "first", "k"), [0]);
    assert_eq!(route(&mut routing, "first", "other"), [3]);
    routing.set_alternate("x", Some(Name::from("first")));
    assert_eq!(route(&mut routing, "first", "other"), [0; 0]);
    routing.set_alternate("x", Some(Name::from("x")));
    assert_eq!(route(&mut routing, "x", "other"), [0; 0]);
    routing.set_alternate("x", Some(Name::from("missing")));
    assert_eq!(route(&mut routing, "x", "other"), [0; 0]);
    routing.set_alternate("x", None);
    assert_eq!(route(&mut routing, "x", "other"), [0; 0]);
}

#[test]
fn the_default_exchange_is_no_alternate_and_has_none() {
    let mut routing = with_alternate();
    routing.set_alternate("x", Some(Name::from("")));
    assert_eq!(route(&mut routing, "x", "q1"), [0; 0]);
    routing.set_alternate("", Some(Name::from("ae")));
    assert_eq!(route(&mut routing, "", "nope"), [0; 0]);
    let told = routing.explain("", &Query::of(&["nope"], Profile::default()));
    assert_eq!((told.visits.len(), told.queues.len()), (1, 0));
}

#[test]
fn the_default_exchange_shows_its_way() {
    let routing = four_queues();
    let paths = routing.paths("", &Query::of(&["q2", "none", "q1", "q2"], Profile::default()));
    let queues: Vec<&str> = paths.iter().map(|path| &*path.queue).collect();
    assert_eq!(queues, ["q2", "q1"]);
    assert!(paths.iter().all(|path| path.hops.len() == 1 && path.hops[0].via == Via::Implicit));
}
