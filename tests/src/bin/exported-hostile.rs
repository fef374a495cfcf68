//! The scenario `clients/exported/hostile.warren` as a program.

include!("../../clients/exported/hostile.rust");
