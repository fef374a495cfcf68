//! On an open connection without channels.

use super::From::Open;
use super::{Case, case, ended};
use crate::wire::octets::{
    body, channel_open, close, declare, frame, guest, header, long, method, open, publish, short,
    tune_ok,
};

pub(super) fn cases() -> Vec<Case> {
    [frames(), sizes(), channel_zero(), numbers(), ends()].concat()
}

fn frames() -> Vec<Case> {
    vec![
        case("frame of type 0", Open, [&frame(0, 0, b"")]),
        case("frame of type 4 on channel 0", Open, [&frame(4, 0, b"abc")]),
        case("frame of type 4 on channel 1", Open, [&frame(4, 1, b"abc")]),
        case("frame of type 9", Open, [&frame(9, 0, b"\x00\x01\xff")]),
        case("frame of type 255", Open, [&frame(255, 65_535, b"\"q\\\n\t")]),
        case("frame with 16 octets", Open, [&frame(4, 0, b"0123456789abcdef")]),
        case("frame with 17 octets", Open, [&frame(4, 0, b"0123456789abcdefg")]),
        case("frame with 17 odd octets", Open, [&frame(4, 0, &[200; 17])]),
        case("frame with Latin-1", Open, [&frame(4, 0, b"caf\xe9")]),
        case("frame with UTF-8", Open, [&frame(4, 0, "café".as_bytes())]),
        case("frame with a wrong end", Open, [b"\x01\0\x01\0\0\0\x05\0\x14\0\x0a\0\x07"]),
        case("frame with a wrong end of type 4", Open, [b"\x04\0\0\0\0\0\x01x\0"]),
        case("heartbeat with octets", Open, [&frame(8, 0, b"x")]),
        case("heartbeat on channel 1", Open, [&frame(8, 1, b"")]),
        case("heartbeat", Open, [&frame(8, 0, b"")]),
        case("header on channel 0", Open, [&header(0, 1)]),
        case("header cut short on channel 0", Open, [&frame(2, 0, b"\0\x3c\0")]),
        case("body on channel 0", Open, [&body(0, b"x")]),
        case("empty body on channel 0", Open, [&body(0, b"")]),
        case("header on channel 1", Open, [&header(1, 1)]),
        case("body on channel 1", Open, [&body(1, b"x")]),
        case("method without octets", Open, [&frame(1, 1, b"")]),
        case("method of three octets", Open, [&frame(1, 1, b"\0\x14\0")]),
        case("method of three octets on channel 0", Open, [&frame(1, 0, b"\0\x0a\0")]),
    ]
}

fn sizes() -> Vec<Case> {
    let large = |kind: u8, size: u32| [&[kind, 0, 1][..], &size.to_be_bytes()].concat();
    let mut middle = case("frame of 8193 of 8192", Open, [&large(3, 8193)]);
    middle.frame_max = 8192;
    let mut within = case("frame of 8192 of 8192", Open, [&frame(4, 1, &[b'a'; 8192])]);
    within.frame_max = 8192;
    vec![
        case("frame of 131064", Open, [&frame(4, 1, &[b'a'; 131_064])]),
        case("frame of 131072", Open, [&frame(4, 1, &[b'a'; 131_072])]),
        case("frame of 131073", Open, [&large(3, 131_073)]),
        case("frame of four gigabytes", Open, [&large(1, u32::MAX)]),
        case("frame of a gigabyte of type 7", Open, [&large(7, 1 << 30)]),
        middle,
        within,
    ]
}

