//! Writes sample pictures to `target/gallery`, to be looked at.

#[path = "../tests/draw/samples.rs"]
mod samples;
#[path = "../tests/draw/stage.rs"]
mod stage;

use warren_core::draw::{Options, Theme, layout, scene, text, to_svg};

fn main() -> std::io::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/gallery");
    std::fs::create_dir_all(&folder)?;
    for (name, frame) in samples::all() {
        let places = layout(&frame);
        for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            let picture = scene(&frame, &places, &Options::file(theme));
            let title = frame.title.clone().unwrap_or_default();
            let svg = to_svg(&picture, &title, &text::describe(&frame));
            std::fs::write(folder.join(format!("{name}-{word}.svg")), svg)?;
        }
    }
    Ok(())
}
