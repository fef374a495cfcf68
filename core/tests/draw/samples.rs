//! The pictures that are looked at.

use super::stage::{Stage, client, exchange, line, queue};
use warren_core::frame::{
    ClientState, DotKind, Frame, LinkKind, NodeBody, Path, PublisherFace, Verdict,
};

pub(crate) fn all() -> Vec<(&'static str, Frame)> {
    vec![
        ("topics", topics()),
        ("work", work()),
        ("fanout", fanout()),
        ("rpc", rpc()),
        ("dead-letters", dead_letters()),
        ("crowd", crowd()),
        ("hostile", hostile()),
        ("states", states()),
        ("signals", signals()),
    ]
}

pub(crate) fn topics() -> Frame {
    let mut s = Stage::new(
        "Topics: who hears what",
        "A18 has the key order.created.eu. It fits order.# and *.created.*; it misses order.*.us \
         at the third word: eu is not us.",
    );
    s.publisher("shop", "every 500ms", 19).exchange("orders", "topic");
    s.queue("billing", 3, 1).queue("shipping", 7, 2).queue("audit-us", 0, 0);
    s.consumer("invoicer", 1, &[("A9", 0)]);
    s.consumer("packer-1", 2, &[("A10", 0)]).consumer("packer-2", 2, &[("A11", 1)]);
    s.consumer("auditor", 1, &[]);
    s.publishes("shop", "orders");
    s.bind("orders", queue("billing"), "order.#").verdict(Verdict::Matched);
    s.bind("orders", queue("shipping"), "*.created.*").verdict(Verdict::Matched);
    s.bind("orders", queue("audit-us"), "order.*.us").verdict(Verdict::Missed { word: Some(2) });
    s.consumes("billing", "invoicer").consumes("shipping", "packer-1");
    s.consumes("shipping", "packer-2").consumes("audit-us", "auditor");
    let along = |from, to| Path::Along(line(from, to, 0));
    s.dot(DotKind::Message, along(client("shop"), exchange("orders")), 450_000, "A19", 1);
    s.dot(DotKind::Message, along(exchange("orders"), queue("billing")), 620_000, "A18", 0);
    s.dot(DotKind::Message, along(exchange("orders"), queue("shipping")), 620_000, "A18", 0);
    s.dot(DotKind::Message, along(queue("shipping"), client("packer-1")), 500_000, "A12", 1);
    s.dot(
        DotKind::Ack,
        Path::Back(line(queue("shipping"), client("packer-2"), 0)),
        400_000,
        "A8",
        0,
    );
    s.0
}

pub(crate) fn work() -> Frame {
    let mut s = Stage::new("Work queues", "Three workers share one queue, one message at a time.");
    s.publisher("boss", "every 200ms", 64).exchange("", "direct").queue("tasks", 40, 3);
    s.consumer("worker-1", 1, &[("A1", 0)]).consumer("worker-2", 1, &[("A2", 2)]);
    s.consumer("worker-3", 1, &[("A3", 4)]);
    s.publishes("boss", "");
    s.link(exchange(""), queue("tasks"), LinkKind::Implicit);
    for worker in ["worker-1", "worker-2", "worker-3"] {
        s.consumes("tasks", worker);
    }
    let to = line(client("boss"), exchange(""), 0);
    for i in 0..3 {
        s.dot(DotKind::Message, Path::Along(to.clone()), 300_000, &format!("A6{i}"), i);
    }
    let into = line(exchange(""), queue("tasks"), 0);
    for i in 0..7 {
        s.dot(DotKind::Message, Path::Along(into.clone()), 500_000, &format!("A5{i}"), 0);
    }
    let from = line(queue("tasks"), client("worker-3"), 0);
    s.dot(DotKind::Requeued, Path::Into { link: from, position: 2 }, 780_000, "A4", 3);
    s.0
}

