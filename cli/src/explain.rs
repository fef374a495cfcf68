//! `warren explain`: the way of a message, binding by binding.

use crate::args::Explain;
use crate::run::{run_to_end, run_until};
use crate::terminal::Terminal;
use crate::{Ending, source};
use warren_core::broker::routing::{
    AlternateUse, BindTarget, Effect, Explanation, Judgement, Reason, TopicMiss, TopicReason, Visit,
};
use warren_core::broker::{Name, Table};
use warren_core::scenario::{Paint, visible};
use warren_core::timeline::Timeline;

pub(crate) fn explain(args: &Explain, terminal: &mut Terminal) -> Ending {
    let Some((source, parsed)) = source::scenario(&args.file, terminal) else {
        return Ending::BadInput;
    };
    let mut timeline = Timeline::new(parsed.document);
    match &args.message {
        Some(label) => {
            run_to_end(&mut timeline, &source.name, terminal);
            past(&mut timeline, label, terminal)
        }
        None => {
            run_until(&mut timeline, args.at, &source.name, terminal);
            what_if(&mut timeline, args, terminal)
        }
    }
}

/// A message that the scenario publishes.
fn past(timeline: &mut Timeline, label: &str, terminal: &mut Terminal) -> Ending {
    let Some(why) = timeline.why(label) else {
        terminal.complain(&format!(
            "no message {} reaches an exchange; messages are called by their publisher's letter \
             and their number, like A17",
            visible(label)
        ));
        return Ending::BadInput;
    };
    let heading = format!("{label} reached its exchange at {}", why.tick);
    tree(&heading, &why.explanation, terminal);
    terminal.line("");
    for (tick, sentence) in &why.history {
        let time = terminal.paint.style("2", &tick.to_string());
        terminal.line(&format!("{time}  {}", visible(sentence)));
    }
    Ending::Fine
}

/// A message that nobody sent.
fn what_if(timeline: &mut Timeline, args: &Explain, terminal: &mut Terminal) -> Ending {
    let [exchange, key] = &args.publish[..] else {
        terminal.complain("say which message: --publish EXCHANGE KEY, or --message A17");
        return Ending::BadInput;
    };
    let headers = Table(args.headers.clone());
    let headers = (!headers.is_empty()).then_some(&headers);
    let Some(explanation) = timeline.what_if(args.at, exchange, key, headers) else {
        terminal.complain("this broker has no virtual host");
        return Ending::BadInput;
    };
    if explanation.visits.is_empty() {
        let at = args.at.min(timeline.end());
        let message = format!("there is no exchange called {} at {at}", visible(exchange));
        terminal.complain(&message);
        return Ending::BadInput;
    }
    let heading = format!("A message published at {}", args.at.min(timeline.end()));
    tree(&heading, &explanation, terminal);
    Ending::Fine
}

fn tree(heading: &str, explanation: &Explanation, terminal: &mut Terminal) {
    let keys: Vec<String> = explanation.keys.iter().map(|key| shown(key)).collect();
    terminal.line(&format!("{heading}, with key {}", keys.join(", ")));
    let mut teller = Teller { explanation, paint: terminal.paint, lines: Vec::new() };
    teller.visit(0, String::new());
    for line in teller.lines {
        terminal.line(&line);
    }
    terminal.line(&match &explanation.queues[..] {
        [] => "It reaches no queue: it is dropped, or returned when it is mandatory.".to_owned(),
        [one] => format!("It reaches queue {}.", visible(one)),
        all => format!("It reaches {} queues: {}.", all.len(), visible(&all.join(", "))),
    });
}

/// Writes the tree, line by line.
struct Teller<'a> {
    explanation: &'a Explanation,
    paint: Paint,
    lines: Vec<String>,
}

/// A line of the tree and the visit it leads to.
struct Branch {
    line: String,
    more: Option<String>,
    onward: Option<usize>,
}

