//! The playhead: what instant is shown, and how it moves.

use warren_core::draw::number;
use warren_core::time::Tick;

/// How fast virtual time passes, in hundredths of wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u32);

impl Default for Rate {
    fn default() -> Self {
        Self(100)
    }
}

impl Rate {
    /// The rates a person can choose from, slowest first.
    pub const ALL: [Self; 8] =
        [Self(10), Self(25), Self(50), Self(100), Self(200), Self(500), Self(1_000), Self(2_000)];

    /// The rate of so many hundredths, when it is one that can be chosen.
    #[must_use]
    pub fn from_hundredths(n: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.0 == n)
    }

    /// In hundredths of wall time.
    #[must_use]
    pub const fn hundredths(self) -> u32 {
        self.0
    }

    /// The next faster one, or itself.
    #[must_use]
    pub fn faster(self) -> Self {
        Self::ALL.into_iter().find(|rate| *rate > self).unwrap_or(self)
    }

    /// The next slower one, or itself.
    #[must_use]
    pub fn slower(self) -> Self {
        Self::ALL.into_iter().rev().find(|rate| *rate < self).unwrap_or(self)
    }

    fn factor(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// Writes `0.25×`, `1×`, `20×`.
impl core::fmt::Display for Rate {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}×", number(self.factor()))
    }
}

/// Whether time flows or goes from one visible event to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Everything moves.
    #[default]
    Smooth,
    /// One visible event after the other, each held for a moment: for people
    /// who asked their system for less motion.
    Stepped,
}

/// Where the playhead is, and where it is going.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Playback {
    now: Tick,
    /// What is left over of a tick, so that slow rates do not lose time.
    fraction: f64,
    playing: bool,
    /// A hand holds the scrubber: time stands still until it lets go.
    held: bool,
    /// The rate.
    pub rate: Rate,
    /// Smooth or stepped.
    pub motion: Motion,
    /// Wall milliseconds the current step has been shown for.
    shown_for: f64,
}

impl Playback {
    /// Longer gaps between two frames (a hidden tab, a debugger) are ignored.
    const LONGEST_GAP_MS: f64 = 250.0;
    /// How long a step stays at 1×.
    const STEP_MS: f64 = 1_100.0;

    /// The instant that is shown.
    #[must_use]
    pub const fn now(&self) -> Tick {
        self.now
    }

    /// Whether time runs.
    #[must_use]
    pub const fn is_playing(&self) -> bool {
        self.playing
    }

    /// Whether frames are wanted.
    #[must_use]
    pub const fn wants_frames(&self) -> bool {
        self.playing && !self.held
    }

    /// Lets time run; from the start again when the run is over.
    pub fn play(&mut self, end: Tick) {
        if self.now >= end {
            self.seek(Tick::ZERO, end);
        }
        self.playing = true;
        self.shown_for = 0.0;
    }

    /// Stops time.
    pub fn pause(&mut self) {
        self.playing = false;
    }

    /// Goes to an instant of the run; later ones mean its end.
    pub fn seek(&mut self, to: Tick, end: Tick) {
        self.now = to.min(end);
        self.fraction = 0.0;
        self.shown_for = 0.0;
    }

