//! Random sessions, mostly legal: what clients do with a few exchanges and
//! queues. The core is asked along the way what is outstanding, so that acks
//! mean something; what it answers is not part of the session.

mod topology;

use super::dice::Dice;
use crate::truth::play::Player;
use crate::truth::subject::Core;
use serde_json::{Value as Json, json};
use warren_core::broker::Profile;

const KEYS: [&str; 7] = ["q1", "q2", "q3", "a", "a.b", "a.b.c", ""];
const OTHERS: [&str; 5] = ["q2", "q3", "q2", "q3", "no"];
const PATTERNS: [&str; 8] = ["q1", "a", "a.*", "a.#", "#", "*.b.*", "*", ""];

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
    let theme = Theme {
        timed: dice.chance(35),
        quorum: dice.chance(12),
        transactions: dice.chance(10),
        confirms: dice.chance(40),
        exchanges: dice.chance(60),
        wild: dice.chance(15),
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
    for _ in 0..session.dice.between(10, 30) {
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
        let observed = self.core.step(&operation);
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
        if self.dice.chance(often) { "q1" } else { OTHERS[self.dice.below(OTHERS.len())] }
    }

    fn step(&mut self) {
        self.reopen();
        match self.dice.below(100) {
            0..30 => self.publish_some(),
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
            _ if self.theme.timed => {
                let ms = *self.dice.pick(&[150, 300, 500]);
                self.play(json!({ "op": "sleep", "ms": ms }));
            }
            _ => self.publish_some(),
        }
    }

    fn publish_some(&mut self) {
        let ch = self.channel();
        match self.dice.below(4) {
            0 => {
                let count = self.dice.between(2, 5);
                let burst: Vec<Json> = (0..count).map(|_| self.publish(ch)).collect();
                self.play(json!({ "op": "burst", "ops": burst }));
            }
            _ => {
                let publish = self.publish(ch);
                self.play(publish);
            }
        }
    }

    fn publish(&mut self, ch: &str) -> Json {
        self.bodies += 1;
        let padding = self.dice.below(3) * 4;
        let body = format!("m{}{}", self.bodies, ".".repeat(padding));
        let (exchange, key) = if self.theme.exchanges && self.dice.chance(60) {
            let exchanges = ["e1", "e1", "e2", "amq.topic", "amq.headers"];
            (*self.dice.pick(&exchanges), *self.dice.pick(&KEYS))
        } else {
            ("", if self.dice.chance(60) { "q1" } else { *self.dice.pick(&KEYS[..4]) })
        };
        let mut operation =
            json!({ "op": "publish", "ch": ch, "exchange": exchange, "key": key, "body": body });
        if self.dice.chance(20) {
            operation["mandatory"] = json!(true);
        }
        let properties = self.properties();
        if properties.as_object().is_some_and(|p| !p.is_empty()) {
            operation["props"] = properties;
        }
        operation
    }

    fn properties(&mut self) -> Json {
        let mut properties = json!({});
        if self.dice.chance(30) {
            properties["delivery_mode"] = json!(self.dice.between(1, 2));
        }
        if self.dice.chance(25) {
            properties["priority"] = json!(*self.dice.pick(&[0, 1, 2, 3, 5, 9, 200]));
        }
        if self.theme.timed && self.dice.chance(25) {
            let expirations = ["0", "180", "260", "700", "0090", "x"];
            let usual = if self.theme.wild { 6 } else { 4 };
            properties["expiration"] = json!(*self.dice.pick(&expirations[..usual]));
        }
        if self.dice.chance(25) {
            properties["headers"] = self.headers();
        }
        if self.dice.chance(10) {
            properties["message_id"] = json!("id");
            properties["timestamp"] = json!(1_700_000_000);
            properties["content_type"] = json!("text/plain");
        }
        properties
    }

    fn headers(&mut self) -> Json {
        let values = [json!(1), json!(2), json!("x"), json!(true), json!(1.0), json!(null)];
        let mut headers = json!({});
        for key in ["h", "k", "x-h"] {
            if self.dice.chance(50) {
                headers[key] = self.dice.pick(&values).clone();
            }
        }
        if self.dice.chance(15) {
            headers["CC"] = json!(["q2"]);
        }
        if self.dice.chance(10) {
            headers["BCC"] = json!(["q3"]);
        }
        headers
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

    fn settle(&mut self) {
        let busy: Vec<usize> = (0..self.channels.len())
            .filter(|at| !self.channels[*at].outstanding.is_empty())
            .collect();
        if busy.is_empty() {
            return self.publish_some();
        }
        let at = *self.dice.pick(&busy);
        let ch = self.channels[at].name;
        let outstanding = &mut self.channels[at].outstanding;
        let chosen = self.dice.below(outstanding.len());
        let tag = if self.dice.chance(2) { outstanding[chosen] + 7 } else { outstanding[chosen] };
        let multiple = self.dice.chance(25);
        if multiple {
            outstanding.retain(|other| *other > tag);
        } else {
            outstanding.retain(|other| *other != tag);
        }
        let requeue = self.dice.chance(55);
        let mut operation = match self.dice.below(10) {
            0..5 => json!({ "op": "ack", "ch": ch, "dtag": tag }),
            5..8 => json!({ "op": "nack", "ch": ch, "dtag": tag, "requeue": requeue }),
            _ if multiple => json!({ "op": "nack", "ch": ch, "dtag": tag, "requeue": requeue }),
            _ => json!({ "op": "reject", "ch": ch, "dtag": tag, "requeue": requeue }),
        };
        if multiple {
            operation["multiple"] = json!(true);
        }
        self.play(operation);
    }

    fn get(&mut self) {
        let (ch, queue) = (self.channel(), self.queue());
        let mut operation = json!({ "op": "get", "ch": ch, "queue": queue });
        if self.dice.chance(30) {
            operation["no_ack"] = json!(true);
        }
        self.play(operation);
    }

    fn qos(&mut self) {
        let (ch, count) = (self.channel(), self.dice.below(4));
        let mut operation = json!({ "op": "qos", "ch": ch, "count": count });
        if self.dice.chance(20) {
            operation["global"] = json!(true);
        }
        self.play(operation);
    }

    fn cancel(&mut self) {
        let at = self.dice.below(self.channels.len());
        let (ch, tags) = (self.channels[at].name, &mut self.channels[at].tags);
        let tag = if tags.is_empty() { "none".to_owned() } else { tags.remove(0) };
        self.play(json!({ "op": "cancel", "ch": ch, "tag": tag }));
    }

    fn modes(&mut self) {
        let ch = self.channel();
        let operation = match self.dice.below(8) {
            0..3 => json!({ "op": "recover", "ch": ch, "requeue": true }),
            3 => json!({ "op": "confirm.select", "ch": ch }),
            4 => json!({ "op": "tx.select", "ch": ch }),
            5 | 6 if self.theme.transactions => json!({ "op": "tx.commit", "ch": ch }),
            7 if self.theme.transactions => json!({ "op": "tx.rollback", "ch": ch }),
            _ => json!({ "op": "recover-async", "ch": ch, "requeue": true }),
        };
        if operation["op"] == json!("recover") || operation["op"] == json!("recover-async") {
            let channel = self.channels.iter_mut().find(|channel| channel.name == ch);
            channel.expect("it was picked").outstanding.clear();
        }
        self.play(operation);
    }
}
