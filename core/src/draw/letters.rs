//! Letters: how wide a text is likely to be, where to cut it, and how to show
//! names that were made to break a layout.

use crate::unseen::acts_unseen;

/// Which letters a text is set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Words.
    Sans,
    /// Names of things.
    Bold,
    /// Keys and bodies.
    Mono,
}

/// Letters that stand on others and take no room of their own.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        | '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}'
        | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E01EF}')
}

fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115F}' | '\u{2600}'..='\u{27BF}' | '\u{2E80}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}' | '\u{1F000}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Width of a letter as a part of the font size. Fonts differ: these are
/// upper ends of what common system fonts need.
fn advance(c: char, face: Face) -> f64 {
    let em = match c {
        _ if is_mark(c) => return 0.0,
        '\u{FDFD}' => return 9.0,
        _ if is_wide(c) => return 1.25,
        _ if c > '\u{FFFF}' => return 1.4,
        _ if face == Face::Mono && c.is_ascii() => return 0.605,
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '·' => 0.32,
        ' ' | 'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '\\' | '-' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.96,
        'A'..='Z' => 0.7,
        '#' | '+' | '=' | '<' | '>' | '~' | '*' | '_' => 0.74,
        'a'..='z' | '0'..='9' | '"' | '?' => 0.61,
        _ => 0.72,
    };
    if face == Face::Bold { em * 1.1 } else { em }
}

/// About how wide `text` is at font size `size`.
#[must_use]
pub fn width(text: &str, size: f64, face: Face) -> f64 {
    text.chars().map(|c| advance(c, face)).sum::<f64>() * size
}

/// `text`, or as much of its beginning as fits into `room` with an ellipsis.
/// Never cuts between a letter and the marks that belong to it.
#[must_use]
pub fn elide(text: &str, room: f64, size: f64, face: Face) -> String {
    if width(text, size, face) <= room {
        return text.to_owned();
    }
    let room = room - advance('…', face) * size;
    let mut used = 0.0;
    let mut cut = 0;
    let mut joined = false;
    for (at, c) in text.char_indices() {
        let starts = !is_mark(c) && !joined;
        if starts {
            cut = at;
        }
        used += advance(c, face) * size;
        if used > room {
            break;
        }
        joined = c == '\u{200D}';
    }
    format!("{}…", text[..cut].trim_end())
}

/// Breaks `text` into at most `lines` lines of `room`, the last one elided.
#[must_use]
pub fn wrap(text: &str, room: f64, size: f64, face: Face, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size, face) <= room {
            line = longer;
            continue;
        }
        if out.len() + 1 >= lines {
            let rest: Vec<&str> = words.collect();
            out.push(elide(&format!("{longer} {}", rest.join(" ")), room, size, face));
            return out;
        }
        if line.is_empty() {
            out.push(elide(word, room, size, face));
        } else {
            out.push(core::mem::take(&mut line));
            if width(word, size, face) > room {
                out.push(elide(word, room, size, face));
            } else {
                word.clone_into(&mut line);
            }
        }
    }
    if !line.is_empty() {
        out.push(line);
    }
    out.truncate(lines);
    out
}

/// Letters that have no picture of their own, or would turn the order of the
/// letters around them: nothing of the kind may act inside a picture.
fn is_hidden(c: char) -> bool {
    // The two at the end are no characters, and no XML has them.
    acts_unseen(c) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// `text` with U+FFFD where a control character or a direction mark stood.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { '\u{FFFD}' } else { c }).collect()
}

/// A clean text, shut off from its surroundings so that a right-to-left name
/// does not reorder the words beside it.
#[must_use]
pub fn isolate(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { format!("\u{2068}{text}\u{2069}") }
}

/// A name ready to be shown: cleaned, cut to `room` and isolated.
#[must_use]
pub fn shown(text: &str, room: f64, size: f64, face: Face) -> String {
    isolate(&elide(&clean(text), room, size, face))
}

/// A number a reader can take in: `9,999`, `12.3k`, `4.1M`.
#[must_use]
pub fn count(n: u64) -> String {
    match n {
        0..=999 => n.to_string(),
        1_000..=9_999 => format!("{},{:03}", n / 1_000, n % 1_000),
        10_000..=999_999 => format!("{}.{}k", n / 1_000, n % 1_000 / 100),
        _ => format!("{}.{}M", n / 1_000_000, n % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits_and_keeps_marks_with_their_letter() {
        let long = "a".repeat(255);
        let cut = elide(&long, 100.0, 13.0, Face::Sans);
        assert!(cut.ends_with('…') && width(&cut, 13.0, Face::Sans) <= 100.0);
        assert_eq!(elide("shop", 100.0, 13.0, Face::Bold), "shop");
        // One family of four joined people is never split into its members.
        let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦".repeat(4);
        for room in 20..200 {
            let cut = elide(&family, f64::from(room), 13.0, Face::Sans);
            let kept = cut.trim_end_matches('…');
            assert_eq!(kept.chars().count() % 7, 0, "{room}: {cut}");
        }
        let accents = "e\u{301}".repeat(40);
        let cut = elide(&accents, 60.0, 13.0, Face::Sans);
        assert!(cut.trim_end_matches('…').ends_with('\u{301}'), "{cut}");
    }

    #[test]
    fn hidden_letters_show_and_do_nothing() {
        assert_eq!(clean("a\u{0}b\u{202E}c\nd"), "a\u{FFFD}b\u{FFFD}c\u{FFFD}d");
        assert_eq!(isolate("shop"), "shop");
        assert_eq!(isolate("מחסן"), "\u{2068}מחסן\u{2069}");
    }

    #[test]
    fn wrapping_never_exceeds_its_room_or_its_lines() {
        let text = "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'x' in vhost '/'";
        for lines in 1..4 {
            let out = wrap(text, 160.0, 11.0, Face::Sans, lines);
            assert!(out.len() <= lines);
            assert!(out.iter().all(|line| width(line, 11.0, Face::Sans) <= 160.0), "{out:?}");
        }
        assert_eq!(wrap("", 100.0, 11.0, Face::Sans, 2), Vec::<String>::new());
        assert_eq!(wrap("one two", 300.0, 11.0, Face::Sans, 2), ["one two"]);
    }

    #[test]
    fn counts_stay_short() {
        let table =
            [(0, "0"), (999, "999"), (1_234, "1,234"), (12_345, "12.3k"), (4_100_000, "4.1M")];
        for (n, text) in table {
            assert_eq!(count(n), text);
        }
    }
}
