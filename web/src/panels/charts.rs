//! How full the queues are over the run: small charts that share the playhead.

use super::clock;
use super::parts::phrase;
use crate::port;
use crate::session::{CHART_HIGH, CHART_WIDE, Chart, Msg, Selection, Session};
use warren_core::draw::{letters, number};
use warren_core::scenario::NodeId;
use warren_core::time::Tick;
use yew::prelude::*;

pub(crate) fn charts(session: &Session, send: &Callback<Msg>) -> Html {
    let charts = session.charts();
    if charts.is_empty() {
        return phrase("p", "empty", "There is no queue yet, so there is nothing to chart.");
    }
    let end = session.end();
    let part = session.heading().0 as f64 * 100.0 / end.0.max(1) as f64;
    html! {
        <>
            <p class="lead" key="lead">
                { "How many messages each queue holds over the run. " }
                { "Click into a chart to go there." }
            </p>
            <p class="legend" key="legend" aria-hidden="true">
                { phrase("span", "key ready", "ready") }{ phrase("span", "key unacked", "unacked") }
            </p>
            <ul class="charts" id="charts" key="list" style={format!("--at:{}%", number(part))}>
                { for charts.iter().map(|one| chart(session, one, end, send)) }
            </ul>
        </>
    }
}

fn chart(session: &Session, chart: &Chart, end: Tick, send: &Callback<Msg>) -> Html {
    let NodeId::Queue(name) = &chart.queue else { return html! {} };
    let now = session.seen.depths.iter().find(|(queue, ..)| *queue == chart.queue);
    let words = match now {
        Some((_, ready, unacked)) => format!("{ready} ready, {unacked} unacked"),
        None => "not there".to_owned(),
    };
    let (most, when) = chart.most;
    let spoken = match most {
        0 => format!("Queue {name} over time: always empty"),
        _ => format!("Queue {name} over time: at most {most}, at {}", clock(when)),
    };
    let queue = Selection::Node(chart.queue.clone());
    let seek = send.reform(move |event: MouseEvent| {
        Msg::Seek(Tick((port::part_across(&event, ".chart") * end.0 as f64) as u64))
    });
    let area = format!("{}V{CHART_HIGH}Z", chart.ready);
    html! {
        <li key={name.to_string()}>
            <div class="chart-head">
                <button type="button" class="row"
                    onclick={send.reform(move |_| Msg::Select(queue.clone()))}>
                    { phrase("b", "grow", name.to_string()) }{ phrase("span", "soft", words) }
                </button>
            </div>
            <div class="chart" role="img" aria-label={spoken} onclick={seek}>
                <svg viewBox={format!("0 0 {CHART_WIDE} {CHART_HIGH}")} preserveAspectRatio="none"
                    aria-hidden="true">
                    <path class="area" d={area} />
                    <path class="line ready" d={AttrValue::from(chart.ready.clone())} />
                    <path class="line unacked" d={AttrValue::from(chart.unacked.clone())} />
                </svg>
                <span class="playhead"></span>
                if most > 0 {
                    { phrase("span", "most", letters::count(most)) }
                }
            </div>
        </li>
    }
}
