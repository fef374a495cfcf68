//! Sets of octets. Letters are those of Latin-1, as in Erlang's tables.

use core::ops::RangeInclusive;

/// A set of octets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Class([u64; 4]);

impl Class {
    pub(super) fn of(octets: impl Fn(u8) -> bool) -> Self {
        let mut class = Self::default();
        class.extend(octets);
        class
    }

    pub(super) fn extend(&mut self, octets: impl Fn(u8) -> bool) {
        for octet in (0..=u8::MAX).filter(|octet| octets(*octet)) {
            self.0[usize::from(octet / 64)] |= 1 << (octet % 64);
        }
    }

    pub(super) fn has(&self, octet: u8) -> bool {
        self.0[usize::from(octet / 64)] & 1 << (octet % 64) != 0
    }

    pub(super) fn add(&mut self, range: RangeInclusive<u8>) {
        self.extend(|octet| range.contains(&octet));
    }

    pub(super) fn negate(&mut self) {
        for word in &mut self.0 {
            *word = !*word;
        }
    }

    /// The set with letters in both cases.
    pub(super) fn without_case(self) -> Self {
        Self::of(|octet| self.has(octet) || self.has(other_case(octet)))
    }
}

const fn is_upper(octet: u8) -> bool {
    matches!(octet, b'A'..=b'Z' | 0xc0..=0xd6 | 0xd8..=0xde)
}

const fn is_lower(octet: u8) -> bool {
    matches!(octet, b'a'..=b'z' | 0xb5 | 0xdf..=0xf6 | 0xf8..=0xff)
}

const fn is_letter(octet: u8) -> bool {
    is_upper(octet) || is_lower(octet) || matches!(octet, 0xaa | 0xba)
}

const fn other_case(octet: u8) -> u8 {
    match octet {
        _ if is_upper(octet) => octet + 32,
        b'a'..=b'z' | 0xe0..=0xf6 | 0xf8..=0xfe => octet - 32,
        _ => octet,
    }
}

pub(super) const fn is_word(octet: u8) -> bool {
    is_letter(octet) || octet.is_ascii_digit() || octet == b'_'
}

const fn is_space(octet: u8) -> bool {
    matches!(octet, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0)
}

/// The set of a backslash and a lower-case letter.
pub(super) fn escaped(letter: u8) -> Option<Class> {
    Some(match letter {
        b'd' => Class::of(|octet| octet.is_ascii_digit()),
        b'w' => Class::of(is_word),
        b's' => Class::of(is_space),
        b'h' => Class::of(|octet| matches!(octet, b'\t' | b' ' | 0xa0)),
        b'v' => Class::of(|octet| matches!(octet, 0x0a..=0x0d | 0x85)),
        _ => return None,
    })
}

/// The set that `[:name:]` means.
pub(super) fn named(name: &str) -> Option<Class> {
    Some(match name {
        "alpha" => Class::of(is_letter),
        "lower" => Class::of(is_lower),
        "upper" => Class::of(is_upper),
        "alnum" => Class::of(|octet| is_letter(octet) || octet.is_ascii_digit()),
        "ascii" => Class::of(|octet| octet.is_ascii()),
        "blank" => Class::of(|octet| matches!(octet, b'\t' | b' ' | 0xa0)),
        "cntrl" => Class::of(|octet| matches!(octet, 0..=0x1f | 0x7f..=0x9f)),
        "digit" => Class::of(|octet| octet.is_ascii_digit()),
        "graph" => Class::of(|octet| matches!(octet, 0x21..=0x7e | 0xa1..)),
        "print" => Class::of(|octet| matches!(octet, 0x20..=0x7e | 0xa0..)),
        "punct" => {
            Class::of(|octet| octet.is_ascii_punctuation() || octet >= 0xa1 && !is_letter(octet))
        }
        "space" => Class::of(is_space),
        "word" => Class::of(is_word),
        "xdigit" => Class::of(|octet| octet.is_ascii_hexdigit()),
        _ => return None,
    })
}
