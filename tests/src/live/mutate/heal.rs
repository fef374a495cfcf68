//! A changed scenario made playable: what was closed by an error is opened
//! again, bursts are taken apart, and at the end everything is looked at. The
//! core is asked along the way what is open and outstanding; what it answers
//! is not part of the session.

use crate::live::dice::Dice;
use crate::truth::Observed;
use crate::truth::play::Player;
use crate::truth::subject::Core;
use crate::truth::values::text;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use warren_core::broker::Profile;

struct Channel {
    connection: String,
    open: bool,
    outstanding: BTreeSet<u64>,
    /// Consumers that need not acknowledge.
    automatic: BTreeSet<String>,
}

struct Session {
    core: Player<Core>,
    connections: BTreeMap<String, bool>,
    channels: BTreeMap<String, Channel>,
    operations: Vec<Json>,
    dead_letters: bool,
    quorum: bool,
    streams: bool,
}

/// The session that comes of a changed scenario.
pub(super) fn heal(dice: &mut Dice, operations: &[Json], profile: Profile) -> Vec<Json> {
    let mut session = Session {
        core: Player::new(Core::new(profile)),
        connections: BTreeMap::new(),
        channels: BTreeMap::new(),
        operations: Vec::new(),
        dead_letters: false,
        quorum: false,
        streams: false,
    };
    for operation in operations {
        session.look(operation);
    }
    for operation in operations {
        match operation["ops"].as_array() {
            Some(burst) if session.may_burst(burst) && dice.chance(40) => {
                let ready = burst[0].clone();
                session.prepare(dice, &ready);
                session.play(operation.clone());
            }
            Some(burst) => burst.iter().for_each(|each| session.act(dice, each)),
            None => session.act(dice, operation),
        }
    }
    session.end();
    session.operations
}

impl Session {
    /// Learns of what kind the scenario is.
    fn look(&mut self, operation: &Json) {
        let text = operation.to_string();
        self.dead_letters |= text.contains("dead-letter-exchange");
        self.quorum |= text.contains("quorum");
        self.streams |= text.contains("\"stream\"");
    }

    /// Publishes on one channel do not race with each other, but with dead
    /// letters.
    fn may_burst(&self, burst: &[Json]) -> bool {
        let first = burst.first().map(|first| &first["ch"]);
        !self.dead_letters
            && !burst.is_empty()
            && burst.iter().all(|each| each["op"] == "publish" && Some(&each["ch"]) == first)
    }

    fn act(&mut self, dice: &mut Dice, operation: &Json) {
        let mut operation = operation.clone();
        match text(&operation, "op") {
            "connect" => {
                let name = text(&operation, "conn").to_owned();
                if self.connections.get(&name) == Some(&true) {
                    self.play(json!({ "op": "abort", "conn": name }));
                }
            }
            "close" | "abort" | "sleep" | "restart" | "policy.clear" => {}
            "policy.set" => {
                let Some(definition) = operation["definition"].as_object_mut() else { return };
                if self.quorum {
                    // Quorum queues look for that every five seconds.
                    definition.remove("expires");
                }
            }
            "stat" if self.streams || operation["queues"].is_null() => return,
            "stat" => {}
            "open" => {
                if let Some(operation) = operation.as_object_mut() {
                    operation.remove("id");
                }
                self.connect(text(&operation, "conn").to_owned());
            }
            // Streams count their messages every five seconds of their own.
            "queue.declare" if self.streams && self.is_there(&operation) => return,
            _ => {
                if !self.prepare(dice, &operation) || !self.settles(dice, &mut operation) {
                    return;
                }
                let quorum = operation["args"]["x-queue-type"] == "quorum";
                if let Some(arguments) = operation.get_mut("args").and_then(Json::as_object_mut)
                    && quorum
                {
                    arguments.remove("x-expires");
                }
            }
        }
        self.play(operation);
    }

    /// Whether something declared that queue already.
    fn is_there(&self, operation: &Json) -> bool {
        let same = |other: &Json| {
            other["op"] == "queue.declare"
                && other["passive"] != json!(true)
                && other["queue"] == operation["queue"]
        };
        self.operations.iter().any(same)
    }

    fn connect(&mut self, name: String) {
        if self.connections.get(&name) != Some(&true) {
            self.play(json!({ "op": "connect", "conn": name }));
        }
    }

    /// Opens the channel of an operation again, most of the time. Whether
    /// there is one.
    fn prepare(&mut self, dice: &mut Dice, operation: &Json) -> bool {
        let name = text(operation, "ch").to_owned();
        let Some(channel) = self.channels.get(&name) else { return false };
        if !channel.open && dice.chance(90) {
            let connection = channel.connection.clone();
            self.connect(connection.clone());
            self.play(json!({ "op": "open", "conn": connection, "ch": name }));
        }
        true
    }

