//! AMQP 0-9-1 octets and the core's methods.
//!
//! Written for this port: tables keep the order they have on the wire, values
//! go straight into the core's types, and nesting is bounded, so that no frame
//! can exhaust the stack.

mod client;
mod frame;
mod properties;
mod read;
mod reply;
mod table;
mod write;

pub(crate) use client::{Bad, FromClient, Publish, decode};
pub(crate) use frame::{BODY, END, FrameHead, HEAD_LEN, HEADER, HEARTBEAT, METHOD};
pub(crate) use properties::{ContentHeader, content_header};
pub(crate) use read::{Malformed, Reader};
pub(crate) use reply::{encode, names};
pub(crate) use table::table_of;
pub(crate) use write::Writer;
