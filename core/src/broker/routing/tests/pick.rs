//! Exchanges that give each message to one binding, against what Erlang says.

use super::{bind, bind_exchange, exchange, queue};
use crate::broker::routing::erlang::{TermHash, jump};
use crate::broker::routing::{Exchange, ExchangeKind, Pick, Query, Reason, Routing};
use crate::broker::{Name, Profile, Properties, Table, Value};

/// Numbers printed by Erlang itself.
const ERLANG: &str = include_str!("erlang.txt");

fn hashed(make: impl Fn(&mut TermHash)) -> u32 {
    let mut hash = TermHash::default();
    make(&mut hash);
    hash.finish()
}

#[test]
fn binaries_and_jumps_are_as_in_erlang() {
    let (mut binaries, mut jumps) = (0, 0);
    for line in ERLANG.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["binary", octets, alone, in_a_list] => {
                let pairs = octets.trim_matches('-').as_bytes().chunks(2);
                let octet = |pair: &[u8]| {
                    let text = core::str::from_utf8(pair).expect("hexadecimal");
                    u8::from_str_radix(text, 16).expect("hexadecimal")
                };
                let octets: Vec<u8> = pairs.map(octet).collect();
                let number = |text: &str| text.parse::<u32>().expect("a number");
                assert_eq!(hashed(|hash| hash.binary(&octets)), number(alone), "{line}");
                let list = hashed(|hash| {
                    hash.binary(&octets);
                    hash.nil();
                });
                assert_eq!(list, number(in_a_list), "{line}");
                binaries += 1;
            }
            ["jump", key, buckets, bucket] => {
                let number = |text: &str| text.parse::<u64>().expect("a number");
                let key = key.parse().expect("a number");
                assert_eq!(jump(key, number(buckets)), number(bucket), "{line}");
                jumps += 1;
            }
            _ => panic!("{line}"),
        }
    }
    assert!(binaries > 25 && jumps > 200, "{binaries} {jumps}");
}

