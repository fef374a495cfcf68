//! Sessions that declare, bind, ask and remove.

use super::*;

impl Session {
    pub(super) fn ask(&mut self) {
        let (ch, queue) = (self.channel(), self.queue());
        self.play(json!({ "op": "queue.declare", "ch": ch, "queue": queue, "passive": true }));
    }

    pub(super) fn remove(&mut self) {
        let (ch, queue) = (self.channel(), self.queue());
        let operation = match self.dice.below(8) {
            0 => json!({ "op": "queue.delete", "ch": ch, "queue": queue }),
            1 => json!({ "op": "queue.delete", "ch": ch, "queue": queue, "if_unused": true }),
            2 => json!({ "op": "queue.delete", "ch": ch, "queue": queue, "if_empty": true }),
            3 => json!({ "op": "exchange.delete", "ch": ch, "exchange": "e2" }),
            4 => json!({ "op": "exchange.delete", "ch": ch, "exchange": "e1", "if_unused": true }),
            5 => match self.dice.below(3) {
                0 => json!({ "op": "exchange.unbind", "ch": ch, "source": "e1",
                             "destination": "e2", "key": *self.dice.pick(&PATTERNS) }),
                _ => {
                    let exchange = *self.dice.pick(&["e1", "e2"]);
                    json!({ "op": "queue.unbind", "ch": ch, "queue": queue, "exchange": exchange,
                            "key": *self.dice.pick(&PATTERNS) })
                }
            },
            _ => json!({ "op": "queue.purge", "ch": ch, "queue": queue }),
        };
        self.play(operation);
    }

    pub(super) fn declare_exchange(&mut self) {
        let (ch, exchange) = (self.channel(), *self.dice.pick(&["e1", "e1", "e2"]));
        let kind = *self.dice.pick(&["direct", "fanout", "topic", "headers", "topic"]);
        let mut operation =
            json!({ "op": "exchange.declare", "ch": ch, "exchange": exchange, "type": kind });
        let durable = if self.theme.restarts { 60 } else { 20 };
        for (flag, often) in [("durable", durable), ("auto_delete", 20), ("internal", 5)] {
            if self.dice.chance(often) {
                operation[flag] = json!(true);
            }
        }
        if self.dice.chance(20) {
            let alternates = ["amq.fanout", "e2", "no"];
            operation["args"] = json!({ "alternate-exchange": *self.dice.pick(&alternates) });
        }
        if self.theme.wild && self.dice.chance(10) {
            let odd = [
                ("args", json!({ "alternate-exchange": 1 })),
                ("type", json!("x-none")),
                ("exchange", json!("")),
                ("exchange", json!("amq.topic")),
                ("passive", json!(true)),
            ];
            let (key, value) = self.dice.pick(&odd).clone();
            operation[key] = value;
        }
        self.play(operation);
    }

    pub(super) fn bind(&mut self) {
        let ch = self.channel();
        let sources = ["e1", "e1", "e2", "amq.topic", "amq.fanout", "amq.headers"];
        let (source, key) = (*self.dice.pick(&sources), *self.dice.pick(&PATTERNS));
        let mut operation = if self.dice.chance(15) {
            let destination = *self.dice.pick(&["e2", "e2", "e1", "amq.fanout"]);
            json!({ "op": "exchange.bind", "ch": ch, "source": source,
                    "destination": destination, "key": key })
        } else {
            let queue = self.queue();
            json!({ "op": "queue.bind", "ch": ch, "exchange": source, "queue": queue, "key": key })
        };
        if source == "amq.headers" || self.dice.chance(20) {
            let mut arguments = self.headers();
            let matches = ["all", "any", "all-with-x", "any-with-x"];
            if self.dice.chance(70) {
                arguments["x-match"] = json!(*self.dice.pick(&matches));
            }
            operation["args"] = arguments;
        }
        if self.dice.chance(4) {
            operation["nowait"] = json!(true);
        }
        if self.theme.wild && self.dice.chance(8) {
            let odd = [
                ("args", json!({ "x-match": "some" })),
                ("args", json!({ "x-match": 1 })),
                ("exchange", json!("")),
                ("source", json!("")),
                ("queue", json!("")),
            ];
            let (key, value) = self.dice.pick(&odd).clone();
            operation[key] = value;
        }
        self.play(operation);
    }

