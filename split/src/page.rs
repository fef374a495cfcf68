//! The folder with the page that Trunk has built.

use crate::late::Late;
use crate::module::Module;
use crate::script::{self, Kind};
use crate::{Choice, Error, Result, choose, divide, names, outline, watch};
use std::fs;
use std::path::{Path, PathBuf};

/// A page as Trunk leaves it: one script of wasm-bindgen and its wasm.
struct Page {
    folder: PathBuf,
    script: String,
    wasm: String,
    glue: String,
    bytes: Vec<u8>,
}

/// What became of a page.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Functions of the program.
    pub functions: usize,
    /// How many of them wait.
    pub late: usize,
    /// Pieces that were cut out of others.
    pub pieces: usize,
    /// Bytes of the two parts.
    pub bytes: (usize, usize),
}

/// Divides the program of the page in `folder` by a list.
///
/// # Errors
/// When it is no page of Trunk's, or cannot be divided, read or written.
pub fn divide(folder: &Path, list: &Late) -> Result<Report> {
    let page = Page::read(folder)?;
    let mut module = Module::read(&page.bytes)?;
    let functions = module.functions.len();
    let Choice { mut late, pieces } = choose(&module, list)?;
    let count = late.iter().filter(|late| **late).count();
    let pieces =
        outline::outline(&page.bytes, &mut module, outline::WORTH, |number| pieces[number])?;
    late.resize(functions + pieces, true);
    let glue = script::rename(&mut module, &page.glue)?;
    let parts = divide::divide(&module, &late)?;
    let first = name("warren", &parts.first, "wasm");
    let second = name("warren-late", &parts.late, "wasm");
    let script = script::complete(&glue, &first, Kind::Late(&second, parts.offered.clone()))?;
    page.write(&script, &[(&first, &parts.first), (&second, &parts.late)])?;
    Ok(Report { functions, late: count, pieces, bytes: (parts.first.len(), parts.late.len()) })
}

/// Lets the program of the page in `folder` note where its way leads, and puts
/// it aside to `whole` as it was.
///
/// # Errors
/// As above.
pub fn watch(folder: &Path, whole: &Path) -> Result<()> {
    let page = Page::read(folder)?;
    if let Some(parent) = whole.parent() {
        fs::create_dir_all(parent).map_err(|error| trouble("make", parent, &error))?;
    }
    fs::write(whole, &page.bytes).map_err(|error| trouble("write", whole, &error))?;
    let watched = watch::watch(&Module::read(&page.bytes)?)?;
    let file = name("warren", &watched, "wasm");
    let script = script::complete(&page.glue, &file, Kind::Watch)?;
    page.write(&script, &[(&file, &watched)])
}

impl Page {
    fn read(folder: &Path) -> Result<Self> {
        let entries = fs::read_dir(folder).map_err(|error| trouble("read", folder, &error))?;
        let mut files: Vec<String> = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| trouble("read", folder, &error))?;
            files.extend(entry.file_name().into_string());
        }
        let one = |end: &str| {
            let mut found = files.iter().filter(|file| file.ends_with(end));
            match (found.next(), found.next()) {
                (Some(file), None) => Ok(file.clone()),
                _ => Err(Error::new(format!("{} has not one {end}", folder.display()))),
            }
        };
        let (script, wasm) = (one(".js")?, one("_bg.wasm")?);
        let read = |file: &str| {
            let path = folder.join(file);
            fs::read(&path).map_err(|error| trouble("read", &path, &error))
        };
        let glue = String::from_utf8(read(&script)?)
            .map_err(|_| Error::new(format!("{script} is no text")))?;
        let bytes = read(&wasm)?;
        Ok(Self { folder: folder.to_owned(), script, wasm, glue, bytes })
    }

    /// Puts new files in the place of the old ones.
    fn write(&self, script: &str, wasm: &[(&str, &[u8])]) -> Result<()> {
        let file = name("warren", script.as_bytes(), "js");
        let html = self.folder.join("index.html");
        let page = fs::read_to_string(&html).map_err(|error| trouble("read", &html, &error))?;
        for old in [&self.script, &self.wasm] {
            if !page.contains(old.as_str()) {
                return Err(Error::new(format!("{} does not name {old}", html.display())));
            }
        }
        let first = wasm.first().map_or("", |(name, _)| name);
        let page = page.replace(&self.script, &file).replace(&self.wasm, first);
        let put = |name: &str, bytes: &[u8]| {
            let path = self.folder.join(name);
            fs::write(&path, bytes).map_err(|error| trouble("write", &path, &error))
        };
        put(&file, script.as_bytes())?;
        put("index.html", without_comments(&page).as_bytes())?;
        for (name, bytes) in wasm {
            put(name, bytes)?;
        }
        for old in [&self.script, &self.wasm] {
            let path = self.folder.join(old);
            fs::remove_file(&path).map_err(|error| trouble("remove", &path, &error))?;
        }
        Ok(())
    }
}

/// The name of a file with this content: another content, another name, so that
/// browsers may keep it for ever.
fn name(start: &str, content: &[u8], end: &str) -> String {
    format!("{start}-{:016x}.{end}", names::digest(content))
}

fn without_comments(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        text += before.trim_end();
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    text + rest
}

fn trouble(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::new(format!("cannot {what} {}: {error}", path.display()))
}
