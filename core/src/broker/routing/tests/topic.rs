use super::naive;
use super::{bind, exchange, queue, route, to_queue};
use crate::broker::routing::index::{Entry, Target};
use crate::broker::routing::topic::{TopicTrie, Walk};
use crate::broker::routing::{ExchangeKind, Routing};
use crate::broker::{Profile, QueueId, Table};
use proptest::prelude::*;

/// All keys of 1 to `longest` words out of `alphabet`.
fn keys(alphabet: &[&str], longest: usize) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut last: Vec<String> = vec![String::new()];
    for length in 0..longest {
        last = last
            .iter()
            .flat_map(|key| {
                alphabet.iter().map(move |word| {
                    if length == 0 { (*word).to_owned() } else { format!("{key}.{word}") }
                })
            })
            .collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// Keys with empty words beside the ordinary ones.
const ODD_KEYS: [&str; 10] = ["", "a.", ".", "a..b", ".a", "..", "a.b.", "*", "#", "*.#"];
/// Binding keys with empty words, and wildcards that are no whole word.
const ODD_PATTERNS: [&str; 10] = ["", ".", "a.", ".a", "a..b", "*.", "#.", "a*", "##", "*#.a"];

fn fits(pattern: &str, key: &str) -> bool {
    naive::topic(&naive::words(pattern), &naive::words(key))
}

#[test]
fn the_whole_table_one_binding_at_a_time() {
    let patterns = keys(&["a", "b", "*", "#"], 4);
    let routed = keys(&["a", "b"], 4);
    assert_eq!((patterns.len(), routed.len()), (340, 30));
    let mut routing = Routing::new();
    queue(&mut routing, "q", 0);
    let (mut pairs, mut false_hits, mut missed) = (0, 0, 0);
    let odd = ODD_PATTERNS.iter().map(|pattern| (*pattern).to_owned());
    for pattern in patterns.into_iter().chain(odd) {
        bind(&mut routing, "amq.topic", "q", &pattern);
        for key in routed.iter().map(String::as_str).chain(ODD_KEYS) {
            let reached = !route(&mut routing, "amq.topic", key).is_empty();
            pairs += 1;
            false_hits += usize::from(reached && !fits(&pattern, key));
            missed += usize::from(!reached && fits(&pattern, key));
        }
        routing.unbind(&to_queue("amq.topic", "q", &pattern, Table::new()));
    }
    assert_eq!((pairs, false_hits, missed), (350 * 40, 0, 0));
}

#[test]
fn the_whole_table_all_bindings_at_once() {
    let mut patterns = keys(&["a", "b", "*", "#"], 4);
    patterns.extend(ODD_PATTERNS.iter().map(|pattern| (*pattern).to_owned()));
    let mut routing = Routing::new();
    for (id, pattern) in patterns.iter().enumerate() {
        queue(&mut routing, &format!("q{id}"), id as u32);
        bind(&mut routing, "amq.topic", &format!("q{id}"), pattern);
    }
    let routed = keys(&["a", "b"], 4);
    let mut copies = 0;
    for key in routed.iter().map(String::as_str).chain(ODD_KEYS) {
        let expected: Vec<u32> = (0..patterns.len())
            .filter(|id| fits(&patterns[*id], key))
            .map(|id| id as u32)
            .collect();
        copies += expected.len();
        assert_eq!(route(&mut routing, "amq.topic", key), expected, "{key}");
    }
    assert!(copies > 1000, "the table is not all misses: {copies}");
}

#[test]
fn words_are_what_stands_between_dots() {
    let cases: [(&str, &str, bool); 22] = [
        ("*", "", false),
        ("*", "x", true),
        ("#", "", true),
        ("", "", true),
        ("", "a", false),
        ("*.*", ".", true),
        ("*.*", "a.", true),
        ("*", "a.", false),
        ("#.*", "", false),
        ("#.*", "a", true),
        ("*.#", "", false),
        ("#.#", "", true),
        ("a.#", "a", true),
        ("a.#", "a.", true),
        ("a.*.#", "a", false),
        ("#.a", "x.a", true),
        ("a.#.b", "a.b", true),
        ("*.a.#", "a", false),
        ("ab*", "abc", false),
        ("ab*", "ab*", true),
        ("a", "*", false),
        ("A", "a", false),
    ];
    for (pattern, key, expected) in cases {
        let mut routing = Routing::new();
        queue(&mut routing, "q", 0);
        bind(&mut routing, "amq.topic", "q", pattern);
        assert_eq!(!route(&mut routing, "amq.topic", key).is_empty(), expected, "{pattern} {key}");
    }
}

#[test]
fn many_hashes_take_bounded_work() {
    let mut routing = Routing::new();
    exchange(&mut routing, "t", ExchangeKind::Topic);
    let patterns = [
        "#.a.#.a.#.a.#.a.#.a.#.a.#.a.#.b",
        "#.*.#.*.#.*.#.*.#.*.#.*.#.*.#.b",
        "#.#.#.#.#.#.#.#.b",
        "#.a.#.b.#.a.#.b.#.a.#.b.#.a.#.c",
    ];
    let nodes: usize = patterns.iter().map(|pattern| naive::words(pattern).len()).sum();
    for (id, pattern) in patterns.iter().enumerate() {
        queue(&mut routing, pattern, id as u32);
        bind(&mut routing, "t", pattern, pattern);
    }
    let key = vec!["a"; 127].join(".");
    let before = routing.visited();
    assert_eq!(route(&mut routing, "t", &key), [0; 0]);
    let visited = routing.visited() - before;
    assert!(visited <= (127 + 1) * (nodes as u64 + 1), "{visited} nodes for {nodes} in the trie");
    assert!(visited > 127, "the walk did take place: {visited}");
}

/// Work for a key does not depend on bindings that do not match.
#[test]
fn other_bindings_cost_nothing() {
    let work = |others: u32| {
        let mut routing = Routing::new();
        for id in 0..others {
            queue(&mut routing, &format!("q{id}"), id + 10);
            bind(&mut routing, "amq.topic", &format!("q{id}"), &format!("x{id}.*.b"));
            bind(&mut routing, "amq.topic", &format!("q{id}"), &format!("a.y{id}.#"));
            bind(&mut routing, "amq.topic", &format!("q{id}"), &format!("#.z{id}"));
        }
        for (id, key) in ["a.b.c", "a.*.c", "a.#", "#.c"].iter().enumerate() {
            queue(&mut routing, key, id as u32);
            bind(&mut routing, "amq.topic", key, key);
        }
        let before = routing.visited();
        assert_eq!(route(&mut routing, "amq.topic", "a.b.c"), [0, 1, 2, 3]);
        routing.visited() - before
    };
    assert_eq!(work(10), work(1000));
}

fn entry(number: u64) -> Entry {
    Entry { binding: number, target: Target::Queue { slot: 0, id: QueueId(0) } }
}

#[test]
fn nodes_and_words_are_used_again() {
    let patterns = keys(&["a", "b", "*", "#"], 3);
    let mut trie = TopicTrie::default();
    let empty = trie.size();
    let mut full = None;
    for round in 0..3u64 {
        let first = round * 1000;
        for (number, pattern) in (first..).zip(&patterns) {
            trie.add(pattern, entry(number));
        }
        assert_eq!(*full.get_or_insert(trie.size()), trie.size());
        for (place, pattern) in patterns.iter().enumerate().rev() {
            trie.remove(pattern, first + place as u64);
        }
        assert_eq!(trie.size(), empty);
    }
}

#[test]
fn the_newest_release_allows_two_hashes() {
    let mut routing = Routing::new();
    queue(&mut routing, "q", 0);
    let three = to_queue("amq.topic", "q", "#.#.#", Table::new());
    assert_eq!(
        routing.bind(three.clone(), Profile::V4_3),
        Err("Topic binding key '#.#.#' uses 3 '#' wildcards, at most 2 are allowed".to_owned())
    );
    assert_eq!(routing.unbind(&three).bindings.len(), 0);
    assert_eq!(routing.bind(three, Profile::V4_0), Ok(true));
    assert_eq!(
        routing.bind(to_queue("amq.topic", "q", "#.a#.#", Table::new()), Profile::V4_3),
        Ok(true)
    );
}

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "*", "#", ""])
}

