//! Octets, put together by hand.

/// The header of AMQP 0-9-1.
pub const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";

/// A frame; its payload may be anything.
#[must_use]
pub fn frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
    let mut octets = vec![kind];
    octets.extend(channel.to_be_bytes());
    octets.extend((payload.len() as u32).to_be_bytes());
    octets.extend(payload);
    octets.push(0xCE);
    octets
}

/// A frame with a method.
#[must_use]
pub fn method(channel: u16, class: u16, number: u16, arguments: &[u8]) -> Vec<u8> {
    let ids = [class.to_be_bytes(), number.to_be_bytes()].concat();
    frame(1, channel, &[&ids, arguments].concat())
}

/// A frame with a content header of class basic without properties.
#[must_use]
pub fn header(channel: u16, size: u64) -> Vec<u8> {
    frame(2, channel, &[b"\x00\x3c\x00\x00", &size.to_be_bytes()[..], b"\x00\x00"].concat())
}

/// A frame with a piece of a content.
#[must_use]
pub fn body(channel: u16, octets: &[u8]) -> Vec<u8> {
    frame(3, channel, octets)
}

/// A short string.
#[must_use]
pub fn short(text: &[u8]) -> Vec<u8> {
    [&[text.len() as u8], text].concat()
}

/// A long string, or a table from its entries.
#[must_use]
pub fn long(octets: &[u8]) -> Vec<u8> {
    [&(octets.len() as u32).to_be_bytes()[..], octets].concat()
}

/// connection.start-ok with what the client says it can.
#[must_use]
pub fn start_ok(properties: &[u8], mechanism: &[u8], response: &[u8]) -> Vec<u8> {
    let parts = [long(properties), short(mechanism), long(response), short(b"en_US")];
    method(0, 10, 11, &parts.concat())
}

/// The log-in of guest, in good order.
#[must_use]
pub fn guest() -> Vec<u8> {
    start_ok(&closing(), b"PLAIN", b"\0guest\0guest")
}

/// The capability to be told of a refused log-in, and that of cancels.
#[must_use]
pub fn closing() -> Vec<u8> {
    let capability = |name: &[u8]| [&short(name)[..], b"t\x01"].concat();
    let all = [capability(b"authentication_failure_close"), capability(b"consumer_cancel_notify")];
    [&short(b"capabilities")[..], b"F", &long(&all.concat())].concat()
}

/// connection.tune-ok.
#[must_use]
pub fn tune_ok(channel_max: u16, frame_max: u32, heartbeat: u16) -> Vec<u8> {
    let (channels, heartbeat) = (channel_max.to_be_bytes(), heartbeat.to_be_bytes());
    method(0, 10, 31, &[&channels[..], &frame_max.to_be_bytes(), &heartbeat].concat())
}

/// connection.open.
#[must_use]
pub fn open(vhost: &str) -> Vec<u8> {
    method(0, 10, 40, &[&short(vhost.as_bytes())[..], b"\x00\x00"].concat())
}

/// connection.close or channel.close, by its ids.
#[must_use]
pub fn close(channel: u16, class: u16, number: u16) -> Vec<u8> {
    method(channel, class, number, b"\x00\xc8\x03bye\x00\x00\x00\x00")
}

/// channel.open.
#[must_use]
pub fn channel_open(channel: u16) -> Vec<u8> {
    method(channel, 20, 10, b"\x00")
}

/// queue.declare with flags and the octets of its arguments' table.
#[must_use]
pub fn declare(channel: u16, queue: &[u8], flags: u8, arguments: &[u8]) -> Vec<u8> {
    let rest = [&short(queue)[..], &[flags], &long(arguments)].concat();
    method(channel, 50, 10, &[b"\x00\x00", &rest[..]].concat())
}

/// The method of a publish to the default exchange, to a queue that is not.
#[must_use]
pub fn publish(channel: u16) -> Vec<u8> {
    method(channel, 60, 40, b"\x00\x00\x00\x06nobody\x00")
}

/// basic.consume of a queue, with flags.
#[must_use]
pub fn consume(channel: u16, queue: &[u8], tag: &[u8], flags: u8) -> Vec<u8> {
    let rest = [&short(queue)[..], &short(tag), &[flags], &long(b"")].concat();
    method(channel, 60, 20, &[b"\x00\x00", &rest[..]].concat())
}

/// A whole publish to the default exchange, of a body of one octet.
#[must_use]
pub fn publish_to(channel: u16, queue: &[u8]) -> Vec<u8> {
    let rest = [&short(queue)[..], b"\x00"].concat();
    let publish = method(channel, 60, 40, &[b"\x00\x00\x00", &rest[..]].concat());
    [publish, header(channel, 1), body(channel, b"x")].concat()
}
