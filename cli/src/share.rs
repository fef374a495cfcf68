//! `warren link` and `warren open`: scenarios as links. The format is
//! [`warren_core::link`]'s; packing is here.

use crate::args;
use crate::terminal::Terminal;
use crate::{Ending, source};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use warren_core::link::{Link, LinkError, MOST_LETTERS, MOST_TEXT};
use warren_core::scenario::{NodeId, parse, render, visible};

pub(crate) fn link(args: &args::Link, terminal: &mut Terminal) -> Ending {
    let Some(source) = source::read(&args.file, terminal) else { return Ending::BadInput };
    let parsed = parse(&source.text);
    let paint = terminal.error_paint;
    terminal.error(&render(&source.text, &source.name, &parsed.diagnostics, paint));
    let written = pack(&source.text).and_then(|packed| {
        let (at, selected, view) = (args.at, args.select.clone(), args.view);
        Link { packed, at, selected, view }.write()
    });
    match written {
        Ok(behind) => {
            let page = args.page.as_deref().unwrap_or_default();
            let page = page.split('#').next().unwrap_or_default();
            terminal.line(&format!("{page}#{behind}"));
            Ending::Fine
        }
        Err(error) => {
            terminal.complain(&format!("{} does not go into a link: {error}", source.name));
            Ending::BadInput
        }
    }
}

pub(crate) fn open(args: &args::Open, terminal: &mut Terminal) -> Ending {
    let (link, text) = match address(&args.link).and_then(|address| unpack(&address)) {
        Ok(opened) => opened,
        Err(error) => {
            terminal.complain(&error);
            return Ending::BadInput;
        }
    };
    if let Some(looks) = looks(&link) {
        terminal.error(&format!("{looks}\n"));
    }
    match args.output.as_deref() {
        None | Some("-") if io::stdout().is_terminal() => {
            // Whoever made the link must not get to command the terminal.
            for line in text.lines() {
                terminal.line(&visible(line));
            }
        }
        None | Some("-") => terminal.text(&text),
        Some(file) => {
            if let Err(error) = std::fs::write(file, &text) {
                terminal.complain(&format!("cannot write {}: {error}", visible(file)));
                return Ending::BadInput;
            }
        }
    }
    Ending::Fine
}

/// The address: the argument, or what standard input holds.
fn address(link: &str) -> Result<String, String> {
    if link != "-" {
        return Ok(link.to_owned());
    }
    let mut address = String::new();
    // A page's address comes before the link.
    let most = MOST_LETTERS as u64 + 4_096;
    io::stdin()
        .lock()
        .take(most)
        .read_to_string(&mut address)
        .map_err(|error| format!("cannot read standard input: {error}"))?;
    Ok(address)
}

/// What a link looks at besides the scenario, in words.
fn looks(link: &Link) -> Option<String> {
    let at = link.at.map(|at| format!("at {at}"));
    let selected = link.selected.as_ref().map(|node| {
        let (kind, name) = match node {
            NodeId::Client(name) => ("client", name),
            NodeId::Exchange(name) => ("exchange", name),
            NodeId::Queue(name) => ("queue", name),
        };
        format!("with {kind} {} selected", visible(name))
    });
    let view = link.view.map(|view| format!("around {},{} at {} %", view.x, view.y, view.zoom));
    let said: Vec<String> = [at, selected, view].into_iter().flatten().collect();
    (!said.is_empty()).then(|| format!("The link opens it {}.", said.join(", ")))
}

fn pack(text: &str) -> Result<Vec<u8>, LinkError> {
    if text.len() > MOST_TEXT {
        return Err(LinkError::TooMuchText);
    }
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to a Vec cannot fail.
    packer.write_all(text.as_bytes()).and_then(|()| packer.finish()).map_err(|_| LinkError::Damaged)
}

fn unpack(address: &str) -> Result<(Link, String), String> {
    let link = Link::read(address).map_err(|error| error.to_string())?;
    let text = inflate(&link.packed).map_err(|error| error.to_string())?;
    Ok((link, text))
}

/// Unpacks up to the limit and not one byte further.
fn inflate(packed: &[u8]) -> Result<String, LinkError> {
    let mut octets = Vec::new();
    let mut unpacker = ZlibDecoder::new(packed).take(MOST_TEXT as u64 + 1);
    unpacker.read_to_end(&mut octets).map_err(|_| LinkError::Damaged)?;
    if octets.len() > MOST_TEXT {
        return Err(LinkError::TooMuchText);
    }
    // Browsers refuse what stands behind the end as well.
    if unpacker.into_inner().total_in() != packed.len() as u64 {
        return Err(LinkError::Damaged);
    }
    String::from_utf8(octets).map_err(|_| LinkError::Damaged)
}