pub(crate) fn fanout() -> Frame {
    let mut s = Stage::new(
        "Exchange to exchange",
        "A fanout exchange copies to everything bound to it, other exchanges among them.",
    );
    s.publisher("scanner", "every 1s", 8).publisher("portal", "", 3);
    s.exchange("uploads", "fanout").exchange("formats", "headers").exchange("levels", "direct");
    s.queue("archive", 2, 0).queue("pdf-reports", 1, 0).queue("images", 12, 0);
    s.queue("errors", 0, 0);
    s.consumer("archiver", 5, &[("A1", 0), ("A2", 1), ("A3", 2)]);
    s.consumer("printer", 1, &[]).consumer("viewer", 0, &[]).consumer("pager", 20, &[("B2", 5)]);
    s.publishes("scanner", "uploads").publishes("portal", "levels");
    s.bind("uploads", queue("archive"), "").bind("uploads", exchange("formats"), "");
    s.bind("uploads", exchange("levels"), "ignored");
    s.headers("formats", queue("pdf-reports"), "x-match: all, format: pdf, type: report");
    s.headers("formats", queue("images"), "x-match: any, format: jpeg, format2: png");
    s.bind("levels", queue("errors"), "error").bind("levels", queue("errors"), "fatal");
    s.bind("levels", queue("archive"), "warning");
    s.consumes("archive", "archiver").consumes("pdf-reports", "printer");
    s.consumes("images", "viewer").consumes("errors", "pager");
    s.0
}

pub(crate) fn rpc() -> Frame {
    let mut s = Stage::new(
        "Remote procedure call",
        "The client names the queue for answers in reply-to; the server answers there.",
    );
    s.publisher("caller", "every 2s", 4);
    if let NodeBody::Client { consumes, .. } = s.body() {
        *consumes =
            Some(warren_core::frame::ConsumerFace { prefetch: 1, acked: 3, ..Default::default() });
    }
    s.exchange("", "direct").queue("rpc", 1, 1).queue("answers", 0, 0);
    s.note("exclusive");
    if let NodeBody::Queue { real_name, .. } = s.body() {
        *real_name = Some("amq.gen-JzTY20BRgKO-HjmUJj0wLg".into());
    }
    s.consumer("server", 1, &[("A3", 0)]);
    if let NodeBody::Client { publishes, .. } = s.body() {
        *publishes = Some(PublisherFace { published: 3, ..PublisherFace::default() });
    }
    s.publishes("caller", "");
    s.link(exchange(""), queue("rpc"), LinkKind::Implicit);
    s.link(exchange(""), queue("answers"), LinkKind::Implicit);
    s.consumes("rpc", "server").consumes("answers", "caller").publishes("server", "");
    let back = line(client("server"), exchange(""), 0);
    s.dot(DotKind::Message, Path::Along(back), 500_000, "A2", 1);
    s.0
}

pub(crate) fn dead_letters() -> Frame {
    let mut s = Stage::new("Dead letters", "What is rejected goes to the dead-letter exchange.");
    s.publisher("shop", "every 1s", 12).exchange("orders", "direct").exchange("dlx", "fanout");
    s.exchange("unrouted", "fanout");
    s.queue("work", 4, 1).note("dead-letter-exchange dlx · ttl 5s").queue("parking", 2, 0);
    s.queue("lost", 1, 0);
    s.consumer("worker", 1, &[("A9", 0)]).consumer("retry", 1, &[]);
    if let NodeBody::Client { publishes, .. } = s.body() {
        *publishes = Some(PublisherFace { published: 3, ..PublisherFace::default() });
    }
    s.publishes("shop", "orders").bind("orders", queue("work"), "new");
    s.link(exchange("orders"), exchange("unrouted"), LinkKind::Alternate);
    s.bind("unrouted", queue("lost"), "");
    s.link(queue("work"), exchange("dlx"), LinkKind::DeadLetter);
    s.bind("dlx", queue("parking"), "");
    s.consumes("work", "worker").consumes("parking", "retry").publishes("retry", "orders");
    s.bind("orders", exchange("orders"), "again");
    let dead = line(queue("work"), exchange("dlx"), 0);
    s.dot(DotKind::Message, Path::Along(dead), 600_000, "A4", 2);
    if let Some(dot) = s.0.dots.last_mut() {
        dot.dead_lettered = true;
    }
    s.0
}

