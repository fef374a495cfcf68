//! Which RabbitMQ the broker behaves like.

/// A RabbitMQ release line whose behaviour was recorded from a real server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// 3.10 (recorded from 3.10.8).
    V3_10,
    /// 4.0 (recorded from 4.0.5).
    V4_0,
    /// 4.3 (recorded from 4.3.6), the newest.
    #[default]
    V4_3,
}

impl Profile {
    /// Every profile, oldest first.
    pub const ALL: [Self; 3] = [Self::V3_10, Self::V4_0, Self::V4_3];

    /// The name scripts and screens use: `3.10`, `4.0`, `4.3`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V3_10 => "3.10",
            Self::V4_0 => "4.0",
            Self::V4_3 => "4.3",
        }
    }

    /// The server release the behaviour was recorded from.
    #[must_use]
    pub const fn recorded_from(self) -> &'static str {
        match self {
            Self::V3_10 => "3.10.8",
            Self::V4_0 => "4.0.5",
            Self::V4_3 => "4.3.6",
        }
    }

    /// The profile called `name`, with or without a patch number.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name || p.recorded_from() == name)
    }
}
