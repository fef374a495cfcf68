//! What a scenario says without a fault and hardly means: hints that teach.

mod circle;
mod pace;
mod reach;

use super::cursor::Role;
use super::diagnostic::{Diagnostic, Faults};
use super::document::{BindingDecl, Destination, SourceSpan, Statement};
use super::grammar::{Content, Line};
use super::rules::{
    BATCH_OVER_PREFETCH, DEAD_LETTER_CIRCLE, NEVER_FITS, NO_BINDINGS, UNLIMITED_PREFETCH,
    UNREACHABLE_QUEUE,
};
use crate::broker::routing::topic_fits;
use crate::broker::{Name, Table, Value};
use crate::order::{Map, Set};

/// Comparisons of keys; in a longer scenario the rest is not judged.
const MOST_COMPARISONS: usize = 100_000;

/// Whether a finding with this code is a hint: about what stands there as a
/// whole, and not about a name or a word in it.
#[must_use]
pub fn is_advice(code: &str) -> bool {
    [
        NO_BINDINGS,
        NEVER_FITS,
        UNREACHABLE_QUEUE,
        UNLIMITED_PREFETCH,
        DEAD_LETTER_CIRCLE,
        BATCH_OVER_PREFETCH,
    ]
    .iter()
    .any(|rule| rule.code == code)
}

/// What a scenario does with its exchanges, at whatever time.
#[derive(Default)]
struct Exchanges<'l> {
    kinds: Map<&'l str, &'l str>,
    /// Where they are declared.
    places: Map<&'l str, SourceSpan>,
    /// Those that pass something on: by bindings, or to an alternate exchange.
    left: Set<&'l str>,
    /// The keys that clients publish with, and how many.
    keys: Map<&'l str, (Set<&'l str>, usize)>,
    /// Where those keys stand.
    sources: Map<&'l str, Vec<SourceSpan>>,
    /// Those that get messages with keys that nobody can tell from the text.
    open: Set<&'l str>,
    /// Names of exchanges in arguments.
    fed: Set<&'l str>,
}

/// Adds hints. A text with errors gets none: what is left out could be what
/// they miss. Nor does one with policies, which name exchanges by patterns.
pub(super) fn lint(lines: &[Line], faults: &mut Faults) {
    let policies = statements(lines).any(|(_, what)| matches!(what, Statement::Policy { .. }));
    if faults.has_errors() || policies {
        return;
    }
    let mut exchanges = Exchanges::default();
    for (line, what) in statements(lines) {
        exchanges.note(line, what);
    }
    let more_keys = statements(lines).any(|(_, what)| has_more_keys(what));
    let mut left = MOST_COMPARISONS;
    for (line, what) in statements(lines) {
        match what {
            Statement::Publisher(decl) if !decl.mandatory => {
                no_bindings(line, &decl.exchange, &exchanges, faults);
            }
            Statement::Consumer(decl) => {
                for forward in &decl.forwards {
                    no_bindings(line, &forward.exchange, &exchanges, faults);
                }
            }
            Statement::Queue(decl) => {
                let dead = decl.arguments.get(DEAD_LETTER).and_then(Value::as_str);
                dead.into_iter().for_each(|to| no_bindings(line, to, &exchanges, faults));
            }
            Statement::Publish(publish) if !publish.mandatory => {
                no_bindings(line, &publish.exchange, &exchanges, faults);
            }
            Statement::Bind(bind) if !more_keys => {
                never_fits(line, bind, &exchanges, &mut left, faults)
            }
            _ => {}
        }
    }
    let scene = Scene::of(lines, exchanges);
    if !more_keys {
        reach::unreachable(&scene, faults);
    }
    circle::circles(&scene, faults);
    pace::hoarders(&scene, faults);
}

/// Whether a statement publishes with further routing keys in the headers `CC`
/// or `BCC`. They stay with a message that is passed on, so where there are any,
/// no exchange's keys are known.
fn has_more_keys(what: &Statement) -> bool {
    let more = |headers: &Table| ["CC", "BCC"].iter().any(|name| headers.get(name).is_some());
    match what {
        Statement::Publisher(decl) => more(&decl.headers),
        Statement::Publish(publish) => more(&publish.headers),
        Statement::Consumer(decl) => decl.forwards.iter().any(|forward| more(&forward.headers)),
        _ => false,
    }
}

/// The argument of a queue that names its dead-letter exchange.
const DEAD_LETTER: &str = "x-dead-letter-exchange";

/// A whole scenario, seen as places that messages go to.
struct Scene<'l> {
    lines: &'l [Line],
    exchanges: Exchanges<'l>,
    /// By source.
    bindings: Map<&'l str, Vec<&'l BindingDecl>>,
}

impl<'l> Scene<'l> {
    fn of(lines: &'l [Line], exchanges: Exchanges<'l>) -> Self {
        let mut bindings: Map<&str, Vec<&BindingDecl>> = Map::new();
        for (_, what) in statements(lines) {
            if let Statement::Bind(bind) = what {
                bindings.get_or_insert_with(&*bind.source, Vec::new).push(bind);
            }
        }
        Self { lines, exchanges, bindings }
    }

    fn statements(&self) -> impl Iterator<Item = (&'l Line, &'l Statement)> {
        statements(self.lines)
    }

    fn bindings_of(&self, exchange: &str) -> &[&'l BindingDecl] {
        self.bindings.get(exchange).map_or(&[], Vec::as_slice)
    }

