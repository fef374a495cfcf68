//! Several things at once: what does not wait for an answer in between.
//!
//! Dead letters are on their way from one queue to another while the next
//! message goes there directly, and nobody promises which is first. So a burst
//! among them goes into one queue, from which they lead on in a line.

use super::*;

impl Session {
    /// Several things at once on one channel.
    pub(super) fn mixture(&mut self) {
        let at = self.dice.below(self.channels.len());
        let (ch, queue) = (self.channels[at].name, self.channels[at].queue);
        let consumes = !self.channels[at].tags.is_empty();
        if self.theme.quorum || self.theme.wild || consumes {
            // Deliveries, errors and what quorum queues do race with the rest.
            return self.publish_some();
        }
        let line = self.line();
        if line.is_none() && self.has_dead_letters() {
            return self.publish_some();
        }
        let mut burst = Vec::new();
        for _ in 0..self.dice.between(2, 4) {
            // A declaration would overtake the others: queues answer it first.
            let operation = match (self.dice.below(5), line) {
                (0 | 1, None) => self.publish(ch),
                (0..3, Some(queue)) => self.publish_into(ch, queue),
                (2, None) => json!({ "op": "get", "ch": ch, "queue": queue }),
                (_, Some(queue)) => json!({ "op": "get", "ch": ch, "queue": queue }),
                (_, None) => {
                    let outstanding = &mut self.channels[at].outstanding;
                    if outstanding.is_empty() {
                        continue;
                    }
                    let tag = outstanding.remove(self.dice.below(outstanding.len()));
                    let requeue = self.dice.chance(50);
                    let name = *self.dice.pick(&["ack", "nack", "reject"]);
                    json!({ "op": name, "ch": ch, "dtag": tag, "requeue": requeue })
                }
            };
            burst.push(operation);
        }
        self.play(json!({ "op": "burst", "ops": burst }));
    }

    pub(super) fn publish_some(&mut self) {
        let ch = self.channel();
        if self.dice.below(4) > 0 {
            let publish = self.publish(ch);
            return self.play(publish);
        }
        let count = self.dice.between(2, 5);
        let line = if self.has_dead_letters() { self.line() } else { None };
        let burst: Vec<Json> = match line {
            Some(queue) => (0..count).map(|_| self.publish_into(ch, queue)).collect(),
            None => (0..count).map(|_| self.publish(ch)).collect(),
        };
        if line.is_none() && self.has_dead_letters() {
            burst.into_iter().for_each(|publish| self.play(publish));
        } else {
            self.play(json!({ "op": "burst", "ops": burst }));
        }
    }

    /// A message for one queue and no other.
    fn publish_into(&mut self, ch: &str, queue: &str) -> Json {
        let mut publish = self.publish(ch);
        (publish["exchange"], publish["key"]) = (json!(""), json!(queue));
        let headers = publish.pointer_mut("/props/headers").and_then(Json::as_object_mut);
        if let Some(headers) = headers {
            headers.retain(|name, _| name != "CC" && name != "BCC");
        }
        publish
    }

    /// Whether any queue may have had dead letters.
    fn has_dead_letters(&self) -> bool {
        let dead = |operation: &Json| {
            !operation["args"]["x-dead-letter-exchange"].is_null()
                || !operation["definition"]["dead-letter-exchange"].is_null()
        };
        self.operations.iter().any(dead)
    }

    /// A queue that has had dead letters, if they can only have gone in a line
    /// from there: from each queue to one other, and never back.
    fn line(&mut self) -> Option<&'static str> {
        let by_policy =
            |operation: &Json| !operation["definition"]["dead-letter-exchange"].is_null();
        if self.theme.quorum || self.operations.iter().any(by_policy) {
            return None;
        }
        let lines = ["q1", "q2", "q3"].into_iter().filter(|queue| self.leads_in_a_line(queue));
        let lines: Vec<&'static str> = lines.collect();
        if lines.is_empty() { None } else { Some(*self.dice.pick(&lines)) }
    }

    fn leads_in_a_line(&self, queue: &str) -> bool {
        let mut passed = vec![queue.to_owned()];
        while let Some(last) = passed.last() {
            let mut next: Vec<&str> = Vec::new();
            for operation in self.operations.iter().filter(|op| op["queue"] == json!(last)) {
                let arguments = &operation["args"];
                match arguments["x-dead-letter-exchange"].as_str() {
                    None => {}
                    Some("no") => {}
                    // Without a key of their own they go back to where they were.
                    Some("") => match arguments["x-dead-letter-routing-key"].as_str() {
                        Some(key) => next.push(key),
                        None => return false,
                    },
                    Some(_) => return false,
                }
            }
            next.dedup();
            match next.as_slice() {
                [] => return passed.len() > 1,
                [one] if !passed.iter().any(|queue| queue == one) => passed.push((*one).to_owned()),
                _ => return false,
            }
        }
        false
    }
}
