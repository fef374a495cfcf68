//! The `warren` command: plays, checks, tidies and draws scenario files, and
//! serves AMQP clients.
//!
//! Exit codes, for CI: 0 all is well, 1 an expectation does not hold (or a
//! file is not formatted, or two runs differ), 2 the input cannot be used.

mod args;
mod asyncapi;
mod check;
mod definitions;
mod digest;
mod explain;
mod export;
mod fmt;
mod import;
mod manual;
mod output;
mod programs;
mod record;
mod render;
mod resources;
mod run;
mod serve;
mod share;
mod source;
mod stock;
mod terminal;
mod verify;

use args::{Args, Command};
use clap::Parser as _;
use std::process::ExitCode;
use terminal::Terminal;

/// How a command ended; the greatest of several files counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// All is well.
    Fine = 0,
    /// Something does not hold.
    Failed = 1,
    /// The input cannot be used.
    BadInput = 2,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut terminal = Terminal::new(args.colour);
    let ending = match args.command {
        Command::Run(args) => run::run(&args, &mut terminal),
        Command::Check(args) => check::check(&args, &mut terminal),
        Command::Fmt(args) => fmt::fmt(&args, &mut terminal),
        Command::Render(args) => render::render(&args, &mut terminal),
        Command::Digest(args) => digest::digest(&args, &mut terminal),
        Command::Diff(args) => digest::diff(&args, &mut terminal),
        Command::Explain(args) => explain::explain(&args, &mut terminal),
        Command::Link(args) => share::link(&args, &mut terminal),
        Command::Open(args) => share::open(&args, &mut terminal),
        Command::Verify(args) => verify::verify(&args, &mut terminal),
        Command::Completions(args) => manual::completions(&args, &mut terminal),
        Command::Man(args) => manual::man(&args, &mut terminal),
        Command::Serve(args) => serve::serve(&args, &mut terminal),
        Command::Record(args) => record::record(&args, &mut terminal),
        Command::Export(args) => export::export(&args, &mut terminal),
        Command::Import(args) => import::import(&args, &mut terminal),
    };
    let ending = terminal.finish().map_or(Ending::BadInput, |()| ending);
    ExitCode::from(ending as u8)
}
