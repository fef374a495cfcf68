//! The bar at the top, the menu, and what floats over the stage.

use super::icons::icon;
use super::parts::{button, phrase, sign};
use crate::port::Theme;
use crate::session::form::{FormKind, Thing};
use crate::session::{Dialog, Motion, Msg, Notice, Panel, Session};
use warren_core::scenario::Statement;
use yew::prelude::*;

pub(crate) fn bar(session: &Session, actions: &MenuActions, send: &Callback<Msg>) -> Html {
    html! {
        <header class="bar">
            <span class="mark">
                <svg viewBox="0 0 32 32" aria-hidden="true">
                    <path d="M9.500 5h13L29 16l-6.500 11h-13L3 16z" fill="var(--accent-soft)"
                        stroke="var(--accent)" stroke-width="2" stroke-linejoin="round" />
                    <circle cx="16" cy="16" r="5" fill="var(--dot-1)" />
                </svg>
                { phrase("span", "", "Warren") }
            </span>
            <button type="button" id="choose" class="button line choose-scenario"
                aria-haspopup="dialog"
                onclick={send.reform(|_| Msg::SetDialog(Some(Dialog::Gallery)))}>
                { phrase("span", "", "Scenarios") }{ icon("down") }
            </button>
            <span class="push"></span>
            { toggle("toggle-script", "script", "Script", session.script_open, Msg::ToggleScript,
                faults_badge(session), send) }
            { toggle("toggle-events", "events", "Events",
                session.panel == Some(Panel::Events), Msg::Open(Panel::Events), html! {}, send) }
            { toggle("toggle-checks", "checks", "Checks",
                session.panel == Some(Panel::Checks), Msg::Open(Panel::Checks),
                checks_badge(session), send) }
            { toggle("toggle-charts", "charts", "Charts",
                session.panel == Some(Panel::Charts), Msg::Open(Panel::Charts), html! {}, send) }
            <button type="button" id="share" class="button" title="Share" aria-haspopup="dialog"
                onclick={send.reform(|_| Msg::Share)}>
                { icon("share") }{ phrase("span", "label", "Share") }
            </button>
            <button type="button" id="menu-button" class="icon-button" aria-label="More"
                title="More" aria-expanded={session.menu.to_string()}
                onclick={let open = !session.menu; send.reform(move |_| Msg::SetMenu(open))}>
                { icon("menu") }
            </button>
            { menu(session, actions, send) }
        </header>
    }
}

fn toggle(
    id: &'static str,
    drawing: &str,
    label: &'static str,
    on: bool,
    msg: Msg,
    badge: Html,
    send: &Callback<Msg>,
) -> Html {
    html! {
        <button type="button" id={id} class="button" aria-pressed={on.to_string()} title={label}
            onclick={send.reform(move |_| msg.clone())}>
            { icon(drawing) }{ phrase("span", "label", label) }{ badge }
        </button>
    }
}

fn faults_badge(session: &Session) -> Html {
    let errors = session.faults.iter().filter(|fault| fault.is_error).count();
    match errors {
        0 => html! {},
        n => html! {
            <span class="badge bad" aria-label={format!("{n} faults")}>{ n.to_string() }</span>
        },
    }
}

fn checks_badge(session: &Session) -> Html {
    let checks = &session.seen.checks;
    let held = checks.iter().filter(|check| check.held).count();
    if checks.is_empty() {
        return html! {};
    }
    let class = match held == checks.len() {
        true => "badge good",
        // Whoever changes somebody's scenario is not to blame.
        false if session.is_changed() => "badge",
        false => "badge bad",
    };
    let spoken = format!("{held} of {} hold", checks.len());
    html! {
        <span class={class} aria-label={spoken}>{ format!("{held}/{}", checks.len()) }</span>
    }
}

/// The menu's entries that are the page's own business.
pub(crate) struct MenuActions {
    /// The theme in force.
    pub(crate) theme: Theme,
    /// To the next theme.
    pub(crate) turn_theme: Callback<()>,
}

fn menu(session: &Session, actions: &MenuActions, send: &Callback<Msg>) -> Html {
    if !session.menu {
        return html! {};
    }
    let entry = |words: &'static str, msg: Msg| button("", words, msg, send);
    let theme = match actions.theme {
        Theme::System => "Colours: as the system",
        Theme::Light => "Colours: light",
        Theme::Dark => "Colours: dark",
    };
    let (motion, words) = match session.playback.motion {
        Motion::Smooth => (Motion::Stepped, "Motion: smooth"),
        Motion::Stepped => (Motion::Smooth, "Motion: step by step"),
    };
    html! {
        <div class="menu" role="group" aria-label="More" key="menu">
            { entry("Share a link", Msg::Share) }
            { entry("Charts", Msg::Open(Panel::Charts)) }
            { entry("Bookmarks and branches", Msg::Open(Panel::Time)) }
            <hr />
            { entry("Open a file…", Msg::ChooseFile) }
            { entry("Download the script", Msg::Download) }
            { entry("Copy picture as SVG", Msg::CopyPicture) }
            { entry("Download picture as SVG", Msg::DownloadPicture) }
            <hr />
            <button type="button" class="button" onclick={actions.turn_theme.reform(|_| ())}>
                { theme }
            </button>
            { entry(words, Msg::SetMotion(motion)) }
            { entry("Present", Msg::Present(true)) }
            <hr />
            { entry("Keys", Msg::SetDialog(Some(Dialog::Keys))) }
            { entry("About this broker", Msg::SetDialog(Some(Dialog::Honest))) }
        </div>
    }
}

