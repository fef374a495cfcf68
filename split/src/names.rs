//! Names of functions: readable, and the same in the next build.

/// How long a name may be before its rest becomes a digest.
const LONGEST: usize = 120;

/// `name` without what differs from build to build. What follows from type
/// parameters can be very long and is cut to a digest then.
pub(crate) fn readable(name: &str) -> String {
    let name = match rustc_demangle::try_demangle(name) {
        Ok(name) => format!("{name:#}"),
        Err(_) => without_hash(name).to_owned(),
    };
    let name = without_crate_hashes(&name);
    if name.len() <= LONGEST {
        return name;
    }
    let cut = (0..=LONGEST - 20).rev().find(|&at| name.is_char_boundary(at)).unwrap_or(0);
    format!("{}…{:016x}", &name[..cut], digest(name.as_bytes()))
}

/// A name that was made readable already may end with a hash of its own.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((start, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            start
        }
        _ => name,
    }
}

/// Crates of the standard library come with a hash in brackets.
fn without_crate_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest))
                if hash.len() >= 12 && hash.bytes().all(|b| b.is_ascii_hexdigit()) =>
            {
                kept += rest;
            }
            _ => {
                kept.push('[');
                kept += part;
            }
        }
    }
    kept.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

/// FNV-1a: for names of files and of pieces of code, not against malice.
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |digest, &byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_left_out() {
        let mangled = "_ZN4core3ptr8metadata3new17h0123456789abcdefE";
        assert_eq!(readable(mangled), "core::ptr::metadata::new");
        assert_eq!(readable("a::b::h0123456789abcdef"), "a::b");
        assert_eq!(readable("a::b::hello"), "a::b::hello");
        assert_eq!(readable("memcpy"), "memcpy");
        assert_eq!(readable("<[u8] as core[c5930c85a12de822]::A>::b"), "<[u8] as core::A>::b");
    }

    #[test]
    fn long_names_stay_apart() {
        let (one, two) = ("é".repeat(90) + "1", "é".repeat(90) + "2");
        assert_ne!(readable(&one), readable(&two));
        assert!(readable(&one).len() < 130);
    }
}
