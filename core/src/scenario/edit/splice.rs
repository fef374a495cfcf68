//! Pieces of text put in the place of others.

use crate::scenario::document::SourceSpan;

/// Put `text` in the place of the bytes from `start` to `end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

/// Applies splices that do not overlap; of those at the same place the first
/// in the list comes first. One that overlaps an earlier one is left out, but
/// for two that both take something away.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    crate::order::sort_by_key(&mut splices, |splice| (splice.start, splice.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for splice in splices {
        let start = if splice.text.is_empty() { splice.start.max(at) } else { splice.start };
        let Some(between) = text.get(at..start).filter(|_| start <= splice.end) else { continue };
        out.push_str(between);
        out.push_str(&splice.text);
        at = splice.end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// Takes away the lines a statement stands on, with their ends.
pub(super) fn whole_line(text: &str, span: SourceSpan) -> Splice {
    let start = text.get(..span.start as usize).and_then(|t| t.rfind('\n')).map_or(0, |at| at + 1);
    let end = line_end(text, span.end as usize);
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    Splice { start, end, text: String::new() }
}

/// A new line below the one that `after` is on; on top when `after` is 0.
pub(super) fn new_line(text: &str, after: u32, line: &str, blank: bool) -> Splice {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if blank { newline } else { "" };
    let line = line.replace('\n', newline);
    if after == 0 {
        return Splice { start: 0, end: 0, text: format!("{line}{newline}") };
    }
    let at = line_end(text, after as usize);
    Splice { start: at, end: at, text: format!("{newline}{gap}{line}") }
}

/// Where the line that `from` is on ends, before its line end.
fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or("");
    let end = rest.find('\n').unwrap_or(rest.len());
    let end = if rest[..end].ends_with('\r') { end - 1 } else { end };
    from + end
}
