//! The whole story of a route: every exchange that was asked, what it asked
//! every binding, and what came of it.

use super::Routing;
use super::headers::HeaderView;
use super::index::{Index, Query};
use super::pick::Picked;
use super::reason::Reason;
use super::search::delay;
use super::state::{ExchangeSlot, State};
use super::types::{BindTarget, Binding, ExchangeKind};
use crate::broker::method::QueueId;
use crate::broker::profile::Profile;
use crate::broker::value::Name;
use crate::order::{Map, Set};

/// Why a message reaches the queues it reaches and no others. Made for a
/// message that was published as well as for one that nobody sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Explanation {
    /// The exchange published to.
    pub exchange: Name,
    /// The routing key, then the keys of CC and BCC.
    pub keys: Vec<Name>,
    /// Whose rules were used.
    pub profile: Profile,
    /// The exchanges asked, breadth first; a tree by [`Visit::from`]. Empty when
    /// there is no exchange of that name.
    pub visits: Vec<Visit>,
    /// The queues that get a copy, in the order they are reached. None means
    /// that the message is unroutable: dropped, or returned when mandatory.
    pub queues: Vec<Name>,
}

/// One exchange asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Visit {
    /// The exchange.
    pub exchange: Name,
    /// Its type.
    pub kind: ExchangeKind,
    /// How the message came here; `None` for the exchange published to.
    pub from: Option<Came>,
    /// The type whose rules it goes by: for a delayed exchange the one it imitates.
    pub routes_as: ExchangeKind,
    /// How many milliseconds it holds the message back; it asks no binding then.
    pub held: Option<u32>,
    /// What the default exchange found, a look-up for each key.
    pub lookups: Vec<QueueLookup>,
    /// Every binding of which the exchange is the source, in the order of creation.
    pub judgements: Vec<Judgement>,
    /// What became of the alternate exchange.
    pub alternate: AlternateUse,
}

impl Visit {
    /// That the message is held back, when it is: a sentence.
    #[must_use]
    pub fn waits(&self) -> Option<String> {
        let (millis, kind) = (self.held?, self.routes_as.name());
        Some(format!(
            "Its header x-delay holds it back for {millis} ms; then it is routed as by a {kind} \
             exchange."
        ))
    }
}

/// How a message came to an exchange from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Came {
    /// The place, in [`Explanation::visits`], of the exchange before.
    pub visit: usize,
    /// The place, in that visit's judgements, of the binding it took; `None`
    /// when it came because this is the alternate exchange.
    pub judgement: Option<usize>,
}

/// One key at the default exchange.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueLookup {
    /// The key, taken for a queue's name.
    pub key: Name,
    /// The queue of that name.
    pub found: Option<QueueId>,
    /// What came of it.
    pub effect: Effect,
}

/// One binding and what it did.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Judgement {
    /// The binding.
    pub binding: Binding,
    /// Why it fits or does not.
    pub reason: Reason,
    /// What came of it.
    pub effect: Effect,
}

/// What came of a binding or look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: it does not fit.
    Nothing,
    /// The queue gets its copy.
    Copy,
    /// The queue has its copy by another way already, and gets no second one.
    CopyAlready,
    /// The message goes on to an exchange, asked in the visit at this place.
    Onward(usize),
    /// The message has been to that exchange, in the visit at this place, and
    /// does not go again: circles end here.
    BeenThere(usize),
}

/// What became of an exchange's alternate exchange.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AlternateUse {
    /// It has none.
    None,
    /// A binding fits, so it is not asked; a binding to an exchange counts,
    /// whatever that exchange finds.
    NotNeeded(Name),
    /// No binding fits, so the message goes there, in the visit at this place.
    Taken(Name, usize),
    /// No binding fits, but the message has been there, in the visit at this place.
    BeenThere(Name, usize),
    /// No binding fits, and there is no exchange of this name.
    Missing(Name),
    /// No binding fits, and the alternate is the default exchange, which routes
    /// nothing when it is reached this way.
    DefaultExchange,
}

/// Where the story has come to.
struct Teller<'a> {
    state: &'a State,
    query: &'a Query<'a>,
    view: HeaderView,
    /// Exchanges to be asked, in order of visits, and how they were reached.
    todo: Vec<(u32, Option<Came>)>,
    /// The visit of each exchange reached.
    visit_of: Map<u32, usize>,
    reached: Set<Name>,
    queues: Vec<Name>,
}

