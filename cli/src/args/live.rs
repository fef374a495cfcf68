//! The commands that meet real brokers and clients.

use super::profile;
use clap::Parser;
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
    /// The RabbitMQ release to simulate: 3.10, 4.0 or 4.3. When not given, the
    /// newest that is not newer than the broker
    #[arg(long, value_name = "VERSION", value_parser = profile)]
    pub(crate) profile: Option<Profile>,
}
