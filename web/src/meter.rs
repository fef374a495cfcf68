//! What the page knows about its own speed.

/// How long the last frames took.
#[derive(Default)]
pub(crate) struct Meter {
    pub(crate) frames: f64,
    pub(crate) renders: f64,
    /// Milliseconds.
    pub(crate) times: Vec<f64>,
}

impl Meter {
    const KEPT: usize = 240;

    /// A frame took so long.
    pub(crate) fn frame(&mut self, millis: f64) {
        self.frames += 1.0;
        if self.times.len() == Self::KEPT {
            self.times.remove(0);
        }
        self.times.push(millis);
    }
}
