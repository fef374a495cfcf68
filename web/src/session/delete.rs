//! Deleting a thing, and what hangs on it.

use super::form::Refusal;
use super::message::{Dialog, Order, Update};
use super::{Session, Show};
use warren_core::broker::{Name, Table, Value};
use warren_core::scenario::{
    Claim, Destination, Diagnostic, Item, NodeId, SourceSpan, Statement, edit, instance, is_advice,
    parse,
};
use warren_core::time::Tick;

/// A thing that is to be taken out of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doomed {
    /// Which.
    pub node: NodeId,
    /// The statements that make no sense without it and go along.
    pub lines: Vec<String>,
    /// The script without all that.
    text: String,
}

impl Session {
    /// At the start a thing is taken out of the script, and all that hangs on
    /// it goes along, once that was said; later it is deleted at that instant.
    pub(super) fn delete(&mut self, node: &NodeId) -> Update {
        if self.now() == Tick::ZERO && self.text == self.show.text {
            return match doom(&self.show, node) {
                Ok(doomed) if doomed.lines.is_empty() => self.carry_out(doomed),
                Ok(doomed) => {
                    self.doomed = Some(doomed);
                    self.dialog = Some(Dialog::Delete);
                    Update::page().with(Order::FocusOn(".dialog .main"))
                }
                Err(refusal) => self.after_edit(Err(refusal), None),
            };
        }
        let done = self.add(match node {
            NodeId::Client(name) => Statement::Remove(name.clone()),
            NodeId::Exchange(exchange) => {
                Statement::DeleteExchange { exchange: exchange.clone(), if_unused: false }
            }
            NodeId::Queue(queue) => {
                let queue = queue.clone();
                Statement::DeleteQueue { queue, if_unused: false, if_empty: false }
            }
        });
        self.after_delete(done)
    }

    /// Deletes what was asked about.
    pub(super) fn delete_all(&mut self) -> Update {
        self.dialog = None;
        match self.doomed.take() {
            Some(doomed) => self.carry_out(doomed),
            None => Update::page(),
        }
    }

    fn carry_out(&mut self, doomed: Doomed) -> Update {
        let done = self.apply(|_, _| doomed.text);
        self.after_delete(done)
    }

    fn after_delete(&mut self, done: super::edit::Tried) -> Update {
        if done.is_ok() {
            self.selection = None;
            self.close_panel();
        }
        self.after_edit(done, None).with(Order::FocusNode)
    }
}

/// Finds what goes with `node`: statements about it, and then, again and
/// again, those in which something is wrong that was not wrong before.
fn doom(show: &Show, node: &NodeId) -> Result<Doomed, Refusal> {
    let mut document = show.document().clone();
    let (nodes, letters) = together(show, node);
    let mut lines = Vec::new();
    document.items.retain(|item| {
        let goes = nodes.iter().any(|node| is_about(item, node))
            || shows_only(item, &nodes)
            || names(item, &letters);
        if goes && !declares(&item.what, node) {
            let span = item.span.start as usize..item.span.end as usize;
            lines.extend(show.text.get(span).map(str::to_owned));
        }
        !goes
    });
    for item in &mut document.items {
        nodes.iter().for_each(|node| forget(item, node));
        move_up(item, &letters);
    }
    let mut text = edit::apply(&show.text, &document);
    let before: Vec<String> =
        parse(&show.text).diagnostics.iter().map(Diagnostic::message).collect();
    loop {
        let found = parse(&text).diagnostics;
        let new = |d: &&Diagnostic| {
            d.code != "after-end" && !is_advice(d.code) && !before.contains(&d.message())
        };
        let mut spans: Vec<SourceSpan> = found.iter().filter(new).map(|d| d.span).collect();
        if spans.is_empty()
            && let Ok((trial, _)) = Show::read(&text)
            && let Some(refusal) = trial.new_refusal(show)
        {
            spans.extend(trial.document().items.get(refusal.item).map(|item| item.span));
        }
        let (rest, said) = edit::remove_all(&text, &spans);
        if said.is_empty() {
            return Ok(Doomed { node: node.clone(), lines, text });
        }
        lines.extend(said);
        text = rest;
    }
}

