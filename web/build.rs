//! Lists the scenarios of `static/scenarios`, so that the gallery holds every
//! file there without anybody writing a list.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    // Each constant in a segment of its own: `warren-split` moves those away
    // that the first page does not look at.
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-bins=--no-merge-data-segments");
    }
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = Path::new(&here).join("../static/scenarios");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    files.retain(|path| path.extension().is_some_and(|ext| ext == "warren"));
    files.sort();
    // The one of the first visit; the others are not loaded until somebody asks.
    let first = files.iter().position(|path| path.to_string_lossy().contains("topic")).unwrap_or(0);
    let mut others = String::new();
    let mut table = String::new();
    for (index, path) in files.iter().enumerate() {
        let name = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        let text = std::fs::read_to_string(path).expect("it was just listed");
        if index == first {
            writeln!(table, "const FIRST: (usize, &str, &str) = ({index}, {name:?}, {text:?});")
                .expect("a string takes it");
        } else {
            others.extend([&name, "\u{1}", &text, "\u{2}"]);
        }
    }
    writeln!(table, "const OTHERS: &str = {others:?};").expect("a string takes it");
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("scenarios.rs"), table).expect("the build can write");
}
