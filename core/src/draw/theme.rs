//! Colours: one table of tokens, each with a value on light and on dark paper.
//!
//! Colour is reserved for messages. Things are told apart by their shape; the
//! tints of publisher, exchange and consumer only repeat what the shape says.

/// Which values of the tokens are written into a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Hex values for light paper.
    #[default]
    Light,
    /// Hex values for dark paper.
    Dark,
    /// `var(--name)`: a page switches between light and dark without drawing
    /// anything again. Browsers read presentation attributes as CSS.
    Css,
}

/// One colour of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its name; the custom property is `--name`.
    pub name: &'static str,
    /// On light paper.
    pub light: &'static str,
    /// On dark paper.
    pub dark: &'static str,
    /// As a reference to the custom property.
    pub css: &'static str,
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $variant:ident $name:literal $light:literal $dark:literal)*) => {
        /// What a colour is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Paint { $($(#[$doc])* $variant,)* }

        /// Every token, in the order of [`Paint`].
        pub const TOKENS: [Token; [$($name),*].len()] = [$(Token {
            name: $name,
            light: $light,
            dark: $dark,
            css: concat!("var(--", $name, ")"),
        },)*];
    };
}

tokens! {
    /// The paper.
    Ground "ground" "#FBFAF7" "#14171C"
    /// Inside of tubes, chips and cards.
    Surface "surface" "#FFFFFF" "#1B1F26"
    /// Words.
    Ink "ink" "#1F2430" "#E8EAEE"
    /// Quieter words.
    Soft "soft" "#5B6472" "#9AA4B2"
    /// Lines that carry meaning.
    Line "line" "#878E99" "#6E7888"
    /// Borders that carry none.
    Hair "hair" "#E6E4DE" "#272D36"
    /// The one accent: exchanges, and what matched.
    Accent "accent" "#3C5FA8" "#8FB0F2"
    /// Ground of the accent.
    AccentSoft "accent-soft" "#E9EEF8" "#1E2A42"
    /// Outline of what publishes.
    Publisher "publisher" "#8A6D3B" "#D8B778"
    /// Ground of what publishes.
    PublisherSoft "publisher-soft" "#F3EDE3" "#2A2419"
    /// Outline of what consumes.
    Consumer "consumer" "#2F7D57" "#7CCBA2"
    /// Ground of what consumes.
    ConsumerSoft "consumer-soft" "#E8F2EC" "#17281F"
    /// Outline of queues.
    Queue "queue" "#7A8494" "#7D899A"
    /// What missed, crashed, was refused.
    Danger "danger" "#BC3526" "#FF8A7A"
    /// Ground of what crashed or was refused.
    DangerSoft "danger-soft" "#FAECE9" "#321D1B"
    /// Messages: blue.
    Dot0 "dot-0" "#0068AB" "#449FE0"
    /// Messages: orange.
    Dot1 "dot-1" "#CC7400" "#E69F00"
    /// Messages: green.
    Dot2 "dot-2" "#007A55" "#17A97E"
    /// Messages: pink.
    Dot3 "dot-3" "#BE4E8E" "#E29BC4"
    /// Messages: sky.
    Dot4 "dot-4" "#3390CC" "#9AD7F8"
    /// Messages: vermilion.
    Dot5 "dot-5" "#A83C00" "#EE7B45"
    /// Messages: yellow.
    Dot6 "dot-6" "#948200" "#F0E442"
    /// Messages: grey.
    Dot7 "dot-7" "#4A5260" "#AEB6C2"
}

impl Paint {
    /// The colours of messages: the palette of Okabe and Ito, which readers
    /// with any colour vision can tell apart, each shifted in lightness until
    /// it can be seen on its paper.
    const DOTS: [Self; 8] = [
        Self::Dot0,
        Self::Dot1,
        Self::Dot2,
        Self::Dot3,
        Self::Dot4,
        Self::Dot5,
        Self::Dot6,
        Self::Dot7,
    ];

    /// The colour of a message; indices past the palette start over.
    #[must_use]
    pub const fn dot(colour: u8) -> Self {
        Self::DOTS[colour as usize % Self::DOTS.len()]
    }

    /// Its token.
    #[must_use]
    pub const fn token(self) -> &'static Token {
        &TOKENS[self as usize]
    }
}

impl Theme {
    /// The value of an attribute for `paint`.
    #[must_use]
    pub const fn value(self, paint: Paint) -> &'static str {
        let token = paint.token();
        match self {
            Self::Light => token.light,
            Self::Dark => token.dark,
            Self::Css => token.css,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Light in a channel, as WCAG 2 defines it; the picture itself never
    /// needs this, so a power is fine here.
    fn channel(value: u8) -> f64 {
        let c = f64::from(value) / 255.0;
        if c <= 0.039_28 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    }

    fn luminance(hex: &str) -> f64 {
        let part = |i: usize| channel(u8::from_str_radix(&hex[i..i + 2], 16).expect(hex));
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        if a > b { a / b } else { b / a }
    }

    fn check(paint: Paint, on: &[Paint], least: f64, faults: &mut Vec<String>) {
        for ground in on {
            for theme in [Theme::Light, Theme::Dark] {
                let found = contrast(theme.value(paint), theme.value(*ground));
                if found < least {
                    faults
                        .push(format!("{theme:?}: {paint:?} on {ground:?}: {found:.2} < {least}"));
                }
            }
        }
    }

    #[test]
    fn words_and_lines_can_be_seen_on_their_grounds() {
        use Paint::*;
        let grounds = [Ground, Surface];
        let tinted = [Ground, Surface, AccentSoft, PublisherSoft, ConsumerSoft, DangerSoft];
        let mut faults = Vec::new();
        check(Ink, &tinted, 7.0, &mut faults);
        check(Soft, &tinted, 4.5, &mut faults);
        check(Danger, &tinted, 4.5, &mut faults);
        check(Accent, &[Ground, Surface, AccentSoft], 4.5, &mut faults);
        check(Publisher, &[Ground, Surface, PublisherSoft], 3.0, &mut faults);
        check(Consumer, &[Ground, Surface, ConsumerSoft], 3.0, &mut faults);
        check(Queue, &grounds, 3.0, &mut faults);
        check(Line, &grounds, 3.0, &mut faults);
        for colour in 0..8 {
            check(Paint::dot(colour), &[Ground, Surface, ConsumerSoft], 3.0, &mut faults);
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn messages_differ_in_more_than_hue() {
        // Two colours next to each other in the palette meet most often.
        for theme in [Theme::Light, Theme::Dark] {
            for colour in 0..7 {
                let (a, b) = (Paint::dot(colour), Paint::dot(colour + 1));
                assert!(contrast(theme.value(a), theme.value(b)) > 1.15, "{theme:?} {a:?} {b:?}");
            }
        }
    }
}
