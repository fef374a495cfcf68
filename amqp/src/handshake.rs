//! From the first octets to connection.open (`rabbit_reader.erl`).

use crate::codec::{self, FromClient, Writer};
use crate::content::{Assembler, Refused, Whole};
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

/// What is spoken here.
const HEADER_091: &[u8] = b"AMQP\x00\x00\x09\x01";
/// What RabbitMQ would rather speak.
const HEADER_SASL: &[u8] = b"AMQP\x03\x01\x00\x00";

/// What a client and the server agreed on.
#[derive(Clone, Debug)]
pub(crate) struct Agreed {
    pub(crate) login: Login,
    pub(crate) frame_max: u32,
    /// Seconds; 0 for none.
    pub(crate) heartbeat: u16,
    /// What the client calls itself.
    pub(crate) product: String,
    /// What it calls its connection.
    pub(crate) name: String,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum NoConnection {
    /// The client went away.
    Ended,
    /// It is told nothing, and waits: it is not trusted.
    Silent(String),
    /// It is told nothing: RabbitMQ's reader crashes.
    Crash,
    /// It is told why.
    Told(Fault),
    /// It is told why; where its next frame begins is no longer known.
    Lost(Fault),
    /// It is told that it may not come in, and waits; why, says the log.
    Refused(Fault, String),
    /// It speaks another protocol and was told which one is spoken here.
    OtherProtocol([u8; 8]),
}

impl fmt::Display for NoConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("it went away during the handshake"),
            Self::Silent(reason) | Self::Refused(_, reason) => f.write_str(reason),
            Self::Crash => f.write_str("it sent an unknown method during the handshake"),
            Self::Told(fault) | Self::Lost(fault) => write!(f, "{} {}", fault.code, fault.text),
            Self::OtherProtocol(header) => {
                let text: String =
                    header.iter().flat_map(|o| o.escape_ascii()).map(char::from).collect();
                write!(f, "it does not speak AMQP 0-9-1: {text}")
            }
        }
    }
}

/// How far a handshake has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Starting,
    Tuning,
    Opening,
}

impl Stage {
    /// Only who has logged in and agreed on limits is told what was wrong, and
    /// not what RabbitMQ did not foresee (`rabbit_reader:handle_exception`).
    fn refuse(self, fault: Fault) -> NoConnection {
        match self {
            Self::Opening if fault != Fault::internal() => NoConnection::Told(fault),
            _ => NoConnection::Silent(format!("{} {}", fault.code, fault.text)),
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
        let version = self.protocol().await?;
        let (user, properties) = self.log_in(version).await?;
        let client = properties.get("product").and_then(Value::as_str).unwrap_or_default();
        let version = properties.get("version").and_then(Value::as_str).unwrap_or_default();
        let product = format!("{client} {version}").trim().to_owned();
        let name = properties.get("connection_name").and_then(Value::as_str).unwrap_or_default();
        let name = name.to_owned();
        let (channel_max, frame_max, heartbeat) = self.tune().await?;
        self.frames.agree(frame_max);
        let (method, ids) = self.method(Stage::Opening).await?;
        let FromClient::Open { vhost } = method else {
            return Err(Stage::Opening.refuse(Fault::state("opening", ids)));
        };
        let capabilities = Capabilities {
            consumer_cancel_notify: has_capability(&properties, "consumer_cancel_notify"),
            connection_blocked: has_capability(&properties, "connection.blocked"),
        };
        let login = Login { user, vhost, capabilities, channel_max };
        Ok(Agreed { login, frame_max, heartbeat, product, name })
    }

    async fn send(&mut self, fill: impl FnOnce(&mut Writer)) -> std::io::Result<()> {
        let mut writer = Writer::default();
        fill(&mut writer);
        writer::all(self.to, &writer.octets).await
    }

    /// The next method on channel 0.
    async fn method(&mut self, stage: Stage) -> Result<(FromClient, (u16, u16)), NoConnection> {
        let mut assembler = Assembler::new(self.profile);
        loop {
            let (head, payload) = match self.frames.one().await {
                Ok(frame) => frame,
                Err(Stop::Ended) => return Err(NoConnection::Ended),
                Err(Stop::Fault(fault)) if stage == Stage::Opening => {
                    return Err(NoConnection::Lost(fault));
                }
                Err(Stop::Fault(fault)) => return Err(NoConnection::Silent(fault.text)),
            };
            let found = match head.channel {
                0 => assembler.frame(head, &payload),
                _ => Err(Fault::unexpected(head, &payload).into()),
            };
            match found {
                Ok(Whole::Method(method, ids)) => return Ok((method, ids)),
                Ok(_) => {}
                Err(Refused::Crash) => return Err(NoConnection::Crash),
                Err(Refused::Fault(fault)) => return Err(stage.refuse(fault)),
            }
        }
    }

    /// The version that is spoken, as connection.start tells it. Other versions
    /// are answered with the header of what is spoken here; 4.0 and later speak
    /// AMQP 1.0 first and say that instead.
    async fn protocol(&mut self) -> Result<(u8, u8), NoConnection> {
        let header = self.frames.protocol_header().await.ok_or(NoConnection::Ended)?;
        let old = self.profile < Profile::V4_0;
        let spoken = match header {
            [b'A', b'M', b'Q', b'P', version @ ..] => match version {
                [0, 0, 9, 1] | [1, 1, 0, 9] => return Ok((0, 9)),
                [1, 1, 8, 0] | [1, 1, 9, 1] if old => return Ok((8, 0)),
                [0, 0, 9..=255, _] => HEADER_091,
                // AMQP 1.0 is not spoken here, though RabbitMQ does.
                [3, 1, 0, 0] => HEADER_091,
                _ if old => HEADER_091,
                _ => HEADER_SASL,
            },
            _ if old => HEADER_091,
            _ => HEADER_SASL,
        };
        writer::all(self.to, spoken).await?;
        Err(NoConnection::OtherProtocol(header))
    }

    async fn log_in(&mut self, (major, minor): (u8, u8)) -> Result<(Name, Table), NoConnection> {
        let profile = self.profile;
        self.send(|writer| {
            writer.method(0, (10, 10), |w| {
                w.octet(major);
                w.octet(minor);
                w.table(&login::server_properties(profile));
                w.long_string(login::mechanisms(profile).as_bytes());
                w.long_string(b"en_US");
            });
        })
        .await?;
        let (method, ids) = self.method(Stage::Starting).await?;
        let FromClient::StartOk { properties, mechanism, response } = method else {
            return Err(Stage::Starting.refuse(Fault::state("starting", ids)));
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
        let (method, ids) = self.method(Stage::Tuning).await?;
        let FromClient::TuneOk { channel_max, frame_max, heartbeat } = method else {
            return Err(Stage::Tuning.refuse(Fault::state("tuning", ids)));
        };
        let least = limits::least_frame_max(self.profile);
        negotiated("frame_max", frame_max, least, limits::FRAME_MAX)?;
        negotiated("channel_max", channel_max.into(), 1, limits::CHANNEL_MAX.into())?;
        Ok((channel_max, frame_max, heartbeat))
    }
}

/// `rabbit_reader:validate_negotiated_integer_value`. Its code would tell the
/// client, but no release that was asked does.
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
    Err(NoConnection::Silent(text))
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
