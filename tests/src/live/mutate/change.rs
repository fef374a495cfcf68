//! One operation, changed in one thing.

use super::{Names, values};
use crate::live::dice::Dice;
use serde_json::{Value as Json, json};

/// Changes an operation in one thing; a burst in one of its operations.
pub(super) fn change(dice: &mut Dice, operation: &mut Json, names: &Names) {
    if let Some(operations) = operation.get_mut("ops").and_then(Json::as_array_mut) {
        if !operations.is_empty() {
            let at = dice.below(operations.len());
            change(dice, &mut operations[at], names);
        }
        return;
    }
    let name = operation["op"].as_str().unwrap_or_default().to_owned();
    match name.as_str() {
        "queue.declare" => queue(dice, operation, names),
        "exchange.declare" => exchange(dice, operation, names),
        "queue.bind" | "queue.unbind" | "exchange.bind" | "exchange.unbind" => {
            binding(dice, operation, names);
        }
        "publish" => publish(dice, operation, names),
        "consume" => consume(dice, operation, names),
        "ack" | "nack" | "reject" => settle(dice, operation),
        "policy.set" => policy(dice, operation, names),
        _ => rest(dice, operation, names),
    }
}

fn flip(dice: &mut Dice, operation: &mut Json, flags: &[&str]) {
    let flag = *dice.pick(flags);
    operation[flag] = json!(operation[flag] != json!(true));
}

/// Takes an argument out, or changes it.
fn without(dice: &mut Dice, operation: &mut Json, other: impl Fn(&mut Dice, &str) -> Json) {
    let arguments = operation.get_mut("args").and_then(Json::as_object_mut);
    let Some(arguments) = arguments else { return };
    let keys: Vec<String> = arguments.keys().cloned().collect();
    if keys.is_empty() {
        return;
    }
    let key = dice.pick(&keys).clone();
    if dice.chance(35) {
        arguments.remove(&key);
    } else {
        let value = other(dice, &key);
        arguments.insert(key, value);
    }
}

fn has_arguments(operation: &Json) -> bool {
    operation["args"].as_object().is_some_and(|arguments| !arguments.is_empty())
}

fn queue(dice: &mut Dice, operation: &mut Json, names: &Names) {
    match dice.below(12) {
        0 | 1 => flip(dice, operation, &["durable", "exclusive", "auto_delete", "passive"]),
        2 => operation["queue"] = json!(names.queue(dice)),
        3 => {
            let odd = ["", "amq.q", "q\r", "q\n1", "a.b", "Q", "#", "ü"];
            operation["queue"] = json!(*dice.pick(&odd));
        }
        4 | 5 => {
            // The whole queue, as another type makes it.
            let kind = *dice.pick(&["quorum", "quorum", "quorum", "stream"]);
            operation["args"]["x-queue-type"] = json!(kind);
            if dice.chance(90) {
                operation["durable"] = json!(true);
                operation["exclusive"] = json!(false);
                operation["auto_delete"] = json!(false);
            }
        }
        6 => flip(dice, operation, &["nowait", "exclusive", "auto_delete", "durable"]),
        7 | 8 if has_arguments(operation) => {
            without(dice, operation, |dice, key| values::of_queue(dice, key, names));
        }
        _ => {
            let (key, value) = values::queue_argument(dice, names);
            operation["args"][key] = value;
        }
    }
}

fn exchange(dice: &mut Dice, operation: &mut Json, names: &Names) {
    match dice.below(9) {
        0..2 => {
            let flags = ["durable", "auto_delete", "internal", "internal", "passive", "nowait"];
            flip(dice, operation, &flags);
        }
        2..5 => {
            let kinds = ["direct", "fanout", "topic", "headers", "x-none", "", "Direct"];
            operation["type"] = json!(*dice.pick(&kinds));
        }
        5 => operation["exchange"] = json!(names.exchange(dice)),
        6 => {
            let odd = ["amq.x", "x\r\n", "a.b", "amq.direct", ""];
            operation["exchange"] = json!(*dice.pick(&odd));
        }
        7 => operation["args"]["alternate-exchange"] = json!(names.exchange(dice)),
        _ => operation["args"]["alternate-exchange"] = values::header(dice),
    }
}

fn binding(dice: &mut Dice, operation: &mut Json, names: &Names) {
    match dice.below(10) {
        0..3 => operation["key"] = json!(names.key(dice)),
        3 => {
            let field = if operation["queue"].is_null() { "destination" } else { "queue" };
            let name = if field == "queue" { names.queue(dice) } else { names.exchange(dice) };
            operation[field] = json!(name);
        }
        4 | 5 => {
            let field = if operation["source"].is_null() { "exchange" } else { "source" };
            operation[field] = json!(names.exchange(dice));
        }
        6 => operation["args"]["x-match"] = values::x_match(dice),
        7 if has_arguments(operation) => without(dice, operation, |dice, _| values::header(dice)),
        8 => {
            // Done instead of undone, and the other way round.
            let name = operation["op"].as_str().unwrap_or_default();
            let other = match name {
                "queue.bind" => "queue.unbind",
                "queue.unbind" => "queue.bind",
                "exchange.bind" => "exchange.unbind",
                _ => "exchange.bind",
            };
            operation["op"] = json!(other);
            operation["nowait"] = json!(false);
        }
        _ => {
            let key = *dice.pick(&["a", "n", "h", "x-a", "v"]);
            operation["args"][key] = values::header(dice);
        }
    }
}

