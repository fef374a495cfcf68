//! The commands that tell something about a run.

use super::instant;
use clap::{ArgGroup, Parser};
use warren_core::broker::{Name, Value};
use warren_core::scenario::value;
use warren_core::time::Tick;

#[derive(Debug, Parser)]
pub(crate) struct Digest {
    /// Scenario files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// The instant, like 3s or 1.5s; the end of the run when not given
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<Tick>,
    /// A line for every step of the run, with its instant: where two builds
    /// part is the first line that differs
    #[arg(long, conflicts_with = "at")]
    pub(crate) every_step: bool,
}

#[derive(Debug, Parser)]
pub(crate) struct Diff {
    /// A scenario file; - is standard input
    #[arg(value_name = "A")]
    pub(crate) left: String,
    /// The scenario file to hold against it
    #[arg(value_name = "B")]
    pub(crate) right: String,
}

#[derive(Debug, Parser)]
#[command(group = ArgGroup::new("which").args(["publish", "message"]).required(true))]
pub(crate) struct Explain {
    /// The scenario file; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// A message to this exchange ("" is the default exchange) with this key
    #[arg(long, num_args = 2, value_names = ["EXCHANGE", "KEY"])]
    pub(crate) publish: Vec<String>,
    /// A header of that message, its value written as in a scenario: 3 is a
    /// number, true a boolean, "3" and pdf are texts
    #[arg(
        long = "header",
        value_name = "NAME=VALUE",
        value_parser = header,
        conflicts_with = "message"
    )]
    pub(crate) headers: Vec<(Name, Value)>,
    /// When it is published, like 3s or 1.5s
    #[arg(
        long,
        value_name = "TIME",
        default_value = "0s",
        value_parser = instant,
        conflicts_with = "message"
    )]
    pub(crate) at: Tick,
    /// A message that the scenario publishes, by its label: A17
    #[arg(long, value_name = "LABEL")]
    pub(crate) message: Option<String>,
}

fn header(text: &str) -> Result<(Name, Value), String> {
    let (name, wanted) = text.split_once('=').ok_or("write it as name=value")?;
    if name.len() > 255 {
        return Err("a name may have 255 bytes".into());
    }
    let read = value(wanted).ok_or_else(|| {
        format!("{wanted} is not a value; a text with blanks needs quotes: '{name}=\"two words\"'")
    })?;
    Ok((Name::from(name), read))
}
