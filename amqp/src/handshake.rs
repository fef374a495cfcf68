//! From the first octets to connection.open (`rabbit_reader.erl`).

use crate::codec::{self, FrameHead, FromClient, METHOD, Writer};
use crate::engine::Input;
use crate::fault::Fault;
use crate::frames::{Frames, Stop};
use crate::login::{self, Attempt};
use crate::password;
use crate::{limits, writer};
use core::fmt;
use std::net::IpAddr;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use warren_core::broker::{
    Broker, Bytes, Capabilities, Login, Name, Profile, Refusal, Table, Value,
};

/// What a client and the server agreed on.
#[derive(Clone, Debug)]
pub(crate) struct Agreed {
    pub(crate) login: Login,
    pub(crate) frame_max: u32,
    /// Seconds; 0 for none.
    pub(crate) heartbeat: u16,
    /// What the client calls itself.
    pub(crate) product: String,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum NoConnection {
    /// The client went away.
    Ended,
    /// It is told nothing, and waits: it is not trusted.
    Silent(String),
    /// It is told why.
    Told(Fault),
    /// It is told that it may not come in; why, says the log.
    Refused(Fault, String),
    /// It speaks another protocol and was told which one is spoken here.
    OtherProtocol([u8; 8]),
}

impl fmt::Display for NoConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("it went away during the handshake"),
            Self::Silent(reason) | Self::Refused(_, reason) => f.write_str(reason),
            Self::Told(fault) => write!(f, "{} {}", fault.code, fault.text),
            Self::OtherProtocol(header) => {
                let text: String =
                    header.iter().flat_map(|o| o.escape_ascii()).map(char::from).collect();
                write!(f, "it does not speak AMQP 0-9-1: {text}")
            }
        }
    }
}

impl From<Stop> for NoConnection {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Ended => Self::Ended,
            Stop::Fault(fault) => Self::Silent(fault.text),
        }
    }
}

impl From<std::io::Error> for NoConnection {
    fn from(_: std::io::Error) -> Self {
        Self::Ended
    }
}

/// Both directions of a connection that is being made.
pub(crate) struct Handshake<'a, R, W> {
    pub(crate) frames: &'a mut Frames<R>,
    pub(crate) to: &'a mut W,
    pub(crate) profile: Profile,
    pub(crate) peer: IpAddr,
    pub(crate) inputs: &'a mpsc::Sender<Input>,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Handshake<'_, R, W> {
    /// Everything before the virtual host is looked for.
    pub(crate) async fn run(&mut self) -> Result<Agreed, NoConnection> {
        self.protocol().await?;
        let (user, properties) = self.log_in().await?;
        let client = properties.get("product").and_then(Value::as_str).unwrap_or_default();
        let version = properties.get("version").and_then(Value::as_str).unwrap_or_default();
        let product = format!("{client} {version}").trim().to_owned();
        let (channel_max, frame_max, heartbeat) = self.tune().await?;
        self.frames.agree(frame_max);
        let (method, ids) = self.method().await?;
        let FromClient::Open { vhost } = method else {
            return Err(NoConnection::Silent(Fault::state("opening", ids).text));
        };
        let capabilities = Capabilities {
            consumer_cancel_notify: has_capability(&properties, "consumer_cancel_notify"),
            connection_blocked: has_capability(&properties, "connection.blocked"),
        };
        let login = Login { user, vhost, capabilities, channel_max };
        Ok(Agreed { login, frame_max, heartbeat, product })
    }

    async fn send(&mut self, fill: impl FnOnce(&mut Writer)) -> std::io::Result<()> {
        let mut writer = Writer::default();
        fill(&mut writer);
        writer::all(self.to, &writer.octets).await
    }

    async fn method(&mut self) -> Result<(FromClient, (u16, u16)), NoConnection> {
        loop {
            let (head, payload) = self.frames.one().await?;
            match method_of(head, &payload) {
                Some(found) => return Ok(found),
                None if head.kind == codec::HEARTBEAT => {}
                None => {
                    let reason = format!("a frame of type {} during the handshake", head.kind);
                    return Err(NoConnection::Silent(reason));
                }
            }
        }
    }

    /// Other versions are answered with the header of what is spoken here; 4.0
    /// and later speak AMQP 1.0 first and say that instead.
    async fn protocol(&mut self) -> Result<(), NoConnection> {
        let header = self.frames.protocol_header().await.ok_or(NoConnection::Ended)?;
        let old = self.profile < Profile::V4_0;
        match header {
            [b'A', b'M', b'Q', b'P', 0, 0, 9, 1] | [b'A', b'M', b'Q', b'P', 1, 1, 0, 9] => Ok(()),
            [b'A', b'M', b'Q', b'P', 1, 1, 8, 0] | [b'A', b'M', b'Q', b'P', 1, 1, 9, 1] if old => {
                Ok(())
            }
            other => {
                let is_09 = matches!(other, [b'A', b'M', b'Q', b'P', _, _, minor, _] if minor >= 9);
                let spoken =
                    if old || is_09 { b"AMQP\x00\x00\x09\x01" } else { b"AMQP\x03\x01\x00\x00" };
                writer::all(self.to, spoken).await?;
                Err(NoConnection::OtherProtocol(other))
            }
        }
    }

    async fn log_in(&mut self) -> Result<(Name, Table), NoConnection> {
        let profile = self.profile;
        self.send(|writer| {
            writer.method(0, (10, 10), |w| {
                w.octet(0);
                w.octet(9);
                w.table(&login::server_properties(profile));
                w.long_string(login::mechanisms(profile).as_bytes());
                w.long_string(b"en_US");
            });
        })
        .await?;
        let (method, ids) = self.method().await?;
        let FromClient::StartOk { properties, mechanism, response } = method else {
            return Err(NoConnection::Silent(Fault::state("starting", ids).text));
        };
        let attempt = login::attempt(profile, &mechanism, &response);
        let Attempt { user, password } = attempt.map_err(NoConnection::Silent)?;
        match self.authenticate(user.clone(), password).await? {
            Ok(()) => Ok((Name::from(user), properties)),
            Err(reason) if !has_capability(&properties, "authentication_failure_close") => {
                Err(NoConnection::Silent(reason))
            }
            Err(reason) => {
                let Refusal { code, text } = Refusal::login(&mechanism);
                Err(NoConnection::Refused(Fault::new(code, text, (0, 0)), reason))
            }
        }
    }

    /// Asks the broker whether somebody may come in.
    async fn authenticate(
        &self,
        user: String,
        password: String,
    ) -> Result<Result<(), String>, NoConnection> {
        let near = self.peer.to_canonical().is_loopback();
        let (answer, answered) = oneshot::channel();
        let act = move |broker: &mut Broker, _, _: &mut _| {
            let found = broker.authenticate(&user, &password, near, |algorithm, hash| {
                password::fits(&password, algorithm, hash)
            });
            // A client that has gone needs no answer.
            let _ = answer.send(found);
        };
        let asked = self.inputs.send(Input::Act(Box::new(act))).await;
        asked.map_err(|_| NoConnection::Ended)?;
        answered.await.map_err(|_| NoConnection::Ended)
    }

    async fn tune(&mut self) -> Result<(u16, u32, u16), NoConnection> {
        self.send(|writer| {
            writer.method(0, (10, 30), |w| {
                w.short(limits::CHANNEL_MAX);
                w.long(limits::FRAME_MAX);
                w.short(limits::HEARTBEAT);
            });
        })
        .await?;
        let (method, ids) = self.method().await?;
        let FromClient::TuneOk { channel_max, frame_max, heartbeat } = method else {
            return Err(NoConnection::Silent(Fault::state("tuning", ids).text));
        };
        let least = limits::least_frame_max(self.profile);
        negotiated("frame_max", frame_max, least, limits::FRAME_MAX)?;
        negotiated("channel_max", channel_max.into(), 1, limits::CHANNEL_MAX.into())?;
        Ok((channel_max, frame_max, heartbeat))
    }
}

