//! `warren render`

#[cfg(feature = "png")]
mod png;

use crate::args::{Format, Render};
use crate::terminal::Terminal;
use crate::{Ending, source};
use std::path::Path;
use warren_core::draw::{Layout, Options, Scene, layout, scene, text, to_animated_svg, to_svg};
use warren_core::frame::Frame;
use warren_core::scenario::visible;
use warren_core::time::Tick;
use warren_core::timeline::Timeline;

/// Time from one sample of a moving picture to the next.
const STEP: Tick = Tick(50_000);
/// Samples of a moving picture: two minutes.
const MOST_SAMPLES: u64 = 2_400;

pub(crate) fn render(args: &Render, terminal: &mut Terminal) -> Ending {
    let format = match format(args) {
        Ok(format) => format,
        Err(why) => {
            terminal.complain(&why);
            return Ending::BadInput;
        }
    };
    let Some((_, parsed)) = source::scenario(&args.file, terminal) else {
        return Ending::BadInput;
    };
    let mut timeline = Timeline::new(parsed.document);
    let picture = if args.from.is_some() || args.to.is_some() {
        film(args, &mut timeline, terminal).map(String::into_bytes)
    } else {
        still(args, format, &mut timeline, terminal)
    };
    match picture.and_then(|picture| write(args, &picture, terminal)) {
        Ok(()) => Ending::Fine,
        Err(why) => {
            terminal.complain(&why);
            Ending::BadInput
        }
    }
}

/// What to write.
fn format(args: &Render) -> Result<Format, String> {
    let named = args.output.as_deref().filter(|file| *file != "-");
    let ending = named.and_then(|file| Path::new(file).extension()).and_then(|e| e.to_str());
    let by_ending = match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("svg") => Some(Format::Svg),
        Some("png") => Some(Format::Png),
        Some("txt") => Some(Format::Text),
        _ => None,
    };
    let format = match args.format.or(by_ending) {
        Some(format) => format,
        None if named.is_some() => {
            return Err("say what to write: a file that ends in .svg, .png or .txt, or \
                        --format"
                .into());
        }
        None => Format::Svg,
    };
    if format != Format::Svg && (args.from.is_some() || args.to.is_some()) {
        return Err("a picture that moves is an SVG; use --at for one that stands still".into());
    }
    Ok(format)
}

fn write(args: &Render, picture: &[u8], terminal: &mut Terminal) -> Result<(), String> {
    match args.output.as_deref() {
        None | Some("-") => {
            terminal.bytes(picture);
            Ok(())
        }
        Some(file) => std::fs::write(file, picture)
            .map_err(|error| format!("cannot write {}: {error}", visible(file))),
    }
}

fn warn(terminal: &mut Terminal, what: &str) {
    let label = terminal.error_paint.style("1;33", "warning");
    terminal.error(&format!("{label}: {what}\n"));
}

/// The picture of an instant.
fn still(
    args: &Render,
    format: Format,
    timeline: &mut Timeline,
    terminal: &mut Terminal,
) -> Result<Vec<u8>, String> {
    crate::run::run_until(timeline, args.at, &visible(&args.file), terminal);
    let frame = timeline.frame(args.at);
    if frame.now < args.at {
        warn(terminal, &format!("the run ends at {}: this is its last picture", frame.now));
    }
    let words = text::describe(&frame);
    if format == Format::Text {
        return Ok(words.into_bytes());
    }
    let title = match &frame.title {
        Some(title) => format!("{title} (at {})", frame.now),
        None => format!("At {}", frame.now),
    };
    let picture = drawn(args, &frame, &layout(&timeline.cast()));
    let svg = to_svg(&picture, &title, &words);
    if format == Format::Png { pixels(&svg, args.scale) } else { Ok(svg.into_bytes()) }
}

fn drawn(args: &Render, frame: &Frame, places: &Layout) -> Scene {
    scene(frame, places, &Options::file(args.theme.into()))
}

#[cfg(feature = "png")]
fn pixels(svg: &str, scale: u8) -> Result<Vec<u8>, String> {
    png::pixels(svg, scale)
}

#[cfg(not(feature = "png"))]
fn pixels(_: &str, _: u8) -> Result<Vec<u8>, String> {
    Err("this `warren` was built without the feature `png`".into())
}

/// A picture that moves.
fn film(args: &Render, timeline: &mut Timeline, terminal: &mut Terminal) -> Result<String, String> {
    crate::run::run_to_end(timeline, &visible(&args.file), terminal);
    let from = args.from.unwrap_or_default();
    let to = args.to.unwrap_or(timeline.end()).min(timeline.end());
    if from >= to {
        return Err(format!("--from {from} is not before --to {to}; the run ends at {}", {
            timeline.end()
        }));
    }
    let count = to.since(from).0.div_ceil(STEP.0);
    if count > MOST_SAMPLES {
        let most = Tick(MOST_SAMPLES * STEP.0);
        return Err(format!(
            "from {from} to {to} is too long: a picture may move for {most}; choose a part with \
             --from and --to"
        ));
    }
    if args.to.is_some_and(|wanted| wanted > to) {
        warn(terminal, &format!("the run ends at {to}: so does the picture"));
    }
    let places = layout(&timeline.cast());
    let mut scenes = Vec::new();
    for turn in 0..count {
        if turn % 100 == 0 {
            terminal.progress(&format!("drawing, {} of {count}", turn + 1));
        }
        let frame = timeline.frame(Tick(from.0 + turn * STEP.0));
        scenes.push(drawn(args, &frame, &places));
    }
    terminal.end_progress();
    let title = timeline.document().title.clone();
    let title = title.unwrap_or_else(|| format!("From {from} to {to}"));
    let words = text::describe(&timeline.frame(to));
    let words = format!("From {from} to {to}, over and over. At the end:\n{words}");
    Ok(to_animated_svg(&scenes, STEP.as_millis(), &title, &words))
}
