//! What can be asked of scenarios in other forms.

use clap::{Parser, ValueEnum};

/// What a scenario becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// A definitions file for `rabbitmqctl import_definitions`
    #[default]
    Definitions,
    /// YAML for RabbitMQ's Messaging Topology Operator
    TopologyOperator,
    /// Terraform, for the provider cyrilgdn/rabbitmq
    Terraform,
    /// AsyncAPI 3.0 in JSON
    #[value(name = "asyncapi")]
    AsyncApi,
    /// A program in Python, with pika
    Python,
    /// A program in JavaScript for Node.js, with amqplib
    Javascript,
    /// A program in Rust, with lapin
    Rust,
    /// A program in Java, with RabbitMQ's Java client; compiled by hand once
    Java,
    /// A program in Go, with amqp091-go; compiled by hand once
    Go,
    /// A program in C#, with RabbitMQ.Client; never compiled yet
    Dotnet,
}

#[derive(Debug, Parser)]
pub(crate) struct Import {
    /// The definitions file, as RabbitMQ exports it; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// Where to write the scenario; standard output when not given
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
    /// Which virtual host of several becomes the scenario
    #[arg(long, value_name = "VHOST")]
    pub(crate) vhost: Option<String>,
    /// Do not list what is lost
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Parser)]
pub(crate) struct Export {
    /// The scenario file; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// What to write
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub(crate) to: Target,
    /// Where to write it; standard output when not given
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
    /// Of definitions and resources: only this virtual host, without users and
    /// permissions
    #[arg(long, value_name = "VHOST")]
    pub(crate) vhost: Option<String>,
    /// Of definitions: write password hashes, too. Whoever has the file can
    /// then try passwords
    #[arg(long)]
    pub(crate) with_secrets: bool,
    /// Do not list what is lost
    #[arg(short, long)]
    pub(crate) quiet: bool,
}
