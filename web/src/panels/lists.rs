//! What happened, and what was expected.

use super::clock;
use crate::session::{Check, Msg, Session};
use warren_core::time::Tick;
use yew::prelude::*;

/// Events shown at once: the ones around now.
const WINDOW: usize = 200;

pub(crate) fn events(session: &Session, send: &Callback<Msg>) -> Html {
    let all = session.show.timeline.events();
    if all.is_empty() {
        return html! {
            <p class="empty">
                { "Nothing happens yet. Add a publisher, or publish a message yourself." }
            </p>
        };
    }
    let now = session.now();
    let next = all.partition_point(|event| event.tick <= now);
    let from = next.saturating_sub(WINDOW / 2);
    let to = (from + WINDOW).min(all.len());
    let row = |index: usize| {
        let event = &all[index];
        let tick = event.tick;
        let current = (index + 1 == next).then_some("true");
        let soft = (tick > now).then_some("soft");
        html! {
            <li key={index}>
                <button type="button" class="row" aria-current={current}
                    onclick={send.reform(move |_| Msg::Seek(tick))}>
                    <time>{ clock(tick) }</time>
                    <span class={classes!("grow", soft)}>{ event.sentence() }</span>
                </button>
            </li>
        }
    };
    let left = |n: usize, words: &str| (n > 0).then(|| format!("{n} {words}"));
    html! {
        <>
            <p class="lead" key="lead">{ "Choose an event to go to its instant." }</p>
            <p class="empty" key="before">{ left(from, "earlier events") }</p>
            <ol class="row-list" key="list" aria-label="Events">{ for (from..to).map(row) }</ol>
            <p class="empty" key="after">{ left(all.len() - to, "later events") }</p>
        </>
    }
}

pub(crate) fn checks(session: &Session, send: &Callback<Msg>) -> Html {
    let checks = &session.seen.checks;
    if checks.is_empty() && !session.show.timeline.is_complete() && session.expects() {
        return html! {
            <p class="lead">
                { "An expectation is judged when the run is over, and it is still being computed." }
            </p>
        };
    }
    if checks.is_empty() {
        return html! {
            <p class="empty">
                { "This scenario expects nothing. Write a line like " }
                <code>{ "expect at 4s queue billing has 3 ready" }</code>
                { " into its script, and it is checked here and by " }
                <code>{ "warren run" }</code>{ "." }
            </p>
        };
    }
    let failed = checks.iter().filter(|check| !check.held).count();
    let words = match failed {
        0 => "All of them hold.".to_owned(),
        n => format!("{n} of {} do not hold.", checks.len()),
    };
    let changed = (failed > 0 && session.is_changed())
        .then_some(" You changed the scenario, so what its author expected may not happen.");
    html! {
        <>
            <p class="lead" key="lead">{ words }{ changed }</p>
            <ul class="row-list" key="list">
                { for checks.iter().enumerate().map(|(i, c)| check_row(i, c, send)) }
            </ul>
        </>
    }
}

fn check_row(index: usize, check: &Check, send: &Callback<Msg>) -> Html {
    let at: Tick = check.at;
    let (sign, state, bad) =
        if check.held { ("✓", "holds", None) } else { ("✕", "does not hold", Some("bad")) };
    let found = if check.held && check.found == check.claim {
        format!("line {}", check.line)
    } else {
        format!("line {} · found: {}", check.line, check.found)
    };
    html! {
        <li key={index}>
            <button type="button" class={classes!("row", "check-row", bad)}
                title="Go to this instant" onclick={send.reform(move |_| Msg::Seek(at))}>
                <span class="sign" role="img" aria-label={state}>{ sign }</span>
                <span class="grow">
                    { &check.claim }<br />
                    <span class="soft">
                        { found }
                    </span>
                </span>
            </button>
        </li>
    }
}
