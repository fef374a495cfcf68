//! What happens to each client and each queue over time, above the scrubber
//! and on its scale.

use super::clock;
use super::parts::phrase;
use super::time::across;
use crate::port;
use crate::session::{
    Bookmark, Branch, CHART_HIGH, CHART_WIDE, Chart, LANE_HIGH, LANE_WIDE, Lane, LaneMove, Msg,
    Panel, Selection, Session,
};
use warren_core::draw::number;
use warren_core::scenario::NodeId;
use yew::prelude::*;

pub(crate) fn lanes(session: &Session, send: &Callback<Msg>) -> Html {
    let (charts, end) = (session.charts(), session.end());
    let part = session.heading().0 as f64 * 100.0 / end.0.max(1) as f64;
    let rows = session.lanes().iter().enumerate().map(|(index, one)| {
        let chart = charts.iter().find(|chart| chart.queue == one.node);
        lane(session, (index, one), chart, send)
    });
    html! {
        <div class="lanes" id="lanes" key="lanes" role="group" aria-label="Lanes"
            style={format!("--at:{}%", number(part))}>
            { flags(session, send) }
            { for session.branches().map(|branch| line(session, branch, send)) }
            { for rows }
            if session.lanes().is_empty() {
                { phrase("p", "empty", "There is no client and no queue yet.") }
            }
        </div>
    }
}

/// The bookmarks, each at its place.
fn flags(session: &Session, send: &Callback<Msg>) -> Html {
    let (all, end) = (session.bookmarks(), session.end());
    if all.is_empty() {
        return html! {};
    }
    let flag = |Bookmark { item, at, name }: &Bookmark| {
        let at = *at;
        let label = format!("{name}, {}", clock(at));
        html! {
            <button type="button" class="pin" key={*item} style={across(at, end)}
                aria-label={label.clone()} title={label}
                onclick={send.reform(move |_| Msg::Seek(at))}><i class="flag"></i></button>
        }
    };
    html! {
        <div class="lane" key="bookmarks" role="group" aria-label="Bookmarks">
            { opener("Bookmarks", "", send) }
            <div class="track">{ for all.iter().map(flag) }</div>
        </div>
    }
}

/// A branch, from where it parts on.
fn line(session: &Session, branch: &Branch, send: &Callback<Msg>) -> Html {
    let at = branch.parting.as_ref().and_then(|parting| parting.at);
    let words = at.map_or_else(String::new, |at| format!("parts at {}", clock(at)));
    html! {
        <div class="lane" key={format!("b{}", branch.number)} role="group"
            aria-label={branch.name.clone()}>
            { opener(branch.name.clone(), words, send) }
            <div class="track">
                if let Some(at) = at {
                    <i class="line" style={across(at, session.end())}></i>
                }
                <span class="playhead"></span>
            </div>
        </div>
    }
}

/// A row's name that leads to the panel with more about it.
fn opener(name: impl Into<AttrValue>, words: impl Into<AttrValue>, send: &Callback<Msg>) -> Html {
    html! {
        <>
            <button type="button" class="head"
                onclick={send.reform(|_| Msg::Open(Panel::Time))}>{ name.into() }</button>
            { phrase("span", "value", words) }
        </>
    }
}

fn lane(
    session: &Session,
    (index, lane): (usize, &Lane),
    chart: Option<&Chart>,
    send: &Callback<Msg>,
) -> Html {
    let (NodeId::Client(name) | NodeId::Exchange(name) | NodeId::Queue(name)) = &lane.node;
    let node = Selection::Node(lane.node.clone());
    let depth = session.seen.depths.iter().find(|(queue, ..)| *queue == lane.node);
    let words = depth.map_or_else(String::new, |(_, ready, _)| format!("{ready} ready"));
    html! {
        <div class="lane" key={format!("{} {name}", lane.kind)}>
            <button type="button" class="head" aria-label={format!("Look at {name}")}
                onclick={send.reform(move |_| Msg::Select(node.clone()))}>
                { name.to_string() }
            </button>
            { phrase("span", "value", words.clone()) }
            { track(session, (index, lane), chart, words, send) }
        </div>
    }
}

/// A slider from event to event.
fn track(
    session: &Session,
    (index, lane): (usize, &Lane),
    chart: Option<&Chart>,
    depth: String,
    send: &Callback<Msg>,
) -> Html {
    let (NodeId::Client(name) | NodeId::Exchange(name) | NodeId::Queue(name)) = &lane.node;
    let (done, last) = session.in_lane(lane);
    let depth = if depth.is_empty() { depth } else { format!("{depth}; ") };
    let said = match last {
        Some(event) => format!("{depth}{}: {}", clock(event.tick), event.sentence()),
        None => format!("{depth}nothing has happened yet"),
    };
    let click = send.reform(move |event: MouseEvent| {
        Msg::Lane(index, LaneMove::To(port::part_across(&event, ".track")))
    });
    let sender = send.clone();
    let press = Callback::from(move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => LaneMove::Next,
            "ArrowLeft" | "ArrowDown" => LaneMove::Back,
            "Home" => LaneMove::First,
            "End" => LaneMove::Last,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        sender.emit(Msg::Lane(index, to));
    });
    html! {
        <div class="track" role="slider" tabindex="0" aria-label={format!("{} {name}", lane.kind)}
            aria-valuemin="0" aria-valuemax={lane.len().to_string()}
            aria-valuenow={done.to_string()} aria-valuetext={said} onclick={click}
            onkeydown={press}>
            if let Some(chart) = chart {
                <svg class="depth" viewBox={format!("0 0 {CHART_WIDE} {CHART_HIGH}")}
                    preserveAspectRatio="none" aria-hidden="true">
                    <path class="area" d={format!("{}V{CHART_HIGH}Z", chart.ready)} />
                    <path class="line ready" d={AttrValue::from(chart.ready.clone())} />
                </svg>
            }
            <svg class="marks" viewBox={format!("0 0 {LANE_WIDE} {LANE_HIGH}")}
                preserveAspectRatio="none" aria-hidden="true">
                <path d={AttrValue::from(lane.marks.clone())} />
            </svg>
            <span class="playhead"></span>
        </div>
    }
}
