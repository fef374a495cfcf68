//! The scenario `clients/exported/hostile.warren` as a program.
#![allow(clippy::print_literal, clippy::format_in_format_args)] // The program is made by a program.

include!("../../clients/exported/hostile.rust");
