//! What arguments, properties and policies are changed to: what is right,
//! what is just right, and what is wrong.

use super::Names;
use crate::live::dice::Dice;
use serde_json::{Value as Json, json};

/// Values of every type, wrong nearly everywhere.
fn odd(dice: &mut Dice) -> Json {
    let values = [
        json!(5),
        json!("5"),
        json!("x"),
        json!(""),
        json!(true),
        json!(false),
        json!(null),
        json!(1.5),
        json!(2.0),
        json!(-1),
        json!(0),
        json!([]),
        json!(["a", 1]),
        json!({}),
        json!({ "a": 1 }),
        json!({ "$": "T", "v": 5 }),
        json!({ "$": "D", "v": [1, 25] }),
        json!({ "$": "x", "v": "YQ==" }),
        json!({ "$": "b", "v": 3 }),
        json!({ "$": "s", "v": -3 }),
        json!({ "$": "l", "v": 700 }),
        json!({ "$": "l", "v": 9_000_000_000_000_i64 }),
        json!({ "$": "f", "v": 1.5 }),
        json!({ "$": "d", "v": 3.0 }),
    ];
    dice.pick(&values).clone()
}

/// The arguments of queues.
const QUEUE: [&str; 27] = [
    "x-message-ttl",
    "x-expires",
    "x-max-length",
    "x-max-length-bytes",
    "x-overflow",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-dead-letter-strategy",
    "x-max-priority",
    "x-single-active-consumer",
    "x-queue-type",
    "x-queue-mode",
    "x-queue-version",
    "x-queue-master-locator",
    "x-queue-leader-locator",
    "x-delivery-limit",
    "x-quorum-initial-group-size",
    "x-initial-cluster-size",
    "x-max-in-memory-length",
    "x-max-in-memory-bytes",
    "x-max-age",
    "x-stream-max-segment-size-bytes",
    "x-stream-filter-size-bytes",
    "x-consumer-timeout",
    "x-cancel-on-ha-failover",
    "x-priority",
    "x-unknown",
];

/// Those that scenarios are about: half of all changes.
const COMMON: usize = 11;

pub(super) fn queue_argument(dice: &mut Dice, names: &Names) -> (&'static str, Json) {
    let many = if dice.chance(70) { COMMON } else { QUEUE.len() };
    let key = QUEUE[dice.below(many)];
    (key, of_queue(dice, key, names))
}

/// Another value for an argument of a queue.
pub(super) fn of_queue(dice: &mut Dice, key: &str, names: &Names) -> Json {
    if dice.chance(15) {
        return odd(dice);
    }
    let texts = |dice: &mut Dice, all: &[&str]| json!(*dice.pick(all));
    let numbers = |dice: &mut Dice, all: &[i64]| json!(*dice.pick(all));
    match key {
        "x-message-ttl" => numbers(dice, &[0, 1, 400, 700, 1500, 4_294_967_295, 315_360_000_001]),
        "x-expires" => numbers(dice, &[700, 900, 1500, 1, 0, 4_294_967_296]),
        "x-max-length" => numbers(dice, &[0, 1, 2, 3, 4, 2_147_483_648]),
        "x-max-length-bytes" => numbers(dice, &[0, 1, 2, 5, 10, 30]),
        "x-overflow" => {
            texts(dice, &["drop-head", "reject-publish", "reject-publish-dlx", "drop-tail"])
        }
        "x-dead-letter-exchange" => match dice.below(3) {
            0 => json!(""),
            _ => json!(names.exchange(dice)),
        },
        "x-dead-letter-routing-key" => match dice.below(2) {
            0 => json!(names.queue(dice)),
            _ => json!(names.key(dice)),
        },
        "x-dead-letter-strategy" => texts(dice, &["at-most-once", "at-most-once", "never"]),
        "x-max-priority" => numbers(dice, &[1, 2, 3, 5, 9, 10, 32, 255, 256, 0]),
        "x-single-active-consumer" => json!(dice.chance(80)),
        "x-queue-type" => texts(dice, &["classic", "quorum", "quorum", "stream", "none", ""]),
        "x-queue-mode" => texts(dice, &["default", "lazy", "x"]),
        "x-queue-version" => numbers(dice, &[1, 2, 3, 0]),
        "x-queue-master-locator" | "x-queue-leader-locator" => {
            texts(dice, &["client-local", "balanced", "min-masters", "random", "x"])
        }
        "x-delivery-limit" => numbers(dice, &[0, 1, 2, 3, -1, -2]),
        "x-quorum-initial-group-size" | "x-initial-cluster-size" => numbers(dice, &[1, 3, 0, -1]),
        "x-max-age" => texts(dice, &["1h", "7D", "1", "x", ""]),
        "x-stream-max-segment-size-bytes" => numbers(dice, &[1000, 500_000, 0, -1]),
        "x-stream-filter-size-bytes" => numbers(dice, &[16, 255, 15, 256]),
        "x-max-in-memory-length" | "x-max-in-memory-bytes" => numbers(dice, &[0, 1, 10, -1]),
        "x-consumer-timeout" => numbers(dice, &[60_000, 0, -1]),
        _ => odd(dice),
    }
}

