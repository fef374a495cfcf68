//! How a headers exchange compares a binding's arguments with a message's
//! headers (`rabbit_exchange_type_headers.erl`).

use super::term::erlang_term;
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Table, Value};

/// What `x-match` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchMode {
    /// Every argument has to hold, those that begin with `x-` aside. What a
    /// binding without `x-match` means.
    #[default]
    All,
    /// One argument has to hold, those that begin with `x-` aside.
    Any,
    /// Every argument has to hold, but `x-match` itself.
    AllWithX,
    /// One argument has to hold, but `x-match` itself is not asked.
    AnyWithX,
}

impl MatchMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::All, Self::Any, Self::AllWithX, Self::AnyWithX];

    /// As it stands in `x-match`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::AllWithX => "all-with-x",
            Self::AnyWithX => "any-with-x",
        }
    }

    /// Whether one argument that holds is enough.
    #[must_use]
    pub const fn one_is_enough(self) -> bool {
        matches!(self, Self::Any | Self::AnyWithX)
    }

    /// Whether an argument called `name` is looked at.
    #[must_use]
    pub fn looks_at(self, name: &str) -> bool {
        match self {
            Self::All | Self::Any => !name.starts_with("x-"),
            Self::AllWithX | Self::AnyWithX => name != "x-match",
        }
    }

    /// The mode of a binding, and whether the binding names it.
    #[must_use]
    pub fn of(arguments: &Table) -> (Self, bool) {
        let given = arguments.get("x-match").and_then(Value::as_str);
        match given.and_then(|text| Self::ALL.into_iter().find(|mode| mode.name() == text)) {
            Some(mode) => (mode, true),
            None => (Self::All, false),
        }
    }
}

/// Refuses an `x-match` that is none, with the explanation RabbitMQ gives.
pub(super) fn validate(arguments: &Table, profile: Profile) -> Result<(), String> {
    match arguments.get("x-match") {
        None => Ok(()),
        Some(Value::LongStr(text)) => {
            let known = MatchMode::ALL.iter().any(|mode| mode.name().as_bytes() == &*text.0);
            if known {
                return Ok(());
            }
            let value = erlang_term(&Value::LongStr(text.clone()), profile);
            Err(format!(
                "Invalid x-match field value {value}; \
                 expected all, any, all-with-x, or any-with-x"
            ))
        }
        Some(other) => Err(format!(
            "Invalid x-match field type {} (value {}); expected longstr",
            other.type_name(),
            erlang_term(other, profile)
        )),
    }
}

/// The headers of one message by name.
#[derive(Debug, Default)]
pub(super) struct HeaderView {
    /// Places in the table, sorted by name and then by place.
    order: Vec<u32>,
    ready: bool,
}

impl HeaderView {
    pub(super) fn clear(&mut self) {
        self.ready = false;
    }

    /// Makes the order, unless it is there already.
    pub(super) fn prepare(&mut self, headers: Option<&Table>) {
        if self.ready {
            return;
        }
        self.ready = true;
        self.order.clear();
        if let Some(Table(entries)) = headers {
            self.order.extend(0..entries.len() as u32);
            let name = |at: &u32| &*entries[*at as usize].0;
            crate::order::sort_copies(&mut self.order, |a, b| (name(a), a) < (name(b), b));
        }
    }

    /// The header an argument is compared with. Where a message repeats a
    /// name, 3.10 pairs the n-th argument of a name with the n-th header of
    /// that name (it merges two sorted lists); from 3.13 the last header counts
    /// (it makes a map first).
    pub(super) fn get<'t>(
        &self,
        headers: Option<&'t Table>,
        argument: &HeaderArgument,
        profile: Profile,
    ) -> Option<&'t Value> {
        let entries = &headers?.0;
        let name = &*argument.name;
        let from = self.order.partition_point(|at| &*entries[*at as usize].0 < name);
        let place = if profile == Profile::V3_10 {
            from + argument.nth
        } else {
            self.order.partition_point(|at| &*entries[*at as usize].0 <= name).checked_sub(1)?
        };
        let (found, value) = &entries[*self.order.get(place)? as usize];
        (&**found == name).then_some(value)
    }
}

