//! `cargo xtask live`: the core against a running RabbitMQ.

use crate::args::Args;
use crate::browser::{apt, is_debian};
use crate::process::{Outcome, cargo, find_on_path, run, trouble};
use crate::setup::{note, slow};
use crate::truth::absolute;
use std::path::Path;
use std::process::Stdio;

const REMEDY: &str = "\
The comparison starts a RabbitMQ of its own. Install one:
  Debian        apt install rabbitmq-server
  elsewhere     https://www.rabbitmq.com/docs/download
Where its commands are in an unusual folder, name it: WARREN_RABBITMQ=/folder/of/rabbitmqctl
Everything but this stage works without.";

/// What the comparison is asked to do; `None` is what the test does by itself.
#[derive(Default)]
pub(crate) struct Wish {
    sessions: Option<String>,
    seed: Option<String>,
    endless: bool,
    /// A folder of recordings to add this broker's answers to, instead.
    record: Option<String>,
    /// Recordings that are changed, instead of sessions.
    mutate: bool,
    /// Of one area.
    area: Option<String>,
}

fn is_there() -> bool {
    Path::new("/usr/lib/rabbitmq/bin/rabbitmq-server").is_file()
        || std::env::var_os("WARREN_RABBITMQ").is_some()
        || find_on_path(&["rabbitmq-server"]).is_some()
}

/// Why the sessions cannot be played here, if they cannot.
pub(crate) fn missing() -> Option<&'static str> {
    (!is_there()).then_some("no RabbitMQ here (see `cargo xtask live`)")
}

/// Installs RabbitMQ where that can be done. Elsewhere one stage is not run.
pub(crate) fn install() -> Outcome {
    if is_there() {
        note("RabbitMQ", "already there");
        return Ok(());
    }
    if !is_debian() {
        note("RabbitMQ", "not here; `cargo xtask live` says how to get it. Nothing else needs it");
        return Ok(());
    }
    slow("RabbitMQ", "Debian's package and Erlang, some 80 MB, a minute", || {
        apt(&["update", "-qq"], REMEDY)?;
        apt(&["install", "-y", "-qq", "--no-install-recommends", "rabbitmq-server"], REMEDY)
    })
}

/// `cargo xtask live` with what follows it.
pub(crate) fn command(mut args: Args) -> Outcome {
    let wish = Wish {
        sessions: args.values("--sessions")?.pop(),
        seed: args.values("--seed")?.pop(),
        endless: args.flag("--endless"),
        record: args.values("--record")?.pop(),
        mutate: args.flag("--mutate"),
        area: args.values("--area")?.pop(),
    };
    args.finish()?;
    install()?;
    live(&wish)
}

/// Plays random sessions on both.
pub(crate) fn live(wish: &Wish) -> Outcome {
    if !is_there() {
        return Err(trouble("rabbitmq-server was not found.", REMEDY));
    }
    let mut command = cargo();
    command.args(["test", "-p", "warren-tests", "--features", "live", "--test", "live"]);
    command.args(["--", "--nocapture"]).stdin(Stdio::null());
    let mutate = wish.mutate || wish.area.is_some();
    if mutate && (wish.record.is_some() || wish.endless) {
        return Err(trouble(
            "--record and --endless are for sessions, --mutate and --area for recordings.",
            "See `cargo xtask help`.",
        ));
    }
    if mutate {
        command.arg("changed_recordings_are_answered_as_by_the_real_broker");
    } else if wish.endless || wish.record.is_some() {
        command.arg("the_core_answers_as_the_real_broker_does");
    }
    let sessions = if mutate { "WARREN_LIVE_MUTANTS" } else { "WARREN_LIVE_SESSIONS" };
    let numbers = [(sessions, &wish.sessions), ("WARREN_LIVE_SEED", &wish.seed)];
    for (variable, value) in numbers {
        if let Some(value) = value {
            if value.parse::<u64>().is_err() {
                return Err(trouble(
                    format!("{value} is not a number."),
                    "See `cargo xtask help`.",
                ));
            }
            command.env(variable, value);
        }
    }
    if wish.endless {
        command.env("WARREN_LIVE_ENDLESS", "1");
    }
    if let Some(area) = &wish.area {
        command.env("WARREN_LIVE_AREA", area);
    }
    if let Some(folder) = &wish.record {
        command.env("WARREN_LIVE_RECORD", absolute(folder)?);
    }
    run(&mut command, "The smallest sessions that differ are above, and in target/live.")
}
