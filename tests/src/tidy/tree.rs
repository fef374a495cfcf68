//! The files of the workspace, and which of them are modules of what.

use super::source::{Child, Module, module};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours.
const NOT_OURS: [&str; 5] = [".git", "target", "dist", "node_modules", "mutants.out"];

/// The folder of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Every file of the tree: path from the root with `/`, and its bytes.
///
/// # Panics
/// When a folder or file cannot be read.
#[must_use]
pub fn files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the workspace is readable") {
            let path = entry.expect("an entry of the workspace is readable").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if !NOT_OURS.contains(&name.as_ref()) {
                    folders.push(path);
                }
            } else if !name.ends_with(".log") && path.parent() != Some(&root().join(".git")) {
                let bytes = std::fs::read(&path).expect("a file of the workspace is readable");
                files.insert(relative(&path), bytes);
            }
        }
    }
    // In a linked work tree `.git` is a file.
    files.remove(".git");
    files
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A crate of the workspace: its folder and its name in code.
const CRATES: [(&str, &str); 8] = [
    ("core", "warren_core"),
    ("amqp", "warren_amqp"),
    ("definitions", "warren_definitions"),
    ("web", "warren_web"),
    ("cli", "warren"),
    ("tests", "warren_tests"),
    ("split", "warren_split"),
    ("xtask", "xtask"),
];

/// Every module of the workspace, found from the crates' roots by `mod`, and
/// the `.rs` files that no `mod` reaches.
///
/// # Panics
/// When a file is not UTF-8 or not Rust.
#[must_use]
pub fn modules(tree: &BTreeMap<String, Vec<u8>>) -> (Vec<Module>, BTreeSet<String>) {
    let rust = |file: &String| Path::new(file).extension().is_some_and(|e| e == "rs");
    let mut orphans: BTreeSet<String> = tree.keys().filter(|f| rust(f)).cloned().collect();
    let mut found = Vec::new();
    for (folder, name) in CRATES {
        for file in tree.keys().filter(|f| rust(f)) {
            let Some(inside) = file.strip_prefix(folder).and_then(|f| f.strip_prefix('/')) else {
                continue;
            };
            if let Some(test) = root_kind(inside) {
                visit(tree, file, &[name.to_owned()], test, &mut found, &mut orphans);
            }
        }
    }
    (found, orphans)
}

/// Whether a file of a crate is a root that cargo compiles, and if so,
/// whether for tests only.
fn root_kind(inside: &str) -> Option<bool> {
    match inside.split('/').collect::<Vec<_>>()[..] {
        ["build.rs"] | ["src", "lib.rs" | "main.rs"] | ["src", "bin", _] => Some(false),
        ["tests" | "benches" | "examples", _] => Some(true),
        ["tests" | "benches" | "examples", _, "main.rs"] => Some(true),
        _ => None,
    }
}

fn visit(
    tree: &BTreeMap<String, Vec<u8>>,
    file: &str,
    path: &[String],
    test: bool,
    found: &mut Vec<Module>,
    orphans: &mut BTreeSet<String>,
) {
    let Some(bytes) = tree.get(file) else { return };
    if !orphans.remove(file) {
        return;
    }
    let text = std::str::from_utf8(bytes).expect("Rust files are UTF-8");
    let segments: Vec<&str> = path.iter().map(String::as_str).collect();
    let module = module(file, &segments, test, text)
        .unwrap_or_else(|error| panic!("{file} cannot be read as Rust: {error}"));
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let (parent, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let is_root = path.len() == 1;
    let folder = if is_root || name == "mod" { parent } else { stem };
    for Child { name, test: only_test, file } in &module.children {
        let mut deeper = path.to_vec();
        deeper.push(name.clone());
        let candidates = match file {
            Some(file) => vec![format!("{parent}/{file}")],
            None => vec![format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")],
        };
        for candidate in candidates {
            visit(tree, &candidate, &deeper, test || *only_test, found, orphans);
        }
    }
    found.push(module);
}
