//! The index of a topic exchange: a trie of words.
//!
//! Matching walks all prefixes of the key's words at once and keeps the *set*
//! of trie nodes it can be in, so its work is bounded by words times reachable
//! nodes, however many `#` a binding key has (RabbitMQ's own matcher
//! backtracks, which is why 4.3 limits their number). Literal words are found
//! by hash, so bindings that do not match cost nothing.

use super::index::{Entry, take};
use crate::intern::Lookup;
use std::sync::Arc;

/// No node.
const NONE: u32 = u32::MAX;
/// The node that no word leads to.
const ROOT: u32 = 0;

/// The words of a key: what stands between dots. The empty key has none;
/// leading, trailing and doubled dots make empty words
/// (`rabbit_db_topic_exchange:split_topic_key_binary`).
pub(super) fn words(key: &str) -> impl Iterator<Item = &str> {
    let end = if key.is_empty() { 0 } else { usize::MAX };
    key.split('.').take(end)
}

/// By which word a node is reached from its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Literal(u32),
    Star,
    Hash,
}

/// A prefix of binding keys.
#[derive(Clone, Debug)]
struct Node {
    /// The child by `*`.
    star: u32,
    /// The child by `#`.
    hash: u32,
    /// How many children there are by literal words.
    literals: u32,
    parent: u32,
    edge: Edge,
    /// For a node by `#`, its place in [`Walk::seen`].
    mark: u32,
    /// The bindings whose key ends here.
    entries: Vec<Entry>,
}

impl Node {
    const fn new(parent: u32, edge: Edge, mark: u32) -> Self {
        Self { star: NONE, hash: NONE, literals: 0, parent, edge, mark, entries: Vec::new() }
    }

    const fn has_children(&self) -> bool {
        self.literals > 0 || self.star != NONE || self.hash != NONE
    }
}

/// Words as numbers. A number is free again when no edge uses it.
#[derive(Clone, Debug, Default)]
struct Words {
    numbers: Lookup<Arc<str>, u32>,
    /// The word and how many edges carry it.
    known: Vec<(Arc<str>, u32)>,
    free: Vec<u32>,
}

impl Words {
    /// The number of `word`, with one more use.
    fn hold(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.numbers.get(word) {
            self.known[number as usize].1 += 1;
            return number;
        }
        let text: Arc<str> = Arc::from(word);
        let number = match self.free.pop() {
            Some(number) => {
                self.known[number as usize] = (text.clone(), 1);
                number
            }
            None => {
                self.known.push((text.clone(), 1));
                self.known.len() as u32 - 1
            }
        };
        self.numbers.insert(text, number);
        number
    }

    /// One use less.
    fn release(&mut self, number: u32) {
        let (word, uses) = &mut self.known[number as usize];
        *uses -= 1;
        if *uses == 0 {
            self.numbers.remove(&**word);
            *word = Arc::from("");
            self.free.push(number);
        }
    }
}

/// Room for [`TopicTrie::find`], kept to save allocations.
#[derive(Debug, Default)]
pub(super) struct Walk {
    now: Vec<u32>,
    next: Vec<u32>,
    /// For each mark of a node by `#`, the last step that came to the node.
    /// Other nodes have one way in and need no such mark.
    seen: Vec<u64>,
    /// Counts steps over all walks, so that marks of earlier walks are stale.
    step: u64,
    /// Nodes entered since the beginning; work, for tests and benchmarks.
    pub(super) visited: u64,
}

/// The binding keys of one topic exchange.
#[derive(Clone, Debug)]
pub(super) struct TopicTrie {
    nodes: Vec<Node>,
    free: Vec<u32>,
    /// How many marks were given to nodes by `#`, and which are free again.
    marks: u32,
    free_marks: Vec<u32>,
    /// The child of a node by a literal word; the key packs both numbers.
    edges: Lookup<u64, u32>,
    words: Words,
}

impl Default for TopicTrie {
    fn default() -> Self {
        Self {
            nodes: vec![Node::new(NONE, Edge::Star, NONE)],
            free: Vec::new(),
            marks: 0,
            free_marks: Vec::new(),
            edges: Lookup::default(),
            words: Words::default(),
        }
    }
}

fn pack(node: u32, word: u32) -> u64 {
    u64::from(node) << 32 | u64::from(word)
}

