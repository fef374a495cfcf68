//! `warren record`: the port runs, and what live clients do there becomes a
//! scenario.

mod client;
mod notes;
mod story;
mod words;

use crate::args::Record;
use crate::terminal::Terminal;
use crate::{Ending, output, stock};
use notes::Notes;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use story::Story;
use warren_amqp::{Config, Seen, Server};
use warren_core::broker::{Broker, ConnectionId, Login, Method, Reply};
use warren_core::time::Tick;

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
    let broker = stock::broker(args.scenario.as_deref(), args.profile, terminal);
    let broker = broker.ok_or("nothing was recorded")?;
    let story = Story::new(&broker);
    let notes = Arc::new(Mutex::new(Notes::default()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    runtime.block_on(listen(args, broker, &notes))?;
    let notes = core::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner));
    let (text, lost) = story.told(notes)?;
    output::write(args.output.as_deref(), &text, terminal)?;
    for one in lost.iter().filter(|_| !args.quiet) {
        terminal.error(&format!("left out: {}\n", warren_core::scenario::visible(one)));
    }
    Ok(())
}

/// Serves clients until Ctrl-C, and notes what they do.
async fn listen(args: &Record, broker: Broker, notes: &Arc<Mutex<Notes>>) -> Result<(), String> {
    let kept = Arc::clone(notes);
    let watch = move |tick: Tick, connection: ConnectionId, seen: Seen<'_>| {
        let what = match seen {
            Seen::Opened(login, name) => What::Opened(login.clone(), name.to_owned()),
            Seen::Method(channel, method) => What::Method(channel, Box::new(method.clone())),
            Seen::Reply(channel, reply) => What::Reply(channel, reply.clone()),
            Seen::Gone => What::Gone,
        };
        let mut notes = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.keep(Event { tick, connection, what }) {
            say("warning: the recording is full, and what comes now is not in it");
        }
    };
    let quiet = args.quiet;
    let log = move |line: &str| {
        if !quiet {
            say(line);
        }
    };
    let config = Config { log: Arc::new(log), trace: args.trace, watch: Some(Arc::new(watch)) };
    let (release, logins) = (broker.profile().recorded_from(), stock::logins(&broker));
    let wanted = args.amqp;
    let cannot = |error| format!("cannot listen on {wanted}: {error}");
    let server = Server::bind(wanted, None, broker, config).await.map_err(cannot)?;
    let address = server.address().map_err(cannot)?;
    say(&format!(
        "Warren answers like RabbitMQ {release} on amqp://guest:guest@{address}/ and records \
         (Ctrl-C ends it)"
    ));
    if let Some(logins) = logins {
        say(&logins);
    }
    server
        .run(async move {
            if tokio::signal::ctrl_c().await.is_err() {
                core::future::pending::<()>().await;
            }
            notes.lock().unwrap_or_else(PoisonError::into_inner).end();
        })
        .await;
    Ok(())
}

fn say(line: &str) {
    // Nothing can be done when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
