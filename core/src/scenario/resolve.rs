//! What can only be said when every statement has been read: names that are
//! used and not declared, counts that add up, times after the end.

use super::cursor::{Role, Use};
use super::diagnostic::{Diagnostic, Faults};
use super::document::{Document, Item, Pause, PublisherDecl, SourceSpan, Statement, instance};
use super::grammar::{Content, Line, MOST_MESSAGES, is_template};
use super::rules::{
    AFTER_END, BAD_LABEL, DECLARED_LATER, EXPECT_AFTER_END, NOT_A_CONSUMER, NOT_A_PUBLISHER,
    NOT_SCALABLE, REPEATED_CLIENT, REPEATED_STATEMENT, Rule, TOO_MANY_MESSAGES,
    UNDECLARED_EXCHANGE, UNDECLARED_QUEUE, UNDECLARED_USER, UNKNOWN_CLIENT, UNKNOWN_LABEL,
    UNKNOWN_NODE, UNKNOWN_QUEUE,
};
use super::suggest::nearest;
use crate::broker::Name;
use crate::order::{Map, Set};
use crate::time::{Span, Tick};

/// When something is declared: its instant, then its place in the file; and
/// where that stands.
type When = (Tick, usize, SourceSpan);

/// Every name a scenario declares, with its first declaration.
#[derive(Default)]
struct Names {
    publishers: Map<Name, When>,
    consumers: Map<Name, When>,
    users: Map<Name, When>,
    /// Clients with instances, and the clients they are.
    scaled: Map<Name, When>,
    instances: Map<Name, When>,
    queues: Map<Name, When>,
    /// Queues whose owner declares them: at once, as far as anyone can tell.
    owned: Map<Name, When>,
    exchanges: Map<Name, When>,
    /// Clients whose messages have labels: publishers, then consumers that
    /// publish and are no publishers.
    letters: usize,
}

/// Exchanges that are there from the start (`rabbit_vhost.erl`).
const PREDECLARED: [&str; 7] =
    ["", "amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match", "amq.rabbitmq.trace"];

impl Names {
    fn of(lines: &[Line]) -> Self {
        let mut names = Self::default();
        for (index, line) in lines.iter().enumerate() {
            for used in &line.uses {
                let when = (line.at, index, used.span);
                let map = match used.role {
                    Role::NewPublisher => &mut names.publishers,
                    Role::NewConsumer => &mut names.consumers,
                    Role::NewQueue => &mut names.queues,
                    Role::NewOwnedQueue => &mut names.owned,
                    Role::NewExchange => &mut names.exchanges,
                    Role::NewUser => &mut names.users,
                    _ => continue,
                };
                let first = map.get_or_insert_with(used.name.clone(), || when);
                *first = when.min(*first);
            }
        }
        names.count_letters(lines);
        names
    }

    /// Instances, and how many clients have letters: each that publishes.
    fn count_letters(&mut self, lines: &[Line]) {
        let (most, mut lettered) = (instances(lines), Set::new());
        for (index, line) in lines.iter().enumerate() {
            let Some(Content::Statement(what)) = &line.content else { continue };
            let (name, least, publishes) = match &**what {
                Statement::Publisher(decl) => (&decl.name, decl.instances, true),
                Statement::Consumer(decl) => {
                    let publishes = !decl.forwards.is_empty() || decl.reply.is_some();
                    (&decl.name, decl.instances, publishes)
                }
                _ => continue,
            };
            let when = (line.at, index, line.span);
            let count = most.get(name).copied().unwrap_or(0);
            let clients = match least {
                None => vec![name.clone()],
                Some(least) => (0..count.max(least)).map(|n| instance(name, n)).collect(),
            };
            if least.is_some() {
                self.scaled.insert(name.clone(), when);
                for client in &clients {
                    self.instances.insert(client.clone(), when);
                }
            }
            for client in clients.into_iter().filter(|_| publishes) {
                lettered.insert(client);
            }
        }
        // Publishers with errors have letters, too.
        let faulty = |name: &&Name| !lettered.contains(*name) && !self.scaled.contains_key(*name);
        self.letters = lettered.iter().count() + self.publishers.keys().filter(faulty).count();
    }

