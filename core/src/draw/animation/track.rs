//! Values over time as SMIL elements.

use crate::draw::shape::number;
use crate::draw::svg::escape;

/// A value at every sample; `None` where there is none.
pub(super) type Track = Vec<Option<f64>>;

/// Values this near to a straight line need no point of their own.
const TOLERANCE: f64 = 0.4;

/// How many samples there are and how long all of them take.
#[derive(Clone, Copy)]
pub(super) struct Frames {
    pub(super) count: usize,
    pub(super) millis: u64,
}

impl Frames {
    /// When a sample begins, as a part of the whole.
    fn time(self, sample: usize) -> String {
        let part = sample as f64 / self.count.max(1) as f64;
        let text = format!("{part:.5}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        text.strip_prefix('0').filter(|rest| !rest.is_empty()).unwrap_or(text).to_owned()
    }

    fn element(self, kind: &str, what: &str, mode: &str, values: &str, times: &str) -> String {
        let millis = self.millis.max(1);
        let mut out = format!("<{kind} attributeName=\"{what}\"{mode} values=\"");
        escape(values, &mut out);
        out.push_str(&format!(
            "\" keyTimes=\"{times}\" dur=\"{millis}ms\" repeatCount=\"indefinite\"/>"
        ));
        out
    }

    /// Values that jump, each from its sample on.
    fn steps(self, what: &str, steps: &[(usize, &str)]) -> String {
        let values: Vec<&str> = steps.iter().map(|(_, value)| *value).collect();
        let times: Vec<String> = steps.iter().map(|(at, _)| self.time(*at)).collect();
        let mode = " calcMode=\"discrete\"";
        self.element("animate", what, mode, &values.join(";"), &times.join(";"))
    }

    /// Whether something is there; nothing when it always is.
    pub(super) fn presence(self, present: &[bool]) -> Vec<String> {
        if present.iter().all(|is| *is) {
            return Vec::new();
        }
        let mut steps: Vec<(usize, &str)> = Vec::new();
        for (at, is) in present.iter().enumerate() {
            let value = if *is { "inline" } else { "none" };
            if steps.last().is_none_or(|(_, last)| *last != value) {
                steps.push((at, value));
            }
        }
        vec![self.steps("display", &steps)]
    }

    /// An attribute with other values at other samples.
    pub(super) fn attribute(self, what: &str, values: &[Option<&str>]) -> String {
        let numbers: Vec<Option<f64>> =
            values.iter().map(|value| value.and_then(|v| v.parse().ok())).collect();
        let all = values.iter().zip(&numbers).all(|(v, n)| v.is_some() == n.is_some());
        if all {
            let points = points(&[&numbers]);
            let points: Vec<(usize, f64)> =
                points.into_iter().map(|(at, values)| (at, values[0])).collect();
            return self.line(what, &points);
        }
        if what == "stroke-dasharray"
            && let Some(dashes) = self.dashes(values)
        {
            return dashes;
        }
        let mut steps: Vec<(usize, &str)> = Vec::new();
        for (at, value) in values.iter().enumerate() {
            let Some(value) = value else { continue };
            if steps.last().is_none_or(|(_, last)| last != value) {
                steps.push((if steps.is_empty() { 0 } else { at }, value));
            }
        }
        self.steps(what, &steps)
    }

    /// Two lengths, of which the first grows.
    fn dashes(self, values: &[Option<&str>]) -> Option<String> {
        let pair = |value: &str| {
            let (a, b) = value.split_once(' ')?;
            Some((a.parse::<f64>().ok()?, b.parse::<f64>().ok()?))
        };
        let mut pairs = Vec::with_capacity(values.len());
        for value in values {
            pairs.push(match value {
                Some(value) => Some(pair(value)?),
                None => None,
            });
        }
        let first: Track = pairs.iter().map(|p| p.map(|(a, _)| a)).collect();
        let second: Track = pairs.iter().map(|p| p.map(|(_, b)| b)).collect();
        Some(self.pairs("animate", "stroke-dasharray", "", &first, &second))
    }

    /// A number that goes from point to point in straight lines.
    pub(super) fn line(self, what: &str, points: &[(usize, f64)]) -> String {
        let mut values: Vec<String> = points.iter().map(|(_, value)| number(*value)).collect();
        let mut times: Vec<String> = points.iter().map(|(at, _)| self.time(*at)).collect();
        close(&mut values, &mut times);
        self.element("animate", what, "", &values.join(";"), &times.join(";"))
    }

    /// The way of something that moves; nothing when it stands still.
    pub(super) fn travel(self, x: &Track, y: &Track) -> Option<String> {
        let stands = |track: &Track| {
            let mut values = track.iter().flatten();
            let first = values.next();
            values.all(|value| Some(value) == first)
        };
        if stands(x) && stands(y) {
            return None;
        }
        let kind = " type=\"translate\"";
        Some(self.pairs("animateTransform", "transform", kind, x, y))
    }

    fn pairs(self, kind: &str, what: &str, mode: &str, x: &Track, y: &Track) -> String {
        let points = points(&[x, y]);
        let mut values: Vec<String> = points
            .iter()
            .map(|(_, values)| format!("{} {}", number(values[0]), number(values[1])))
            .collect();
        let mut times: Vec<String> = points.iter().map(|(at, _)| self.time(*at)).collect();
        close(&mut values, &mut times);
        self.element(kind, what, mode, &values.join(";"), &times.join(";"))
    }
}

/// SMIL wants a value for the end.
fn close(values: &mut Vec<String>, times: &mut Vec<String>) {
    if let (Some(value), true) = (values.last().cloned(), times.last().is_none_or(|t| t != "1")) {
        values.push(value);
        times.push("1".to_owned());
    }
}

/// The points between which the tracks are straight, with the value of every
/// track. Where there is no value, that of the sample before holds.
fn points(tracks: &[&Track]) -> Vec<(usize, Vec<f64>)> {
    let there = |at: usize| tracks.iter().all(|track| track.get(at).is_some_and(Option::is_some));
    let count = tracks.first().map_or(0, |track| track.len());
    let Some(first) = (0..count).find(|at| there(*at)) else { return Vec::new() };
    let last = (first..count).rfind(|at| there(*at)).unwrap_or(first);
    let filled: Vec<Vec<f64>> = tracks.iter().map(|track| filled(&track[first..=last])).collect();
    let value = |at: usize| filled.iter().map(|track| track[at]).collect::<Vec<f64>>();
    let mut points = Vec::new();
    if first > 0 {
        points.push((0, value(0)));
    }
    let mut from = 0;
    while from <= last - first {
        points.push((first + from, value(from)));
        let mut to = from + 1;
        while to < last - first && straight(&filled, from, to + 1) {
            to += 1;
        }
        from = to;
    }
    points
}

fn filled(track: &[Option<f64>]) -> Vec<f64> {
    let mut last = track.iter().flatten().next().copied().unwrap_or_default();
    let fill = |value: &Option<f64>| {
        last = value.unwrap_or(last);
        last
    };
    track.iter().map(fill).collect()
}

/// Whether all samples between two are near the line from one to the other.
fn straight(tracks: &[Vec<f64>], from: usize, to: usize) -> bool {
    let length = (to - from) as f64;
    (from + 1..to).all(|at| {
        let part = (at - from) as f64 / length;
        tracks.iter().all(|track| {
            let line = track[from] + (track[to] - track[from]) * part;
            (track[at] - line).abs() <= TOLERANCE
        })
    })
}
