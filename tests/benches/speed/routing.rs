//! Topic routing: what matches costs, what does not match must not.

use crate::clock::{line, measure};
use std::hint::black_box;
use warren_core::broker::routing::{BindTarget, Binding, Exchange, ExchangeKind, Query, Routing};
use warren_core::broker::{Name, Profile, QueueId, Table};

/// Ten binding keys that `order.created.eu` fits.
const MATCHING: [&str; 10] = [
    "order.created.eu",
    "order.*.eu",
    "order.created.*",
    "*.created.eu",
    "*.*.*",
    "order.#",
    "#.eu",
    "#",
    "order.#.eu",
    "*.created.#",
];

/// Ones that it does not fit, made to get in the way: they share words and
/// wildcards with those that fit.
fn missing(number: u32) -> String {
    match number % 5 {
        0 => format!("order.created.x{number}"),
        1 => format!("order.x{number}.eu"),
        2 => format!("x{number}.created.eu"),
        3 => format!("*.x{number}.#"),
        _ => format!("#.x{number}"),
    }
}

fn routing(bindings: u32) -> Routing {
    let mut routing = Routing::new();
    routing.declare(Exchange::new("events", ExchangeKind::Topic));
    let others = bindings.saturating_sub(MATCHING.len() as u32);
    let keys = MATCHING.iter().map(|&key| key.to_owned()).chain((0..others).map(missing));
    for (number, key) in (0..).zip(keys) {
        let id = QueueId(number);
        let name = Name::from(format!("queue-{number}"));
        routing.queue_declared(name.clone(), id);
        let binding = Binding {
            source: Name::from("events"),
            destination: BindTarget::Queue(id, name),
            key: Name::from(key),
            arguments: Table::new(),
        };
        let added = routing.bind(binding, Profile::default()).expect("the key is allowed");
        assert!(added, "every binding is new");
    }
    routing
}

pub(crate) fn topics() {
    let mut figures = Vec::new();
    for (count, shown) in [(10, "10"), (1000, "1,000"), (100_000, "100,000")] {
        let mut routing = routing(count);
        let mut reached = Vec::new();
        figures.push(measure(&format!("{shown} bindings"), || {
            for _ in 0..1000 {
                let keys = black_box(["order.created.eu"]);
                routing.route("events", &Query::of(&keys, Profile::default()), &mut reached);
            }
            assert_eq!(reached.len(), MATCHING.len(), "the same ten queues each time");
            1000
        }));
    }
    line(&format!("  100,000 bindings cost {:.2} times what 10 cost", figures[2] / figures[0]));
}
