//! Which column everything belongs to.
//!
//! Messages are read from left to right: publisher, exchanges in the order in
//! which they are bound to each other, queue, consumer. Lines that would have
//! to run against this are found here and drawn around the picture later.

use crate::order::Map;

use crate::frame::{Frame, LinkKind, NodeBody};
use crate::scenario::NodeId;

/// The cast with numbers in place of names.
pub(super) struct Graph {
    /// The ends of every link that has both, as indices of nodes.
    pub ends: Vec<Option<(usize, usize)>>,
    /// The column of every node.
    pub layer: Vec<usize>,
    /// How many columns there are, those for binding keys included.
    pub layers: usize,
    /// Which connected part every node belongs to.
    pub part: Vec<usize>,
    /// How many parts there are.
    pub parts: usize,
}

/// Numbers the cast and gives every node its column.
pub(super) fn graph(cast: &Frame) -> Graph {
    let index: Map<&NodeId, usize> =
        cast.nodes.iter().enumerate().map(|(i, node)| (&node.id, i)).collect();
    let ends: Vec<Option<(usize, usize)>> = cast
        .links
        .iter()
        .map(|link| Some((*index.get(&link.id.from)?, *index.get(&link.id.to)?)))
        .collect();
    let rank = exchange_ranks(cast, &ends);
    let ranks = rank.iter().flatten().map(|rank| rank + 1).max().unwrap_or(0);
    let left = starts(cast, &ends);
    let layer = cast
        .nodes
        .iter()
        .enumerate()
        .map(|(i, node)| match &node.body {
            NodeBody::Client { .. } if left[i] => 0,
            NodeBody::Client { .. } => 2 + 2 * ranks,
            NodeBody::Exchange { .. } => 1 + 2 * rank[i].unwrap_or(0),
            NodeBody::Queue { .. } => 1 + 2 * ranks,
        })
        .collect();
    let (part, parts) = parts(cast.nodes.len(), &ends);
    Graph { ends, layer, layers: 3 + 2 * ranks, part, parts }
}

/// The longest way over exchanges that leads to each exchange. Lines that
/// close a circle are left out, in the order of the cast.
fn exchange_ranks(cast: &Frame, ends: &[Option<(usize, usize)>]) -> Vec<Option<usize>> {
    let exchange: Vec<bool> =
        cast.nodes.iter().map(|node| matches!(node.body, NodeBody::Exchange { .. })).collect();
    let mut next = vec![Vec::new(); cast.nodes.len()];
    for &(from, to) in ends.iter().flatten() {
        if exchange[from] && exchange[to] && from != to {
            next[from].push(to);
        }
    }
    // 0 unseen, 1 on the way, 2 done; `done` ends in reverse order of the way.
    let mut seen = vec![0u8; next.len()];
    let mut done = Vec::new();
    let mut forward = vec![Vec::new(); next.len()];
    for root in (0..next.len()).filter(|i| exchange[*i]) {
        if seen[root] != 0 {
            continue;
        }
        seen[root] = 1;
        let mut stack = vec![(root, 0)];
        while let Some((at, turn)) = stack.pop() {
            let Some(&to) = next[at].get(turn) else {
                seen[at] = 2;
                done.push(at);
                continue;
            };
            stack.push((at, turn + 1));
            if seen[to] != 1 {
                forward[at].push(to);
            }
            if seen[to] == 0 {
                seen[to] = 1;
                stack.push((to, 0));
            }
        }
    }
    let mut rank: Vec<Option<usize>> = exchange.iter().map(|is| is.then_some(0)).collect();
    for &at in done.iter().rev() {
        for &to in &forward[at] {
            rank[to] = rank[to].max(rank[at].map(|rank| rank + 1));
        }
    }
    rank
}

/// The clients that stand on the left: those that only publish, and of those
/// that do both the ones no other message leads to (a client that calls and
/// waits for the answer stands left, the server that answers stands right).
fn starts(cast: &Frame, ends: &[Option<(usize, usize)>]) -> Vec<bool> {
    let mut next = vec![Vec::new(); cast.nodes.len()];
    let mut receives = vec![false; cast.nodes.len()];
    let mut sends = vec![false; cast.nodes.len()];
    for (link, ends) in cast.links.iter().zip(ends) {
        let Some((from, to)) = *ends else { continue };
        next[from].push(to);
        receives[to] |= link.kind == LinkKind::Consumes;
        sends[from] |= link.kind == LinkKind::Publishes;
    }
    let mut left = vec![false; cast.nodes.len()];
    let mut reached = vec![false; cast.nodes.len()];
    let mut both = Vec::new();
    for (i, node) in cast.nodes.iter().enumerate() {
        let NodeBody::Client { publishes, consumes, .. } = &node.body else { continue };
        if consumes.is_none() && !receives[i] {
            left[i] = true;
            reach(i, &next, &mut reached);
        } else if publishes.is_some() || sends[i] {
            both.push((publishes.is_none(), i));
        }
    }
    crate::order::sort_copies(&mut both, |a, b| a < b);
    for (_, i) in both {
        if !reached[i] {
            left[i] = true;
            reach(i, &next, &mut reached);
        }
    }
    left
}

fn reach(from: usize, next: &[Vec<usize>], reached: &mut [bool]) {
    let mut stack = vec![from];
    while let Some(at) = stack.pop() {
        for &to in &next[at] {
            if !reached[to] {
                reached[to] = true;
                stack.push(to);
            }
        }
    }
}

/// Numbers the connected parts in the order of the cast. Nodes without any
/// line share the last part.
fn parts(nodes: usize, ends: &[Option<(usize, usize)>]) -> (Vec<usize>, usize) {
    let mut near = vec![Vec::new(); nodes];
    for &(from, to) in ends.iter().flatten() {
        if from != to {
            near[from].push(to);
            near[to].push(from);
        }
    }
    let mut part = vec![usize::MAX; nodes];
    let mut count = 0;
    for root in 0..nodes {
        if near[root].is_empty() || part[root] != usize::MAX {
            continue;
        }
        part[root] = count;
        let mut stack = vec![root];
        while let Some(at) = stack.pop() {
            for &to in &near[at] {
                if part[to] == usize::MAX {
                    part[to] = count;
                    stack.push(to);
                }
            }
        }
        count += 1;
    }
    for own in &mut part {
        if *own == usize::MAX {
            *own = count;
        }
    }
    (part, count + 1)
}
