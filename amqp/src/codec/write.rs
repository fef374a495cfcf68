//! Frames into octets.

use super::frame::{END, HEAD_LEN, HEARTBEAT, METHOD};

/// Octets to be sent.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub(crate) octets: Vec<u8>,
}

impl Writer {
    /// A frame whose payload `fill` writes.
    pub(crate) fn frame(&mut self, kind: u8, channel: u16, fill: impl FnOnce(&mut Self)) {
        self.octet(kind);
        self.short(channel);
        self.sized(fill);
        self.octet(END);
    }

    /// A frame with a method.
    pub(crate) fn method(
        &mut self,
        channel: u16,
        (class, method): (u16, u16),
        fill: impl FnOnce(&mut Self),
    ) {
        self.frame(METHOD, channel, |writer| {
            writer.short(class);
            writer.short(method);
            fill(writer);
        });
    }

    /// A frame that only says that this side is alive.
    pub(crate) fn heartbeat(&mut self) {
        self.frame(HEARTBEAT, 0, |_| {});
    }

    /// How much room a frame takes beside its payload.
    pub(crate) const ENVELOPE: usize = HEAD_LEN + 1;

    /// What `fill` writes, after its length in four octets.
    pub(crate) fn sized(&mut self, fill: impl FnOnce(&mut Self)) {
        let at = self.octets.len();
        self.long(0);
        fill(self);
        let size = u32::try_from(self.octets.len() - at - 4).unwrap_or(u32::MAX);
        self.octets[at..at + 4].copy_from_slice(&size.to_be_bytes());
    }

    pub(crate) fn octet(&mut self, n: u8) {
        self.octets.push(n);
    }

    pub(crate) fn short(&mut self, n: u16) {
        self.bytes(&n.to_be_bytes());
    }

    pub(crate) fn long(&mut self, n: u32) {
        self.bytes(&n.to_be_bytes());
    }

    pub(crate) fn long_long(&mut self, n: u64) {
        self.bytes(&n.to_be_bytes());
    }

    pub(crate) fn bytes(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// A short string; what is beyond 255 octets is cut off.
    pub(crate) fn name(&mut self, text: &str) {
        let end = text.floor_char_boundary_255();
        self.octet(end as u8);
        self.bytes(&text.as_bytes()[..end]);
    }

    pub(crate) fn long_string(&mut self, octets: &[u8]) {
        self.sized(|writer| writer.bytes(octets));
    }
}

trait ShortText {
    /// How much of it a short string holds.
    fn floor_char_boundary_255(&self) -> usize;
}

impl ShortText for str {
    fn floor_char_boundary_255(&self) -> usize {
        if self.len() <= 255 {
            return self.len();
        }
        (0..=255).rev().find(|end| self.is_char_boundary(*end)).unwrap_or(0)
    }
}
