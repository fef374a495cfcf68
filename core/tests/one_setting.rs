//! Changing one setting changes its words and not another byte of the text:
//! every setting of publishers, consumers, queues, exchanges, bindings and
//! `publish`, over random documents.

mod generate;

use generate::document;
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeSet;
use warren_core::scenario::*;

/// What a change of one setting may touch.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Extent {
    /// One word behind the setting's name.
    Word,
    /// What stands behind the setting's name.
    Words,
}

/// A statement with one setting as in another statement of its kind.
struct Change {
    kind: &'static str,
    setting: &'static str,
    extent: Extent,
    what: Statement,
}

macro_rules! changes {
    ($out:ident, $old:ident, $new:ident, $kind:ident: $($extent:ident { $($field:ident),* })*) => {{
        $($(
            let mut one = $old.clone();
            one.$field = $new.$field.clone();
            let what = Statement::$kind(one);
            $out.push(Change {
                kind: stringify!($kind),
                setting: stringify!($field),
                extent: Extent::$extent,
                what,
            });
        )*)*
    }};
}

fn changes(old: &Statement, new: &Statement) -> Vec<Change> {
    let mut out = Vec::new();
    match (old, new) {
        (Statement::Publisher(a), Statement::Publisher(b)) => changes!(out, a, b, Publisher:
            Word {
                after, every, count, burst, body, priority, expiration, reply_to,
                connection, channel, instances, user, latency, heartbeat, reconnect, name, random,
                mandatory, persistent, confirms, stopped
            }
            // The default exchange is written as `queue`, with the key as a name.
            Words { exchange, keys, times, headers, properties, transaction, endings }
        ),
        (Statement::Consumer(a), Statement::Consumer(b)) => changes!(out, a, b, Consumer:
            Word {
                prefetch, work, priority, reply, connection, channel, user, latency, heartbeat,
                reconnect, instances, name, ack_mode, exclusive, stopped, batch, poll
            }
            Words { queues, outcomes, forwards, arguments, global }
        ),
        (Statement::Queue(a), Statement::Queue(b)) => changes!(out, a, b, Queue:
            Word { name, owner, durable, exclusive, auto_delete, server_named }
            Words { arguments }
        ),
        (Statement::Exchange(a), Statement::Exchange(b)) => changes!(out, a, b, Exchange:
            Word { name, kind, durable, auto_delete, internal }
            Words { arguments }
        ),
        (Statement::Bind(a), Statement::Bind(b)) => changes!(out, a, b, Bind:
            Word { source, key }
            Words { destination, arguments }
        ),
        (Statement::Publish(a), Statement::Publish(b)) => changes!(out, a, b, Publish:
            Word { key, body, mandatory, persistent, priority, expiration, count }
            Words { by, exchange, headers, properties }
        ),
        _ => {}
    }
    out
}

/// A text with comments and odd spacing that says what `document` says.
fn dressed(document: &Document) -> String {
    let mut out = String::from("// a scenario\n");
    for (index, line) in print(document).lines().enumerate() {
        match index % 4 {
            0 => out += &format!("{line}   // note {index}\n"),
            1 => out += &format!("{line}\t\n"),
            2 => out += &format!("{line}\r\n"),
            _ => out += &format!("{line}\n"),
        }
    }
    out
}

/// The words of a text, with all that stands between them as words of their own.
fn words(text: &str) -> Vec<&str> {
    lex(text).iter().map(|token| token.span.of(text)).collect()
}

/// What is left of two texts without what they begin and end with alike, in
/// whole words.
fn differing<'t>(old: &'t str, new: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let (old, new) = (words(old), words(new));
    let front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - front;
    let back = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b);
    let back = back.count();
    (old[front..old.len() - back].to_vec(), new[front..new.len() - back].to_vec())
}

fn comments(text: &str) -> Vec<&str> {
    words(text).into_iter().filter(|word| word.starts_with("//")).collect()
}

fn is_blank(word: &&str) -> bool {
    word.chars().all(char::is_whitespace)
}

/// How many words a change took away and put in.
fn counted(words: &[&str]) -> usize {
    words.iter().filter(|word| !is_blank(word)).count()
}

/// Whether a statement is read as it says, beside the others of its document.
fn is_read(document: &Document, at: usize, what: &Statement) -> bool {
    let mut changed = document.clone();
    changed.items[at].what = what.clone();
    let parsed = parse(&print(&changed));
    !parsed.has_errors() && parsed.document.same_as(&changed)
}

