//! Random sessions, mostly legal: what clients do with a few exchanges and
//! queues. The core is asked along the way what is outstanding, so that acks
//! mean something; what it answers is not part of the session.

mod bursts;
mod extras;
mod properties;
mod settle;
mod topology;

use super::dice::Dice;
use crate::truth::play::Player;
use crate::truth::subject::Core;
use serde_json::{Value as Json, json};
use warren_core::broker::Profile;

const KEYS: [&str; 10] = ["q1", "q2", "q3", "a", "a.b", "a.b.c", "", "a..b", ".", "*.b"];
const OTHERS: [&str; 5] = ["q2", "q3", "q2", "q3", "no"];
const PATTERNS: [&str; 14] =
    ["q1", "a", "a.*", "a.#", "#", "*.b.*", "*", "", "*.*", "#.b", "a.#.b", "a..b", "#.#.#", "q*"];

/// Of so many sessions one stops the broker.
const RESTART_EVERY: u64 = 15;

struct Channel {
    name: &'static str,
    connection: &'static str,
    /// The only queue it consumes from: between two queues no order is
    /// promised.
    queue: &'static str,
    open: bool,
    outstanding: Vec<u64>,
    tags: Vec<String>,
}

/// How a session is inclined.
struct Theme {
    timed: bool,
    quorum: bool,
    transactions: bool,
    confirms: bool,
    exchanges: bool,
    /// Each queue's dead letters go to the next, and much is rejected.
    chain: bool,
    policies: bool,
    replies: bool,
    /// The broker stops and starts again on the way.
    restarts: bool,
    /// Much of what is done is refused.
    wild: bool,
}

struct Session {
    dice: Dice,
    core: Player<Core>,
    theme: Theme,
    channels: Vec<Channel>,
    connected: Vec<&'static str>,
    operations: Vec<Json>,
    bodies: u32,
    tags: u32,
}

/// The session of a seed.
pub(super) fn session(seed: u64, profile: Profile) -> Vec<Json> {
    let mut dice = Dice::new(seed);
    let restarts = seed.is_multiple_of(RESTART_EVERY);
    let theme = Theme {
        timed: dice.chance(35) && !restarts,
        quorum: dice.chance(25),
        transactions: dice.chance(10),
        confirms: dice.chance(40),
        exchanges: dice.chance(60),
        chain: dice.chance(20),
        policies: dice.chance(15),
        replies: dice.chance(6),
        restarts,
        wild: dice.chance(18),
    };
    let queues = ["q1", "q2", "q3"];
    let channels = [("a", "A"), ("b", "A"), ("c", "B")].map(|(name, connection)| Channel {
        name,
        connection,
        queue: if dice.chance(60) { "q1" } else { queues[dice.below(3)] },
        open: false,
        outstanding: Vec::new(),
        tags: Vec::new(),
    });
    let mut session = Session {
        dice,
        core: Player::new(Core::new(profile)),
        theme,
        channels: channels.into(),
        connected: Vec::new(),
        operations: Vec::new(),
        bodies: 0,
        tags: 0,
    };
    session.begin();
    let steps = session.dice.between(15, 45);
    for step in 0..steps {
        if restarts && (step == steps / 3 || step == steps * 2 / 3) {
            session.play(json!({ "op": "restart" }));
        }
        session.step();
    }
    session.end();
    session.operations
}

impl Session {
    fn begin(&mut self) {
        self.reopen();
        for _ in 0..self.dice.between(1, 3) {
            self.declare_queue();
        }
        if self.theme.exchanges {
            for _ in 0..self.dice.between(1, 2) {
                self.declare_exchange();
                self.bind();
            }
            self.bind();
        }
        if self.theme.confirms {
            let ch = self.channel();
            self.play(json!({ "op": "confirm.select", "ch": ch }));
        } else if self.theme.transactions {
            let ch = self.channel();
            self.play(json!({ "op": "tx.select", "ch": ch }));
        }
    }

    /// What is left in every queue.
    fn end(&mut self) {
        self.play(json!({ "op": "connect", "conn": "Z" }));
        for (queue, ch) in [("q1", "z1"), ("q2", "z2"), ("q3", "z3")] {
            self.play(json!({ "op": "open", "conn": "Z", "ch": ch }));
            self.play(json!({ "op": "queue.declare", "ch": ch, "queue": queue, "passive": true }));
            let get = json!({ "op": "get", "ch": ch, "queue": queue, "no_ack": true });
            self.play(json!({ "op": "burst", "ops": vec![get; 5] }));
        }
    }

    /// Does an operation, and learns what came of it.
    fn play(&mut self, operation: Json) {
        let observed = self.core.step(&operation).expect("it is an operation");
        let manual = operation["op"] != json!("get") || operation["no_ack"] != json!(true);
        self.operations.push(operation);
        for (at, events) in observed {
            for event in events {
                self.learn(&at, &event, manual);
            }
        }
    }