pub(crate) fn crowd() -> Frame {
    let mut s = Stage::new("A crowd", "Thirty things and what connects them.");
    for i in 0..5 {
        s.publisher(&format!("service-{i}"), "every 1s", 10 * i);
    }
    s.exchange("events", "topic").exchange("audit", "fanout").exchange("jobs", "direct");
    s.exchange("region-eu", "topic").exchange("region-us", "topic");
    for i in 0..10 {
        s.queue(&format!("queue-{i}"), i * 3, i % 3);
    }
    for i in 0..10 {
        s.consumer(&format!("reader-{i}"), 1 + (i % 4) as u16, &[("A1", i as u8)]);
    }
    for i in 0..5 {
        s.publishes(&format!("service-{i}"), ["events", "jobs", "events", "jobs", "audit"][i]);
    }
    s.bind("events", exchange("audit"), "#").bind("events", exchange("region-eu"), "*.eu.#");
    s.bind("events", exchange("region-us"), "*.us.#");
    for i in 0..10usize {
        let to = queue(&format!("queue-{i}"));
        match i {
            0 | 1 => s.bind("audit", to, ""),
            2..=4 => s.bind("jobs", to, ["mail", "render", "cleanup"][i - 2]),
            5 | 6 => s.bind("region-eu", to, ["order.#", "*.*.paid"][i - 5]),
            7 | 8 => s.bind("region-us", to, ["order.#", "*.*.paid"][i - 7]),
            _ => s.bind("events", to, "system.*"),
        };
        s.consumes(&format!("queue-{i}"), &format!("reader-{i}"));
    }
    s.bind("jobs", queue("queue-9"), "any").consumes("queue-2", "reader-7");
    for i in 0..10u32 {
        let (from, to) = (queue(&format!("queue-{i}")), client(&format!("reader-{i}")));
        s.dot(DotKind::Message, Path::Along(line(from, to, 0)), i * 100_000, "B7", i as u8);
    }
    s.0
}

pub(crate) fn hostile() -> Frame {
    let mut s = Stage::new(
        "<script>alert(1)</script> & \u{202E}reversed",
        "Names may hold anything: \u{0} controls, <b>tags</b>, 🐇🐇🐇, مرحبا, and no end at all.",
    );
    let long = "long-".repeat(51);
    s.publisher(&long, "every 500ms", 19).publisher("<script>alert(1)</script>", "\"'&<>", 1);
    s.exchange("ערכת-הזמנות", "topic").exchange("🐇🐇👨‍👩‍👧‍👦 rabbits", "direct");
    s.queue(&"long.".repeat(51), 123_456, 1_234).queue("الطلبات الجديدة", 2, 0);
    s.queue("a\u{0}b\u{202E}c\n\td", 1, 0).queue("日本語のキュー名はとても長いです", 1, 0);
    s.consumer("</svg><script>", 1, &[("A9", 0)]).consumer("🦔", 2, &[]);
    s.publishes(&long, "ערכת-הזמנות").publishes("<script>alert(1)</script>", "🐇🐇👨‍👩‍👧‍👦 rabbits");
    s.bind("ערכת-הזמנות", queue(&"long.".repeat(51)), &"word.".repeat(51));
    s.verdict(Verdict::Missed { word: Some(40) });
    s.bind("ערכת-הזמנות", queue("الطلبات الجديدة"), "طلب.جديد.*").verdict(Verdict::Matched);
    s.bind("🐇🐇👨‍👩‍👧‍👦 rabbits", queue("a\u{0}b\u{202E}c\n\td"), "<b>&amp;</b>");
    s.bind("🐇🐇👨‍👩‍👧‍👦 rabbits", queue("日本語のキュー名はとても長いです"), "日本語");
    s.consumes("a\u{0}b\u{202E}c\n\td", "</svg><script>").consumes("الطلبات الجديدة", "🦔");
    s.0
}

