//! Users, what they may do, and limits.

use super::{Pieces, name, names};
use crate::broker::{Name, Permission, TopicPermission, UserLimits, VhostLimits};

pub(super) fn user(out: &mut Pieces, user: &str, tags: &[Name], limits: UserLimits) {
    out.verb("user", user);
    let tags = names(tags.iter().map(|tag| &**tag));
    out.option("tags", (!tags.is_empty()).then_some(tags));
    out.option("max-connections", limits.max_connections.map(|limit| limit.to_string()));
    out.option("max-channels", limits.max_channels.map(|limit| limit.to_string()));
}

pub(super) fn limit(out: &mut Pieces, limits: VhostLimits) {
    out.add("head", "limit");
    out.option("max-connections", limits.max_connections.map(|limit| limit.to_string()));
    out.option("max-queues", limits.max_queues.map(|limit| limit.to_string()));
}

pub(super) fn permit(out: &mut Pieces, user: &str, granted: &Permission) {
    out.verb("permit", user);
    let Permission { configure, write, read } = granted;
    for (word, pattern) in [("configure", configure), ("write", write), ("read", read)] {
        out.option(word, allowed(pattern));
    }
}

pub(super) fn permit_topic(
    out: &mut Pieces,
    user: &str,
    exchange: &str,
    granted: &TopicPermission,
) {
    out.add("head", format!("permit-topic {} {}", name(user), name(exchange)));
    out.option("write", allowed(&granted.write));
    out.option("read", allowed(&granted.read));
}

/// A pattern, when it allows something.
fn allowed(pattern: &str) -> Option<String> {
    (!pattern.is_empty()).then(|| name(pattern))
}
