//! Changes to octets.

/// A change: its kind, where, how much, with what. All are numbers, so that
/// they become simpler by becoming smaller.
pub(crate) type Change = (u8, u16, u8, u32);

/// Numbers that are often wrong.
const ODD: [u32; 10] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, u32::MAX];

/// The member `at` of `corpus`, changed.
pub(crate) fn changed(corpus: &[Vec<u8>], at: usize, changes: &[Change]) -> Vec<u8> {
    let mut octets = corpus[at].clone();
    for &(kind, place, size, value) in changes {
        let at = usize::from(place) * octets.len() / (1 << 16);
        let end = (at + usize::from(size)).min(octets.len());
        match kind % 8 {
            0 => octets.truncate(octets.len() - at.min(octets.len())),
            1 => drop(octets.drain(at..end)),
            2 if at < octets.len() => octets[at] ^= 1 << (value % 8),
            3 if at < octets.len() => octets[at] = value as u8,
            4 => {
                // A number of one, two or four octets in network order.
                let odd = ODD[value as usize % ODD.len()].to_be_bytes();
                let wide = &odd[4 - (1 << (size % 3))..];
                let fits = wide.len().min(octets.len() - at);
                octets[at..at + fits].copy_from_slice(&wide[..fits]);
            }
            5 => {
                let copy = octets[at..end].to_vec();
                octets.splice(at..at, copy);
            }
            6 => {
                // Something from another member.
                let other = &corpus[value as usize % corpus.len()];
                let from = (value >> 16) as usize * other.len() / (1 << 16);
                let to = (from + usize::from(size)).min(other.len());
                octets.splice(at..at, other[from..to].iter().copied());
            }
            7 => {
                let other = &corpus[value as usize % corpus.len()];
                octets.extend(other);
            }
            _ => {}
        }
    }
    octets
}