/// What leaves with a node, and the letters of their messages, single ones:
/// an instance goes with its client, and that with all its instances.
fn together(show: &Show, node: &NodeId) -> (Vec<NodeId>, Vec<u8>) {
    let (mut nodes, mut letters) = (vec![node.clone()], Vec::new());
    let NodeId::Client(name) = node else { return (nodes, letters) };
    for (instance, letter) in show.timeline.instances_of(name) {
        letters.extend(letter.as_bytes().first().filter(|_| letter.len() == 1));
        nodes.push(NodeId::Client(instance));
    }
    let whole = show.document().items.iter().find_map(|item| {
        let (name, instances) = match &item.what {
            Statement::Publisher(decl) => (&decl.name, decl.instances),
            Statement::Consumer(decl) => (&decl.name, decl.instances),
            _ => return None,
        };
        instances?;
        nodes.contains(&NodeId::Client(instance(name, 0))).then(|| name.clone())
    });
    nodes.extend(whole.map(NodeId::Client));
    (nodes, letters)
}

/// The messages that an expectation is about.
fn messages(item: &mut Item) -> Vec<&mut String> {
    match &mut item.what {
        Statement::Expect(expect) => expect.claim.messages(),
        _ => Vec::new(),
    }
}

/// Whether an item is about a message with one of these letters.
fn names(item: &Item, letters: &[u8]) -> bool {
    let mut item = item.clone();
    let gone = |label: &str| match *label.as_bytes() {
        [first, next, ..] => letters.contains(&first) && next.is_ascii_digit(),
        _ => false,
    };
    messages(&mut item).iter().any(|label| gone(label))
}

/// Letters count the publishers: those after the ones that go move up.
fn move_up(item: &mut Item, letters: &[u8]) {
    for label in messages(item) {
        if let [first, next, ..] = *label.as_bytes()
            && first.is_ascii_uppercase()
            && next.is_ascii_digit()
        {
            let gone = letters.iter().filter(|letter| **letter < first).count();
            *label = format!("{}{}", char::from(first - gone as u8), &label[1..]);
        }
    }
}

/// Whether a statement highlights nothing but what goes.
fn shows_only(item: &Item, nodes: &[NodeId]) -> bool {
    matches!(&item.what, Statement::Highlight { nodes: shown, .. }
        if !shown.is_empty() && shown.iter().all(|node| nodes.contains(node)))
}

/// Whether a statement is the one that puts `node` there.
fn declares(statement: &Statement, node: &NodeId) -> bool {
    match (statement, node) {
        (Statement::Place { node: placed, .. }, _) => placed == node,
        (Statement::Publisher(decl), NodeId::Client(name)) => decl.name == *name,
        (Statement::Consumer(decl), NodeId::Client(name)) => decl.name == *name,
        (Statement::Exchange(decl), NodeId::Exchange(name)) => decl.name == *name,
        (Statement::Queue(decl), NodeId::Queue(name)) => decl.name == *name,
        _ => false,
    }
}

/// Takes a node out of a statement that makes sense without it.
fn forget(item: &mut Item, node: &NodeId) {
    match (&mut item.what, node) {
        (Statement::Highlight { nodes, .. }, _) => nodes.retain(|shown| shown != node),
        (Statement::Consumer(decl), NodeId::Queue(name)) => {
            decl.queues.retain(|queue| queue != name);
        }
        (Statement::Consumer(decl), NodeId::Exchange(name)) => {
            decl.forwards.retain(|forward| forward.exchange != *name);
        }
        (Statement::Exchange(decl), NodeId::Exchange(name)) => {
            without(&mut decl.arguments, &["alternate-exchange"], name);
        }
        (Statement::Queue(decl), NodeId::Exchange(name)) => {
            let keys = ["x-dead-letter-exchange", "x-dead-letter-routing-key"];
            without(&mut decl.arguments, &keys, name);
        }
        _ => {}
    }
}

/// Takes `keys` out when the first of them says `name`.
fn without(arguments: &mut Table, keys: &[&str], name: &Name) {
    let first = keys.first().and_then(|key| arguments.get(key));
    if first.and_then(Value::as_str) == Some(name) {
        for key in keys {
            arguments.remove(key);
        }
    }
}

