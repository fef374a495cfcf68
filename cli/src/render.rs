//! `warren render`

use crate::args::Render;
use crate::terminal::Terminal;
use crate::{Ending, source};
use warren_core::draw::{Options, layout, scene, text, to_svg};
use warren_core::scenario::visible;
use warren_core::timeline::Timeline;

pub(crate) fn render(args: &Render, terminal: &mut Terminal) -> Ending {
    let Some((_, parsed)) = source::scenario(&args.file, terminal) else {
        return Ending::BadInput;
    };
    let mut timeline = Timeline::new(parsed.document);
    let frame = timeline.frame(args.at);
    if frame.now < args.at {
        let label = terminal.error_paint.style("1;33", "warning");
        let message = format!("the run ends at {}: this is its last picture", frame.now);
        terminal.error(&format!("{label}: {message}\n"));
    }
    let places = layout(&timeline.cast());
    let title = match &frame.title {
        Some(title) => format!("{title} (at {})", frame.now),
        None => format!("At {}", frame.now),
    };
    let picture = scene(&frame, &places, &Options::file(args.theme.into()));
    let svg = to_svg(&picture, &title, &text::describe(&frame));
    match args.output.as_deref() {
        None | Some("-") => terminal.text(&svg),
        Some(file) => {
            if let Err(error) = std::fs::write(file, svg) {
                terminal.complain(&format!("cannot write {}: {error}", visible(file)));
                return Ending::BadInput;
            }
        }
    }
    Ending::Fine
}
