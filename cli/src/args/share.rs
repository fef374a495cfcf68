//! The commands that hand a scenario on, and the command itself.

use super::instant;
use clap::Parser;
use clap_complete::Shell;
use warren_core::link::View;
use warren_core::scenario::NodeId;
use warren_core::time::Tick;

#[derive(Debug, Parser)]
pub(crate) struct Link {
    /// The scenario file; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// The instant to open it at, like 3s or 1.5s
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<Tick>,
    /// What is selected there: queue:billing, exchange:orders, client:shop
    #[arg(long, value_name = "KIND:NAME", value_parser = node)]
    pub(crate) select: Option<NodeId>,
    /// What part of the picture is seen: the unit in the middle, to the right
    /// and downwards, and the zoom in percent
    #[arg(long, value_name = "X,Y,ZOOM", value_parser = view, allow_hyphen_values = true)]
    pub(crate) view: Option<View>,
    /// The address of the playground; when not given, only what stands behind
    /// its # is printed
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) page: Option<String>,
}

#[derive(Debug, Parser)]
pub(crate) struct Open {
    /// The link, or what stands behind its #; - is standard input
    #[arg(value_name = "LINK")]
    pub(crate) link: String,
    /// Where to write the scenario; standard output when not given
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
}

#[derive(Debug, Parser)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Debug, Parser)]
pub(crate) struct Man {
    /// The folder to write a page for every command into; when not given, the
    /// page of `warren` itself goes to standard output
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: Option<String>,
}

fn node(text: &str) -> Result<NodeId, String> {
    let wanted = "write queue:NAME, exchange:NAME or client:NAME";
    let (kind, name) = text.split_once(':').ok_or(wanted)?;
    match kind {
        "queue" => Ok(NodeId::Queue(name.into())),
        "exchange" => Ok(NodeId::Exchange(name.into())),
        "client" => Ok(NodeId::Client(name.into())),
        _ => Err(wanted.into()),
    }
}

fn view(text: &str) -> Result<View, String> {
    let wanted = "write three whole numbers, like 120,-40,100";
    let numbers: Option<Vec<i32>> = text.split(',').map(|part| part.parse().ok()).collect();
    let [x, y, zoom] = numbers.as_deref().ok_or(wanted)? else { return Err(wanted.into()) };
    let zoom = u16::try_from(*zoom).ok().filter(|zoom| *zoom > 0);
    Ok(View { x: *x, y: *y, zoom: zoom.ok_or("the zoom must be 1 to 65535 percent")? })
}
