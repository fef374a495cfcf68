//! The script panel: the scenario's text, and what is wrong with it.

use super::header;
use super::icons::icon;
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
                { button("undo", "Undo", Msg::Undo, !session.can_undo(), send) }
                { button("redo", "Redo", Msg::Redo, !session.can_redo(), send) }
                <button type="button" class="button line small"
                    onclick={send.reform(|_| Msg::Format)}>{ "Format" }</button>
                <button type="button" class="button line small"
                    onclick={send.reform(|_| Msg::CopyScript)}>{ "Copy" }</button>
                <button type="button" class="button line small"
                    onclick={send.reform(|_| Msg::Download)}>{ "Download" }</button>
            </div>
        </aside>
    }
}

fn button(sign: &str, label: &'static str, msg: Msg, off: bool, send: &Callback<Msg>) -> Html {
    html! {
        <button type="button" class="icon-button" aria-label={label} title={label} disabled={off}
            onclick={send.reform(move |_| msg.clone())}>{ icon(sign) }</button>
    }
}

fn findings(session: &Session, send: &Callback<Msg>) -> Html {
    if session.faults.is_empty() {
        return html! { <p class="empty">{ "No faults. What you type shows on the stage." }</p> };
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
                <span class="place">{ format!("{}:{}", fault.line, fault.column) }</span>
                <span class="grow">
                    { code }{ &fault.message }
                    if let Some(at) = fault.at {
                        <span class="soft">{ format!(" at {at}") }</span>
                    }
                    if let Some(help) = &fault.help {
                        <span class="soft">{ " " }{ help }</span>
                    }
                </span>
            </button>
        </li>
    }
}
