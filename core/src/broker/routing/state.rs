//! Exchanges, queues and bindings of one virtual host, and what happens to
//! them when one of them goes.

use super::index::{Entry, Index, Target};
use super::types::{BindTarget, Binding, Exchange, Removed};
use crate::broker::method::QueueId;
use crate::broker::profile::Profile;
use crate::broker::value::Name;
use crate::digest::Digest;
use crate::intern::Lookup;
use crate::order::{Map, Set};
use std::collections::VecDeque;
use std::sync::Arc;

/// An exchange with its bindings, by number.
#[derive(Clone, Debug)]
pub(super) struct ExchangeSlot {
    pub(super) exchange: Exchange,
    pub(super) index: Index,
    /// The bindings it is the source of.
    pub(super) outgoing: Set<u64>,
    /// The bindings that lead to it.
    incoming: Set<u64>,
}

/// A queue with the bindings that lead to it.
#[derive(Clone, Debug)]
struct QueueSlot {
    name: Name,
    incoming: Set<u64>,
}

/// Everything about routing that is part of a run. Places of exchanges and
/// queues are used again after a removal; binding numbers never are.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    slots: Vec<Option<ExchangeSlot>>,
    free_slots: Vec<u32>,
    pub(super) names: Map<Name, u32>,
    exchange_of: Lookup<Name, u32>,
    queues: Vec<Option<QueueSlot>>,
    free_queues: Vec<u32>,
    queue_of: Lookup<Name, (u32, QueueId)>,
    pub(super) bindings: Map<u64, Arc<Binding>>,
    number_of: Lookup<Arc<Binding>, u64>,
    pub(super) next_number: u64,
    /// Sum of the digests of all bindings and queues, so that the digest of a
    /// state with many does not read them all.
    pub(super) sum: u64,
}

impl State {
    pub(super) fn slot_of(&self, name: &str) -> Option<u32> {
        self.exchange_of.get(name).copied()
    }

    pub(super) fn at(&self, slot: u32) -> Option<&ExchangeSlot> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub(super) fn at_mut(&mut self, slot: u32) -> Option<&mut ExchangeSlot> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    /// The place and number of the queue called `name`.
    pub(super) fn queue(&self, name: &str) -> Option<(u32, QueueId)> {
        self.queue_of.get(name).copied()
    }

    /// How many places for exchanges and for queues there are.
    pub(super) fn places(&self) -> (usize, usize) {
        (self.slots.len(), self.queues.len())
    }

    pub(super) fn declare(&mut self, exchange: Exchange) {
        if self.exchange_of.contains(&*exchange.name) {
            return;
        }
        let name = exchange.name.clone();
        let slot = Some(ExchangeSlot {
            index: Index::new(&exchange),
            exchange,
            outgoing: Set::new(),
            incoming: Set::new(),
        });
        let place = put(&mut self.slots, &mut self.free_slots, slot);
        self.names.insert(name.clone(), place);
        self.exchange_of.insert(name, place);
    }

    pub(super) fn queue_declared(&mut self, name: Name, id: QueueId) {
        if let Some((_, known)) = self.queue(&name) {
            if known == id {
                return;
            }
            self.queue_deleted(&name, &mut Removed::default());
        }
        self.sum = self.sum.wrapping_add(Digest::of(&(&name, id)));
        let slot = Some(QueueSlot { name: name.clone(), incoming: Set::new() });
        let place = put(&mut self.queues, &mut self.free_queues, slot);
        self.queue_of.insert(name, (place, id));
    }

    pub(super) fn queue_deleted(&mut self, name: &str, removed: &mut Removed) {
        let Some((place, id)) = self.queue_of.remove(name) else { return };
        let Some(queue) = self.queues[place as usize].take() else { return };
        self.free_queues.push(place);
        self.sum = self.sum.wrapping_sub(Digest::of(&(&queue.name, id)));
        let sources = self.unbind_all(&mut queue.incoming.iter(), removed);
        self.settle(sources, removed);
    }

    pub(super) fn delete_exchange(&mut self, name: &str, removed: &mut Removed) {
        if let Some(place) = self.slot_of(name) {
            let sources = self.take_exchange(place, removed);
            self.settle(sources, removed);
        }
    }

    /// Takes an exchange and its bindings out; gives the exchanges that were
    /// the source of one.
    fn take_exchange(&mut self, place: u32, removed: &mut Removed) -> Vec<u32> {
        let Some(slot) = self.at_mut(place) else { return Vec::new() };
        let name = slot.exchange.name.clone();
        let all: Set<u64> = slot.outgoing.iter().chain(slot.incoming.iter()).copied().collect();
        let mut sources = self.unbind_all(&mut all.iter(), removed);
        sources.retain(|source| *source != place);
        self.slots[place as usize] = None;
        self.free_slots.push(place);
        self.names.remove(&name);
        self.exchange_of.remove(&*name);
        sources
    }