fn publish(dice: &mut Dice, operation: &mut Json, names: &Names) {
    match dice.below(14) {
        0 | 1 => operation["key"] = json!(names.key(dice)),
        2 => operation["exchange"] = json!(names.exchange(dice)),
        3 => operation["key"] = json!(names.queue(dice)),
        4 | 5 => operation["mandatory"] = json!(operation["mandatory"] != json!(true)),
        6 if dice.chance(20) => operation["immediate"] = json!(true),
        6 => operation["body"] = json!("b".repeat(*dice.pick(&[0, 1, 10, 11, 40]))),
        7..10 => {
            let (key, value) = values::headers(dice, names);
            operation["props"]["headers"][key] = value;
        }
        _ => {
            let (key, value) = values::property(dice);
            operation["props"][key] = value;
        }
    }
}

fn consume(dice: &mut Dice, operation: &mut Json, names: &Names) {
    match dice.below(10) {
        0 | 1 => operation["no_ack"] = json!(operation["no_ack"] != json!(true)),
        2 => operation["exclusive"] = json!(operation["exclusive"] != json!(true)),
        3 => operation["queue"] = json!(names.queue(dice)),
        4 => operation["queue"] = json!("amq.rabbitmq.reply-to"),
        5 => operation["tag"] = json!(names.tag(dice)),
        6 => operation["ch"] = json!(names.channel(dice)),
        7 if has_arguments(operation) => without(dice, operation, values::of_consumer),
        _ => {
            let (key, value) = values::consumer_argument(dice);
            operation["args"][key] = value;
        }
    }
}

fn settle(dice: &mut Dice, operation: &mut Json) {
    match dice.below(6) {
        0 => operation["multiple"] = json!(operation["multiple"] != json!(true)),
        1 => operation["requeue"] = json!(operation["requeue"] != json!(true)),
        2 => {
            let tag = operation["dtag"].as_u64().unwrap_or_default();
            operation["dtag"] = json!(*dice.pick(&[0, tag + 1, tag.saturating_sub(1), 100]));
        }
        _ => {
            operation["op"] = json!(*dice.pick(&["ack", "nack", "reject"]));
            operation["requeue"] = json!(dice.chance(60));
        }
    }
}

fn policy(dice: &mut Dice, operation: &mut Json, names: &Names) {
    match dice.below(6) {
        0 => {
            let patterns = ["", "q", "^q$", "^$", "no", ".*", "1$", "(", "[a-m]", "^(?!q)"];
            operation["pattern"] = json!(*dice.pick(&patterns));
        }
        1 => operation["priority"] = json!(*dice.pick(&[0, 1, 5, -1])),
        2 => {
            let targets =
                ["all", "queues", "exchanges", "classic_queues", "quorum_queues", "streams"];
            operation["apply_to"] = json!(*dice.pick(&targets));
        }
        3 => operation["definition"] = json!({}),
        _ => {}
    }
    let (key, value) = values::policy(dice, names);
    operation["definition"][key] = value;
}

fn rest(dice: &mut Dice, operation: &mut Json, names: &Names) {
    let fields: &[&str] = match operation["op"].as_str().unwrap_or_default() {
        "queue.delete" => &["if_unused", "if_empty", "nowait", "queue"],
        "exchange.delete" => &["if_unused", "nowait", "exchange"],
        "queue.purge" => &["nowait", "queue", "queue"],
        "get" => &["no_ack", "queue"],
        "qos" => &["global", "count", "count", "size"],
        "cancel" => &["tag", "nowait"],
        "recover" | "recover-async" => &["requeue"],
        "confirm.select" | "tx.select" | "tx.commit" | "tx.rollback" => {
            let others = ["confirm.select", "tx.select", "tx.commit", "tx.rollback"];
            operation["op"] = json!(*dice.pick(&others));
            operation["nowait"] = json!(false);
            return;
        }
        "close" => {
            operation["op"] = json!("abort");
            return;
        }
        "channel.flow" => &["active"],
        _ => return,
    };
    let field = *dice.pick(fields);
    operation[field] = match field {
        "queue" => json!(names.queue(dice)),
        "exchange" => json!(names.exchange(dice)),
        "tag" => json!(names.tag(dice)),
        "count" => json!(*dice.pick(&[0, 1, 2, 3, 5, 2000, 65535])),
        "size" => json!(1),
        flag => json!(operation[flag] != json!(true)),
    };
}