/// Whether a statement makes no sense without a node.
fn is_about(item: &Item, node: &NodeId) -> bool {
    match (&item.what, node) {
        (Statement::Place { node: placed, .. }, _) => placed == node,
        (Statement::Publisher(decl), NodeId::Client(name)) => decl.name == *name,
        (Statement::Consumer(decl), NodeId::Client(name)) => decl.name == *name,
        (
            Statement::Start(client)
            | Statement::Stop(client)
            | Statement::Crash(client)
            | Statement::Close(client)
            | Statement::Remove(client)
            | Statement::Consuming { client, .. }
            | Statement::Scale { client, .. }
            | Statement::Change { client, .. }
            | Statement::Link { client, .. },
            NodeId::Client(name),
        ) => client == name,
        (Statement::Publish(publish), NodeId::Client(name)) => publish.by.as_ref() == Some(name),
        (Statement::Exchange(decl), NodeId::Exchange(name)) => decl.name == *name,
        (Statement::DeleteExchange { exchange, .. }, NodeId::Exchange(name)) => exchange == name,
        (Statement::Queue(decl), NodeId::Queue(name)) => decl.name == *name,
        (Statement::Consumer(decl), NodeId::Queue(name)) => {
            decl.queues.len() == 1 && decl.queues.contains(name)
        }
        (
            Statement::DeleteQueue { queue, .. }
            | Statement::Purge { queue }
            | Statement::Get { queue, .. }
            | Statement::Consuming { queue: Some(queue), .. },
            NodeId::Queue(name),
        ) => queue == name,
        (Statement::Get { by: Some(client), .. }, NodeId::Client(name)) => client == name,
        (Statement::Bind(bind) | Statement::Unbind(bind), _) => match node {
            NodeId::Exchange(name) => {
                bind.source == *name || bind.destination == Destination::Exchange(name.clone())
            }
            NodeId::Queue(name) => bind.destination == Destination::Queue(name.clone()),
            NodeId::Client(_) => false,
        },
        (Statement::Expect(expect), _) => match (&expect.claim, node) {
            (Claim::Exists { node: meant, .. }, _) => meant == node,
            (Claim::Queue { queue, .. }, NodeId::Queue(name)) => queue == name,
            (Claim::Exchange { exchange, .. }, NodeId::Exchange(name)) => exchange == name,
            (
                Claim::Client { client, .. }
                | Claim::Receives { client, .. }
                | Claim::ChannelCloses { client, .. }
                | Claim::ConnectionCloses { client, .. },
                NodeId::Client(name),
            ) => client == name,
            (Claim::Reaches { whom, .. }, _) => whom == node,
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{node, open};
    use super::super::{Dialog, Msg};
    use warren_core::scenario::{is_advice, parse};
    use warren_core::time::Tick;

    const ALL: &str = "warren 1\nexchange orders topic alternate rest\nexchange rest fanout\n\
        queue billing dead-letter rest\nqueue work\n// why\nbind orders -> billing key a.#\n\
        bind rest -> work\npublisher shop -> orders key a.b every 1s count 3\n\
        publisher boss -> queue work every 1s count 3\n\
        consumer both <- billing, work work 10ms then ack\n\
        consumer worker <- work work 10ms then ack\nat 2s stop boss\nat 3s purge work\n\
        place queue work 100 100\nexpect queue work has 0 ready\n\
        expect message B1 reaches worker\nexpect client boss has 2 published\n";

    const SCALED: &str = "warren 1\nqueue todo\nqueue done\n\
        publisher shop -> queue todo every 1s count 3\n\
        step price <- todo -> queue done prefetch 1 work 300ms instances 1\n\
        consumer book <- done work 10ms then ack\n\
        step other <- todo -> queue done work 300ms\n\
        at 1s highlight client price-1, queue done\nat 2s scale price to 2\n\
        at 3s highlight client price-2\nat 4s change price work 1s\nat 5s cut price-1\n\
        at 6s slow price 2s\nat 7s mend price-1\nat 8s crash price-2\n\
        expect message D1 reaches book\nexpect message B2 reaches book\n\
        expect client price has 1 connected\nexpect message C1 never reaches shop\n";

    /// Deletes at the start; gives back what went along and what is left.
    fn delete(name: &str) -> (Vec<String>, String) {
        delete_from(ALL, name)
    }

    fn delete_from(text: &str, name: &str) -> (Vec<String>, String) {
        let mut session = open(text);
        session.update(Msg::Delete(node(name)));
        let along = session.doomed.as_ref().map_or_else(Vec::new, |doomed| doomed.lines.clone());
        assert_eq!(session.dialog.is_some(), !along.is_empty());
        if !along.is_empty() {
            assert_eq!(session.text, text, "nothing goes before it was said");
            assert_eq!(session.dialog, Some(Dialog::Delete));
            session.update(Msg::DeleteAll);
        }
        assert_eq!((session.dialog, &session.notice), (None, &None));
        // What is left may be worth a hint, and no more than that.
        let found = parse(&session.text).diagnostics;
        let hints = found.iter().filter(|finding| is_advice(finding.code)).count();
        assert_eq!(session.faults.len(), hints, "{:?}\n{}", session.faults, session.text);
        let left = session.text.clone();
        session.update(Msg::Undo);
        assert_eq!(session.text, text, "one undo brings all of it back");
        (along, left)
    }

    #[test]
    fn a_queue_takes_along_what_cannot_be_without_it() {
        let (along, left) = delete("q:work");
        assert_eq!(
            along,
            [
                "bind rest -> work",
                "consumer worker <- work work 10ms then ack",
                "at 3s purge work",
                "expect queue work has 0 ready",
                "publisher boss -> queue work every 1s count 3",
                "expect message B1 reaches worker",
                "at 2s stop boss",
                "expect client boss has 2 published",
            ]
        );
        assert!(left.contains("consumer both <- billing work 10ms"), "{left}");
        assert!(left.contains("// why") && !left.contains("place"), "{left}");
    }

    #[test]
    fn an_exchange_takes_its_name_out_of_arguments() {
        let (along, left) = delete("x:rest");
        assert_eq!(along, ["bind rest -> work"]);
        assert!(left.contains("exchange orders topic\n") && left.contains("queue billing\n"));
    }

    #[test]
    fn the_letters_of_later_publishers_move_up() {
        let (along, left) = delete("c:shop");
        assert_eq!(along, Vec::<String>::new());
        assert!(left.contains("expect message A1 reaches worker"), "{left}");
    }

    #[test]
    fn an_instance_goes_with_its_consumer_and_all_that_names_either() {
        let (along, left) = delete_from(SCALED, "c:price-2");
        assert_eq!(along[0].split(' ').next(), Some("step"), "{along:?}");
        assert!(!left.contains("price"), "{left}");
        assert!(left.contains("at 1s highlight queue done\n") && !left.contains("at 3s"), "{left}");
        let claims: Vec<&str> = left.lines().filter(|line| line.starts_with("expect")).collect();
        assert_eq!(claims, ["expect message B1 reaches book"], "{left}");
        assert_eq!(delete_from(SCALED, "c:price-1"), (along, left));
    }

    #[test]
    fn an_instance_can_be_deleted_while_the_run_goes_on() {
        let mut session = open(SCALED);
        session.update(Msg::Seek(Tick(2_500_000)));
        session.update(Msg::Delete(node("c:price-2")));
        assert!(session.text.contains("at 2.5s remove price-2\n"), "{}", session.text);
        assert_eq!(session.notice, None);
    }

    #[test]
    fn a_publisher_stays_when_nothing_is_bound_any_more() {
        let text = "warren 1\nexchange e topic\nqueue q\nbind e -> q key #\n\
            publisher p -> e key a every 1s count 2\n";
        let mut session = open(text);
        session.update(Msg::Delete(node("q:q")));
        session.update(Msg::DeleteAll);
        let left = "warren 1\nexchange e topic\npublisher p -> e key a every 1s count 2\n";
        assert_eq!(session.text, left);
        assert_eq!(session.faults.len(), 1, "the script says so: {:?}", session.faults);
    }

    #[test]
    fn whoever_keeps_it_changes_nothing() {
        let mut session = open(ALL);
        session.update(Msg::Delete(node("q:work")));
        session.update(Msg::SetDialog(None));
        session.update(Msg::DeleteAll);
        assert_eq!((session.text.as_str(), session.now()), (ALL, Tick::ZERO));
    }
}