    /// Deletes the auto-delete exchanges among `sources` that are no longer the
    /// source of any binding, and those upstream of them
    /// (`rabbit_exchange:maybe_auto_delete`).
    fn settle(&mut self, sources: Vec<u32>, removed: &mut Removed) {
        let mut doubtful = VecDeque::from(sources);
        while let Some(place) = doubtful.pop_front() {
            let Some(slot) = self.at(place) else { continue };
            if slot.exchange.auto_delete && slot.outgoing.is_empty() {
                removed.exchanges.push(slot.exchange.name.clone());
                doubtful.extend(self.take_exchange(place, removed));
            }
        }
    }

    /// Where a binding leads, as a place; the number of a queue is looked up
    /// by its name.
    fn target(&self, destination: &BindTarget) -> Option<Target> {
        match destination {
            BindTarget::Queue(_, name) => {
                self.queue(name).map(|(slot, id)| Target::Queue { slot, id })
            }
            BindTarget::Exchange(name) => self.slot_of(name).map(Target::Exchange),
        }
    }

    /// The form in which a binding is stored, when both its ends are there.
    fn resolve(&self, binding: Binding) -> Option<(u32, Target, Binding)> {
        let source = self.slot_of(&binding.source)?;
        let target = self.target(&binding.destination)?;
        let mut binding = binding.sorted();
        if let (BindTarget::Queue(id, _), Target::Queue { id: known, .. }) =
            (&mut binding.destination, target)
        {
            *id = known;
        }
        Some((source, target, binding))
    }

    fn incoming(&mut self, target: Target) -> Option<&mut Set<u64>> {
        match target {
            Target::Queue { slot, .. } => {
                self.queues.get_mut(slot as usize)?.as_mut().map(|queue| &mut queue.incoming)
            }
            Target::Exchange(slot) => self.at_mut(slot).map(|slot| &mut slot.incoming),
        }
    }

    /// Stores a binding; false when it is there already or an end is missing.
    pub(super) fn bind(&mut self, binding: Binding, profile: Profile) -> bool {
        let Some((source, target, binding)) = self.resolve(binding) else { return false };
        if self.number_of.contains(&binding) {
            return false;
        }
        let number = self.next_number;
        self.next_number += 1;
        if let Some(slot) = self.at_mut(source) {
            slot.index.add(&binding, Entry { binding: number, target }, profile);
            slot.outgoing.insert(number);
        }
        if let Some(incoming) = self.incoming(target) {
            incoming.insert(number);
        }
        self.sum = self.sum.wrapping_add(Digest::of(&(number, &binding)));
        let binding = Arc::new(binding);
        self.bindings.insert(number, binding.clone());
        self.number_of.insert(binding, number);
        true
    }

    /// The number of a binding, when it is there.
    pub(super) fn number(&self, binding: &Binding) -> Option<u64> {
        let (_, _, binding) = self.resolve(binding.clone())?;
        self.number_of.get(&binding).copied()
    }

    pub(super) fn unbind(&mut self, number: u64, removed: &mut Removed) {
        let sources = self.unbind_all(&mut [number].iter(), removed);
        self.settle(sources, removed);
    }

    /// Takes bindings out; gives the exchanges that were their sources.
    fn unbind_all(
        &mut self,
        numbers: &mut dyn Iterator<Item = &u64>,
        removed: &mut Removed,
    ) -> Vec<u32> {
        let mut sources = Vec::new();
        for &number in numbers {
            let Some(binding) = self.bindings.remove(&number) else { continue };
            self.number_of.remove(&*binding);
            self.sum = self.sum.wrapping_sub(Digest::of(&(number, &*binding)));
            if let Some(source) = self.slot_of(&binding.source) {
                if let Some(slot) = self.at_mut(source) {
                    slot.index.remove(&binding, number);
                    slot.outgoing.remove(&number);
                }
                sources.push(source);
            }
            if let Some(incoming) =
                self.target(&binding.destination).and_then(|target| self.incoming(target))
            {
                incoming.remove(&number);
            }
            removed.bindings.push(Arc::unwrap_or_clone(binding));
        }
        sources
    }
}

/// Puts something in a free place, or at the end.
fn put<T>(places: &mut Vec<Option<T>>, free: &mut Vec<u32>, value: Option<T>) -> u32 {
    match free.pop() {
        Some(place) => {
            places[place as usize] = value;
            place
        }
        None => {
            places.push(value);
            places.len() as u32 - 1
        }
    }
}
