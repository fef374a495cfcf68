//! `warren verify`: whether a real broker does what the simulation says.
//!
//! The script's clients are played on the broker, method by method in the order
//! in which the simulated broker took them, and what every client hears is held
//! against what the simulation's clients hear.

mod broker;
mod governor;
mod kinds;
mod replay;
mod said;
mod streams;

use crate::args::Verify;
use crate::check::counted;
use crate::source::Source;
use crate::terminal::Terminal;
use crate::{Ending, source};
use broker::Needs;
use governor::Governor;
use replay::{Address, End, Replay};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use warren_core::broker::{ConnectionId, Profile};
use warren_core::scenario::{Document, Item, LineIndex, Statement, visible};
use warren_core::world::{Crossed, Traffic, World};

pub(crate) fn verify(args: &Verify, terminal: &mut Terminal) -> Ending {
    let address = match broker::address(&args.broker) {
        Ok(address) => address,
        Err(why) => {
            terminal.complain(&why);
            return Ending::BadInput;
        }
    };
    let stop = interrupted();
    let mut ending = Ending::Fine;
    for file in &args.files {
        let Some((source, parsed)) = source::scenario(file, terminal) else {
            ending = Ending::BadInput;
            continue;
        };
        let verdict = one(args, &address, &source, parsed.document, &stop, terminal);
        ending = ending.max(verdict.unwrap_or_else(|why| {
            terminal.complain(&format!("{}: {why}", source.name));
            Ending::BadInput
        }));
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    ending
}

/// Set when somebody presses Ctrl-C: what was made on the broker goes first.
fn interrupted() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let heard = runtime.map(|runtime| runtime.block_on(tokio::signal::ctrl_c()));
        if matches!(heard, Ok(Ok(()))) {
            set.store(true, Ordering::Relaxed);
        }
    });
    stop
}

fn one(
    args: &Verify,
    address: &Address,
    source: &Source,
    mut document: Document,
    stop: &Arc<AtomicBool>,
    terminal: &mut Terminal,
) -> Result<Ending, String> {
    playable(source, &document)?;
    let needs = needs(source, &document);
    let client = address.connect(|_| {});
    let client = client.map_err(|error| format!("cannot connect to the broker: {error}"))?;
    let version = client.version().to_owned();
    drop(client);
    document.profile = args.profile.or(nearest(&version)).unwrap_or(document.profile);
    let profile = document.profile;
    let traffic = World::traffic(document);
    if let Some(reason) = traffic.stopped {
        return Err(reason.into());
    }
    kinds::known(address, profile, &traffic)?;
    let mut address = address.clone();
    let management = args.management.as_deref();
    let ground = broker::prepare(&mut address, management, args.shared, &traffic, &needs)?;
    let start = Instant::now();
    let governor = Governor::new(ground.management());
    let mut replay = Replay::new(&address, Arc::clone(stop), traffic.timed, governor);
    let count = traffic.crossings.len();
    let pace = if traffic.timed { ", in real time" } else { "" };
    let end = replay.play(&traffic, |turn| {
        if turn % 16 == 0 {
            terminal.progress(&format!("{}: verifying, {turn} of {count}{pace}", source.name));
        }
    });
    terminal.end_progress();
    let end = depths(end, &replay, &address, &traffic);
    let (heard, made_up) = (replay.streams.matched, replay.streams.names.made_up());
    let users = replay.governor.forget();
    drop(replay);
    let cleaned = both(broker::clean(&ground, &address, &traffic, &made_up), users);
    let sent = traffic.crossings.iter().filter(|c| matches!(c.what, Crossed::Sent(..))).count();
    let broker = format!("RabbitMQ {version} (simulated as {})", profile.name());
    if end.is_err() {
        return both(end.map(drop), cleaned).map(|()| Ending::BadInput);
    }
    let verdict = match end? {
        Verdict::Equal => {
            let word = terminal.paint.style("1;32", "equal");
            let took = start.elapsed().as_secs_f64();
            if !args.quiet {
                terminal.line(&format!(
                    "{}: {word}, {} sent and {} heard, compared with {broker} in {took:.1} s",
                    source.name,
                    counted(sent, "method"),
                    counted(usize::try_from(heard).unwrap_or(usize::MAX), "answer"),
                ));
            }
            Ending::Fine
        }
        Verdict::Different(report) => {
            let word = terminal.paint.style("1;31", "different");
            terminal.line(&format!("{}: {word}, compared with {broker}", source.name));
            terminal.text(&report);
            Ending::Failed
        }
        Verdict::Interrupted => return cleaned.and(Err("interrupted".into())),
    };
    cleaned.map(|()| verdict)
}

/// What went wrong, of two things that were done.
fn both(one: Result<(), String>, other: Result<(), String>) -> Result<(), String> {
    match (one, other) {
        (Err(one), Err(other)) => Err(format!("{one}; {other}")),
        (one, other) => one.and(other),
    }
}

