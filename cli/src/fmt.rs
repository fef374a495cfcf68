//! `warren fmt`

use crate::args::Fmt;
use crate::terminal::Terminal;
use crate::{Ending, source};
use warren_core::scenario::{MOST_BYTES, format};

pub(crate) fn fmt(args: &Fmt, terminal: &mut Terminal) -> Ending {
    let mut ending = Ending::Fine;
    for file in &args.files {
        ending = ending.max(fmt_one(file, args, terminal));
    }
    ending
}

fn fmt_one(file: &str, args: &Fmt, terminal: &mut Terminal) -> Ending {
    let Some(source) = source::read(file, terminal) else { return Ending::BadInput };
    if source.text.len() > MOST_BYTES {
        // What was read is not all of it: writing it back would cut it off.
        terminal.complain(&format!("{} is longer than {MOST_BYTES} bytes", source.name));
        return Ending::BadInput;
    }
    let tidy = format(&source.text);
    let changed = tidy != source.text;
    if args.check {
        if changed {
            terminal.line(&format!("{} is not formatted", source.name));
            return Ending::Failed;
        }
        return Ending::Fine;
    }
    if file == "-" {
        terminal.text(&tidy);
        return Ending::Fine;
    }
    if changed {
        if let Err(error) = std::fs::write(file, tidy) {
            terminal.complain(&format!("cannot write {}: {error}", source.name));
            return Ending::BadInput;
        }
        if !args.quiet {
            terminal.line(&format!("{} formatted", source.name));
        }
    }
    Ending::Fine
}
