//! The core against a RabbitMQ that runs on this machine: random sessions are
//! played on both, and whatever a client can see must be the same.
//!
//! The real broker's time is real. The core's clock follows it, and operations
//! keep away from the instants at which something expires.

mod client;
mod compare;
mod console;
mod dice;
mod gate;
mod generate;
mod mutate;
mod player;
mod read;
mod record;
mod server;
mod shrink;
mod wire;

use compare::{Manner, Order, Played};
use gate::Gate;
use serde_json::{Value as Json, json};
use server::Server;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use warren_core::broker::Profile;

/// How long the real broker must be silent to be at rest, at first and where a
/// difference was seen.
const QUIET: [Duration; 3] =
    [Duration::from_millis(40), Duration::from_millis(70), Duration::from_millis(110)];

/// How many sessions are played at a time: they mostly wait.
const AT_ONCE: usize = 12;

/// How many sessions share the restarts of the broker.
const TOGETHER: usize = 40;

/// How many virtual hosts are made by one call.
const VHOSTS: u32 = 64;

/// What came of some sessions.
#[derive(Debug, Default)]
pub struct Report {
    /// How many were compared.
    pub sessions: u64,
    /// How many operations they had.
    pub operations: u64,
    /// Seeds of those in which the real broker did not answer the same twice.
    pub unsteady: Vec<u64>,
    /// The shrunk sessions in which the core answers something else, as
    /// recordings, each with what differs.
    pub different: Vec<(Json, String)>,
}

impl Report {
    fn count(&mut self, played: &Played) {
        self.sessions += 1;
        self.operations += played.operations.len() as u64;
    }
}

/// Sessions to play, all in one way.
struct Sessions {
    /// Each with its seed.
    all: Vec<(u64, Vec<Json>)>,
    order: Order,
    /// How their recordings are called, before the seed.
    name: &'static str,
}

/// The seed of a session that differs, the session, and how it differs.
type Different<'a> = (u64, &'a [Json], String);

/// Whether the broker stops on the way.
fn restarts(session: &[Json]) -> bool {
    session.iter().any(|operation| operation["op"] == "restart")
}

/// A running broker with virtual hosts in store.
pub struct Broker {
    server: Server,
    profile: Profile,
    fresh: Mutex<Vec<String>>,
    used: Mutex<Vec<String>>,
}

impl Broker {
    /// Starts RabbitMQ with plugins of these names.
    ///
    /// # Errors
    ///
    /// When it is not installed or does not start: with what to do.
    pub fn start(plugins: &[&str]) -> Result<Self, String> {
        let server = Server::start(plugins)?;
        let mut broker = Self {
            server,
            profile: Profile::V3_10,
            fresh: Mutex::default(),
            used: Mutex::default(),
        };
        let hello = [json!({ "op": "connect", "conn": "A" })];
        let manner = Manner { quiet: QUIET[0], order: Order::Promised };
        let played = broker.play(&[&hello], manner)?.pop();
        let version = played.map(|played| played.version).unwrap_or_default();
        let line = version.rsplit_once('.').map_or("", |(line, _)| line);
        broker.profile = Profile::parse(line)
            .ok_or_else(|| format!("There is no profile for RabbitMQ {version}."))?;
        Ok(broker)
    }

