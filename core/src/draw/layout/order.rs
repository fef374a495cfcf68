//! The order of things within a column: as few crossing lines as a few sweeps
//! of barycentres and swaps of neighbours can reach.

use super::graph::Graph;
use super::measure::{Measure, Tag};
use crate::frame::Frame;

/// What takes room in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A node of the cast.
    Node(usize),
    /// The words on a link.
    Chip(usize),
    /// A link on its way past a column.
    Bend(usize),
}

/// One thing in one column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub what: What,
    pub layer: usize,
    pub part: usize,
    /// Room above and below its middle.
    pub up: f64,
    pub down: f64,
    /// Room from its middle to either side; chips start at the left instead.
    pub side: f64,
    pub y: f64,
}

/// Everything in columns, and the lines from column to column.
#[derive(Default)]
pub(super) struct Net {
    pub items: Vec<Item>,
    /// Items of each column from top to bottom.
    pub layers: Vec<Vec<usize>>,
    /// Neighbours in the next and the previous column.
    pub next: Vec<Vec<usize>>,
    pub prev: Vec<Vec<usize>>,
    /// The items each link runs over, its ends included; empty for links that
    /// run against the reading direction.
    pub chains: Vec<Vec<usize>>,
}

impl Net {
    /// Puts nodes, chips and bends into their columns.
    pub(super) fn new(
        cast: &Frame,
        graph: &Graph,
        nodes: &[Measure],
        tags: &[Option<Tag>],
    ) -> Self {
        let mut net = Self { layers: vec![Vec::new(); graph.layers], ..Self::default() };
        for (i, room) in nodes.iter().enumerate() {
            net.add(Item {
                what: What::Node(i),
                layer: graph.layer[i],
                part: graph.part[i],
                up: room.up,
                down: room.down,
                side: room.side,
                y: 0.0,
            });
        }
        for (link, ends) in graph.ends.iter().enumerate() {
            let mut chain = Vec::new();
            if let Some((from, to)) = *ends
                && graph.layer[from] < graph.layer[to]
            {
                chain.push(from);
                for layer in graph.layer[from] + 1..graph.layer[to] {
                    let tag = tags[link].as_ref().filter(|_| layer == graph.layer[from] + 1);
                    chain.push(net.pass(link, layer, graph.part[from], tag));
                }
                chain.push(to);
                for pair in chain.windows(2) {
                    net.next[pair[0]].push(pair[1]);
                    net.prev[pair[1]].push(pair[0]);
                }
            }
            net.chains.push(chain);
        }
        debug_assert_eq!(net.chains.len(), cast.links.len());
        net
    }

    fn add(&mut self, item: Item) -> usize {
        let id = self.items.len();
        self.layers[item.layer].push(id);
        self.items.push(item);
        self.next.push(Vec::new());
        self.prev.push(Vec::new());
        id
    }

    fn pass(&mut self, link: usize, layer: usize, part: usize, tag: Option<&Tag>) -> usize {
        let (what, half, side) = match tag {
            Some(tag) => (What::Chip(link), tag.height / 2.0, tag.width / 2.0),
            None => (What::Bend(link), 4.0, 0.0),
        };
        self.add(Item { what, layer, part, up: half, down: half, side, y: 0.0 })
    }

    /// Reorders every column. Parts stay together and in their order.
    pub(super) fn untangle(&mut self) {
        for layer in &mut self.layers {
            crate::order::sort_by_key(layer, |item| self.items[*item].part);
        }
        let mut best = self.layers.clone();
        let mut least = self.crossings();
        for sweep in 0..8 {
            if least == 0 {
                break;
            }
            self.sweep(sweep % 2 == 0);
            if self.layers.iter().all(|layer| layer.len() <= 160) {
                self.swap();
            }
            let crossings = self.crossings();
            if crossings < least {
                least = crossings;
                best.clone_from(&self.layers);
            }
        }
        self.layers = best;
    }

    fn places(&self) -> Vec<f64> {
        let mut place = vec![0.0; self.items.len()];
        for layer in &self.layers {
            for (at, item) in layer.iter().enumerate() {
                place[*item] = at as f64;
            }
        }
        place
    }

    fn sweep(&mut self, down: bool) {
        let count = self.layers.len();
        for step in 0..count {
            let layer = if down { step } else { count - 1 - step };
            let place = self.places();
            let near = if down { &self.prev } else { &self.next };
            let mut keyed: Vec<(usize, f64, usize)> = self.layers[layer]
                .iter()
                .map(|&item| {
                    let sum: f64 = near[item].iter().map(|other| place[*other]).sum();
                    let mean = match near[item].len() {
                        0 => place[item],
                        n => sum / n as f64,
                    };
                    (self.items[item].part, mean, item)
                })
                .collect();
            crate::order::sort_by(&mut keyed, |a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            self.layers[layer] = keyed.into_iter().map(|(_, _, item)| item).collect();
        }
    }

    /// Swaps neighbours as long as that takes crossings away.
    fn swap(&mut self) {
        for layer in 0..self.layers.len() {
            for _ in 0..4 {
                let place = self.places();
                let mut changed = false;
                for at in 1..self.layers[layer].len() {
                    let (a, b) = (self.layers[layer][at - 1], self.layers[layer][at]);
                    let gain = |near: &Vec<Vec<usize>>| {
                        pairs(&near[a], &near[b], &place) - pairs(&near[b], &near[a], &place)
                    };
                    let same = self.items[a].part == self.items[b].part;
                    if same && gain(&self.prev) + gain(&self.next) > 0 {
                        self.layers[layer].swap(at - 1, at);
                        changed = true;
                    }
                }
                if !changed {
                    break;
                }
            }
        }
    }

    /// How many pairs of lines cross.
    pub(super) fn crossings(&self) -> u64 {
        let place = self.places();
        let mut count = 0;
        for layer in &self.layers {
            let mut ends: Vec<f64> = Vec::new();
            for item in layer {
                let mut own: Vec<f64> = self.next[*item].iter().map(|to| place[*to]).collect();
                crate::order::sort_by(&mut own, f64::total_cmp);
                ends.extend(own);
            }
            count += inversions(&mut ends);
        }
        count
    }
}

/// Crossings between the lines of `a` and of `b` when `a` stands above `b`.
fn pairs(a: &[usize], b: &[usize], place: &[f64]) -> i64 {
    a.iter().map(|x| b.iter().filter(|y| place[*x] > place[**y]).count() as i64).sum()
}

/// Counts pairs in the wrong order while sorting by merging.
fn inversions(values: &mut Vec<f64>) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let mut right = values.split_off(values.len() / 2);
    let mut count = inversions(values) + inversions(&mut right);
    let left = core::mem::take(values);
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        if j == right.len() || (i < left.len() && left[i] <= right[j]) {
            values.push(left[i]);
            i += 1;
        } else {
            values.push(right[j]);
            count += (left.len() - i) as u64;
            j += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::inversions;

    #[test]
    fn inversions_agree_with_counting_pairs() {
        let mut seed = 7u32;
        for len in 0..40usize {
            let mut values = Vec::new();
            for _ in 0..len {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                values.push(f64::from(seed >> 28));
            }
            let slow = (0..len)
                .map(|i| (i + 1..len).filter(|j| values[i] > values[*j]).count() as u64)
                .sum::<u64>();
            assert_eq!(inversions(&mut values), slow);
        }
    }
}
