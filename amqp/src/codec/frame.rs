//! The envelope of everything on the wire: type, channel, size, payload, end
//! (AMQP 0-9-1, 2.3.5).

/// A method.
pub(crate) const METHOD: u8 = 1;
/// The header of a content: its size and properties.
pub(crate) const HEADER: u8 = 2;
/// A piece of a content.
pub(crate) const BODY: u8 = 3;
/// A sign of life.
pub(crate) const HEARTBEAT: u8 = 8;
/// The octet after every payload.
pub(crate) const END: u8 = 0xCE;
/// Octets before a payload.
pub(crate) const HEAD_LEN: usize = 7;

/// What comes before a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHead {
    pub(crate) kind: u8,
    pub(crate) channel: u16,
    /// Octets of the payload.
    pub(crate) size: u32,
}

impl FrameHead {
    pub(crate) fn read(octets: [u8; HEAD_LEN]) -> Self {
        let [kind, c0, c1, s0, s1, s2, s3] = octets;
        Self {
            kind,
            channel: u16::from_be_bytes([c0, c1]),
            size: u32::from_be_bytes([s0, s1, s2, s3]),
        }
    }
}
