//! What people type into forms, and what comes of it.

use super::*;
use warren_core::broker::{Table, Value};
use warren_core::scenario::{AckMode, Outcome, Pause};
use warren_core::time::Span;

fn filled(kind: FormKind, fields: &[(&str, &str)]) -> Form {
    let mut form = Form::new(kind, &Document::default(), &Frame::default());
    for (name, value) in fields {
        form.set(name, value);
    }
    form
}

#[test]
fn times_are_read_as_people_write_them() {
    let every = |text: &str| match filled(FormKind::Add(Thing::Publisher), &[("every", text)])
        .statement(None)
    {
        Ok(Statement::Publisher(decl)) => Ok(decl.every),
        Ok(_) => panic!("a publisher"),
        Err(wrong) => Err(wrong.field),
    };
    let fixed = |micros| Ok(Some(Pause::Fixed(Span(micros))));
    let table = [
        ("500ms", fixed(500_000)),
        ("500", fixed(500_000)),
        ("2s", fixed(2_000_000)),
        ("1.5 s", fixed(1_500_000)),
        ("1min", fixed(60_000_000)),
        ("", Ok(None)),
        ("1s..3s", Ok(Some(Pause::Between(Span::secs(1), Span::secs(3))))),
        ("3s..1s", Err("every")),
        ("soon", Err("every")),
        ("-1s", Err("every")),
        ("0s", Err("every")),
        ("1.s", Err("every")),
        ("99999999999999999999s", Err("every")),
        ("18446744073709551615min", Err("every")),
    ];
    for (text, expected) in table {
        assert_eq!(every(text), expected, "{text}");
    }
}

#[test]
fn headers_keep_their_types() {
    let text = "format: pdf\nsize = 3\nbig: 9999999999\nurgent: true\n\nquoted: \"4\"";
    let form = filled(FormKind::Publish("x".into()), &[("headers", text)]);
    let Ok(Statement::Publish(publish)) = form.statement(None) else { panic!("a publish") };
    let expected = Table::from([
        ("format", Value::str("pdf")),
        ("size", Value::I32(3)),
        ("big", Value::I64(9_999_999_999)),
        ("urgent", Value::Bool(true)),
        ("quoted", Value::str("4")),
    ]);
    assert_eq!(publish.headers, expected);
    let form = filled(FormKind::Publish("x".into()), &[("headers", "format pdf")]);
    assert_eq!(form.statement(None).map_err(|wrong| wrong.field), Err("headers"));
}

#[test]
fn a_consumer_says_how_it_settles() {
    let table = [
        ("ack", Outcome::Ack),
        ("nack", Outcome::Nack { requeue: false }),
        ("reject-requeue", Outcome::Reject { requeue: true }),
        ("forget", Outcome::Forget),
        ("crash", Outcome::Crash),
    ];
    for (value, outcome) in table {
        let fields = [("queues", "q, r"), ("outcome", value), ("prefetch", "7")];
        let form = filled(FormKind::Add(Thing::Consumer), &fields);
        let Ok(Statement::Consumer(decl)) = form.statement(None) else { panic!("a consumer") };
        assert_eq!((decl.outcomes, decl.prefetch), (vec![outcome], 7));
        assert_eq!(decl.queues.join(" "), "q r");
    }
    let fields = [("queues", "q"), ("mode", "auto"), ("prefetch", "nonsense")];
    let form = filled(FormKind::Add(Thing::Consumer), &fields);
    let Ok(Statement::Consumer(decl)) = form.statement(None) else { panic!("prefetch is unasked") };
    assert_eq!(decl.ack_mode, AckMode::Auto);
}

#[test]
fn names_are_asked_for_and_new_ones_are_free() {
    let form = filled(FormKind::Add(Thing::Queue), &[("name", "  ")]);
    assert_eq!(form.statement(None).map_err(|wrong| wrong.field), Err("name"));
    let parsed = warren_core::scenario::parse("warren 1\nqueue queue-1\nqueue queue-2\n");
    assert_eq!(free_name(&parsed.document, Thing::Queue), "queue-3");
    assert_eq!(free_name(&parsed.document, Thing::Exchange), "exchange-1");
}

#[test]
fn fields_that_do_not_apply_are_hidden() {
    let mut form = filled(FormKind::Add(Thing::Consumer), &[]);
    let shown = |form: &Form| {
        let fields = form.fields.iter().filter(|f| form.applies(f));
        fields.map(|f| f.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown(&form), "name queues work mode prefetch outcome exclusive stopped");
    form.set("mode", "auto");
    assert_eq!(shown(&form), "name queues work mode exclusive stopped");
}
