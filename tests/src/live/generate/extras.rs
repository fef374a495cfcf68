//! Sessions that set policies, ask for replies, and do what is rare.

use super::*;

impl Session {
    pub(super) fn extra(&mut self) {
        match self.dice.below(3) {
            0 if self.theme.policies => self.policy(),
            1 if self.theme.replies => self.reply(),
            2 if self.theme.wild => self.rarity(),
            _ if self.theme.policies => self.policy(),
            _ if self.theme.replies => self.reply(),
            _ => self.rarity(),
        }
    }

    fn policy(&mut self) {
        let at = self.dice.below(2);
        let name = ["p1", "p2"][at];
        if self.dice.chance(30) {
            return self.play(json!({ "op": "policy.clear", "name": name }));
        }
        let mut definitions = vec![
            json!({ "max-length": self.dice.below(4) }),
            json!({ "max-length-bytes": 10, "overflow": "reject-publish" }),
            json!({ "max-length": 2, "overflow": "drop-head" }),
            json!({ "dead-letter-exchange": "", "dead-letter-routing-key": "q3" }),
            json!({ "dead-letter-exchange": "e1" }),
            json!({ "max-length": 1, "delivery-limit": 1 }),
        ];
        if self.theme.timed {
            definitions.push(json!({ "message-ttl": 250 }));
            definitions.push(json!({ "expires": 700 }));
        }
        let (definition, mut apply_to) = if self.theme.exchanges && self.dice.chance(25) {
            (json!({ "alternate-exchange": *self.dice.pick(&["e2", "amq.fanout"]) }), "exchanges")
        } else {
            (self.dice.pick(&definitions).clone(), "queues")
        };
        if self.dice.chance(10) {
            apply_to = "all";
        }
        let pattern = *self.dice.pick(&["", "1", "^q", "^e1$", "q[12]"]);
        // Of policies of one priority nobody knows which holds.
        self.play(json!({
            "op": "policy.set", "name": name, "pattern": pattern, "definition": definition,
            "priority": at, "apply_to": apply_to,
        }));
    }

    /// A request or an answer, whether anybody asked or not.
    fn reply(&mut self) {
        let ch = self.channel();
        let operation = match self.dice.below(4) {
            0 => {
                self.tags += 1;
                let tag = format!("auto{}", self.tags);
                json!({ "op": "consume", "ch": ch, "queue": "amq.rabbitmq.reply-to", "tag": tag,
                        "no_ack": true })
            }
            1 => {
                let mut request = self.publish(ch);
                request["props"]["reply_to"] = json!("amq.rabbitmq.reply-to");
                request
            }
            _ => {
                let mut answer = self.publish(ch);
                answer["exchange"] = json!("");
                answer["key"] = json!("<reply-1>");
                answer
            }
        };
        self.play(operation);
    }

    fn rarity(&mut self) {
        let ch = self.channel();
        let operation = match self.dice.below(9) {
            0 => json!({ "op": "channel.flow", "ch": ch, "active": true }),
            1 => json!({ "op": "queue.declare", "ch": ch, "queue": "" }),
            2 => json!({ "op": "exchange.declare", "ch": ch, "exchange": "e1", "type": "fanout",
                         "passive": true }),
            3 => json!({ "op": "queue.purge", "ch": ch, "queue": "q1", "nowait": true }),
            4 => json!({ "op": "exchange.declare", "ch": ch, "exchange": "amq.direct",
                         "type": "direct", "durable": true }),
            5 => json!({ "op": "ack", "ch": ch, "dtag": 0, "multiple": true }),
            _ if !self.theme.wild => json!({ "op": "qos", "ch": ch, "count": 1 }),
            6 => json!({ "op": "exchange.delete", "ch": ch, "exchange": "amq.topic" }),
            7 => json!({ "op": "exchange.declare", "ch": ch, "exchange": "amq.new",
                         "type": "direct" }),
            _ => json!({ "op": "queue.declare", "ch": ch, "queue": "amq.new" }),
        };
        if operation["op"] == json!("ack")
            && let Some(channel) = self.channels.iter_mut().find(|channel| channel.name == ch)
        {
            channel.outstanding.clear();
        }
        self.play(operation);
    }
}
