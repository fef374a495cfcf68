//! The task that writes to a socket.

use crate::codec::{self, Writer};
use crate::limits;
use crate::outbox::{Item, Outbox};
use std::io;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

/// Writes what comes into the outbox until nothing follows or the client does
/// not take it.
pub(crate) async fn run(mut to: impl AsyncWrite + Unpin, outbox: &Outbox, frame_max: usize) {
    let mut writer = Writer::default();
    while let Some(items) = outbox.take().await {
        let mut size = 0;
        for item in items {
            size += item.size();
            write(&mut writer, &item, frame_max);
            if writer.octets.len() >= limits::READ
                && send(&mut to, &mut writer, outbox, &mut size).await.is_err()
            {
                return outbox.break_off();
            }
        }
        if send(&mut to, &mut writer, outbox, &mut size).await.is_err() {
            return outbox.break_off();
        }
    }
    // The other side sees the end of what is said; failing changes nothing.
    let _ = timeout(limits::SEND, to.shutdown()).await;
}

fn write(writer: &mut Writer, item: &Item, frame_max: usize) {
    match item {
        Item::Reply(channel, reply) => codec::encode(writer, *channel, frame_max, reply),
        Item::Heartbeat => writer.heartbeat(),
    }
}

async fn send(
    to: &mut (impl AsyncWrite + Unpin),
    writer: &mut Writer,
    outbox: &Outbox,
    size: &mut usize,
) -> io::Result<()> {
    all(to, &writer.octets).await?;
    outbox.sent(core::mem::take(size), writer.octets.len());
    writer.octets.clear();
    writer.octets.shrink_to(4 * limits::READ);
    Ok(())
}

/// Writes all octets, as long as every write makes progress in time.
pub(crate) async fn all(to: &mut (impl AsyncWrite + Unpin), octets: &[u8]) -> io::Result<()> {
    let mut rest = octets;
    while !rest.is_empty() {
        let written = timeout(limits::SEND, to.write(rest)).await??;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        rest = rest.get(written..).unwrap_or_default();
    }
    Ok(())
}
