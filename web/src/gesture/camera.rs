//! What part of the picture is seen: a pan and a zoom.

/// A place or a distance, in CSS pixels of the stage or in picture units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

impl Point {
    /// Both coordinates.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// How far it is from `other`.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Half way to `other`.
    #[must_use]
    pub fn middle(self, other: Self) -> Self {
        Self::new(f64::midpoint(self.x, other.x), f64::midpoint(self.y, other.y))
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Its upper left corner.
    pub from: Point,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// Space of the stage that is covered by something else, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Insets {
    /// Title and caption.
    pub top: f64,
    /// Palette and zoom buttons.
    pub bottom: f64,
    /// Left and right alike.
    pub sides: f64,
}

/// `pixel = unit * scale + offset`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Where the picture's origin is, in pixels.
    pub offset: Point,
    /// Pixels per picture unit.
    pub scale: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { offset: Point::default(), scale: 1.0 }
    }
}

impl Camera {
    /// The smallest and the largest zoom a person can reach.
    pub const RANGE: (f64, f64) = (0.2, 4.0);
    /// A small topology is not blown up beyond this when it is fitted.
    const LARGEST_FIT: f64 = 1.4;
    /// Words are read without effort from this zoom on.
    const READABLE: f64 = 0.85;

    /// Moves the picture by so many pixels.
    pub fn pan(&mut self, by: Point) {
        self.offset.x += by.x;
        self.offset.y += by.y;
    }

    /// Zooms by `factor` so that what is under the pixel `about` stays there.
    pub fn zoom(&mut self, about: Point, factor: f64) {
        if !factor.is_finite() || factor <= 0.0 {
            return;
        }
        let scale = (self.scale * factor).clamp(Self::RANGE.0, Self::RANGE.1);
        let real = scale / self.scale;
        self.offset.x = (self.offset.x - about.x) * real + about.x;
        self.offset.y = (self.offset.y - about.y) * real + about.y;
        self.scale = scale;
    }

    /// The camera that shows all of `picture` in a stage of `width` × `height`
    /// pixels, centred in what the insets leave free.
    #[must_use]
    pub fn fit(picture: Area, width: f64, height: f64, insets: Insets) -> Self {
        Self::fit_up_to(Self::LARGEST_FIT, picture, width, height, insets)
    }

    /// The same for people who sit far away.
    #[must_use]
    pub fn fit_large(picture: Area, width: f64, height: f64, insets: Insets) -> Self {
        Self::fit_up_to(Self::RANGE.1, picture, width, height, insets)
    }

    fn fit_up_to(largest: f64, picture: Area, width: f64, height: f64, insets: Insets) -> Self {
        let free_width = (width - 2.0 * insets.sides).max(40.0);
        let free_height = (height - insets.top - insets.bottom).max(40.0);
        let scale = (free_width / picture.width.max(1.0))
            .min(free_height / picture.height.max(1.0))
            .clamp(Self::RANGE.0, largest);
        let left = insets.sides + (free_width - picture.width * scale) / 2.0;
        let top = insets.top + (free_height - picture.height * scale) / 2.0;
        Self {
            offset: Point::new(left - picture.from.x * scale, top - picture.from.y * scale),
            scale,
        }
    }

    /// The camera that shows a picture in its whole width, from its top on where
    /// it is too high to be read as a whole.
    #[must_use]
    pub fn fit_width(picture: Area, width: f64, height: f64, insets: Insets) -> Self {
        let mut camera = Self::fit(picture, width, height, insets);
        let free_width = (width - 2.0 * insets.sides).max(40.0);
        let readable = (free_width / picture.width.max(1.0)).min(Self::READABLE);
        if camera.scale < readable {
            camera.scale = readable;
            let left = insets.sides + (free_width - picture.width * readable) / 2.0;
            let top = insets.top - picture.from.y * readable;
            camera.offset = Point::new(left - picture.from.x * readable, top);
        }
        camera
    }

