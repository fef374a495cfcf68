//! The real broker: where it is, whether it may be touched, and a place on it
//! that is ours alone.

use super::replay::Address;
use amq_protocol_uri::{AMQPScheme, AMQPUri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use warren_amqp::client::{Client, Heard};
use warren_core::broker::{Method, Name, Reply, Table};
use warren_core::world::{Crossed, Traffic};

/// How long the management API, or a broker's answer, may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The management API's port where nothing else is said.
const MANAGEMENT_PORT: u16 = 15_672;

/// Reads an address like `amqp://user:password@host:port/vhost`.
pub(super) fn address(uri: &str) -> Result<Address, String> {
    let read: AMQPUri = uri.parse().map_err(|error| format!("{uri} is no address: {error}"))?;
    if read.scheme == AMQPScheme::AMQPS {
        return Err("amqps is not spoken here; give an amqp:// address".into());
    }
    let (host, port) = (read.authority.host, read.authority.port);
    let user = read.authority.userinfo;
    let (user, password) = (user.username, user.password);
    // By the letter, a lone slash names the virtual host ""; people mean "/".
    let vhost = if read.vhost.is_empty() { "/".to_owned() } else { read.vhost };
    Ok(Address { host, port, user, password, vhost })
}

/// Where on a broker the script is played.
pub(super) enum Ground {
    /// A virtual host that was made for it, and goes with it.
    Own(Management, String),
    /// The virtual host of the address, where none of the script's names were
    /// taken.
    Shared,
}

/// RabbitMQ's management API.
pub(super) struct Management {
    agent: ureq::Agent,
    base: String,
    authorization: String,
    user: String,
}

impl Management {
    /// The API at `base`, or beside the broker. `Ok(None)` when nothing is
    /// there and nobody said that something is.
    fn find(address: &Address, base: Option<&str>) -> Result<Option<Self>, String> {
        let beside = format!("http://{}:{MANAGEMENT_PORT}", address.host);
        let credentials = format!("{}:{}", address.user, address.password);
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false);
        let api = Self {
            agent: config.build().new_agent(),
            base: base.unwrap_or(&beside).trim_end_matches('/').to_owned(),
            authorization: format!("Basic {}", STANDARD.encode(credentials)),
            user: address.user.clone(),
        };
        match (api.get("/api/whoami"), base) {
            (Ok(_), _) => Ok(Some(api)),
            (Err(_), None) => Ok(None),
            (Err(why), Some(base)) => Err(format!("the management API at {base}: {why}")),
        }
    }

    /// Who asks.
    pub(super) fn user(&self) -> &str {
        &self.user
    }

    fn get(&self, path: &str) -> Result<Json, String> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let answer = request.header("Authorization", &self.authorization).call();
        let mut answer = answer.map_err(|error| error.to_string())?;
        let text = answer.body_mut().read_to_string().map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("it answers {}", answer.status()));
        }
        serde_json::from_str(&text).map_err(|_| "it does not answer in JSON".into())
    }

    pub(super) fn put(&self, path: &str, body: &Json) -> Result<(), String> {
        let request = self.agent.put(format!("{}{path}", self.base));
        let request = request
            .header("Authorization", &self.authorization)
            .header("Content-Type", "application/json");
        let answer = request.send(body.to_string()).map_err(|error| error.to_string())?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(format!("it answers {} to PUT {path}", answer.status())),
        }
    }

    /// Queues of every virtual host that this user may see.
    fn queues(&self) -> Result<Vec<String>, String> {
        let list = self.get("/api/queues?columns=vhost,name")?;
        let list = list.as_array().ok_or("it does not list queues")?;
        let text = |queue: &Json, key: &str| queue[key].as_str().unwrap_or_default().to_owned();
        Ok(list.iter().map(|q| format!("{} in {}", text(q, "name"), text(q, "vhost"))).collect())
    }

    /// Makes a virtual host for the user of the address; none stays when that
    /// cannot be done.
    fn make(&self, vhost: &str) -> Result<(), String> {
        self.put(&format!("/api/vhosts/{vhost}"), &json!({}))?;
        let all = json!({ "configure": ".*", "write": ".*", "read": ".*" });
        let user: String = escaped(&self.user);
        let allowed = self.put(&format!("/api/permissions/{vhost}/{user}"), &all);
        allowed.map_err(|why| match self.forget(vhost) {
            Ok(()) => why,
            Err(left) => format!("{why}; {vhost} is still there: {left}"),
        })
    }

    /// Deletes the virtual host and all that is in it.
    fn forget(&self, vhost: &str) -> Result<(), String> {
        self.delete(&format!("/api/vhosts/{vhost}"))
    }

    pub(super) fn delete(&self, path: &str) -> Result<(), String> {
        let request = self.agent.delete(format!("{}{path}", self.base));
        let answer = request.header("Authorization", &self.authorization).call();
        let answer = answer.map_err(|error| error.to_string())?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(format!("it answers {} to DELETE {path}", answer.status())),
        }
    }
}

