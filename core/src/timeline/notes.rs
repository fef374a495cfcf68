//! The quiet lines at things.

use super::lines;
use crate::broker::Name;
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
    for (key, value) in queue.arguments.iter() {
        let key = key.strip_prefix("x-").unwrap_or(key);
        if key == "queue-type" && value.as_str() == Some("stream") {
            words.push("a stream: reading removes nothing".to_owned());
        } else if key != "dead-letter-exchange" {
            words.push(format!("{key} {}", lines::value_in_words(value)));
        }
    }
    words.join(" · ")
}
