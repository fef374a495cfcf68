use super::{queue, to_queue};
use crate::broker::routing::{Query, Routing};
use crate::broker::{Bytes, Name, Profile, Properties, Table, Value};

/// Binds one queue for each of `bindings`; gives, for each, the messages that
/// reach it.
fn drained(bindings: &[Table], messages: &[Table], profile: Profile) -> Vec<Vec<usize>> {
    let mut routing = Routing::new();
    for (id, arguments) in bindings.iter().enumerate() {
        let name = format!("q{id}");
        queue(&mut routing, &name, id as u32);
        let binding = to_queue("amq.headers", &name, "ignored", arguments.clone());
        assert_eq!(routing.bind(binding, profile), Ok(true));
    }
    let mut queues = vec![Vec::new(); bindings.len()];
    let mut out = Vec::new();
    for (number, headers) in messages.iter().enumerate() {
        let properties = Properties { headers: Some(headers.clone()), ..Properties::default() };
        let query = Query::of(&["k"], profile).with(&properties);
        routing.route("amq.headers", &query, &mut out);
        for id in &out {
            queues[id.0 as usize].push(number);
        }
    }
    queues
}

fn all_profiles(bindings: &[Table], messages: &[Table], expected: &[&[usize]]) {
    for profile in Profile::ALL {
        assert_eq!(drained(bindings, messages, profile), expected, "{}", profile.name());
    }
}

fn mode(name: &str, mut arguments: Table) -> Table {
    arguments.0.insert(0, (Name::from("x-match"), Value::str(name)));
    arguments
}

fn int(n: i32) -> Value {
    Value::I32(n)
}

#[test]
fn x_headers_count_only_when_asked_for() {
    let both = Table::from([("x-a", int(1)), ("b", int(2))]);
    let only_x = Table::from([("x-a", int(1))]);
    let bindings = [
        mode("all", both.clone()),
        mode("any", both.clone()),
        mode("all-with-x", both.clone()),
        mode("any-with-x", both.clone()),
        mode("all", only_x.clone()),
        mode("any", only_x.clone()),
        mode("all", Table::new()),
        mode("any", Table::new()),
        mode("all-with-x", Table::new()),
        mode("any-with-x", Table::new()),
        Table::new(),
    ];
    let messages = [
        both,
        only_x,
        Table::from([("b", int(2))]),
        Table::from([("x-a", int(2)), ("b", int(2))]),
        Table::new(),
        Table::from([("x-a", int(9)), ("b", int(9))]),
    ];
    let every: &[usize] = &[0, 1, 2, 3, 4, 5];
    let expected: [&[usize]; 11] =
        [&[0, 2, 3], &[0, 2, 3], &[0], &[0, 1, 2, 3], every, &[], every, &[], every, &[], every];
    all_profiles(&bindings, &messages, &expected);
}

#[test]
fn void_asks_for_presence() {
    let bindings = [
        mode("all", Table::from([("v", Value::Void)])),
        mode("any", Table::from([("v", Value::Void), ("w", int(1))])),
        mode("all", Table::from([("v", Value::Void), ("w", int(1))])),
        Table::from([("v", int(1))]),
    ];
    let messages = [
        Table::from([("v", int(1))]),
        Table::from([("v", Value::str("s"))]),
        Table::from([("v", Value::Void)]),
        Table::from([("w", int(1))]),
        Table::from([("v", int(7)), ("w", int(1))]),
        Table::from([("V", int(1)), ("w", int(2))]),
        Table::new(),
    ];
    let expected: [&[usize]; 4] = [&[0, 1, 2, 4], &[0, 1, 2, 3, 4], &[4], &[0]];
    all_profiles(&bindings, &messages, &expected);
}

/// The table recorded from real servers, and then some.
#[test]
fn types_against_each_other() {
    let values = [
        int(5),
        Value::I64(5),
        Value::I8(5),
        Value::I16(5),
        Value::F64(5.0),
        Value::F32(5.0),
        Value::str("5"),
        Value::Timestamp(5),
        Value::Binary(Bytes::from("5")),
        Value::Bool(true),
        Value::str("true"),
        Value::U32(5),
    ];
    let single = |value: &Value| Table::from([("n", value.clone())]);
    let tables: Vec<Table> = values.iter().map(single).collect();
    let old: &[usize] = &[0, 1, 2, 3, 4, 5, 7, 11];
    let integers: &[usize] = &[0, 1, 2, 3, 11];
    let (floats, texts): (&[usize], &[usize]) = (&[4, 5], &[6, 8]);
    let (truth, word): (&[usize], &[usize]) = (&[9], &[10]);
    let expected: [&[usize]; 12] =
        [old, old, old, old, old, old, texts, old, texts, truth, word, old];
    assert_eq!(drained(&tables, &tables, Profile::V3_10), expected);
    let strict: [&[usize]; 12] = [
        integers, integers, integers, integers, floats, floats, texts, integers, texts, truth,
        word, integers,
    ];
    for profile in [Profile::V4_0, Profile::V4_3] {
        assert_eq!(drained(&tables, &tables, profile), strict);
    }
}

