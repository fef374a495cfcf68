//! Numbers and strings from octets.

use super::table::table_of;
use warren_core::broker::{Name, Table};

/// Octets that are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// There are too few of them, or too many.
    Octets,
    /// A short string of a method is not UTF-8.
    Utf8,
    /// A table has a value of no known type, or one that ends too early.
    Table,
}

/// Octets that are read from the front.
///
/// A method has to have the right length first of all; only then RabbitMQ looks
/// whether its names are text, and into its tables last.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    not_utf8: bool,
    bad_table: bool,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, not_utf8: false, bad_table: false }
    }

    /// At the end: whether all octets were used, and what they said is in order.
    pub(crate) fn finish(self) -> Result<(), Malformed> {
        match self {
            Self { rest: [_, ..], .. } => Err(Malformed::Octets),
            Self { not_utf8: true, .. } => Err(Malformed::Utf8),
            Self { bad_table: true, .. } => Err(Malformed::Table),
            _ => Ok(()),
        }
    }

    /// A table with its length in front. What is wrong inside it is told by
    /// [`Reader::finish`].
    pub(crate) fn table(&mut self) -> Result<Table, Malformed> {
        let table = table_of(self.long_string()?);
        self.bad_table |= table.is_err();
        Ok(table.unwrap_or_default())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed::Octets)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(Malformed::Octets)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(crate) fn octet(&mut self) -> Result<u8, Malformed> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    pub(crate) fn short(&mut self) -> Result<u16, Malformed> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    pub(crate) fn long(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn long_long(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// A short string of a method, which RabbitMQ checks to be UTF-8
    /// (`rabbit_binary_parser:assert_utf8`); [`Reader::finish`] tells.
    pub(crate) fn name(&mut self) -> Result<Name, Malformed> {
        let length = self.octet()?;
        let name = core::str::from_utf8(self.take(length.into())?);
        self.not_utf8 |= name.is_err();
        Ok(name.map(Name::from).unwrap_or_default())
    }

    /// A short string that RabbitMQ takes as it is. What is not UTF-8 in it
    /// becomes U+FFFD, for the core's names are text.
    pub(crate) fn loose_name(&mut self) -> Result<Name, Malformed> {
        let length = self.octet()?;
        let octets = self.take(length.into())?;
        Ok(Name::from(&*String::from_utf8_lossy(octets)))
    }

    pub(crate) fn long_string(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.long()?;
        self.take(usize::try_from(length).map_err(|_| Malformed::Octets)?)
    }
}
