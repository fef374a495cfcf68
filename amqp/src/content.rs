//! Methods with content, put together from their frames
//! (`rabbit_command_assembler.erl`).

use crate::codec::{self, BODY, Bad, FrameHead, FromClient, HEADER, HEARTBEAT, METHOD};
use crate::fault::Fault;
use crate::limits;
use std::collections::BTreeMap;
use std::sync::Arc;
use warren_core::broker::{Bytes, Method, Name, Properties};

/// The ids of basic.publish.
const PUBLISH: (u16, u16) = (60, 40);

/// A publish of which something is missing.
#[derive(Debug)]
struct Unfinished {
    exchange: Name,
    routing_key: Name,
    mandatory: bool,
    immediate: bool,
    /// Once the header has come: the body's size and the properties.
    header: Option<(u64, Properties)>,
    body: Vec<u8>,
}

/// What a frame amounts to.
#[derive(Debug)]
pub(crate) enum Whole {
    /// Something is still missing, or it was a sign of life.
    Nothing,
    /// A method, with its ids.
    Method(FromClient, (u16, u16)),
    /// A publish with its content.
    Publish(Method),
}

/// Why a frame cannot be taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The client is told.
    Fault(Fault),
    /// It is not: RabbitMQ's reader crashes.
    Crash,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The unfinished publishes of a connection, by channel.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    unfinished: BTreeMap<u16, Unfinished>,
    /// Octets of all unfinished bodies.
    held: usize,
}

impl Assembler {
    /// Takes a frame.
    pub(crate) fn frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<Whole, Refused> {
        match head.kind {
            METHOD => self.method(head, payload),
            HEADER | BODY if head.channel == 0 => Err(Fault::unexpected(head, payload).into()),
            HEADER => self.header(head, payload),
            BODY => self.body(head, payload),
            HEARTBEAT if !payload.is_empty() => Err(unknown(head, payload)),
            HEARTBEAT if head.channel == 0 => Ok(Whole::Nothing),
            HEARTBEAT => Err(Fault::unexpected(head, payload).into()),
            _ => Err(unknown(head, payload)),
        }
    }

    /// A channel was closed: what it had begun is over.
    pub(crate) fn forget(&mut self, channel: u16) {
        if let Some(unfinished) = self.unfinished.remove(&channel) {
            self.held = self.held.saturating_sub(unfinished.body.len());
        }
    }

    fn method(&mut self, head: FrameHead, payload: &[u8]) -> Result<Whole, Refused> {
        let Some((ids, arguments)) = payload.split_first_chunk::<4>() else {
            return Err(unknown(head, payload));
        };
        let [c0, c1, m0, m1] = *ids;
        let ids = (u16::from_be_bytes([c0, c1]), u16::from_be_bytes([m0, m1]));
        let decoded = codec::decode(ids, arguments);
        if let (Some(unfinished), Ok(_) | Err(Bad::Utf8)) =
            (self.unfinished.get(&head.channel), &decoded)
        {
            return Err(missing(unfinished).into());
        }
        match decoded {
            Ok(FromClient::Publish { exchange, routing_key, mandatory, immediate })
                if head.channel != 0 =>
            {
                let unfinished = Unfinished {
                    exchange,
                    routing_key,
                    mandatory,
                    immediate,
                    header: None,
                    body: Vec::new(),
                };
                self.unfinished.insert(head.channel, unfinished);
                Ok(Whole::Nothing)
            }
            Ok(method) => Ok(Whole::Method(method, ids)),
            Err(Bad::Utf8) => Err(Fault::not_utf8(ids).into()),
            Err(Bad::Crash) => Err(Refused::Crash),
        }
    }

    fn header(&mut self, head: FrameHead, payload: &[u8]) -> Result<Whole, Refused> {
        let Some(header) = codec::content_header(payload) else {
            return Err(unknown(head, payload));
        };
        let Some(unfinished) = self.unfinished.get_mut(&head.channel) else {
            return Err(expected_method().into());
        };
        if unfinished.header.is_some() {
            return Err(missing(unfinished).into());
        }
        if header.class != PUBLISH.0 {
            let text = format!(
                "expected content header for class {}, got one for class {} instead",
                PUBLISH.0, header.class
            );
            return Err(Fault::assembly(&text, PUBLISH).into());
        }
        let properties = header.properties.map_err(|_| Fault::internal())?;
        unfinished.header = Some((header.size, properties));
        if header.size == 0 {
            return Ok(self.finish(head.channel, &[]));
        }
        Ok(Whole::Nothing)
    }

    fn body(&mut self, head: FrameHead, payload: &[u8]) -> Result<Whole, Refused> {
        let Some(unfinished) = self.unfinished.get_mut(&head.channel) else {
            return Err(expected_method().into());
        };
        let Some((size, _)) = &unfinished.header else { return Err(missing(unfinished).into()) };
        let there = (unfinished.body.len() + payload.len()) as u64;
        if there > *size {
            // RabbitMQ's assembler has no clause for a body that is too long.
            return Err(Refused::Crash);
        }
        if there == *size {
            return Ok(self.finish(head.channel, payload));
        }
        if self.held + payload.len() > limits::UNFINISHED {
            let text = "RESOURCE_ERROR - too much of unfinished messages on this connection";
            return Err(Fault::new(506, text, PUBLISH).into());
        }
        unfinished.body.extend_from_slice(payload);
        self.held += payload.len();
        Ok(Whole::Nothing)
    }

    fn finish(&mut self, channel: u16, last: &[u8]) -> Whole {
        let Some(mut unfinished) = self.unfinished.remove(&channel) else { return Whole::Nothing };
        self.held = self.held.saturating_sub(unfinished.body.len());
        let body = if unfinished.body.is_empty() {
            Bytes(Arc::from(last))
        } else {
            unfinished.body.extend_from_slice(last);
            Bytes::from(unfinished.body)
        };
        let (_, properties) = unfinished.header.unwrap_or_default();
        Whole::Publish(Method::Publish {
            exchange: unfinished.exchange,
            routing_key: unfinished.routing_key,
            mandatory: unfinished.mandatory,
            immediate: unfinished.immediate,
            properties,
            body,
        })
    }
}

fn unknown(head: FrameHead, payload: &[u8]) -> Refused {
    Fault::frame(head, payload, "unknown_frame").into()
}

fn expected_method() -> Fault {
    Fault::assembly("expected method frame, got non method frame instead", (0, 0))
}

/// Another frame came than the one that is missing.
fn missing(unfinished: &Unfinished) -> Fault {
    let text = match unfinished.header {
        None => "expected content header for class 60, got non content header frame instead",
        Some(_) => "expected content body, got non content body frame instead",
    };
    Fault::assembly(text, PUBLISH)
}