    pub(super) fn declare_queue(&mut self) {
        let (ch, queue) = (self.channel(), *self.dice.pick(&["q1", "q1", "q2", "q3"]));
        let mut operation = json!({ "op": "queue.declare", "ch": ch, "queue": queue });
        let quorum = self.theme.quorum && self.dice.chance(60);
        if quorum {
            operation["durable"] = json!(true);
        } else {
            let durable = if self.theme.restarts { 75 } else { 30 };
            for (flag, often) in [("durable", durable), ("auto_delete", 12), ("exclusive", 8)] {
                if self.dice.chance(often) {
                    operation[flag] = json!(true);
                }
            }
        }
        let mut arguments = self.queue_arguments(queue);
        if quorum {
            arguments["x-queue-type"] = json!("quorum");
            if self.dice.chance(30) {
                arguments["x-delivery-limit"] = json!(self.dice.below(3));
            }
            if let Some(arguments) = arguments.as_object_mut() {
                arguments.remove("x-max-priority");
                // It goes when the queue looks for that, every five seconds.
                arguments.remove("x-expires");
            }
        }
        if arguments.as_object().is_some_and(|arguments| !arguments.is_empty()) {
            operation["args"] = arguments;
        }
        if self.dice.chance(4) {
            operation["nowait"] = json!(true);
        }
        self.play(operation);
    }

    pub(super) fn queue_arguments(&mut self, queue: &str) -> Json {
        let mut arguments = json!({});
        let dice = &mut self.dice;
        if dice.chance(30) {
            arguments["x-max-length"] = json!(dice.below(4));
        }
        if dice.chance(8) {
            arguments["x-max-length-bytes"] = json!(*dice.pick(&[0, 4, 12]));
        }
        if dice.chance(25) {
            let modes = ["drop-head", "reject-publish", "reject-publish-dlx"];
            arguments["x-overflow"] = json!(*dice.pick(&modes));
        }
        if self.theme.timed && dice.chance(50) {
            // Two queues never expire together.
            let lives = if queue == "q1" { [0, 200] } else { [330, 470] };
            arguments["x-message-ttl"] = json!(*dice.pick(&lives));
        }
        if self.theme.timed && dice.chance(15) {
            arguments["x-expires"] = json!(if queue == "q1" { 400 } else { 900 });
        }
        if self.theme.chain {
            let next = match queue {
                "q1" => "q2",
                "q2" => "q3",
                _ => "q1",
            };
            arguments["x-dead-letter-exchange"] = json!("");
            arguments["x-dead-letter-routing-key"] = json!(next);
        } else if dice.chance(45) {
            arguments["x-dead-letter-exchange"] = json!(*dice.pick(&["", "", "e1", "no"]));
            if dice.chance(70) {
                let keys = ["q2", "q3", "q1", "a.b"];
                arguments["x-dead-letter-routing-key"] = json!(*dice.pick(&keys));
            }
        }
        if dice.chance(18) {
            arguments["x-max-priority"] = json!(*dice.pick(&[1, 3, 10]));
        }
        if dice.chance(10) {
            arguments["x-single-active-consumer"] = json!(true);
        }
        if self.theme.wild && dice.chance(25) {
            let odd = [
                ("x-message-ttl", json!(-1)),
                ("x-max-length", json!("1")),
                ("x-expires", json!(0)),
                ("x-max-priority", json!(256)),
                ("x-overflow", json!("no")),
                ("x-queue-type", json!("no")),
                ("x-dead-letter-exchange", json!(1)),
                ("x-unknown", json!(1)),
                ("x-queue-mode", json!("lazy")),
                ("x-single-active-consumer", json!("yes")),
                ("x-max-length", json!({ "$": "l", "v": 2 })),
                ("x-max-length", json!({ "$": "b", "v": 2 })),
                ("x-max-length", json!(2000.0)),
                ("x-dead-letter-exchange", json!({ "$": "x", "v": "ZTE=" })),
                ("x-message-ttl", json!([1, "a"])),
                ("x-max-priority", json!({ "a": 1 })),
                ("x-dead-letter-strategy", json!("at-most-once")),
                ("x-queue-version", json!(3)),
                ("x-delivery-limit", json!(1)),
            ];
            let (key, value) = dice.pick(&odd).clone();
            arguments[key] = value;
        }
        arguments
    }

    pub(super) fn lose_a_channel(&mut self) {
        let at = self.dice.below(self.channels.len());
        let (name, connection) = (self.channels[at].name, self.channels[at].connection);
        let (operation, all) = match self.dice.below(6) {
            0 => (json!({ "op": "close", "conn": connection }), true),
            1 => (json!({ "op": "abort", "conn": connection }), true),
            _ => (json!({ "op": "chclose", "ch": name }), false),
        };
        if all {
            self.connected.retain(|other| *other != connection);
        }
        for channel in &mut self.channels {
            if channel.name == name || (all && channel.connection == connection) {
                channel.open = false;
            }
        }
        self.play(operation);
    }
}
