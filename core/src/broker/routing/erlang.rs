//! What hashing exchanges take from Erlang: `erlang:phash2` and the random
//! numbers of `rand:exs1024`. Erlang promises that neither ever changes, so
//! messages go to the very queues they go to in RabbitMQ.
//!
//! The mixing of `phash2` is Bob Jenkins' hash of 1996 ("Hash functions for
//! hash table lookup"), with a constant for each kind of term.

/// The golden ratio, as in Jenkins' hash. Every kind of term has its multiple.
const GOLDEN: u32 = 0x9e37_79b9;

/// `phash2` keeps 27 bits.
const RANGE: u32 = 1 << 27;

/// A term being hashed, part after part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TermHash(u32);

impl TermHash {
    /// The number `erlang:phash2/1` gives, below 2^27.
    pub(super) const fn finish(self) -> u32 {
        self.0 % RANGE
    }

    fn mix(&mut self, a: u32, b: u32, constant: u32) {
        let constant = GOLDEN.wrapping_mul(constant);
        self.0 = mixed([a.wrapping_add(constant), b.wrapping_add(constant), self.0])[2];
    }

    /// A binary.
    pub(super) fn binary(&mut self, octets: &[u8]) {
        let seed = GOLDEN.wrapping_mul(13).wrapping_add(self.0);
        self.0 = if octets.is_empty() { seed } else { block(octets, seed) };
    }

    /// An atom.
    pub(super) fn atom(&mut self, name: &str) {
        let mut hash = 0_u32;
        for octet in name.bytes() {
            hash = (hash << 4) + u32::from(octet);
            let top = hash & 0xf000_0000;
            hash ^= (top >> 24) ^ top;
        }
        if self.0 == 0 { self.0 = hash } else { self.mix(hash, 0, 3) }
    }

    /// An integer. Those of more than 28 bits are hashed as big ones.
    pub(super) fn integer(&mut self, n: i64) {
        match i32::try_from(n) {
            Ok(small) if small >> 27 == 0 || small >> 27 == -1 => {
                if small < 0 {
                    self.mix(small.unsigned_abs(), 0, 1);
                }
                self.mix(small as u32, 0, 1);
            }
            _ => {
                let digit = n.unsigned_abs();
                self.mix(digit as u32, (digit >> 32) as u32, if n < 0 { 10 } else { 11 });
            }
        }
    }

    /// A float.
    pub(super) fn float(&mut self, n: f64) {
        // Erlang sees no difference between the two zeros.
        let bits = if n == 0.0 { 0 } else { n.to_bits() };
        self.mix((bits >> 32) as u32, bits as u32, 12);
    }

    /// A tuple of `arity` elements, which follow.
    pub(super) fn tuple(&mut self, arity: u32) {
        self.mix(arity, 0, 9);
    }

    /// The end of a list; its elements came before. A list of small numbers
    /// alone would be hashed otherwise, but there is none in a message.
    pub(super) fn nil(&mut self) {
        if self.0 == 0 { self.0 = 3_468_870_702 } else { self.mix(2, 0, 2) }
    }
}

/// Jenkins' hash of a block of octets.
fn block(octets: &[u8], seed: u32) -> u32 {
    let mut state = [GOLDEN, GOLDEN, seed];
    let mut chunks = octets.chunks_exact(12);
    let word = |octets: &[u8], at: usize| {
        octets.iter().skip(at * 4).take(4).rev().fold(0_u32, |n, octet| n << 8 | u32::from(*octet))
    };
    for chunk in &mut chunks {
        for (at, part) in state.iter_mut().enumerate() {
            *part = part.wrapping_add(word(chunk, at));
        }
        state = mixed(state);
    }
    let rest = chunks.remainder();
    state[2] = state[2].wrapping_add(octets.len() as u32);
    state[0] = state[0].wrapping_add(word(rest, 0));
    state[1] = state[1].wrapping_add(word(rest, 1));
    // The lowest octet of the last part is taken by the length.
    state[2] = state[2].wrapping_add(word(rest, 2) << 8);
    mixed(state)[2]
}

fn mixed([mut a, mut b, mut c]: [u32; 3]) -> [u32; 3] {
    for [x, y, z] in [[13, 8, 13], [12, 16, 5], [3, 10, 15]] {
        a = a.wrapping_sub(b).wrapping_sub(c) ^ (c >> x);
        b = b.wrapping_sub(c).wrapping_sub(a) ^ (a << y);
        c = c.wrapping_sub(a).wrapping_sub(b) ^ (b >> z);
    }
    [a, b, c]
}

/// Where jump consistent hash (Lamping and Veach, 2014) puts `key` among
/// `buckets`, with Erlang's `rand:exs1024` seeded by the key, as
/// `rabbit_exchange_type_consistent_hash:jump_consistent_hash` has it. 0 when
/// there is no bucket.
pub(super) fn jump(key: i64, buckets: u64) -> u64 {
    let mut chance = Exs1024::new(key);
    let (mut bucket, mut next) = (0, 0.0_f64);
    while next < buckets as f64 {
        bucket = next as u64;
        next = ((bucket + 1) as f64 / chance.uniform()).trunc();
    }
    bucket
}

/// Xorshift1024* (Vigna, 2014) as Erlang's `rand` seeds and reads it.
struct Exs1024 {
    state: [u64; 16],
    at: usize,
}

impl Exs1024 {
    /// `rand:seed_s(exs1024, {Key, Key, Key})`.
    fn new(key: i64) -> Self {
        const LOW: u64 = (1 << 21) - 1;
        let part = |factor: u64| (((key as u64 & LOW) + 1) * factor) & LOW;
        let mut seed = part(2_097_131) << 43 | part(2_097_133) << 22 | part(2_097_143) << 1 | 1;
        let mut state = [0; 16];
        for word in &mut state {
            seed ^= seed >> 12;
            seed ^= seed << 25;
            seed ^= seed >> 27;
            *word = seed.wrapping_mul(2_685_821_657_736_338_717);
        }
        state.reverse();
        Self { state, at: 0 }
    }

    /// The next number from 0 up to 1.
    fn uniform(&mut self) -> f64 {
        let from = self.state[self.at];
        self.at = (self.at + 1) % 16;
        let mut to = self.state[self.at];
        to ^= to << 31;
        to ^= to >> 11;
        to ^= from ^ (from >> 30);
        self.state[self.at] = to;
        to.wrapping_mul(1_181_783_497_276_652_981) as f64 / 18_446_744_073_709_551_616.0
    }
}
