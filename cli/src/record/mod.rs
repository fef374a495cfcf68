//! `warren record`: the port runs, and what live clients do there becomes a
//! scenario.

mod client;
mod story;
mod words;

use crate::args::Record;
use crate::terminal::Terminal;
use crate::{Ending, output, source};
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use story::Story;
use warren_amqp::{Config, Seen, Server};
use warren_core::broker::{Broker, Configuration, ConnectionId, Login, Method, Reply};
use warren_core::time::Tick;
use warren_core::world::World;

/// The most that is kept of one recording: a scenario has no room for more.
const MOST_EVENTS: usize = 1_000_000;

/// Something that crossed a connection.
pub(super) struct Event {
    pub(super) tick: Tick,
    pub(super) connection: ConnectionId,
    pub(super) what: What,
}

pub(super) enum What {
    Opened(Login, String),
    Method(u16, Box<Method>),
    Reply(u16, Reply),
    Gone,
    /// The recording is over.
    End,
}

pub(crate) fn record(args: &Record, terminal: &mut Terminal) -> Ending {
    match recorded(args, terminal) {
        Ok(()) => Ending::Fine,
        Err(why) => {
            terminal.complain(&why);
            Ending::BadInput
        }
    }
}

fn recorded(args: &Record, terminal: &mut Terminal) -> Result<(), String> {
    let broker = match &args.scenario {
        None => Broker::new(args.profile.unwrap_or_default()),
        Some(file) => {
            let (_, parsed) = source::scenario(file, terminal).ok_or("nothing was recorded")?;
            let mut broker = World::topology(parsed.document, args.profile);
            broker.configure(Configuration::default());
            broker
        }
    };
    let story = Story::new(&broker);
    let events = Arc::new(Mutex::new(Vec::new()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    runtime.block_on(listen(args, broker, &events))?;
    let events = core::mem::take(&mut *events.lock().unwrap_or_else(PoisonError::into_inner));
    let (text, lost) = story.told(events)?;
    output::write(args.output.as_deref(), &text, terminal)?;
    for one in lost.iter().filter(|_| !args.quiet) {
        terminal.error(&format!("left out: {}\n", warren_core::scenario::visible(one)));
    }
    Ok(())
}

/// Serves clients until Ctrl-C, and notes what they do.
async fn listen(
    args: &Record,
    broker: Broker,
    events: &Arc<Mutex<Vec<Event>>>,
) -> Result<(), String> {
    let notes = Arc::clone(events);
    let watch = move |tick: Tick, connection: ConnectionId, seen: Seen<'_>| {
        let what = match seen {
            Seen::Opened(login, name) => What::Opened(login.clone(), name.to_owned()),
            Seen::Method(channel, method) => What::Method(channel, Box::new(method.clone())),
            Seen::Reply(channel, reply) => What::Reply(channel, reply.clone()),
            Seen::Gone => What::Gone,
        };
        let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < MOST_EVENTS {
            notes.push(Event { tick, connection, what });
        }
    };
    let quiet = args.quiet;
    let log = move |line: &str| {
        if !quiet {
            say(line);
        }
    };
    let config = Config { log: Arc::new(log), trace: args.trace, watch: Some(Arc::new(watch)) };
    let release = broker.profile().recorded_from();
    let wanted = args.amqp;
    let cannot = |error| format!("cannot listen on {wanted}: {error}");
    let server = Server::bind(wanted, None, broker, config).await.map_err(cannot)?;
    let address = server.address().map_err(cannot)?;
    say(&format!(
        "Warren answers like RabbitMQ {release} on amqp://guest:guest@{address}/ and records \
         (Ctrl-C ends it)"
    ));
    let notes = Arc::clone(events);
    server
        .run(async move {
            if tokio::signal::ctrl_c().await.is_err() {
                core::future::pending::<()>().await;
            }
            // What follows is the end of the port, not the clients' doing.
            let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
            notes.push(Event { tick: Tick::ZERO, connection: ConnectionId(0), what: What::End });
        })
        .await;
    Ok(())
}

fn say(line: &str) {
    // Nothing can be done when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
