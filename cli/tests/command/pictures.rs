//! Pictures: what moves is true, what is written is what was asked for.

use super::{File, GOOD, warren};
use roxmltree::{Document, Node};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn svg(args: &[&str]) -> String {
    let (code, out, err) = warren(&[&["render"], args].concat(), "");
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    out
}

/// A shape as it is seen: what it is, where its group is, its attributes in
/// order, its text.
type Seen = (String, (f64, f64), Vec<(String, String)>, String);

/// The value of an `animate` element at `part` of its time, as SMIL says.
fn value_at(animation: Node<'_, '_>, part: f64) -> String {
    let list = |name| -> Vec<&str> { animation.attribute(name).expect(name).split(';').collect() };
    let (values, times) = (list("values"), list("keyTimes"));
    let times: Vec<f64> = times.iter().map(|time| time.parse().expect("a time")).collect();
    assert_eq!(values.len(), times.len(), "{animation:?}");
    assert!(times[0] == 0.0 && times.is_sorted(), "{times:?}");
    let at = times.partition_point(|time| *time <= part + 1e-4) - 1;
    if animation.attribute("calcMode") == Some("discrete") || at + 1 == times.len() {
        return values[at].to_owned();
    }
    assert_eq!(times.last(), Some(&1.0), "{animation:?}");
    let done = ((part - times[at]) / (times[at + 1] - times[at])).clamp(0.0, 1.0);
    let numbers = |text: &str| -> Vec<f64> {
        text.split(' ').map(|number| number.parse().expect("a number")).collect()
    };
    let (from, to) = (numbers(values[at]), numbers(values[at + 1]));
    let between = from.iter().zip(&to).map(|(a, b)| (a + (b - a) * done).to_string());
    between.collect::<Vec<_>>().join(" ")
}

/// The attributes of an element at `part` of the time.
fn attributes(node: Node<'_, '_>, part: f64) -> Vec<(String, String)> {
    let mut attributes: Vec<(String, String)> =
        node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect();
    for animation in node.children().filter(|c| c.tag_name().name().starts_with("animate")) {
        let name = animation.attribute("attributeName").expect("a name");
        let mut value = value_at(animation, part);
        if name == "transform" {
            value = format!("translate({value})");
        }
        match attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => attributes.push((name.to_owned(), value)),
        }
    }
    attributes
}

/// Every shape inside a group of the picture, in the order it is painted.
fn look(group: Node<'_, '_>, part: f64, seen: &mut Vec<Seen>) {
    let of = attributes(group, part);
    let get = |name: &str| of.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    if get("display") == Some("none") {
        return;
    }
    let place = get("transform").map_or((0.0, 0.0), |text| {
        let inside = text.trim_start_matches("translate(").trim_end_matches(')');
        let (x, y) = inside.split_once(' ').expect("two numbers");
        (x.parse().expect("a number"), y.parse().expect("a number"))
    });
    for shape in group.children().filter(Node::is_element) {
        let tag = shape.tag_name().name();
        if tag == "title" || tag.starts_with("animate") {
            continue;
        }
        let mut attributes = attributes(shape, part);
        if attributes.contains(&("display".into(), "none".into())) {
            continue;
        }
        attributes.retain(|(name, _)| name != "display");
        let inner = shape.descendants().filter(|d| d.is_text() || d.tag_name().name() == "tspan");
        let text = inner.map(|d| match d.is_text() {
            true => d.text().unwrap_or_default().to_owned(),
            false => format!("{:?}", attributes_of(d)),
        });
        seen.push((tag.to_owned(), place, attributes, text.collect()));
    }
}

fn attributes_of(node: Node<'_, '_>) -> Vec<(String, String)> {
    node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect()
}

/// The same number, or numbers, but for the way between two samples.
fn near(a: &str, b: &str) -> bool {
    let numbers = |text: &str| -> Option<Vec<f64>> {
        text.split([' ', ',']).map(|number| number.parse().ok()).collect()
    };
    a == b
        || matches!((numbers(a), numbers(b)), (Some(a), Some(b)) if a.len() == b.len()
            && a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 0.75))
}

