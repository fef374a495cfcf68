//! Expectations of every kind, those that hold and those that do not.

use super::run;

/// A run in which enough goes wrong.
const STORY: &str = "latency 100ms
    exchange x topic
    exchange dead fanout
    queue q dead-letter dead
    queue grave
    bind x -> q key a.#
    bind dead -> grave
    publisher p -> x key a.b, c.d every 1s count 4 mandatory confirms
    consumer c <- q prefetch 1 work 500ms then nack requeue, ack, reject
    publisher lost -> nowhere once
    at 2s queue q transient
    at 3s queue late
    at 4s delete queue late";

/// Whether a line that expects something holds at the end of the story, and
/// what was found.
fn outcome(line: &str) -> (bool, String) {
    let timeline = run(&format!("{STORY}\n{line}"));
    let [outcome] = timeline.outcomes() else { panic!("one outcome of {line}") };
    (outcome.held, outcome.found.clone())
}

#[test]
fn every_kind_of_claim_can_hold_and_fail() {
    for (line, held, found) in [
        ("queue q has 2 received", true, "queue q has 2 received"),
        ("queue q has 3 delivered", true, "queue q has 3 delivered"),
        ("queue q has 2 requeued", false, "queue q has 1 requeued"),
        ("queue q has 1 rejected", true, "queue q has 1 rejected"),
        ("queue q has 1 dead-lettered", true, "queue q has 1 dead-lettered"),
        ("at 3900ms queue late has 0 expired", true, "queue late has 0 expired"),
        ("queue late has 0 messages", false, "there is no queue late"),
        ("queue late is gone", true, "queue late does not exist"),
        ("exchange x has 4 received", true, "exchange x has 4 received"),
        ("exchange x has 1 unroutable", false, "exchange x has 2 unroutable"),
        ("exchange dead has 1 received", true, "exchange dead has 1 received"),
        ("exchange y has 0 received", true, "exchange y has 0 received"),
        ("message A1 has key a.b", true, "A1 has all of that"),
        ("message A2 has key a.b body \"x\"", false, "A2 has key c.d, body \"\""),
        ("message A9 has key a.b", false, "A9 was not published"),
        ("message A1 has header h 1", false, "A1 has no header h"),
        ("message A1 has type t", false, "A1 has no as its type"),
        ("never message A1 is acked", false, "at "),
        ("never message A1 is expired", true, "it did not happen"),
        ("eventually message A1 is acked", true, "at "),
        ("eventually to 500ms message A1 is acked", false, "it did not happen"),
        ("never to 500ms message A1 is acked", true, "it did not happen"),
        ("at 3s queue late is there", true, "queue late exists"),
        ("exchange y is there", false, "exchange y does not exist"),
        ("client p has 4 confirmed", true, "p has 4 confirmed"),
        ("client p has 2 unconfirmed", false, "p has 0 unconfirmed"),
        ("client c has 1 connected", true, "c has 1 connected"),
        ("client c receives A1, A3", true, "c received A1, A1, A3"),
        ("client c receives A3, A1", false, "c received A1, A1, A3"),
        ("client c receives A1, A1, A1", false, "c received A1, A1, A3"),
        ("message A1 reaches c", true, "A1 reached c"),
        ("message A3 never reaches queue grave", false, "A3 reached queue grave"),
        ("message A2 is returned", true, "A2 was returned"),
        ("message A2 is unroutable", true, "A2 was unroutable"),
        ("message A1 is confirmed", true, "A1 was confirmed"),
        ("message A1 is nacked", false, "A1 was not nacked"),
        ("message A1 is requeued", true, "A1 was requeued"),
        ("message A1 is acked", true, "A1 was acked"),
        ("message A3 is rejected", true, "A3 was rejected"),
        ("message A3 is never dead-lettered", false, "A3 was dead-lettered"),
        ("message A1 is never expired", true, "A1 was not expired"),
        ("message A3 has x-death", true, "x-death of A3 has 1 times rejected in queue q"),
        ("message A3 has x-death queue q reason rejected count 1", true, "x-death of A3 has"),
        ("message A3 has x-death reason expired", false, "x-death of A3 has 1 times rejected"),
        ("message A3 has x-death queue grave", false, "x-death of A3 has 1 times rejected"),
        ("message A1 has x-death", false, "x-death of A1 has no entry"),
        ("channel 1 of lost closes with 404", true, "The broker closes channel 1 of lost: 404"),
        ("channel 1 of lost closes with 403", false, "The broker closes channel 1 of lost: 404"),
        ("channel 2 of lost closes with 404", false, "The broker closes channel 1 of lost: 404"),
        ("channel 1 of p closes with 404", false, "channel 1 of p stayed open"),
        ("connection of p closes with 320", false, "the connection of p stayed open"),
        ("refused 406", true, "The broker refuses: 406 PRECONDITION_FAILED"),
        ("refused 404", false, "The broker refuses: 406 PRECONDITION_FAILED"),
        ("message A1 reaches c then message A1 is acked", true, "all happened in this order"),
        ("message A1 is acked then message A1 is requeued", false, "not in this order: message A1"),
    ] {
        let (is, words) = outcome(&format!("expect {line}"));
        assert_eq!((is, words.starts_with(found)), (held, true), "{line}: {words}");
    }
}

#[test]
fn a_stretch_of_time_is_looked_at_whole() {
    for (line, held, found) in [
        ("always queue q has at most 1 unacked", true, "it always did; at the end queue q has 0"),
        ("always queue q has 0 unacked", false, "at 0.1s queue q has 1 unacked"),
        ("always from 3.5s queue q has 0 messages", true, "it always did"),
        ("always to 50ms queue q has 0 messages", true, "it always did"),
        ("never queue q has at least 2 messages", true, "it never did"),
        ("never queue q has 1 unacked", false, "at 0.1s queue q has 1 unacked"),
        ("never from 1s to 1.5s queue q has 1 unacked", false, "at 1s queue q has 1 unacked"),
        ("never from 1.5s to 1.9s queue q has 1 unacked", true, "it never did"),
        ("eventually queue late is there", true, "at 3s queue late exists"),
        ("eventually from 3.2s to 3.3s queue late is there", true, "at 3.2s queue late exists"),
        ("eventually from 4.1s queue late is there", false, "it never did; at the end queue late"),
        ("eventually client p has 4 published", true, "at 3s p has 4 published"),
        ("eventually to 2.9s client p has 4 published", false, "it never did"),
        ("always from 50s queue q has 0 unacked", false, "the run ended at"),
    ] {
        let (is, words) = outcome(&format!("expect {line}"));
        assert_eq!((is, words.starts_with(found)), (held, true), "{line}: {words}");
    }
}

/// Going back and forth does not look twice.
#[test]
fn what_was_decided_is_decided_once() {
    use warren_core::time::Tick;
    let mut timeline = run(&format!(
        "{STORY}\nexpect eventually queue q has 1 unacked\nexpect never client p has 3 published"
    ));
    let events = timeline.events().len();
    for at in [0, 5_000_000, 1_000_000, 2_000_000, 100] {
        timeline.frame(Tick(at));
    }
    assert_eq!(timeline.events().len(), events);
    assert_eq!(timeline.outcomes().len(), 2);
}