fn channel_zero() -> Vec<Case> {
    let zero = |class, number| method(0, class, number, b"");
    vec![
        case("channel 0 start-ok", Open, [&guest()]),
        case("channel 0 tune-ok", Open, [&tune_ok(1, 131_072, 0)]),
        case("channel 0 open", Open, [&open("/")]),
        case("channel 0 start", Open, [&method(0, 10, 10, b"\0\x09\0\0\0\0\0\0\0\0\0\0\0\0")]),
        case("channel 0 tune", Open, [&method(0, 10, 30, b"\0\0\0\0\0\0\0\0")]),
        case("channel 0 open-ok", Open, [&method(0, 10, 41, b"\0")]),
        case("channel 0 close-ok", Open, [&zero(10, 51)]),
        case("channel 0 blocked", Open, [&method(0, 10, 60, b"\0")]),
        case("channel 0 unblocked", Open, [&zero(10, 61)]),
        case("channel 0 update-secret-ok", Open, [&zero(10, 71)]),
        case(
            "channel 0 update-secret",
            Open,
            [&method(0, 10, 70, &[long(b"x"), short(b"y")].concat())],
        ),
        case("channel 0 channel.open", Open, [&channel_open(0)]),
        case("channel 0 queue.declare", Open, [&declare(0, b"q", 0, b"")]),
        case("channel 0 basic.publish", Open, [&publish(0)]),
        case("channel 0 unknown method", Open, [&zero(10, 99)]),
        case("channel 0 unknown class", Open, [&zero(99, 10)]),
        case("channel 0 close cut short", Open, [&method(0, 10, 50, b"\0\xc8")]),
        case("channel 0 close and more", Open, [&method(0, 10, 50, b"\0\xc8\0\0\0\0\0more")]),
        case("channel 0 close not in UTF-8", Open, [&method(0, 10, 50, b"\0\xc8\x01\xff\0\0\0\0")]),
        case("channel 0 update-secret cut short", Open, [&method(0, 10, 70, b"\0\0\0\x09x")]),
        case("close on channel 1", Open, [&close(1, 10, 50)]),
        case("start-ok on channel 1", Open, [&method(1, 10, 51, b"")]),
    ]
}

fn numbers() -> Vec<Case> {
    let two = [channel_open(1), channel_open(2)].concat();
    let mut few = case("one channel more than agreed", Open, [&two]);
    few.channel_max = 1;
    let again = [&channel_open(1)[..], &close(1, 20, 40), &channel_open(2), &close(2, 20, 40)];
    let mut reused = case("one channel after the other", Open, again);
    reused.channel_max = 1;
    vec![
        few,
        reused,
        case("channel 65535", Open, [&channel_open(65_535)]),
        case("no channel, queue.declare", Open, [&declare(1, b"q", 0, b"")]),
        case("no channel, basic.publish", Open, [&publish(1)]),
        case("no channel, publish whole", Open, [&[publish(1), header(1, 0)].concat()]),
        case("no channel, channel.close", Open, [&close(1, 20, 40)]),
        case("no channel, channel.close-ok", Open, [&method(1, 20, 41, b"")]),
        case("no channel, channel.flow", Open, [&method(1, 20, 20, b"\x01")]),
        case("no channel, basic.deliver", Open, [&method(1, 60, 60, b"\0\0\0\0\0\0\0\0\0\0\0\0")]),
        case("no channel, channel.open-ok", Open, [&method(1, 20, 11, b"\0\0\0\0")]),
        case("no channel, unknown method", Open, [&method(1, 20, 99, b"")]),
        case("no channel, not in UTF-8", Open, [&declare(1, b"\xff", 0, b"")]),
        case("channel.open as 0-8 does", Open, [&method(1, 20, 10, b"\x03abc")]),
        case("channel.open without its octet", Open, [&method(1, 20, 10, b"")]),
        case("channel.open and more", Open, [&method(1, 20, 10, b"\0more")]),
    ]
}

fn ends() -> Vec<Case> {
    let close_ok = method(0, 10, 51, b"");
    let fault = frame(4, 0, b"x");
    let more = [channel_open(1), publish(1), frame(4, 0, b"y"), frame(8, 1, b"")].concat();
    vec![
        case("close", Open, [&close(0, 10, 50)]),
        case("close, then more", Open, [&[close(0, 10, 50), channel_open(1)].concat()]),
        case("close twice", Open, [&[close(0, 10, 50), close(0, 10, 50)].concat()]),
        case("closed, then close-ok", Open, [&fault, &close_ok]),
        case("closed, then close", Open, [&fault, &close(0, 10, 50), &close_ok]),
        case("closed, then more", Open, [&fault, &more, &close_ok]),
        case("closed, then an unknown method", Open, [&fault, &method(0, 10, 99, b""), &close_ok]),
        case("closed, then a frame too large", Open, [&fault, b"\x01\0\0\xff\0\0\0"]),
        ended("half a frame, then the end", Open, b"\x01\0\x01\0\0"),
        ended("closed, then the end", Open, &fault),
        ended("the end", Open, b""),
    ]
}
