//! Sessions that take messages and settle them.

use super::*;

impl Session {
    pub(super) fn settle(&mut self) {
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
        let requeue = self.dice.chance(if self.theme.chain { 15 } else { 55 });
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

    pub(super) fn get(&mut self) {
        let (ch, queue) = (self.channel(), self.queue());
        let mut operation = json!({ "op": "get", "ch": ch, "queue": queue });
        if self.dice.chance(30) {
            operation["no_ack"] = json!(true);
        }
        self.play(operation);
    }

    pub(super) fn qos(&mut self) {
        let (ch, count) = (self.channel(), self.dice.below(4));
        let mut operation = json!({ "op": "qos", "ch": ch, "count": count });
        if self.dice.chance(20) {
            operation["global"] = json!(true);
        }
        self.play(operation);
    }

    pub(super) fn cancel(&mut self) {
        let at = self.dice.below(self.channels.len());
        let (ch, tags) = (self.channels[at].name, &mut self.channels[at].tags);
        let tag = if tags.is_empty() { "none".to_owned() } else { tags.remove(0) };
        self.play(json!({ "op": "cancel", "ch": ch, "tag": tag }));
    }

    pub(super) fn modes(&mut self) {
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