pub(super) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// What a scenario needs besides a place.
pub(super) struct Needs {
    /// Where it first asks for something that no client can do.
    pub(super) management: Option<String>,
    /// Users that it makes.
    pub(super) users: Vec<Name>,
}

/// Looks whether the broker may be touched, and makes a place on it. `address`
/// then leads there.
pub(super) fn prepare(
    address: &mut Address,
    management: Option<&str>,
    shared: bool,
    traffic: &Traffic,
    needs: &Needs,
) -> Result<Ground, String> {
    if let Some(api) = Management::find(address, management)? {
        let queues = api.queues().map_err(|why| format!("cannot see its queues: {why}"))?;
        if !shared && !queues.is_empty() {
            let first: Vec<&str> = queues.iter().take(3).map(String::as_str).collect();
            return Err(format!(
                "this broker holds queues of others ({}{}). Nothing was touched. With --shared \
                 Warren uses a virtual host of its own beside them",
                first.join(", "),
                if queues.len() > 3 { ", …" } else { "" }
            ));
        }
        for user in &needs.users {
            if api.get(&format!("/api/users/{}", escaped(user))).is_ok() {
                return Err(format!("this broker has a user {user}. Nothing was touched"));
            }
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let vhost = format!("warren-verify-{}-{}", std::process::id(), since.as_millis());
        api.make(&vhost).map_err(|why| format!("cannot make a virtual host: {why}"))?;
        address.vhost.clone_from(&vhost);
        return Ok(Ground::Own(api, vhost));
    }
    if let Some(statement) = &needs.management {
        return Err(format!(
            "{statement} cannot be carried out without RabbitMQ's management API, which is not at \
             http://{}:{MANAGEMENT_PORT}. Nothing was touched. Say where it is with --management",
            address.host
        ));
    }
    if !shared {
        return Err(format!(
            "cannot see whether this broker holds queues of others: no management API at \
             http://{}:{MANAGEMENT_PORT}. Nothing was touched. Say where it is with --management, \
             or use --shared: then Warren plays in the virtual host {} and touches only what it \
             declares itself, under names that are not taken",
            address.host, address.vhost
        ));
    }
    untaken(address, traffic)?;
    Ok(Ground::Shared)
}

/// Queues and exchanges that a script names.
#[derive(Default)]
struct Named {
    queues: BTreeSet<Name>,
    exchanges: BTreeSet<Name>,
}

fn named(traffic: &Traffic) -> Named {
    let mut named = Named::default();
    for crossing in &traffic.crossings {
        let Crossed::Sent(_, method) = &crossing.what else { continue };
        match &**method {
            Method::ExchangeDeclare { exchange, arguments, .. } => {
                named.exchanges.insert(exchange.clone());
                named.mentioned(arguments);
            }
            Method::ExchangeDelete { exchange, .. } => {
                named.exchanges.insert(exchange.clone());
            }
            Method::ExchangeBind { destination, source, .. }
            | Method::ExchangeUnbind { destination, source, .. } => {
                named.exchanges.extend([destination.clone(), source.clone()]);
            }
            Method::QueueDeclare { queue, arguments, .. } => {
                named.queues.insert(queue.clone());
                named.mentioned(arguments);
            }
            Method::QueueDelete { queue, .. }
            | Method::QueuePurge { queue, .. }
            | Method::Consume { queue, .. }
            | Method::Get { queue, .. } => {
                named.queues.insert(queue.clone());
            }
            Method::QueueBind { queue, exchange, .. }
            | Method::QueueUnbind { queue, exchange, .. } => {
                named.queues.insert(queue.clone());
                named.exchanges.insert(exchange.clone());
            }
            Method::Publish { exchange, routing_key, properties, .. } => {
                named.exchanges.insert(exchange.clone());
                if exchange.is_empty() {
                    named.queues.insert(routing_key.clone());
                }
                named.queues.extend(properties.reply_to.clone());
            }
            _ => {}
        }
    }
    named.exchanges.remove("");
    // What brokers make up cannot be taken.
    named.queues.retain(|queue| !queue.is_empty() && !queue.starts_with("amq."));
    named
}

impl Named {
    /// What the arguments of a declaration lead to.
    fn mentioned(&mut self, arguments: &Table) {
        let text = |name| arguments.get(name).and_then(|v| v.as_str()).map(Name::from);
        self.exchanges.extend(text("alternate-exchange"));
        self.exchanges.extend(text("x-dead-letter-exchange"));
        self.queues.extend(text("x-dead-letter-routing-key"));
    }
}

/// Refuses to go on when a name of the script is taken. Asks passively: that
/// changes nothing.
fn untaken(address: &Address, traffic: &Traffic) -> Result<(), String> {
    let named = named(traffic);
    if let Some(exchange) = named.exchanges.iter().find(|name| name.starts_with("amq.")) {
        return Err(format!(
            "the scenario uses {exchange}, which it would share with others in the virtual host \
             {}. Nothing was touched",
            address.vhost
        ));
    }
    let asks = exchange_asks(&named).chain(queue_asks(&named));
    for (what, method) in asks {
        // Anything else than that it is not found means that it is there, or
        // that nobody may know.
        match Asker::new(address)?.ask(&method)? {
            Reply::ChannelClose { code: 404, .. } => {}
            Reply::ChannelClose { code: 403, text, .. } => return Err(text),
            _ => {
                return Err(format!(
                    "{what} exists in the virtual host {}. Nothing was touched",
                    address.vhost
                ));
            }
        }
    }
    Ok(())
}

fn exchange_asks(named: &Named) -> impl Iterator<Item = (String, Method)> {
    named.exchanges.iter().map(|exchange| {
        let ask = Method::ExchangeDeclare {
            exchange: exchange.clone(),
            kind: Name::from("direct"),
            passive: true,
            durable: false,
            auto_delete: false,
            internal: false,
            nowait: false,
            arguments: Table::new(),
        };
        (format!("the exchange {exchange}"), ask)
    })
}

fn queue_asks(named: &Named) -> impl Iterator<Item = (String, Method)> {
    named.queues.iter().map(|queue| (format!("the queue {queue}"), passive(queue)))
}

fn passive(queue: &Name) -> Method {
    Method::QueueDeclare {
        queue: queue.clone(),
        passive: true,
        durable: false,
        exclusive: false,
        auto_delete: false,
        nowait: false,
        arguments: Table::new(),
    }
}

/// A connection for one question.
pub(super) struct Asker {
    client: Client,
    heard: std::sync::mpsc::Receiver<Heard>,
}

impl Asker {
    pub(super) fn new(address: &Address) -> Result<Self, String> {
        let (tell, heard) = channel();
        // Nobody listens any more when the question is answered.
        let client = address.connect(move |said| drop(tell.send(said)));
        let client = client.map_err(|error| format!("cannot connect: {error}"))?;
        Ok(Self { client, heard })
    }

    /// The answer, which may be that the broker closes the channel.
    pub(super) fn ask(&mut self, method: &Method) -> Result<Reply, String> {
        for method in [&Method::ChannelOpen, method] {
            self.client.send(1, method).map_err(|error| format!("cannot ask: {error}"))?;
            let answer = self.heard.recv_timeout(PATIENCE);
            match answer.map_err(|_| "the broker does not answer".to_owned())? {
                Heard::Reply(_, Reply::ChannelOpenOk) => {}
                Heard::Reply(_, reply) => return Ok(reply),
                Heard::End(why) => return Err(format!("the broker hung up: {why}")),
            }
        }
        Err("the broker does not answer".into())
    }
}

/// The ready messages of a queue; `None` when there is no such queue.
pub(super) fn ready(address: &Address, queue: &Name) -> Result<Option<u64>, String> {
    match Asker::new(address)?.ask(&passive(queue))? {
        Reply::QueueDeclareOk { messages, .. } => Ok(Some(messages.into())),
        _ => Ok(None),
    }
}

/// Takes away all that was made, queues that the broker named among it. Says
/// what could not be.
pub(super) fn clean(
    ground: &Ground,
    address: &Address,
    traffic: &Traffic,
    made_up: &[Name],
) -> Result<(), String> {
    if let Ground::Own(api, vhost) = ground {
        return api
            .forget(vhost)
            .map_err(|why| format!("the virtual host {vhost} is still there: {why}"));
    }
    let named = named(traffic);
    for queue in named.queues.iter().chain(made_up) {
        let delete = Method::QueueDelete {
            queue: queue.clone(),
            if_unused: false,
            if_empty: false,
            nowait: false,
        };
        Asker::new(address)?.ask(&delete)?;
    }
    for exchange in &named.exchanges {
        let exchange = exchange.clone();
        let delete = Method::ExchangeDelete { exchange, if_unused: false, nowait: false };
        Asker::new(address)?.ask(&delete)?;
    }
    Ok(())
}
