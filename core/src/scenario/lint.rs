//! What a scenario says without a fault and hardly means: hints that teach.

use super::cursor::Role;
use super::diagnostic::{Diagnostic, Faults};
use super::document::{BindingDecl, Destination, Statement};
use super::grammar::{Content, Line};
use super::rules::{NEVER_FITS, NO_BINDINGS};
use crate::broker::routing::topic_fits;
use crate::broker::{Name, Table, Value};
use crate::order::{Map, Set};

/// Comparisons of keys; in a longer scenario the rest is not judged.
const MOST_COMPARISONS: usize = 100_000;

/// Whether a finding with this code is a hint: about what stands there as a
/// whole, and not about a name or a word in it.
#[must_use]
pub fn is_advice(code: &str) -> bool {
    code == NO_BINDINGS.code || code == NEVER_FITS.code
}

/// What a scenario does with its exchanges, at whatever time.
#[derive(Default)]
struct Exchanges<'l> {
    kinds: Map<&'l Name, &'l str>,
    /// Those that pass something on: by bindings, or to an alternate exchange.
    left: Set<&'l Name>,
    /// The keys that clients publish with, and how many.
    keys: Map<&'l Name, (Set<&'l str>, usize)>,
    /// Those that get messages with keys that nobody can tell from the text.
    open: Set<&'l Name>,
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
    for (_, what) in statements(lines) {
        exchanges.note(what);
    }
    let mut left = MOST_COMPARISONS;
    for (line, what) in statements(lines) {
        match what {
            Statement::Publisher(decl) if !decl.mandatory => {
                no_bindings(line, &decl.exchange, &exchanges, faults);
            }
            Statement::Publish(publish) if !publish.mandatory => {
                no_bindings(line, &publish.exchange, &exchanges, faults);
            }
            Statement::Bind(bind) => never_fits(line, bind, &exchanges, &mut left, faults),
            _ => {}
        }
    }
}

fn statements(lines: &[Line]) -> impl Iterator<Item = (&Line, &Statement)> {
    lines.iter().filter_map(|line| match &line.content {
        Some(Content::Statement(what)) => Some((line, &**what)),
        _ => None,
    })
}