    fn has_client(&self, name: &str) -> bool {
        [&self.publishers, &self.consumers, &self.instances]
            .into_iter()
            .any(|map| map.contains_key(name))
    }

    fn has_queue(&self, name: &str) -> bool {
        self.queues.contains_key(name) || self.owned.contains_key(name)
    }

    fn has_exchange(&self, name: &str) -> bool {
        self.exchanges.contains_key(name) || PREDECLARED.contains(&name)
    }

    fn clients(&self) -> impl Iterator<Item = &str> {
        let maps = [&self.publishers, &self.consumers, &self.instances];
        maps.into_iter().flat_map(Map::keys).map(|name| &**name)
    }

    fn all_queues(&self) -> impl Iterator<Item = &str> {
        self.queues.keys().chain(self.owned.keys()).map(|name| &**name)
    }

    fn all_exchanges(&self) -> impl Iterator<Item = &str> {
        self.exchanges.keys().map(|name| &**name).chain(PREDECLARED)
    }
}

/// How many instances each client that is scaled gets at most.
fn instances(lines: &[Line]) -> Map<Name, u32> {
    let mut most = Map::new();
    for line in lines {
        let Some(Content::Statement(what)) = &line.content else { continue };
        if let Statement::Scale { client, instances } = &**what {
            let known = most.get_or_insert_with(client.clone(), || 0);
            *known = (*known).max(*instances);
        }
    }
    most
}

