//! The inspector: all there is to say about the thing that is selected, and
//! all that can be done to it.

use super::message::messages;
use super::parts::{phrase, sign};
use super::terms::terms;
use super::{clock, forms, why};
use crate::session::form::{Form, FormKind, Thing};
use crate::session::{Command, Msg, Panel, Selection, Session};
use warren_core::frame::ClientState;
use warren_core::scenario::NodeId;
use warren_core::timeline::{BindingRow, Details};
use yew::prelude::*;

pub(crate) fn node(session: &Session, node: &NodeId, send: &Callback<Msg>) -> (String, Html) {
    let Some(details) = &session.seen.details else {
        let title = warren_core::draw::text::name(node);
        let words = format!("It is not there at {}.", clock(session.now()));
        return (title, phrase("p", "empty", words));
    };
    let content = html! {
        <>
            <p class="lead" key="lead">{ lead(node) }</p>
            <div key="numbers">{ numbers(session) }</div>
            <div key="deeds">{ deeds(session, node, send) }</div>
            <div key="connect">{ connections(session, node, send) }</div>
            <div key="what-if">{ what_if(session, send) }</div>
            <div key="bindings">{ bindings(details, node, send) }</div>
            <div key="messages">{ messages("Messages, head first", &details.messages, send) }</div>
            <div key="unacked">{ messages("Unacked", &details.unacked, send) }</div>
            <div key="consumers">{ consumers(details, send) }</div>
            <div key="facts">{ facts(details) }</div>
            <div key="settings">{ settings(session, send) }</div>
            <div key="terms">{ terms(&words_for(details, node)) }</div>
        </>
    };
    (details.title.clone(), content)
}

fn lead(node: &NodeId) -> &'static str {
    match node {
        NodeId::Exchange(name) if name.is_empty() => {
            "It reaches every queue by its name, without a binding."
        }
        NodeId::Exchange(_) => Thing::Exchange.explanation(),
        NodeId::Queue(_) => Thing::Queue.explanation(),
        NodeId::Client(_) => "A program that talks to the broker over its own connection.",
    }
}

/// The words of the field that belong to a thing.
fn words_for(details: &Details, node: &NodeId) -> Vec<String> {
    let said = |name: &str| details.rows.iter().any(|(row, _)| row == name);
    let mut words: Vec<String> = Vec::new();
    match node {
        NodeId::Exchange(name) if name.is_empty() => words.push("default exchange".to_owned()),
        NodeId::Exchange(_) => {
            let kind = details.rows.iter().find(|(name, _)| name == "type");
            words.extend(kind.map(|(_, kind)| format!("{kind} exchange")));
            words.push("binding".to_owned());
        }
        NodeId::Queue(_) => {
            words.extend(["queue", "acknowledgement"].map(str::to_owned));
            let dead = "x-dead-letter-exchange";
            words.extend(said(dead).then(|| "dead letter".to_owned()));
            words.extend(said("x-message-ttl").then(|| "time to live".to_owned()));
        }
        NodeId::Client(_) => {
            words.push("channel".to_owned());
            words.extend(said("prefetch").then(|| "prefetch".to_owned()));
            words.extend(said("confirmed").then(|| "publisher confirm".to_owned()));
        }
    }
    words
}

fn numbers(session: &Session) -> Html {
    if session.seen.numbers.is_empty() {
        return html! {};
    }
    let one = |(name, value): &(&'static str, u64)| {
        html! {
            <div key={*name}>
                { phrase("dt", "", *name) }{ phrase("dd", "", value.to_string()) }
            </div>
        }
    };
    html! { <dl class="numbers">{ for session.seen.numbers.iter().map(one) }</dl> }
}

fn deed(words: &'static str, msg: Msg, bad: bool, send: &Callback<Msg>) -> Html {
    let class = classes!("button", "line", "small", bad.then_some("bad"));
    html! {
        <button type="button" key={words} {class}
            onclick={send.reform(move |_| msg.clone())}>{ words }</button>
    }
}

/// What can be made to happen now.
fn deeds(session: &Session, node: &NodeId, send: &Callback<Msg>) -> Html {
    let tell = |words, command| deed(words, Msg::Tell(command, node.clone()), false, send);
    let own = match node {
        NodeId::Client(_) => match &session.seen.client {
            Some(
                ClientState::Running
                | ClientState::Connecting
                | ClientState::Cut
                | ClientState::Blocked,
            ) => {
                vec![tell("Stop", Command::Stop), tell("Crash", Command::Crash)]
            }
            _ => vec![tell("Start", Command::Start)],
        },
        NodeId::Queue(_) => vec![
            deed("Get one", Msg::GetOne(node.clone()), false, send),
            deed("Purge", Msg::Purge(node.clone()), false, send),
        ],
        NodeId::Exchange(name) => vec![deed(
            "Publish…",
            Msg::Open(Panel::Form(FormKind::Publish(name.clone()))),
            false,
            send,
        )],
    };
    let fixed = matches!(node, NodeId::Exchange(name) if name.is_empty());
    html! {
        <div class="actions">
            { for own }
            if !fixed {
                { deed("Delete", Msg::Delete(node.clone()), true, send) }
            }
        </div>
    }
}

