//! Where things stand: heights by pulling lines straight without changing the
//! order, then columns from left to right.

use super::order::{Item, Net, What};
use crate::draw::geometry::snap;

/// Free room between two things in a column.
fn gap(a: &Item, b: &Item) -> f64 {
    match (a.what, b.what) {
        (What::Node(_), What::Node(_)) => 24.0,
        (What::Node(_), _) | (_, What::Node(_)) => 16.0,
        _ => 8.0,
    }
}

/// From the middle of `a` to the middle of `b` below it, on the grid.
fn pitch(a: &Item, b: &Item) -> f64 {
    snap(a.down + b.up + gap(a, b))
}

/// Sets `y` of every item.
pub(super) fn heights(net: &mut Net, parts: usize) {
    let mut top = 0.0;
    for part in 0..parts {
        let layers: Vec<Vec<usize>> = net
            .layers
            .iter()
            .map(|layer| {
                layer.iter().copied().filter(|item| net.items[*item].part == part).collect()
            })
            .collect();
        let lonely = part + 1 == parts;
        stack(net, &layers, lonely);
        for sweep in 0..if lonely { 0 } else { 24 } {
            for step in 0..layers.len() {
                let at = if sweep % 2 == 0 { step } else { layers.len() - 1 - step };
                settle(net, &layers[at]);
            }
        }
        top = drop_below(net, &layers, top);
    }
    straighten(net);
}

/// Makes queues level with their only consumer, and bends with what comes
/// before or after them, where their neighbours leave room.
fn straighten(net: &mut Net) {
    for layer in (0..net.layers.len()).rev().chain(0..net.layers.len()) {
        for at in 0..net.layers[layer].len() {
            let own = net.layers[layer][at];
            let only = |id: usize| matches!(net.items[id].what, What::Node(_));
            let pair = match net.next[own][..] {
                [to] => only(own) && only(to) && net.prev[to].len() == 1,
                _ => false,
            };
            if !pair && !matches!(net.items[own].what, What::Bend(_)) {
                continue;
            }
            let near = |i: usize| net.layers[layer].get(i).map(|id| net.items[*id]);
            let item = net.items[own];
            let above = at.checked_sub(1).and_then(near);
            let low = above.map_or(f64::MIN, |above| above.y + pitch(&above, &item));
            let high = near(at + 1).map_or(f64::MAX, |below| below.y - pitch(&item, &below));
            let before = net.prev[own].iter().filter(|_| !pair);
            let ends = before.chain(&net.next[own]);
            let level = ends.map(|id| net.items[*id].y).find(|y| (low..=high).contains(y));
            if let Some(y) = level {
                net.items[own].y = y;
            }
        }
    }
}

/// A first height for everything: columns centred on one line, or starting
/// at the top for things without any line.
fn stack(net: &mut Net, layers: &[Vec<usize>], from_top: bool) {
    for layer in layers {
        let mut y = 0.0;
        for (at, &item) in layer.iter().enumerate() {
            if at > 0 {
                y += pitch(&net.items[layer[at - 1]], &net.items[item]);
            }
            net.items[item].y = y;
        }
        let first = layer.first().map_or(0.0, |item| net.items[*item].up);
        for &item in layer {
            net.items[item].y -= if from_top { -first } else { y / 2.0 };
        }
    }
}

/// Moves a column as near to its neighbours as its order and gaps allow: the
/// least sum of squares, by pooling items that push against each other.
fn settle(net: &mut Net, layer: &[usize]) {
    /// Items that touch: the sum of weights and of weighted places.
    struct Pool {
        weight: f64,
        sum: f64,
        count: usize,
    }
    let mut pools: Vec<Pool> = Vec::new();
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (at, &item) in layer.iter().enumerate() {
        if at > 0 {
            offset += pitch(&net.items[layer[at - 1]], &net.items[item]);
        }
        offsets.push(offset);
        let (want, weight) = wish(net, item);
        let mut pool = Pool { weight, sum: (want - offset) * weight, count: 1 };
        while let Some(above) = pools.pop() {
            if above.sum / above.weight <= pool.sum / pool.weight {
                pools.push(above);
                break;
            }
            pool.weight += above.weight;
            pool.sum += above.sum;
            pool.count += above.count;
        }
        pools.push(pool);
    }
    let mut at = 0;
    for pool in pools {
        for _ in 0..pool.count {
            // Whole steps of the grid keep every gap: gaps are whole steps too.
            let y = (pool.sum / pool.weight / 8.0).round() * 8.0 + offsets[at];
            net.items[layer[at]].y = y;
            at += 1;
        }
    }
}

/// Where an item would like to be, and how much.
fn wish(net: &Net, item: usize) -> (f64, f64) {
    let (mut sum, mut weight) = (0.0, 0.0);
    for &other in net.prev[item].iter().chain(&net.next[item]) {
        let alone = |near: &[Vec<usize>], id: usize| near[id].len() == 1;
        let pair = (alone(&net.next, item) && alone(&net.prev, other))
            || (alone(&net.prev, item) && alone(&net.next, other));
        let pull = match (net.items[item].what, net.items[other].what) {
            // Nothing else pulls these two apart: a queue and its consumer.
            (What::Node(_), What::Node(_)) if pair => 8.0,
            (What::Node(_), What::Node(_)) => 2.0,
            (What::Node(_), _) | (_, What::Node(_)) => 1.0,
            _ => 4.0,
        };
        sum += net.items[other].y * pull;
        weight += pull;
    }
    if weight > 0.0 { (sum / weight, weight) } else { (net.items[item].y, 0.01) }
}

/// Moves a part below `top` and says where the next one may start.
fn drop_below(net: &mut Net, layers: &[Vec<usize>], top: f64) -> f64 {
    let items = || layers.iter().flatten();
    let first = items().map(|i| net.items[*i].y - net.items[*i].up).fold(f64::MAX, f64::min);
    if first == f64::MAX {
        return top;
    }
    let shift = snap(top - first);
    let mut bottom = top;
    for &item in items() {
        net.items[item].y += shift;
        bottom = f64::max(bottom, net.items[item].y + net.items[item].down);
    }
    bottom + 40.0
}

/// Left and right side of every column.
pub(super) fn columns(net: &Net) -> Vec<(f64, f64)> {
    let mut sides = Vec::with_capacity(net.layers.len());
    let mut x = 0.0;
    for (at, layer) in net.layers.iter().enumerate() {
        let chips = at > 0 && at % 2 == 0 && at + 1 < net.layers.len();
        let widest = layer.iter().map(|item| net.items[*item].side * 2.0).fold(0.0, f64::max);
        let width = snap(if chips && !layer.is_empty() { widest.max(8.0) } else { widest });
        sides.push((x, x + width));
        let last = at + 1 == net.layers.len();
        if layer.is_empty() || last {
            x += width;
            continue;
        }
        let base = match at {
            0 => 96.0,
            _ if at + 2 == net.layers.len() => 120.0,
            _ if chips => 64.0,
            _ => 40.0,
        };
        x += width + base + slack(net, layer, base);
    }
    sides
}

/// More room where lines would be steep.
fn slack(net: &Net, layer: &[usize], base: f64) -> f64 {
    let mut steep: f64 = 0.0;
    for &item in layer {
        for &to in &net.next[item] {
            steep = steep.max((net.items[to].y - net.items[item].y).abs());
        }
    }
    snap((steep * 0.3 - base).max(0.0).min(base))
}
