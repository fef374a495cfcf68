//! What is left in queues, and what an operator hears.

use super::Player;
use crate::truth::values::text;
use serde_json::{Map, Value as Json, json};
use std::io;
use std::time::{Duration, Instant};

/// How long to listen after each message that is taken out of a queue.
const PAUSE: Duration = Duration::from_millis(5);

impl Player<'_> {
    /// Gets without acknowledgement until nothing is left.
    pub(super) fn drain(&mut self, operation: &Json) -> io::Result<()> {
        let (name, queue) = (text(operation, "ch"), text(operation, "queue"));
        let get = json!({ "op": "get", "ch": name, "queue": queue, "no_ack": true });
        let mut messages = Vec::new();
        loop {
            let mut events = self.observed.remove(name).unwrap_or_default();
            let before = events.len();
            self.on_channel(&get)?;
            self.listen(PAUSE, Instant::now());
            events.extend(self.observed.remove(name).unwrap_or_default());
            let is_answer = |event: &Json| event["ev"] == "get-ok" || event["ev"] == "get-empty";
            let answer = events[before..].iter().position(is_answer);
            let answer = answer.map(|at| events.remove(before + at));
            if !events.is_empty() {
                self.observed.insert(name.to_owned(), events);
            }
            match answer {
                Some(Json::Object(event)) if event["ev"] == "get-ok" => messages.push(taken(event)),
                Some(_) => break,
                // An error says why.
                None => return Ok(()),
            }
        }
        let event = if operation["full"] == json!(true) {
            json!({ "ev": "drain", "queue": queue, "messages": messages })
        } else {
            let bodies: Vec<&Json> = messages.iter().map(|message| &message["body"]).collect();
            json!({ "ev": "drain", "queue": queue, "bodies": bodies })
        };
        self.observed.entry(name.to_owned()).or_default().push(event);
        Ok(())
    }

    /// How many messages are where.
    pub(super) fn stat(&mut self, operation: &Json) -> io::Result<()> {
        let shown: Option<Vec<&str>> =
            operation["queues"].as_array().map(|all| all.iter().filter_map(Json::as_str).collect());
        let real: Option<Vec<String>> = shown.as_ref().map(|names| {
            names.iter().map(|name| self.placeholders.revealed(name).to_owned()).collect()
        });
        let depths = self.pass.server().depths(&self.vhost, real.as_deref());
        let depths = depths.map_err(io::Error::other)?;
        let named = depths.into_iter().enumerate().map(|(at, (name, depth))| {
            let name = shown.as_ref().map_or(name, |shown| shown[at].to_owned());
            (name, depth)
        });
        let queues = Json::Object(named.collect());
        self.push("stat".to_owned(), json!({ "ev": "stat", "queues": queues }));
        Ok(())
    }

    /// What the broker has against a policy is heard by who set it.
    pub(super) fn refused(&mut self, set: Result<(), String>) -> io::Result<()> {
        let Err(said) = set else { return Ok(()) };
        let Some((_, text)) = said.split_once("{error_string,") else {
            return Err(io::Error::other(said));
        };
        // Erlang escapes texts as JSON does.
        let text = serde_json::from_str(text.trim_end_matches('}')).unwrap_or(text.to_owned());
        let text = text.strip_prefix("Validation failed\n\n").unwrap_or(&text).trim_end();
        self.push("operator".to_owned(), json!({ "ev": "refused", "text": text }));
        Ok(())
    }
}

/// A message of `get-ok` as `drain` shows it.
fn taken(mut event: Map<String, Json>) -> Json {
    for key in ["ev", "dtag", "messages"] {
        event.remove(key);
    }
    Json::Object(event)
}
