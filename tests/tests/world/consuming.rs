//! Consumers that come and go on one channel, ask one by one and settle in
//! batches; transactions that are undone; limits, and connections closed by
//! force.

use super::{check, run};

#[test]
fn who_cancels_keeps_what_it_has_and_can_consume_again() {
    check(
        "latency 100ms
         queue q
         queue r
         publisher p -> queue q every 200ms count 20
         consumer c <- q, r prefetch 2 work 300ms then ack
         at 1s cancel c <- q
         at 2s publish -> queue r
         at 3s consume c <- q
         expect at 1900ms queue q has 0 consumers
         expect at 1900ms queue r has 1 consumer
         expect at 2900ms queue q has at least 8 ready
         expect never from 1900ms to 3s queue q has at least 1 unacked
         expect at 2900ms client c has 1 connected
         expect client c has 21 acked
         expect queue q has 0 messages",
    );
}

#[test]
fn a_prefetch_limit_holds_for_consumers_that_begin_later() {
    check(
        "latency 50ms
         queue q
         publisher p -> queue q every 0s count 30
         consumer c <- q prefetch 1 work 1s then ack
         at 2s change c prefetch 3
         expect at 4s queue q has 1 unacked
         at 5s cancel c
         at 5s consume c
         expect at 8s queue q has at least 3 unacked
         at 9s stop c
         at 10s start c
         expect at 12s queue q has 3 unacked",
    );
}

#[test]
fn who_polls_asks_and_is_no_consumer() {
    check(
        "latency 100ms
         end 12s
         queue q
         publisher p -> queue q every 0s count 3
         consumer c <- q poll 1s work 2s then ack, reject requeue, ack
         expect always queue q has 0 consumers
         expect always queue q has at most 1 unacked
         expect at 1s client c has 0 received
         expect at 1250ms client c has 1 received
         expect client c has 1 redelivered
         expect client c has 2 acked",
    );
    let timeline = run("latency 100ms\nend 5s\nqueue q\nconsumer c <- q poll 1s auto-ack");
    let vain = timeline.events().iter().filter(|e| e.sentence().contains("queue is empty"));
    assert_eq!(vain.count(), 4);
}

#[test]
fn a_client_gets_a_message_and_works_on_it() {
    check(
        "latency 100ms
         queue q
         queue other
         publisher p -> queue other once
         consumer c <- q work 200ms then ack
         at 2s get other by c
         at 3s get other by c
         expect client c has 1 received
         expect client c has 1 acked
         expect queue other has 0 messages",
    );
}

#[test]
fn a_batch_is_settled_at_once() {
    check(
        "latency 100ms
         queue q
         queue dead
         queue r dead-letter \"\" key dead
         publisher p -> queue q every 0s count 7
         publisher s -> queue r every 0s count 4
         consumer c <- q prefetch 5 batch 3 work 100ms then ack, nack requeue, ack
         consumer d <- r batch 2 then nack, forget
         expect at 550ms queue q has 5 unacked
         expect at 650ms queue q has 4 unacked
         expect eventually queue q has 3 requeued
         expect client c has 10 received
         expect client c has 6 acked
         expect queue q has 1 unacked
         expect queue dead has 2 ready
         expect queue r has 2 unacked",
    );
}

#[test]
fn an_undone_transaction_reaches_nobody() {
    check(
        "latency 100ms
         queue q
         publisher p -> queue q every 100ms count 6 transaction 2 then rollback, commit
         expect queue q has 2 ready
         expect message A2 never reaches queue q
         expect message A3 reaches queue q
         expect message A6 never reaches queue q
         expect exchange \"\" has 2 received",
    );
}

#[test]
fn a_connection_is_closed_by_force() {
    check(
        "latency 100ms
         queue q
         publisher p -> queue q every 500ms count 6 reconnect 1s
         consumer c <- q instances 2 prefetch 1 work 50ms
         at 1s close p
         at 2s close c
         at 9s close p
         expect connection of p closes with 320
         expect connection of c-2 closes with 320
         expect client c has 0 connected
         expect client p has 6 published",
    );
}

#[test]
fn limits_hold_until_they_are_lifted() {
    check(
        "latency 100ms
         user shop max-connections 1
         permit shop write .* read .*
         queue q
         publisher p -> queue q every 1s count 3 as shop
         at 1s publisher second -> queue q once as shop
         at 2s limit max-queues 1
         at 3s queue r
         at 4s limit max-connections 9
         at 5s queue s
         expect connection of second closes with 530
         expect eventually from 3s to 3.1s refused 406
         expect never from 4s refused 406
         expect queue r is gone
         expect queue s is there",
    );
}

#[test]
fn what_a_step_publishes_can_be_expected() {
    check(
        "latency 100ms
         queue q
         queue r
         publisher p -> queue q once header CUST 7 body \"<a/>\" message-id M{n} timestamp 5
         step s <- q -> queue r body \"[{body}]\" header customer 7 drop-header CUST type order
         expect message A1 has header CUST 7 body \"<a/>\" message-id M1 timestamp 5
         expect message B1 has body \"[<a/>]\" header customer 7 no-header CUST type order key r
         expect message B1 has message-id M1",
    );
}
