//! What can be asked of definitions files.

use clap::Parser;

#[derive(Debug, Parser)]
pub(crate) struct ExportDefinitions {
    /// The scenario file; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// Where to write the definitions; standard output when not given
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
    /// Only this virtual host, without users and permissions
    #[arg(long, value_name = "VHOST")]
    pub(crate) vhost: Option<String>,
    /// Write password hashes, too. Whoever has the file can then try passwords
    #[arg(long)]
    pub(crate) with_secrets: bool,
}
