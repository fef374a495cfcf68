//! Before the connection is open.

use super::From::{Nothing, Opening, Starting, Tuning};
use super::{Case, case, ended};
use crate::wire::octets::{
    HEADER, body, channel_open, close, closing, frame, guest, header, long, method, open, short,
    start_ok, tune_ok,
};

pub(super) fn cases() -> Vec<Case> {
    [protocols(), starting(), log_ins(), tuning(), limits(), opening()].concat()
}

fn protocols() -> Vec<Case> {
    vec![
        case("protocol 0-9-1", Nothing, [HEADER]),
        case("protocol 0-9 as 1-1-0-9", Nothing, [b"AMQP\x01\x01\x00\x09"]),
        case("protocol 0-8 as 1-1-8-0", Nothing, [b"AMQP\x01\x01\x08\x00"]),
        case("protocol 0-8 as 1-1-9-1", Nothing, [b"AMQP\x01\x01\x09\x01"]),
        case("protocol 0-9-0", Nothing, [b"AMQP\x00\x00\x09\x00"]),
        case("protocol 0-9-2", Nothing, [b"AMQP\x00\x00\x09\x02"]),
        case("protocol 0-0-10-0", Nothing, [b"AMQP\x00\x00\x0a\x00"]),
        case("protocol 0-0-8-1", Nothing, [b"AMQP\x00\x00\x08\x01"]),
        case("protocol 1.0 without SASL", Nothing, [b"AMQP\x00\x01\x00\x00"]),
        case("protocol 1.0 over TLS", Nothing, [b"AMQP\x02\x01\x00\x00"]),
        case("protocol 9-9-9-9", Nothing, [b"AMQP\x09\x09\x09\x09"]),
        case("protocol in lower case", Nothing, [b"amqp\x00\x00\x09\x01"]),
        case("protocol HTTP", Nothing, [b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"]),
        case("protocol HTTP in seven octets", Nothing, [b"GET /\r\n"]),
        case("protocol TLS", Nothing, [b"\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03abcdefgh"]),
        ended("protocol in half", Nothing, b"AMQP\x00\x00"),
        ended("protocol and then the end", Nothing, HEADER),
        ended("protocol not at all", Nothing, b""),
        case("protocol in two writes", Nothing, [b"AM", b"QP\x00\x00\x09\x01"]),
    ]
}

fn starting() -> Vec<Case> {
    vec![
        case("starting, then a heartbeat", Starting, [&frame(8, 0, b"")]),
        case("starting, then a heartbeat on channel 1", Starting, [&frame(8, 1, b"")]),
        case("starting, then tune-ok", Starting, [&tune_ok(1, 131_072, 0)]),
        case("starting, then open", Starting, [&open("/")]),
        case("starting, then close", Starting, [&close(0, 10, 50)]),
        case("starting, then close-ok", Starting, [&method(0, 10, 51, b"")]),
        case("starting, then channel.open", Starting, [&channel_open(1)]),
        case("starting, then a body", Starting, [&body(0, b"x")]),
        case("starting, then a header on channel 1", Starting, [&header(1, 1)]),
        case("starting, then a frame of type 4", Starting, [&frame(4, 0, b"x")]),
        case("starting, then an unknown method", Starting, [&method(0, 10, 99, b"")]),
        case("starting, then an unknown class", Starting, [&method(0, 99, 10, b"")]),
        case("starting, then an empty method", Starting, [&frame(1, 0, b"")]),
        case("starting, then a method cut short", Starting, [&method(0, 10, 11, b"\0\0")]),
        case("starting, then a wrong end", Starting, [b"\x01\0\0\0\0\0\x04\x00\x0a\x00\x0b\x00"]),
        case("starting, 4088 octets", Starting, [&frame(4, 0, &[7; 4088])]),
        case("starting, 4096 octets", Starting, [&frame(4, 0, &[7; 4096])]),
        case("starting, 4097 octets", Starting, [&frame(4, 0, &[7; 4097])]),
        case("starting, 8192 octets", Starting, [&frame(4, 0, &[7; 8192])]),
        case("starting, 8193 octets", Starting, [&frame(4, 0, &[7; 8193])]),
    ]
}

fn log_ins() -> Vec<Case> {
    let told = closing();
    let plain = |response: &[u8]| start_ok(&closing(), b"PLAIN", response);
    let entry = |key: &[u8], value: &[u8]| [&short(key)[..], b"S", &long(value)].concat();
    let amqplain = [entry(b"LOGIN", b"guest"), entry(b"PASSWORD", b"guest")].concat();
    let turned = [entry(b"PASSWORD", b"guest"), entry(b"LOGIN", b"guest")].concat();
    let wrong = [entry(b"LOGIN", b"guest"), entry(b"PASSWORD", b"x")].concat();
    let half = entry(b"LOGIN", b"guest");
    vec![
        case("log-in with PLAIN", Starting, [&guest()]),
        case("log-in for somebody else", Starting, [&plain(b"me\0guest\0guest")]),
        case("log-in with a wrong password", Starting, [&plain(b"\0guest\0x")]),
        case("log-in of nobody known", Starting, [&plain(b"\0nobody\0x")]),
        case("log-in refused in silence", Starting, [&start_ok(b"", b"PLAIN", b"\0guest\0x")]),
        case("log-in with PLAIN cut short", Starting, [&plain(b"\0guest")]),
        case("log-in with PLAIN and nothing", Starting, [&plain(b"")]),
        case("log-in with PLAIN and NULs", Starting, [&plain(b"\0\0\0")]),
        case("log-in with a NUL in the password", Starting, [&plain(b"\0guest\0gu\0est")]),
        case("log-in with PLAIN that is not UTF-8", Starting, [&plain(b"\0gu\xffest\0guest")]),
        case("log-in with AMQPLAIN", Starting, [&start_ok(&told, b"AMQPLAIN", &amqplain)]),
        case("log-in with AMQPLAIN turned", Starting, [&start_ok(&told, b"AMQPLAIN", &turned)]),
        case("log-in with AMQPLAIN, wrong", Starting, [&start_ok(&told, b"AMQPLAIN", &wrong)]),
        case("log-in with AMQPLAIN in half", Starting, [&start_ok(&told, b"AMQPLAIN", &half)]),
        case("log-in with AMQPLAIN, no table", Starting, [&start_ok(&told, b"AMQPLAIN", b"\x05")]),
        case("log-in with ANONYMOUS", Starting, [&start_ok(&told, b"ANONYMOUS", b"")]),
        case("log-in with EXTERNAL", Starting, [&start_ok(&told, b"EXTERNAL", b"")]),
        case("log-in with plain", Starting, [&start_ok(&told, b"plain", b"\0guest\0guest")]),
        case("log-in with no mechanism", Starting, [&start_ok(&told, b"", b"\0guest\0guest")]),
        case("log-in twice", Starting, [&guest(), &guest()]),
        case("log-in with a table that lies", Starting, [&start_ok(b"\x04abcdZ", b"PLAIN", b"")]),
        case("log-in, no answer asked for", Starting, [&method(0, 10, 21, &long(b"x"))]),
    ]
}

fn tuning() -> Vec<Case> {
    let then = |octets: Vec<u8>| [octets, open("/")].concat();
    vec![
        case("tuning as offered", Tuning, [&then(tune_ok(2047, 131_072, 60))]),
        case("tuning without channels", Tuning, [&then(tune_ok(0, 131_072, 0))]),
        case("tuning with 2048 channels", Tuning, [&then(tune_ok(2048, 131_072, 0))]),
        case("tuning with 65535 channels", Tuning, [&then(tune_ok(65_535, 131_072, 0))]),
        case("tuning with frames without end", Tuning, [&then(tune_ok(1, 0, 0))]),
        case("tuning with frames of 1", Tuning, [&then(tune_ok(1, 1, 0))]),
        case("tuning with frames of 4095", Tuning, [&then(tune_ok(1, 4095, 0))]),
        case("tuning with frames of 4096", Tuning, [&then(tune_ok(1, 4096, 0))]),
        case("tuning with frames of 8191", Tuning, [&then(tune_ok(1, 8191, 0))]),
        case("tuning with frames of 8192", Tuning, [&then(tune_ok(1, 8192, 0))]),
        case("tuning with frames of 131073", Tuning, [&then(tune_ok(1, 131_073, 0))]),
        case("tuning with both out of bounds", Tuning, [&then(tune_ok(0, 0, 0))]),
        case("tuning with the longest heartbeat", Tuning, [&then(tune_ok(1, 131_072, 65_535))]),
        case("tuning, then open", Tuning, [&open("/")]),
        case("tuning, then close", Tuning, [&close(0, 10, 50)]),
        case("tuning, then channel.open", Tuning, [&channel_open(1)]),
        case("tuning, then start-ok", Tuning, [&guest()]),
        case("tuning, then a frame of type 4", Tuning, [&frame(4, 0, b"x")]),
        case("tuning, then an unknown method", Tuning, [&method(0, 10, 99, b"")]),
        case("tuning cut short", Tuning, [&method(0, 10, 31, b"\0\x01")]),
        case("tuning and more", Tuning, [&method(0, 10, 31, b"\0\x01\0\x02\0\0\0\0\0")]),
    ]
}

/// A refusal, and what may follow it.
fn limits() -> Vec<Case> {
    let refused = tune_ok(0, 131_072, 0);
    let close_ok = method(0, 10, 51, b"");
    vec![
        case("refused, then close-ok", Tuning, [&refused, &close_ok]),
        case("refused, then close", Tuning, [&refused, &close(0, 10, 50), &close_ok]),
        case("refused, then anything", Tuning, [&refused, &open("/"), &channel_open(1), &close_ok]),
        case("unknown vhost, then close-ok", Opening, [&open("other"), &close_ok]),
        ended("refused, then the end", Tuning, &refused),
    ]
}

fn opening() -> Vec<Case> {
    vec![
        case("opening another vhost", Opening, [&open("other")]),
        case("opening a vhost without a name", Opening, [&open("")]),
        case("opening a vhost that is not UTF-8", Opening, [&method(0, 10, 40, b"\x01\xff\0\0")]),
        case("opening, then channel.open", Opening, [&channel_open(1)]),
        case("opening, then a body on channel 1", Opening, [&body(1, b"x")]),
        case("opening, then a body", Opening, [&body(0, b"x")]),
        case("opening, then a heartbeat", Opening, [&frame(8, 0, b"")]),
        case("opening, then a heartbeat on channel 1", Opening, [&frame(8, 1, b"")]),
        case("opening, then a frame of type 4", Opening, [&frame(4, 0, b"x")]),
        case("opening, then tune-ok", Opening, [&tune_ok(1, 131_072, 0)]),
        case("opening, then close", Opening, [&close(0, 10, 50)]),
        case("opening, then an unknown method", Opening, [&method(0, 10, 99, b"")]),
        case("opening cut short", Opening, [&method(0, 10, 40, b"\x01")]),
        case("opening with a wrong end", Opening, [b"\x01\0\0\0\0\0\x05\x00\x0a\x00\x28/\x00"]),
        case("opening as 0-8 does", Opening, [&method(0, 10, 40, b"\x01/\x03abc\x01")]),
    ]
}
