//! A sorted map, and a set.

use core::borrow::Borrow;
use core::hash::{Hash, Hasher};
use core::iter::Flatten;
use core::slice;

/// A map in the order of its keys: lists of up to [`MOST`] entries, one behind
/// the other. Looking up takes two binary searches; putting in and taking out
/// moves one list, and taking the first or putting in the last is cheap.
#[derive(Clone, Debug)]
pub struct Map<K, V> {
    /// None of them is empty.
    lists: Vec<Vec<(K, V)>>,
    length: usize,
}

/// Entries of one list.
const MOST: usize = 64;

/// Where an entry is: which list, and which place in it.
type Place = (usize, usize);

/// The entries of a map in order.
pub type Iter<'m, K, V> =
    core::iter::Map<Flatten<slice::Iter<'m, Vec<(K, V)>>>, fn(&'m (K, V)) -> (&'m K, &'m V)>;

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self { lists: Vec::new(), length: 0 }
    }
}

impl<K: Ord, V> Map<K, V> {
    /// Without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { lists: Vec::new(), length: 0 }
    }

    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Where a key is, or where it would be put.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        // The last list that begins at or before the key.
        let after = self.lists.partition_point(|list| list[0].0.borrow() <= key);
        let Some(list) = after.checked_sub(1) else { return Err((0, 0)) };
        match self.lists[list].binary_search_by(|(k, _)| k.borrow().cmp(key)) {
            Ok(place) => Ok((list, place)),
            Err(place) => Err((list, place)),
        }
    }

    /// The value of `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (list, place) = self.find(key).ok()?;
        Some(&self.lists[list][place].1)
    }

    /// The value of `key`, to change.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (list, place) = self.find(key).ok()?;
        Some(&mut self.lists[list][place].1)
    }

    /// Whether `key` is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Sets `key`; gives back what was there before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok((list, place)) => Some(core::mem::replace(&mut self.lists[list][place].1, value)),
            Err(place) => {
                self.put(place, (key, value));
                None
            }
        }
    }

    /// The value of `key`, made by `make` when it is missing.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let (list, place) = match self.find(&key) {
            Ok(there) => there,
            Err(place) => self.put(place, (key, make())),
        };
        &mut self.lists[list][place].1
    }

    /// Puts an entry where it belongs; gives where that is now.
    fn put(&mut self, (mut list, mut place): Place, entry: (K, V)) -> Place {
        self.length += 1;
        match self.lists.get_mut(list) {
            None => self.lists.push(Vec::new()),
            Some(full) if full.len() == MOST => {
                // Keys that only grow fill every list.
                let half = if place == MOST { MOST } else { MOST / 2 };
                let rest = full.split_off(half);
                self.lists.insert(list + 1, rest);
                if place >= half {
                    (list, place) = (list + 1, place - half);
                }
            }
            Some(_) => {}
        }
        self.lists[list].insert(place, entry);
        (list, place)
    }

    fn take(&mut self, (list, place): Place) -> (K, V) {
        self.length -= 1;
        let entry = self.lists[list].remove(place);
        if self.lists[list].is_empty() {
            self.lists.remove(list);
        }
        entry
    }

    /// Takes `key` out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(self.take(place).1)
    }

    /// The first entry.
    #[must_use]
    pub fn first(&self) -> Option<(&K, &V)> {
        self.lists.first().map(|list| (&list[0].0, &list[0].1))
    }

    /// Takes the first entry out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.is_empty()).then(|| self.take((0, 0)))
    }

    /// The entries in order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.lists.iter().flatten().map(|(key, value)| (key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.lists.iter().flatten().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.lists.iter().flatten().map(|(_, value)| value)
    }

    /// The values in the order of their keys.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.lists.into_iter().flatten().map(|(_, value)| value)
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Takes out what `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.lists.retain_mut(|list| {
            list.retain_mut(|(key, value)| keep(key, value));
            !list.is_empty()
        });
        self.length = self.lists.iter().map(Vec::len).sum();
    }
}

impl<'m, K: Ord, V> IntoIterator for &'m Map<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Iter<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = Flatten<std::vec::IntoIter<Vec<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.lists.into_iter().flatten()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        entries.into_iter().for_each(|(key, value)| {
            map.insert(key, value);
        });
        map
    }
}

/// The value of a key that is there.
impl<K: Ord, V> core::ops::Index<&K> for Map<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the key is there")
    }
}

/// How the entries are spread over lists makes no difference.
impl<K: Ord, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length && self.iter().eq(other.iter())
    }
}

/// The same as of a B-tree: the length, then the entries.
impl<K: Hash, V: Hash> Hash for Map<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.length);
        for entry in self.lists.iter().flatten() {
            entry.hash(state);
        }
    }
}

/// Things in order, each once.
#[derive(Clone, Debug, Hash)]
pub struct Set<T>(Map<T, ()>);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(Map::default())
    }
}

impl<T: Ord> Set<T> {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self(Map::new())
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `item` is in it.
    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains_key(item)
    }

    /// Puts `item` in; whether it was not there.
    pub fn insert(&mut self, item: T) -> bool {
        self.0.insert(item, ()).is_none()
    }

    /// Takes `item` out; whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.remove(item).is_some()
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.0.first().map(|(item, ())| item)
    }

    /// Takes the first of them out.
    pub fn pop_first(&mut self) -> Option<T> {
        self.0.pop_first().map(|(item, ())| item)
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.keys()
    }

    /// Takes out what `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.retain(|item, ()| keep(item));
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().map(|item| (item, ())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Map;
    use crate::digest::Digest;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn same(map: &Map<u16, u8>, other: &BTreeMap<u16, u8>) -> Result<(), TestCaseError> {
        prop_assert!(map.iter().eq(other.iter()));
        prop_assert!(map.keys().rev().eq(other.keys().rev()));
        prop_assert_eq!(map.len(), other.len());
        prop_assert_eq!(map.is_empty(), other.is_empty());
        prop_assert_eq!(map.first(), other.first_key_value());
        prop_assert_eq!(Digest::of(map), Digest::of(other));
        prop_assert!(map.lists.iter().all(|list| (1..=super::MOST).contains(&list.len())));
        Ok(())
    }

    proptest! {
        #[test]
        fn does_what_a_b_tree_does(
            steps in prop::collection::vec((0..6_u8, 0..400_u16, any::<u8>()), 0..1_500),
        ) {
            let (mut map, mut other) = (Map::new(), BTreeMap::new());
            for (what, key, value) in steps {
                match what {
                    0 => prop_assert_eq!(map.remove(&key), other.remove(&key)),
                    1 if value < 20 => prop_assert_eq!(map.pop_first(), other.pop_first()),
                    2 => prop_assert_eq!(
                        map.get_or_insert_with(key, || value),
                        other.entry(key).or_insert(value)
                    ),
                    3 if value == 0 => {
                        map.retain(|k, _| k % 3 != 0);
                        other.retain(|k, _| k % 3 != 0);
                    }
                    _ => prop_assert_eq!(map.insert(key, value), other.insert(key, value)),
                }
                prop_assert_eq!(map.get(&key), other.get(&key));
                prop_assert_eq!(map.contains_key(&key), other.contains_key(&key));
            }
            same(&map, &other)?;
            prop_assert!(map.clone().into_iter().eq(other));
        }

        #[test]
        fn growing_keys_fill_lists(length in 0..1_000_u16) {
            let map: Map<u16, u8> = (0..length).map(|n| (n, 0)).collect();
            same(&map, &(0..length).map(|n| (n, 0)).collect())?;
            prop_assert_eq!(map.lists.len(), usize::from(length).div_ceil(super::MOST));
        }
    }
}