    /// Fills in a delivery that is outstanding. Whether there was one where it
    /// is wanted.
    fn settles(&self, dice: &mut Dice, operation: &mut Json) -> bool {
        if operation.get("dtag") != Some(&Json::Null) {
            return true;
        }
        let channel = self.channels.get(text(operation, "ch"));
        let outstanding: Vec<u64> =
            channel.into_iter().flat_map(|channel| &channel.outstanding).copied().collect();
        let tag = match outstanding.len() {
            0 => return false,
            _ => *dice.pick(&outstanding),
        };
        operation["dtag"] = json!(tag);
        true
    }

    /// Does an operation, and learns what came of it.
    fn play(&mut self, operation: Json) {
        let Ok(observed) = self.core.step(&operation) else { return };
        match text(&operation, "op") {
            "connect" => drop(self.connections.insert(text(&operation, "conn").to_owned(), true)),
            "open" => {
                let channel = Channel {
                    connection: text(&operation, "conn").to_owned(),
                    open: true,
                    outstanding: BTreeSet::new(),
                    automatic: BTreeSet::new(),
                };
                self.channels.insert(text(&operation, "ch").to_owned(), channel);
            }
            "close" | "abort" => self.ended(text(&operation, "conn")),
            "chclose" => {
                if let Some(channel) = self.channels.get_mut(text(&operation, "ch")) {
                    channel.open = false;
                }
            }
            "consume" if operation["no_ack"] == json!(true) => {
                if let Some(channel) = self.channels.get_mut(text(&operation, "ch")) {
                    channel.automatic.insert(text(&operation, "tag").to_owned());
                }
            }
            "ack" | "nack" | "reject" => self.settled(&operation),
            _ => {}
        }
        let manual = operation["no_ack"] != json!(true);
        self.operations.push(operation);
        self.learn(&observed, manual);
    }

    fn ended(&mut self, connection: &str) {
        self.connections.insert(connection.to_owned(), false);
        for channel in self.channels.values_mut().filter(|c| c.connection == connection) {
            channel.open = false;
        }
    }

    fn settled(&mut self, operation: &Json) {
        let Some(channel) = self.channels.get_mut(text(operation, "ch")) else { return };
        let tag = operation["dtag"].as_u64().unwrap_or_default();
        let multiple = operation["multiple"] == json!(true);
        channel.outstanding.retain(|other| if multiple { *other > tag } else { *other != tag });
    }

    fn learn(&mut self, observed: &Observed, manual: bool) {
        for (at, events) in observed {
            for event in events {
                if ["connection.close", "eof"].iter().any(|end| event["ev"] == *end) {
                    self.ended(at);
                }
                let Some(channel) = self.channels.get_mut(at) else { continue };
                match text(event, "ev") {
                    "channel.close" => channel.open = false,
                    "deliver" if !channel.automatic.contains(text(event, "tag")) => {
                        channel.outstanding.extend(event["dtag"].as_u64());
                    }
                    "get-ok" if manual => channel.outstanding.extend(event["dtag"].as_u64()),
                    _ => {}
                }
            }
        }
    }

    /// What is left: depths, then every message, then which exchanges.
    fn end(&mut self) {
        let all = |fields: &[&str]| {
            let names = super::flat(&self.operations).flat_map(|operation| {
                fields.iter().filter_map(|field| operation[*field].as_str().map(str::to_owned))
            });
            names.filter(|name| !name.is_empty()).collect::<BTreeSet<_>>()
        };
        let (mut queues, exchanges) =
            (all(&["queue"]), all(&["exchange", "source", "destination"]));
        // Addresses of replies are no queues.
        queues.retain(|name| !name.contains("reply"));
        if !self.streams {
            self.play(json!({ "op": "stat", "queues": queues }));
        }
        for (at, queue) in queues.iter().enumerate() {
            let ch = format!("z{at}");
            // Streams close the connection of whoever asks them like that.
            self.connect("Z".to_owned());
            self.play(json!({ "op": "open", "conn": "Z", "ch": ch }));
            if !self.streams {
                let ask =
                    json!({ "op": "queue.declare", "ch": ch, "queue": queue, "passive": true });
                self.play(ask);
            }
            let open = self.channels.get(&ch).is_some_and(|channel| channel.open);
            if open {
                self.play(json!({ "op": "drain", "ch": ch, "queue": queue, "full": true }));
            }
        }
        for (at, exchange) in exchanges.iter().enumerate() {
            let ch = format!("y{at}");
            self.connect("Z".to_owned());
            self.play(json!({ "op": "open", "conn": "Z", "ch": ch }));
            self.play(json!({ "op": "exchange.declare", "ch": ch, "exchange": exchange,
                              "type": "direct", "passive": true }));
        }
    }
}
