//! What is put between the operations of a scenario.

use super::{Names, change, flat, values};
use crate::live::dice::Dice;
use serde_json::{Value as Json, json};

/// One operation, or a few that belong together. A `dtag` of null stands for
/// a delivery that is outstanding by then.
pub(super) fn some(dice: &mut Dice, names: &Names, operations: &[Json]) -> Vec<Json> {
    let ch = names.channel(dice);
    match dice.below(30) {
        0..4 => vec![settle(dice, &ch)],
        4..6 => vec![get(dice, names, &ch)],
        6..9 => again(dice, names, operations),
        9..11 => consume(dice, names, &ch),
        11 => vec![json!({ "op": "cancel", "ch": ch, "tag": names.tag(dice) })],
        12 => vec![json!({ "op": "queue.purge", "ch": ch, "queue": names.queue(dice) })],
        13 | 14 => vec![delete(dice, names, &ch)],
        15 => vec![json!({ "op": "queue.declare", "ch": ch, "queue": names.queue(dice),
                           "passive": true })],
        16 => vec![json!({ "op": "exchange.declare", "ch": ch, "passive": true, "type": "direct",
                           "exchange": names.exchange(dice) })],
        17 => vec![json!({ "op": "chclose", "ch": ch })],
        18 => {
            let name = *dice.pick(&["close", "abort"]);
            vec![json!({ "op": name, "conn": names.connection(dice) })]
        }
        19 => {
            let name = *dice.pick(&["recover", "recover", "recover-async"]);
            vec![json!({ "op": name, "ch": ch, "requeue": dice.chance(85) })]
        }
        20 | 21 => mode(dice, names, &ch),
        22 | 23 => vec![publish(dice, names, &ch)],
        24 => vec![bind(dice, names, &ch)],
        25 | 26 => vec![policy(dice, names)],
        27 => vec![json!({ "op": "sleep", "ms": *dice.pick(&[100, 450, 750]) })],
        28 => vec![json!({ "op": "qos", "ch": ch, "count": dice.below(4),
                           "global": dice.chance(30) })],
        _ => vec![rarity(dice, &ch)],
    }
}

fn settle(dice: &mut Dice, ch: &str) -> Json {
    let name = *dice.pick(&["ack", "nack", "nack", "reject", "reject"]);
    let multiple = name != "reject" && dice.chance(30);
    let requeue = dice.chance(55);
    json!({ "op": name, "ch": ch, "dtag": null, "multiple": multiple, "requeue": requeue })
}

fn get(dice: &mut Dice, names: &Names, ch: &str) -> Json {
    let no_ack = dice.chance(30);
    json!({ "op": "get", "ch": ch, "queue": names.queue(dice), "no_ack": no_ack })
}

/// What the scenario does somewhere, once more and a little otherwise.
fn again(dice: &mut Dice, names: &Names, operations: &[Json]) -> Vec<Json> {
    let kinds = ["queue.declare", "exchange.declare", "queue.bind", "exchange.bind", "publish"];
    let all: Vec<&Json> = flat(operations)
        .filter(|operation| kinds.iter().any(|kind| operation["op"] == *kind))
        .collect();
    if all.is_empty() {
        return Vec::new();
    }
    let mut operation = (*dice.pick(&all)).clone();
    change::change(dice, &mut operation, names);
    if dice.chance(30) {
        operation["ch"] = json!(names.channel(dice));
    }
    vec![operation]
}

fn consume(dice: &mut Dice, names: &Names, ch: &str) -> Vec<Json> {
    let mut operations = Vec::new();
    if dice.chance(50) {
        operations.push(json!({ "op": "qos", "ch": ch, "count": dice.between(1, 3) }));
    }
    let no_ack = dice.chance(20);
    let tag = if dice.chance(15) { names.tag(dice) } else { format!("u{}", dice.below(1000)) };
    let mut consume = json!({ "op": "consume", "ch": ch, "queue": names.queue(dice), "tag": tag, "no_ack": no_ack });
    if dice.chance(25) {
        let (key, value) = values::consumer_argument(dice);
        consume["args"][key] = value;
    }
    if dice.chance(8) {
        consume["exclusive"] = json!(true);
    }
    operations.push(consume);
    operations
}

