//! The transport bar: where in time we are, and how to go elsewhere.

use super::icons::icon;
use super::parts::sign;
use super::{lanes, time as points};
use crate::port;
use crate::session::{Msg, Rate, Session};
use warren_core::draw::number;
use warren_core::time::Tick;
use yew::prelude::*;

pub(crate) fn transport(session: &Session, send: &Callback<Msg>) -> Html {
    let playing = session.playback.is_playing();
    let over = session.now() >= session.end() && !playing;
    let (label, drawing) = match (playing, over) {
        (true, _) => ("Pause", "pause"),
        (false, true) => ("Play again", "play"),
        (false, false) => ("Play", "play"),
    };
    html! {
        <section class={classes!("transport", session.lanes_open.then_some("unfolded"))}
            aria-label="Time">
            if session.lanes_open {
                { lanes::lanes(session, send) }
            }
            { sign("To the start", "start", Msg::ToStart, send) }
            { sign("Step back", "back", Msg::StepBack, send) }
            <button type="button" class="icon-button play" aria-label={label} title={label}
                onclick={send.reform(|_| Msg::Toggle)}>{ icon(drawing) }</button>
            { sign("Step forward", "step", Msg::StepForward, send) }
            { sign("To the end", "end", Msg::ToEnd, send) }
            { scrubber(session, send) }
            { time(session, send) }
            { rates(session, send) }
            <button type="button" id="toggle-lanes" class="icon-button"
                aria-label="Lanes: every client and queue over time"
                title="Every client and queue over time"
                aria-expanded={session.lanes_open.to_string()}
                onclick={send.reform(|_| Msg::ToggleLanes)}>{ icon("lanes") }</button>
        </section>
    }
}

/// The instant; while something is computed that is waited for, how far that
/// is, and a way out.
fn time(session: &Session, send: &Callback<Msg>) -> Html {
    match session.progress() {
        Some(progress) => html! {
            <span class="time" key="computing">
                <span role="progressbar" aria-label="Computing the run" aria-valuemin="0"
                    aria-valuemax="100" aria-valuenow={progress.to_string()}>
                    <span class="end">{ "computing … " }</span>{ format!("{progress} %") }
                </span>
                { sign("Stop computing", "close", Msg::Cancel, send) }
            </span>
        },
        None => html! {
            <span class="time" aria-hidden="true" key="time">
                <b id="clock">{ clock(session.now()) }</b>
                <span class="end">{ " / " }{ clock(session.end()) }</span>
            </span>
        },
    }
}

/// An instant as the clock shows it: tenths of a second.
pub(crate) fn clock(at: Tick) -> String {
    let tenths = at.0 / 100_000;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn scrubber(session: &Session, send: &Callback<Msg>) -> Html {
    let seek = send.reform(|event: InputEvent| {
        let millis: u64 = port::value(&event).parse().unwrap_or(0);
        Msg::Seek(Tick(millis.saturating_mul(1_000)))
    });
    let end = session.end().as_millis().max(1);
    let now = session.heading().as_millis();
    let part = now as f64 * 100.0 / end as f64;
    html! {
        <div class="scrub">
            <svg class="marks" viewBox="0 0 400 44" preserveAspectRatio="none" aria-hidden="true">
                <path d={marks(session)} />
            </svg>
            if session.has_branches() || session.has_bookmarks() {
                { points::points(session) }
            }
            <input type="range" id="scrubber" aria-label="Time"
                min="0" max={end.to_string()} step="10"
                value={now.to_string()} style={format!("--at:{}%", number(part))}
                aria-valuetext={clock(session.now())} oninput={seek}
                onpointerdown={send.reform(|_| Msg::Hold(true))}
                onpointerup={send.reform(|_| Msg::Hold(false))}
                onpointercancel={send.reform(|_| Msg::Hold(false))} />
        </div>
    }
}

/// One stroke per place on which something happens; longer where more does.
fn marks(session: &Session) -> String {
    let mut path = String::new();
    for (place, count) in session.marks().iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = 2 + count.min(&5) * 2;
        path.push_str(&format!("M{place} {}v{height}", 40 - height));
    }
    path
}

fn rates(session: &Session, send: &Callback<Msg>) -> Html {
    let change = send.reform(|event: Event| {
        let chosen = port::value(&event).parse().ok().and_then(Rate::from_hundredths);
        Msg::SetRate(chosen.unwrap_or_default())
    });
    let options = Rate::ALL.into_iter().map(|rate| {
        html! {
            <option key={rate.hundredths()} value={rate.hundredths().to_string()}
                selected={rate == session.playback.rate}>{ rate.to_string() }</option>
        }
    });
    html! {
        <select class="button rate" aria-label="Speed" title="Speed" onchange={change}>
            { for options }
        </select>
    }
}