/// Changes one setting after the other of the statement at `at` and looks at
/// what became of the text; notes which settings these were.
fn judge(
    (text, document): (&str, &Document),
    (at, item): (usize, &Item),
    changes: Vec<Change>,
    seen: &mut BTreeSet<(&'static str, &'static str)>,
) -> Result<(), TestCaseError> {
    for change in changes {
        if change.what == item.what || !is_read(document, at, &change.what) {
            continue;
        }
        seen.insert((change.kind, change.setting));
        let wanted = Item { what: change.what.clone(), ..item.clone() };
        let changed = edit::replace(text, item.span, &wanted).expect("a statement");
        let after = parse(&changed).document;
        prop_assert_eq!(&after.items[at].what, &change.what, "{}", changed);
        let (gone, come) = differing(text, &changed);
        let told = || format!("{}: {gone:?} -> {come:?}\n{}", change.setting, statement(item));
        prop_assert_eq!(comments(text), comments(&changed), "{}", told());
        // Nothing of another statement is near.
        let start = text.len() - differing_tail(text, &changed);
        prop_assert!(start <= item.span.end as usize + 1, "{}", told());
        // A queue that is all that `temporary` means is called that: one word
        // takes the place of several, or several that of one.
        let short = |words: &[&str]| words.contains(&"temporary");
        if change.extent == Extent::Word && !short(&gone) && !short(&come) {
            let (gone, come) = (counted(&gone), counted(&come));
            let most = if gone == 0 || come == 0 { 2 } else { 1 };
            prop_assert!(gone <= most && come <= most, "{}", told());
        }
    }
    Ok(())
}

#[test]
fn one_setting_changes_its_words_and_no_other_byte() {
    let seen = RefCell::new(BTreeSet::new());
    let config =
        ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(old in document(), new in document())| {
        let text = dressed(&old);
        let before = parse(&text).document;
        for (at, item) in before.items.iter().enumerate() {
            let kind = std::mem::discriminant(&item.what);
            let other = new.items.iter().find(|o| std::mem::discriminant(&o.what) == kind);
            let Some(other) = other else { continue };
            let changes = changes(&item.what, &other.what);
            judge((&text, &old), (at, item), changes, &mut seen.borrow_mut())?;
        }
    });
    let seen = seen.into_inner();
    assert!(seen.len() >= 50, "only {} settings were changed: {seen:?}", seen.len());
}

/// How many bytes two texts end with alike.
fn differing_tail(old: &str, new: &str) -> usize {
    old.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count()
}

#[test]
fn a_list_grows_and_shrinks_in_its_place() {
    let text = "warren 1\nqueue q\nconsumer a <- q  work 5s  then   nack, reject // c\n    \
                heartbeat 5s\n";
    let item = parse(text).document.items[1].clone();
    for (outcomes, want) in [
        (
            vec![Outcome::Nack { requeue: true }, Outcome::Ack, Outcome::Ack],
            "nack requeue, ack, ack",
        ),
        (vec![Outcome::Nack { requeue: false }], "nack"),
        (vec![Outcome::Ack, Outcome::Reject { requeue: false }], "ack, reject"),
        (vec![Outcome::Nack { requeue: true }], "nack requeue"),
    ] {
        let mut new = item.clone();
        if let Statement::Consumer(decl) = &mut new.what {
            decl.outcomes = outcomes;
        }
        let changed = edit::replace(text, item.span, &new).expect("a statement");
        assert_eq!(changed, text.replace("nack, reject", want));
    }
}

#[test]
fn notes_between_words_that_change_stay() {
    let text = "warren 1\nqueue q arg x-max-length 1 // one\n    arg x-message-ttl 2 // two\n    \
                arg x-expires 3 // three\n    transient // four\n";
    let item = parse(text).document.items[0].clone();
    for arguments in ["", "arg x-max-priority 5", "arg x-expires 3 arg x-max-length 1"] {
        let new =
            parse(&format!("warren 1\nqueue q {arguments} transient\n")).document.items[0].clone();
        let changed = edit::replace(text, item.span, &new).expect("a statement");
        assert_eq!(comments(&changed), comments(text), "{changed}");
        assert_eq!(parse(&changed).document.items[0].what, new.what, "{changed}");
    }
}