pub(crate) fn states() -> Frame {
    let mut s = Stage::new("States", "What clients look like when things go wrong.");
    s.publisher("running", "every 1s", 4).publisher("connecting", "every 1s", 0);
    if let NodeBody::Client { state, .. } = s.body() {
        *state = ClientState::Connecting;
    }
    s.publisher("stopped", "every 1s", 7);
    if let NodeBody::Client { state, .. } = s.body() {
        *state = ClientState::Stopped;
    }
    s.publisher("refused", "every 1s", 7);
    if let NodeBody::Client { state, .. } = s.body() {
        *state = ClientState::Closed {
            code: 404,
            text: "NOT_FOUND - no exchange 'nope' in vhost '/'".to_owned(),
            connection: false,
        };
    }
    s.exchange("amq.topic", "topic").exchange("inner", "x-random");
    if let NodeBody::Exchange { internal, .. } = s.body() {
        *internal = true;
    }
    s.queue("empty", 0, 0).queue("one", 1, 0).queue("nine", 9, 0).queue("twelve", 12, 0);
    s.queue("thirty", 30, 0).queue("many", 4_321, 250);
    s.consumer("idle", 3, &[]).consumer("dead", 3, &[("A1", 0)]);
    if let NodeBody::Client { state, consumes, .. } = s.body() {
        *state = ClientState::Crashed;
        if let Some(face) = consumes {
            face.progress = None;
        }
    }
    s.consumer("closed", 2, &[]);
    if let NodeBody::Client { state, .. } = s.body() {
        *state = ClientState::Closed {
            code: 406,
            text: "PRECONDITION_FAILED - unknown delivery tag 12".to_owned(),
            connection: false,
        };
    }
    let many: Vec<(String, u8)> = (0..12).map(|i| (format!("A{i}"), i)).collect();
    let many: Vec<(&str, u8)> = many.iter().map(|(label, colour)| (&**label, *colour)).collect();
    s.consumer("greedy", 0, &many).consumer("eight", 8, &many[..5]);
    if let NodeBody::Client { consumes: Some(face), .. } = s.body() {
        face.holds[0].redelivered = true;
        face.holds[1].dead_lettered = true;
        face.holds[2].settled = true;
        face.progress = Some(800);
    }
    s.consumer("wide", 50, &many);
    s.0
}

pub(crate) fn signals() -> Frame {
    let mut s = Stage::new("Signals", "Each kind of dot has its own sign and its own way.");
    s.publisher("shop", "confirms", 9).exchange("orders", "direct");
    if let NodeBody::Client { publishes: Some(face), .. } = &mut s.0.nodes[0].body {
        face.confirms = true;
        face.confirmed = 7;
        face.returned = 1;
    }
    s.queue("work", 5, 3).consumer("worker", 4, &[("A2", 1), ("A3", 2), ("A4", 3)]);
    s.publishes("shop", "orders").bind("orders", queue("work"), "new");
    s.consumes("work", "worker");
    let publish = line(client("shop"), exchange("orders"), 0);
    let consume = line(queue("work"), client("worker"), 0);
    let route = line(exchange("orders"), queue("work"), 0);
    let leave = |id| Path::Leaving(id);
    s.dot(DotKind::Message, Path::Along(publish.clone()), 250_000, "A9", 0);
    s.dot(DotKind::Returned, Path::Back(publish.clone()), 350_000, "A8", 1);
    s.dot(DotKind::Confirm, Path::Back(publish.clone()), 500_000, "A7", 2);
    s.dot(DotKind::ConfirmNack, Path::Back(publish), 620_000, "A6", 3);
    s.dot(DotKind::Unroutable, leave(exchange("orders")), 480_000, "A8", 1);
    s.dot(DotKind::Message, Path::Along(route), 700_000, "A5", 4);
    s.dot(DotKind::Rejected, leave(queue("work")), 600_000, "A1", 5);
    s.dot(DotKind::Expired, leave(queue("work")), 900_000, "A0", 6);
    s.dot(DotKind::Message, Path::Along(consume.clone()), 350_000, "A4", 0);
    if let Some(dot) = s.0.dots.last_mut() {
        dot.redelivered = true;
    }
    s.dot(DotKind::Ack, Path::Back(consume.clone()), 500_000, "A2", 1);
    s.dot(DotKind::Nack, Path::Back(consume.clone()), 700_000, "A3", 2);
    s.dot(DotKind::Requeued, Path::Into { link: consume, position: 5 }, 800_000, "A3", 7);
    s.dot(DotKind::Dropped, leave(queue("work")), 800_000, "A7", 2);
    s.0
}