fn same(film: &Seen, still: &Seen) -> bool {
    let attributes = film.2.len() == still.2.len()
        && film.2.iter().zip(&still.2).all(|(a, b)| a.0 == b.0 && near(&a.1, &b.1));
    let place = (film.1.0 - still.1.0).abs() < 0.75 && (film.1.1 - still.1.1).abs() < 0.75;
    film.0 == still.0 && place && attributes && film.3 == still.3
}

fn together(a: &Seen, b: &Seen) -> bool {
    (a.1.0 - b.1.0).abs() < 0.75 && (a.1.1 - b.1.1).abs() < 0.75
}

/// Says what is in one picture and not in the other. The order matters among
/// what is at one place, for only that can cover each other.
fn paired(film: &[Seen], still: &[Seen]) -> Option<String> {
    let mut partner: Vec<Option<usize>> = vec![None; film.len()];
    let mut latest: Vec<usize> = Vec::new();
    for wanted in still {
        let free = (0..film.len()).find(|at| partner[*at].is_none() && same(&film[*at], wanted));
        let Some(free) = free else { return Some(format!("the film lacks {wanted:?}")) };
        let before = latest.iter().zip(still).filter(|(_, other)| together(other, wanted));
        if before.into_iter().any(|(at, _)| *at > free) {
            return Some(format!("the film paints {wanted:?} too early"));
        }
        partner[free] = Some(free);
        latest.push(free);
    }
    let rest = partner.iter().position(Option::is_none);
    rest.map(|at| format!("the film has {:?} besides", film[at]))
}

/// Plays a film as a browser does and holds it against the pictures of the
/// same instants, shape by shape.
#[test]
fn a_moving_picture_is_true_at_every_sample() {
    for (name, from, to) in [
        ("02-work-queues", 0, 12_000),
        ("05-topics", 2_000, 9_000),
        ("08-point-to-point-and-publish-subscribe", 0, 9_000),
        ("10-consumer-down", 3_000, 15_000),
    ] {
        let file = root().join(format!("static/scenarios/{name}.warren"));
        let file = file.to_str().expect("a path");
        let film = svg(&[file, "--from", &format!("{from}ms"), "--to", &format!("{to}ms")]);
        let film = Document::parse(&film).expect("XML");
        let moving = film
            .descendants()
            .find(|node| node.attribute("class") == Some("warren-moving"))
            .expect("what moves");
        for at in (from..to).step_by(1_150) {
            let still = svg(&[file, "--at", &format!("{at}ms")]);
            let still = Document::parse(&still).expect("XML");
            let part = f64::from(at - from) / f64::from(to - from);
            let (mut found, mut wanted) = (Vec::new(), Vec::new());
            let groups = moving.children().filter(|node| node.tag_name().name() == "g");
            groups.for_each(|group| look(group, part, &mut found));
            let groups = still.root_element().children().filter(|c| c.tag_name().name() == "g");
            // The paper is drawn once for all samples.
            groups.skip(1).for_each(|group| look(group, 0.0, &mut wanted));
            assert_eq!(paired(&found, &wanted), None, "{name} at {at} ms");
        }
    }
}

#[test]
fn a_moving_picture_runs_no_script_and_can_stand_still() {
    let (code, film, err) = warren(&["render", "-", "--to", "2s", "--theme", "dark"], GOOD);
    assert_eq!((code, err.as_str()), (0, ""));
    let tree = Document::parse(&film).expect("XML");
    for node in tree.descendants() {
        assert!(!["script", "foreignObject"].contains(&node.tag_name().name()), "{node:?}");
        assert!(node.attributes().all(|a| !a.name().starts_with("on")), "{node:?}");
        assert!(node.attribute("href").is_none(), "{node:?}");
    }
    assert!(film.contains("@media (prefers-reduced-motion:reduce)"), "{film}");
    let still = tree.descendants().find(|n| n.attribute("class") == Some("warren-still"));
    let still = still.expect("what stands still");
    assert_eq!(still.attribute("display"), Some("none"));
    assert!(still.descendants().any(|node| node.text() == Some("shop")), "{film}");
}