    /// The camera that has the picture unit `middle` in the middle of a stage
    /// of `width` × `height` pixels.
    #[must_use]
    pub fn about(middle: Point, scale: f64, width: f64, height: f64) -> Self {
        let scale = scale.clamp(Self::RANGE.0, Self::RANGE.1);
        let offset = Point::new(width / 2.0 - middle.x * scale, height / 2.0 - middle.y * scale);
        Self { offset, scale }
    }

    /// The picture unit under a pixel.
    #[must_use]
    pub fn unit(&self, pixel: Point) -> Point {
        Point::new((pixel.x - self.offset.x) / self.scale, (pixel.y - self.offset.y) / self.scale)
    }

    /// The pixel a picture unit is drawn at.
    #[must_use]
    pub fn pixel(&self, unit: Point) -> Point {
        Point::new(unit.x * self.scale + self.offset.x, unit.y * self.scale + self.offset.y)
    }

    /// Moves just so far that `spot` (in units) is seen with some space around.
    pub fn reveal(&mut self, spot: Point, width: f64, height: f64, insets: Insets) {
        let at = self.pixel(spot);
        let margin = 80.0_f64.min(width / 4.0);
        let right = (width - insets.sides - margin).max(margin);
        let bottom = (height - insets.bottom - margin / 2.0).max(insets.top);
        let x = at.x.max(margin.min(right)).min(right);
        let y = at.y.max((insets.top + margin / 2.0).min(bottom)).min(bottom);
        self.pan(Point::new(x - at.x, y - at.y));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let mut camera = Camera { offset: Point::new(30.0, -12.0), scale: 0.8 };
        let about = Point::new(210.0, 95.0);
        let before = camera.unit(about);
        for factor in [1.3, 0.5, 8.0, 0.001] {
            camera.zoom(about, factor);
            let after = camera.unit(about);
            assert!(before.distance(after) < 1e-9, "{factor}: {before:?} {after:?}");
        }
        assert_eq!(camera.scale, Camera::RANGE.0);
    }

    #[test]
    fn fitting_shows_every_corner() {
        let picture = Area { from: Point::new(-40.0, 10.0), width: 1400.0, height: 300.0 };
        let insets = Insets { top: 90.0, bottom: 60.0, sides: 20.0 };
        for (width, height) in [(1280.0, 700.0), (390.0, 560.0)] {
            let camera = Camera::fit(picture, width, height, insets);
            let near = camera.pixel(picture.from);
            let far = camera.pixel(Point::new(1360.0, 310.0));
            assert!(near.x >= 19.9 && near.y >= 89.9, "{near:?}");
            assert!(far.x <= width - 19.9 && far.y <= height - 59.9, "{far:?}");
        }
    }

    #[test]
    fn a_high_picture_is_shown_in_its_width_from_the_top() {
        let picture = Area { from: Point::new(0.0, -20.0), width: 440.0, height: 1200.0 };
        let insets = Insets { top: 84.0, bottom: 140.0, sides: 12.0 };
        let camera = Camera::fit_width(picture, 390.0, 700.0, insets);
        assert!((camera.scale - 366.0 / 440.0).abs() < 1e-9);
        let corner = camera.pixel(picture.from);
        assert!((corner.x - 12.0).abs() < 1e-9 && (corner.y - 84.0).abs() < 1e-9, "{corner:?}");
        let small = Area { width: 300.0, height: 200.0, ..picture };
        let fit = Camera::fit(small, 390.0, 700.0, insets);
        assert_eq!(Camera::fit_width(small, 390.0, 700.0, insets), fit);
    }

    #[test]
    fn revealing_moves_only_when_needed() {
        let mut camera = Camera::default();
        camera.reveal(Point::new(300.0, 300.0), 800.0, 600.0, Insets::default());
        assert_eq!(camera, Camera::default());
        camera.reveal(Point::new(2000.0, 300.0), 800.0, 600.0, Insets::default());
        assert!(camera.pixel(Point::new(2000.0, 300.0)).x <= 720.0);
    }

    #[test]
    fn nonsense_zoom_factors_change_nothing() {
        let mut camera = Camera::default();
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            camera.zoom(Point::default(), factor);
        }
        assert_eq!(camera, Camera::default());
    }
}
