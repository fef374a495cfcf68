//! The inspector: all there is to say about the thing that is selected, and
//! all that can be done to it.

use super::parts::{phrase, sign};
use super::{clock, forms, why};
use crate::session::form::{Form, FormKind, Thing};
use crate::session::{Command, Msg, Panel, Selection, Session};
use warren_core::frame::ClientState;
use warren_core::scenario::NodeId;
use warren_core::timeline::{BindingRow, Details, MessageRow};
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
                    <code>{ if row.key.is_empty() { "(empty key)" } else { &row.key } }</code>
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

fn messages(title: &'static str, rows: &[MessageRow], send: &Callback<Msg>) -> Html {
    if rows.is_empty() {
        return html! {};
    }
    html! {
        <>
            { phrase("h3", "", title) }
            <ul class="row-list" aria-label={title}>
                { for rows.iter().enumerate().map(|(index, row)| message_row(index, row, send)) }
            </ul>
        </>
    }
}

fn message_row(index: usize, row: &MessageRow, send: &Callback<Msg>) -> Html {
    let label = row.label.clone();
    html! {
        <li key={format!("{}:{index}", row.label)}>
            <button type="button" class="row"
                onclick={send.reform(move |_| Msg::Select(Selection::Message(label.clone())))}>
                { dot(row.colour) }
                { phrase("b", "", row.label.clone()) }
                <span class="grow">
                    { phrase("code", "", row.routing_key.clone()) }
                    { phrase("span", "soft", format!(" {}", short(&row.body))) }
                    <br />{ phrase("span", "soft", row.place.clone()) }
                    if !row.properties.is_empty() {
                        <br />{ phrase("span", "soft", properties(&row.properties)) }
                    }
                </span>
                if row.redelivered {
                    { phrase("span", "tag", "redelivered") }
                }
                if row.dead_lettered {
                    { phrase("span", "tag", "dead-lettered") }
                }
            </button>
        </li>
    }
}

/// The properties that are set, in one line.
fn properties(rows: &[(String, String)]) -> String {
    let said = |(name, value): &&(String, String)| name != "delivery-mode" || value == "2";
    let all: Vec<String> =
        rows.iter().filter(said).map(|(name, value)| format!("{name} {value}")).collect();
    short(&all.join(" · "))
}

/// A body, cut where it would break the row.
fn short(body: &str) -> String {
    const MOST: usize = 80;
    let mut text: String = body.chars().take(MOST).collect();
    if text.len() < body.len() {
        text.push('…');
    }
    text
}

pub(crate) fn dot(colour: u8) -> Html {
    let style = format!("--message:var(--dot-{})", colour % 8);
    html! { <span class="dot" style={style} aria-hidden="true"></span> }
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

fn rows(rows: &[(String, String)]) -> Html {
    let row = |(index, (name, value)): (usize, &(String, String))| {
        html! {
            <div key={index} style="display:contents">
                { phrase("dt", "", name.clone()) }{ phrase("dd", "", value.clone()) }
            </div>
        }
    };
    html! { <dl class="facts">{ for rows.iter().enumerate().map(row) }</dl> }
}

pub(crate) fn message(session: &Session, label: &str) -> (String, Html) {
    let title = format!("Message {label}");
    let Some(why) = &session.seen.why else {
        let words = "It has not reached an exchange yet. Step forward to see where it goes.";
        return (title, phrase("p", "empty", words));
    };
    let now = session.now();
    let entry = |(index, (at, sentence)): (usize, &(warren_core::time::Tick, String))| {
        let later = (*at > now).then_some("soft");
        html! {
            <li key={index} class={classes!(later)}>
                { phrase("span", "when", clock(*at)) }{ phrase("span", "", sentence.clone()) }
            </li>
        }
    };
    let message = &why.message;
    let exchange =
        if message.exchange.is_empty() { "(default)".to_owned() } else { message.exchange.clone() };
    let mut facts = vec![
        ("exchange".to_owned(), exchange),
        ("routing key".to_owned(), message.routing_key.clone()),
    ];
    if !message.body.is_empty() {
        facts.push(("body".to_owned(), short(&message.body)));
    }
    facts.extend(message.properties.iter().cloned());
    let content = html! {
        <>
            <div key="facts">{ rows(&facts) }</div>
            <h3 key="why">{ "Why it went where it went" }</h3>
            <div key="tree">{ why::explanation(&why.explanation) }</div>
            <h3 key="history">{ "Its story" }</h3>
            <ol class="history" key="list">{ for why.history.iter().enumerate().map(entry) }</ol>
        </>
    };
    (title, content)
}