/// Everything AMQP allows to connect it with, as buttons.
fn connections(session: &Session, node: &NodeId, send: &Callback<Msg>) -> Html {
    let all = &session.seen.connections;
    if all.is_empty() {
        let words = match node {
            NodeId::Exchange(_) => "Add a queue, then bind it here.",
            NodeId::Queue(_) => "Add an exchange to bind it to, or a consumer.",
            NodeId::Client(_) => "Add an exchange or a queue to connect it to.",
        };
        return phrase("p", "empty", words);
    }
    let row = |(from, to, words): &(NodeId, NodeId, String)| {
        let msg = Msg::Connect(from.clone(), to.clone());
        html! {
            <li key={words.clone()}>
                <button type="button" class="row" onclick={send.reform(move |_| msg.clone())}>
                    { phrase("span", "grow", capital(words)) }
                </button>
            </li>
        }
    };
    html! {
        <details class="more">
            <summary>{ "Connect to…" }</summary>
            <ul class="row-list" aria-label="Connections">{ for all.iter().map(row) }</ul>
        </details>
    }
}

pub(crate) fn capital(words: &str) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

fn find(session: &Session, wanted: impl Fn(&FormKind) -> bool) -> Option<&Form> {
    session.forms.iter().find(|form| wanted(&form.kind))
}

fn what_if(session: &Session, send: &Callback<Msg>) -> Html {
    let Some(form) = find(session, |kind| matches!(kind, FormKind::WhatIf(_))) else {
        return html! {};
    };
    html! {
        <>
            <h3 key="head">{ "What if I published this?" }</h3>
            <div key="form">{ forms::form(form, send) }</div>
            if let Some(answer) = &session.seen.answer {
                <div key="answer" class="answer">{ why::explanation(answer) }</div>
            }
        </>
    }
}

fn settings(session: &Session, send: &Callback<Msg>) -> Html {
    let forms = session.forms.iter().filter(|f| matches!(f.kind, FormKind::Settings(..)));
    let one = |form: &Form| {
        let words = match &form.kind {
            FormKind::Settings(Thing::Publisher, _) => "Change how it publishes",
            FormKind::Settings(Thing::Consumer, _) => "Change how it consumes",
            _ => "Change settings",
        };
        html! {
            <details class="more" key={form.kind.id()}>
                <summary>{ words }</summary>
                { forms::form(form, send) }
            </details>
        }
    };
    html! { <>{ for forms.map(one) }</> }
}

fn bindings(details: &Details, node: &NodeId, send: &Callback<Msg>) -> Html {
    if matches!(node, NodeId::Client(_)) {
        return html! {};
    }
    if details.bindings.is_empty() {
        let default = matches!(node, NodeId::Exchange(name) if name.is_empty());
        return if default {
            html! {}
        } else {
            html! { <>{ phrase("h3", "", "Bindings") }{ phrase("p", "empty", "None yet.") }</> }
        };
    }
    let row = |(index, row): (usize, &BindingRow)| {
        let to = warren_core::draw::text::name(&row.destination);
        let label = format!("Unbind {} from {}", row.key, row.source);
        html! {
            <li class="row" key={index}>
                <span class="grow">
                    { phrase("span", "soft", format!("{} → {to}", row.source)) }<br />
                    <code>{ key_words(row) }</code>
                    if !row.arguments.is_empty() {
                        { phrase("code", "soft", format!(" {}", row.arguments)) }
                    }
                </span>
                { sign(label, "trash", Msg::Unbind(index), send) }
            </li>
        }
    };
    html! {
        <>
            { phrase("h3", "", "Bindings") }
            <ul class="row-list">{ for details.bindings.iter().enumerate().map(row) }</ul>
        </>
    }
}

/// What the key of a binding says.
fn key_words(row: &BindingRow) -> String {
    match (&*row.key, row.weight) {
        ("", _) => "(empty key)".to_owned(),
        (weight, true) => format!("weight {weight}"),
        (key, false) => key.to_owned(),
    }
}

fn consumers(details: &Details, send: &Callback<Msg>) -> Html {
    if details.consumers.is_empty() {
        return html! {};
    }
    let row = |(index, (client, prefetch, unacked)): (usize, &(String, u16, u64))| {
        let limit =
            if *prefetch == 0 { "no limit".to_owned() } else { format!("prefetch {prefetch}") };
        let to = Selection::Node(NodeId::Client(client.as_str().into()));
        html! {
            <li key={index}>
                <button type="button" class="row"
                    onclick={send.reform(move |_| Msg::Select(to.clone()))}>
                    { phrase("span", "grow", client.clone()) }
                    { phrase("span", "soft", format!("{limit}, {unacked} unacked")) }
                </button>
            </li>
        }
    };
    html! {
        <>
            { phrase("h3", "", "Consumers, next first") }
            <ul class="row-list">{ for details.consumers.iter().enumerate().map(row) }</ul>
        </>
    }
}

fn facts(details: &Details) -> Html {
    html! {
        <>
            { phrase("h3", "", "Properties") }
            { rows(&details.rows) }
        </>
    }
}

pub(super) fn rows(rows: &[(String, String)]) -> Html {
    let row = |(index, (name, value)): (usize, &(String, String))| {
        html! {
            <div key={index} style="display:contents">
                { phrase("dt", "", name.clone()) }{ phrase("dd", "", value.clone()) }
            </div>
        }
    };
    html! { <dl class="facts">{ for rows.iter().enumerate().map(row) }</dl> }
}
