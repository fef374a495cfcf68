//! Methods on an open channel.

use super::From::Channel;
use super::{Case, case};
use crate::wire::octets::{
    channel_open, close, consume, declare, frame, header, long, method, publish, publish_to, short,
};

pub(super) fn cases() -> Vec<Case> {
    [servers(), unknown(), arguments(), tables(), closing(), late()].concat()
}

/// Methods that only a server sends.
fn servers() -> Vec<Case> {
    let one = |class, number, arguments: &[u8]| method(1, class, number, arguments);
    let handed = b"\0\0\0\0\0\0\0\0\x01\0\0\0";
    vec![
        case("server's channel.open-ok", Channel, [&one(20, 11, b"\0\0\0\0")]),
        case("server's channel.flow-ok", Channel, [&one(20, 21, b"\x01")]),
        case("server's access.request-ok", Channel, [&one(30, 11, b"\0\x01")]),
        case("server's exchange.declare-ok", Channel, [&one(40, 11, b"")]),
        case("server's exchange.unbind-ok", Channel, [&one(40, 51, b"")]),
        case("server's queue.declare-ok", Channel, [&one(50, 11, b"\x01q\0\0\0\0\0\0\0\0")]),
        case("server's queue.purge-ok", Channel, [&one(50, 31, b"\0\0\0\0")]),
        case("server's basic.qos-ok", Channel, [&one(60, 11, b"")]),
        case("server's basic.consume-ok", Channel, [&one(60, 21, b"\x01c")]),
        case("client's basic.cancel-ok", Channel, [&one(60, 31, b"\x01c")]),
        case("server's basic.deliver", Channel, [&one(60, 60, handed)]),
        case(
            "server's basic.deliver whole",
            Channel,
            [&[one(60, 60, handed), header(1, 0)].concat()],
        ),
        case(
            "server's basic.return",
            Channel,
            [&[one(60, 50, b"\0\0\0\0\0"), header(1, 0)].concat()],
        ),
        case("server's basic.get-empty", Channel, [&one(60, 72, b"\0")]),
        case("server's basic.recover-ok", Channel, [&one(60, 111, b"")]),
        case("server's confirm.select-ok", Channel, [&one(85, 11, b"")]),
        case("server's tx.commit-ok", Channel, [&one(90, 21, b"")]),
        case("connection.start-ok on a channel", Channel, [&one(10, 51, b"")]),
        case("connection.close on a channel", Channel, [&close(1, 10, 50)]),
        case("channel.open twice", Channel, [&channel_open(1)]),
    ]
}

fn unknown() -> Vec<Case> {
    let one = |class, number| method(1, class, number, b"");
    vec![
        case("unknown method of channel", Channel, [&one(20, 99)]),
        case("unknown method of exchange", Channel, [&one(40, 99)]),
        case("unknown method of queue", Channel, [&one(50, 60)]),
        case("unknown method of basic", Channel, [&one(60, 130)]),
        case("unknown method of tx", Channel, [&one(90, 40)]),
        case("unknown class 0", Channel, [&one(0, 0)]),
        case("unknown class 61", Channel, [&one(61, 10)]),
        case("unknown class 65535", Channel, [&one(65_535, 65_535)]),
        case("unknown class 70", Channel, [&one(70, 10)]),
    ]
}