/// A method frame on channel 0 that makes sense.
fn method_of(head: FrameHead, payload: &[u8]) -> Option<(FromClient, (u16, u16))> {
    let ([c0, c1, m0, m1], arguments) = payload.split_first_chunk::<4>()?;
    let ids = (u16::from_be_bytes([*c0, *c1]), u16::from_be_bytes([*m0, *m1]));
    if head.kind != METHOD || head.channel != 0 {
        return None;
    }
    codec::decode(ids, arguments).ok().map(|method| (method, ids))
}

/// `rabbit_reader:validate_negotiated_integer_value`.
fn negotiated(field: &str, value: u32, least: u32, most: u32) -> Result<(), NoConnection> {
    let no_limit = if field == "channel_max" && value == 0 { " (no limit)" } else { "" };
    let (than, bound, which) = if value != 0 && value < least {
        ("lower", least, "minimum")
    } else if value == 0 || value > most {
        ("higher", most, "maximum")
    } else {
        return Ok(());
    };
    let text = format!(
        "NOT_ALLOWED - negotiated {field} = {value}{no_limit} is {than} than the {which} \
         allowed value ({bound})"
    );
    Err(NoConnection::Told(Fault::new(530, text, (10, 30))))
}

fn has_capability(properties: &Table, name: &str) -> bool {
    match properties.get("capabilities") {
        Some(Value::Table(capabilities)) => {
            capabilities.get(name).is_some_and(|value| *value == Value::Bool(true))
        }
        _ => false,
    }
}

/// connection.open-ok.
pub(crate) fn open_ok() -> Vec<u8> {
    let mut writer = Writer::default();
    writer.method(0, (10, 41), |w| w.name(""));
    writer.octets
}

/// connection.close, for a client that has not got as far as an outbox.
pub(crate) fn close(fault: &Fault) -> Vec<u8> {
    let mut writer = Writer::default();
    codec::encode(&mut writer, 0, limits::FRAME_MAX as usize, &fault.close());
    writer.octets
}

/// Text that a client sent, for the log.
pub(crate) fn printable(text: &str) -> String {
    Bytes::from(text).to_string().chars().filter(|c| !c.is_control()).take(80).collect()
}
