//! The rules again, written for clearness and without looking at the index.

/// The words of a key.
pub(super) fn words(key: &str) -> Vec<&str> {
    if key.is_empty() { Vec::new() } else { key.split('.').collect() }
}

/// Whether a topic binding key fits a routing key, by trying everything.
pub(super) fn topic(pattern: &[&str], key: &[&str]) -> bool {
    match (pattern, key) {
        ([], []) => true,
        (["#", rest @ ..], _) => topic(rest, key) || (!key.is_empty() && topic(pattern, &key[1..])),
        ([], _) | (_, []) => false,
        (["*", rest @ ..], [_, after @ ..]) => topic(rest, after),
        ([word, rest @ ..], [found, after @ ..]) => word == found && topic(rest, after),
    }
}
