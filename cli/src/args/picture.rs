//! What can be asked of `warren render`.

use super::instant;
use clap::{Parser, ValueEnum};
use warren_core::draw::Theme;
use warren_core::time::Tick;

#[derive(Debug, Parser)]
pub(crate) struct Render {
    /// The scenario file; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// The instant to draw, like 3s or 1.5s
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = instant)]
    pub(crate) at: Tick,
    /// Draw a picture that moves, from this instant on
    #[arg(long, value_name = "TIME", value_parser = instant, conflicts_with = "at")]
    pub(crate) from: Option<Tick>,
    /// Draw a picture that moves, up to this instant; the end of the run when
    /// not given
    #[arg(long, value_name = "TIME", value_parser = instant, conflicts_with = "at")]
    pub(crate) to: Option<Tick>,
    /// Where to write it; standard output when not given
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
    /// What to write; when not given, what the ending of the output file says,
    /// or else svg
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// The colours
    #[arg(long, value_enum, default_value_t)]
    pub(crate) theme: Colours,
    /// Pixels of a PNG per unit of the picture
    #[arg(
        long,
        value_name = "N",
        default_value_t = 2,
        value_parser = clap::value_parser!(u8).range(1..=8)
    )]
    pub(crate) scale: u8,
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A vector picture
    Svg,
    /// A picture of pixels
    Png,
    /// The same in words
    Text,
}

/// The colours of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colours {
    /// Dark on light
    #[default]
    Light,
    /// Light on dark
    Dark,
}

impl From<Colours> for Theme {
    fn from(colours: Colours) -> Self {
        match colours {
            Colours::Light => Self::Light,
            Colours::Dark => Self::Dark,
        }
    }
}
