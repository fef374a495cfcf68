//! Characters that act instead of being seen.

/// Whether `c` does something to the text around it and has no picture of its
/// own: a control character (Unicode's `Cc`), a mark, embedding or isolate that
/// turns the direction of letters (UAX #9), a separator of lines or paragraphs,
/// a space without width, or one of the invisible operators and byte order
/// marks. Who shows a text writes such a character out or puts U+FFFD in its
/// place, so that no name can turn, hide or break what stands beside it.
///
/// The joiners U+200C and U+200D are not among them: scripts and emoji need
/// them, and they only shape the two letters that they stand between.
#[must_use]
pub fn acts_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

#[cfg(test)]
mod tests {
    use super::acts_unseen;

    #[test]
    fn what_turns_breaks_or_hides_is_found() {
        for c in "\0\t\n\r\u{1b}\u{7f}\u{85}\u{9f}\
                  \u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
                  \u{2066}\u{2067}\u{2068}\u{2069}\u{206a}\u{206f}\
                  \u{2028}\u{2029}\u{200b}\u{2060}\u{2061}\u{2064}\u{feff}"
            .chars()
        {
            assert!(acts_unseen(c), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn what_is_seen_or_shapes_letters_is_let_be() {
        // Among them the last before and the first after every range.
        for c in " ~aäא\u{627}\u{61b}\u{61d}“”–…🐇\u{a0}\u{200a}\u{200c}\u{200d}\u{2010}\
                  \u{2027}\u{202f}\u{205f}\u{2070}\u{fefe}\u{ff00}\u{fffd}"
            .chars()
        {
            assert!(!acts_unseen(c), "{:x}", u32::from(c));
        }
    }
}
