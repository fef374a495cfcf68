//! Direct reply-to: a requester consumes from a queue that does not exist, and
//! repliers publish straight to its channel (rabbitmq.com, "Direct Reply-to").

use super::Broker;
use super::channel::{ChannelKey, ReplyConsumer};
use super::consuming::Subscription;
use super::event::Event;
use super::message::{Message, SharedMessage};
use super::method::Reply;
use super::names::MADE_UP_LENGTH;
use super::profile::Profile;
use super::reply_code::Fault;
use super::value::Name;
use std::sync::Arc;

/// The queue that does not exist.
pub(crate) const PSEUDO_QUEUE: &str = "amq.rabbitmq.reply-to";

/// What the addresses behind it begin with.
const PREFIX: &str = "amq.rabbitmq.reply-to.";

/// Whether this is an address of a requester, who may be gone.
fn is_address(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|rest| rest.len() == MADE_UP_LENGTH)
}

impl Broker {
    pub(super) fn consume_replies(
        &mut self,
        key: ChannelKey,
        wanted: Subscription,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        if !wanted.no_ack {
            return Err(Fault::precondition("reply consumer cannot acknowledge"));
        }
        if self.channel_at(key)?.reply.is_some() {
            return Err(Fault::precondition("reply consumer already set"));
        }
        let tag = if wanted.consumer_tag.is_empty() {
            self.names.next("amq.ctag-")
        } else {
            wanted.consumer_tag
        };
        let address = self.names.next(PREFIX);
        self.replies.insert(address.clone(), key);
        self.channel_at_mut(key)?.reply = Some(ReplyConsumer { tag: tag.clone(), address });
        self.answer(key, wanted.nowait, Reply::ConsumeOk { consumer_tag: tag }, out);
        Ok(())
    }

    /// Declaring the pseudo-queue or an address only asks whether it is there;
    /// what is there has one consumer.
    pub(super) fn declare_reply_queue(
        &mut self,
        key: ChannelKey,
        name: Name,
        nowait: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let channel = self.channel_at(key)?;
        let requester = self.replies.get(&name);
        let there = requester.is_some_and(|requester| *requester != key);
        if &*name != PSEUDO_QUEUE && !there {
            // Who asks itself whether it is there gets no answer.
            let crashes = if self.profile.counts_replies() {
                !is_address(&name)
            } else {
                requester.is_some()
            };
            return Err(if crashes {
                Fault::crash()
            } else {
                Fault::no_queue(&name, &self.vhosts[channel.vhost].name)
            });
        }
        self.channel_at_mut(key)?.last_queue = name.clone();
        let reply = Reply::QueueDeclareOk { queue: name, messages: 0, consumers: 1 };
        self.answer(key, nowait, reply, out);
        Ok(())
    }

    /// Whether a message that is published through the default exchange is
    /// routed by naming a requester.
    pub(super) fn is_reply(&self, message: &Message) -> bool {
        self.profile.counts_replies() && message.keys().any(is_address)
    }

    /// Hands a message published through the default exchange to the
    /// requesters its keys name.
    pub(super) fn deliver_replies(&mut self, message: &Message, out: &mut Vec<Event>) {
        if !message.exchange.is_empty() {
            return;
        }
        for address in message.keys().filter(|key| key.starts_with(PREFIX)) {
            let found = self.replies.get(address).and_then(|key| self.channels.get_mut(*key));
            let Some(channel) = found else { continue };
            let Some(consumer) = channel.reply.as_ref() else { continue };
            let consumer_tag = consumer.tag.clone();
            let delivery_tag = channel.next_tag;
            if self.profile.counts_replies() {
                channel.next_tag += 1;
            }
            let message: SharedMessage = Arc::new(message.clone());
            out.push(Event::Send {
                to: channel.id,
                reply: Reply::Deliver { consumer_tag, delivery_tag, redelivered: false, message },
            });
        }
    }
}

impl Profile {
    /// A direct reply counts as routed, waits for the commit of a transaction
    /// and takes a delivery tag like any other delivery
    /// (`rabbit_volatile_queue.erl`, since 4.2). Before, a mandatory reply is
    /// returned although it is delivered.
    pub(crate) fn counts_replies(self) -> bool {
        self >= Self::V4_3
    }
}
