//! Sorting and sorted maps that are compiled in little code.
//!
//! The standard library's sorts and B-trees are compiled anew for every type
//! they are used with, 3 to 5 kB of wasm each. What is here is a few hundred
//! bytes per type, and about as fast.

mod map;

pub use map::{Iter, Map, Set};

use core::cmp::Ordering;

/// Sorts by what `compare` says; equal items keep their order.
pub fn sort_by<T>(items: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    // Most lists come in order already.
    if items.windows(2).all(|pair| compare(&pair[0], &pair[1]) != Ordering::Greater) {
        return;
    }
    let places = sorted(items.len(), &mut |a, b| compare(&items[a], &items[b]));
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.into_iter().filter_map(|place| taken[place].take()));
}

/// Sorts by a key of each item; items with equal keys keep their order.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, mut key: impl FnMut(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// The places of `length` items in order. Compiled once.
#[inline(never)]
fn sorted(length: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..length).collect();
    sort_copies(&mut places, |a, b| compare(*a, *b).then(a.cmp(b)).is_lt());
    places
}

/// Sorts small things in place by whether one is `less` than another. Equal
/// ones may change places.
pub fn sort_copies<T: Copy>(items: &mut [T], mut less: impl FnMut(&T, &T) -> bool) {
    // A heap whose largest item is at the front, first built, then taken apart.
    let length = items.len();
    for step in (0..length + length / 2).rev() {
        let (mut at, end) = match step.checked_sub(length) {
            Some(root) => (root, length),
            None => {
                items.swap(0, step);
                (0, step)
            }
        };
        loop {
            let mut child = 2 * at + 1;
            if child >= end {
                break;
            }
            if child + 1 < end && less(&items[child], &items[child + 1]) {
                child += 1;
            }
            if !less(&items[at], &items[child]) {
                break;
            }
            items.swap(at, child);
            at = child;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{sort_by, sort_by_key, sort_copies};
    use proptest::prelude::*;

    #[test]
    fn sorts_and_keeps_equals_in_order() {
        let mut items = vec![(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        sort_by_key(&mut items, |item| item.0);
        assert_eq!(items, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
        sort_by(&mut items, |a, b| b.1.cmp(&a.1));
        assert_eq!(items.iter().map(|i| i.1).collect::<String>(), "edcba");
        sort_by_key(&mut Vec::<u8>::new(), |n| *n);
    }

    proptest! {
        #[test]
        fn sorts_as_the_standard_library(mut items: Vec<(u8, u16)>) {
            let mut stable = items.clone();
            sort_by_key(&mut stable, |item| item.0);
            let mut other = items.clone();
            other.sort_by_key(|item| item.0);
            prop_assert_eq!(&stable, &other);
            sort_copies(&mut items, |a, b| a < b);
            other.sort_unstable();
            prop_assert_eq!(&items, &other);
        }
    }
}
