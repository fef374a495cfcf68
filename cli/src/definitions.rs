//! Definitions files: read for `warren serve`, written by `warren export`.

use crate::terminal::Terminal;
use crate::{args, stock};
use serde_json::Value as Json;
use std::fs::File;
use std::io::Read as _;
use warren_amqp::password;
use warren_core::broker::Broker;
use warren_core::scenario::{Document, visible};
use warren_core::time::Tick;
use warren_core::world::World;
use warren_definitions::{Export, Import, Report};

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
    let text = match load(file) {
        Ok(text) => text,
        Err(why) => {
            terminal.complain(&why);
            return None;
        }
    };
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
    stock::replaced(broker, &report.users);
    // As RabbitMQ that starts with definitions.
    if !report.users.is_empty() && !report.users.iter().any(|user| user == "guest") {
        broker.delete_user(Tick::ZERO, "guest", &mut Vec::new());
    }
    Some(())
}

/// Reads a definitions file, or standard input for `-`.
pub(crate) fn load(file: &str) -> Result<String, String> {
    let name = if file == "-" { "standard input".into() } else { visible(file) };
    let mut text = String::new();
    let read = match file {
        "-" => std::io::stdin().lock().take(LARGEST + 1).read_to_string(&mut text),
        _ => File::open(file).and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text)),
    };
    read.map(|_| text).map_err(|error| format!("cannot read {name}: {error}"))
}

/// Reads a text into a broker; a file of a single virtual host into `vhost`, or
/// else into `/`.
pub(crate) fn read(broker: &mut Broker, text: &str, vhost: Option<&str>) -> Result<Report, String> {
    let parsed: Option<Json> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
    let single = parsed.is_some_and(|file| file.is_object() && file.get("vhosts").is_none());
    let vhost = single.then(|| vhost.unwrap_or("/").to_owned());
    if let Some(vhost) = &vhost {
        broker.add_vhost(vhost);
    }
    let read =
        warren_definitions::import(broker, Tick::ZERO, text, &Import { vhost }, &mut Vec::new());
    read.map_err(|error| visible_lines(&error))
}

fn visible_lines(error: &warren_definitions::Error) -> String {
    format!("{}: {}", visible(&error.path), visible(&error.what))
}

/// What a scenario declares at its start, as a definitions file.
pub(crate) fn written(document: Document, args: &args::Export) -> Result<String, String> {
    let broker = World::topology(document, None);
    if let Some(vhost) = &args.vhost
        && broker.vhost_limits(vhost).is_none()
    {
        return Err(format!("there is no virtual host {}", visible(vhost)));
    }
    let secrets = args.with_secrets.then_some(password::hash as warren_definitions::Hash);
    Ok(warren_definitions::export(&broker, &Export { vhost: args.vhost.clone(), secrets }))
}
