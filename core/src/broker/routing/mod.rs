//! Exchanges, bindings and routing inside one virtual host.
//!
//! A message goes to an exchange; the exchange's bindings that it fits lead to
//! queues or to further exchanges; each queue gets at most one copy, however
//! many ways lead to it (`rabbit_exchange.erl`). Bindings are held in an index
//! for each exchange type, so that the cost of a route depends on what matches
//! and not on what is there.

mod erlang;
mod explain;
mod headers;
mod index;
mod narrate;
mod pick;
mod reason;
mod search;
mod state;
mod term;
mod topic;
mod types;

#[cfg(test)]
mod tests;

pub use explain::{AlternateUse, Came, Effect, Explanation, Judgement, QueueLookup, Visit};
pub use headers::MatchMode;
pub use index::Query;
pub use pick::{HashOn, Pick, Picked};
pub use reason::{HeaderCheck, HeaderOutcome, HeadersBecause, HeadersReason};
pub use reason::{Reason, TopicMiss, TopicReason, WordStep, topic_fits};
pub use search::{Aside, Hop, Path, Via};
pub(crate) use term::erlang_term;
pub(crate) use types::DELAYED_TYPE;
pub use types::{BindTarget, Binding, Exchange, ExchangeKind, Removed};

use super::method::QueueId;
use super::profile::Profile;
use super::value::Name;
use core::hash::{Hash, Hasher};
use search::Scratch;
use state::State;
use std::sync::Arc;

/// How many `#` words 4.3 allows in a topic binding key
/// (`rabbit_exchange_type_topic.erl`).
const MAX_HASHES: usize = 2;

/// The exchanges and bindings of one virtual host, and the names of its queues.
///
/// A clone shares the tables until one of the two changes, so that keeping
/// many instants of a run is cheap.
#[derive(Clone, Debug)]
pub struct Routing {
    state: Arc<State>,
    scratch: Scratch,
}

impl Default for Routing {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads exchanges one by one, and a sum kept of bindings and queues.
impl Hash for Routing {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for exchange in self.exchanges() {
            exchange.hash(state);
        }
        let kept = &*self.state;
        (kept.bindings.len() as u64, kept.next_number, kept.sum).hash(state);
    }
}

impl Routing {
    /// A virtual host's predeclared exchanges and nothing else.
    #[must_use]
    pub fn new() -> Self {
        let mut state = State::default();
        for exchange in Exchange::predeclared() {
            state.declare(exchange);
        }
        Self { state: Arc::new(state), scratch: Scratch::default() }
    }

    /// The exchange called `name`; the default exchange is called "".
    #[must_use]
    pub fn exchange(&self, name: &str) -> Option<&Exchange> {
        let slot = self.state.slot_of(name)?;
        self.state.at(slot).map(|slot| &slot.exchange)
    }

    /// Sets the alternate exchange in force, of argument or policy. Nothing
    /// happens when there is no exchange called `name`.
    pub fn set_alternate(&mut self, name: &str, alternate: Option<Name>) {
        if self.exchange(name).is_some_and(|exchange| exchange.alternate != alternate) {
            let state = Arc::make_mut(&mut self.state);
            if let Some(slot) = state.slot_of(name).and_then(|slot| state.at_mut(slot)) {
                slot.exchange.alternate = alternate;
            }
        }
    }

