//! Methods with content, put together from their frames
//! (`rabbit_command_assembler.erl`).

use crate::codec::{
    self, BODY, Bad, ContentHeader, FrameHead, FromClient, HEADER, HEARTBEAT, METHOD, Malformed,
    Publish,
};
use crate::fault::Fault;
use crate::limits;
use std::collections::BTreeMap;
use std::sync::Arc;
use warren_core::broker::{Bytes, Method, Name, Profile, Properties};

/// Class basic, the only one with content.
const BASIC: u16 = 60;
/// The most that a message may be (`MAX_MSG_SIZE`).
const LARGEST: u64 = 512 << 20;

/// A method with content of which something is missing.
#[derive(Debug)]
struct Unfinished {
    ids: (u16, u16),
    /// `None` for a method that only servers send.
    publish: Option<Publish>,
    /// Once the header has come.
    header: Option<Header>,
    body: Vec<u8>,
}

/// What is known of a content before its body.
#[derive(Debug)]
struct Header {
    size: u64,
    properties: Result<Properties, Malformed>,
    /// More has come than was announced.
    overrun: bool,
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

/// The unfinished contents of a connection, by channel.
#[derive(Debug)]
pub(crate) struct Assembler {
    profile: Profile,
    unfinished: BTreeMap<u16, Unfinished>,
    /// Octets of all unfinished bodies.
    held: usize,
    /// The exchange and the routing key of the last publish.
    last: [Name; 2],
}

impl Assembler {
    pub(crate) fn new(profile: Profile) -> Self {
        let (unfinished, last) = (BTreeMap::new(), <[Name; 2]>::default());
        Self { profile, unfinished, held: 0, last }
    }

    /// Takes a frame.
    pub(crate) fn frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<Whole, Refused> {
        match head.kind {
            METHOD => self.method(head, payload),
            HEADER => match codec::content_header(payload) {
                None => Err(unknown(head, payload)),
                Some(_) if head.channel == 0 => Err(Fault::unexpected(head, payload).into()),
                Some(header) => self.header(head.channel, header),
            },
            BODY if head.channel == 0 => Err(Fault::unexpected(head, payload).into()),
            BODY => self.body(head.channel, payload),
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
        if decoded == Err(Bad::Unknown) {
            return Err(Refused::Crash);
        }
        if let Some(unfinished) = self.unfinished.get(&head.channel) {
            return Err(missing(unfinished).into());
        }
        match decoded {
            Ok(FromClient::Publish(mut publish)) if head.channel != 0 => {
                self.share(&mut publish);
                self.begin(head.channel, ids, Some(publish));
                Ok(Whole::Nothing)
            }
            Ok(FromClient::MisplacedWithContent) if head.channel != 0 => {
                self.begin(head.channel, ids, None);
                Ok(Whole::Nothing)
            }
            Ok(method) => Ok(Whole::Method(method, ids)),
            Err(Bad::Utf8) if head.channel == 0 => Err(Fault::not_utf8(ids).into()),
            Err(Bad::Utf8) => Err(Fault::not_utf8((0, 0)).into()),
            Err(_) if head.channel == 0 => Err(Fault::internal().into()),
            Err(Bad::Length) => Err(Fault::length(arguments, ids).into()),
            Err(Bad::Table | Bad::Unknown) => Err(Refused::Crash),
        }
    }

    /// Who publishes names the same exchange and key again and again: messages
    /// that wait share them.
    fn share(&mut self, publish: &mut Publish) {
        let names = [&mut publish.exchange, &mut publish.routing_key];
        for (name, last) in names.into_iter().zip(&mut self.last) {
            if *name == *last {
                *name = last.clone();
            } else {
                *last = name.clone();
            }
        }
    }

    fn begin(&mut self, channel: u16, ids: (u16, u16), publish: Option<Publish>) {
        let unfinished = Unfinished { ids, publish, header: None, body: Vec::new() };
        self.unfinished.insert(channel, unfinished);
    }

    fn header(&mut self, channel: u16, header: ContentHeader) -> Result<Whole, Refused> {
        let strict = self.profile >= Profile::V4_3;
        let Some(unfinished) = self.unfinished.get_mut(&channel) else {
            return Err(expected_method().into());
        };
        let ContentHeader { class, weight, size, properties } = header;
        if unfinished.header.is_some() || weight != 0 {
            return Err(missing(unfinished).into());
        }
        if class != BASIC {
            let text = format!(
                "expected content header for class {BASIC}, got one for class {class} instead"
            );
            return Err(Fault::assembly(&text, unfinished.ids).into());
        }
        if strict && size > LARGEST {
            let text = format!("content body size {size} exceeds maximum allowed size {LARGEST}");
            return Err(Fault::content(&text, unfinished.ids).into());
        }
        unfinished.header = Some(Header { size, properties, overrun: false });
        if size == 0 {
            return self.finish(channel, &[]);
        }
        Ok(Whole::Nothing)
    }

    fn body(&mut self, channel: u16, payload: &[u8]) -> Result<Whole, Refused> {
        let Some(unfinished) = self.unfinished.get_mut(&channel) else {
            return Err(expected_method().into());
        };
        let there = (unfinished.body.len() + payload.len()) as u64;
        let ids = unfinished.ids;
        let Some(header) = &mut unfinished.header else {
            return Err(missing(unfinished).into());
        };
        if header.overrun || there > header.size {
            if self.profile >= Profile::V4_3 {
                let text = "content body frame exceeds remaining content size";
                return Err(Fault::content(text, ids).into());
            }
            // Before that its assembler waited for ever.
            header.overrun = true;
            self.held = self.held.saturating_sub(unfinished.body.len());
            unfinished.body = Vec::new();
            return Ok(Whole::Nothing);
        }
        if there == header.size {
            return self.finish(channel, payload);
        }
        if self.held + payload.len() > limits::UNFINISHED {
            let text = "RESOURCE_ERROR - too much of unfinished messages on this connection";
            return Err(Fault::new(506, text, ids).into());
        }
        unfinished.body.extend_from_slice(payload);
        self.held += payload.len();
        Ok(Whole::Nothing)
    }

    fn finish(&mut self, channel: u16, last: &[u8]) -> Result<Whole, Refused> {
        let Some(mut unfinished) = self.unfinished.remove(&channel) else {
            return Ok(Whole::Nothing);
        };
        self.held = self.held.saturating_sub(unfinished.body.len());
        let Some(Publish { exchange, routing_key, mandatory, immediate }) = unfinished.publish
        else {
            return Ok(Whole::Method(FromClient::Misplaced, unfinished.ids));
        };
        let body = if unfinished.body.is_empty() {
            Bytes(Arc::from(last))
        } else {
            unfinished.body.extend_from_slice(last);
            Bytes::from(unfinished.body)
        };
        // Properties are read when the message is whole.
        let properties = unfinished.header.map_or(Ok(Properties::default()), |h| h.properties);
        let properties = properties.map_err(|_| Fault::internal())?;
        Ok(Whole::Publish(Method::Publish {
            exchange,
            routing_key,
            mandatory,
            immediate,
            properties,
            body,
        }))
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
    Fault::assembly(text, unfinished.ids)
}
