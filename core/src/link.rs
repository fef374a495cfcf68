//! A scenario in a link: what stands behind the `#` of a page's address, so
//! that no server ever sees it.
//!
//! This is the pure part: version, fields, letters, limits. Packing is the
//! caller's, for a browser has a zlib of its own: the text is compressed in the
//! zlib format (RFC 1950, what `CompressionStream("deflate")` makes). The page
//! `docs/links.md` describes the format; links of version 1 are read for ever.

use crate::broker::Name;
use crate::scenario::{NodeId, duration};
use crate::time::Tick;
use core::fmt::{self, Write as _};

/// The tag that links begin with.
pub const VERSION: &str = "w1";
/// Characters of a link behind the `#`. Browsers take more; chats and mails do
/// not always.
pub const MOST_LETTERS: usize = 65_536;
/// Bytes of a scenario in a link once it is unpacked. Whoever unpacks stops
/// there, however small the link was.
pub const MOST_TEXT: usize = 1_048_576;

/// The digits of base64url (RFC 4648, section 5).
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Everything that a link says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// The scenario's text, compressed in the zlib format.
    pub packed: Vec<u8>,
    /// The instant to look at.
    pub at: Option<Tick>,
    /// What is selected.
    pub selected: Option<NodeId>,
    /// What part of the picture is seen.
    pub view: Option<View>,
}

/// What part of a picture is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The picture unit in the middle of the window, to the right.
    pub x: i32,
    /// The same, downwards.
    pub y: i32,
    /// Pixels per picture unit, in hundredths; at least 1.
    pub zoom: u16,
}

/// Why a link cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// There is no scenario in it.
    NoScenario,
    /// It is made by another version of Warren.
    Version(String),
    /// It has more than [`MOST_LETTERS`] characters.
    TooLong,
    /// This character of the scenario, from 1, is none of base64url's.
    Letter(usize),
    /// This field says nothing that can be read.
    Field(String),
    /// What it holds cannot be unpacked, or is not text.
    Damaged,
    /// Its scenario has more than [`MOST_TEXT`] bytes.
    TooMuchText,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScenario => {
                write!(f, "there is no scenario in this link: #{VERSION}. is missing")
            }
            Self::Version(found) => write!(
                f,
                "this link is of version {found}; this Warren reads {VERSION}. Open it with a \
                 newer one"
            ),
            Self::TooLong => write!(f, "a link may have {MOST_LETTERS} characters; send the file"),
            Self::Letter(place) => write!(
                f,
                "character {place} of the scenario in this link cannot be there: was it changed \
                 on its way?"
            ),
            Self::Field(field) => write!(f, "this link says {field}, which cannot be read"),
            Self::Damaged => {
                f.write_str("the scenario in this link is damaged: was it cut off on its way?")
            }
            Self::TooMuchText => {
                write!(f, "the scenario in this link has more than {MOST_TEXT} bytes")
            }
        }
    }
}

impl core::error::Error for LinkError {}

impl Link {
    /// What stands behind the `#`.
    ///
    /// # Errors
    ///
    /// [`LinkError::TooLong`] when it does not fit.
    pub fn write(&self) -> Result<String, LinkError> {
        let mut out = format!("{VERSION}.");
        encode(&self.packed, &mut out);
        // Writing to a String cannot fail.
        if let Some(at) = self.at {
            let _ = write!(out, "&at={at}");
        }
        if let Some(node) = &self.selected {
            let (kind, name) = match node {
                NodeId::Client(name) => ("client", name),
                NodeId::Exchange(name) => ("exchange", name),
                NodeId::Queue(name) => ("queue", name),
            };
            let _ = write!(out, "&select={kind}:");
            escape(name, &mut out);
        }
        if let Some(View { x, y, zoom }) = self.view {
            let _ = write!(out, "&view={x},{y},{zoom}");
        }
        if out.len() > MOST_LETTERS { Err(LinkError::TooLong) } else { Ok(out) }
    }

    /// Reads an address, or only what stands behind its `#`. Fields that this
    /// version does not know are left aside.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it. That what is packed can be unpacked is for
    /// the caller to find out.
    pub fn read(address: &str) -> Result<Self, LinkError> {
        let behind = address.trim();
        let behind = behind.split_once('#').map_or(behind, |(_, behind)| behind);
        if behind.len() > MOST_LETTERS {
            return Err(LinkError::TooLong);
        }
        let mut fields = behind.split('&');
        let (version, digits) =
            fields.next().and_then(|first| first.split_once('.')).ok_or(LinkError::NoScenario)?;
        if version != VERSION {
            let of_ours = version.strip_prefix('w').is_some_and(is_number);
            return Err(if of_ours {
                LinkError::Version(version.to_owned())
            } else {
                LinkError::NoScenario
            });
        }
        let mut link = Self { packed: decode(digits)?, ..Self::default() };
        for field in fields {
            link.take(field).ok_or_else(|| LinkError::Field(shown(field)))?;
        }
        Ok(link)
    }

    /// Reads a field; `None` when it makes no sense or is there twice.
    fn take(&mut self, field: &str) -> Option<()> {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        match name {
            "at" if self.at.is_none() => self.at = Some(Tick(duration(value)?.0)),
            "select" if self.selected.is_none() => {
                let (kind, name) = value.split_once(':')?;
                let name = Name::from(unescape(name)?);
                self.selected = Some(match kind {
                    "client" => NodeId::Client(name),
                    "exchange" => NodeId::Exchange(name),
                    "queue" => NodeId::Queue(name),
                    _ => return None,
                });
            }
            "view" if self.view.is_none() => {
                let mut numbers = value.split(',');
                let (x, y) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
                let zoom = numbers.next()?.parse().ok().filter(|zoom| *zoom > 0)?;
                numbers.next().is_none().then_some(())?;
                self.view = Some(View { x, y, zoom });
            }
            "at" | "select" | "view" => return None,
            _ => {}
        }
        Some(())
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 9 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A field as a message may quote it.
fn shown(field: &str) -> String {
    crate::scenario::visible(&field.chars().take(60).collect::<String>())
}

/// Octets as base64url without padding.
fn encode(octets: &[u8], out: &mut String) {
    for group in octets.chunks(3) {
        let octet = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for place in 0..=group.len() {
            let digit = bits >> (18 - 6 * place) & 63;
            out.push(char::from(DIGITS[digit as usize]));
        }
    }
}

/// Octets of base64url without padding. Bits that are left over must be 0, so
/// that a scenario has one link only.
fn decode(digits: &str) -> Result<Vec<u8>, LinkError> {
    let mut octets = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    let (mut bits, mut held) = (0_u32, 0);
    for (place, digit) in digits.bytes().enumerate() {
        let value = DIGITS.iter().position(|d| *d == digit).ok_or(LinkError::Letter(place + 1))?;
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            octets.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    if held == 6 || bits != 0 { Err(LinkError::Damaged) } else { Ok(octets) }
}

/// A name as RFC 3986 writes octets that are not unreserved: `%2F`.
fn escape(name: &str, out: &mut String) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn unescape(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'%' {
            octets.push(*first);
            continue;
        }
        let (pair, behind) = rest.split_first_chunk::<2>()?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        octets.push((digit(pair[0])? * 16 + digit(pair[1])?) as u8);
        rest = behind;
    }
    String::from_utf8(octets).ok()
}
