//! Hashes of passwords as RabbitMQ keeps them (`rabbit_password.erl`): four
//! octets of salt, then the hash of salt and password.

use md5::Md5;
use sha2::{Digest, Sha256, Sha512};

/// RabbitMQ's name of the algorithm that it uses unless told otherwise.
pub const SHA256: &str = "rabbit_password_hashing_sha256";
const SHA512: &str = "rabbit_password_hashing_sha512";
const MD5: &str = "rabbit_password_hashing_md5";

/// The octets of the salt.
const SALT: usize = 4;

/// Whether a password is the one that `hash` was made of. Nothing fits an
/// algorithm that is not known, or an empty hash.
#[must_use]
pub fn fits(password: &str, algorithm: &str, hash: &[u8]) -> bool {
    let Some((salt, expected)) = hash.split_at_checked(SALT) else { return false };
    digest(algorithm, salt, password).is_some_and(|found| found == expected)
}

/// Salt and hash of a password with SHA-256. The salt only has to differ from
/// user to user; where it comes from is the caller's choice.
#[must_use]
pub fn hash(password: &str, salt: [u8; SALT]) -> Vec<u8> {
    let digest = digest(SHA256, &salt, password).unwrap_or_default();
    salt.into_iter().chain(digest).collect()
}

/// Whether [`fits`] knows an algorithm.
#[must_use]
pub fn knows(algorithm: &str) -> bool {
    digest(algorithm, &[], "").is_some()
}

fn digest(algorithm: &str, salt: &[u8], password: &str) -> Option<Vec<u8>> {
    fn of<D: Digest>(salt: &[u8], password: &str) -> Vec<u8> {
        D::new().chain_update(salt).chain_update(password).finalize().to_vec()
    }
    Some(match algorithm {
        SHA256 => of::<Sha256>(salt, password),
        SHA512 => of::<Sha512>(salt, password),
        MD5 => of::<Md5>(salt, password),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{MD5, SHA256, SHA512, fits, hash, knows};

    /// Made by RabbitMQ 3.10.8 for the password "test12".
    #[test]
    fn hashes_are_rabbitmqs() {
        let made = [
            0xbb, 0x43, 0x95, 0xf6, 0xbb, 0x19, 0x53, 0x07, 0xa6, 0x10, 0xef, 0xb6, 0x0d, 0x87,
            0xd3, 0xaf, 0xbf, 0x40, 0x3b, 0xb4, 0x93, 0xfa, 0xd3, 0x78, 0x0d, 0xc6, 0x41, 0x75,
            0xe9, 0xd7, 0x8a, 0x80, 0x19, 0xdd, 0xf7, 0x95,
        ];
        assert!(fits("test12", SHA256, &made));
        assert!(!fits("test13", SHA256, &made));
        let own = hash("secret", [1, 2, 3, 4]);
        assert_eq!(own.len(), 36);
        assert!(fits("secret", SHA256, &own));
        assert!(!fits("Secret", SHA256, &own));
        assert!(!fits("secret", SHA512, &own));
    }

    #[test]
    fn what_is_unknown_or_empty_fits_nothing() {
        assert!(!fits("", SHA256, &[]));
        assert!(!fits("", SHA256, &[0; 4]));
        assert!(!fits("x", "rabbit_password_hashing_none", &[0; 36]));
        assert!(knows(SHA512) && knows(MD5) && !knows("rabbit_password_hashing_none"));
    }
}