/// One argument of a binding that is looked at.
#[derive(Clone, Debug)]
pub(super) struct HeaderArgument {
    pub(super) name: Name,
    /// How many arguments of this name come before.
    pub(super) nth: usize,
    pub(super) value: Value,
}

impl HeaderArgument {
    /// Whether the header that was found (or none) is what this asks for:
    /// void asks for presence only.
    pub(super) fn holds(&self, found: Option<&Value>, profile: Profile) -> bool {
        found.is_some_and(|found| {
            matches!(self.value, Value::Void) || equals(&self.value, found, profile)
        })
    }
}

/// A binding of a headers exchange, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct HeaderSpec {
    mode: MatchMode,
    arguments: Vec<HeaderArgument>,
}

/// The arguments (sorted by name) that `mode` looks at.
pub(super) fn looked_at(mode: MatchMode, arguments: &Table) -> Vec<HeaderArgument> {
    let mut looked: Vec<HeaderArgument> = Vec::new();
    for (name, value) in arguments.0.iter().filter(|(name, _)| mode.looks_at(name)) {
        let nth = match looked.last() {
            Some(before) if before.name == *name => before.nth + 1,
            _ => 0,
        };
        looked.push(HeaderArgument { name: name.clone(), nth, value: value.clone() });
    }
    looked
}

impl HeaderSpec {
    pub(super) fn new(arguments: &Table) -> Self {
        let (mode, _) = MatchMode::of(arguments);
        Self { mode, arguments: looked_at(mode, arguments) }
    }

    /// Whether a message with these headers fits. With nothing to look at,
    /// `all` fits everything and `any` nothing.
    pub(super) fn fits(
        &self,
        headers: Option<&Table>,
        view: &HeaderView,
        profile: Profile,
    ) -> bool {
        let mut verdicts = self
            .arguments
            .iter()
            .map(|argument| argument.holds(view.get(headers, argument, profile), profile));
        if self.mode.one_is_enough() {
            verdicts.any(|holds| holds)
        } else {
            verdicts.all(|holds| holds)
        }
    }
}

/// A number as Erlang sees it once the type tag is gone.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    Integer(i128),
    Float(f64),
}

fn number(value: &Value) -> Option<Number> {
    match *value {
        Value::F32(n) => Some(Number::Float(n.into())),
        Value::F64(n) => Some(Number::Float(n)),
        Value::Timestamp(seconds) => Some(Number::Integer(seconds.into())),
        ref other => other.as_integer().map(|n| Number::Integer(n.into())),
    }
}

/// Whether a binding's value and a header's are the same, their AMQP types
/// aside: integers of every width are equal, a timestamp is an integer, long
/// strings and binaries are both octets. 3.10 compares numbers (`==`), so
/// 1 equals 1.0; from 3.13 the comparison is strict (`=:=`), and a header's
/// timestamp is turned into milliseconds first (`mc_amqpl:routing_value`)
/// while the binding's is not.
pub(super) fn equals(wanted: &Value, found: &Value, profile: Profile) -> bool {
    let strict = profile != Profile::V3_10;
    match (wanted, found) {
        (Value::LongStr(a) | Value::Binary(a), Value::LongStr(b) | Value::Binary(b)) => a == b,
        // Both are the empty list by then.
        (Value::Array(a), Value::Table(b)) => a.is_empty() && b.is_empty(),
        (Value::Table(a), Value::Array(b)) => a.is_empty() && b.is_empty(),
        _ => match (number(wanted), number(found)) {
            (Some(a), Some(b)) => {
                let milliseconds = strict && matches!(found, Value::Timestamp(_));
                match (a, b) {
                    (Number::Integer(a), Number::Integer(b)) => {
                        a == if milliseconds { b * 1000 } else { b }
                    }
                    (Number::Float(a), Number::Float(b)) => a == b,
                    (Number::Integer(i), Number::Float(f))
                    | (Number::Float(f), Number::Integer(i)) => !strict && whole(f) == Some(i),
                }
            }
            (None, None) => wanted == found,
            _ => false,
        },
    }
}

/// The integer a float is exactly, within the range that integers here have.
fn whole(float: f64) -> Option<i128> {
    (float.abs() < 1e30 && float.fract() == 0.0).then_some(float as i128)
}