    /// Every exchange, by name.
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        let state = &*self.state;
        state.names.values().filter_map(|slot| state.at(*slot)).map(|slot| &slot.exchange)
    }

    /// Adds an exchange. The caller has checked that it is new; one that is
    /// there already stays as it is.
    pub fn declare(&mut self, exchange: Exchange) {
        Arc::make_mut(&mut self.state).declare(exchange);
    }

    /// Deletes an exchange with its bindings in both directions, and the
    /// auto-delete exchanges that are left without a binding by that.
    pub fn delete_exchange(&mut self, name: &str) -> Removed {
        let mut removed = Removed::default();
        if self.exchange(name).is_some() {
            Arc::make_mut(&mut self.state).delete_exchange(name, &mut removed);
        }
        removed
    }

    /// Whether the exchange is the source of a binding, which is what
    /// `if-unused` asks; being a destination does not count.
    #[must_use]
    pub fn is_source(&self, name: &str) -> bool {
        let slot = self.state.slot_of(name).and_then(|slot| self.state.at(slot));
        slot.is_some_and(|slot| !slot.outgoing.is_empty())
    }

    /// Makes a queue known: it can be bound, and the default exchange finds it.
    pub fn queue_declared(&mut self, name: Name, id: QueueId) {
        Arc::make_mut(&mut self.state).queue_declared(name, id);
    }

    /// Forgets a queue with its bindings, and the auto-delete exchanges that
    /// are left without a binding by that.
    pub fn queue_deleted(&mut self, name: &str) -> Removed {
        let mut removed = Removed::default();
        if self.queue_id(name).is_some() {
            Arc::make_mut(&mut self.state).queue_deleted(name, &mut removed);
        }
        removed
    }

    /// The queue called `name`.
    #[must_use]
    pub fn queue_id(&self, name: &str) -> Option<QueueId> {
        self.state.queue(name).map(|(_, id)| id)
    }

    /// Adds a binding; `Ok(false)` when it was there already. Both ends have
    /// to be there: the caller has checked. The number of a destination queue
    /// is taken from its name.
    ///
    /// # Errors
    ///
    /// The explanation of a 406 when the exchange type refuses the binding.
    pub fn bind(&mut self, binding: Binding, profile: Profile) -> Result<bool, String> {
        match self.exchange(&binding.source).map(Exchange::routes_as) {
            Some(ExchangeKind::Headers) => headers::validate(&binding.arguments, profile)?,
            Some(ExchangeKind::Topic) => validate_topic(&binding.key, profile)?,
            Some(ExchangeKind::ConsistentHash) => pick::validate(&binding.key, profile)?,
            _ => {}
        }
        Ok(Arc::make_mut(&mut self.state).bind(binding, profile))
    }

    /// Removes a binding, and the auto-delete exchanges that are left without
    /// one by that. Nothing happens when there is no such binding.
    pub fn unbind(&mut self, binding: &Binding) -> Removed {
        let mut removed = Removed::default();
        if let Some(number) = self.state.number(binding) {
            Arc::make_mut(&mut self.state).unbind(number, &mut removed);
        }
        removed
    }

    /// Every binding in the order of creation, arguments sorted by name. The
    /// default exchange's bindings are implied by the queues and not listed.
    pub fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.state.bindings.values().map(|binding| &**binding)
    }

    /// Fills `out` (cleared first) with the queues a message reaches, each
    /// once, by number. Nothing is reached when there is no such exchange.
    pub fn route(&mut self, exchange: &str, query: &Query<'_>, out: &mut Vec<QueueId>) {
        out.clear();
        self.scratch.asides.clear();
        if exchange.is_empty() {
            out.extend(query.keys.iter().filter_map(|key| self.queue_id(key)));
            if out.len() > 1 {
                crate::order::sort_copies(out, |a, b| a < b);
                out.dedup();
            }
        } else if let Some(start) = self.state.slot_of(exchange) {
            self.scratch.route(&self.state, start, query, out);
        }
    }

    /// What exchanges did in the last [`Routing::route`] besides sending the
    /// message on.
    #[must_use]
    pub fn take_asides(&mut self) -> Vec<Aside> {
        core::mem::take(&mut self.scratch.asides)
    }

    /// How each queue that [`Routing::route`] gives is first reached, breadth
    /// first, bindings in the order of creation.
    #[must_use]
    pub fn paths(&self, exchange: &str, query: &Query<'_>) -> Vec<Path> {
        search::paths(self, exchange, query)
    }

    /// Why a message reaches what it reaches, and what every binding asked on
    /// the way had to say; for a "what if" just as for a message.
    #[must_use]
    pub fn explain(&self, exchange: &str, query: &Query<'_>) -> Explanation {
        explain::explain(self, exchange, query)
    }

    /// How many nodes of topic indexes [`Routing::route`] has entered so far:
    /// its work, counted.
    #[must_use]
    pub fn visited(&self) -> u64 {
        self.scratch.matching.walk.visited
    }
}

/// From 4.3 on a topic binding key may have two `#` words.
fn validate_topic(key: &str, profile: Profile) -> Result<(), String> {
    let hashes = topic::words(key).filter(|word| *word == "#").count();
    if profile >= Profile::V4_3 && hashes > MAX_HASHES {
        return Err(format!(
            "Topic binding key '{key}' uses {hashes} '#' wildcards, \
             at most {MAX_HASHES} are allowed"
        ));
    }
    Ok(())
}