    /// Holds time while a hand is on the scrubber, or lets it go on.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// A frame was shown for `elapsed_ms` of wall time. `known` is up to where
    /// the run is computed: time waits there. `next_event` is the first visible
    /// event after an instant. Gives back whether anything moved.
    pub fn elapse(
        &mut self,
        elapsed_ms: f64,
        (known, end): (Tick, Tick),
        next_event: impl FnOnce(Tick) -> Option<Tick>,
    ) -> bool {
        if !self.wants_frames() || elapsed_ms.is_nan() {
            return false;
        }
        let elapsed = elapsed_ms.clamp(0.0, Self::LONGEST_GAP_MS);
        let before = self.now;
        match self.motion {
            Motion::Smooth => {
                let micros = elapsed * 1_000.0 * self.rate.factor() + self.fraction;
                self.fraction = micros.fract();
                let to = Tick(self.now.0.saturating_add(micros as u64)).min(end);
                self.now = to.min(known.max(self.now));
            }
            Motion::Stepped => {
                self.shown_for += elapsed;
                if self.shown_for * self.rate.factor() >= Self::STEP_MS {
                    self.shown_for = 0.0;
                    self.now = next_event(self.now).unwrap_or(end).min(end);
                }
            }
        }
        if self.now >= end {
            self.playing = false;
        }
        self.now != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: Tick = Tick(10_000_000);

    fn none(_: Tick) -> Option<Tick> {
        None
    }

    #[test]
    fn a_second_of_frames_is_a_second_at_1x_and_a_tenth_at_a_tenth() {
        for (rate, expected) in [(100, 1_000_000), (10, 100_000), (500, 5_000_000)] {
            let rate_of = Rate::from_hundredths(rate).unwrap();
            let mut playback = Playback { rate: rate_of, ..Playback::default() };
            playback.play(END);
            for _ in 0..60 {
                playback.elapse(1_000.0 / 60.0, (END, END), none);
            }
            assert!(playback.now().0.abs_diff(expected) <= 2, "{rate}: {:?}", playback.now());
        }
    }

    #[test]
    fn long_gaps_are_ignored_and_bad_clocks_survived() {
        let mut playback = Playback::default();
        playback.play(END);
        playback.elapse(60_000.0, (END, END), none);
        assert_eq!(playback.now(), Tick(250_000));
        playback.elapse(-5.0, (END, END), none);
        playback.elapse(f64::NAN, (END, END), none);
        assert_eq!(playback.now(), Tick(250_000));
    }

    #[test]
    fn it_stops_at_the_end_and_plays_again_from_the_start() {
        let mut playback = Playback::default();
        playback.play(Tick(100_000));
        playback.elapse(200.0, (END, Tick(100_000)), none);
        assert_eq!((playback.now(), playback.is_playing()), (Tick(100_000), false));
        playback.play(Tick(100_000));
        assert_eq!((playback.now(), playback.is_playing()), (Tick::ZERO, true));
    }

    #[test]
    fn time_waits_where_nothing_is_computed_yet() {
        let mut playback = Playback::default();
        playback.play(END);
        playback.elapse(200.0, (Tick(150_000), END), none);
        assert_eq!((playback.now(), playback.is_playing()), (Tick(150_000), true));
        assert!(!playback.elapse(200.0, (Tick(100_000), END), none));
        assert!(playback.elapse(200.0, (END, END), none));
    }

    #[test]
    fn a_held_playhead_waits() {
        let mut playback = Playback::default();
        playback.play(END);
        playback.hold(true);
        assert!(!playback.elapse(100.0, (END, END), none));
        playback.hold(false);
        assert!(playback.elapse(100.0, (END, END), none));
    }

    #[test]
    fn stepped_motion_goes_from_event_to_event() {
        let mut playback = Playback { motion: Motion::Stepped, ..Playback::default() };
        playback.play(END);
        let next = |at: Tick| (at < Tick(3_000_000)).then_some(Tick(3_000_000));
        for _ in 0..5 {
            playback.elapse(200.0, (END, END), next);
        }
        assert_eq!(playback.now(), Tick::ZERO);
        playback.elapse(200.0, (END, END), next);
        assert_eq!(playback.now(), Tick(3_000_000));
        for _ in 0..6 {
            playback.elapse(200.0, (END, END), next);
        }
        assert_eq!((playback.now(), playback.is_playing()), (END, false));
    }

    #[test]
    fn rates_read_well() {
        let names: Vec<String> = Rate::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(names.join(" "), "0.1× 0.25× 0.5× 1× 2× 5× 10× 20×");
        assert_eq!(Rate::default().faster().slower(), Rate::default());
        assert_eq!(Rate::ALL[7].faster(), Rate::ALL[7]);
    }
}
