//! `basic.publish`: checks, routing, returns and confirms.

use super::Broker;
use super::arguments::MAX_EXPIRY;
use super::channel::{ChannelKey, Mode};
use super::event::{Event, Fact};
use super::message::{Message, MessageId, Properties, Rare, SharedMessage};
use super::method::{ChannelId, Method, QueueId, Reply};
use super::permission::{Resource, Right};
use super::plugins::Routed;
use super::profile::Profile;
use super::queue::Arrival;
use super::reply_code::Fault;
use super::reply_to::PSEUDO_QUEUE;
use super::transaction::Pending;
use super::value::{Name, Table, Value};
use std::sync::Arc;

/// What `basic.publish` said, without the parts that are checked first.
struct Publish {
    exchange: Name,
    routing_key: Name,
    properties: Properties,
    body: super::Bytes,
}

impl Broker {
    /// `basic.publish`, checked in the order of `rabbit_channel:handle_method`.
    pub(super) fn publish(
        &mut self,
        key: ChannelKey,
        method: Method,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let Method::Publish { exchange, routing_key, mandatory, immediate, properties, body } =
            method
        else {
            return Ok(());
        };
        if immediate {
            return Err(Fault::not_implemented("immediate=true"));
        }
        let publish = Publish { exchange, routing_key, properties, body };
        let vhost = self.check_publish(key, &publish)?;
        let mut message = self.make_message(key, publish)?;
        self.messages += 1;
        message.id = MessageId(self.messages);
        let mut message = Arc::new(message);
        let from = self.channel_at(key)?.id;
        if !self.scratch.unwatched {
            out.push(Event::Fact(published(&message, from)));
        }
        let mut targets = core::mem::take(&mut self.scratch.targets);
        let routed = self.route(vhost, &message, &mut targets, out);
        if routed.failed {
            return Err(Fault::crash());
        }
        if self.profile.rewrites_headers() {
            drop_repeats(&mut message);
        }
        let replied = routed.counts(mandatory);
        let waits = self.profile.counts_replies()
            && matches!(self.channel_at(key)?.mode, Mode::Transaction(_));
        if !waits {
            self.deliver_replies(&message, out);
        }
        let channel = self.channel_at_mut(key)?;
        let number = match &mut channel.mode {
            Mode::Plain | Mode::Closing { .. } => None,
            Mode::Confirm(next) => {
                *next += 1;
                Some(*next - 1)
            }
            Mode::Transaction(transaction) => {
                let targets = core::mem::take(&mut targets);
                transaction.publish(Pending { message, mandatory, replied, targets });
                return Ok(());
            }
        };
        let taken = self.finish_publish(key, &message, mandatory, replied, &targets, out);
        self.scratch.targets = targets;
        if let Some(delivery_tag) = number {
            // Everything before has been settled already: a lone ack says no
            // more than itself, a lone nack says it with `multiple`
            // (`rabbit_channel:send_confirms`, `coalesce_and_send`).
            let reply = if taken {
                Reply::Ack { delivery_tag, multiple: false }
            } else {
                Reply::Nack { delivery_tag, multiple: true }
            };
            out.push(Event::Send { to: from, reply });
        }
        Ok(())
    }

    /// Returns what reached nobody and hands the rest to its queues. False
    /// when a queue refused it.
    fn finish_publish(
        &mut self,
        key: ChannelKey,
        message: &SharedMessage,
        mandatory: bool,
        replied: bool,
        targets: &[QueueId],
        out: &mut Vec<Event>,
    ) -> bool {
        if targets.is_empty() && !replied {
            if let Some(from) = self.channels.get(key).map(|channel| channel.id) {
                self.tell_unroutable(from, message, mandatory, out);
            }
            return true;
        }
        self.hand_out(Some(key), message, targets, out)
    }

    /// Returns what reaches nobody to who wants to know.
    pub(super) fn tell_unroutable(
        &self,
        from: ChannelId,
        message: &SharedMessage,
        mandatory: bool,
        out: &mut Vec<Event>,
    ) {
        out.push(Event::Fact(Fact::Unroutable { message: message.id, returned: mandatory }));
        if mandatory {
            let (code, text, message) = (312, "NO_ROUTE", message.clone());
            out.push(Event::Send { to: from, reply: Reply::Return { code, text, message } });
        }
    }

    /// Gives each queue its copy, from a channel or from inside the broker.
    /// False when one refused it.
    pub(super) fn hand_out(
        &mut self,
        from: Option<ChannelKey>,
        message: &SharedMessage,
        targets: &[QueueId],
        out: &mut Vec<Event>,
    ) -> bool {
        let mut taken = true;
        for id in targets {
            match self.on_queue(*id, out, |queue, context| queue.publish(from, message, context)) {
                Some(Arrival::Taken) | None => {}
                Some(Arrival::Refused) => taken = false,
                Some(Arrival::Crashed) => taken &= self.crash_queue(*id, message, out),
            }
        }
        taken
    }