    /// Which RabbitMQ it is.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// Where it listens, on this machine.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.server.port()))
    }

    /// Where other clients find it: in a virtual host that nobody else uses.
    ///
    /// # Errors
    ///
    /// When the broker fails.
    pub fn own_address(&self) -> Result<String, String> {
        let vhost = self.server.vhosts(1)?.pop().unwrap_or_default();
        Ok(format!("amqp://guest:guest@127.0.0.1:{}/{vhost}", self.server.port()))
    }

    /// Whether it has an exchange type.
    ///
    /// # Errors
    ///
    /// When the broker fails.
    pub fn has_exchange_type(&self, kind: &str) -> Result<bool, String> {
        self.server.has_exchange_type(kind)
    }

    /// Plays the sessions of `count` seeds from `first` on.
    ///
    /// # Errors
    ///
    /// When the broker fails.
    pub fn compare(&self, first: u64, count: u64) -> Result<Report, String> {
        let seeds = first..first + count;
        self.report(Sessions {
            all: seeds.map(|seed| (seed, generate::session(seed, self.profile))).collect(),
            order: Order::Promised,
            name: "live",
        })
    }

    /// Plays recordings that were changed by `count` seeds from `first` on;
    /// only those of one area when it is given.
    ///
    /// # Errors
    ///
    /// When the broker fails, or there is no such area.
    pub fn mutate(&self, first: u64, count: u64, area: Option<&str>) -> Result<Report, String> {
        let sources = mutate::Sources::read(area, self.profile)?;
        let session = |seed| (seed, mutate::session(seed, &sources, self.profile));
        self.report(Sessions {
            all: (first..first + count).map(session).collect(),
            order: Order::Wire,
            name: "mutant",
        })
    }

    fn report(&self, sessions: Sessions) -> Result<Report, String> {
        let order = sessions.order;
        let manner = Manner { quiet: QUIET[0], order };
        let (restarting, steady): (Vec<_>, Vec<_>) =
            sessions.all.into_iter().partition(|(_, session)| restarts(session));
        let mut report = Report::default();
        let mut different = self.play_steady(&steady, manner, &mut report)?;
        for together in restarting.chunks(TOGETHER) {
            let sessions: Vec<&[Json]> = together.iter().map(|(_, s)| s.as_slice()).collect();
            let all = self.play(&sessions, manner)?;
            for ((seed, session), played) in together.iter().zip(all) {
                report.count(&played);
                let differs = played.differs();
                different.extend(differs.then_some((*seed, session.as_slice(), played.details)));
            }
        }
        for (seed, session, details) in different {
            eprintln!("session {seed} differs:\n{details}");
            match self.look_closer(session, order)? {
                Some(played) => {
                    let recording = played.recording(&format!("{}-{seed}", sessions.name));
                    report.different.push((recording, played.details));
                }
                None => report.unsteady.push(seed),
            }
        }
        self.tidy()?;
        Ok(report)
    }

    /// Plays sessions that leave the broker running, some at a time; gives
    /// those that differ.
    fn play_steady<'a>(
        &self,
        sessions: &'a [(u64, Vec<Json>)],
        manner: Manner,
        report: &mut Report,
    ) -> Result<Vec<Different<'a>>, String> {
        let next = AtomicUsize::new(0);
        let found = Mutex::new((report, Vec::new()));
        let work = || -> Result<(), String> {
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let Some((seed, session)) = sessions.get(turn) else { return Ok(()) };
                let mut played = self.play(&[session], manner)?;
                let Some(played) = played.pop() else { return Ok(()) };
                let (report, different) = &mut *found.lock().expect("nobody panicked");
                report.count(&played);
                let differs = played.differs();
                different.extend(differs.then_some((*seed, session.as_slice(), played.details)));
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
            let mut results = threads.into_iter().map(|t| t.join().expect("no panic"));
            results.find(Result::is_err).unwrap_or(Ok(()))
        })?;
        let (_, mut different) = found.into_inner().expect("nobody panicked");
        different.sort_unstable_by_key(|(seed, ..)| *seed);
        Ok(different)
    }

    /// Plays the operations of each recording on the broker alone, and gives
    /// the recordings as text with what it answered.
    ///
    /// # Errors
    ///
    /// When the broker fails.
    pub fn record(&self, recordings: &[Json]) -> Result<Vec<String>, String> {
        let gate = Gate::new(recordings.len());
        let vhosts: Vec<String> =
            recordings.iter().map(|_| self.vhost()).collect::<Result<_, _>>()?;
        let recorded = std::thread::scope(|scope| {
            let threads: Vec<_> = recordings
                .iter()
                .zip(&vhosts)
                .map(|(recording, vhost)| {
                    let pass = gate.pass(&self.server);
                    scope.spawn(move || record::record(recording, pass, vhost))
                })
                .collect();
            let recorded = threads.into_iter().map(|t| t.join().expect("recording does not panic"));
            recorded.map(|one| one.map(|one| record::printed(&one))).collect::<Result<Vec<_>, _>>()
        });
        recorded.map_err(|error| format!("the broker broke off: {error}"))
    }

    /// Plays a session again and, if it differs still, shrinks it.
    fn look_closer(&self, session: &[Json], order: Order) -> Result<Option<Played>, String> {
        let Some(step) = self.differs(&[session], order)?.pop().flatten() else { return Ok(None) };
        eprintln!("it differs still; looking for a smaller one");
        let small = shrink::shrink(self, session[..=step].to_vec(), order)?;
        Ok(self.play(&[&small], Manner { quiet: QUIET[2], order })?.pop())
    }

    /// For each session the step in which the answers differ, if they do each
    /// time.
    fn differs(&self, sessions: &[&[Json]], order: Order) -> Result<Vec<Option<usize>>, String> {
        let mut steps: Vec<Option<usize>> = vec![Some(0); sessions.len()];
        for quiet in &QUIET[1..] {
            let still: Vec<usize> = (0..sessions.len()).filter(|at| steps[*at].is_some()).collect();
            let chosen: Vec<&[Json]> = still.iter().map(|at| sessions[*at]).collect();
            let manner = Manner { quiet: *quiet, order };
            for (at, played) in still.iter().zip(self.play(&chosen, manner)?) {
                steps[*at] = played.differs().then(|| played.operations.len() - 1);
            }
        }
        Ok(steps)
    }

    /// Plays sessions at the same time; a restart is for all that want one.
    fn play(&self, sessions: &[&[Json]], manner: Manner) -> Result<Vec<Played>, String> {
        let vhosts: Vec<String> =
            sessions.iter().map(|_| self.vhost()).collect::<Result<_, _>>()?;
        let gate = Gate::new(sessions.len());
        let played = std::thread::scope(|scope| {
            let threads: Vec<_> = sessions
                .iter()
                .zip(&vhosts)
                .map(|(session, vhost)| {
                    let pass = gate.pass(&self.server);
                    scope.spawn(move || compare::play(session, self.profile, pass, vhost, manner))
                })
                .collect();
            let played = threads.into_iter().map(|t| t.join().expect("playing does not panic"));
            played.collect::<Result<Vec<_>, _>>()
        });
        self.used.lock().expect("nobody panicked").extend(vhosts);
        played.map_err(|error| format!("the broker broke off: {error}"))
    }

    fn vhost(&self) -> Result<String, String> {
        let mut fresh = self.fresh.lock().expect("nobody panicked");
        if fresh.is_empty() {
            *fresh = self.server.vhosts(VHOSTS)?;
        }
        Ok(fresh.pop().unwrap_or_default())
    }

    fn tidy(&self) -> Result<(), String> {
        let used = core::mem::take(&mut *self.used.lock().expect("nobody panicked"));
        for vhosts in used.chunks(VHOSTS as usize) {
            self.server.forget(vhosts)?;
        }
        Ok(())
    }
}
