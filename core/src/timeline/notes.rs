//! The quiet lines at things.

use super::lines;
use crate::broker::{Name, Value};
use crate::scenario::{AckMode, Pause, Statement};
use crate::world::Plan;

/// The quiet line under a client's name.
pub(super) fn client_note(plan: &Plan, index: usize) -> String {
    let client = &plan.clients[index];
    let mut words = Vec::new();
    if let Some(publisher) = &client.publisher {
        match publisher.every {
            Some(Pause::Fixed(span)) => words.push(format!("every {span}")),
            Some(Pause::Between(low, high)) => words.push(format!("every {low} to {high}")),
            None => {}
        }
    }
    if let Some(consumer) = &client.consumer {
        if consumer.ack_mode == AckMode::Auto {
            words.push("auto-ack".into());
        } else if consumer.prefetch > 0 {
            words.push(format!("prefetch {}", consumer.prefetch));
        } else {
            words.push("no prefetch limit".into());
        }
    }
    words.join(" · ")
}

/// The quiet line at a queue: what is not the usual.
pub(super) fn queue_note(plan: &Plan, name: &Name) -> String {
    let declared = plan.document.items.iter().find_map(|item| match &item.what {
        Statement::Queue(q) if q.name == *name => Some(q),
        _ => None,
    });
    let Some(queue) = declared else { return String::new() };
    let mut words = Vec::new();
    for (is, word) in [
        (queue.exclusive, "exclusive"),
        (queue.auto_delete, "auto-delete"),
        (!queue.durable, "transient"),
        (queue.server_named, "named by the broker"),
    ] {
        if is {
            words.push(word.to_owned());
        }
    }
    let is_stream = queue.arguments.get("x-queue-type").and_then(Value::as_str) == Some("stream");
    for (key, value) in queue.arguments.iter() {
        let key = key.strip_prefix("x-").unwrap_or(key);
        let value = lines::value_in_words(value);
        match key {
            "queue-type" if is_stream => words.push("a stream: all is kept".to_owned()),
            "max-age" | "max-length-bytes" if is_stream => {
                words.push(format!("not simulated: {key} {value}"));
            }
            "dead-letter-exchange" => {}
            _ => words.push(format!("{key} {value}")),
        }
    }
    words.join(" · ")
}

/// The row at a stream that is told to forget: what is not simulated is said.
pub(super) fn never_shortened() -> (String, String) {
    ("retention".to_owned(), "not simulated: Warren keeps every message".to_owned())
}

#[cfg(test)]
mod tests {
    use crate::frame::NodeBody;
    use crate::scenario::{NodeId, parse};
    use crate::time::Tick;
    use crate::timeline::Timeline;

    /// The note and the row of queue `q` when it is declared so.
    fn said(queue: &str) -> (String, Option<String>) {
        let mut timeline = Timeline::new(parse(&format!("warren 1\n{queue}\nend 1s\n")).document);
        timeline.run();
        let frame = timeline.frame(Tick(500_000));
        let node = frame.nodes.iter().find(|n| matches!(n.body, NodeBody::Queue { .. }));
        let note = node.expect("a queue").note.to_string();
        let details = timeline.inspect(Tick(500_000), &NodeId::Queue("q".into()));
        let rows = details.expect("a queue").rows;
        (note, rows.into_iter().find(|(name, _)| name == "retention").map(|(_, value)| value))
    }

    #[test]
    fn a_stream_that_is_told_to_forget_says_that_it_does_not() {
        let row = Some("not simulated: Warren keeps every message".to_owned());
        let note = "a stream: all is kept";
        assert_eq!(said("queue q stream"), (note.to_owned(), None));
        let aged = "a stream: all is kept · not simulated: max-age 7D";
        assert_eq!(said("queue q stream max-age 7D"), (aged.to_owned(), row.clone()));
        let (note, of_octets) = said("queue q stream max-bytes 1000");
        assert!(note.contains("not simulated: max-length-bytes 1000"), "{note}");
        assert_eq!(of_octets, row);
        let policy = "queue q stream\npolicy p \"\" apply-to streams arg max-age \"7D\"";
        assert_eq!(said(policy).1, row);
        // What a queue does, it does.
        let (note, of_queue) = said("queue q max-bytes 1000");
        assert_eq!((note.as_str(), of_queue), ("max-length-bytes 1000", None));
    }
}
