//! Length limits and expiry.

use super::{Context, Overflow, Queue, Stored};
use crate::broker::dead_letter::{DeathReason, Dying};
use crate::broker::deadline::{DeadlineKind, Due};
use crate::broker::event::Leave;
use crate::broker::message::{Message, SharedMessage};
use crate::time::{Span, Tick};

/// The shortest time.
const INSTANT: Span = Span(1);

impl Queue {
    /// Whether one more message is one too many for a queue that refuses
    /// (`will_overflow`).
    pub(super) fn refuses(&self, message: &Message) -> bool {
        let settings = &self.settings;
        if settings.overflow == Overflow::DropHead {
            return false;
        }
        let bytes = self.store.bytes().saturating_add(self.store.size(message));
        settings.max_length.is_some_and(|max| self.store.len() >= max)
            || settings.max_bytes.is_some_and(|max| bytes > max)
    }

    pub(super) fn is_over_length(&self) -> bool {
        self.settings.max_length.is_some_and(|max| self.store.len() > max)
            || self.settings.max_bytes.is_some_and(|max| self.store.bytes() > max)
    }

    /// Drops from the head until the queue is within its limits; whether it
    /// dropped anything. The head is that of the highest priority.
    pub(super) fn drop_over_length(&mut self, context: &mut Context<'_>) -> bool {
        if self.settings.overflow != Overflow::DropHead {
            return false;
        }
        let mut dropped = false;
        while self.is_over_length() {
            let Some(stored) = self.store.pop() else { break };
            self.left(&stored, Leave::MaxLength, context);
            self.bury(stored, DeathReason::MaxLength, context);
            dropped = true;
        }
        dropped
    }

    /// The same as if what is too much were treated otherwise.
    pub(crate) fn drop_as_with(&mut self, overflow: Overflow, context: &mut Context<'_>) {
        let own = core::mem::replace(&mut self.settings.overflow, overflow);
        self.drop_over_length(context);
        self.settings.overflow = own;
    }

    /// When a message that arrives now expires: its own time to live or the
    /// queue's, whichever is shorter (`calculate_msg_expiry`).
    pub(super) fn expiry_of(&self, message: &Message, now: Tick) -> Tick {
        let own = message.properties.expiration.as_deref();
        // `-0` is a number of milliseconds, too.
        let own = own.and_then(|text| text.trim_start_matches('-').parse().ok()).map(Span::millis);
        let span = match (own, self.settings.ttl) {
            (None, None) => return Tick::MAX,
            (Some(span), None) | (None, Some(span)) => span,
            (Some(a), Some(b)) => a.min(b),
        };
        // Not even the time of zero has passed before a quorum queue has looked
        // for a consumer (`rabbit_fifo:update_expiry_header`).
        now + if self.is_quorum() { span.max(INSTANT) } else { span }
    }

    /// Drops expired messages from the head on, up to the first that lives,
    /// and notes when to look again. A message behind one that lives longer
    /// stays, however long it has been expired.
    pub(crate) fn drop_expired(&mut self, context: &mut Context<'_>) {
        self.drop_expired_by(context.now, context);
    }

    /// The same with what had only an instant, which was for being offered.
    pub(super) fn drop_fleeting(&mut self, context: &mut Context<'_>) {
        self.drop_expired_by(context.now + INSTANT, context);
    }

    fn drop_expired_by(&mut self, now: Tick, context: &mut Context<'_>) {
        while let Some(stored) = self.store.pop_expired(now) {
            self.left(&stored, Leave::Expired, context);
            self.bury(stored, DeathReason::Expired, context);
        }
        let due = self.store.next_expiry();
        if due != Tick::MAX && self.message_deadline.is_none_or(|set| due < set) {
            context.deadlines.set(
                Due::Queue(self.id, DeadlineKind::Message),
                &mut self.message_deadline,
                Some(due),
            );
        }
    }

    /// Sends a message that left to the dead-letter exchange, when there is one.
    pub(super) fn bury(&self, stored: Stored, reason: DeathReason, context: &mut Context<'_>) {
        self.bury_message(stored.message, stored.failed, reason, context);
    }

    pub(super) fn bury_message(
        &self,
        message: SharedMessage,
        failed: u16,
        reason: DeathReason,
        context: &mut Context<'_>,
    ) {
        if let Some(exchange) = &self.settings.dead_letter_exchange {
            context.dying.push_back(Dying {
                message,
                failed,
                reason,
                vhost: self.declared.vhost,
                queue: self.declared.name.clone(),
                exchange: exchange.clone(),
                key: self.settings.dead_letter_key.clone(),
            });
        }
    }
}
