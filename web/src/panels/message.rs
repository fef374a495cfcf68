//! Messages: in rows of what is in a thing, and one by one with its story.

use super::inspector::rows;
use super::parts::phrase;
use super::{clock, why};
use crate::session::{Msg, Selection, Session};
use warren_core::draw::letters;
use warren_core::time::Tick;
use warren_core::timeline::MessageRow;
use yew::prelude::*;

pub(super) fn messages(title: &'static str, rows: &[MessageRow], send: &Callback<Msg>) -> Html {
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
                    { phrase("code", "", or_empty(&row.routing_key)) }
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
    cut(body, MOST)
}

/// The beginning of a text; `…` where it goes on.
fn cut(text: &str, most: usize) -> String {
    let mut start: String = text.chars().take(most).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// A body, and how long it is when not all of it is shown.
fn body(body: &str) -> String {
    const MOST: usize = 600;
    let shown = cut(body, MOST);
    if shown.len() == body.len() {
        return or_empty(body);
    }
    format!("{shown} ({} characters)", letters::count(body.chars().count() as u64))
}

/// A text, or that there is none.
fn or_empty(text: &str) -> String {
    if text.is_empty() { "(empty)".to_owned() } else { text.to_owned() }
}

pub(crate) fn dot(colour: u8) -> Html {
    let style = format!("--message:var(--dot-{})", colour % 8);
    html! { <span class="dot" style={style} aria-hidden="true"></span> }
}

pub(crate) fn message(session: &Session, label: &str) -> (String, Html) {
    let title = format!("Message {label}");
    let Some(why) = &session.seen.why else {
        let words = "It has not reached an exchange yet. Step forward to see where it goes.";
        return (title, phrase("p", "empty", words));
    };
    let now = session.now();
    let entry = |(index, (at, sentence)): (usize, &(Tick, String))| {
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
        ("routing key".to_owned(), or_empty(&message.routing_key)),
        ("body".to_owned(), body(&message.body)),
    ];
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
