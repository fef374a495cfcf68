//! The page around the stage.

mod charts;
mod dialogs;
mod forms;
mod icons;
mod inspector;
mod lanes;
mod lists;
mod message;
mod parts;
mod script;
mod shell;
mod terms;
mod time;
mod transport;
mod why;

pub(crate) use dialogs::{dialog, previews};
pub(crate) use script::script;
pub(crate) use shell::{MenuActions, bar, stage_furniture};
pub(crate) use transport::{clock, transport};

use crate::session::form::FormKind;
use crate::session::{Msg, Panel, Selection, Session, spoken};
use warren_core::scenario::Destination;
use yew::prelude::*;

/// The panel on the right.
pub(crate) fn right(session: &Session, send: &Callback<Msg>) -> Html {
    let Some(panel) = &session.panel else { return html! {} };
    let (title, content) = match panel {
        Panel::Inspect => match &session.selection {
            Some(Selection::Node(node)) => inspector::node(session, node, send),
            Some(Selection::Message(label)) => message::message(session, label),
            None => ("Nothing selected".to_owned(), html! {}),
        },
        Panel::Events => ("What happened".to_owned(), lists::events(session, send)),
        Panel::Charts => ("Queues over time".to_owned(), charts::charts(session, send)),
        Panel::Time => ("Bookmarks and branches".to_owned(), time::time(session, send)),
        Panel::Checks => ("Expectations".to_owned(), lists::checks(session, send)),
        Panel::Form(kind) => (form_title(kind), form_panel(session, kind, send)),
    };
    html! {
        <aside class="panel right" aria-label={title.clone()} key="right">
            { header(&title, Msg::ClosePanel, send) }
            <div class="scroll">{ content }</div>
        </aside>
    }
}

/// The head of a panel: its name, and the way out.
fn header(title: &str, close: Msg, send: &Callback<Msg>) -> Html {
    html! {
        <header>
            <h2 tabindex="-1">{ title }</h2>
            { parts::sign(format!("Close {title}"), "close", close, send) }
        </header>
    }
}

fn form_title(kind: &FormKind) -> String {
    match kind {
        FormKind::Add(thing) => format!("New {}", thing.name()),
        FormKind::Bind(source, to) => format!(
            "Bind {} to {}",
            spoken(source),
            match to {
                Destination::Queue(name) => format!("queue {name}"),
                Destination::Exchange(name) if name.is_empty() => spoken(name).to_owned(),
                Destination::Exchange(name) => format!("exchange {name}"),
            }
        ),
        FormKind::Publish(_) => "Publish a message".to_owned(),
        FormKind::Settings(_, name) => name.to_string(),
        FormKind::WhatIf(_) => "What if?".to_owned(),
        FormKind::Bookmark => "Bookmark".to_owned(),
    }
}

fn form_panel(session: &Session, kind: &FormKind, send: &Callback<Msg>) -> Html {
    let lead = match kind {
        FormKind::Add(thing) => thing.explanation(),
        FormKind::Bind(..) => {
            "A binding is a rule at the exchange: messages that fit it go on to the other end."
        }
        FormKind::Publish(_) => "You publish it, at this very instant of the run.",
        FormKind::Settings(..) | FormKind::WhatIf(_) | FormKind::Bookmark => "",
    };
    let when = match session.now().0 {
        0 => "This changes the scenario from its start.".to_owned(),
        _ => format!("This happens at {}.", clock(session.now())),
    };
    let form = session.forms.iter().find(|form| form.kind == *kind);
    html! {
        <>
            <p class="lead" key="lead">{ lead }{ " " }{ when }</p>
            if let Some(form) = form {
                { forms::form(form, send) }
            }
        </>
    }
}
