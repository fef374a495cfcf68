//! A scene as a standalone SVG file: presentation attributes only, so that it
//! looks the same in a browser, a README and a slide, and runs nothing.

use super::shape::{Scene, Shape, number};

/// The letters of words.
pub const SANS: &str = "ui-sans-serif, system-ui, sans-serif";
/// The letters of keys and bodies.
pub const MONO: &str = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";

/// Writes `scene` with a title and a description for readers who listen.
#[must_use]
pub fn to_svg(scene: &Scene, title: &str, description: &str) -> String {
    let mut out = String::with_capacity(4096 + scene.groups.len() * 256);
    head(scene.view, title, description, &mut out);
    for group in &scene.groups {
        out.push_str("<g");
        if let Some((x, y)) = group.transform {
            out.push_str(&format!(" transform=\"translate({} {})\"", number(x), number(y)));
        }
        out.push('>');
        for shape in &group.shapes {
            write(shape, &mut out);
        }
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}

/// The beginning of the file: what is seen, and what it is in words.
pub(super) fn head(view: [f64; 4], title: &str, description: &str, out: &mut String) {
    let [x, y, w, h] = view.map(number);
    out.push_str(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{x} {y} {w} {h}\" width=\"{w}\" \
         height=\"{h}\" role=\"img\" font-family=\"{SANS}\">\n<title>"
    ));
    escape(title, out);
    out.push_str("</title>\n<desc>");
    escape(description, out);
    out.push_str("</desc>\n");
}

/// The start tag of an element, but for its end.
pub(super) fn write_head_of(shape: &Shape, out: &mut String) {
    out.push('<');
    out.push_str(shape.tag);
    for (name, value) in &shape.attrs {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(value, out);
        out.push('"');
    }
}

fn write(shape: &Shape, out: &mut String) {
    write_head_of(shape, out);
    if shape.text.is_none() && shape.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    if let Some(text) = &shape.text {
        escape(text, out);
    }
    for child in &shape.children {
        write(child, out);
    }
    out.push_str("</");
    out.push_str(shape.tag);
    out.push('>');
}

/// Appends `text` so that it can stand as character data and inside quotes.
/// What XML 1.0 cannot hold is left out (section 2.2, `Char`).
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::shape::{Group, Layer};

    #[test]
    fn nothing_in_a_name_acts() {
        let nasty = "</text><script>alert(1)</script>\" onload='x' & \u{0}\u{8}\u{FFFF}";
        let mut group = Group::new(Layer::Nodes, "x");
        group.shapes.push(Shape::new("text").with("fill", nasty).text(nasty));
        let scene = Scene { view: [0.0, 0.0, 8.0, 8.0], groups: vec![group.into()] };
        let svg = to_svg(&scene, nasty, nasty);
        assert!(!svg.contains("<script") && !svg.contains("\" onload"));
        assert!(!svg.contains('\u{0}') && !svg.contains('\u{8}') && !svg.contains('\u{FFFF}'));
        assert_eq!(svg.matches("&lt;script&gt;").count(), 4);
    }
}