/// The arguments of consumers.
pub(super) fn consumer_argument(dice: &mut Dice) -> (&'static str, Json) {
    let key = *dice.pick(&[
        "x-priority",
        "x-priority",
        "x-priority",
        "x-stream-offset",
        "x-stream-filter",
        "x-stream-match-unfiltered",
        "x-cancel-on-ha-failover",
        "x-consumer-timeout",
        "x-unknown",
    ]);
    (key, of_consumer(dice, key))
}

/// Another value for an argument of a consumer.
pub(super) fn of_consumer(dice: &mut Dice, key: &str) -> Json {
    if dice.chance(20) {
        return odd(dice);
    }
    match key {
        "x-priority" => json!(*dice.pick(&[0, 1, 2, 5, 10, -1, -5, 1_000_000])),
        "x-stream-offset" => {
            let offsets = [json!("first"), json!("last"), json!("next"), json!(0), json!(2)];
            dice.pick(&offsets).clone()
        }
        "x-stream-filter" => json!("f"),
        _ => json!(dice.chance(50)),
    }
}

/// Values of headers, and of bindings that look at them.
pub(super) fn header(dice: &mut Dice) -> Json {
    let values = [
        json!(1),
        json!(2),
        json!("1"),
        json!("Val"),
        json!(1.0),
        json!(null),
        json!({ "$": "l", "v": 1 }),
        json!({ "$": "T", "v": 1 }),
        json!({ "$": "b", "v": 1 }),
    ];
    if dice.chance(25) { odd(dice) } else { dice.pick(&values).clone() }
}

/// How bindings of headers match.
pub(super) fn x_match(dice: &mut Dice) -> Json {
    let values = [
        json!("all"),
        json!("any"),
        json!("all-with-x"),
        json!("any-with-x"),
        json!("some"),
        json!(1),
        json!(null),
        json!(""),
    ];
    dice.pick(&values).clone()
}

/// A property and what it says.
pub(super) fn property(dice: &mut Dice) -> (&'static str, Json) {
    let key = *dice.pick(&[
        "expiration",
        "expiration",
        "expiration",
        "priority",
        "priority",
        "delivery_mode",
        "delivery_mode",
        "user_id",
        "reply_to",
        "message_id",
        "timestamp",
        "type",
    ]);
    let value = match key {
        "expiration" => {
            let texts = [
                "0",
                "1",
                "400",
                "700",
                "900",
                "1500",
                "60000",
                "00700",
                "+700",
                "-1",
                "",
                "x",
                "1.5",
                "700ms",
                " 700",
                "700 ",
                "0x10",
                "4294967296",
                "315360000001",
                "-0",
                "1e3",
            ];
            json!(*dice.pick(&texts))
        }
        "priority" => json!(*dice.pick(&[0, 1, 2, 3, 4, 5, 6, 9, 10, 31, 32, 128, 255])),
        "delivery_mode" => json!(*dice.pick(&[0, 1, 2, 2, 3, 255])),
        "user_id" => json!(*dice.pick(&["guest", "guest", "other", ""])),
        "reply_to" => {
            json!(*dice.pick(&["amq.rabbitmq.reply-to", "q", "", "amq.rabbitmq.reply-to.x"]))
        }
        "timestamp" => json!(*dice.pick(&[0_u64, 1_700_000_000, 1 << 40])),
        _ => json!("some"),
    };
    (key, value)
}

/// A header that means something, or nothing.
pub(super) fn headers(dice: &mut Dice, names: &Names) -> (&'static str, Json) {
    let keys = ["CC", "CC", "BCC", "BCC", "x-death", "x-delay", "a", "h", "n", "key", "x-a"];
    let key = *dice.pick(&keys);
    let value = match key {
        "CC" | "BCC" if dice.chance(80) => match dice.below(4) {
            0 => json!([names.key(dice), names.queue(dice)]),
            1 => json!([]),
            _ => json!([names.key(dice)]),
        },
        "x-death" if dice.chance(70) => json!([{
            "count": { "$": "l", "v": *dice.pick(&[1, 3]) },
            "reason": *dice.pick(&["expired", "rejected", "maxlen"]),
            "queue": names.queue(dice),
            "exchange": "",
            "routing-keys": [names.key(dice)],
            "time": { "$": "T", "v": 1_700_000_000 },
        }]),
        "CC" | "BCC" | "x-death" => odd(dice),
        _ => header(dice),
    };
    (key, value)
}

/// What a policy says.
pub(super) fn policy(dice: &mut Dice, names: &Names) -> (&'static str, Json) {
    let key = *dice.pick(&[
        "max-length",
        "max-length",
        "max-length-bytes",
        "overflow",
        "message-ttl",
        "dead-letter-exchange",
        "dead-letter-routing-key",
        "delivery-limit",
        "alternate-exchange",
        "dead-letter-strategy",
        "expires",
        "queue-mode",
        "max-priority",
        "unknown",
    ]);
    let value = match key {
        "alternate-exchange" => json!(names.exchange(dice)),
        "delivery-limit" => json!(dice.below(4)),
        "queue-mode" => json!("default"),
        _ => of_queue(dice, &format!("x-{key}"), names),
    };
    // Policies are JSON: it has no other types.
    let plain = value.get("$").is_none();
    (key, if plain { value } else { json!(1) })
}
