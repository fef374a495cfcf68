//! Octets of a socket, frame by frame.

use crate::codec::{END, FrameHead, HEAD_LEN};
use crate::fault::Fault;
use crate::limits;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Why no more frames come.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The other side has closed its half, or the network broke.
    Ended,
    /// What came is not a frame that may come.
    Fault(Fault),
}

/// Reads frames from one end of a socket. Never holds more than one frame and
/// one read.
pub(crate) struct Frames<R> {
    from: R,
    buffer: Vec<u8>,
    start: usize,
    /// The largest payload that passes (RabbitMQ allows the size of the empty
    /// frame more than was agreed).
    largest: u32,
    /// Octets that have come, to see whether the client is alive.
    pub(crate) received: u64,
}

impl<R: AsyncRead + Unpin> Frames<R> {
    pub(crate) fn new(from: R, frame_max: u32) -> Self {
        Self { from, buffer: Vec::new(), start: 0, largest: frame_max, received: 0 }
    }

    pub(crate) fn agree(&mut self, frame_max: u32) {
        self.largest = frame_max;
    }

    /// Waits for more octets. Nothing is lost when it is given up. `false` at
    /// the end.
    pub(crate) async fn more(&mut self) -> bool {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        if self.buffer.is_empty() && self.buffer.capacity() > 4 * limits::READ {
            self.buffer = Vec::new();
        }
        self.buffer.reserve(limits::READ);
        match self.from.read_buf(&mut self.buffer).await {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.received += count as u64;
                true
            }
        }
    }

    /// The next frame that has come completely.
    pub(crate) fn next(&mut self) -> Result<Option<(FrameHead, &[u8])>, Fault> {
        let rest = &self.buffer[self.start..];
        let Some(octets) = rest.first_chunk::<HEAD_LEN>() else { return Ok(None) };
        let head = FrameHead::read(*octets);
        if head.size > self.largest {
            let most = self.largest.saturating_sub(8);
            let what = format!("{{frame_too_large,{},{most}}}", head.size);
            return Err(Fault::frame(head, &[], &what));
        }
        let size = head.size as usize;
        let Some(frame) = rest.get(HEAD_LEN..HEAD_LEN + size + 1) else { return Ok(None) };
        let (payload, end) = frame.split_at(size);
        if end != [END] {
            let what = format!("{{invalid_frame_end_marker,{}}}", end[0]);
            return Err(Fault::frame(head, payload, &what));
        }
        self.start += HEAD_LEN + size + 1;
        Ok(Some((head, payload)))
    }

    /// Waits for one frame.
    pub(crate) async fn one(&mut self) -> Result<(FrameHead, Vec<u8>), Stop> {
        loop {
            if let Some((head, payload)) = self.next().map_err(Stop::Fault)? {
                return Ok((head, payload.to_vec()));
            }
            if !self.more().await {
                return Err(Stop::Ended);
            }
        }
    }

    /// Waits for the first eight octets of a connection.
    pub(crate) async fn protocol_header(&mut self) -> Option<[u8; 8]> {
        loop {
            if let Some(header) = self.buffer[self.start..].first_chunk::<8>() {
                self.start += 8;
                return Some(*header);
            }
            if !self.more().await {
                return None;
            }
        }
    }
}
