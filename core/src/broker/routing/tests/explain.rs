use super::{bind, bind_exchange, exchange, queue, to_queue};
use crate::broker::routing::{
    AlternateUse, Effect, ExchangeKind, HeadersBecause, Query, Reason, Routing, TopicMiss,
    TopicReason,
};
use crate::broker::{Name, Profile, Properties, Table, Value};

/// How one topic binding key meets one routing key.
fn topic(pattern: &str, key: &str) -> TopicReason {
    let mut routing = Routing::new();
    queue(&mut routing, "q", 0);
    bind(&mut routing, "amq.topic", "q", pattern);
    let told = routing.explain("amq.topic", &Query::of(&[key], Profile::V4_0));
    match &told.visits[0].judgements[0].reason {
        Reason::Topic(reasons) => reasons[0].clone(),
        other => panic!("{other:?}"),
    }
}

/// The binding key's word, the place of the first word it took, how many.
type Step = (&'static str, usize, usize);

#[test]
fn which_word_took_what() {
    let cases: [(&str, &str, &[Step]); 6] = [
        ("a.*.c", "a.b.c", &[("a", 0, 1), ("*", 1, 1), ("c", 2, 1)]),
        ("a.#", "a", &[("a", 0, 1), ("#", 1, 0)]),
        ("a.#.d", "a.b.c.d", &[("a", 0, 1), ("#", 1, 2), ("d", 3, 1)]),
        ("#.#", "a.b", &[("#", 0, 0), ("#", 0, 2)]),
        ("#.a.#", "a.x.a", &[("#", 0, 0), ("a", 0, 1), ("#", 1, 2)]),
        ("", "", &[]),
    ];
    for (pattern, key, expected) in cases {
        let reason = topic(pattern, key);
        assert!(reason.fits(), "{pattern} {key}");
        let steps: Vec<(&str, usize, usize)> =
            reason.steps.iter().map(|step| (&*step.word, step.from, step.count)).collect();
        assert_eq!(steps, expected, "{pattern} {key}");
    }
}

#[test]
fn which_word_missed() {
    let name = Name::from;
    let cases: [(&str, &str, TopicMiss); 8] = [
        (
            "order.*.us",
            "order.created.eu",
            TopicMiss::Differs { word: 2, expected: name("us"), at: 2, found: name("eu") },
        ),
        ("a.*", "a", TopicMiss::NothingLeft { word: 1, expected: name("*") }),
        ("a", "a.b.c", TopicMiss::LeftOver { from: 1, found: vec![name("b"), name("c")] }),
        ("", "a", TopicMiss::LeftOver { from: 0, found: vec![name("a")] }),
        ("a.#.z", "a.b.c", TopicMiss::NotAfterHash { word: 2, expected: name("z"), from: 1 }),
        ("a.#.z", "a", TopicMiss::NothingLeft { word: 2, expected: name("z") }),
        ("#.a", "a.b", TopicMiss::LeftOver { from: 1, found: vec![name("b")] }),
        (
            "#.b.c",
            "b.x.b.y",
            TopicMiss::Differs { word: 2, expected: name("c"), at: 3, found: name("y") },
        ),
    ];
    for (pattern, key, expected) in cases {
        assert_eq!(topic(pattern, key).miss, Some(expected), "{pattern} {key}");
    }
}

/// The steps and the miss hold together for every pair of small keys.
#[test]
fn steps_are_a_proof() {
    let words = ["a", "b", "*", "#", ""];
    let mut keys = vec![String::new()];
    for a in words {
        keys.push(a.to_owned());
        for b in words {
            keys.push(format!("{a}.{b}"));
            keys.extend(words.map(|c| format!("{a}.{b}.{c}")));
        }
    }
    for pattern in &keys {
        for key in &keys {
            let reason = topic(pattern, key);
            let words: Vec<&str> = super::naive::words(key);
            let mut next = 0;
            for step in &reason.steps {
                assert_eq!(step.from, next, "{pattern} {key}");
                next += step.count;
                match &*step.word {
                    "#" => {}
                    "*" => assert_eq!(step.count, 1),
                    literal => assert_eq!(words[step.from..next], [literal]),
                }
            }
            let used = reason.steps.len() == super::naive::words(pattern).len();
            assert_eq!(reason.fits(), used && next == words.len(), "{pattern} {key}");
        }
    }
}

fn orders() -> Routing {
    let mut routing = Routing::new();
    exchange(&mut routing, "orders", ExchangeKind::Topic);
    for (id, name) in ["all", "created", "us"].iter().enumerate() {
        queue(&mut routing, name, id as u32);
    }
    bind(&mut routing, "orders", "all", "order.#");
    bind(&mut routing, "orders", "created", "*.created.*");
    bind(&mut routing, "orders", "us", "order.*.us");
    routing
}

#[test]
fn a_topic_in_words() {
    let told = orders().explain("orders", &Query::of(&["order.created.eu"], Profile::default()));
    assert_eq!(
        told.sentences(),
        [
            "The topic exchange orders asks its bindings.",
            "Its key order.created.eu fits order.# and *.created.*; \
             it misses order.*.us at the third word: eu is not us.",
            "It reaches 2 queues: all and created.",
        ]
    );
    let judgements = &told.visits[0].judgements;
    let said: Vec<String> = judgements.iter().map(|it| told.sentence(it)).collect();
    assert_eq!(
        said,
        [
            "Its key order.created.eu fits order.# (# took created and eu).",
            "Its key order.created.eu fits *.created.* (* took order, * took eu).",
            "Its key order.created.eu misses order.*.us at the third word: eu is not us.",
        ]
    );
    let words: Vec<Option<usize>> = judgements.iter().map(|it| it.reason.missed_word()).collect();
    assert_eq!(words, [None, None, Some(2)]);
}

#[test]
fn each_way_to_miss_in_words() {
    let mut routing = Routing::new();
    queue(&mut routing, "q", 0);
    for key in ["a.*.*", "a.b.c", "a", "a.#.z", "a.", "x.#"] {
        bind(&mut routing, "amq.topic", "q", key);
    }
    let told = routing.explain("amq.topic", &Query::of(&["a.b"], Profile::default()));
    assert_eq!(
        told.sentences()[1..],
        [
            "Its key a.b misses a.*.* at its end: no word is left for *; \
             a.b.c at its end: no word is left to be c; \
             a at the second word: b is left over; \
             a.#.z after #: from the second word on, none is z; \
             a. at the second word: b is not the empty word; \
             x.# at the first word: a is not x."
                .to_owned(),
            "No queue is reached: the message is unroutable.".to_owned(),
        ]
    );
}

#[test]
fn headers_in_words() {
    let mut routing = Routing::new();
    let bindings = [
        ("pdf", Table::from([("format", Value::str("pdf")), ("pages", Value::I32(3))])),
        (
            "some",
            Table::from([
                ("x-match", Value::str("any")),
                ("x-id", Value::I32(1)),
                ("format", Value::str("pdf")),
                ("urgent", Value::Void),
            ]),
        ),
        ("none", Table::from([("x-match", Value::str("any"))])),
        ("every", Table::from([("x-match", Value::str("all"))])),
    ];
    for (id, (name, arguments)) in bindings.into_iter().enumerate() {
        queue(&mut routing, name, id as u32);
        let binding = to_queue("amq.headers", name, "", arguments);
        assert_eq!(routing.bind(binding, Profile::V4_3), Ok(true));
    }
    let message = Table::from([("format", Value::str("pdf")), ("pages", Value::str("3"))]);
    let properties = Properties { headers: Some(message), ..Properties::default() };
    let told = routing.explain("amq.headers", &Query::of(&[""], Profile::V4_3).with(&properties));
    assert_eq!(
        told.sentences()[1..],
        [
            "To queue pdf: it does not fit, all would have to hold \
             (all, as no x-match is given); \
             format is \"pdf\"; pages is \"3\" (longstr), not 3 (signedint).",
            "To queue some: it fits, one that holds is enough (x-match any); format is \"pdf\"; \
             urgent is absent; x-id begins with x- and is not looked at.",
            "To queue none: no message can fit: one header has to hold and it names none \
             (x-match any).",
            "To queue every: it fits, as every message does: it asks for no header (x-match all).",
            "It reaches 2 queues: some and every.",
        ]
    );
    let Reason::Headers(reason) = &told.visits[0].judgements[0].reason else { panic!() };
    assert_eq!((reason.stated, reason.because), (false, HeadersBecause::OneFails(1)));
}

#[test]
fn the_whole_way_in_words() {
    let mut routing = orders();
    for name in ["audit", "lost"] {
        exchange(&mut routing, name, ExchangeKind::Fanout);
    }
    exchange(&mut routing, "in", ExchangeKind::Direct);
    bind_exchange(&mut routing, "in", "orders", "order");
    bind_exchange(&mut routing, "in", "audit", "order");
    bind(&mut routing, "audit", "all", "");
    bind_exchange(&mut routing, "audit", "in", "");
    routing.set_alternate("in", Some(Name::from("lost")));
    let told = routing.explain("in", &Query::of(&["order"], Profile::default()));
    assert_eq!(
        told.sentences(),
        [
            "The direct exchange in asks its bindings.",
            "Its key order is every binding's key.",
            "A binding fits, so the alternate exchange lost is not asked.",
            "in passes it on to the topic exchange orders.",
            "Its key order fits order.#; it misses *.created.* at its end: no word is left to be \
             created; order.*.us at its end: no word is left for *.",
            "in passes it on to the fanout exchange audit.",
            "All its 2 bindings fit.",
            "Queue all is reached more than once; it gets one copy.",
            "It has been at in already and does not go there again.",
            "It reaches one queue: all.",
        ]
    );
    assert_eq!(told.visits[2].judgements[0].effect, Effect::CopyAlready);
    let told = routing.explain("in", &Query::of(&["invoice"], Profile::default()));
    assert_eq!(told.visits[0].alternate, AlternateUse::Taken(Name::from("lost"), 1));
    assert_eq!(
        told.sentences(),
        [
            "The direct exchange in asks its bindings.",
            "Its key invoice is not order.",
            "No binding of in fits, so it goes to the alternate exchange lost (fanout).",
            "It has no bindings.",
            "No queue is reached: the message is unroutable.",
        ]
    );
}

#[test]
fn the_default_exchange_in_words() {
    let routing = orders();
    let told = routing.explain("", &Query::of(&["us", "mars"], Profile::default()));
    assert_eq!(
        told.sentences(),
        [
            "The default exchange takes the key for the name of a queue.",
            "There is a queue us.",
            "There is no queue called mars.",
            "It reaches one queue: us.",
        ]
    );
    let told = routing.explain("nope", &Query::of(&["k"], Profile::default()));
    assert_eq!(told.sentences(), ["There is no exchange called nope."]);
}

/// A long chain and a wide fanout are told without recursion.
#[test]
fn a_long_chain() {
    let mut routing = Routing::new();
    queue(&mut routing, "q", 0);
    for n in 0..2000 {
        exchange(&mut routing, &format!("x{n}"), ExchangeKind::Fanout);
    }
    for n in 1..2000 {
        bind_exchange(&mut routing, &format!("x{}", n - 1), &format!("x{n}"), "");
    }
    bind(&mut routing, "x1999", "q", "");
    let told = routing.explain("x0", &Query::of(&[""], Profile::default()));
    assert_eq!((told.visits.len(), told.queues.len()), (2000, 1));
    assert_eq!(routing.paths("x0", &Query::of(&[""], Profile::default()))[0].hops.len(), 2000);
}
