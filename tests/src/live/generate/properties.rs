//! What is written on messages.

use super::*;

const EXPIRATIONS: [&str; 6] = ["0", "180", "260", "700", "0090", "+300"];
const BAD_EXPIRATIONS: [&str; 6] = ["x", "", "-1", "10ms", "1.5", "99999999999999"];

impl Session {
    pub(super) fn properties(&mut self) -> Json {
        let mut properties = json!({});
        if self.dice.chance(if self.theme.restarts { 80 } else { 30 }) {
            properties["delivery_mode"] = json!(*self.dice.pick(&[1, 2, 2]));
        }
        if self.dice.chance(25) {
            properties["priority"] = json!(*self.dice.pick(&[0, 1, 2, 3, 5, 9, 200]));
        }
        if self.theme.timed && self.dice.chance(25) {
            properties["expiration"] = json!(*self.dice.pick(&EXPIRATIONS));
        }
        if self.dice.chance(25) {
            properties["headers"] = self.headers();
        }
        if self.dice.chance(10) {
            properties["message_id"] = json!("id");
            properties["timestamp"] = json!(1_700_000_000);
            properties["content_type"] = json!("text/plain");
        }
        if self.dice.chance(4) {
            properties["user_id"] = json!("guest");
            properties["type"] = json!("kind");
        }
        if self.theme.replies && self.dice.chance(50) {
            properties["reply_to"] = json!("amq.rabbitmq.reply-to");
        }
        if self.theme.wild && self.dice.chance(10) {
            let odd = [
                ("user_id", json!("other")),
                ("expiration", json!(*self.dice.pick(&BAD_EXPIRATIONS))),
                ("delivery_mode", json!(3)),
                ("headers", json!({ "CC": "q2" })),
                ("headers", json!({ "BCC": 1 })),
                ("headers", json!({ "CC": ["q2", 5, "q3"], "BCC": ["q2", "q1"] })),
                (
                    "headers",
                    json!({ "x-death": [
                    { "count": { "$": "l", "v": 3 }, "reason": "expired", "queue": "q1",
                      "exchange": "", "routing-keys": ["q1"] },
                    { "count": { "$": "l", "v": 2 }, "reason": "rejected", "queue": "q2" },
                ] }),
                ),
                ("headers", json!({ "x-death": "much" })),
                ("reply_to", json!("amq.rabbitmq.reply-to")),
            ];
            let (key, value) = self.dice.pick(&odd).clone();
            properties[key] = value;
        }
        properties
    }

    pub(super) fn headers(&mut self) -> Json {
        let values = [
            json!(1),
            json!(2),
            json!("x"),
            json!(true),
            json!(1.0),
            json!(null),
            json!({ "$": "l", "v": 1 }),
            json!({ "$": "T", "v": 1 }),
            json!([1, "x"]),
            json!({ "in": 1 }),
        ];
        let mut headers = json!({});
        for key in ["h", "k", "x-h"] {
            if self.dice.chance(50) {
                headers[key] = self.dice.pick(&values).clone();
            }
        }
        if self.dice.chance(15) {
            headers["CC"] = json!(*self.dice.pick(&[&["q2"][..], &["a.b", "q3"], &["q1", "q1"]]));
        }
        if self.dice.chance(10) {
            headers["BCC"] = json!(*self.dice.pick(&[&["q3"][..], &["q1", "q2"]]));
        }
        headers
    }
}
