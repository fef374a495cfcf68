//! Clients that share a channel: one sequence of tags and of confirms, one
//! limit, one end. And publishers with several instances.

use super::{check, run};

#[test]
fn an_error_of_one_closes_the_channel_of_both() {
    check(
        "latency 100ms
         queue a
         queue b
         queue c
         publisher p -> queue a, b, c every 200ms count 30
         consumer x <- a prefetch 2 work 300ms then ack on office channel 1
         consumer y <- b prefetch 2 work 300ms then ack on office channel 1
         consumer z <- c prefetch 2 work 300ms then ack on office
         at 2s get nowhere by x
         at 6s start y
         at 7s start x
         expect channel 1 of x closes with 404
         expect channel 1 of y closes with 404
         expect never channel 2 of z closes with 404
         expect at 3s client x has 0 connected
         expect at 3s client y has 0 connected
         expect at 3s queue a has 0 unacked
         expect at 3s queue b has 0 unacked
         expect always from 1ms client z has 1 connected
         expect at 6500ms client y has 1 connected
         expect at 6500ms client x has 0 connected
         expect client x has at least 10 acked
         expect client y has at least 10 acked
         expect client z has 10 acked
         expect queue a has 0 messages
         expect queue b has 0 messages",
    );
}

#[test]
fn the_flag_multiple_settles_for_all_who_share_the_channel() {
    check(
        "latency 100ms
         queue a
         queue b
         publisher p -> queue b, a, a every 100ms count 3
         consumer fast <- a prefetch 2 batch 2 then ack on office channel 1
         consumer slow <- b prefetch 1 work 3s then ack on office channel 1
         expect at 2s queue b has 0 messages
         expect message A2 is acked then message A1 is acked
         expect channel 1 of slow closes with 406
         expect channel 1 of fast closes with 406",
    );
}

#[test]
fn who_stops_gives_back_and_the_channel_stays() {
    check(
        "latency 100ms
         queue q
         publisher p -> queue q every 0s count 12
         consumer c <- q prefetch 3 work 500ms then ack instances 2 on office channel 3
         at 1200ms scale c to 1
         expect at 1s queue q has 2 consumers
         expect at 1s queue q has 6 unacked
         expect at 1500ms queue q has 1 consumer
         expect never from 1500ms queue q has at least 4 unacked
         expect client c has 12 acked
         expect queue q has 0 messages
         expect never channel 3 of c closes with 406",
    );
}

#[test]
fn what_comes_too_late_goes_back() {
    check(
        "latency 500ms
         queue q
         queue other
         publisher p -> queue q at 1s
         publisher r -> queue other every 1s count 6
         consumer gone <- q on office channel 1
         consumer stays <- other on office channel 1
         at 1700ms stop gone
         expect client gone has 0 received
         expect at 1900ms queue q has 1 unacked
         expect at 3s queue q has 1 ready
         expect queue q has 1 requeued
         expect client stays has 6 acked",
    );
}

#[test]
fn confirms_are_numbered_per_channel() {
    check(
        "latency 100ms
         queue q
         publisher p -> queue q every 300ms count 6 confirms on office channel 1
         publisher quiet -> queue q every 250ms count 5 on office channel 1
         publisher s -> queue q, nowhere every 700ms count 4 confirms mandatory on office channel 1
         at 5s stop p
         at 6s start p
         at 7s publish p -> queue q
         expect client p has 7 confirmed
         expect client s has 4 confirmed
         expect client s has 2 returned
         expect client p has 0 returned
         expect client quiet has 0 confirmed
         expect client p has 0 unconfirmed
         expect client s has 0 unconfirmed
         expect message A6 is confirmed
         expect message C4 is confirmed",
    );
}

#[test]
fn a_commit_is_for_all_who_publish_on_the_channel() {
    check(
        "latency 100ms
         queue q
         publisher p -> queue q every 1s count 3 transaction 3 on office channel 1
         publisher r -> queue q at 500ms, 4s on office channel 1
         expect at 1900ms queue q has 0 messages
         expect at 3s queue q has 4 messages
         expect queue q has 4 received",
    );
}

#[test]
fn each_who_asks_on_a_channel_is_answered() {
    check(
        "latency 100ms
         end 9s
         queue a
         queue b
         publisher p -> queue a, b every 0s count 8
         consumer x <- a poll 1s work 100ms then ack on office channel 1
         consumer y <- b poll 1s work 100ms then ack on office channel 1
         expect client x has 4 received
         expect client y has 4 received
         expect message A1 reaches x
         expect message A2 reaches y
         expect client x has 4 acked
         expect client y has 4 acked",
    );
}

#[test]
fn a_global_limit_is_for_all_who_share_the_channel() {
    let text = |profile: &str, unacked: u32| {
        format!(
            "profile {profile}
             latency 100ms
             queue a
             queue b
             consumer x <- a prefetch 3 global work 10s then ack on office channel 1
             consumer y <- b prefetch 3 global work 10s then ack on office channel 1
             at 1s publish -> queue a count 9
             at 2s publish -> queue b count 9
             end 5s
             expect at 3s queue a has 3 unacked
             expect at 3s queue b has {unacked} unacked"
        )
    };
    check(&text("4.0", 0));
    // Since 4.3 it is a limit of each consumer.
    check(&text("4.3", 3));
}

#[test]
fn one_client_publishes_and_consumes_on_one_channel() {
    check(
        "latency 100ms
         queue requests
         publisher asker -> queue requests every 1s count 3 reply-to amq.rabbitmq.reply-to channel 1
         consumer asker <- amq.rabbitmq.reply-to auto-ack channel 1
         consumer server <- requests work 100ms then ack reply \"yes\"
         expect client asker has 3 received
         expect client server has 3 acked",
    );
}

#[test]
fn channels_that_are_said_leave_the_others_to_the_rest() {
    check(
        "latency 100ms
         publisher a -> nowhere at 1s on office
         publisher b -> nowhere at 2s on office channel 1
         publisher c -> nowhere at 3s on office
         publisher d -> nowhere at 4s on office channel 2047
         expect channel 2 of a closes with 404
         expect channel 1 of b closes with 404
         expect channel 3 of c closes with 404
         expect channel 2047 of d closes with 404",
    );
}

#[test]
fn a_publisher_has_instances_and_is_scaled() {
    check(
        "latency 100ms
         queue q
         publisher shop -> queue q every 1s count 4 instances 2 body \"{client} {n}\"
         publisher other -> queue q once
         at 1500ms scale shop to 3
         at 2500ms change shop every 200ms
         at 6s publish shop -> queue q body \"by hand\"
         expect at 1s client shop has 2 connected
         expect at 2s client shop has 3 connected
         expect client shop has 15 published
         expect client shop-3 has 5 published
         expect message A1 has body \"shop-1 1\"
         expect message C4 has body \"shop-3 4\"
         expect message D1 reaches queue q
         expect queue q has 16 received",
    );
    let timeline = run("queue q\npublisher p -> queue q every 1s count 2 instances 2
                        at 3s scale p to 1\nend 5s");
    let stopped = timeline.events().iter().filter(|e| e.sentence().contains("p-2 closes"));
    assert_eq!(stopped.count(), 1);
}
