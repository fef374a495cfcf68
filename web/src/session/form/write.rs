//! From a filled form to the statement it stands for.

use super::fields::QUEUE_ARGUMENTS;
use super::read::{self, Wrong};
use super::{Form, FormKind, Thing};
use warren_core::broker::{Name, Table, Value};
use warren_core::scenario::{
    AckMode, BindingDecl, ConsumerDecl, Destination, ExchangeDecl, Pause, PublishAction,
    PublisherDecl, QueueDecl, Statement,
};
use warren_core::time::Span;

pub(super) fn statement(form: &Form, base: Option<&Statement>) -> Result<Statement, Wrong> {
    match &form.kind {
        FormKind::Add(thing) => part(form, *thing, read::name(form, "name")?, None),
        FormKind::Settings(thing, name) => part(form, *thing, name.clone(), base),
        FormKind::Bind(source, destination) => binding(form, source, destination),
        FormKind::Publish(_) | FormKind::WhatIf(_) => publish(form).map(Statement::Publish),
        FormKind::Bookmark => match form.value("name").trim() {
            "" => Err(Wrong { field: "name", why: "Say what there is to see here.".to_owned() }),
            name => Ok(Statement::Bookmark(name.to_owned())),
        },
    }
}

fn part(
    form: &Form,
    thing: Thing,
    name: Name,
    base: Option<&Statement>,
) -> Result<Statement, Wrong> {
    match thing {
        Thing::Publisher => {
            let decl = match base {
                Some(Statement::Publisher(decl)) => decl.clone(),
                _ => new_publisher(name),
            };
            publisher(form, decl).map(Statement::Publisher)
        }
        Thing::Consumer => {
            let decl = match base {
                Some(Statement::Consumer(decl)) => decl.clone(),
                _ => new_consumer(name, Vec::new()),
            };
            consumer(form, decl).map(Statement::Consumer)
        }
        Thing::Exchange => {
            let arguments = match base {
                Some(Statement::Exchange(decl)) => decl.arguments.clone(),
                _ => Table::new(),
            };
            Ok(Statement::Exchange(exchange(form, name, arguments)))
        }
        Thing::Queue => {
            let mut decl = match base {
                Some(Statement::Queue(decl)) => decl.clone(),
                _ => QueueDecl::new(name),
            };
            decl.durable = form.is_on("durable");
            decl.auto_delete = form.is_on("auto-delete");
            set_argument(&mut decl.arguments, "x-queue-type", form.value("x-queue-type"));
            for (name, ..) in QUEUE_ARGUMENTS {
                set_argument(&mut decl.arguments, name, form.value(name).trim());
            }
            Ok(Statement::Queue(decl))
        }
    }
}

/// Numbers are sent as numbers, everything else as text: what does not fit is
/// for the broker to refuse.
fn set_argument(arguments: &mut Table, name: &str, text: &str) {
    match text.parse::<i64>() {
        _ if text.is_empty() => {
            arguments.remove(name);
        }
        Ok(n) if name != "x-dead-letter-exchange" && name != "x-dead-letter-routing-key" => {
            arguments.set(name, i32::try_from(n).map_or(Value::I64(n), Value::I32));
        }
        _ => arguments.set(name, Value::str(text)),
    }
}

/// A publisher that does nothing yet.
pub(crate) fn new_publisher(name: Name) -> PublisherDecl {
    PublisherDecl::new(name, Name::from(""))
}

/// A consumer that acks what it gets, one at a time.
pub(crate) fn new_consumer(name: Name, queues: Vec<Name>) -> ConsumerDecl {
    let work = Pause::Fixed(Span::secs(1));
    ConsumerDecl { prefetch: 1, work, ..ConsumerDecl::new(name, queues) }
}

fn publisher(form: &Form, mut decl: PublisherDecl) -> Result<PublisherDecl, Wrong> {
    decl.exchange = Name::from(form.value("exchange"));
    decl.keys = read::list(form, "keys");
    if decl.keys.is_empty() {
        decl.keys.push(String::new());
    }
    decl.every = read::pause(form, "every")?;
    if matches!(decl.every, Some(Pause::Fixed(Span::ZERO))) {
        return Err(Wrong::new("every", "A pause of nothing would never let time pass."));
    }
    if decl.every.is_some() {
        decl.times.clear();
    }
    decl.count = read::number(form, "count")?;
    form.value("body").clone_into(&mut decl.body);
    decl.mandatory = form.is_on("mandatory");
    decl.persistent = form.is_on("persistent");
    decl.confirms = form.is_on("confirms");
    decl.headers = read::table(form, "headers")?;
    decl.stopped = form.is_on("stopped");
    Ok(decl)
}

fn consumer(form: &Form, mut decl: ConsumerDecl) -> Result<ConsumerDecl, Wrong> {
    decl.queues = read::list(form, "queues").iter().map(|name| Name::from(name.as_str())).collect();
    if decl.queues.iter().all(|name| name.is_empty()) {
        return Err(Wrong::new("queues", "A consumer needs a queue: declare one first."));
    }
    decl.work = read::pause(form, "work")?.unwrap_or(Pause::Fixed(Span::ZERO));
    decl.ack_mode = if form.value("mode") == "auto" { AckMode::Auto } else { AckMode::Manual };
    if decl.ack_mode == AckMode::Manual {
        decl.prefetch = read::number(form, "prefetch")?.unwrap_or(0);
        let outcome = read::outcome(form.value("outcome"));
        match decl.outcomes.first_mut() {
            Some(first) => *first = outcome,
            None => decl.outcomes.push(outcome),
        }
    }
    decl.exclusive = form.is_on("exclusive");
    decl.stopped = form.is_on("stopped");
    Ok(decl)
}

fn exchange(form: &Form, name: Name, mut arguments: Table) -> ExchangeDecl {
    match form.value("alternate").trim() {
        "" => {
            arguments.remove("alternate-exchange");
        }
        other => arguments.set("alternate-exchange", Value::str(other)),
    }
    arguments.remove("x-delayed-type");
    if form.value("kind") == "x-delayed-message" {
        arguments.set("x-delayed-type", Value::str(form.value("x-delayed-type")));
    }
    ExchangeDecl {
        name,
        kind: Name::from(form.value("kind")),
        durable: form.is_on("durable"),
        auto_delete: form.is_on("auto-delete"),
        internal: form.is_on("internal"),
        arguments,
    }
}

fn binding(form: &Form, source: &Name, destination: &Destination) -> Result<Statement, Wrong> {
    let mut arguments = Table::new();
    if form.fields.iter().any(|field| field.name == "x-match") {
        arguments.set("x-match", Value::str(form.value("x-match")));
        for (key, value) in read::table(form, "headers")?.0 {
            arguments.set(&key, value);
        }
    }
    Ok(Statement::Bind(BindingDecl {
        source: source.clone(),
        destination: destination.clone(),
        key: Name::from(form.value("key").trim()),
        arguments,
    }))
}

fn publish(form: &Form) -> Result<PublishAction, Wrong> {
    let count = read::number(form, "count")?.unwrap_or(1);
    if count == 0 || count > 1_000 {
        return Err(Wrong::new("count", "From 1 to 1000 at once."));
    }
    Ok(PublishAction {
        key: form.value("key").trim().to_owned(),
        body: form.value("body").to_owned(),
        headers: read::table(form, "headers")?,
        mandatory: form.is_on("mandatory"),
        persistent: form.is_on("persistent"),
        count,
        ..PublishAction::new(None, Name::from(form.value("exchange")))
    })
}
