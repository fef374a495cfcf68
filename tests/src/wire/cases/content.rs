//! Publishes in pieces.

use super::From::Channel;
use super::{Case, case};
use crate::wire::octets::{
    body, channel_open, close, declare, frame, header, long, method, publish, short,
};

pub(super) fn cases() -> Vec<Case> {
    [order(), sizes(), properties(), vec![header_twice()]].concat()
}

/// A mandatory publish comes back: what arrived is seen.
fn returned() -> Vec<u8> {
    method(1, 60, 40, b"\0\0\0\x06nobody\x01")
}

fn all(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn order() -> Vec<Case> {
    let p = publish(1);
    let two =
        all(&[&channel_open(2), &p, &method(2, 85, 10, b"\0"), &header(1, 1), &body(1, b"x")]);
    let cross = all(&[&channel_open(2), &p, &publish(2), &header(2, 0), &header(1, 0), &p]);
    vec![
        case("publish, then a publish", Channel, [&all(&[&p, &p])]),
        case("publish, then a method", Channel, [&all(&[&p, &method(1, 85, 10, b"\0")])]),
        case("publish, then an unknown method", Channel, [&all(&[&p, &method(1, 85, 99, b"")])]),
        case("publish, then not in UTF-8", Channel, [&all(&[&p, &declare(1, b"\xff", 0, b"")])]),
        case("publish, then arguments cut short", Channel, [&all(&[&p, &method(1, 50, 10, b"")])]),
        case("publish, then a body", Channel, [&all(&[&p, &body(1, b"x")])]),
        case("publish, then a heartbeat", Channel, [&all(&[&p, &frame(8, 0, b""), &header(1, 0)])]),
        case("publish, then a heartbeat on it", Channel, [&all(&[&p, &frame(8, 1, b"")])]),
        case("header, then a header", Channel, [&all(&[&p, &header(1, 1), &header(1, 1)])]),
        case("header, then a method", Channel, [&all(&[&p, &header(1, 1), &p])]),
        case("header without a method", Channel, [&header(1, 1)]),
        case("body without a method", Channel, [&body(1, b"x")]),
        case("body without a body to come", Channel, [&all(&[&p, &header(1, 0), &body(1, b"")])]),
        case(
            "empty bodies between",
            Channel,
            [&all(&[
                &returned(),
                &header(1, 2),
                &body(1, b""),
                &body(1, b"a"),
                &body(1, b""),
                &body(1, b"b"),
            ])],
        ),
        case("other channels between", Channel, [&two]),
        case("publishes across channels", Channel, [&cross]),
        case("publish, then channel.close-ok", Channel, [&all(&[&p, &method(1, 20, 41, b"")])]),
        case(
            "publish, then connection.close",
            Channel,
            [&all(&[&p, &header(1, 9), &close(0, 10, 50)])],
        ),
        case(
            "publish with immediate",
            Channel,
            [&all(&[&method(1, 60, 40, b"\0\0\0\0\x02"), &header(1, 0)])],
        ),
        case("publish on two channels, fault on one", Channel, [&all(&[&p, &frame(3, 0, b"x")])]),
    ]
}

fn sizes() -> Vec<Case> {
    let p = publish(1);
    let sized = |size: u64, rest: &[u8]| all(&[&publish(1), &header(1, size), rest]);
    let mut small = case(
        "return in frames of 8192",
        Channel,
        [&all(&[&returned(), &header(1, 9000), &body(1, &[b'a'; 8000]), &body(1, &[b'b'; 1000])])],
    );
    small.frame_max = 8192;
    vec![
        small,
        case("body too long", Channel, [&sized(1, &body(1, b"xy"))]),
        case(
            "body too long in two frames",
            Channel,
            [&sized(3, &[body(1, b"xy"), body(1, b"xy")].concat())],
        ),
        case("body of 2^63 announced", Channel, [&sized(1 << 63, b"")]),
        case("body of 512 MiB announced", Channel, [&sized(512 << 20, b"")]),
        case("body of more than 512 MiB announced", Channel, [&sized((512 << 20) + 1, b"")]),
        case("header cut short", Channel, [&all(&[&p, &frame(2, 1, b"\0\x3c\0\0\0\0\0\0\0\0\0")])]),
        case(
            "header without flags",
            Channel,
            [&all(&[&p, &frame(2, 1, b"\0\x3c\0\0\0\0\0\0\0\0\0\0")])],
        ),
        case(
            "header without flags on channel 2",
            Channel,
            [&frame(2, 2, b"\0\x3c\0\0\0\0\0\0\0\0\0\0")],
        ),
        case(
            "header of class 50",
            Channel,
            [&all(&[&p, &frame(2, 1, b"\0\x32\0\0\0\0\0\0\0\0\0\0\0\0")])],
        ),
        case(
            "header of class 61",
            Channel,
            [&all(&[&p, &frame(2, 1, b"\0\x3d\0\0\0\0\0\0\0\0\0\x01\0\0")])],
        ),
        case(
            "header with a weight",
            Channel,
            [&all(&[&p, &frame(2, 1, b"\0\x3c\0\x01\0\0\0\0\0\0\0\0\0\0")])],
        ),
    ]
}

fn properties() -> Vec<Case> {
    let with = |flags: u16, rest: &[u8]| {
        let start = b"\0\x3c\0\0\0\0\0\0\0\0\0\0";
        let content = [&start[..], &flags.to_be_bytes(), rest].concat();
        all(&[&returned(), &frame(2, 1, &content)])
    };
    let table = |entry: &[u8]| with(1 << 13, &long(entry));
    let named = |letter: u8, value: &[u8]| [&short(b"x")[..], &[letter], value].concat();
    vec![
        case("properties none", Channel, [&with(0, b"")]),
        case("properties and more", Channel, [&with(0, b"more")]),
        case("properties with reserved flags", Channel, [&with(2, b"")]),
        case("properties that go on", Channel, [&with(1, b"\0\0")]),
        case("properties that go on for nothing", Channel, [&with(1, b"")]),
        case("properties cut short", Channel, [&with(1 << 15, b"\x05ab")]),
        case("properties missing", Channel, [&with(1 << 15, b"")]),
        case("properties not in UTF-8", Channel, [&with(1 << 15, b"\x02\xc3\x28")]),
        case("properties with a bad letter", Channel, [&table(&named(b'Z', b""))]),
        case("properties with a table too long", Channel, [&with(1 << 13, b"\0\0\xff\xff")]),
        case("properties with all letters", Channel, [&table(&letters())]),
        case("properties with the letter L", Channel, [&table(&named(b'L', &[0xFF; 8]))]),
        case("properties with a bit of 2", Channel, [&table(&named(b't', b"\x02"))]),
        case("properties all", Channel, [&with(0xFFFC, &every())]),
        case("properties with not a number", Channel, [&table(&named(b'd', &[0xFF; 8]))]),
        case("properties with a name twice", Channel, [&table(b"\x01aV\x01at\x01")]),
        case("properties with expiration x", Channel, [&with(1 << 8, b"\x01x")]),
        case("properties with user-id x", Channel, [&with(1 << 4, b"\x01x")]),
    ]
}

/// A header that is there twice, where a headers exchange looks at it: whether
/// it is routed, and how it is delivered.
fn header_twice() -> Case {
    let (queue, exchange) = (short(b"wire-twice"), short(b"amq.headers"));
    let number = |n: u8| [&short(b"h")[..], b"I\0\0\0", &[n]].concat();
    let bind = [b"\0\0", &queue[..], &exchange, b"\0\0", &long(&number(2))].concat();
    let publish = [b"\0\0", &exchange[..], b"\0\x01"].concat();
    let headers = long(&[number(1), number(2)].concat());
    let content = [&b"\0\x3c\0\0\0\0\0\0\0\0\0\0\x20\0"[..], &headers].concat();
    let parts = [
        declare(1, b"wire-twice", 0x04, b""),
        method(1, 50, 20, &bind),
        method(1, 60, 40, &publish),
        frame(2, 1, &content),
        method(1, 60, 70, &[b"\0\0", &queue[..], b"\x01"].concat()),
    ];
    case("header twice, to a headers exchange", Channel, [&parts.concat()])
}

/// A table with a value of each type.
fn letters() -> Vec<u8> {
    let entries: [(u8, &[u8]); 17] = [
        (b't', b"\x01"),
        (b'b', b"\xff"),
        (b'B', b"\xff"),
        (b's', b"\xff\xfe"),
        (b'u', b"\xff\xfe"),
        (b'I', b"\xff\xff\xff\xfe"),
        (b'i', b"\xff\xff\xff\xfe"),
        (b'l', b"\xff\xff\xff\xff\xff\xff\xff\xfe"),
        (b'f', b"\x3f\x80\0\0"),
        (b'd', b"\x3f\xf0\0\0\0\0\0\0"),
        (b'D', b"\x02\0\0\0\x7b"),
        (b'S', b"\0\0\0\x02\xffs"),
        (b'x', b"\0\0\0\x02\xffx"),
        (b'A', b"\0\0\0\x03Vt\0"),
        (b'F', b"\0\0\0\x03\x01aV"),
        (b'T', b"\0\0\0\0\0\0\0\x07"),
        (b'V', b""),
    ];
    entries
        .iter()
        .flat_map(|(letter, value)| [&[1, *letter, *letter][..], *value].concat())
        .collect()
}

/// A value for each of the fourteen properties.
fn every() -> Vec<u8> {
    let text = |t: &str| short(t.as_bytes());
    [
        text("text/plain"),
        text("utf-8"),
        long(b"\x01aI\0\0\0\x01"),
        vec![2, 9],
        text("correlation"),
        text("reply"),
        text("60000"),
        text("message"),
        7u64.to_be_bytes().to_vec(),
        text("type"),
        text("guest"),
        text("app"),
        text("cluster"),
    ]
    .concat()
}
