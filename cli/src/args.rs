//! What can be asked on the command line.

mod definitions;
mod live;
mod picture;
mod share;
mod tell;

use clap::{Parser, Subcommand, ValueEnum};
pub(crate) use definitions::{Export, Import, Target};
pub(crate) use live::{Record, Verify};
pub(crate) use picture::{Format, Render};
pub(crate) use share::{Completions, Link, Man, Open};
use std::net::SocketAddr;
pub(crate) use tell::{Diff, Digest, Explain};
use warren_core::broker::Profile;
use warren_core::scenario::{duration, reference};
use warren_core::time::Tick;

/// See what a message broker does: play, check, tidy and draw Warren scenarios,
/// or be the broker for your own programs
#[derive(Debug, Parser)]
#[command(
    name = "warren",
    version,
    propagate_version = true,
    after_help = after_help()
)]
pub(crate) struct Args {
    /// When to colour what is printed
    #[arg(long, visible_alias = "color", global = true, value_enum, default_value_t)]
    pub(crate) colour: Colour,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play scenarios, tell what happens, and compare it with what they expect
    #[command(after_help = "Examples:\n  \
        warren run orders.warren              what happens, line by line\n  \
        warren run --quiet scenarios/*.warren only what does not hold (for CI)\n  \
        warren run --junit report.xml *.warren  the report that CI servers read\n  \
        warren run --json orders.warren       one event per line, for programs\n  \
        cat x.warren | warren run -           from standard input")]
    Run(Run),
    /// Read scenarios and say everything that is wrong with them, without playing
    #[command(after_help = "Exit code 0: fine, or warnings only. 2: errors.\n\nExamples:\n  \
        warren check scenarios/*.warren\n  \
        warren check --deny-warnings x.warren warnings are errors as well (for CI)\n  \
        warren check --json x.warren          one finding per line, for editors\n  \
        warren check --explain never-fits     what a code means")]
    Check(Check),
    /// Tidy the spacing of scenarios in place; comments and meaning stay
    #[command(after_help = "Examples:\n  \
        warren fmt scenarios/*.warren\n  \
        warren fmt --check scenarios/*.warren exit 1 when one is not tidy\n  \
        warren fmt - < in.warren > out.warren")]
    Fmt(Fmt),
    /// Draw an instant as a picture or in words, or a stretch of time as a
    /// picture that moves
    #[command(after_help = "What is written follows from the ending of the output file, or from \
        --format.\nA picture that moves is an SVG without a script; it plays inside an <img> as \
        well.\n\nExamples:\n  \
        warren render orders.warren --at 3s -o orders.svg --theme dark\n  \
        warren render orders.warren --at 3s -o orders.png --scale 3\n  \
        warren render orders.warren --at 3s --format text\n  \
        warren render orders.warren --from 0s --to 10s -o orders.svg")]
    Render(Render),
    /// Say in one number what state a run comes to: equal runs, equal digests
    #[command(after_help = "Examples:\n  \
        warren digest orders.warren           at its end\n  \
        warren digest orders.warren --at 3s   at an instant")]
    Digest(Digest),
    /// Show where two runs part: the first event that differs, with both sides
    #[command(after_help = "Exit code 0: the same run. 1: they differ.\n\n\
        Example:\n  warren diff before.warren after.warren")]
    Diff(Diff),
    /// Tell why a message goes where it goes, binding by binding, word by word
    #[command(after_help = "Nothing is published: the scenario is played up to the instant and \
        asked.\n\nExamples:\n  \
        warren explain orders.warren --publish orders order.created.eu\n  \
        warren explain docs.warren --publish docs \"\" --header format=pdf --header pages=3\n  \
        warren explain orders.warren --message A4  a message of the scenario, and its history")]
    Explain(Explain),
    /// Put a scenario into a link that opens in the playground
    #[command(after_help = "The scenario is in the link itself, behind the #: no server sees it. \
        A link has\nroom for 65,536 characters. docs/links.md describes the format.\n\n\
        Examples:\n  \
        warren link orders.warren --at 3s --select queue:billing\n  \
        warren link orders.warren --page https://example.org/warren/")]
    Link(Link),
    /// Take the scenario out of a link
    #[command(after_help = "Examples:\n  \
        warren open 'https://example.org/warren/#w1.eNo…' -o orders.warren\n  \
        warren open - < link.txt | warren run -")]
    Open(Open),
    /// Play scenarios on a real RabbitMQ and compare what every client hears
    #[command(after_help = "Where the management API is reached, Warren makes a virtual host of \
        its own and\ndeletes it at the end. A broker that holds queues is left alone unless \
        --shared is\ngiven, and so is one whose queues cannot be seen.\n\n\
        Exit code 0: equal. 1: the first difference was shown.\n\nExample:\n  \
        warren verify orders.warren --broker amqp://guest:guest@localhost/")]
    Verify(Verify),
    /// Print the script that completes this command line in a shell
    #[command(after_help = "Example:\n  \
        warren completions bash > ~/.local/share/bash-completion/completions/warren")]
    Completions(Completions),
    /// Print the manual page, or write one for every command
    #[command(after_help = "Example:\n  warren man -o ~/.local/share/man/man1")]
    Man(Man),
    /// Open an AMQP 0-9-1 port for real client programs
    #[command(
        after_help = "Log in as guest with the password guest, from this machine. Everything \
        is kept in memory.\n\nExamples:\n  \
        warren serve                          on 127.0.0.1:5672, like the newest RabbitMQ\n  \
        warren serve --profile 3.10 --trace   like RabbitMQ 3.10, a line for every method\n  \
        warren serve --scenario orders.warren with its exchanges, queues and bindings\n\n\
        Ctrl-C stops it."
    )]
    Serve(Serve),
    /// Open an AMQP port, and make a scenario of what live clients do there
    #[command(
        after_help = "Publishers publish again what they published, at its instant; consumers \
        settle as they did.\nWhat a scenario cannot say is written into it as \
        comments.\n\nExample:\n  \
        warren record --amqp 127.0.0.1:5672 -o session.warren\n  \
        (run your programs, then press Ctrl-C)\n  \
        warren run session.warren"
    )]
    Record(Record),
    /// Write a scenario in another form: definitions for RabbitMQ, or a program
    /// that plays its clients
    #[command(after_help = "What the other form cannot say is listed on standard error, and \
        at the top of a program.\n\nExamples:\n  \
        warren export orders.warren -o orders.json\n  \
        rabbitmqctl import_definitions orders.json\n  \
        warren export orders.warren --to python -o orders.py")]
    Export(Export),
    /// Make a scenario from the definitions that a RabbitMQ exports
    #[command(
        after_help = "What a scenario cannot say is listed on standard error.\n\nExample:\n  \
        rabbitmqctl export_definitions broker.json\n  \
        warren import broker.json -o broker.warren"
    )]
    Import(Import),
}

#[derive(Debug, Parser)]
pub(crate) struct Run {
    /// Scenario files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// Tell only what does not hold, not what happens
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// One JSON object per line on standard output; docs/json.md tells what
    /// they hold
    #[arg(long)]
    pub(crate) json: bool,
    /// Also write a report in JUnit's format, a test case for each expectation
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<String>,
}

#[derive(Debug, Parser)]
pub(crate) struct Check {
    /// Scenario files; - is standard input
    #[arg(required_unless_present = "explain", value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// Treat warnings as errors
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// One JSON object per finding on standard output, and nothing else;
    /// docs/json.md tells what they hold
    #[arg(long)]
    pub(crate) json: bool,
    /// Tell what the finding with this code means, with an example
    #[arg(
        long,
        value_name = "CODE",
        conflicts_with_all = ["files", "json", "deny_warnings", "quiet"]
    )]
    pub(crate) explain: Option<String>,
    /// Say nothing of files that are fine
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Parser)]
pub(crate) struct Fmt {
    /// Scenario files; - reads standard input and writes standard output
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// Change nothing; name the files that are not tidy and exit with 1
    #[arg(long)]
    pub(crate) check: bool,
    /// Do not name the files that were changed
    #[arg(short, long, conflicts_with = "check")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Parser)]
pub(crate) struct Serve {
    /// An address and port to listen on; may be given several times. When none
    /// is given, 127.0.0.1:5672
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) amqp: Vec<SocketAddr>,
    /// An address and port to listen on with TLS, such as 127.0.0.1:5671; may
    /// be given several times
    #[arg(long, value_name = "ADDRESS", requires_all = ["tls_certificate", "tls_key"])]
    pub(crate) tls: Vec<SocketAddr>,
    /// PEM file with the server's certificate, and those between it and an
    /// authority
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) tls_certificate: Option<String>,
    /// PEM file with the key of the certificate
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) tls_key: Option<String>,
    /// PEM file with the authorities that clients' certificates come from, as
    /// with RabbitMQ's verify_peer
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) tls_authorities: Option<String>,
    /// Turn clients without a certificate away, as with RabbitMQ's
    /// fail_if_no_peer_cert
    #[arg(long, requires = "tls_authorities")]
    pub(crate) tls_require_certificate: bool,
    /// The RabbitMQ release to behave like: 3.10, 4.0 or 4.3. When not given,
    /// what the scenario says, or the newest
    #[arg(long, value_name = "VERSION", value_parser = profile)]
    pub(crate) profile: Option<Profile>,
    /// Declare what a scenario has at its start first: exchanges, queues,
    /// bindings, policies, users. Its users log in from this machine, with
    /// their names as passwords
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<String>,
    /// Start with the users, virtual hosts, queues and so on of a definitions
    /// file, as RabbitMQ exports it
    #[arg(long, value_name = "FILE")]
    pub(crate) definitions: Option<String>,
    /// The virtual host for a definitions file of a single one
    #[arg(long, value_name = "VHOST", requires = "definitions")]
    pub(crate) definitions_vhost: Option<String>,
    /// Print a line for every method that comes and goes
    #[arg(long)]
    pub(crate) trace: bool,
    /// Say only where it listens, not who comes and goes
    #[arg(short, long, conflicts_with = "trace")]
    pub(crate) quiet: bool,
}

fn instant(text: &str) -> Result<Tick, String> {
    let span = duration(text).ok_or("write a time like 500ms, 3s, 1.5s or 1min")?;
    Ok(Tick(span.0))
}

fn profile(text: &str) -> Result<Profile, String> {
    let names: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
    Profile::parse(text).ok_or_else(|| format!("there are {}", names.join(", ")))
}

fn after_help() -> String {
    let example: String = reference::EXAMPLE.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "A scenario is a text file:\n\n{example}\n\
         Exit codes: 0 all is well, 1 an expectation does not hold, a file is not\n\
         formatted or two runs differ, 2 the input cannot be used.\n\
         The language: docs/language.md. Every command: docs/cli.md"
    )
}
