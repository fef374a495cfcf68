//! What is said. Each case has a name, the state a connection is brought into
//! in good order, and what follows from there, step by step.

mod channel;
mod connection;
mod content;
mod handshake;

/// Where a case begins: what has been said in good order by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum From {
    /// Nothing.
    Nothing,
    /// The protocol header; connection.start has come.
    Starting,
    /// The log-in; connection.tune has come.
    Tuning,
    /// connection.tune-ok.
    Opening,
    /// connection.open; the connection is open.
    Open,
    /// channel.open on channel 1.
    Channel,
}

/// One step.
#[derive(Clone, Debug)]
pub enum Say {
    /// Octets, in one write.
    Octets(Vec<u8>),
    /// No more octets; what the server says is still listened to.
    End,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Tells it from the others.
    pub name: &'static str,
    /// Where it begins.
    pub from: From,
    /// What connection.tune-ok asks for on the way.
    pub channel_max: u16,
    /// Likewise.
    pub frame_max: u32,
    /// The steps.
    pub say: Vec<Say>,
}

/// Every case.
#[must_use]
pub fn all() -> Vec<Case> {
    [handshake::cases(), connection::cases(), channel::cases(), content::cases()].concat()
}

fn case<const N: usize>(name: &'static str, from: From, steps: [&[u8]; N]) -> Case {
    let say = steps.map(|octets| Say::Octets(octets.to_vec())).to_vec();
    Case { name, from, channel_max: 2047, frame_max: 131_072, say }
}

/// As [`case`]; afterwards this side of the socket is closed.
fn ended(name: &'static str, from: From, octets: &[u8]) -> Case {
    let mut case = case(name, from, [octets]);
    case.say.push(Say::End);
    case
}