#[test]
fn a_timestamp_header_is_compared_in_milliseconds_by_newer_releases() {
    let bindings = [Table::from([("t", int(5000))]), Table::from([("t", Value::Timestamp(5))])];
    let message = [Table::from([("t", Value::Timestamp(5))])];
    assert_eq!(drained(&bindings, &message, Profile::V3_10), [vec![], vec![0]]);
    assert_eq!(drained(&bindings, &message, Profile::V4_3), [vec![0], vec![]]);
    let huge = [Table::from([("t", Value::Timestamp(u64::MAX))])];
    assert_eq!(drained(&bindings, &huge, Profile::V4_3), [vec![], vec![]]);
}

#[test]
fn floats_against_integers_in_the_oldest_release() {
    let bindings = [Table::from([("n", Value::I64(i64::MAX))]), Table::from([("n", int(-2))])];
    let messages = [-2.0, -2.5, 9.223_372_036_854_776e18, f64::NAN, f64::INFINITY]
        .map(|float| Table::from([("n", Value::F64(float))]));
    assert_eq!(drained(&bindings, &messages, Profile::V3_10), [vec![], vec![0]]);
    assert_eq!(drained(&bindings, &messages, Profile::V4_0), [vec![], vec![]]);
}

#[test]
fn repeated_headers() {
    let twice = |a: i32, b: i32| {
        Table(vec![(Name::from("a"), int(a)), (Name::from("b"), int(0)), (Name::from("a"), int(b))])
    };
    let bindings = [Table::from([("a", int(1))]), Table::from([("a", int(2))]), twice(1, 2)];
    let messages = [twice(1, 2), twice(2, 1)];
    assert_eq!(drained(&bindings, &messages, Profile::V3_10), [vec![0], vec![1], vec![0]]);
    assert_eq!(drained(&bindings, &messages, Profile::V4_3), [vec![1], vec![0], vec![]]);
}

#[test]
fn many_headers_are_found_by_name() {
    let many: Vec<(Name, Value)> =
        (0..300).rev().map(|n| (Name::from(format!("h{n}")), int(n))).collect();
    let bindings: Vec<Table> =
        [0, 7, 150, 299].map(|n| Table(vec![(Name::from(format!("h{n}")), int(n))])).to_vec();
    let expected: [&[usize]; 4] = [&[0]; 4];
    all_profiles(&bindings, &[Table(many)], &expected);
}

#[test]
fn no_headers_at_all() {
    let mut routing = Routing::new();
    for (id, name) in ["all", "any"].iter().enumerate() {
        queue(&mut routing, name, id as u32);
        let binding = to_queue("amq.match", name, "", mode(name, Table::new()));
        assert_eq!(routing.bind(binding, Profile::V4_3), Ok(true));
    }
    let mut out = Vec::new();
    routing.route("amq.match", &Query::of(&[""], Profile::V4_3), &mut out);
    assert_eq!(out.len(), 1);
    assert_eq!(Some(out[0]), routing.queue_id("all"));
}

#[test]
fn a_wrong_x_match_is_refused() {
    let cases: [(Value, Profile, &str); 9] = [
        (Value::str("some"), Profile::V4_3, "value <<\"some\">>"),
        (Value::str(""), Profile::V4_3, "value <<>>"),
        (Value::str("a\"\\\n"), Profile::V4_3, "value <<\"a\\\"\\\\\\n\">>"),
        (Value::str("\u{1}x"), Profile::V4_3, "value <<1,120>>"),
        (Value::str("\u{448}"), Profile::V4_3, "value <<\"\u{448}\"/utf8>>"),
        (Value::str("\u{448}"), Profile::V3_10, "value <<209,136>>"),
        (int(1), Profile::V4_3, "type signedint (value 1)"),
        (Value::Bool(true), Profile::V4_0, "type bool (value true)"),
        (
            Value::Table(Table::from([("k", Value::Array(vec![Value::Void]))])),
            Profile::V4_0,
            "type table (value [{<<\"k\">>,array,[{void,undefined}]}])",
        ),
    ];
    for (value, profile, said) in cases {
        let mut routing = Routing::new();
        queue(&mut routing, "q", 0);
        let arguments = Table::from([("a", int(1)), ("x-match", value)]);
        let refused = routing.bind(to_queue("amq.headers", "q", "", arguments.clone()), profile);
        let ending = if said.starts_with("value") {
            "; expected all, any, all-with-x, or any-with-x"
        } else {
            "; expected longstr"
        };
        assert_eq!(refused, Err(format!("Invalid x-match field {said}{ending}")));
        // Other types do not look at the arguments.
        assert_eq!(routing.bind(to_queue("amq.direct", "q", "", arguments), profile), Ok(true));
    }
}
