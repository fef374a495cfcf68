//! What happens when networks and brokers fail.

use super::{check, run};
use warren_core::frame::{ClientState, NodeBody};
use warren_core::time::{Span, Tick};

#[test]
fn a_cut_link_loses_and_reorders_nothing() {
    check(
        "latency 100ms
         queue q
         publisher p -> queue q every 200ms count 10
         consumer c <- q prefetch 3 work 50ms
         at 450ms cut c
         at 450ms cut p
         at 3s mend p
         at 5s mend c
         expect at 2900ms queue q has 2 received
         expect at 4900ms queue q has 10 received
         expect at 4900ms queue q has 3 unacked
         expect client c receives A1, A2, A3, A4, A5, A6, A7, A8, A9, A10
         expect client c has 10 acked
         expect client c has 0 redelivered
         expect queue q has 0 messages",
    );
}

#[test]
fn a_slow_link_that_gets_fast_again_is_not_overtaken() {
    check(
        "latency 100ms
         queue q
         publisher p -> queue q every 100ms count 20
         consumer c <- q
         at 500ms slow p 2s
         at 1s mend p
         expect client c receives A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16
         expect at 2300ms queue q has 5 received
         expect client c has 20 acked",
    );
}

#[test]
fn a_link_that_stays_cut_is_given_up_after_two_heartbeats() {
    let text = "latency 100ms
         queue q
         publisher p -> queue q every 0s count 3
         consumer c <- q prefetch 3 work 1s heartbeat 2s reconnect 500ms
         at 1s cut c
         at 8s mend c
         expect at 4900ms queue q has 3 unacked
         expect at 5100ms queue q has 3 ready
         expect at 5100ms queue q has 0 consumers
         expect client c has 3 redelivered
         expect client c has 6 acked
         expect queue q has 6 delivered";
    check(text);
    let mut timeline = run(text);
    let mut state = |at| {
        let frame = timeline.frame(Tick::ZERO + Span::millis(at));
        frame.nodes.into_iter().find_map(|node| match node.body {
            NodeBody::Client { state, consumes: Some(_), .. } => Some(state),
            _ => None,
        })
    };
    assert_eq!(state(500), Some(ClientState::Running));
    assert_eq!(state(1_500), Some(ClientState::Cut));
    let lost = ClientState::Closed { code: 0, text: "no heartbeat".into(), connection: true };
    assert_eq!(state(5_100), Some(lost));
    assert_eq!(state(9_000), Some(ClientState::Running));
}

#[test]
fn without_a_heartbeat_a_cut_link_is_never_given_up() {
    check(
        "end 1min
         queue q
         publisher p -> queue q once
         consumer c <- q prefetch 1 work 1s heartbeat 0s
         at 2s cut c
         expect queue q has 1 unacked
         expect client c has 1 connected",
    );
}

#[test]
fn a_client_that_crashes_behind_a_cut_link_is_noticed_late() {
    check(
        "latency 100ms
         queue q
         publisher p -> queue q once
         consumer c <- q work 1min heartbeat 1s
         at 1s cut c
         at 1500ms crash c
         expect at 2900ms queue q has 1 unacked
         expect at 3100ms queue q has 1 ready",
    );
}

#[test]
fn a_restart_keeps_what_is_durable() {
    check(
        "latency 100ms
         queue kept
         queue gone transient
         queue own temporary for c
         exchange x topic
         bind x -> own key #
         publisher safe -> queue kept every 0s count 2 persistent
         publisher unsafe -> queue kept every 0s count 3
         consumer c <- own reconnect 1s
         at 2s restart broker
         at 5s publish -> x key a
         expect at 1900ms queue kept has 5 ready
         expect at 3s queue kept has 2 ready
         expect at 2s queue gone is gone
         expect at 3s queue own is gone
         expect at 4s queue own is there
         expect connection of safe closes with 320
         expect message B1 is lost
         expect message op1 reaches c",
    );
}

#[test]
fn an_operator_policy_bounds_a_policy() {
    check(
        "queue q
         policy user q max-length 5 ttl 1s
         operator-policy bound q max-length 3 ttl 1h
         at 1s publish -> queue q count 9
         at 1500ms delete operator-policy bound
         at 1600ms publish -> queue q count 9
         at 3s delete policy user
         at 3s publish -> queue q count 9
         expect at 1s queue q has 3 ready
         expect at 1600ms queue q has 5 ready
         expect at 2900ms queue q has 0 ready
         expect queue q has 9 ready",
    );
}

#[test]
fn a_policy_that_cannot_be_is_refused_when_it_is_read() {
    let parsed = warren_core::scenario::parse("warren 1\npolicy p \"(\" max-length 1\n");
    let codes: Vec<&str> = parsed.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["bad-pattern"]);
}

#[test]
fn who_may_not_log_in_hears_why() {
    check(
        "latency 100ms
         user b
         queue q
         publisher unknown -> queue q once as mallory
         at 1s publisher late -> queue q once as mallory
         at 1s publisher stranger -> queue q once as b
         expect connection of unknown closes with 403
         expect connection of late closes with 403
         expect connection of stranger closes with 530
         expect client late has 0 published
         expect queue q has 0 received",
    );
}

#[test]
fn permissions_change_while_the_run_goes_on() {
    check(
        "latency 10ms
         user shop
         permit shop write ^a$
         exchange a fanout
         exchange b fanout
         queue q
         bind a -> q
         bind b -> q
         publisher p -> a every 1s count 6 as shop
         at 2500ms permit shop write ^b$
         publisher r -> b at 1s, 4s as shop reconnect 1s
         expect queue q has 3 received
         expect channel 1 of p closes with 403
         expect channel 1 of r closes with 403",
    );
    let timeline = run("permit nobody write .*
         user u
         at 1s permit u read \"(\"
         at 2s delete user u
         at 3s forbid u");
    let refused: Vec<String> = timeline.refusals().iter().map(|r| r.text.clone()).collect();
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(timeline.refusals().iter().all(|refusal| refusal.code == 0));
}

#[test]
fn an_alarm_stops_who_publishes_and_nobody_else() {
    let text = "latency 50ms
         queue q
         queue r
         publisher p -> queue q every 200ms count 20
         consumer c <- q prefetch 1 work 100ms
         publisher t -> queue r every 200ms count 9 transaction 3
         at 1s alarm memory
         at 3s clear memory
         expect at 2900ms queue q has 0 messages
         expect never from 1200ms to 2900ms queue q has at least 7 received
         expect at 3100ms queue q has at least 14 received
         expect queue q has 20 received
         expect queue r has 9 received
         expect client c receives A5, A6, A7, A8
         expect message A7 reaches queue q
         expect message B9 reaches queue r";
    check(text);
    let mut timeline = run(text);
    let frame = timeline.frame(Tick::ZERO + Span::millis(2_000));
    let blocked = frame
        .nodes
        .iter()
        .filter(|node| matches!(&node.body, NodeBody::Client { state: ClientState::Blocked, .. }));
    assert_eq!(blocked.count(), 2);
}
