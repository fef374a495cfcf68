//! What lies over the page: gallery, honesty, keys.

use super::parts::{button, phrase, sign};
use crate::session::{Dialog, Exhibit, KEYS, Msg, Session};
use std::rc::Rc;
use warren_core::draw::text;
use yew::prelude::*;

/// Pictures of the scenarios, drawn by the stage's own builder.
pub(crate) fn previews(gallery: &[Exhibit]) -> Rc<[AttrValue]> {
    gallery.iter().map(|exhibit| AttrValue::from(exhibit.preview())).collect()
}

pub(crate) fn dialog(session: &Session, previews: &[AttrValue], send: &Callback<Msg>) -> Html {
    let Some(dialog) = session.dialog else { return html! {} };
    let (title, narrow, content) = match dialog {
        Dialog::Gallery => ("Choose a scenario", None, gallery(session, previews, send)),
        Dialog::Honest => ("What you see, honestly", Some("narrow"), honest(session)),
        Dialog::Keys => ("Keys", Some("narrow"), keys(session, send)),
        Dialog::Share => ("Share this scenario", Some("narrow"), share(session, send)),
        Dialog::Delete => ("Delete what hangs on it?", Some("narrow"), deletion(session, send)),
    };
    let close = send.reform(|_: MouseEvent| Msg::SetDialog(None));
    html! {
        <div class="veil" key="dialog" onclick={close}>
            <div class={classes!("dialog", narrow)} role="dialog" aria-modal="true"
                aria-label={title} onclick={Callback::from(|e: MouseEvent| e.stop_propagation())}>
                <header>
                    <h2>{ title }</h2>
                    { sign("Close", "close", Msg::SetDialog(None), send) }
                </header>
                { content }
            </div>
        </div>
    }
}

fn gallery(session: &Session, previews: &[AttrValue], send: &Callback<Msg>) -> Html {
    let card = |(index, exhibit): (usize, &Exhibit)| {
        let current = (session.exhibit == Some(index)).then_some("true");
        let preview = previews.get(index).cloned().unwrap_or_default();
        html! {
            <li key={exhibit.name}>
                <button type="button" class="card" aria-current={current}
                    onclick={send.reform(move |_| Msg::OpenScenario(index))}>
                    <div class="preview" aria-hidden="true">
                        { Html::from_html_unchecked(preview) }
                    </div>
                    { phrase("b", "", exhibit.title.clone()) }
                    { phrase("span", "", exhibit.about.clone()) }
                </button>
            </li>
        }
    };
    html! {
        <>
            { phrase("p", "lead",
                "Each one is a short script. Open it, watch it, then change it.") }
            <ul class="cards">{ for session.gallery.iter().enumerate().map(card) }</ul>
            <div class="actions" style="margin-top:1rem">
                { button("line", "Open a file…", Msg::ChooseFile, send) }
            </div>
        </>
    }
}

fn deletion(session: &Session, send: &Callback<Msg>) -> Html {
    let Some(doomed) = &session.doomed else { return html! {} };
    let name = text::name(&doomed.node);
    let statements = match doomed.lines.len() {
        1 => "This statement makes".to_owned(),
        n => format!("These {n} statements make"),
    };
    let line = |(index, line): (usize, &String)| {
        html! { <li key={index}>{ phrase("code", "", line.clone()) }</li> }
    };
    html! {
        <>
            { phrase("p", "lead",
                format!("{statements} no sense without {name} and would go too:")) }
            <ul class="statements">
                { for doomed.lines.iter().enumerate().map(line) }
            </ul>
            <div class="actions">
                { button("main", format!("Delete {name} and these"), Msg::DeleteAll, send) }
                { button("line", "Keep it", Msg::SetDialog(None), send) }
            </div>
        </>
    }
}

fn share(session: &Session, send: &Callback<Msg>) -> Html {
    let Some(shared) = &session.shared else { return html! {} };
    let state = match shared.copied {
        Some(true) => "The link is on your clipboard.",
        Some(false) => "Your browser did not allow copying: take the link from here.",
        None => "",
    };
    let shows = match &*shared.shows {
        "" => "It opens the scenario and plays it.".to_owned(),
        shows => format!("It opens the scenario {shows}."),
    };
    let letters = shared.address.len();
    html! {
        <>
            <p class="lead">{ state }{ " " }{ shows }</p>
            <div class="field">
                <label for="link">{ "Link" }</label>
                <input type="text" class="input mono" id="link" readonly=true
                    value={shared.address.clone()} aria-describedby="link-help" />
                <span class="help" id="link-help">
                    { letters }{ " characters. The whole scenario stands in the link itself: " }
                    { "no server sees or keeps it." }
                </span>
            </div>
            <div class="actions" style="margin-top:1rem">
                { button("main", "Copy the link", Msg::CopyLink, send) }
                { button("line", "Download the script", Msg::Download, send) }
            </div>
        </>
    }
}

fn honest(session: &Session) -> Html {
    let document = session.show.document();
    let profile = document.profile;
    let latency = document.latency.unwrap_or(warren_core::scenario::Document::DEFAULT_LATENCY);
    html! {
        <div class="essay">
            <p>
                { "The broker in this page follows the rules of RabbitMQ " }
                { phrase("b", "", profile.name()) }
                { format!(" for AMQP 0-9-1, recorded from a real {} server: what it routes, \
                    counts, acknowledges and refuses, down to the words of its errors.",
                    profile.recorded_from()) }
            </p>
            { phrase("h3", "", "What is simplified") }
            <ul>
                { phrase("li", "", format!("Latency is drawn slow so that you can see it: \
                    {latency} each way between a client and the broker. In a real network it is \
                    thousands of times less.")) }
                { phrase("li", "", "Inside the broker nothing takes time. Where the picture shows \
                    a message crossing it, the counts follow the dots.") }
                { phrase("li", "", "There is one node: no cluster, and no disk.") }
                { phrase("li", "", "A dead letter of a quorum queue is sent once, whatever the \
                    queue's strategy is, and each message of a stream is a chunk of its own.") }
                { phrase("li", "", "The clock is the script's own: the same script gives the same \
                    run, always and everywhere.") }
            </ul>
            <p class="lead">
                { "Warren is not made by the RabbitMQ team, and nothing you do here leaves your \
                   machine." }
            </p>
        </div>
    }
}

fn keys(session: &Session, send: &Callback<Msg>) -> Html {
    let row = |(key, what): &(&'static str, &'static str)| {
        html! {
            <div key={*key} style="display:contents">
                <dt>{ phrase("kbd", "", *key) }</dt>{ phrase("dd", "", *what) }
            </div>
        }
    };
    let on = session.letters;
    html! {
        <>
            <dl class="keys">{ for KEYS.iter().map(row) }</dl>
            <label class="check">
                <input type="checkbox" checked={on}
                    onchange={send.reform(move |_| Msg::SetLetters(!on))} />
                <span>
                    { "Single letters act (switch this off if you speak to your computer)" }
                </span>
            </label>
        </>
    }
}