    /// Whether a message with this key (with one that nobody knows, when
    /// `None`) follows a binding for certain.
    fn follows(&self, bind: &BindingDecl, key: Option<&str>) -> bool {
        match (self.exchanges.kind(&bind.source), key) {
            (Some("fanout"), _) => true,
            (Some("direct"), Some(key)) => *bind.key == *key,
            (Some("topic"), Some(key)) => topic_fits(&bind.key, key),
            (Some("topic"), None) => &*bind.key == "#",
            _ => false,
        }
    }
}

/// Where a part of a statement stands; the whole of it when it has none.
fn part(line: &Line, part: &str) -> SourceSpan {
    line.clauses.iter().find(|clause| clause.part == part).map_or(line.span, |clause| clause.span)
}

/// Where a statement uses a name in some role; the whole of it else.
fn place(line: &Line, role: Role, name: &str) -> SourceSpan {
    let used = line.uses.iter().find(|used| used.role == role && *used.name == *name);
    used.map_or(line.span, |used| used.span)
}

fn statements(lines: &[Line]) -> impl Iterator<Item = (&Line, &Statement)> {
    lines.iter().filter_map(|line| match &line.content {
        Some(Content::Statement(what)) => Some((line, &**what)),
        _ => None,
    })
}

impl<'l> Exchanges<'l> {
    fn note(&mut self, line: &Line, what: &'l Statement) {
        match what {
            Statement::Exchange(decl) => {
                self.kinds.insert(&decl.name, &decl.kind);
                self.places.insert(&decl.name, place(line, Role::NewExchange, &decl.name));
                let alternate = self.feeds(&decl.arguments, "alternate-exchange");
                if alternate || decl.internal {
                    self.left.insert(&decl.name);
                }
            }
            Statement::Queue(decl) => {
                self.feeds(&decl.arguments, DEAD_LETTER);
            }
            Statement::Bind(bind) => {
                self.left.insert(&bind.source);
                if let Destination::Exchange(to) = &bind.destination {
                    self.open.insert(to);
                }
            }
            Statement::Publisher(decl) => {
                let span = part(line, "key");
                decl.keys.iter().for_each(|key| self.sent(&decl.exchange, Some(key), span));
            }
            Statement::Publish(publish) => {
                self.sent(&publish.exchange, Some(&publish.key), part(line, "key"));
            }
            Statement::Consumer(decl) => {
                for forward in &decl.forwards {
                    let span = part(line, "key");
                    self.sent(&forward.exchange, forward.key.as_deref(), span);
                }
            }
            _ => {}
        }
    }

    /// An argument that sends messages to an exchange.
    fn feeds(&mut self, arguments: &'l Table, key: &str) -> bool {
        let to = arguments.get(key).and_then(Value::as_str);
        to.is_some_and(|to| {
            self.fed.insert(to);
            true
        })
    }

    fn sent(&mut self, exchange: &'l Name, key: Option<&'l str>, span: SourceSpan) {
        match key.filter(|key| !key.contains('{')) {
            Some(key) => {
                let (keys, count) = self.keys.get_or_insert_with(exchange, Default::default);
                *count += usize::from(keys.insert(key));
                let sources = self.sources.get_or_insert_with(exchange, Vec::new);
                if sources.len() < 3 && !sources.contains(&span) {
                    sources.push(span);
                }
            }
            None => {
                self.open.insert(exchange);
            }
        }
    }

    fn kind(&self, exchange: &str) -> Option<&'l str> {
        self.kinds.get(exchange).copied().or(match exchange {
            "amq.direct" => Some("direct"),
            "amq.topic" => Some("topic"),
            "amq.fanout" => Some("fanout"),
            _ => None,
        })
    }
}

/// An exchange that is published to and passes nothing on.
fn no_bindings(line: &Line, exchange: &str, exchanges: &Exchanges<'_>, faults: &mut Faults) {
    let Some(declared) = exchanges.places.get(exchange) else { return };
    if exchanges.left.contains(exchange) {
        return;
    }
    let span = place(line, Role::Exchange, exchange);
    let finding = Diagnostic::new(&NO_BINDINGS, span, &[exchange]);
    faults.push(finding.beside(*declared, "declared here, and bound to nothing"));
}

/// A binding key that none of the keys fits that are published to its exchange.
fn never_fits(
    line: &Line,
    bind: &BindingDecl,
    exchanges: &Exchanges<'_>,
    left: &mut usize,
    faults: &mut Faults,
) {
    let fits: fn(&str, &str) -> bool = match exchanges.kind(&bind.source) {
        Some("topic") => topic_fits,
        Some("direct") => |binding: &str, key: &str| binding == key,
        _ => return,
    };
    let Some((keys, count)) = exchanges.keys.get(&*bind.source) else { return };
    let open = exchanges.open.contains(&*bind.source) || exchanges.fed.contains(&*bind.source);
    if open || *count > *left {
        return;
    }
    *left -= *count;
    if keys.iter().any(|key| fits(&bind.key, key)) {
        return;
    }
    let shown: Vec<String> = keys.iter().take(3).map(|key| format!("`{key}`")).collect();
    let more = if *count > 3 { " and others" } else { "" };
    let help = format!("published to `{}` are {}{more}", bind.source, shown.join(", "));
    let mut finding = Diagnostic::new(&NEVER_FITS, part(line, "key"), &[&bind.key]).help(help);
    for source in exchanges.sources.get(&*bind.source).into_iter().flatten() {
        finding = finding.beside(*source, "what is published there");
    }
    faults.push(finding);
}

#[cfg(test)]
mod tests;
