//! How large a message may be (`rabbit_channel:check_msg_size`). No recording
//! says so: it would be as large as the message.

use warren_core::broker::{
    Broker, Bytes, ChannelId, Event, Login, Method, Name, Profile, Properties, Reply,
};
use warren_core::time::Tick;

/// What a client hears that publishes so many octets to nobody.
fn heard(profile: Profile, size: usize) -> Vec<Reply> {
    let (mut broker, mut events) = (Broker::new(profile), Vec::new());
    let connection = broker.connect(Tick::ZERO, &Login::default(), &mut events);
    let from = ChannelId { connection: connection.expect("guest may"), number: 1 };
    broker.apply(Tick::ZERO, from, Method::ChannelOpen, &mut events);
    events.clear();
    let publish = Method::Publish {
        exchange: Name::from(""),
        routing_key: Name::from("nobody"),
        mandatory: false,
        immediate: false,
        properties: Properties::default(),
        body: Bytes::from(vec![0; size]),
    };
    broker.apply(Tick::ZERO, from, publish, &mut events);
    let sent = events.into_iter().filter_map(|event| match event {
        Event::Send { reply, .. } => Some(reply),
        _ => None,
    });
    sent.collect()
}

#[test]
fn what_is_larger_is_refused() {
    let largest =
        [(Profile::V3_10, 134_217_728), (Profile::V4_0, 16_777_216), (Profile::V4_3, 16_777_216)];
    for (profile, most) in largest {
        assert_eq!(heard(profile, most), [], "{}", profile.name());
        let (more, name) = (most + 1, profile.name());
        let text = format!(
            "PRECONDITION_FAILED - message size {more} is larger than configured max size {most}"
        );
        let close = Reply::ChannelClose { code: 406, text, class: 60, method: 40 };
        assert_eq!(heard(profile, more), [close], "{name}");
    }
}