/// What a scenario needs that is not a client's to do.
fn needs(source: &Source, document: &Document) -> Needs {
    let first = document.items.iter().find(|item| governor::governs(&item.what));
    let management = first.map(|item| {
        let (line, _) = LineIndex::new(&source.text).position(item.span.start);
        format!("line {line} ({})", visible(item.span.of(&source.text)))
    });
    Needs { management, users: governor::users(document) }
}

/// Refuses statements whose effects would be felt by others on a broker.
fn playable(source: &Source, document: &Document) -> Result<(), String> {
    let by_clients = |item: &&Item| {
        matches!(
            item.what,
            Statement::Exchange(_)
                | Statement::Queue(_)
                | Statement::Bind(_)
                | Statement::Unbind(_)
                | Statement::Publisher(_)
                | Statement::Consumer(_)
                | Statement::DeleteQueue { .. }
                | Statement::DeleteExchange { .. }
                | Statement::Purge { .. }
                | Statement::Start(_)
                | Statement::Stop(_)
                | Statement::Crash(_)
                | Statement::Remove(_)
                | Statement::Scale { .. }
                | Statement::Change { .. }
                | Statement::Consuming { .. }
                | Statement::Link { .. }
                | Statement::Publish(_)
                | Statement::Get { .. }
                | Statement::Caption(_)
                | Statement::Highlight { .. }
                | Statement::Bookmark(_)
                | Statement::Place { .. }
                | Statement::Expect(_)
        ) || governor::governs(&item.what)
    };
    match document.items.iter().find(|item| !by_clients(item)) {
        None => Ok(()),
        Some(item) => {
            let (line, _) = LineIndex::new(&source.text).position(item.span.start);
            let words = visible(item.span.of(&source.text));
            Err(format!("line {line} cannot be carried out on a real broker: {words}"))
        }
    }
}

enum Verdict {
    Equal,
    Different(String),
    Interrupted,
}

/// The report on how a replay ended. Of one that was equal, the queues are
/// counted too.
fn depths(
    end: End,
    replay: &Replay<'_>,
    address: &Address,
    traffic: &Traffic,
) -> Result<Verdict, String> {
    let who = |id: ConnectionId| {
        let clients = traffic.clients.iter().find(|(connection, _)| *connection == id);
        let names = clients.map(|(_, names)| visible(&names.join(", ")));
        names.unwrap_or_else(|| "the operator".to_owned())
    };
    match end {
        End::Interrupted => Ok(Verdict::Interrupted),
        End::Broken { after, at, why } => {
            let after = visible(&after);
            let why = visible(&why);
            Ok(Verdict::Different(format!("  after     {after}, at {at}\n  but       {why}\n")))
        }
        End::Different { after, at, parting } => {
            let (id, channel) = parting.place;
            let said = |said: &Option<said::Said>| {
                said.as_ref().map_or("nothing".to_owned(), |said| visible(&said.to_string()))
            };
            let differ = match (&parting.expected, &parting.found) {
                (Some(expected), Some(found)) => expected.differences(found),
                _ => Vec::new(),
            };
            let differ = match &differ[..] {
                [] => String::new(),
                fields => format!("  differ    {}\n", visible(&fields.join(", "))),
            };
            Ok(Verdict::Different(format!(
                "  after     {}, at {at}\n  heard by  {}, channel {channel}\n  expected  {}\n  \
                 found     {}\n{differ}",
                visible(&after),
                who(id),
                said(&parting.expected),
                said(&parting.found),
            )))
        }
        End::Equal => {
            for (queue, expected) in &traffic.queues {
                let real = replay.streams.names.real(queue);
                let found = broker::ready(address, &real)?;
                if found != Some(*expected) {
                    let found = found.map_or("no such queue".to_owned(), |n| format!("{n} ready"));
                    let (end, queue) = (traffic.end, visible(queue));
                    return Ok(Verdict::Different(format!(
                        "  after     the end, at {end}\n  in queue  {queue}\n  \
                         expected  {expected} ready\n  found     {found}\n",
                    )));
                }
            }
            Ok(Verdict::Equal)
        }
    }
}

/// The newest profile that is not newer than a version.
pub(crate) fn nearest(version: &str) -> Option<Profile> {
    let numbers = |text: &str| -> Vec<u32> {
        text.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
    };
    let version = numbers(version);
    let old_enough = |profile: &&Profile| numbers(profile.name()) <= version;
    (!version.is_empty()).then(|| Profile::ALL.iter().rev().find(old_enough).copied())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_simulated_by_the_nearest_profile() {
        for (version, want) in [
            ("3.10.8", Some(Profile::V3_10)),
            ("3.13.7", Some(Profile::V3_10)),
            ("4.0.5", Some(Profile::V4_0)),
            ("4.2.1-rc.1", Some(Profile::V4_0)),
            ("4.3.6", Some(Profile::V4_3)),
            ("5.0.0", Some(Profile::V4_3)),
            ("3.8.9", None),
            ("", None),
            ("unknown", None),
        ] {
            assert_eq!(nearest(version), want, "{version}");
        }
    }
}
