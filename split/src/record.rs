//! From what was seen while playing to the list of what can wait.

use crate::ground::grounds;
use crate::late::Late;
use crate::module::Module;
use crate::outline::{Cutter, WORTH};
use crate::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// The list for a module, from the notes that [`crate::watch::watch`] made it
/// take: 32 in each word.
///
/// # Errors
/// When the notes are not of this module.
pub fn record(wasm: &[u8], module: &Module, seen: &[u32]) -> Result<Late> {
    let grounds = grounds(wasm, module)?;
    let mut notes = (0..seen.len() * 32).map(|at| seen[at / 32] >> (at % 32) & 1 == 1);
    let (mut late, mut first) = (BTreeSet::new(), BTreeSet::new());
    let mut cold: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let mut hot: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let too_few = || Error::new("the notes are fewer than the places of the module");
    for (number, ground) in grounds.iter().enumerate() {
        let index = module.imported() + number as u32;
        let name = module.names.get(&index).map_or("", String::as_str);
        let cutter = Cutter::new(module, number, ground, WORTH)?;
        let places = cutter.code.places();
        let entered = notes.next().ok_or_else(too_few)?;
        let been: BTreeMap<usize, bool> =
            places.iter().copied().zip(notes.by_ref().take(places.len())).collect();
        if been.len() < places.len() {
            return Err(too_few());
        }
        if !entered {
            late.insert(name);
            cold.entry(name.to_owned()).or_default().insert(cutter.code.digest(0));
            continue;
        }
        first.insert(name);
        let pieces = cutter.pieces(|_, place| !been[&place]);
        let pieces = pieces.iter().map(|piece| cutter.code.digest(piece.begin));
        cold.entry(name.to_owned()).or_default().extend(pieces);
        let reached = places.iter().filter(|place| been[place]);
        let hot = hot.entry(name.to_owned()).or_default();
        hot.extend(reached.map(|&place| cutter.code.digest(place)));
        hot.insert(cutter.code.digest(0));
    }
    // Two of one name, or two pieces that look alike: who is needed wins.
    let late: BTreeSet<&str> = late.difference(&first).copied().collect();
    for (name, hot) in &hot {
        if let Some(cold) = cold.get_mut(name) {
            cold.retain(|digest| !hot.contains(digest));
        }
    }
    cold.retain(|name, cold| !cold.is_empty() && !late.contains(name.as_str()));
    Ok(Late::new(&late, &first, cold))
}
