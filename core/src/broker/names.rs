//! Names that the broker makes up.

use super::value::Name;

/// How many characters follow the prefix of a name.
pub(crate) const MADE_UP_LENGTH: usize = 22;

/// Makes names that look like RabbitMQ's (`rabbit_guid.erl`: a prefix and 22
/// characters of URL-safe base64) from a counter instead of from chance.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct NameMaker {
    made: u64,
}

impl NameMaker {
    /// The next name: `prefix`, and 22 characters never used before.
    pub(crate) fn next(&mut self, prefix: &str) -> Name {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        self.made += 1;
        let bits =
            u128::from(mix(self.made)) << 64 | u128::from(mix(self.made ^ 0x9e37_79b9_7f4a_7c15));
        let letter = |n: u32| {
            let six = if n == 21 { (bits << 4) & 0x3f } else { (bits >> (122 - 6 * n)) & 0x3f };
            char::from(LETTERS[six as usize])
        };
        let name: String = prefix.chars().chain((0..MADE_UP_LENGTH as u32).map(letter)).collect();
        Name::from(name)
    }
}

/// A one-to-one scrambling of 64 bits (the finaliser of SplitMix64).
pub(super) const fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
