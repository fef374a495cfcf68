//! `warren-split`: divides the page that Trunk has built. Trunk calls it after
//! each build (`Trunk.toml`); `cargo xtask record` records the list it works by.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use warren_split::late::Late;
use warren_split::module::Module;
use warren_split::{Error, Result, page, record};

const HELP: &str = "\
warren-split page             divides the page in TRUNK_STAGING_DIR; with WARREN_WATCH
                              set, makes it note where its way leads instead
warren-split record SEEN...   makes the list from what pages noted, a file each";

/// What goes before the list.
const HEAD: &str = "\
# What the first page does not need, recorded by `cargo xtask record`: it plays
# the first scenario in a browser and notes where the program's way leads.
# `split/src/late.rs` says what the lines mean. A list that is out of date costs
# bytes or a load, nothing else.
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("warren-split: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<()> {
    match words.split_first() {
        Some((word, [])) if word == "page" => divide(),
        Some((word, files)) if word == "record" && !files.is_empty() => write_list(files),
        _ => Err(Error::new(format!("that means nothing.\n{HELP}"))),
    }
}

fn divide() -> Result<()> {
    let folder = std::env::var_os("TRUNK_STAGING_DIR")
        .ok_or_else(|| Error::new("TRUNK_STAGING_DIR does not say where the page is"))?;
    let folder = Path::new(&folder);
    if std::env::var_os("WARREN_WATCH").is_some() {
        return page::watch(folder, &whole());
    }
    let report = page::divide(folder, &Late::read(&text(&list())?)?)?;
    let (first, late) = report.bytes;
    println!(
        "{} of {} functions and {} pieces of others can wait: {first} and {late} bytes",
        report.late, report.functions, report.pieces
    );
    Ok(())
}

fn write_list(files: &[String]) -> Result<()> {
    let path = whole();
    let wasm = std::fs::read(&path).map_err(|error| trouble("read", &path, &error))?;
    let mut seen: Vec<u32> = Vec::new();
    for file in files {
        let text = text(Path::new(file))?;
        let words = text.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>();
        let words: Vec<u32> = words.map_err(|_| Error::new(format!("{file} holds no notes")))?;
        seen.resize(seen.len().max(words.len()), 0);
        seen.iter_mut().zip(&words).for_each(|(all, word)| *all |= word);
    }
    let list = record::record(&wasm, &Module::read(&wasm)?, &seen)?;
    let path = list_path_after(list.write(HEAD))?;
    println!("{} is written", path.display());
    Ok(())
}

fn list_path_after(text: String) -> Result<PathBuf> {
    let path = list();
    std::fs::write(&path, text).map_err(|error| trouble("write", &path, &error))?;
    Ok(path)
}

fn list() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("late.txt")
}

/// Where the program waits, as it was, for the list to be made.
fn whole() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/record/whole.wasm")
}

fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| trouble("read", path, &error))
}

fn trouble(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::new(format!("cannot {what} {}: {error}", path.display()))
}
