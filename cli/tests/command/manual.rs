//! The examples in `docs/cli.md` print what the page says they print.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a line prints when it is typed into a shell at the root of the tree.
fn typed(line: &str) -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_warren")).parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {line}")])
        .current_dir(root())
        .env("PATH", path)
        .env_remove("NO_COLOR")
        .output()
        .expect("a shell");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Whether `found` is `wanted`, in which a `…` stands for any text.
fn like(wanted: &str, found: &str) -> bool {
    match wanted.split_once('…') {
        Some((start, end)) => found.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => wanted == found,
    }
}

/// Whether `found` is `wanted`, in which a line `…` stands for any lines.
fn fits(wanted: &[&str], found: &[&str]) -> bool {
    match (wanted.first(), found.first()) {
        (None, None) => true,
        (Some(&"…"), _) => (0..=found.len()).any(|skipped| fits(&wanted[1..], &found[skipped..])),
        (Some(ours), Some(theirs)) => like(ours, theirs) && fits(&wanted[1..], &found[1..]),
        _ => false,
    }
}

#[test]
fn the_examples_are_true() {
    let page = std::fs::read_to_string(root().join("docs/cli.md")).expect("docs/cli.md");
    // Some of them write there.
    std::fs::create_dir_all(root().join("target")).expect("a folder");
    let mut count = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().expect("a block");
        let mut lines = block.lines().peekable();
        while let Some(line) = lines.next() {
            let line = line.strip_prefix("$ ").unwrap_or_else(|| panic!("no prompt: {line}"));
            let mut wanted = Vec::new();
            while let Some(next) = lines.next_if(|next| !next.starts_with("$ ")) {
                wanted.push(next);
            }
            let printed = typed(line);
            let found: Vec<&str> = printed.lines().collect();
            assert!(
                fits(&wanted, &found),
                "$ {line}\n{printed}\nThe page says:\n{}",
                wanted.join("\n")
            );
            count += 1;
        }
    }
    assert!(count >= 8, "only {count} examples");
}
