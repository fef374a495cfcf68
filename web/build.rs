//! Lists the scenarios of `static/scenarios`, so that the gallery holds every
//! file there without anybody writing a list.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = Path::new(&here).join("../static/scenarios");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    files.retain(|path| path.extension().is_some_and(|ext| ext == "warren"));
    files.sort();
    let mut table = String::from("pub(super) const TEXTS: &[(&str, &str)] = &[\n");
    for path in &files {
        let name = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        let path = path.canonicalize().expect("it was just listed");
        writeln!(table, "    ({name:?}, include_str!({path:?})),").expect("a string takes it");
    }
    table.push_str("];\n");
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("scenarios.rs"), table).expect("the build can write");
}
