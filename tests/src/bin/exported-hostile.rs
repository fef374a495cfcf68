//! The scenario `clients/exported/hostile.warren` as a program.
#![allow(clippy::print_literal)] // The program is made by a program.

include!("../../clients/exported/hostile.rust");
