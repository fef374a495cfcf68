//! SVG to pixels. The fonts come with the command and none of the system's is
//! looked at, so a picture is the same on every machine. They have the letters
//! of Latin, Greek and Cyrillic; others are shown as an empty box.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use std::sync::Arc;

/// DejaVu 2.37, cut down; see `cli/fonts/LICENSE`.
const FONTS: [&[u8]; 4] = [
    include_bytes!("../../fonts/DejaVuSans.ttf"),
    include_bytes!("../../fonts/DejaVuSans-Bold.ttf"),
    include_bytes!("../../fonts/DejaVuSansMono.ttf"),
    include_bytes!("../../fonts/DejaVuSansMono-Bold.ttf"),
];
const SANS: &str = "DejaVu Sans";
const MONO: &str = "DejaVu Sans Mono";

/// Pixels of a picture: enough for a poster, and bounded memory.
const MOST_PIXELS: f32 = 100_000_000.0;

/// Draws `svg` as a PNG, `scale` pixels for each of its units.
pub(super) fn pixels(svg: &str, scale: u8) -> Result<Vec<u8>, String> {
    let mut fonts = Database::new();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    fonts.set_sans_serif_family(SANS);
    fonts.set_monospace_family(MONO);
    let options =
        Options { font_family: SANS.into(), fontdb: Arc::new(fonts), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| format!("cannot draw: {error}"))?;
    let scale = f32::from(scale);
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    if width * height > MOST_PIXELS {
        return Err(format!(
            "the picture would have {width:.0} x {height:.0} pixels, which is too many; use a \
             smaller --scale, or an SVG"
        ));
    }
    let mut picture =
        Pixmap::new(width.ceil() as u32, height.ceil() as u32).ok_or("the picture has no size")?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|error| format!("cannot write the PNG: {error}"))
}
