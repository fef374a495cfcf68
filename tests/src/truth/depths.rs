//! What a `stat` step sees.

use serde_json::{Value as Json, json};
use warren_core::broker::{Broker, QueueKind};

/// The depths of queues, by the name to show and the real one; of all queues
/// when none are named.
pub(super) fn depths(broker: &Broker, asked: Option<Vec<(String, String)>>) -> Json {
    let all =
        || broker.queues("/").map(|queue| (queue.name().to_string(), queue.name().to_string()));
    let depths = asked.unwrap_or_else(|| all().collect()).into_iter().map(|(shown, name)| {
        let depth = broker.queue("/", &name).map_or(Json::Null, |queue| {
            let mut depth = json!({ "ready": queue.ready(), "unacked": queue.unacked() });
            if queue.kind() != QueueKind::Quorum {
                depth["consumers"] = json!(queue.consumer_count());
            }
            depth
        });
        (shown, depth)
    });
    Json::Object(depths.collect())
}