#[test]
fn names_stay_names_in_a_moving_picture() {
    let nasty = "</text><script>alert(1)</script>\\\" onload='x'; & \\u{1}";
    let text = GOOD.replace("One order", nasty).replace("shop", &format!("\"{nasty}\""));
    let (code, film, err) = warren(&["render", "-", "--to", "3s"], &text);
    assert_eq!((code, err.as_str()), (0, ""));
    Document::parse(&film).expect("XML");
    assert!(!film.contains("<script") && !film.contains("\" onload"), "{film}");
}

#[test]
fn a_time_that_is_no_time_is_refused() {
    for (args, why) in [
        (&["--from", "3s", "--to", "3s"][..], "--from 3s is not before --to 3s"),
        (&["--from", "50min"], "is not before"),
        (&["--from", "0s", "--format", "png"], "a picture that moves is an SVG"),
        (&["--from", "0s", "--at", "1s"], "cannot be used with"),
        (&["-o", "picture.jpg"], "say what to write: a file that ends in .svg, .png or .txt"),
        (&["--scale", "9"], "9 is not in 1..=8"),
    ] {
        let (code, out, err) = warren(&[&["render", "-"], args].concat(), GOOD);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(why), "{args:?}: {err}");
    }
    let long = GOOD.replace("every 1s count 2", "every 5s") + "end 5min\n";
    let (code, _, err) = warren(&["render", "-", "--from", "0s"], &long);
    assert_eq!((code, err.contains("a picture may move for 120s")), (2, true), "{err}");
    let (code, out, err) = warren(&["render", "-", "--from", "3s", "--to", "50min"], GOOD);
    assert_eq!((code, out.starts_with("<svg ")), (0, true));
    assert!(err.starts_with("warning: the run ends at "), "{err}");
}

#[test]
fn words_say_what_the_picture_shows() {
    let (code, out, err) = warren(&["render", "-", "--at", "1.5s", "--format", "text"], GOOD);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("One order, at 1.5s\n"), "{out}");
    assert!(out.contains("\nQueue billing: "), "{out}");
    let file = File::new("words", GOOD);
    let target = file.0.with_extension("txt");
    let args = ["render", file.name(), "--at", "1.5s", "-o", target.to_str().unwrap()];
    assert_eq!(warren(&args, ""), (0, String::new(), String::new()));
    assert_eq!(std::fs::read_to_string(&target).unwrap(), out);
}

/// The fonts come with the command: every machine draws the same pixels.
/// `BLESS=1` writes the picture anew.
#[test]
fn a_png_is_the_same_everywhere() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/hello.png");
    let scenario = root().join("static/scenarios/01-hello-world.warren");
    let file = File::new("png", "");
    let target = file.0.with_extension("png");
    let draw = |scale: &str| {
        let args = ["--at", "2.3s", "--scale", scale, "-o", target.to_str().unwrap()];
        let args = [&["render", scenario.to_str().unwrap()], &args[..]].concat();
        assert_eq!(warren(&args, ""), (0, String::new(), String::new()));
        std::fs::read(&target).expect("the picture")
    };
    let size = |png: &[u8]| -> (u32, u32) {
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four"));
        (number(16), number(20))
    };
    let (one, three) = (draw("1"), draw("3"));
    let (width, height) = size(&one);
    assert!(width > 400 && height > 200, "{width} x {height}");
    assert_eq!(size(&three), (3 * width, 3 * height));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&golden, &one).expect("to write the picture");
    }
    let golden = std::fs::read(&golden).expect("the picture on file");
    assert!(one == golden, "the picture has changed: look at it, then run with BLESS=1");
}
