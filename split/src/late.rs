//! The list of what can wait.
//!
//! A text, sorted, so that changes of it can be read. A line is
//! `* START` for every function whose name starts so, `= NAME` for functions of
//! that name, or `/ NAME: DIGEST…` for pieces of them: what is never reached in
//! them, or one whole function among several of that name. What is on no line
//! is loaded first.

use crate::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// From how many functions on a common start is worth a line.
const MANY: usize = 3;

/// What can wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    starts: BTreeSet<String>,
    names: BTreeSet<String>,
    pieces: BTreeMap<String, BTreeSet<u32>>,
}

impl Late {
    /// Reads a list.
    ///
    /// # Errors
    /// When a line means nothing; with its number.
    pub fn read(text: &str) -> Result<Self> {
        let mut late = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = || Error::new(format!("line {number} of the list means nothing: {line}"));
            let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
            match kind {
                "" | "#" => {}
                "*" => drop(late.starts.insert(rest.to_owned())),
                "=" => drop(late.names.insert(rest.to_owned())),
                "/" => {
                    let (name, digests) = rest.rsplit_once(": ").ok_or_else(wrong)?;
                    let digests = digests.split(' ').map(|word| u32::from_str_radix(word, 16));
                    let digests = digests.collect::<std::result::Result<BTreeSet<u32>, _>>();
                    late.pieces.insert(name.to_owned(), digests.map_err(|_| wrong())?);
                }
                _ => return Err(wrong()),
            }
        }
        Ok(late)
    }

    /// Puts a list together: names of functions that can wait and that cannot,
    /// and pieces.
    pub(crate) fn new(
        late: &BTreeSet<&str>,
        first: &BTreeSet<&str>,
        pieces: BTreeMap<String, BTreeSet<u32>>,
    ) -> Self {
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in late {
            groups.entry(start(name)).or_default().push(name);
        }
        let mut list = Self { pieces, ..Self::default() };
        for (start, names) in groups {
            let alone = !start.is_empty() && !first.iter().any(|name| name.starts_with(start));
            if alone && names.len() >= MANY {
                list.starts.insert(start.to_owned());
            } else {
                list.names.extend(names.into_iter().map(str::to_owned));
            }
        }
        list
    }

    /// Whether functions of this name can wait.
    #[must_use]
    pub fn waits(&self, name: &str) -> bool {
        self.names.contains(name) || self.starts.contains(start(name))
    }

    /// The digests of pieces of functions of this name.
    #[must_use]
    pub fn pieces(&self, name: &str) -> Option<&BTreeSet<u32>> {
        self.pieces.get(name)
    }

    /// The list as text, after these lines.
    #[must_use]
    pub fn write(&self, head: &str) -> String {
        let mut text = head.to_owned();
        self.starts.iter().for_each(|start| text += &format!("* {start}\n"));
        self.names.iter().for_each(|name| text += &format!("= {name}\n"));
        for (name, digests) in &self.pieces {
            let _ = write!(text, "/ {name}:");
            for digest in digests {
                let _ = write!(text, " {digest:08x}");
            }
            text.push('\n');
        }
        text
    }
}

/// A name without its last part: up to the last `::` that is in no brackets.
fn start(name: &str) -> &str {
    let bytes = name.as_bytes();
    let mut depth = 0;
    for at in (0..bytes.len()).rev() {
        match bytes[at] {
            b'>' if at == 0 || bytes[at - 1] != b'-' => depth += 1,
            b')' | b']' | b'}' => depth += 1,
            b'<' | b'(' | b'[' | b'{' => depth -= 1,
            b':' if depth == 0 && at > 0 && bytes[at - 1] == b':' => return &name[..=at],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let late = BTreeSet::from(["a::b::c", "a::b::d", "a::b::<e::f as g>", "h"]);
        let first = BTreeSet::from(["a::z"]);
        let pieces = BTreeMap::from([("a::z: y".to_owned(), BTreeSet::from([1, 0xffff_ffff]))]);
        let list = Late::new(&late, &first, pieces);
        let text = list.write("# About.\n");
        assert_eq!(text, "# About.\n* a::b::\n= h\n/ a::z: y: 00000001 ffffffff\n");
        assert_eq!(Late::read(&text).unwrap(), list);
        assert!(list.waits("a::b::c") && list.waits("a::b::new") && list.waits("h"));
        assert!(!list.waits("a::z") && !list.waits("") && !list.waits("a::b"));
        assert_eq!(list.pieces("a::z: y").map(BTreeSet::len), Some(2));
    }

    #[test]
    fn a_start_that_something_needed_shares_is_none() {
        let late = BTreeSet::from(["a::b::c", "a::b::d", "a::b::e"]);
        let list = Late::new(&late, &BTreeSet::from(["a::b::f"]), BTreeMap::new());
        assert!(!list.waits("a::b::f") && !list.waits("a::b::new") && list.waits("a::b::e"));
    }

    #[test]
    fn lines_that_mean_nothing_are_told() {
        for line in ["+ a", "/ a", "/ a: xyz", "/ a: 1 123456789"] {
            let told = Late::read(&format!("\n{line}\n")).expect_err(line).to_string();
            assert!(told.contains("line 2"), "{told}");
        }
    }
}
