//! The script's client actions on a real broker, one after the other: nothing
//! is sent before everybody has heard what the simulation's clients heard.

use super::governor::Governor;
use super::streams::{Parting, Place, Streams};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use warren_amqp::client::{self, Client, Heard, Login};
use warren_core::broker::{ConnectionId, Method, Reply};
use warren_core::scenario::{self, Item, SourceSpan};
use warren_core::time::Tick;
use warren_core::world::{Crossed, Crossing, Traffic};

/// How long the real broker may take for what the simulation does at once.
const PATIENCE: Duration = Duration::from_secs(5);
/// Silence after which a broker is taken to have said everything.
const QUIET: Duration = Duration::from_millis(300);

/// How a replay ended.
pub(super) enum End {
    /// Everybody heard the same.
    Equal,
    /// Somebody did not, after this.
    Different { after: String, at: Tick, parting: Box<Parting> },
    /// A client cannot go on.
    Broken { after: String, at: Tick, why: String },
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// Where the real broker is.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) vhost: String,
}

impl Address {
    /// Connects to it.
    pub(super) fn connect(
        &self,
        heard: impl FnMut(Heard) + Send + 'static,
    ) -> std::io::Result<Client> {
        let (user, password, vhost) = (&*self.user, &*self.password, &*self.vhost);
        let login = Login { user, password, vhost, name: "warren verify" };
        Client::connect((&*self.host, self.port), &login, heard)
    }
}

/// A connection of the script's.
struct Live {
    client: Client,
    /// Whether the script has said good-bye, or was told to.
    closing: bool,
    ended: Option<String>,
}

/// A replay in progress.
pub(super) struct Replay<'a> {
    address: &'a Address,
    lives: BTreeMap<ConnectionId, Live>,
    tell: Sender<(ConnectionId, Heard)>,
    inbox: Receiver<(ConnectionId, Heard)>,
    pub(super) streams: Streams,
    pub(super) governor: Governor<'a>,
    stop: Arc<AtomicBool>,
    start: Instant,
    /// Whether the script's time is real time.
    timed: bool,
    after: String,
    at: Tick,
    /// Channels whose last methods have no answer, so that nobody knows
    /// whether the broker has taken them.
    unanswered: BTreeSet<Place>,
    /// Channels that the broker has closed.
    closed: BTreeSet<Place>,
    /// Answers to our own questions that are still to come.
    asked: BTreeSet<Place>,
}

/// What keeps a replay from going on.
enum Halt {
    Parting(Box<Parting>),
    Broken(String),
    Stopped,
}