    /// Where a message goes: fills `targets`.
    pub(super) fn route(
        &mut self,
        vhost: usize,
        message: &SharedMessage,
        targets: &mut Vec<QueueId>,
        out: &mut Vec<Event>,
    ) -> Routed {
        let start = message.exchange.clone();
        let mut routed = self.route_from(vhost, &start, message, targets, out);
        routed.replied = start.is_empty() && self.is_reply(message);
        routed
    }

    fn check_publish(&self, key: ChannelKey, publish: &Publish) -> Result<usize, Fault> {
        let max = self.profile.max_message_size();
        if publish.body.len() > max {
            let size = publish.body.len();
            return Err(Fault::precondition(format!(
                "message size {size} is larger than configured max size {max}"
            )));
        }
        self.check_right(key, Right::Write, Resource::Exchange(&publish.exchange))?;
        let index = self.channel_at(key)?.vhost;
        let vhost = &self.vhosts[index];
        match vhost.routing.exchange(&publish.exchange) {
            None => Err(Fault::no_exchange(&publish.exchange, &vhost.name)),
            Some(exchange) if exchange.internal => {
                let at = super::reply_code::exchange_at(&publish.exchange, &vhost.name);
                Err(Fault::refused(format!("cannot publish to internal {at}")))
            }
            Some(_) => Ok(index),
        }
    }

    /// The message as queues will hold it.
    fn make_message(&mut self, key: ChannelKey, publish: Publish) -> Result<Message, Fault> {
        let Publish { exchange, routing_key, mut properties, body } = publish;
        let early = self.profile.checks_publisher_early();
        if early {
            self.check_topic(key, Right::Write, &exchange, &routing_key)?;
        }
        let from = self.channel_at(key)?.id;
        if properties.reply_to.as_deref() == Some(PSEUDO_QUEUE) {
            let Some(reply) = &self.channel_at(key)?.reply else {
                return Err(Fault::precondition("fast reply consumer does not exist"));
            };
            properties.reply_to = Some(reply.address.clone());
        }
        if early {
            self.check_publisher(from, &properties)?;
        }
        if let Some(text) = &properties.expiration {
            let plain = check_expiration(text)?;
            if self.profile.rewrites_headers() && *plain != **text {
                properties.expiration = Some(plain.into());
            }
        }
        let (mut more_keys, mut hidden_keys) = (Vec::new(), Vec::new());
        if let Some(headers) = &mut properties.headers {
            more_keys = keys_of(headers, "CC")?;
            hidden_keys = keys_of(headers, "BCC")?;
            more_keys.extend(hidden_keys.iter().cloned());
            headers.remove("BCC");
            if self.profile.rewrites_headers() {
                crate::order::sort_by(&mut headers.0, |a, b| a.0.cmp(&b.0));
            }
        }
        if let Some(mode) = properties.delivery_mode.filter(|mode| !matches!(mode, 1 | 2))
            && self.profile.checks_delivery_mode()
        {
            return Err(invalid_message(&format!("{{delivery_mode_unknown,{mode}}}")));
        }
        let properties = self.scratch.shared(properties);
        let message = Message { exchange, routing_key, properties, body, ..Message::default() };
        let message = message.with(Rare { more_keys, hidden_keys, ..Rare::default() });
        if !early {
            for routing_key in message.keys() {
                self.check_topic(key, Right::Write, &message.exchange, routing_key)?;
            }
            self.check_publisher(from, &message.properties)?;
        }
        Ok(message)
    }

    /// Whether a message says who published it, and rightly.
    fn check_publisher(&self, from: ChannelId, properties: &Properties) -> Result<(), Fault> {
        let Some(user_id) = &properties.user_id else { return Ok(()) };
        let user = self.connection(from.connection).map_or("", |c| &c.user);
        self.check_user_id(user, user_id)
    }
}

fn published(message: &Message, from: ChannelId) -> Fact {
    let (exchange, routing_key) = (message.exchange.clone(), message.routing_key.clone());
    Fact::Published { message: message.id, from, exchange, routing_key }
}

fn invalid_message(why: &str) -> Fault {
    Fault::precondition(format!("invalid message: {why}"))
}

/// The further routing keys in a header: an array, of which strings count
/// (`rabbit_basic:header_routes`).
fn keys_of(headers: &Table, header: &str) -> Result<Vec<Name>, Fault> {
    match headers.get(header) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            Ok(items.iter().filter_map(Value::as_str).map(Name::from).collect())
        }
        Some(other) => {
            let kind = other.type_name();
            Err(invalid_message(&format!("{{unacceptable_type_in_header,\"{header}\",{kind}}}")))
        }
    }
}

