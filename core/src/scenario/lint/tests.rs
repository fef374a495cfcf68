use crate::scenario::{Diagnostic, parse};

/// The findings of a scenario: code, the words they stand at, help.
fn hints(text: &str) -> Vec<(&'static str, String, String)> {
    let text = format!("warren 1\n{text}");
    let found = parse(&text).diagnostics;
    let at = |d: &Diagnostic| text[d.span.start as usize..d.span.end as usize].to_owned();
    found.iter().map(|d| (d.code, at(d), d.help.clone().unwrap_or_default())).collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    hints(text).into_iter().map(|(code, ..)| code).collect()
}

#[test]
fn an_exchange_that_passes_nothing_on_is_told_to_who_publishes_there() {
    let text = "exchange a topic\npublisher p -> a key x once\nat 1s publish -> a key x\n";
    let found = hints(text);
    assert_eq!(codes(text), ["no-bindings"; 2]);
    assert!(found.iter().all(|(_, at, _)| at == "a"), "{found:?}");
    for fine in [
        "exchange a topic\nqueue q\npublisher p -> a key x once\nat 1s bind a -> q key x\n",
        "exchange a topic\npublisher p -> a key x once mandatory\n",
        "exchange a topic alternate b\nexchange b fanout\npublisher p -> a key x once\n",
        "exchange a topic internal\npublisher p -> a key x once\n",
        "exchange a topic\npublisher p -> a once\npolicy n ^a alternate amq.fanout\n",
        "exchange a topic\n",
    ] {
        assert_eq!(codes(fine), Vec::<&str>::new(), "{fine}");
    }
}

#[test]
fn a_key_that_nothing_published_fits_is_told_with_what_is_published() {
    let head = "queue q\nexchange e topic\npublisher p -> e key a.b.c, d once\n";
    let found = hints(&format!("{head}bind e -> q key a.*\nbind e -> q key a.#\n"));
    let help = "published to `e` are `a.b.c`, `d`";
    assert_eq!(found, [("never-fits", "key a.*".to_owned(), help.to_owned())]);
    assert_eq!(
        codes("queue q\npublisher p -> amq.direct key x once\nbind amq.direct -> q key x.#\n"),
        ["never-fits"]
    );
    for (fine, why) in [
        ("publisher more -> e key a.{n} once\n", "keys that are made while it runs"),
        ("bind amq.fanout -> exchange e\n", "keys of another exchange"),
        ("queue r dead-letter e\npublish -> queue r\n", "keys of the dead"),
        ("exchange f direct alternate e\n", "keys of what fits nothing elsewhere"),
        ("consumer c <- q forward -> e\n", "the keys they came with"),
        ("publisher more -> e key z once header CC array(\"a.b\")\n", "keys in a header"),
        ("at 1s publish -> e key z header BCC array(\"x\")\n", "keys in a header"),
        (
            "consumer c <- q forward -> amq.fanout key z header CC array(\"x\")\n",
            "keys in a header",
        ),
        ("at 1s publish -> e key a.z\n", "a key used later"),
    ] {
        let text = format!("{head}{fine}bind e -> q key a.*\n");
        assert_eq!(codes(&text), Vec::<&str>::new(), "{why}");
    }
}

#[test]
fn a_text_with_errors_gets_no_hints() {
    let text = "exchange e topic\nqueue q\npublisher p -> e key a once\nbind e -> q kye a\n";
    assert_eq!(codes(text), ["unknown-setting"]);
}

#[test]
fn many_keys_and_bindings_take_bounded_work() {
    let mut text = String::from("exchange e topic\nqueue q\n");
    for n in 0..20_000 {
        text += &format!("publisher p{n} -> e key k{n} once\nbind e -> q key x.{n}\n");
    }
    assert_eq!(codes(&text), ["never-fits"; 5]);
}

#[test]
fn an_exchange_for_the_dead_and_for_what_is_passed_on_needs_bindings_too() {
    let head = "exchange dead fanout\nqueue q\npublisher p -> queue q once\n";
    for text in ["queue r dead-letter dead\n", "consumer c <- q forward -> dead\n"] {
        let found = codes(&format!("{head}{text}bind amq.topic -> r\npublish -> amq.topic\n"));
        assert!(found.contains(&"no-bindings"), "{text}: {found:?}");
        let bound = codes(&format!("{head}{text}bind dead -> q\nqueue r\npublish -> queue r\n"));
        assert!(!bound.contains(&"no-bindings"), "{text}: {bound:?}");
    }
}

#[test]
fn a_queue_that_nothing_leads_to_is_told() {
    let head = "exchange e topic\nqueue lost\nqueue q\nbind e -> q key #\npublisher p -> e once\n\
                consumer w <- lost\n";
    let found = hints(head);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, &*found[0].1), ("unreachable-queue", "lost"));
    for (fine, why) in [
        ("publish -> queue lost\n", "by its name"),
        ("publisher r -> queue q, lost once\n", "by its name, in turn"),
        ("publisher r -> queue q once reply-to lost\n", "answers"),
        ("consumer c <- q forward -> queue lost\n", "what is passed on"),
        ("queue w dead-letter \"\" key lost\nbind e -> w\n", "dead letters by its name"),
        ("queue w dead-letter d\nbind e -> w\nexchange d fanout\nbind d -> lost\n", "dead letters"),
        ("exchange f fanout\nbind e -> exchange f key #\nbind f -> lost\n", "two exchanges"),
        ("at 9s bind e -> lost key #\n", "a binding that comes later"),
        ("publisher r -> queue q-{n} once\n", "a name that only the run knows"),
        ("consumer c <- q forward -> queue q-{n}\n", "a name that only the run knows"),
        ("publisher r -> e key z header CC array(\"lost\") once\n", "keys in a header"),
        (
            "exchange g topic alternate h\nexchange h fanout\nbind h -> lost\npublisher r -> g once\n\
          bind g -> q key x\n",
            "an alternate exchange",
        ),
    ] {
        let found = codes(&format!("{head}{fine}"));
        assert!(!found.contains(&"unreachable-queue"), "{why}: {found:?}");
    }
    assert_eq!(codes("exchange e topic\nqueue q\nconsumer c <- q\n"), Vec::<&str>::new());
}