fn key() -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 0..7).prop_map(|words| words.join("."))
}

proptest! {
    /// Any sequence of adding and removing leaves an index that answers as a
    /// list of the bindings that are there would.
    #[test]
    fn random_binds_and_unbinds(
        changes in prop::collection::vec((key(), any::<bool>()), 1..60),
        routed in prop::collection::vec(key(), 1..12),
    ) {
        let mut trie = TopicTrie::default();
        let mut there: Vec<(u64, String)> = Vec::new();
        let mut walk = Walk::default();
        for (number, (pattern, adding)) in changes.into_iter().enumerate() {
            let number = number as u64;
            let old = there.iter().position(|(_, known)| *known == pattern);
            match old {
                Some(place) if !adding => {
                    let (number, pattern) = there.remove(place);
                    trie.remove(&pattern, number);
                }
                _ if adding => {
                    trie.add(&pattern, entry(number));
                    there.push((number, pattern));
                }
                _ => trie.remove(&pattern, number),
            }
            for key in &routed {
                let mut hits = Vec::new();
                trie.find(key, &mut walk, &mut |entry: Entry| hits.push(entry.binding));
                hits.sort_unstable();
                let expected: Vec<u64> = there
                    .iter()
                    .filter(|(_, pattern)| fits(pattern, key))
                    .map(|(number, _)| *number)
                    .collect();
                prop_assert_eq!(&hits, &expected, "{}", key);
            }
        }
    }
}
