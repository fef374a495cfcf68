//! "Did you mean": the nearest known word.

/// The candidate nearest to `word`, when it is near enough to be a slip: at
/// most a third of the letters changed, added, dropped or swapped.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST + 1).collect();
    if word.len() > LONGEST {
        return None;
    }
    let allowed = (word.len() / 3).max(1);
    candidates
        .into_iter()
        .take(MOST)
        .filter_map(|candidate| {
            let other: Vec<char> = candidate.chars().take(LONGEST + 1).collect();
            let near = other.len() <= LONGEST && other.len().abs_diff(word.len()) <= allowed;
            let distance = near.then(|| distance(&word, &other))?;
            (distance <= allowed && distance < word.len()).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words longer than this get no suggestion.
const LONGEST: usize = 64;
/// Candidates beyond this many are not looked at.
const MOST: usize = 200;

/// Changes, additions, omissions and swaps of neighbours, capitals of ASCII for
/// free: those of all scripts are a table of 24 kB.
fn distance(a: &[char], b: &[char]) -> usize {
    let same = |x: char, y: char| x.eq_ignore_ascii_case(&y);
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = usize::from(!same(a[i - 1], b[j - 1]));
            row[j] = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + change);
            if i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]) {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_nothing_else() {
        let words = ["exchange", "queue", "publisher", "prefetch", "key", "every"];
        for (word, want) in [
            ("exchnage", Some("exchange")),
            ("Queue", Some("queue")),
            ("qeue", Some("queue")),
            ("publisher", Some("publisher")),
            ("evry", Some("every")),
            ("keys", Some("key")),
            ("banana", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words), want, "{word}");
        }
        assert_eq!(nearest(&"q".repeat(100_000), words), None);
    }
}
