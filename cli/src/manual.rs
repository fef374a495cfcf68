//! `warren completions` and `warren man`: the command line for shells and for
//! `man`.

use crate::Ending;
use crate::args::{Args, Completions, Man};
use crate::terminal::Terminal;
use clap::CommandFactory as _;
use std::io;
use std::path::Path;
use warren_core::scenario::visible;

pub(crate) fn completions(args: &Completions, terminal: &mut Terminal) -> Ending {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "warren", &mut script);
    terminal.text(&String::from_utf8_lossy(&script));
    Ending::Fine
}

pub(crate) fn man(args: &Man, terminal: &mut Terminal) -> Ending {
    let mut command = Args::command();
    // Fills in what subcommands inherit.
    command.build();
    let written = match &args.output {
        None => page(command).map(|page| terminal.text(&String::from_utf8_lossy(&page))),
        Some(folder) => pages(command, Path::new(folder)),
    };
    match written {
        Ok(()) => Ending::Fine,
        Err(error) => {
            let folder = args.output.as_deref().unwrap_or("standard output");
            terminal.complain(&format!("cannot write into {}: {error}", visible(folder)));
            Ending::BadInput
        }
    }
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(page)
}

/// `warren.1`, `warren-run.1` …
fn pages(command: clap::Command, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name = format!("warren-{}", sub.get_name());
        std::fs::write(folder.join(format!("{name}.1")), page(sub.clone())?)?;
    }
    std::fs::write(folder.join("warren.1"), page(command)?)
}
