//! What is wrong with octets, in the words of RabbitMQ's reader.

use crate::codec::FrameHead;
use warren_core::broker::{Reply, reply_text};

/// A reason to close a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: u16,
    pub(crate) text: String,
    /// The class and method to blame; zeros for none.
    pub(crate) ids: (u16, u16),
}

impl Fault {
    pub(crate) fn new(code: u16, text: impl Into<String>, ids: (u16, u16)) -> Self {
        Self { code, text: reply_text(text.into()), ids }
    }

    /// A frame that makes no sense (`rabbit_reader:frame_error`).
    pub(crate) fn frame(head: FrameHead, payload: &[u8], what: &str) -> Self {
        let text = format!("FRAME_ERROR - {}: {what}", described(head, payload));
        Self::new(501, text, (0, 0))
    }

    /// A frame that fits no state (`rabbit_reader:unexpected_frame`).
    pub(crate) fn unexpected(head: FrameHead, payload: &[u8]) -> Self {
        let text = format!("UNEXPECTED_FRAME - {}", described(head, payload));
        Self::new(505, text, (0, 0))
    }

    /// A content that is not in order (`rabbit_command_assembler`).
    pub(crate) fn assembly(text: &str, ids: (u16, u16)) -> Self {
        Self::new(505, format!("UNEXPECTED_FRAME - {text}"), ids)
    }

    /// A method of the wrong length (`rabbit_misc:frame_error`).
    pub(crate) fn length(arguments: &[u8], ids: (u16, u16)) -> Self {
        Self::new(501, format!("FRAME_ERROR - cannot decode {}", numbers(arguments)), ids)
    }

    /// A content that does not fit what was announced.
    pub(crate) fn content(text: &str, ids: (u16, u16)) -> Self {
        Self::new(501, format!("FRAME_ERROR - {text}"), ids)
    }

    /// Properties that cannot be read, or a frame that RabbitMQ fails on.
    pub(crate) fn internal() -> Self {
        Self::new(541, "INTERNAL_ERROR", (0, 0))
    }

    pub(crate) fn not_utf8(ids: (u16, u16)) -> Self {
        Self::new(501, "FRAME_ERROR - Malformed UTF-8 in shortstr", ids)
    }

    /// A method that only servers send, on an open channel.
    pub(crate) fn unimplemented(ids: (u16, u16)) -> Self {
        Self::new(503, "COMMAND_INVALID - unimplemented method", ids)
    }

    pub(crate) fn no_channel(ids: (u16, u16)) -> Self {
        Self::new(504, "CHANNEL_ERROR - expected 'channel.open'", ids)
    }

    /// A method of the connection that does not fit its state.
    pub(crate) fn state(state: &str, ids: (u16, u16)) -> Self {
        let text = format!("CHANNEL_ERROR - unexpected method in connection state {state}");
        Self::new(504, text, ids)
    }

    /// As connection.close says it.
    pub(crate) fn close(&self) -> Reply {
        let (class, method) = self.ids;
        Reply::ConnectionClose { code: self.code, text: self.text.clone(), class, method }
    }
}

fn described(head: FrameHead, payload: &[u8]) -> String {
    let (amount, shown) = match payload.get(..16) {
        Some(start) if payload.len() > 16 => ("first 16", start),
        _ => ("all", payload),
    };
    format!("type {}, {amount} octets = {}", head.kind, binary(shown))
}

/// Octets as Erlang's `~tp` prints a binary: as text if they are some, else as
/// numbers (`io_lib_pretty:printable_bin`).
fn binary(octets: &[u8]) -> String {
    let printable = |c: &char| matches!(c, '\u{8}'..='\r' | '\u{1b}' | ' '..='~' | '\u{a0}'..);
    let latin = || octets.iter().map(|octet| char::from(*octet)).collect::<String>();
    let (text, unicode) = match core::str::from_utf8(octets) {
        Ok(text) => (text.to_owned(), !text.is_ascii()),
        Err(_) => (latin(), false),
    };
    if text.is_empty() || !text.chars().all(|c| printable(&c)) {
        return numbers(octets);
    }
    let quoted: String = text.chars().map(escaped).collect();
    format!("<<\"{quoted}\"{}>>", if unicode { "/utf8" } else { "" })
}

/// Octets as Erlang's `~w` prints a binary.
fn numbers(octets: &[u8]) -> String {
    let numbers: Vec<String> = octets.iter().map(u8::to_string).collect();
    format!("<<{}>>", numbers.join(","))
}

/// A character as it stands between Erlang's quotes.
fn escaped(c: char) -> String {
    let letter = match c {
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        other => return other.into(),
    };
    format!("\\{letter}")
}

#[cfg(test)]
mod tests {
    use super::{Fault, binary};

    #[test]
    fn octets_look_as_in_erlang() {
        assert_eq!(binary(&[]), "<<>>");
        assert_eq!(binary(&[0]), "<<0>>");
        assert_eq!(binary(&[1, 255]), "<<1,255>>");
        assert_eq!(binary(b"a\"b\n"), "<<\"a\\\"b\\n\">>");
        assert_eq!(binary(b"caf\xe9"), "<<\"café\">>");
        assert_eq!(binary("café".as_bytes()), "<<\"café\"/utf8>>");
    }

    #[test]
    fn a_text_fits_a_short_string() {
        let text = Fault::length(&[7; 500], (50, 10)).text;
        assert_eq!(text.len(), 255);
        assert!(text.ends_with(",7,..."), "{text}");
    }
}
