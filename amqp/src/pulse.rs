//! Signs of life, in both directions.

/// Octets of a heartbeat.
const FRAME: u64 = 8;
/// Looks per second.
pub(crate) const LOOKS: u64 = 2;

/// Heartbeats as RabbitMQ counts them (`rabbit_heartbeat.erl`): sends are
/// looked at every half interval, receipts every interval, and two looks in a
/// row without an octet are the end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pulse {
    /// The interval in seconds; 0 for no heartbeats.
    pub(crate) seconds: u64,
    looks: u64,
    sent: Option<u64>,
    pub(crate) received: u64,
    pub(crate) missed: u8,
}

impl Pulse {
    /// Of an interval in seconds.
    pub(crate) fn new(seconds: u64) -> Self {
        Self { seconds, ..Self::default() }
    }

    /// Counts a look; whether a heartbeat has to be sent.
    pub(crate) fn beat(&mut self, sent: u64) -> bool {
        self.looks += 1;
        if self.seconds == 0 || !self.looks.is_multiple_of((self.seconds * LOOKS / 2).max(1)) {
            return false;
        }
        let quiet = self.sent.is_none_or(|before| before == sent);
        // The heartbeat itself breaks no silence.
        self.sent = Some(if quiet { sent + FRAME } else { sent });
        quiet
    }

    /// Whether nothing has come for too long.
    pub(crate) fn is_dead(&mut self, received: u64) -> bool {
        if self.seconds == 0 || !self.looks.is_multiple_of(self.seconds * LOOKS) {
            return false;
        }
        self.missed = if received == self.received { self.missed + 1 } else { 0 };
        self.received = received;
        self.missed >= 2
    }
}

#[cfg(test)]
mod tests {
    use super::Pulse;

    #[test]
    fn a_silent_client_is_dead_after_two_intervals_at_the_earliest() {
        let mut pulse = Pulse { seconds: 3, received: 10, ..Pulse::default() };
        let died = (1..100).find(|_| {
            pulse.beat(0);
            pulse.is_dead(10)
        });
        assert_eq!(died, Some(12), "looks of half a second");
    }

    #[test]
    fn a_client_that_sends_anything_lives() {
        let mut pulse = Pulse { seconds: 1, ..Pulse::default() };
        // An octet every one and a half intervals.
        for looks in 1..100 {
            pulse.beat(0);
            assert!(!pulse.is_dead(looks / 3));
        }
    }

    #[test]
    fn heartbeats_fill_silence_only() {
        let mut pulse = Pulse { seconds: 2, ..Pulse::default() };
        let beats: Vec<bool> = [5, 5, 13, 13, 30, 30].map(|sent| pulse.beat(sent)).to_vec();
        assert_eq!(beats, [false, true, false, true, false, false]);
    }

    #[test]
    fn without_an_interval_nothing_is_expected() {
        let mut pulse = Pulse::default();
        assert!((0..1000).all(|_| !pulse.beat(0) && !pulse.is_dead(0)));
    }
}