/// Checks all lines together. Lines with errors lose their content.
pub(super) fn resolve(lines: &mut [Line], faults: &mut Faults) {
    let names = Names::of(lines);
    let end = lines.iter().find_map(|line| match line.content {
        Some(Content::End(end)) => Some((end, line.span)),
        _ => None,
    });
    let mut said: Vec<(&'static str, SourceSpan)> = Vec::new();
    let mut clients = (Map::new(), Map::new());
    for (index, line) in lines.iter_mut().enumerate() {
        let mut found = Vec::new();
        if is_setting(line.verb) && line.content.is_some() {
            if let Some((_, first)) = said.iter().find(|(verb, _)| *verb == line.verb) {
                let finding = Diagnostic::new(&REPEATED_STATEMENT, line.span, &[line.verb]);
                found.push(finding.beside(*first, "said here first"));
            }
            said.push((line.verb, line.span));
        }
        for used in &line.uses {
            found.extend(repeated_client(used, index, &names, &mut clients));
            found.extend(unknown(used, (line.at, index, used.span), &names, !faults.is_full()));
        }
        found.extend(after_end(line, end));
        if found.iter().any(Diagnostic::is_error) {
            line.content = None;
        }
        found.into_iter().for_each(|finding| faults.push(finding));
    }
    count_messages(lines, end.map_or(Document::DEFAULT_END, |(end, _)| end), faults);
}

/// Statements about the whole run are said once.
fn is_setting(verb: &str) -> bool {
    matches!(verb, "warren" | "title" | "about" | "seed" | "profile" | "latency" | "end")
}

type Seen = Map<Name, (usize, SourceSpan)>;

/// A client declared twice in the same role.
fn repeated_client(
    used: &Use,
    index: usize,
    names: &Names,
    seen: &mut (Seen, Seen),
) -> Option<Diagnostic> {
    let (map, role) = match used.role {
        Role::NewPublisher => (&mut seen.0, "publisher"),
        Role::NewConsumer => (&mut seen.1, "consumer"),
        _ => return None,
    };
    if let Some((.., instances)) = names.instances.get(&used.name) {
        let finding = Diagnostic::new(&REPEATED_CLIENT, used.span, &["client", &used.name]);
        return Some(finding.beside(*instances, "one of these instances"));
    }
    let (first, span) = *map.get_or_insert_with(used.name.clone(), || (index, used.span));
    let finding = || Diagnostic::new(&REPEATED_CLIENT, used.span, &[role, &used.name]);
    (first != index).then(|| finding().beside(span, "the first one"))
}

/// A name that nothing declares, or declares too late.
fn unknown(used: &Use, when: When, names: &Names, suggest: bool) -> Option<Diagnostic> {
    let name = &*used.name;
    let finding = |rule: &Rule, args: &[&str]| Some(Diagnostic::new(rule, used.span, args));
    let missing = |rule: &Rule, known: &mut dyn Iterator<Item = &str>| {
        let near = suggest.then(|| nearest(name, known)).flatten();
        Some(Diagnostic::new(rule, used.span, &[name]).meant(near))
    };
    // The same name for something else says more than one that looks like it.
    let other = |map: &Map<Name, When>| map.get(name).map(|(.., span)| *span);
    let late = |map: &Map<Name, When>, what| {
        let first = map.get(name).filter(|first| (first.0, first.1) > (when.0, when.1))?;
        Some(finding(&DECLARED_LATER, &[what, name])?.beside(first.2, "declared here"))
    };
    match used.role {
        Role::Client if !names.has_client(name) => missing(&UNKNOWN_CLIENT, &mut names.clients()),
        Role::Publisher if !names.publishers.contains_key(name) => {
            let found = missing(&NOT_A_PUBLISHER, &mut names.publishers.keys().map(|name| &**name));
            Some(found?.beside_any(other(&names.consumers), "a consumer"))
        }
        Role::Scaled if !names.has_client(name) => missing(&UNKNOWN_CLIENT, &mut names.clients()),
        Role::Consumer if !names.consumers.contains_key(name) => {
            let found = missing(&NOT_A_CONSUMER, &mut names.consumers.keys().map(|name| &**name));
            Some(found?.beside_any(other(&names.publishers), "a publisher"))
        }
        Role::Scaled if !names.scaled.contains_key(name) => {
            let found = finding(&NOT_SCALABLE, &[name]);
            let declared = other(&names.consumers).or_else(|| other(&names.publishers));
            Some(found?.beside_any(declared, "declared here"))
        }
        Role::User if name != "guest" && !names.users.contains_key(name) => {
            missing(&UNDECLARED_USER, &mut names.users.keys().map(|name| &**name))
        }
        Role::CountedQueue if !names.has_queue(name) => {
            missing(&UNKNOWN_QUEUE, &mut names.all_queues())
        }
        // Not a queue, though it is consumed from like one.
        Role::Queue if name == "amq.rabbitmq.reply-to" => None,
        Role::Queue | Role::QueueNow if !names.has_queue(name) && !is_template(used) => {
            missing(&UNDECLARED_QUEUE, &mut names.all_queues())
        }
        Role::Exchange | Role::ExchangeNow if !names.has_exchange(name) => {
            missing(&UNDECLARED_EXCHANGE, &mut names.all_exchanges())
        }
        Role::QueueNow if !names.owned.contains_key(name) => late(&names.queues, "the queue"),
        Role::ExchangeNow if !PREDECLARED.contains(&name) => late(&names.exchanges, "the exchange"),
        Role::PlacedClient if !names.has_client(name) => finding(&UNKNOWN_NODE, &["client", name]),
        Role::PlacedQueue if !names.has_queue(name) => finding(&UNKNOWN_NODE, &["queue", name]),
        Role::PlacedExchange if !names.has_exchange(name) => {
            finding(&UNKNOWN_NODE, &["exchange", name])
        }
        Role::Label => label(used, names),
        _ => None,
    }
}

/// `A17`: letters of a client that publishes, and a number from 1.
fn label(used: &Use, names: &Names) -> Option<Diagnostic> {
    let digits = used.name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &used.name[..used.name.len() - digits.len()];
    let is_number = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    if letters.is_empty() || digits.is_empty() || digits.len() > 19 || !is_number {
        return Some(Diagnostic::new(&BAD_LABEL, used.span, &[&used.name]));
    }
    if letters == OPERATOR || index_of(letters).is_some_and(|index| index < names.letters) {
        return None;
    }
    let finding = Diagnostic::new(&UNKNOWN_LABEL, used.span, &[letters]);
    Some(match names.letters {
        0 => finding,
        1 => finding.help("the only one that publishes has the letter A"),
        n => finding.help(format!("the letters here are A to {}", letter(n - 1))),
    })
}

/// The letter of what the operator publishes by hand.
const OPERATOR: &str = "op";

/// The letter of the client number `index` among those that publish: `A` to
/// `Z`, then `AA`, `AB` …
#[must_use]
pub fn letter(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index;
    loop {
        letters.push(char::from(b'A' + (rest % 26) as u8));
        if rest < 26 {
            return letters.iter().rev().collect();
        }
        rest = rest / 26 - 1;
    }
}

/// Which client has these letters.
fn index_of(letters: &str) -> Option<usize> {
    letters
        .bytes()
        .try_fold(0_usize, |number, byte| {
            let digit = byte.is_ascii_uppercase().then(|| usize::from(byte - b'A') + 1)?;
            number.checked_mul(26)?.checked_add(digit)
        })?
        .checked_sub(1)
}

/// Expectations and actions for which the run is over.
fn after_end(line: &Line, end: Option<(Tick, SourceSpan)>) -> Option<Diagnostic> {
    let Some(Content::Statement(statement)) = &line.content else { return None };
    let (at, rule) = match &**statement {
        Statement::Expect(expectation) => {
            let from = expectation.during.and_then(|during| during.from);
            (expectation.at.or(from)?, &EXPECT_AFTER_END)
        }
        _ => (line.at, &AFTER_END),
    };
    let last = end.map_or(Document::DEFAULT_END, |(end, _)| end);
    let finding = || Diagnostic::new(rule, line.span, &[&last.to_string(), &at.to_string()]);
    (at > last).then(|| finding().beside_any(end.map(|(_, span)| span), "the run ends here"))
}

/// Adds up what the publishers would send.
fn count_messages(lines: &mut [Line], end: Tick, faults: &mut Faults) {
    let mut total: u128 = 0;
    let mut most = (0, 0);
    let (scaled, mut counts) = (instances(lines), Map::new());
    for (index, line) in lines.iter().enumerate() {
        let sent = line.item().map_or(0, |item| messages(&item, end, &scaled, &mut counts));
        total += u128::from(sent);
        most = most.max((sent, index));
    }
    if total > u128::from(MOST_MESSAGES) {
        let line = &mut lines[most.1];
        let (total, limit) = (total.to_string(), MOST_MESSAGES.to_string());
        let span: SourceSpan = line.span;
        line.content = None;
        faults.push(Diagnostic::new(&TOO_MANY_MESSAGES, span, &[&total, &limit]));
    }
}

/// How many messages a statement publishes at most.
fn messages(
    item: &Item,
    end: Tick,
    most: &Map<Name, u32>,
    counts: &mut Map<Name, (u64, u64)>,
) -> u64 {
    let time = end.since(item.at);
    match &item.what {
        Statement::Publish(action) => action.count,
        Statement::Publisher(decl) => {
            let clients = decl.instances.map_or(1, |least| {
                u64::from(most.get(&decl.name).copied().unwrap_or(0).max(least))
            });
            let count = decl.count.unwrap_or(u64::MAX).saturating_mul(clients);
            counts.insert(decl.name.clone(), (count, clients));
            paced(decl, time).saturating_mul(clients)
        }
        Statement::Change { client, every: Some(every), .. } => {
            let (count, clients) = counts.get(client).copied().unwrap_or((u64::MAX, 1));
            paced_by(*every, time).saturating_mul(clients).min(count)
        }
        _ => 0,
    }
}

fn paced(decl: &PublisherDecl, time: Span) -> u64 {
    let most = decl.count.unwrap_or(u64::MAX);
    let rounds = match decl.every {
        None => decl.times.len() as u64,
        Some(every) => paced_by(every, Span(time.0.saturating_sub(decl.after.0))),
    };
    rounds.saturating_mul(decl.burst).min(most)
}

/// How often a pause fits into a time, and once more.
fn paced_by(every: Pause, time: Span) -> u64 {
    let shortest = match every {
        Pause::Fixed(span) => span,
        // On average: `low..high` is chosen evenly.
        Pause::Between(low, high) => Span(u64::midpoint(low.0, high.0)),
    };
    time.0.checked_div(shortest.0).map_or(u64::MAX, |n| n.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::{index_of, letter};

    #[test]
    fn letters_count_like_columns_of_a_sheet() {
        for (index, want) in
            [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(letter(index), want);
            assert_eq!(index_of(want), Some(index));
        }
        assert_eq!(index_of("a"), None);
        assert_eq!(index_of(&"Z".repeat(40)), None);
    }
}