impl From<Box<Parting>> for Halt {
    fn from(parting: Box<Parting>) -> Self {
        Self::Parting(parting)
    }
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        address: &'a Address,
        stop: Arc<AtomicBool>,
        timed: bool,
        governor: Governor<'a>,
    ) -> Self {
        let (tell, inbox) = channel();
        let mut streams = Streams::default();
        streams.names.vhost.clone_from(&address.vhost);
        Self {
            address,
            lives: BTreeMap::new(),
            tell,
            inbox,
            streams,
            governor,
            stop,
            start: Instant::now(),
            timed,
            after: "the start".into(),
            at: Tick::ZERO,
            unanswered: BTreeSet::new(),
            closed: BTreeSet::new(),
            asked: BTreeSet::new(),
        }
    }

    /// Plays everything. `progress` hears how far it is.
    pub(super) fn play(&mut self, traffic: &Traffic, mut progress: impl FnMut(usize)) -> End {
        let mut result = Ok(());
        for (turn, crossing) in traffic.crossings.iter().enumerate() {
            progress(turn);
            result = self.cross(crossing);
            if result.is_err() {
                break;
            }
        }
        let result = result
            .and_then(|()| self.catch_up())
            .and_then(|()| self.settle(None))
            .and_then(|()| self.wait_until(traffic.end))
            .and_then(|()| self.fall_silent());
        let (after, at) = (self.after.clone(), self.at);
        match result {
            Ok(()) => match self.streams.extra() {
                None => End::Equal,
                Some(parting) => End::Different { after, at, parting: Box::new(parting) },
            },
            Err(Halt::Parting(parting)) => End::Different { after, at, parting },
            Err(Halt::Broken(why)) => End::Broken { after, at, why },
            Err(Halt::Stopped) => End::Interrupted,
        }
    }

    fn cross(&mut self, crossing: &Crossing) -> Result<(), Halt> {
        let id = crossing.connection;
        if let Crossed::Heard(channel, reply) = &crossing.what {
            self.at = crossing.tick;
            if let Reply::ChannelClose { .. } = reply {
                self.unanswered.remove(&(id, *channel));
                self.closed.insert((id, *channel));
            }
            if let Reply::ConnectionClose { .. } | Reply::ConnectionCloseOk = reply
                && let Some(live) = self.lives.get_mut(&id)
            {
                live.closing = true;
                self.unanswered.retain(|place| place.0 != id);
            }
            return Ok(self.streams.expect((id, *channel), reply)?);
        }
        self.catch_up()?;
        self.wait_until(crossing.tick)?;
        self.at = crossing.tick;
        let next = match &crossing.what {
            Crossed::Sent(channel, _) => Some((id, *channel)),
            _ => None,
        };
        self.settle(next)?;
        match &crossing.what {
            Crossed::Opened(user) => self.open(id, user),
            Crossed::Set(statement) => {
                self.after = scenario::statement(&Item {
                    at: self.at,
                    span: SourceSpan::default(),
                    what: (**statement).clone(),
                });
                self.governor.set(statement).map_err(Halt::Broken)
            }
            Crossed::Sent(channel, method) => self.send((id, *channel), method),
            Crossed::Cut => {
                if let Some(live) = self.lives.remove(&id) {
                    live.client.cut();
                }
                self.streams.forget(id);
                self.unanswered.retain(|place| place.0 != id);
                self.after = "a connection is cut".into();
                Ok(())
            }
            Crossed::Heard(..) => Ok(()),
        }
    }

    fn open(&mut self, id: ConnectionId, user: &str) -> Result<(), Halt> {
        let tell = self.tell.clone();
        let mut address = self.address.clone();
        if let Some(password) = self.governor.password(user) {
            (address.user, address.password) = (user.to_owned(), password.to_owned());
        }
        let client = address
            // Nobody listens any more when the replay is over.
            .connect(move |heard| drop(tell.send((id, heard))))
            .map_err(|error| Halt::Broken(format!("cannot connect: {error}")))?;
        self.lives.insert(id, Live { client, closing: false, ended: None });
        Ok(())
    }

    fn send(&mut self, place: Place, method: &Method) -> Result<(), Halt> {
        self.after = client::in_words(method);
        let method = self.streams.sends(place, method);
        let Some(live) = self.lives.get_mut(&place.0) else {
            return Err(Halt::Broken("the connection is not open".into()));
        };
        if let Method::ConnectionClose { .. } | Method::ConnectionCloseOk = method {
            live.closing = true;
        }
        if let (Some(why), false) = (&live.ended, live.closing) {
            return Err(Halt::Broken(format!("the broker cut the connection: {why}")));
        }
        match &method {
            Method::Publish { .. }
            | Method::Ack { .. }
            | Method::Nack { .. }
            | Method::Reject { .. }
                if !live.closing && !self.closed.contains(&place) =>
            {
                self.unanswered.insert(place);
            }
            Method::ChannelOpen => {
                self.closed.remove(&place);
            }
            Method::ChannelClose { .. } => {
                self.unanswered.remove(&place);
            }
            Method::ConnectionClose { .. } | Method::ConnectionCloseOk => {
                self.unanswered.retain(|other| other.0 != place.0);
            }
            _ => {}
        }
        match live.client.send(place.1, &method) {
            Err(error) if !live.closing => Err(Halt::Broken(format!("cannot send: {error}"))),
            _ => Ok(()),
        }
    }

    /// Makes sure that the broker has taken what was sent on every channel but
    /// `next`: asks each for something that has an answer, channel.flow. Between
    /// channels no broker keeps an order by itself.
    fn settle(&mut self, next: Option<Place>) -> Result<(), Halt> {
        let others = self.unanswered.iter().filter(|place| Some(**place) != next);
        for place in others.copied().collect::<Vec<Place>>() {
            self.unanswered.remove(&place);
            if let Some(live) = self.lives.get_mut(&place.0)
                && live.client.send(place.1, &Method::ChannelFlow { active: true }).is_ok()
            {
                self.asked.insert(place);
            }
        }
        let limit = Instant::now() + PATIENCE;
        // Whoever was closed instead does not answer: that shows by itself.
        while !self.asked.is_empty() && self.streams.closed().is_none() {
            if !self.listen(limit)? {
                break;
            }
        }
        self.asked.clear();
        Ok(())
    }

    /// Listens until everybody has heard what the simulation's clients heard.
    fn catch_up(&mut self) -> Result<(), Halt> {
        let due = if self.timed { self.due(self.at) } else { Instant::now() };
        let limit = due.max(Instant::now()) + PATIENCE;
        while let Some(parting) = self.streams.missing() {
            let gone = self.lives.get(&parting.place.0).and_then(|live| live.ended.clone());
            match gone {
                // The socket is closed after the last word: then that comes first.
                Some(why) if !self.listen(Instant::now())? => {
                    let expected = parting.expected.as_ref().map(ToString::to_string);
                    return Err(Halt::Broken(format!(
                        "the broker hung up ({why}) where the simulation says {}",
                        expected.unwrap_or_default()
                    )));
                }
                Some(_) => {}
                None if Instant::now() >= limit => return Err(Halt::Parting(Box::new(parting))),
                None => {
                    self.listen(limit)?;
                }
            }
        }
        Ok(())
    }

    fn due(&self, at: Tick) -> Instant {
        self.start + Duration::from_micros(at.0)
    }

    /// In real time, listens until it is as late as in the script.
    fn wait_until(&mut self, at: Tick) -> Result<(), Halt> {
        while self.timed && Instant::now() < self.due(at) {
            self.listen(self.due(at))?;
        }
        self.check()
    }

    /// Listens until nothing has come for a while.
    fn fall_silent(&mut self) -> Result<(), Halt> {
        while self.listen(Instant::now() + QUIET)? {}
        Ok(())
    }

    fn check(&self) -> Result<(), Halt> {
        if self.stop.load(Ordering::Relaxed) { Err(Halt::Stopped) } else { Ok(()) }
    }

    /// Hears one thing; false when nothing came until `limit`.
    fn listen(&mut self, limit: Instant) -> Result<bool, Halt> {
        loop {
            self.check()?;
            // Short enough for Ctrl-C to be felt.
            let rest = limit.saturating_duration_since(Instant::now());
            let slice = rest.min(Duration::from_millis(100));
            match self.inbox.recv_timeout(slice) {
                Ok((id, Heard::Reply(channel, Reply::ChannelFlowOk { .. }))) => {
                    self.asked.remove(&(id, channel));
                    return Ok(true);
                }
                Ok((id, Heard::Reply(channel, reply))) => {
                    if self.lives.contains_key(&id) {
                        self.streams.find((id, channel), &reply)?;
                    }
                    return Ok(true);
                }
                Ok((id, Heard::End(why))) => {
                    if let Some(live) = self.lives.get_mut(&id) {
                        live.ended = Some(why);
                    }
                    return Ok(true);
                }
                Err(RecvTimeoutError::Timeout) if rest > slice => {}
                Err(_) => return Ok(false),
            }
        }
    }
}