impl<'l> Exchanges<'l> {
    fn note(&mut self, what: &'l Statement) {
        match what {
            Statement::Exchange(decl) => {
                self.kinds.insert(&decl.name, &decl.kind);
                let alternate = self.feeds(&decl.arguments, "alternate-exchange");
                if alternate || decl.internal {
                    self.left.insert(&decl.name);
                }
            }
            Statement::Queue(decl) => {
                self.feeds(&decl.arguments, "x-dead-letter-exchange");
            }
            Statement::Bind(bind) => {
                self.left.insert(&bind.source);
                if let Destination::Exchange(to) = &bind.destination {
                    self.open.insert(to);
                }
            }
            Statement::Publisher(decl) => {
                decl.keys.iter().for_each(|key| self.sent(&decl.exchange, Some(key)));
            }
            Statement::Publish(publish) => self.sent(&publish.exchange, Some(&publish.key)),
            Statement::Consumer(decl) => {
                for forward in &decl.forwards {
                    self.sent(&forward.exchange, forward.key.as_deref());
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

    fn sent(&mut self, exchange: &'l Name, key: Option<&'l str>) {
        match key.filter(|key| !key.contains('{')) {
            Some(key) => {
                let (keys, count) = self.keys.get_or_insert_with(exchange, Default::default);
                *count += usize::from(keys.insert(key));
            }
            None => {
                self.open.insert(exchange);
            }
        }
    }

    fn kind(&self, exchange: &Name) -> Option<&'l str> {
        self.kinds.get(&exchange).copied().or(match &**exchange {
            "amq.direct" => Some("direct"),
            "amq.topic" => Some("topic"),
            _ => None,
        })
    }
}

/// An exchange that is published to and passes nothing on.
fn no_bindings(line: &Line, exchange: &Name, exchanges: &Exchanges<'_>, faults: &mut Faults) {
    if exchanges.kinds.get(&exchange).is_none() || exchanges.left.contains(&exchange) {
        return;
    }
    let used = line.uses.iter().find(|used| used.role == Role::Exchange && used.name == *exchange);
    let span = used.map_or(line.span, |used| used.span);
    faults.push(Diagnostic::new(&NO_BINDINGS, span, &[exchange]));
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
    let Some((keys, count)) = exchanges.keys.get(&&bind.source) else { return };
    let open = exchanges.open.contains(&&bind.source) || exchanges.fed.contains(&*bind.source);
    if open || *count > *left {
        return;
    }
    *left -= *count;
    if keys.iter().any(|key| fits(&bind.key, key)) {
        return;
    }
    let clause = line.clauses.iter().find(|clause| clause.part == "key");
    let span = clause.map_or(line.span, |clause| clause.span);
    let shown: Vec<String> = keys.iter().take(3).map(|key| format!("`{key}`")).collect();
    let more = if *count > 3 { " and others" } else { "" };
    let help = format!("published to `{}` are {}{more}", bind.source, shown.join(", "));
    faults.push(Diagnostic::new(&NEVER_FITS, span, &[&bind.key]).help(help));
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    /// The findings of a scenario: code, the words they stand at, help.
    fn hints(text: &str) -> Vec<(&'static str, String, String)> {
        let text = format!("warren 1\n{text}");
        let found = parse(&text).diagnostics;
        let at =
            |d: &super::Diagnostic| text[d.span.start as usize..d.span.end as usize].to_owned();
        found.iter().map(|d| (d.code, at(d), d.help.clone().unwrap_or_default())).collect()
    }

    fn codes(text: &str) -> Vec<&'static str> {
        hints(text).into_iter().map(|(code, ..)| code).collect()
    }

    #[test]
    fn an_exchange_that_passes_nothing_on_is_told_to_who_publishes_there() {
        let text = "exchange a topic\npublisher p -> a key x once\nat 1s publish -> a key x\n";
        let found = hints(text);
        assert_eq!(codes(text), ["no-bindings"; 2]);
        assert!(found.iter().all(|(_, at, _)| at == "a"), "{found:?}");
        for fine in [
            "exchange a topic\nqueue q\npublisher p -> a key x once\nat 1s bind a -> q key x\n",
            "exchange a topic\npublisher p -> a key x once mandatory\n",
            "exchange a topic alternate b\nexchange b fanout\npublisher p -> a key x once\n",
            "exchange a topic internal\npublisher p -> a key x once\n",
            "exchange a topic\npublisher p -> a once\npolicy n ^a alternate amq.fanout\n",
            "exchange a topic\n",
        ] {
            assert_eq!(codes(fine), Vec::<&str>::new(), "{fine}");
        }
    }

    #[test]
    fn a_key_that_nothing_published_fits_is_told_with_what_is_published() {
        let head = "queue q\nexchange e topic\npublisher p -> e key a.b.c, d once\n";
        let found = hints(&format!("{head}bind e -> q key a.*\nbind e -> q key a.#\n"));
        let help = "published to `e` are `a.b.c`, `d`";
        assert_eq!(found, [("never-fits", "key a.*".to_owned(), help.to_owned())]);
        assert_eq!(
            codes("queue q\npublisher p -> amq.direct key x once\nbind amq.direct -> q key x.#\n"),
            ["never-fits"]
        );
        for (fine, why) in [
            ("publisher more -> e key a.{n} once\n", "keys that are made while it runs"),
            ("bind amq.fanout -> exchange e\n", "keys of another exchange"),
            ("queue r dead-letter e\n", "keys of the dead"),
            ("exchange f direct alternate e\n", "keys of what fits nothing elsewhere"),
            ("consumer c <- q forward -> e\n", "the keys they came with"),
            ("at 1s publish -> e key a.z\n", "a key used later"),
        ] {
            let text = format!("{head}{fine}bind e -> q key a.*\n");
            assert_eq!(codes(&text), Vec::<&str>::new(), "{why}");
        }
    }

    #[test]
    fn a_text_with_errors_gets_no_hints() {
        let text = "exchange e topic\nqueue q\npublisher p -> e key a once\nbind e -> q kye a\n";
        assert_eq!(codes(text), ["unknown-setting"]);
    }

    #[test]
    fn many_keys_and_bindings_take_bounded_work() {
        let mut text = String::from("exchange e topic\nqueue q\n");
        for n in 0..20_000 {
            text += &format!("publisher p{n} -> e key k{n} once\nbind e -> q key x.{n}\n");
        }
        assert_eq!(codes(&text), ["never-fits"; 5]);
    }
}
