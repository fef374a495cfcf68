//! Definitions files: read for `warren serve`, written by `warren export`.

use crate::args::ExportDefinitions;
use crate::terminal::Terminal;
use crate::{Ending, source};
use std::fs::File;
use std::io::Read as _;
use warren_amqp::password;
use warren_core::broker::Broker;
use warren_core::scenario::visible;
use warren_core::time::Tick;
use warren_core::world::World;
use warren_definitions::{Export, Import};

/// The largest file that is read.
const LARGEST: u64 = 256 << 20;

/// Reads a definitions file into a broker that nobody is connected to, and
/// tells what was left out. Says what is wrong itself.
pub(crate) fn import(
    broker: &mut Broker,
    file: &str,
    vhost: Option<&str>,
    terminal: &mut Terminal,
) -> Option<()> {
    let name = visible(file);
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text));
    if let Err(error) = read {
        terminal.complain(&format!("cannot read {name}: {error}"));
        return None;
    }
    let options = Import { vhost: vhost.map(str::to_owned) };
    let report =
        match warren_definitions::import(broker, Tick::ZERO, &text, &options, &mut Vec::new()) {
            Ok(report) => report,
            Err(error) => {
                terminal.complain(&format!("{name} was not imported. {}", visible_lines(&error)));
                return None;
            }
        };
    for ignored in &report.ignored {
        let (path, why) = (visible(&ignored.path), visible(&ignored.why));
        terminal.complain(&format!("{name} {path} was left out: {why}"));
    }
    for user in &report.without_password {
        let user = visible(user);
        terminal.complain(&format!("user {user} cannot log in: {name} has no password for it"));
    }
    // As RabbitMQ that starts with definitions.
    if !report.users.is_empty() && !report.users.iter().any(|user| user == "guest") {
        broker.delete_user(Tick::ZERO, "guest", &mut Vec::new());
    }
    Some(())
}

fn visible_lines(error: &warren_definitions::Error) -> String {
    format!("{}: {}", visible(&error.path), visible(&error.what))
}

pub(crate) fn export(args: &ExportDefinitions, terminal: &mut Terminal) -> Ending {
    let Some((_, parsed)) = source::scenario(&args.file, terminal) else {
        return Ending::BadInput;
    };
    let broker = World::topology(parsed.document, None);
    if let Some(vhost) = &args.vhost
        && broker.vhost_limits(vhost).is_none()
    {
        terminal.complain(&format!("there is no virtual host {}", visible(vhost)));
        return Ending::BadInput;
    }
    let secrets = args.with_secrets.then_some(password::hash as warren_definitions::Hash);
    let text = warren_definitions::export(&broker, &Export { vhost: args.vhost.clone(), secrets });
    match &args.output {
        None => terminal.text(&text),
        Some(file) => {
            if let Err(error) = std::fs::write(file, text) {
                terminal.complain(&format!("cannot write {}: {error}", visible(file)));
                return Ending::BadInput;
            }
        }
    }
    Ending::Fine
}