fn delete(dice: &mut Dice, names: &Names, ch: &str) -> Json {
    match dice.below(6) {
        0 => json!({ "op": "queue.delete", "ch": ch, "queue": names.queue(dice),
                     "if_unused": true }),
        1 => json!({ "op": "queue.delete", "ch": ch, "queue": names.queue(dice),
                     "if_empty": true }),
        2 => json!({ "op": "exchange.delete", "ch": ch, "exchange": names.exchange(dice),
                     "if_unused": true }),
        3 => json!({ "op": "exchange.delete", "ch": ch, "exchange": names.exchange(dice) }),
        _ => json!({ "op": "queue.delete", "ch": ch, "queue": names.queue(dice) }),
    }
}

fn mode(dice: &mut Dice, names: &Names, ch: &str) -> Vec<Json> {
    let select = |name: &str| json!({ "op": name, "ch": ch });
    match dice.below(4) {
        0 => vec![select("confirm.select")],
        1 => vec![select("tx.select")],
        2 => {
            let end = *dice.pick(&["tx.commit", "tx.rollback"]);
            vec![select(end)]
        }
        _ => {
            let end = *dice.pick(&["tx.commit", "tx.commit", "tx.rollback"]);
            let within = [publish(dice, names, ch), settle(dice, ch), get(dice, names, ch)];
            let mut operations = vec![select("tx.select")];
            for operation in within {
                if dice.chance(60) {
                    operations.push(operation);
                }
            }
            operations.push(select(end));
            operations
        }
    }
}

fn publish(dice: &mut Dice, names: &Names, ch: &str) -> Json {
    let (exchange, key) = if dice.chance(50) {
        (String::new(), names.queue(dice))
    } else {
        (names.exchange(dice), names.key(dice))
    };
    let body = format!("n{}", dice.below(1000));
    let mut operation =
        json!({ "op": "publish", "ch": ch, "exchange": exchange, "key": key, "body": body });
    if dice.chance(50) {
        change::change(dice, &mut operation, names);
    }
    operation
}

fn bind(dice: &mut Dice, names: &Names, ch: &str) -> Json {
    let (source, key) = (names.exchange(dice), names.key(dice));
    match dice.below(4) {
        0 => json!({ "op": "exchange.bind", "ch": ch, "source": source, "key": key,
                     "destination": names.exchange(dice) }),
        1 => json!({ "op": "queue.unbind", "ch": ch, "exchange": source, "key": key,
                     "queue": names.queue(dice) }),
        _ => json!({ "op": "queue.bind", "ch": ch, "exchange": source, "key": key,
                     "queue": names.queue(dice) }),
    }
}

fn policy(dice: &mut Dice, names: &Names) -> Json {
    // Of policies of one priority nobody knows which holds.
    let at = dice.below(2);
    let name = ["p1", "p2"][at];
    if dice.chance(20) {
        return json!({ "op": "policy.clear", "name": name });
    }
    let mut definition = json!({});
    for _ in 0..dice.between(1, 2) {
        let (key, value) = values::policy(dice, names);
        definition[key] = value;
    }
    let apply_to = *dice.pick(&["all", "all", "queues", "exchanges", "quorum_queues"]);
    let pattern = *dice.pick(&["", "", "^q", "q$", "^.*1$"]);
    json!({ "op": "policy.set", "name": name, "pattern": pattern, "definition": definition,
            "priority": at + 10, "apply_to": apply_to })
}

fn rarity(dice: &mut Dice, ch: &str) -> Json {
    match dice.below(6) {
        0 => json!({ "op": "channel.flow", "ch": ch, "active": true }),
        1 => json!({ "op": "queue.declare", "ch": ch, "queue": "" }),
        2 => json!({ "op": "exchange.delete", "ch": ch, "exchange": "amq.topic" }),
        3 => json!({ "op": "ack", "ch": ch, "dtag": 0, "multiple": true }),
        4 => json!({ "op": "exchange.declare", "ch": ch, "exchange": "amq.new", "type": "fanout" }),
        _ => json!({ "op": "restart" }),
    }
}
