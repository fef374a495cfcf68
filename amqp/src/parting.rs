//! After connection.close, said by either side (`?IS_STOPPING` in
//! `rabbit_reader.erl`).

use crate::codec::{self, Bad, FrameHead, METHOD, Writer};
use crate::frames::{Frames, Stop};
use crate::{limits, writer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;

/// What a frame means now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parting {
    /// It is too late for it.
    Nothing,
    /// connection.close, which is answered.
    Close,
    /// connection.close-ok, or a method that RabbitMQ's reader crashes on.
    End,
}

/// Hears a frame.
pub(crate) fn hear(head: FrameHead, payload: &[u8]) -> Parting {
    if head.kind != METHOD || head.channel != 0 {
        return Parting::Nothing;
    }
    let Some(([c0, c1, m0, m1], arguments)) = payload.split_first_chunk::<4>() else {
        return Parting::Nothing;
    };
    match (u16::from_be_bytes([*c0, *c1]), u16::from_be_bytes([*m0, *m1])) {
        (10, 50) => Parting::Close,
        (10, 51) => Parting::End,
        ids if codec::decode(ids, arguments) == Err(Bad::Unknown) => Parting::End,
        _ => Parting::Nothing,
    }
}

/// For a client that never had an outbox: waits until it has parted.
pub(crate) async fn wait(
    frames: &mut Frames<impl AsyncRead + Unpin>,
    to: &mut (impl AsyncWrite + Unpin),
) {
    loop {
        match frames.one().await {
            Ok((head, payload)) => match hear(head, &payload) {
                Parting::Nothing => {}
                Parting::Close => {
                    let mut writer = Writer::default();
                    writer.method(0, (10, 51), |_| {});
                    if writer::all(to, &writer.octets).await.is_err() {
                        return;
                    }
                }
                Parting::End => return,
            },
            Err(Stop::Fault(_)) => return sleep(limits::SILENT_CLOSE).await,
            Err(Stop::Ended) => return,
        }
    }
}
