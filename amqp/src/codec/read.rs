//! Numbers and strings from octets.

use warren_core::broker::Name;

/// Octets that are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// They end too early, or a value has no such type.
    Octets,
    /// A short string of a method is not UTF-8.
    Utf8,
}

/// Octets that are read from the front.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
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
    /// (`rabbit_binary_parser:assert_utf8`).
    pub(crate) fn name(&mut self) -> Result<Name, Malformed> {
        let length = self.octet()?;
        let octets = self.take(length.into())?;
        core::str::from_utf8(octets).map(Name::from).map_err(|_| Malformed::Utf8)
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
