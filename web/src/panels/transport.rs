//! The transport bar: where in time we are, and how to go elsewhere.

use super::icons::icon;
use crate::port;
use crate::session::{Msg, Rate, Session};
use warren_core::draw::number;
use warren_core::time::Tick;
use yew::prelude::*;

/// How many places on the scrubber can carry a mark.
const PLACES: u64 = 400;

pub(crate) fn transport(session: &Session, send: &Callback<Msg>) -> Html {
    let playing = session.playback.is_playing();
    let over = session.now() >= session.end() && !playing;
    let (label, sign) = match (playing, over) {
        (true, _) => ("Pause", "pause"),
        (false, true) => ("Play again", "play"),
        (false, false) => ("Play", "play"),
    };
    html! {
        <section class="transport" aria-label="Time">
            { button("To the start", "start", Msg::ToStart, send) }
            { button("Step back", "back", Msg::StepBack, send) }
            <button type="button" class="icon-button play" aria-label={label} title={label}
                onclick={send.reform(|_| Msg::Toggle)}>{ icon(sign) }</button>
            { button("Step forward", "step", Msg::StepForward, send) }
            { button("To the end", "end", Msg::ToEnd, send) }
            { scrubber(session, send) }
            <span class="time" aria-hidden="true">
                <b id="clock">{ clock(session.now()) }</b>
                <span class="end">{ " / " }{ clock(session.end()) }</span>
            </span>
            { rates(session, send) }
        </section>
    }
}

/// An instant as the clock shows it: tenths of a second.
pub(crate) fn clock(at: Tick) -> String {
    let tenths = at.0 / 100_000;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn button(label: &'static str, sign: &str, msg: Msg, send: &Callback<Msg>) -> Html {
    html! {
        <button type="button" class="icon-button" aria-label={label} title={label}
            onclick={send.reform(move |_| msg.clone())}>{ icon(sign) }</button>
    }
}

fn scrubber(session: &Session, send: &Callback<Msg>) -> Html {
    let seek = send.reform(|event: InputEvent| {
        let millis: u64 = port::value(&event).parse().unwrap_or(0);
        Msg::Seek(Tick(millis.saturating_mul(1_000)))
    });
    let end = session.end().as_millis().max(1);
    let now = session.now().as_millis();
    html! {
        <div class="scrub">
            <svg class="marks" viewBox="0 0 400 44" preserveAspectRatio="none" aria-hidden="true">
                <path d={marks(session)} />
            </svg>
            <input type="range" id="scrubber" aria-label="Time"
                min="0" max={end.to_string()} step="10"
                value={now.to_string()} style={format!("--at:{}%", number(now as f64 * 100.0 / end as f64))}
                aria-valuetext={clock(session.now())} oninput={seek}
                onpointerdown={send.reform(|_| Msg::Hold(true))}
                onpointerup={send.reform(|_| Msg::Hold(false))}
                onpointercancel={send.reform(|_| Msg::Hold(false))} />
        </div>
    }
}

/// One stroke per place on which something happens; longer where more does.
fn marks(session: &Session) -> String {
    let end = session.end().0.max(1);
    let mut counts = [0u32; PLACES as usize + 1];
    for event in session.show.timeline.events() {
        let place = u128::from(event.tick.0) * u128::from(PLACES) / u128::from(end);
        if let Some(count) = counts.get_mut(place as usize) {
            *count += 1;
        }
    }
    let mut path = String::new();
    for (place, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (2 + count * 2).min(12);
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