/// Arguments that are too short, too long, or no text.
fn arguments() -> Vec<Case> {
    let one = |class, number, arguments: &[u8]| method(1, class, number, arguments);
    let whole = declare(1, b"wire-q", 0x08, b"");
    let more = frame(1, 1, &[&whole[7..whole.len() - 1], b"more"].concat());
    vec![
        case("arguments missing", Channel, [&one(50, 10, b"")]),
        case("arguments cut short", Channel, [&one(50, 10, b"\0\0\x05q")]),
        case("arguments without the table", Channel, [&one(50, 10, b"\0\0\x01q\0")]),
        case("arguments and more", Channel, [&more]),
        case("arguments with reserved bits", Channel, [&declare(1, b"", 0xEC, b"")]),
        case("arguments with a ticket", Channel, [&one(50, 30, b"\x12\x34\x05wire?\xfe")]),
        case("name not in UTF-8", Channel, [&declare(1, b"caf\xe9", 0, b"")]),
        case("name not in UTF-8 in publish", Channel, [&one(60, 40, b"\0\0\0\x01\xe9\0")]),
        case("name with a NUL", Channel, [&declare(1, b"wire\0nul", 0x08, b"")]),
        case("name of 255", Channel, [&declare(1, &[b'w'; 255], 0x01, b"")]),
        case("tag not in UTF-8", Channel, [&one(60, 30, b"\x01\xff\0")]),
        case("ack cut short", Channel, [&one(60, 80, b"\0\0\0\0\0\0\0")]),
        case("ack and more", Channel, [&one(60, 80, b"\0\0\0\0\0\0\0\x01\0\0")]),
        case("ack of nothing", Channel, [&one(60, 80, b"\0\0\0\0\0\0\0\x01\0")]),
        case("ack of all of nothing", Channel, [&one(60, 80, b"\0\0\0\0\0\0\0\0\x01")]),
        case("qos and more", Channel, [&one(60, 10, b"\0\0\0\0\0\x01\0\0")]),
        case("qos of octets", Channel, [&one(60, 10, b"\0\0\0\x01\0\x01\0")]),
        case("tx.select and more", Channel, [&one(90, 10, b"\0")]),
        case("confirm.select cut short", Channel, [&one(85, 10, b"")]),
        case("channel.flow off", Channel, [&one(20, 20, b"\0")]),
        case("access.request", Channel, [&one(30, 10, b"\x01/\x1f")]),
        case("access.request cut short", Channel, [&one(30, 10, b"\x01/")]),
    ]
}

fn tables() -> Vec<Case> {
    let with = |entry: &[u8]| declare(1, b"wire-table", 0x01, entry);
    let named = |letter: u8, value: &[u8]| [&short(b"x")[..], &[letter], value].concat();
    let raw = |table: &[u8]| method(1, 50, 10, &[&b"\0\0\x0awire-table\x01"[..], table].concat());
    let mut deep = Vec::new();
    for _ in 0..40 {
        deep = named(b'F', &long(&deep));
    }
    vec![
        case("table with an unknown letter", Channel, [&with(&named(b'Z', b"1"))]),
        case("table with a bit of 2", Channel, [&with(&named(b't', b"\x02"))]),
        case("table with a short string", Channel, [&with(&named(b's', b"\x03abc"))]),
        case("table that ends in a name", Channel, [&with(b"\x05ab")]),
        case("table that ends in a value", Channel, [&with(&named(b'I', b"\0"))]),
        case("table longer than its frame", Channel, [&raw(b"\0\0\xff\xff\x01aV")]),
        case("table shorter than its entries", Channel, [&raw(b"\0\0\0\x01\x01aV")]),
        case("table with a name not in UTF-8", Channel, [&with(b"\x01\xffV")]),
        case("table with a name of nothing", Channel, [&with(b"\0V")]),
        case("table with a string not in UTF-8", Channel, [&with(&named(b'S', &long(b"\xff")))]),
        case("table with an array", Channel, [&with(&named(b'A', &long(b"V\x49\0\0\0\x01")))]),
        case("table with an array cut short", Channel, [&with(&named(b'A', &long(b"I\0")))]),
        case("table in a table cut short", Channel, [&with(&named(b'F', b"\0\0\0\x09"))]),
        case("table forty deep", Channel, [&with(&deep)]),
        case("table with a decimal", Channel, [&with(&named(b'D', b"\x02\0\0\0\x01"))]),
        case("table with not a number", Channel, [&with(&named(b'd', &[0xFF; 8]))]),
        case("table with infinity", Channel, [&with(&named(b'f', b"\x7f\x80\0\0"))]),
        case("table with the letter U", Channel, [&with(&named(b'U', b"\0\x01"))]),
        case("table with the same name twice", Channel, [&with(b"\x01aV\x01aV")]),
    ]
}

