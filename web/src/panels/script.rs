//! The script panel: the scenario's text, and what is wrong with it.

use super::header;
use super::parts::{button, phrase, sign_button};
use crate::port;
use crate::session::{Fault, Msg, Session};
use yew::prelude::*;

pub(crate) fn script(session: &Session, send: &Callback<Msg>) -> Html {
    let typed = send.reform(|event: InputEvent| Msg::Typed(port::value(&event)));
    // What is put in by other means than typing tells only that it changed.
    let changed = send.reform(|event: Event| Msg::Typed(port::value(&event)));
    // The numbers follow the text; nothing else has to know.
    let scrolled = Callback::from(|event: Event| port::scroll_gutter(&event));
    let lines = session.text.split('\n').count();
    let numbers: String = (1..=lines).map(|n| format!("{n}\n")).collect();
    html! {
        <aside class="panel left" aria-label="Script" key="script">
            { header("Script", Msg::ToggleScript, send) }
            <div class="editor">
                <pre class="gutter" aria-hidden="true">{ numbers }</pre>
                <textarea id="script" aria-label="The scenario's script" spellcheck="false"
                    autocapitalize="off" autocomplete="off" wrap="off" value={session.text.clone()}
                    oninput={typed} onchange={changed} onscroll={scrolled} />
            </div>
            <div class="faults" role="region" aria-label="Findings">
                { findings(session, send) }
            </div>
            <div class="script-foot">
                { sign_button("Undo".into(), "undo", Msg::Undo, !session.can_undo(), send) }
                { sign_button("Redo".into(), "redo", Msg::Redo, !session.can_redo(), send) }
                { button("line small", "Format", Msg::Format, send) }
                { button("line small", "Copy", Msg::CopyScript, send) }
                { button("line small", "Download", Msg::Download, send) }
            </div>
        </aside>
    }
}

fn findings(session: &Session, send: &Callback<Msg>) -> Html {
    if session.faults.is_empty() {
        return phrase("p", "empty", "No faults. What you type shows on the stage.");
    }
    let errors = session.faults.iter().filter(|fault| fault.is_error).count();
    html! {
        <>
            if errors > 0 {
                <p class="lead" key="lead">
                    { format!("{errors} {}. The stage keeps the last good state.",
                        if errors == 1 { "fault" } else { "faults" }) }
                </p>
            }
            <ul class="row-list" key="list">
                { for session.faults.iter().enumerate().map(|(i, f)| finding(i, f, send)) }
            </ul>
        </>
    }
}

fn finding(index: usize, fault: &Fault, send: &Callback<Msg>) -> Html {
    let code = fault.code.map(|code| format!("{code} ")).unwrap_or_default();
    html! {
        <li key={index}>
            <button type="button" class="row fault"
                onclick={send.reform(move |_| Msg::ShowFault(index))}>
                { phrase("span", "place", format!("{}:{}", fault.line, fault.column)) }
                <span class="grow">
                    { code }{ &fault.message }
                    if let Some(at) = fault.at {
                        { phrase("span", "soft", format!(" at {at}")) }
                    }
                    if let Some(help) = &fault.help {
                        { phrase("span", "soft", format!(" {help}")) }
                    }
                </span>
            </button>
        </li>
    }
}