impl TopicTrie {
    /// How many nodes are in use.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize, usize) {
        (self.nodes.len() - self.free.len(), self.edges.len(), self.words.numbers.len())
    }

    /// The child of `parent` by `word`, if there is one.
    fn child(&self, parent: u32, word: &str) -> Option<u32> {
        let node = &self.nodes[parent as usize];
        match word {
            "*" => Some(node.star),
            "#" => Some(node.hash),
            _ => self
                .words
                .numbers
                .get(word)
                .and_then(|number| self.edges.get(&pack(parent, *number)).copied()),
        }
        .filter(|child| *child != NONE)
    }

    /// Makes the child of `parent` by `word`.
    fn grow(&mut self, parent: u32, word: &str) -> u32 {
        let edge = match word {
            "*" => Edge::Star,
            "#" => Edge::Hash,
            _ => Edge::Literal(self.words.hold(word)),
        };
        let fresh = Node::new(parent, edge, if edge == Edge::Hash { self.mark() } else { NONE });
        let child = match self.free.pop() {
            Some(child) => {
                self.nodes[child as usize] = fresh;
                child
            }
            None => {
                self.nodes.push(fresh);
                self.nodes.len() as u32 - 1
            }
        };
        let node = &mut self.nodes[parent as usize];
        match edge {
            Edge::Star => node.star = child,
            Edge::Hash => node.hash = child,
            Edge::Literal(number) => {
                node.literals += 1;
                self.edges.insert(pack(parent, number), child);
            }
        }
        child
    }

    fn mark(&mut self) -> u32 {
        self.free_marks.pop().unwrap_or_else(|| {
            self.marks += 1;
            self.marks - 1
        })
    }

    /// Adds a binding, numbered higher than all before.
    pub(super) fn add(&mut self, key: &str, entry: Entry) {
        let mut node = ROOT;
        for word in words(key) {
            node = match self.child(node, word) {
                Some(child) => child,
                None => self.grow(node, word),
            };
        }
        self.nodes[node as usize].entries.push(entry);
    }

    /// Takes a binding out, and the nodes only it needed.
    pub(super) fn remove(&mut self, key: &str, binding: u64) {
        let mut node = ROOT;
        for word in words(key) {
            match self.child(node, word) {
                Some(child) => node = child,
                None => return,
            }
        }
        take(&mut self.nodes[node as usize].entries, binding);
        while node != ROOT {
            let Node { parent, edge, mark, ref entries, .. } = self.nodes[node as usize];
            if !entries.is_empty() || self.nodes[node as usize].has_children() {
                return;
            }
            let above = &mut self.nodes[parent as usize];
            match edge {
                Edge::Star => above.star = NONE,
                Edge::Hash => {
                    above.hash = NONE;
                    self.free_marks.push(mark);
                }
                Edge::Literal(number) => {
                    above.literals -= 1;
                    self.edges.remove(&pack(parent, number));
                    self.words.release(number);
                }
            }
            self.nodes[node as usize].entries = Vec::new();
            self.free.push(node);
            node = parent;
        }
    }

    /// Calls `hit` once for each binding whose key fits `key`.
    pub(super) fn find(&self, key: &str, walk: &mut Walk, hit: &mut impl FnMut(Entry)) {
        if walk.seen.len() < self.marks as usize {
            walk.seen.resize(self.marks as usize, 0);
        }
        walk.step += 1;
        let first = walk.step;
        walk.next.clear();
        self.enter(ROOT, first, walk, hit);
        core::mem::swap(&mut walk.now, &mut walk.next);
        for word in words(key) {
            if walk.now.is_empty() {
                break;
            }
            self.advance(word, first, walk, hit);
        }
        for &node in &walk.now {
            let node = &self.nodes[node as usize];
            if node.edge != Edge::Hash {
                node.entries.iter().copied().for_each(&mut *hit);
            }
        }
    }

    /// One word further: `walk.now` becomes the set after `word`.
    fn advance(&self, word: &str, first: u64, walk: &mut Walk, hit: &mut impl FnMut(Entry)) {
        let number = self.words.numbers.get(word).copied();
        walk.step += 1;
        walk.next.clear();
        for place in 0..walk.now.len() {
            let at = walk.now[place];
            let node = &self.nodes[at as usize];
            if let (Some(number), true) = (number, node.literals > 0)
                && let Some(&child) = self.edges.get(&pack(at, number))
            {
                self.enter(child, first, walk, hit);
            }
            if node.star != NONE {
                self.enter(node.star, first, walk, hit);
            }
            if node.edge == Edge::Hash {
                self.enter_hash(at, first, walk, hit);
            }
        }
        core::mem::swap(&mut walk.now, &mut walk.next);
    }

    /// Comes to a node by a literal word or `*`. Its `#` may take no word, so
    /// that node is entered too.
    fn enter(&self, at: u32, first: u64, walk: &mut Walk, hit: &mut impl FnMut(Entry)) {
        walk.visited += 1;
        walk.next.push(at);
        let hash = self.nodes[at as usize].hash;
        if hash != NONE {
            self.enter_hash(hash, first, walk, hit);
        }
    }

    /// Comes to a node by `#`. Its bindings fit whatever follows, so they hit
    /// at the first coming; the node is walked on only for its children.
    fn enter_hash(&self, at: u32, first: u64, walk: &mut Walk, hit: &mut impl FnMut(Entry)) {
        let mut at = at;
        while at != NONE {
            let node = &self.nodes[at as usize];
            let seen = &mut walk.seen[node.mark as usize];
            if *seen == walk.step {
                return;
            }
            let before = core::mem::replace(seen, walk.step);
            walk.visited += 1;
            if before < first {
                node.entries.iter().copied().for_each(&mut *hit);
            }
            if node.has_children() {
                walk.next.push(at);
            }
            at = node.hash;
        }
    }
}
