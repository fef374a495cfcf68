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
mod player;
mod read;
mod record;
mod server;
mod shrink;
mod wire;

use compare::Played;
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
        let played = broker.play(&[&hello], QUIET[0])?.pop();
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
        let sessions = (first..first + count).map(|seed| {
            let session = generate::session(seed, self.profile);
            (seed, session)
        });
        let (restarting, steady): (Vec<_>, Vec<_>) = sessions.partition(|(_, s)| restarts(s));
        let mut report = Report::default();
        let mut different = self.play_steady(&steady, &mut report)?;
        for together in restarting.chunks(TOGETHER) {
            let sessions: Vec<&[Json]> = together.iter().map(|(_, s)| s.as_slice()).collect();
            let all = self.play(&sessions, QUIET[0])?;
            for ((seed, _), played) in together.iter().zip(all) {
                report.count(&played);
                different.extend(played.differs().then_some((*seed, played.details)));
            }
        }
        for (seed, details) in different {
            eprintln!("session {seed} differs:\n{details}");
            match self.look_closer(seed)? {
                Some(found) => report.different.push(found),
                None => report.unsteady.push(seed),
            }
        }
        self.tidy()?;
        Ok(report)
    }

    /// Plays sessions that leave the broker running, some at a time; gives
    /// those that differ.
    fn play_steady(
        &self,
        sessions: &[(u64, Vec<Json>)],
        report: &mut Report,
    ) -> Result<Vec<(u64, String)>, String> {
        let next = AtomicUsize::new(0);
        let found = Mutex::new((report, Vec::new()));
        let work = || -> Result<(), String> {
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let Some((seed, session)) = sessions.get(turn) else { return Ok(()) };
                let mut played = self.play(&[session], QUIET[0])?;
                let Some(played) = played.pop() else { return Ok(()) };
                let (report, different) = &mut *found.lock().expect("nobody panicked");
                report.count(&played);
                different.extend(played.differs().then_some((*seed, played.details)));
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
            let mut results = threads.into_iter().map(|t| t.join().expect("no panic"));
            results.find(Result::is_err).unwrap_or(Ok(()))
        })?;
        let (_, mut different) = found.into_inner().expect("nobody panicked");
        different.sort_unstable();
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

    /// Plays the session of a seed again and, if it differs still, shrinks it.
    fn look_closer(&self, seed: u64) -> Result<Option<(Json, String)>, String> {
        let session = generate::session(seed, self.profile);
        let Some(step) = self.differs(&[&session])?.pop().flatten() else { return Ok(None) };
        eprintln!("session {seed} differs still; looking for a smaller one");
        let small = shrink::shrink(self, session[..=step].to_vec())?;
        let played = self.play(&[&small], QUIET[2])?.pop();
        Ok(played.map(|played| (played.recording(&format!("live-{seed}")), played.details)))
    }

    /// For each session the step in which the answers differ, if they do each
    /// time.
    fn differs(&self, sessions: &[&[Json]]) -> Result<Vec<Option<usize>>, String> {
        let mut steps: Vec<Option<usize>> = vec![Some(0); sessions.len()];
        for quiet in &QUIET[1..] {
            let still: Vec<usize> = (0..sessions.len()).filter(|at| steps[*at].is_some()).collect();
            let chosen: Vec<&[Json]> = still.iter().map(|at| sessions[*at]).collect();
            for (at, played) in still.iter().zip(self.play(&chosen, *quiet)?) {
                steps[*at] = played.differs().then(|| played.operations.len() - 1);
            }
        }
        Ok(steps)
    }

    /// Plays sessions at the same time; a restart is for all that want one.
    fn play(&self, sessions: &[&[Json]], quiet: Duration) -> Result<Vec<Played>, String> {
        let vhosts: Vec<String> =
            sessions.iter().map(|_| self.vhost()).collect::<Result<_, _>>()?;
        let gate = Gate::new(sessions.len());
        let played = std::thread::scope(|scope| {
            let threads: Vec<_> = sessions
                .iter()
                .zip(&vhosts)
                .map(|(session, vhost)| {
                    let pass = gate.pass(&self.server);
                    scope.spawn(move || compare::play(session, self.profile, pass, vhost, quiet))
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
