//! `warren serve`

use crate::args::Serve;
use crate::terminal::Terminal;
use crate::{Ending, source};
use std::io::{self, Write as _};
use std::sync::Arc;
use warren_amqp::{Config, Server};
use warren_core::broker::Broker;
use warren_core::world::World;

pub(crate) fn serve(args: &Serve, terminal: &mut Terminal) -> Ending {
    let Some(broker) = broker(args, terminal) else { return Ending::BadInput };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            terminal.complain(&format!("cannot start: {error}"));
            return Ending::BadInput;
        }
    };
    match runtime.block_on(run(args, broker)) {
        Ok(()) => Ending::Fine,
        Err(error) => {
            terminal.complain(&format!("cannot listen on {}: {error}", args.amqp));
            Ending::BadInput
        }
    }
}

/// The broker before the first client comes.
fn broker(args: &Serve, terminal: &mut Terminal) -> Option<Broker> {
    let Some(file) = &args.scenario else {
        return Some(Broker::new(args.profile.unwrap_or_default()));
    };
    let (_, parsed) = source::scenario(file, terminal)?;
    Some(World::topology(parsed.document, args.profile))
}

async fn run(args: &Serve, broker: Broker) -> io::Result<()> {
    let release = broker.profile().recorded_from();
    let config = Config { log: Arc::new(say), trace: args.trace };
    let server = Server::bind(args.amqp, broker, config).await?;
    let address = server.address()?;
    say(&format!(
        "Warren answers like RabbitMQ {release} on amqp://guest:guest@{address}/ (Ctrl-C stops it)"
    ));
    server
        .run(async {
            // Without a way to hear Ctrl-C the process is stopped from outside.
            if tokio::signal::ctrl_c().await.is_err() {
                core::future::pending::<()>().await;
            }
            say("stopping");
        })
        .await;
    Ok(())
}

fn say(line: &str) {
    // Nothing can be done when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