/// The hash by which a header of this value is placed.
fn placed_by(value: Option<Value>, profile: Profile) -> i64 {
    let mut routing = Routing::new();
    let arguments = Table::from([("hash-header", Value::str("h"))]);
    routing.declare(Exchange { arguments, ..Exchange::new("x", ExchangeKind::ConsistentHash) });
    queue(&mut routing, "q", 0);
    bind(&mut routing, "x", "q", "1");
    let headers = value.map(|value| Table::from([("h", value)]));
    let properties = Properties { headers, ..Properties::default() };
    let told = routing.explain("x", &Query::of(&["k"], profile).with(&properties));
    match &told.visits[0].judgements[0].reason {
        Reason::Picked(picked) => match picked.how {
            Pick::Bucket { hash, .. } => hash,
            ref other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// The numbers are those of `erlang:phash2` for the terms that RabbitMQ makes
/// of a header: with its type in 3.10, without later.
#[test]
fn headers_are_hashed_as_the_terms_they_are() {
    let long = Value::I64;
    let array = Value::Array(vec![Value::I32(1), Value::str("x")]);
    let table = Value::Table(Table::from([("k", Value::str("v"))]));
    for (value, expected) in [
        (Value::str("v"), 83_007_481),
        (Value::I32(5), 40_839_585),
        (Value::I32(-5), 39_932_925),
        (long(300_000_000), 1_903_550),
        (long(-300_000_000), 24_170_851),
        (long(134_217_727), 33_099_472),
        (long(134_217_728), 117_666_136),
        (long(-134_217_728), 13_500_176),
        (long(-134_217_729), 132_651_809),
        (long(i64::MIN), 112_631_110),
        (Value::Bool(true), 32_030_443),
        (Value::F64(1.5), 115_320_697),
        (Value::F32(0.0), 98_214_220),
        (Value::Void, 27_077_197),
        (array, 21_074_397),
        (table, 95_356_243),
        (Value::Decimal { scale: 2, value: 314 }, 113_508_173),
        (Value::Timestamp(1_700_000_000), 59_280_699),
        (Value::Array(Vec::new()), 86_211_673),
        (Value::I8(1), 58_364_750),
    ] {
        assert_eq!(placed_by(Some(value.clone()), Profile::V3_10), expected, "{value:?}");
    }
    for (value, expected) in [
        (Value::Bool(true), 506_293),
        (Value::Bool(false), 7_111_573),
        (Value::F64(1.5), 10_380_315),
        (Value::F64(-0.0), 20_875_736),
        (Value::str("abc"), 98_228_475),
        (Value::Void, 45_914_356),
        (Value::Array(Vec::new()), 113_427_502),
        (long(5), 5),
        (long(-5), -5),
        (Value::Timestamp(7), 7_000),
    ] {
        assert_eq!(placed_by(Some(value.clone()), Profile::V4_3), expected, "{value:?}");
    }
    for profile in Profile::ALL {
        assert_eq!(placed_by(None, profile), 45_914_356, "no such header: the atom undefined");
    }
}

#[test]
fn a_list_of_keys_is_hashed_as_one() {
    let keys = |keys: &[&str]| {
        hashed(|hash| {
            keys.iter().for_each(|key| hash.binary(key.as_bytes()));
            hash.nil();
        })
    };
    assert_eq!(keys(&["a", "b"]), 3_094_894);
    assert_eq!(keys(&["a", "b", ""]), 90_176_158);
    assert_eq!(keys(&[]), 113_427_502);
}

/// A queue behind each kind of exchange that picks one, in two layers.
fn layers() -> Routing {
    let mut routing = Routing::new();
    let kinds = ExchangeKind::ALL.into_iter().filter(|kind| kind.picks_one());
    let names: Vec<String> = kinds.map(|kind| kind.name().to_owned()).collect();
    exchange(&mut routing, "all", ExchangeKind::Fanout);
    for (at, name) in names.iter().enumerate() {
        let kind = ExchangeKind::parse(name, Profile::V4_3).expect("a type");
        exchange(&mut routing, name, kind);
        bind_exchange(&mut routing, "all", name, "");
        for n in 0..3 {
            queue(&mut routing, &format!("{name}{n}"), (at * 3 + n) as u32);
            bind(&mut routing, name, &format!("{name}{n}"), "2");
        }
    }
    bind_exchange(&mut routing, "x-random", "x-modulus-hash", "1");
    routing
}

#[test]
fn what_is_routed_is_what_is_explained() {
    let mut routing = layers();
    let mut reached = std::collections::BTreeSet::new();
    for n in 0..500_u64 {
        let key = format!("key {n}");
        let keys = [&*key];
        let chance = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let query = Query { chance, ..Query::of(&keys, Profile::V4_3) };
        let mut out = Vec::new();
        routing.route("all", &query, &mut out);
        let told = routing.explain("all", &query);
        let paths = routing.paths("all", &query);
        let mut routed: Vec<u32> = out.iter().map(|id| id.0).collect();
        let of = |names: Vec<Name>| {
            let id = |name: &Name| routing.queue_id(name).expect("a queue").0;
            let mut ids: Vec<u32> = names.iter().map(id).collect();
            ids.sort_unstable();
            ids
        };
        routed.sort_unstable();
        assert_eq!(routed, of(told.queues.clone()));
        assert_eq!(routed, of(paths.iter().map(|path| path.queue.clone()).collect()));
        for visit in told.visits.iter().filter(|visit| visit.kind.picks_one()) {
            let taken = visit.judgements.iter().filter(|judgement| judgement.reason.fits());
            assert_eq!(taken.count(), 1, "{}", visit.exchange);
        }
        reached.extend(routed);
    }
    assert_eq!(reached.len(), 12, "every queue has its turn");
}

#[test]
fn chance_is_fair() {
    let mut routing = layers();
    let mut counts = [0_u32; 4];
    for message in 0..4_000_u64 {
        let chance = crate::broker::names::mix(message);
        let query = Query { chance, ..Query::of(&[""], Profile::V4_3) };
        let mut out = Vec::new();
        routing.route("x-random", &query, &mut out);
        let place = (out[0].0 as usize).checked_sub(6).filter(|at| *at < 3);
        counts[place.unwrap_or(3)] += 1;
    }
    assert!(counts.iter().all(|n| (900..1_100).contains(n)), "{counts:?}");
}

#[test]
fn the_sentences_name_hash_bucket_and_chance() {
    let routing = layers();
    let told = |exchange: &str| routing.explain(exchange, &Query::of(&["same"], Profile::V4_3));
    assert_eq!(
        told("x-consistent-hash").sentences()[1],
        "The hash of its key is 122566347: bucket 2 of 6, which is this binding's (2 to 3). It \
         goes to queue x-consistent-hash1."
    );
    let local = told("x-local-random").sentences();
    assert!(local[1].contains("chosen at random among 3"), "{local:?}");
    let modulus = told("x-modulus-hash").sentences();
    assert!(modulus[1].contains("modulo 3 bindings"), "{modulus:?}");
}
