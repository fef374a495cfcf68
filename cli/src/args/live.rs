//! The commands that meet real brokers and clients.

use super::profile;
use clap::Parser;
use std::net::SocketAddr;
use warren_core::broker::Profile;

#[derive(Debug, Parser)]
pub(crate) struct Verify {
    /// Scenario files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// The broker, like amqp://guest:guest@localhost:5672/
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) broker: String,
    /// Where its management API is; when not given, port 15672 of its host
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) management: Option<String>,
    /// Also use a broker that holds queues of others, or may hold them
    #[arg(long)]
    pub(crate) shared: bool,
    /// Say nothing of scenarios that are equal
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// The RabbitMQ release to simulate: 3.10, 4.0 or 4.3. When not given, the
    /// newest that is not newer than the broker
    #[arg(long, value_name = "VERSION", value_parser = profile)]
    pub(crate) profile: Option<Profile>,
}

#[derive(Debug, Parser)]
pub(crate) struct Record {
    /// The address and port to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:5672")]
    pub(crate) amqp: SocketAddr,
    /// Where to write the scenario; standard output when not given
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
    /// The RabbitMQ release to behave like: 3.10, 4.0 or 4.3. When not given,
    /// what the scenario says, or the newest
    #[arg(long, value_name = "VERSION", value_parser = profile)]
    pub(crate) profile: Option<Profile>,
    /// Declare what a scenario has at its start first, as `serve` does
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<String>,
    /// Print a line for every method that comes and goes
    #[arg(long)]
    pub(crate) trace: bool,
    /// Say nothing of clients that come and go, nor of what is left out
    #[arg(short, long)]
    pub(crate) quiet: bool,
}