/// Words and buttons that float over the stage.
pub(crate) fn stage_furniture(session: &Session, send: &Callback<Msg>) -> Html {
    let document = session.show.document();
    let is_empty = session.show.cast.nodes.is_empty();
    let tells = document.items.iter().any(|item| matches!(item.what, Statement::Caption(_)));
    html! {
        <>
            <div class="words" key="words">
                <h1>{ session.title() }</h1>
                if let Some(about) = &document.about {
                    { phrase("p", "about", about.clone()) }
                }
            </div>
            if is_empty {
                <div class="empty-stage" key="empty">
                    { phrase("p", "", "An empty stage.") }
                    <p>{ "Messages go from a publisher to an exchange, from there to queues, \
                          and from a queue to a consumer." }</p>
                    <div class="actions">
                        { button("main", "Start with an exchange",
                            Msg::Open(Panel::Form(FormKind::Add(Thing::Exchange))), send) }
                        { button("line", "Choose a scenario",
                            Msg::SetDialog(Some(Dialog::Gallery)), send) }
                    </div>
                </div>
            }
            <div class={classes!("caption", tells.then_some("tells"))} key="caption">
                if let Some(caption) = &session.seen.caption {
                    <p key={caption.clone()}>{ caption }</p>
                }
            </div>
            { palette(session, send) }
            <button type="button" class="honest" key="honest"
                onclick={send.reform(|_| Msg::SetDialog(Some(Dialog::Honest)))}>
                { format!("RabbitMQ {} · latency drawn slow", document.profile.name()) }
            </button>
            { zoom(send) }
            if session.presenting {
                <div class="leave" key="leave">
                    <button type="button" id="leave" class="icon-button" title="Leave (Escape)"
                        aria-label="Leave the presentation"
                        onclick={send.reform(|_| Msg::Present(false))}>{ icon("close") }</button>
                </div>
            }
            { notices(session, send) }
        </>
    }
}

fn palette(session: &Session, send: &Callback<Msg>) -> Html {
    let add = |thing: Thing| {
        let label = format!("Add {}", thing.name());
        let kind = FormKind::Add(thing);
        let on = session.panel == Some(Panel::Form(kind.clone()));
        html! {
            <button type="button" class="icon-button" key={thing.name()} aria-label={label.clone()}
                title={label} aria-pressed={on.to_string()}
                onclick={send.reform(move |_| Msg::Open(Panel::Form(kind.clone())))}>
                { icon(thing.name()) }{ phrase("span", "tiny", thing.name()) }
            </button>
        }
    };
    let publish = FormKind::Publish(session.likely_exchange());
    html! {
        <div class="palette" role="toolbar" aria-label="Build" key="palette">
            { for Thing::ALL.into_iter().map(add) }
            <button type="button" class="icon-button" key="publish" aria-label="Publish a message"
                title="Publish a message"
                onclick={send.reform(move |_| Msg::Open(Panel::Form(publish.clone())))}>
                { icon("send") }{ phrase("span", "tiny", "message") }
            </button>
        </div>
    }
}

fn zoom(send: &Callback<Msg>) -> Html {
    html! {
        <div class="zoom" role="toolbar" aria-label="View" key="zoom">
            { sign("Zoom out", "minus", Msg::Zoom(0.8), send) }
            { sign("Show everything", "fit", Msg::Fit, send) }
            { sign("Zoom in", "plus", Msg::Zoom(1.25), send) }
        </div>
    }
}

fn notices(session: &Session, send: &Callback<Msg>) -> Html {
    let pulling = session.pull().and_then(|pull| pull.reason);
    if let Some(reason) = pulling {
        return html! { <div class="toast calm" key="toast"><p>{ reason }</p></div> };
    }
    match &session.notice {
        Some(notice) => toast(notice, send),
        None => match session.show.timeline.stop_reason() {
            Some(reason) => html! {
                <div class="toast" key="limit" role="status">
                    <p>{ format!("{}: {reason}", session.end()) }</p>
                </div>
            },
            None if session.hint && !session.show.cast.nodes.is_empty() => hint(session, send),
            None => html! {},
        },
    }
}

fn toast(notice: &Notice, send: &Callback<Msg>) -> Html {
    let code = notice.code.map(|code| format!("{code} ")).unwrap_or_default();
    html! {
        <div class={classes!("toast", (!notice.bad).then_some("calm"))} key="toast" role="alert">
            <div>
                <p>
                    if notice.code.is_some() {
                        <code>{ code }{ &notice.words }</code>
                    } else {
                        { &notice.words }
                    }
                </p>
                if !notice.plain.is_empty() {
                    { phrase("p", "soft", notice.plain.clone()) }
                }
            </div>
            { sign("Dismiss", "close", Msg::DismissNotice, send) }
        </div>
    }
}

/// The one thing to try first.
fn hint(session: &Session, send: &Callback<Msg>) -> Html {
    let publish = FormKind::Publish(session.likely_exchange());
    html! {
        <div class="try" key="try">
            <button type="button" class="button main"
                onclick={send.reform(move |_| Msg::Open(Panel::Form(publish.clone())))}>
                { icon("send") }{ "Publish a message yourself" }
            </button>
            { sign("Not now", "close", Msg::DismissHint, send) }
        </div>
    }
}
