//! The scenario `clients/exported/story.warren` as a program.
#![allow(clippy::print_literal)] // The program is made by a program.

include!("../../clients/exported/story.rust");
