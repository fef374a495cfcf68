//! Writes pictures to `target/gallery`, to be looked at: samples made by hand,
//! and the shipped scenarios at a few instants of their runs.

#[path = "../../tests/draw/samples.rs"]
mod samples;
#[path = "../../tests/draw/stage.rs"]
mod stage;

use std::path::{Path, PathBuf};

use warren_core::draw::{Layout, Options, Theme, layout, scene, text, to_svg};
use warren_core::frame::Frame;
use warren_core::scenario::parse;
use warren_core::time::Tick;
use warren_core::timeline::Timeline;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/gallery");
    std::fs::create_dir_all(&folder)?;
    for (name, frame) in samples::all() {
        write(&folder, name, &frame, &layout(&frame))?;
    }
    let mut scenarios: Vec<PathBuf> = std::fs::read_dir(root.join("static/scenarios"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "warren"))
        .collect();
    scenarios.sort();
    for path in scenarios {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut timeline = Timeline::new(parse(&std::fs::read_to_string(&path)?).document);
        timeline.run();
        let places = layout(&timeline.cast());
        for part in [2, 5, 8] {
            let at = Tick(timeline.end().0 / 10 * part);
            write(&folder, &format!("{stem}-{part}"), &timeline.frame(at), &places)?;
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, frame: &Frame, places: &Layout) -> std::io::Result<()> {
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let picture = scene(frame, places, &Options::file(theme));
        let title = frame.title.clone().unwrap_or_default();
        let svg = to_svg(&picture, &title, &text::describe(frame));
        std::fs::write(folder.join(format!("{name}-{word}.svg")), svg)?;
    }
    Ok(())
}