    fn learn(&mut self, at: &str, event: &Json, manual: bool) {
        let closed = event["ev"] == json!("connection.close");
        if closed {
            self.connected.retain(|connection| *connection != at);
        }
        for channel in &mut self.channels {
            if closed && channel.connection == at {
                channel.open = false;
            }
            if channel.name != at {
                continue;
            }
            match event["ev"].as_str() {
                Some("channel.close") => channel.open = false,
                // Tags tell who need not acknowledge.
                Some("deliver")
                    if !event["tag"].as_str().is_some_and(|tag| tag.starts_with("auto")) =>
                {
                    channel.outstanding.extend(event["dtag"].as_u64());
                }
                Some("get-ok") if manual => channel.outstanding.extend(event["dtag"].as_u64()),
                _ => {}
            }
        }
    }

    /// Opens what is closed.
    fn reopen(&mut self) {
        for connection in ["A", "B"] {
            if !self.connected.contains(&connection) {
                self.connected.push(connection);
                self.play(json!({ "op": "connect", "conn": connection }));
            }
        }
        for at in 0..self.channels.len() {
            if !self.channels[at].open {
                let channel = &mut self.channels[at];
                channel.open = true;
                channel.outstanding.clear();
                channel.tags.clear();
                let open = json!({ "op": "open", "conn": channel.connection, "ch": channel.name });
                self.play(open);
            }
        }
    }

    fn channel(&mut self) -> &'static str {
        let at = self.dice.below(self.channels.len());
        self.channels[at].name
    }

    fn queue(&mut self) -> &'static str {
        let often = if self.theme.wild { 50 } else { 65 };
        if self.theme.wild && self.dice.chance(6) {
            return ["", "q1\r\n", "amq.gen-no", "amq.rabbitmq.reply-to"][self.dice.below(4)];
        }
        if self.dice.chance(often) { "q1" } else { OTHERS[self.dice.below(OTHERS.len())] }
    }

    fn step(&mut self) {
        self.reopen();
        match self.dice.below(100) {
            0..24 => self.publish_some(),
            24..30 => self.mixture(),
            30..42 => self.consume(),
            42..62 => self.settle(),
            62..69 => self.get(),
            69..73 => self.qos(),
            73..76 => self.cancel(),
            76..80 => self.declare_queue(),
            80..83 => self.bind(),
            83..86 => self.lose_a_channel(),
            86..91 => self.ask(),
            91..94 => self.remove(),
            94..95 => self.declare_exchange(),
            95..97 => self.modes(),
            97..98 => self.extra(),
            _ if self.theme.policies || self.theme.replies || self.theme.wild => self.extra(),
            _ if self.theme.timed => {
                let ms = *self.dice.pick(&[150, 300, 500]);
                self.play(json!({ "op": "sleep", "ms": ms }));
            }
            _ => self.publish_some(),
        }
    }

    fn publish(&mut self, ch: &str) -> Json {
        self.bodies += 1;
        let padding = self.dice.below(3) * 4;
        let body = format!("m{}{}", self.bodies, ".".repeat(padding));
        let (exchange, key) = if self.theme.exchanges && self.dice.chance(60) {
            let exchanges = ["e1", "e1", "e2", "amq.topic", "amq.headers", "no"];
            let known = if self.theme.wild { 6 } else { 5 };
            (*self.dice.pick(&exchanges[..known]), *self.dice.pick(&KEYS))
        } else {
            ("", if self.dice.chance(60) { "q1" } else { *self.dice.pick(&KEYS[..4]) })
        };
        let mut operation =
            json!({ "op": "publish", "ch": ch, "exchange": exchange, "key": key, "body": body });
        if self.dice.chance(20) {
            operation["mandatory"] = json!(true);
        }
        if self.theme.wild && self.dice.chance(1) {
            operation["immediate"] = json!(true);
        }
        let properties = self.properties();
        if properties.as_object().is_some_and(|p| !p.is_empty()) {
            operation["props"] = properties;
        }
        operation
    }

    fn consume(&mut self) {
        let at = self.dice.below(self.channels.len());
        let (ch, queue) = (self.channels[at].name, self.channels[at].queue);
        self.tags += 1;
        let no_ack = self.dice.chance(20);
        let reused = self.theme.wild && self.dice.chance(10);
        let tag = match self.channels[at].tags.last() {
            Some(tag) if reused => tag.clone(),
            _ => format!("{}{}", if no_ack { "auto" } else { "t" }, self.tags),
        };
        let mut operation = json!({ "op": "consume", "ch": ch, "queue": queue, "tag": tag });
        if no_ack {
            operation["no_ack"] = json!(true);
        }
        if self.dice.chance(6) {
            operation["exclusive"] = json!(true);
        }
        if self.dice.chance(15) {
            operation["args"] = json!({ "x-priority": *self.dice.pick(&[1, 2, -1]) });
        }
        if self.theme.wild && self.dice.chance(8) {
            let odd = [
                json!({ "x-priority": "1" }),
                json!({ "x-stream-offset": "first" }),
                json!({ "x-stream-filter": "f" }),
                json!({ "x-cancel-on-ha-failover": 1 }),
                json!({ "x-consumer-timeout": -1 }),
                json!({ "x-unknown": 1 }),
            ];
            operation["args"] = self.dice.pick(&odd).clone();
        }
        if self.dice.chance(5) {
            operation["nowait"] = json!(true);
        }
        self.channels[at].tags.push(tag);
        if self.dice.chance(60) {
            let count = self.dice.between(1, 3);
            self.play(json!({ "op": "qos", "ch": ch, "count": count }));
        }
        self.play(operation);
    }
}
