//! The scenario `clients/exported/story.warren` as a program.

include!("../../clients/exported/story.rust");
