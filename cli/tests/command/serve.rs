//! `warren serve` as the broker of a scenario.

use super::File;
use super::verify::Server;
use std::sync::mpsc::channel;
use warren_amqp::client::{Client, Heard, Login};
use warren_core::broker::{Method, Name, Reply};

const TEXT: &str = "\
warren 1
queue orders
queue invoices
user shop
user clerk
permit shop write ^orders$ read ^orders$
";

/// Whom the broker lets in, and what it answers to a purge.
fn purge(server: &Server, user: &str, password: &str, queue: &str) -> Result<Reply, String> {
    let at = server.address.rsplit('@').next().expect("an address").trim_end_matches('/');
    let login = Login { user, password, vhost: "/", name: "a program" };
    let (tell, heard) = channel();
    let client = Client::connect(at, &login, move |said| drop(tell.send(said)));
    let mut client = client.map_err(|error| error.to_string())?;
    let mut answer = None;
    for method in
        [Method::ChannelOpen, Method::QueuePurge { queue: Name::from(queue), nowait: false }]
    {
        client.send(1, &method).expect("sent");
        answer = Some(heard.recv().expect("an answer"));
    }
    match answer.expect("an answer") {
        Heard::Reply(_, reply) => Ok(reply),
        Heard::End(why) => Err(why),
    }
}

#[test]
fn users_of_a_scenario_log_in_with_their_names() {
    let file = File::new("serve-users", TEXT);
    let server = Server::start("4.3", Some(file.name()));
    assert_eq!(purge(&server, "shop", "shop", "orders"), Ok(Reply::QueuePurgeOk { messages: 0 }));
    let refused = purge(&server, "shop", "shop", "invoices");
    assert!(
        matches!(&refused, Ok(Reply::ChannelClose { code: 403, text, .. })
            if text.contains("read access to queue 'invoices'")),
        "{refused:?}"
    );
    for (user, password, why) in [
        ("shop", "guest", "403 ACCESS_REFUSED"),
        ("nobody", "nobody", "403 ACCESS_REFUSED"),
        // One without permissions.
        ("clerk", "clerk", "NOT_ALLOWED - access to vhost '/' refused for user 'clerk'"),
    ] {
        let refused = purge(&server, user, password, "orders");
        assert!(refused.as_ref().is_err_and(|said| said.contains(why)), "{user}: {refused:?}");
    }
    let told = "The users clerk and shop log in from this machine, their names are their passwords";
    // It was said before anybody came, and is read by another thread.
    while server.traced("log in").is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(server.traced("log in"), [told]);
}
