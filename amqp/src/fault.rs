//! What is wrong with octets, in the words of RabbitMQ's reader.

use crate::codec::FrameHead;
use warren_core::broker::Reply;

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
        Self { code, text: text.into(), ids }
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

/// Octets as Erlang's `~p` prints a binary.
fn binary(octets: &[u8]) -> String {
    let printable = |octet: &u8| matches!(octet, 8..=13 | 27 | 32..=126 | 160..);
    if octets.is_empty() || !octets.iter().all(printable) {
        let numbers: Vec<String> = octets.iter().map(u8::to_string).collect();
        return format!("<<{}>>", numbers.join(","));
    }
    let mut text = String::from("<<\"");
    for octet in octets {
        match octet {
            8 => text.push_str("\\b"),
            9 => text.push_str("\\t"),
            10 => text.push_str("\\n"),
            11 => text.push_str("\\v"),
            12 => text.push_str("\\f"),
            13 => text.push_str("\\r"),
            27 => text.push_str("\\e"),
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            other => text.push(char::from(*other)),
        }
    }
    text.push_str("\">>");
    text
}

#[cfg(test)]
mod tests {
    use super::binary;

    #[test]
    fn octets_look_as_in_erlang() {
        assert_eq!(binary(&[]), "<<>>");
        assert_eq!(binary(&[0]), "<<0>>");
        assert_eq!(binary(&[1, 255]), "<<1,255>>");
        assert_eq!(binary(b"a\"b\n"), "<<\"a\\\"b\\n\">>");
    }
}