#[test]
fn a_slow_consumer_without_a_limit_is_told() {
    let busy = "queue q\npublisher p -> queue q every 200ms count 20\n";
    let found = hints(&format!("{busy}consumer c <- q work 1s then ack\n"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, &*found[0].1), ("unlimited-prefetch", "work 1s"));
    let topic = "exchange e topic\nqueue q\nbind e -> q key a.#\n\
                 publisher p -> e key a.b every 200ms count 20\n";
    assert_eq!(codes(&format!("{topic}consumer c <- q work 1s\n")), ["unlimited-prefetch"]);
    for (fine, why) in [
        ("consumer c <- q prefetch 1 work 1s\n", "a limit"),
        ("consumer c <- q auto-ack work 1s\n", "nothing to acknowledge"),
        ("consumer c <- q work 100ms\n", "it is fast enough"),
        ("consumer c <- q work 500ms instances 3\n", "there are enough of it"),
        ("consumer c <- q work 300ms\nconsumer d <- q prefetch 1 work 300ms\n", "others help"),
        ("consumer c <- q work 1s\nat 1s change c prefetch 1\n", "a limit that comes later"),
        (
            "consumer c <- q, s work 1s\nqueue s stream\npublish -> queue s\n",
            "a stream keeps what is read",
        ),
    ] {
        assert_eq!(codes(&format!("{busy}{fine}")), Vec::<&str>::new(), "{why}");
    }
    for (few, why) in [
        ("publisher p -> queue q every 200ms count 2\n", "two messages show nothing"),
        ("publisher p -> queue q at 0s, 1s, 2s\n", "told one by one"),
        ("publisher p -> queue q, r every 200ms count 20\nqueue r\n", "shared by chance"),
    ] {
        let text = format!("queue q\n{few}consumer c <- q work 1s\n");
        assert_eq!(codes(&text), Vec::<&str>::new(), "{why}");
    }
}

#[test]
fn a_circle_of_the_dead_is_told_with_the_way_round() {
    let two = "exchange there fanout\nexchange back direct\nqueue due ttl 5s dead-letter there\n\
               publisher p -> back key due once\n";
    let bound = "bind there -> wait\nbind back -> due key due\n";
    let found = hints(&format!("{two}queue wait ttl 1s dead-letter back key due\n{bound}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, &*found[0].1), ("dead-letter-circle", "dead-letter there"));
    let alone = "queue q max-length 1 dead-letter \"\" key q\npublisher p -> queue q once\n";
    assert_eq!(codes(alone), ["dead-letter-circle"]);
    let expiring = "publisher p -> queue q expiration 1s once\n";
    let own = format!("queue q dead-letter \"\" key q\n{expiring}");
    assert_eq!(codes(&own), ["dead-letter-circle"], "it begins with an expiration");
    for (fine, why) in [
        (
            "queue q max-length 1 overflow reject-publish dead-letter \"\" key q\n",
            "no room is made",
        ),
        // Where it comes from the second time it has no expiration any more.
        (
            "queue a dead-letter \"\" key b\nqueue b dead-letter \"\" key a\n\
             publisher p -> queue a expiration 1s once\n",
            "nothing dies where it comes to",
        ),
    ] {
        assert_eq!(codes(fine), Vec::<&str>::new(), "{why}");
    }
    for (fine, why) in [
        ("queue wait ttl 1s dead-letter back key other\n", "another key"),
        ("queue wait ttl 1s dead-letter back\n", "a key that nobody knows"),
        ("queue wait ttl 1s\n", "an end"),
        ("queue wait dead-letter back key due\n", "nothing dies there"),
        (
            "queue wait ttl 1s dead-letter back key due\nconsumer c <- due then reject, ack\n",
            "rejected",
        ),
    ] {
        assert_eq!(codes(&format!("{two}{fine}{bound}")), Vec::<&str>::new(), "{why}");
    }
}

#[test]
fn a_batch_that_cannot_fill_is_told() {
    let head = "queue q\nqueue r\npublisher p -> queue q, r every 1s count 9\n";
    let found = hints(&format!("{head}consumer c <- q prefetch 2 batch 3\n"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, &*found[0].1), ("batch-over-prefetch", "batch 3"));
    assert_eq!(
        codes(&format!("{head}consumer c <- q, r prefetch 2 global batch 3\n")),
        ["batch-over-prefetch"]
    );
    for (fine, why) in [
        ("consumer c <- q prefetch 3 batch 3\n", "just enough"),
        ("consumer c <- q batch 3\n", "no limit"),
        ("consumer c <- q, r prefetch 2 batch 3\n", "a limit for each queue"),
        ("consumer c <- q prefetch 2 batch 3 auto-ack\n", "nothing to settle"),
        ("consumer c <- q prefetch 2 batch 3\nat 1s change c prefetch 3\n", "it grows"),
    ] {
        assert_eq!(codes(&format!("{head}{fine}")), Vec::<&str>::new(), "{why}");
    }
}