/// Tells the whole story of a message.
pub(super) fn explain(routing: &Routing, exchange: &str, query: &Query<'_>) -> Explanation {
    let state = &*routing.state;
    let mut view = HeaderView::default();
    view.prepare(query.headers());
    let mut teller = Teller {
        state,
        query,
        view,
        todo: Vec::new(),
        visit_of: Map::new(),
        reached: Set::new(),
        queues: Vec::new(),
    };
    if let Some(start) = state.slot_of(exchange) {
        teller.todo.push((start, None));
        teller.visit_of.insert(start, 0);
    }
    let mut visits = Vec::new();
    while let Some(&(place, from)) = teller.todo.get(visits.len()) {
        let Some(slot) = state.at(place) else { break };
        visits.push(teller.visit(visits.len(), slot, from));
    }
    Explanation {
        exchange: Name::from(exchange),
        keys: query.keys.iter().map(|key| Name::from(*key)).collect(),
        profile: query.profile,
        visits,
        queues: teller.queues,
    }
}

impl Teller<'_> {
    /// Plans a visit; `Err` with the visit there is already.
    fn go(&mut self, place: u32, from: Option<Came>) -> Result<usize, usize> {
        match self.visit_of.get(&place) {
            Some(&visit) => Err(visit),
            None => {
                self.todo.push((place, from));
                self.visit_of.insert(place, self.todo.len() - 1);
                Ok(self.todo.len() - 1)
            }
        }
    }

    fn copy(&mut self, queue: &Name) -> Effect {
        if self.reached.insert(queue.clone()) {
            self.queues.push(queue.clone());
            Effect::Copy
        } else {
            Effect::CopyAlready
        }
    }

    fn visit(&mut self, here: usize, slot: &ExchangeSlot, from: Option<Came>) -> Visit {
        let name = slot.exchange.name.clone();
        let lookups = if name.is_empty() { self.lookups() } else { Vec::new() };
        let mut judgements = Vec::new();
        let held = match slot.exchange.kind {
            ExchangeKind::DelayedMessage => delay(self.query).ok().flatten(),
            _ => None,
        };
        let picked = match &slot.index {
            Index::Choice(choice) => Some(choice.pick(self.query)),
            _ => None,
        };
        let asked = slot.outgoing.iter().filter(|_| held.is_none());
        for (&number, binding) in asked.filter_map(|at| Some((at, self.state.bindings.get(at)?))) {
            let reason = match (&slot.index, &picked) {
                (Index::Choice(choice), Some((entry, how))) => Reason::Picked(Picked {
                    here: entry.is_some_and(|entry| entry.binding == number),
                    how: how.clone(),
                    buckets: choice.buckets(number),
                }),
                _ => Reason::of(slot.exchange.routes_as(), binding, self.query, &self.view),
            };
            let effect = if reason.fits() {
                let came = Came { visit: here, judgement: Some(judgements.len()) };
                self.follow(&binding.destination, came)
            } else {
                Effect::Nothing
            };
            judgements.push(Judgement { binding: (**binding).clone(), reason, effect });
        }
        let routed = judgements.iter().any(|judgement| judgement.effect != Effect::Nothing);
        let alternate = match &slot.exchange.alternate {
            Some(alternate) if !name.is_empty() => self.alternate(here, alternate, routed),
            _ => AlternateUse::None,
        };
        let (kind, routes_as) = (slot.exchange.kind, slot.exchange.routes_as());
        Visit { exchange: name, kind, from, routes_as, held, lookups, judgements, alternate }
    }

    fn follow(&mut self, destination: &BindTarget, came: Came) -> Effect {
        match destination {
            BindTarget::Queue(_, name) => self.copy(name),
            BindTarget::Exchange(name) => {
                match self.state.slot_of(name).map(|place| self.go(place, Some(came))) {
                    Some(Ok(visit)) => Effect::Onward(visit),
                    Some(Err(visit)) => Effect::BeenThere(visit),
                    None => Effect::Nothing,
                }
            }
        }
    }

    fn alternate(&mut self, here: usize, name: &Name, routed: bool) -> AlternateUse {
        if routed {
            return AlternateUse::NotNeeded(name.clone());
        }
        if name.is_empty() {
            return AlternateUse::DefaultExchange;
        }
        let came = Came { visit: here, judgement: None };
        match self.state.slot_of(name).map(|place| self.go(place, Some(came))) {
            Some(Ok(visit)) => AlternateUse::Taken(name.clone(), visit),
            Some(Err(visit)) => AlternateUse::BeenThere(name.clone(), visit),
            None => AlternateUse::Missing(name.clone()),
        }
    }

    fn lookups(&mut self) -> Vec<QueueLookup> {
        let keys = self.query.keys;
        keys.iter()
            .map(|key| {
                let key = Name::from(*key);
                let found = self.state.queue(&key).map(|(_, id)| id);
                let effect = if found.is_some() { self.copy(&key) } else { Effect::Nothing };
                QueueLookup { key, found, effect }
            })
            .collect()
    }
}