/// Between channel.close and channel.close-ok, and after it.
fn closing() -> Vec<Case> {
    let fault = declare(1, b"wire-nowhere", 0x01, b"");
    let close_ok = method(1, 20, 41, b"");
    let select = method(1, 85, 10, b"\0");
    let pieces = [publish(1), header(1, 3), publish(1)].concat();
    vec![
        case("channel closed, then close-ok", Channel, [&fault, &close_ok, &channel_open(1)]),
        case("channel closed, then close", Channel, [&fault, &close(1, 20, 40), &channel_open(1)]),
        case("channel closed, then both", Channel, [&fault, &close(1, 20, 40), &close_ok]),
        case(
            "channel closed, then methods",
            Channel,
            [&fault, &select, &close_ok, &channel_open(1)],
        ),
        case("channel closed, then open", Channel, [&fault, &channel_open(1), &close_ok]),
        case(
            "channel closed, then content",
            Channel,
            [&fault, &publish(1), &header(1, 0), &close_ok],
        ),
        case("channel closed, then a bad order", Channel, [&fault, &pieces]),
        case("channel closed, then an unknown method", Channel, [&fault, &method(1, 20, 99, b"")]),
        case("channel closed, then not in UTF-8", Channel, [&fault, &declare(1, b"\xff", 0, b"")]),
        case("channel closed, then a server's", Channel, [&fault, &method(1, 50, 31, b"\0\0\0\0")]),
        case("channel closed, then a body", Channel, [&fault, &frame(3, 1, b"x")]),
        case("channel closed, then another", Channel, [&fault, &channel_open(2)]),
        case("channel closed and gone, then used", Channel, [&fault, &close_ok, &select]),
        case(
            "channel closed in the middle of a publish",
            Channel,
            [&[publish(1), close(1, 20, 40)].concat()],
        ),
        case(
            "channel closed, half a publish",
            Channel,
            [&[fault.clone(), publish(1)].concat(), &close_ok, &channel_open(1)],
        ),
        case("channel.close twice", Channel, [&close(1, 20, 40), &close(1, 20, 40)]),
        case("channel.close-ok for nothing", Channel, [&close_ok]),
        case("channel.close and more", Channel, [&method(1, 20, 40, b"\0\xc8\0\0\0\0\0more")]),
        case("connection.close with a channel", Channel, [&close(0, 10, 50)]),
    ]
}

/// What queues have for consumers of a channel that waits for channel.close-ok.
/// At the end one more is asked for, and the queue goes.
fn late() -> Vec<Case> {
    let with = |name, queue: &[u8], kind: &[u8], flags| {
        let kind = [&short(b"x-queue-type")[..], b"S", &long(kind)].concat();
        let set_up = [
            declare(1, queue, 0x02, &kind),
            method(1, 60, 10, b"\0\0\0\0\0\x05\0"),
            consume(1, queue, b"t", flags),
        ];
        let steps: [&[u8]; 8] = [
            &set_up.concat(),
            &channel_open(2),
            &declare(1, b"wire-nowhere", 0x01, b""),
            &publish_to(2, queue),
            &publish_to(2, queue),
            &method(1, 20, 41, b""),
            &method(2, 60, 70, &[b"\0\0", &short(queue)[..], b"\x01"].concat()),
            &method(2, 50, 40, &[b"\0\0", &short(queue)[..], b"\0"].concat()),
        ];
        let mut case = case(name, Channel, steps);
        if kind.ends_with(b"stream") {
            // Nobody gets from a stream.
            case.say.remove(6);
        }
        case
    };
    vec![
        with("channel closed, then for a consumer", b"wire-late-c", b"classic", 0),
        with("channel closed, then for one without acks", b"wire-late-d", b"classic", 2),
        with("channel closed, then of a quorum queue", b"wire-late-q", b"quorum", 0),
        with("channel closed, then without acks", b"wire-late-r", b"quorum", 2),
        with("channel closed, then of a stream", b"wire-late-s", b"stream", 0),
    ]
}
