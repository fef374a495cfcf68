//! The picture: layout, geometry, scene, SVG and the same in words.
//!
//! The only place with floats, and only with operations that give the same
//! bits natively and in wasm. One builder serves the page, the files that
//! `warren render` writes and the tests: [`layout()`] places the cast once,
//! [`scene()`] draws a frame, a [`Painter`] one after the other, and [`to_svg`]
//! writes a scene down.

mod animation;
pub mod geometry;
mod layout;
pub mod letters;
mod scene;
mod shape;
mod svg;
pub mod text;
pub mod theme;

pub use animation::to_animated_svg;
pub use layout::{Layout, Place, Route, layout, outline};
pub use scene::{Labels, Options, Painter, scene};
pub use shape::{Group, Layer, Placed, Scene, Shape, number};
pub use svg::{MONO, SANS, to_svg};
pub use theme::{Paint, TOKENS, Theme, Token};