/// Of several headers with one name consumers see the first
/// (`mc_amqpl:protocol_state`); exchanges have looked at all of them.
fn drop_repeats(message: &mut SharedMessage) {
    let Some(headers) = &message.properties.headers else { return };
    if headers.0.windows(2).all(|pair| pair[0].0 != pair[1].0) {
        return;
    }
    let properties = &mut Arc::make_mut(message).properties;
    if let Some(headers) = &mut Arc::make_mut(properties).headers {
        headers.0.dedup_by(|a, b| a.0 == b.0);
    }
}

/// An `expiration` as plain digits: a whole number of milliseconds, at most
/// ten years (`rabbit_basic:parse_expiration`).
fn check_expiration(text: &str) -> Result<String, Fault> {
    let digits_from = usize::from(text.starts_with(['+', '-']));
    let digits = text[digits_from..].bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits_from + digits);
    let prefix = format!("invalid expiration '{text}': ");
    let fault = |tag: &str, value: &str| {
        // Erlang's pretty printer breaks the line after column 80.
        let column = prefix.chars().count();
        let fits = column + tag.len() + value.chars().count() + 3 <= 80;
        let gap = if fits { String::new() } else { format!("\n{}", " ".repeat(column + 1)) };
        Fault::precondition(format!("{prefix}{{{tag},{gap}{value}}}"))
    };
    if digits == 0 {
        return Err(Fault::precondition(format!("{prefix}no_integer")));
    }
    if !rest.is_empty() {
        return Err(fault("leftover_string", &format!("{rest:?}")));
    }
    let magnitude = number.trim_start_matches(['+', '-']).trim_start_matches('0');
    let magnitude = if magnitude.is_empty() { "0" } else { magnitude };
    if number.starts_with('-') && magnitude != "0" {
        return Err(fault("value_negative", &format!("-{magnitude}")));
    }
    if magnitude.parse::<i64>().is_ok_and(|n| n <= MAX_EXPIRY) {
        return Ok(magnitude.into());
    }
    Err(fault("value_too_large", magnitude))
}

impl Profile {
    /// Who publishes, and the routing key alone, are looked at before the rest
    /// of the properties (`rabbit_channel`, `basic.publish` in 3.10). Later they
    /// come last, and the keys of CC and BCC are looked at, too.
    fn checks_publisher_early(self) -> bool {
        self < Self::V4_0
    }

    /// The largest body, in octets: 128 MiB, 16 MiB since 4.0
    /// (`rabbit.schema`: `max_message_size`).
    pub(crate) fn max_message_size(self) -> usize {
        if self < Self::V4_0 { 134_217_728 } else { 16_777_216 }
    }

    /// Properties are taken apart and put together again on their way through
    /// (message containers, since 3.13).
    pub(crate) fn rewrites_headers(self) -> bool {
        self >= Self::V4_0
    }

    /// A delivery mode other than 1 and 2 is refused, not taken for transient
    /// (`rabbit_basic:is_message_persistent`).
    pub(crate) fn checks_delivery_mode(self) -> bool {
        self < Self::V4_0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expirations() {
        for (text, good) in [
            ("0", Ok("0")),
            ("0100", Ok("100")),
            ("+5", Ok("5")),
            ("4294967296", Ok("4294967296")),
            ("", Err("no_integer")),
            ("abc", Err("no_integer")),
            ("-", Err("no_integer")),
            ("-1", Err("{value_negative,-1}")),
            ("10ms", Err("{leftover_string,\"ms\"}")),
            ("315360000000", Ok("315360000000")),
            ("315360000001", Err("{value_too_large,315360000001}")),
        ] {
            let found = check_expiration(text);
            match (found, good) {
                (Ok(found), Ok(wanted)) => assert_eq!(found, wanted),
                (Err(fault), Err(wanted)) => assert_eq!(
                    fault.text(),
                    format!("PRECONDITION_FAILED - invalid expiration '{text}': {wanted}")
                ),
                (found, wanted) => panic!("{text}: {found:?} is not {wanted:?}"),
            }
        }
    }

    #[test]
    fn the_first_of_equal_headers_stays() {
        let value = |n| Value::I32(n);
        let headers = Table::from([("a", value(2)), ("b", value(1)), ("b", value(3))]);
        let properties = Arc::new(Properties { headers: Some(headers), ..Properties::default() });
        let mut message = Arc::new(Message { properties, ..Message::default() });
        drop_repeats(&mut message);
        let left = Table::from([("a", value(2)), ("b", value(1))]);
        assert_eq!(message.properties.headers, Some(left));
    }
}