impl Teller<'_> {
    fn visit(&mut self, number: usize, indent: String) {
        let Some(visit) = self.explanation.visits.get(number) else { return };
        if number == 0 {
            let line = self.exchange(visit);
            self.lines.push(line);
        }
        let branches = self.branches(visit);
        let last = branches.len().saturating_sub(1);
        for (turn, branch) in branches.into_iter().enumerate() {
            let (fork, stem) = if turn == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.lines.push(format!("{indent}{fork}{}", branch.line));
            if let Some(more) = branch.more {
                let more = self.paint.style("2", &more);
                self.lines.push(format!("{indent}{stem}  {more}"));
            }
            if let Some(onward) = branch.onward {
                self.visit(onward, format!("{indent}{stem}"));
            }
        }
    }

    fn exchange(&self, visit: &Visit) -> String {
        let name = if visit.exchange.is_empty() {
            "the default exchange".to_owned()
        } else {
            format!("exchange {} ({})", visible(&visit.exchange), visit.kind.name())
        };
        self.paint.style("1", &name)
    }

    fn branches(&self, visit: &Visit) -> Vec<Branch> {
        let mut branches = Vec::new();
        for lookup in &visit.lookups {
            let name = visible(&lookup.key);
            let line = match lookup.found {
                Some(_) => self.fits(&format!("queue {name}, by its name")),
                None => self.misses(&format!("no queue is called {}", shown(&lookup.key))),
            };
            branches.push(Branch { line, more: None, onward: None });
        }
        branches.extend(visit.waits().map(|line| Branch { line, more: None, onward: None }));
        branches.extend(visit.judgements.iter().map(|judgement| self.judged(judgement)));
        branches.extend(self.alternate(&visit.alternate));
        if branches.is_empty() {
            let line = self.misses("it has no bindings");
            branches.push(Branch { line, more: None, onward: None });
        }
        branches
    }

    fn judged(&self, judgement: &Judgement) -> Branch {
        let to = match &judgement.binding.destination {
            BindTarget::Queue(_, name) => format!("queue {}", visible(name)),
            BindTarget::Exchange(name) => format!("exchange {}", visible(name)),
        };
        let note = match judgement.effect {
            Effect::CopyAlready => " (it has its copy already)",
            Effect::BeenThere(_) => " (it has been there already)",
            _ => "",
        };
        let key = match &judgement.reason {
            Reason::Fanout | Reason::Picked(_) => String::new(),
            Reason::Direct(_) => format!("{} ", shown(&judgement.binding.key)),
            Reason::Headers(reason) => format!("{} ", reason.mode.name()),
            Reason::Topic(reasons) => {
                let told = reasons.iter().find(|reason| reason.fits()).or(reasons.first());
                let words = told.map(|reason| self.words(&judgement.binding.key, reason));
                format!("{} ", words.unwrap_or_default())
            }
        };
        let line = format!("{key}-> {to}{note}");
        let line = if judgement.reason.fits() { self.fits(&line) } else { self.misses(&line) };
        let onward = match judgement.effect {
            Effect::Onward(visit) => Some(visit),
            _ => None,
        };
        let mut more = visible(&self.explanation.sentence(judgement));
        if let Some(first) = more.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Branch { line, more: Some(more), onward }
    }

    /// The words of a binding key, each with what it took or what it missed:
    /// `order *=created us≠eu`.
    fn words(&self, pattern: &str, reason: &TopicReason) -> String {
        let key = self.explanation.keys.first().map_or("", |key| key);
        let taken: Vec<&str> = key.split('.').collect();
        let mut words: Vec<String> = Vec::new();
        for step in &reason.steps {
            let took = taken.iter().skip(step.from).take(step.count).copied();
            let took = took.collect::<Vec<_>>().join(".");
            words.push(match &*step.word {
                "*" | "#" => format!("{}={}", step.word, shown(&took)),
                literal => shown(literal),
            });
        }
        let missed = match &reason.miss {
            None => None,
            Some(TopicMiss::Differs { expected, found, .. }) => {
                Some(format!("{}≠{}", shown(expected), shown(found)))
            }
            Some(
                TopicMiss::NothingLeft { expected, .. } | TopicMiss::NotAfterHash { expected, .. },
            ) => Some(format!("{}≠nothing", shown(expected))),
            Some(TopicMiss::LeftOver { found, .. }) => {
                Some(format!("nothing≠{}", shown(&found.join("."))))
            }
        };
        words.extend(missed.map(|missed| self.paint.style("31", &missed)));
        let rest = pattern.split('.').count().saturating_sub(words.len());
        if rest > 0 && !pattern.is_empty() {
            words.push("…".to_owned());
        }
        words.join(" ")
    }

    fn alternate(&self, alternate: &AlternateUse) -> Option<Branch> {
        let named = |name: &Name| format!("alternate exchange {}", visible(name));
        let (line, onward) = match alternate {
            AlternateUse::None => return None,
            AlternateUse::NotNeeded(name) => {
                (self.misses(&format!("{}: not needed, a binding fits", named(name))), None)
            }
            AlternateUse::Taken(name, visit) => {
                (self.fits(&format!("{}, as no binding fits", named(name))), Some(*visit))
            }
            AlternateUse::BeenThere(name, _) => {
                (self.misses(&format!("{}: it has been there already", named(name))), None)
            }
            AlternateUse::Missing(name) => {
                (self.misses(&format!("{}: it does not exist", named(name))), None)
            }
            AlternateUse::DefaultExchange => {
                let line = "the alternate is the default exchange, which routes nothing here";
                (self.misses(line), None)
            }
        };
        Some(Branch { line, more: None, onward })
    }

    fn fits(&self, text: &str) -> String {
        format!("{} {text}", self.paint.style("32", "✓"))
    }

    fn misses(&self, text: &str) -> String {
        format!("{} {text}", self.paint.style("31", "✗"))
    }
}

/// A key or word, so that the empty one can be seen.
fn shown(text: &str) -> String {
    if text.is_empty() { "\"\"".to_owned() } else { visible(text) }
}
