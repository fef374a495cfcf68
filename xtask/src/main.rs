//! The project's own commands. `cargo xtask help` lists them.
//!
//! No dependencies: this is the first thing that is compiled on a new machine,
//! and everything else waits for it.

mod args;
mod bench;
mod browser;
mod budget;
mod clients;
mod fuzz;
mod live;
mod process;
mod record;
mod serve;
mod setup;
mod stages;
mod tools;
mod truth;

use args::Args;
use process::Outcome;
use setup::Extras;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  setup    install what the other commands need, in pinned versions
             --no-browser       leave out Chromium, which only `test` needs
  serve    build the playground, serve it on this machine, open a browser
             --port N           first port to try (8080)
             --no-open          do not open a browser
  build    build the playground into dist/, ready for any static web server
  test     format, lints, tests natively and in wasm, tests in a browser
             --only STAGE       only this stage; may be given several times
             --skip-setup       take the tools as they are
  bench    speed, natively, in wasm, through the port beside a RabbitMQ, and of
           the page in Chromium
             --no-browser       leave out the page
             --skip-setup
  truth    recorded answers of real servers against Warren's
             DIR                the recordings (tests/data/truth)
             --profile V        only 3.10, 4.0 or 4.3; may be given several times
             --core, --port     only straight on the core, or through the port
  live     random sessions on the core and on a running RabbitMQ
             --sessions N       how many (180; 120 with --mutate)
             --seed S           the first of them (1)
             --mutate           recordings, changed at random, instead of sessions
             --area A           only those of one area, as `truth` lists them
             --endless          go on until an answer differs
             --record DIR       add its answers to the recordings there instead
             WARREN_RABBITMQ    the folder of another rabbitmq-server and rabbitmqctl
  fuzz     octets for the port, scenario texts and definitions, changed at random
             TARGET             frames, scripts or definitions; all when left out
             --seconds N        how long each (60)
             --seed S           where to begin (the clock)
  record   write anew what of the program the first page does not need
             --skip-setup
  budget   compressed size of what the first page loads, against budget.toml
             --skip-build       measure dist/ as it is
  help     this text

Stages of `test`: fmt, clippy, native, wasm, dist, budget, browser, clients, live.
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("\n{trouble}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Outcome {
    let mut args = Args::from_env();
    let command = args.command();
    match command.as_deref() {
        Some("setup") => set_up(args),
        Some("serve") => {
            let port = args.number("--port")?;
            let open = !args.flag("--no-open");
            args.finish()?;
            serve::serve(port, open)
        }
        Some("build") => {
            args.finish()?;
            let tools = setup::everything(Extras::default())?;
            serve::build(&tools)
        }
        Some("test") => test(args),
        Some("bench") => measure(args),
        Some("truth") => truth::command(args),
        Some("live") => live::command(args),
        Some("fuzz") => {
            let (seconds, seed) = (args.count("--seconds")?, args.count("--seed")?);
            let target = args.word();
            args.finish()?;
            fuzz::fuzz(target.as_deref(), seconds, seed)
        }
        Some("record") => {
            let skip_setup = args.flag("--skip-setup");
            args.finish()?;
            record::record(skip_setup)
        }
        Some("budget") => {
            let skip_build = args.flag("--skip-build");
            args.finish()?;
            budget::budget(skip_build)
        }
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => Err(process::trouble(
            format!("There is no command `{other}`."),
            "`cargo xtask help` lists them.",
        )),
    }
}

fn set_up(mut args: Args) -> Outcome {
    let browser = !args.flag("--no-browser");
    args.finish()?;
    setup::everything(Extras { browser, clients: browser, ..Extras::default() }).map(drop)
}

fn test(mut args: Args) -> Outcome {
    let only = args.values("--only")?;
    let skip_setup = args.flag("--skip-setup");
    args.finish()?;
    stages::test(&only, skip_setup)
}

fn measure(mut args: Args) -> Outcome {
    let skip_setup = args.flag("--skip-setup");
    let page = !args.flag("--no-browser");
    args.finish()?;
    bench::bench(skip_setup, page)
}
