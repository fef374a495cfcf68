//! The core against a RabbitMQ that runs on this machine: random sessions are
//! played on both, and whatever a client can see must be the same.
//!
//! The real broker's time is real. The core's clock follows it, and operations
//! keep away from the instants at which something expires.

mod client;
mod compare;
mod dice;
mod generate;
mod player;
mod read;
mod server;
mod shrink;
mod wire;

use compare::Played;
use serde_json::{Value as Json, json};
use server::Server;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use warren_core::broker::Profile;

/// How long the real broker must be silent to be at rest, at first and where a
/// difference was seen.
const QUIET: [Duration; 3] =
    [Duration::from_millis(40), Duration::from_millis(70), Duration::from_millis(110)];

/// How many sessions are played at a time: they mostly wait.
const AT_ONCE: usize = 12;

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

/// A running broker with virtual hosts in store.
pub struct Broker {
    server: Server,
    profile: Profile,
    fresh: Mutex<Vec<String>>,
    used: Mutex<Vec<String>>,
}

impl Broker {
    /// Starts RabbitMQ.
    ///
    /// # Errors
    ///
    /// When it is not installed or does not start: with what to do.
    pub fn start() -> Result<Self, String> {
        let server = Server::start()?;
        let mut broker = Self {
            server,
            profile: Profile::V3_10,
            fresh: Mutex::default(),
            used: Mutex::default(),
        };
        let hello = [json!({ "op": "connect", "conn": "A" })];
        let version = broker.play(&hello, QUIET[0])?.version;
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

    /// Plays the sessions of `count` seeds from `first` on.
    ///
    /// # Errors
    ///
    /// When the broker fails.
    pub fn compare(&self, first: u64, count: u64) -> Result<Report, String> {
        let next = AtomicU64::new(first);
        let report = Mutex::new(Report::default());
        let work = || -> Result<(), String> {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= first + count {
                    return Ok(());
                }
                let session = generate::session(seed, self.profile);
                let played = self.play(&session, QUIET[0])?;
                let mut report = report.lock().expect("nobody panicked");
                report.sessions += 1;
                report.operations += played.operations.len() as u64;
                if played.differs() {
                    report.different.push((json!(seed), played.details));
                }
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
            let mut results = threads.into_iter().map(|t| t.join().expect("no panic"));
            results.find(Result::is_err).unwrap_or(Ok(()))
        })?;
        let mut report = report.into_inner().expect("nobody panicked");
        for (seed, details) in core::mem::take(&mut report.different) {
            let seed = seed.as_u64().unwrap_or_default();
            eprintln!("session {seed} differs:\n{details}");
            match self.look_closer(seed)? {
                Some(found) => report.different.push(found),
                None => report.unsteady.push(seed),
            }
        }
        self.tidy()?;
        Ok(report)
    }

    /// Plays the session of a seed again and, if it differs still, shrinks it.
    fn look_closer(&self, seed: u64) -> Result<Option<(Json, String)>, String> {
        let session = generate::session(seed, self.profile);
        let Some(step) = self.differs(&session)? else { return Ok(None) };
        eprintln!("session {seed} differs still; looking for a smaller one");
        let small = shrink::shrink(self, session[..=step].to_vec())?;
        let played = self.play(&small, QUIET[2])?;
        let recording = played.recording(&format!("live-{seed}"));
        Ok(Some((recording, played.details)))
    }

    /// The step in which the answers differ, if they do each time.
    fn differs(&self, session: &[Json]) -> Result<Option<usize>, String> {
        let mut last = None;
        for quiet in &QUIET[1..] {
            let played = self.play(session, *quiet)?;
            if !played.differs() {
                return Ok(None);
            }
            last = Some(played.operations.len() - 1);
        }
        Ok(last)
    }

    fn play(&self, session: &[Json], quiet: Duration) -> Result<Played, String> {
        let vhost = self.vhost()?;
        let played = compare::play(session, self.profile, self.server.port(), &vhost, quiet);
        self.used.lock().expect("nobody panicked").push(vhost);
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
