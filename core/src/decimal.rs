//! Floats as decimal text, exactly and in little code.
//!
//! The standard library reads and prints floats fast, with tables that weigh
//! more in wasm than all of AMQP's values do. Floats are rare here (headers,
//! arguments), so this counts in whole numbers of any length instead: the
//! shortest digits that are read back as the same float (Steele and White,
//! 1990), and the float nearest to a text, ties to even (IEEE 754).
//!
//! Floats go in and out as their bits, so no arithmetic here can round.

use core::cmp::Ordering;

/// One of the two widths of floats.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Bits of the fraction that are stored.
    fraction: u32,
    /// Bits of the exponent.
    exponent: u32,
}

/// 32 bits.
pub const SINGLE: Format = Format { fraction: 23, exponent: 8 };
/// 64 bits.
pub const DOUBLE: Format = Format { fraction: 52, exponent: 11 };

impl Format {
    /// The power of two of the last bit of the smallest float.
    const fn least(self) -> i32 {
        2 - (1 << (self.exponent - 1)) - self.fraction as i32
    }

    /// What the exponent's bits are when all are set.
    const fn special(self) -> u64 {
        (1 << self.exponent) - 1
    }

    const fn sign(self) -> u64 {
        1 << (self.fraction + self.exponent)
    }
}

/// [`print`] of a float of 64 bits.
#[must_use]
pub fn double(bits: u64) -> String {
    print(bits, DOUBLE)
}

/// [`print`] of a float of 32 bits.
#[must_use]
pub fn single(bits: u32) -> String {
    print(bits.into(), SINGLE)
}

/// The shortest text that is read back as the same float, as Rust's `{:?}`
/// writes it: `1.0`, `-0.25`, `1e16`, `1.5e-5`, `NaN`, `inf`.
#[must_use]
pub fn print(bits: u64, format: Format) -> String {
    let Decimal { sign, digits, point } = match decimal(bits, format) {
        Ok(decimal) => decimal,
        Err(text) => return text,
    };
    match point {
        // Below 1e-4 and from 1e16 on with an exponent.
        ..-3 | 17.. => {
            let (first, rest) = digits.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            format!("{sign}{first}{dot}{rest}e{}", point - 1)
        }
        _ => pointed(sign, &digits, point),
    }
}

/// A float of 64 bits as Erlang's `~p` writes it: with an exponent wherever
/// that is shorter, and from 2^53 on (`io_lib_format:fwrite_g`, since OTP 25).
#[must_use]
pub fn erlang(bits: u64) -> String {
    let Decimal { sign, digits, point } = match decimal(bits, DOUBLE) {
        Ok(decimal) => decimal,
        Err(text) => return text,
    };
    let exponent = (point - 1).to_string();
    let (first, rest) = digits.split_at(1);
    let rest = if rest.is_empty() { "0" } else { rest };
    let length = digits.len() as i32;
    let cost = exponent.len() as i32 + 1 + if length == 1 { 2 } else { 1 };
    let zeros = if point < 0 { -point } else { point - length };
    if (point < 0 || point >= length) && zeros + 2 > cost || bits & !(1 << 63) >= WHOLE {
        format!("{sign}{first}.{rest}e{exponent}")
    } else {
        pointed(sign, &digits, point)
    }
}

/// 2^53, from where on not every whole number is a float of 64 bits.
const WHOLE: u64 = 0x4340_0000_0000_0000;

/// The shortest digits that are read back as a float, and before which of them
/// the point is.
struct Decimal {
    sign: &'static str,
    digits: String,
    point: i32,
}

/// What a float is in decimal; the text itself where there are no digits.
fn decimal(bits: u64, format: Format) -> Result<Decimal, String> {
    let stored = (bits >> format.fraction) & format.special();
    let fraction = bits & ((1 << format.fraction) - 1);
    if stored == format.special() && fraction != 0 {
        return Err("NaN".to_owned());
    }
    let sign = if bits & format.sign() == 0 { "" } else { "-" };
    if stored == format.special() {
        return Err(format!("{sign}inf"));
    }
    if stored == 0 && fraction == 0 {
        return Err(format!("{sign}0.0"));
    }
    let (mantissa, exponent) = match stored {
        0 => (fraction, format.least()),
        _ => (fraction | 1 << format.fraction, format.least() + stored as i32 - 1),
    };
    let lopsided = fraction == 0 && stored > 1;
    let (digits, point) = shortest(mantissa, exponent, lopsided);
    Ok(Decimal { sign, digits, point })
}

/// Digits with a point and without an exponent.
fn pointed(sign: &str, digits: &str, point: i32) -> String {
    let length = digits.len() as i32;
    match point {
        ..=0 => format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        _ if point < length => {
            let (whole, part) = digits.split_at(point as usize);
            format!("{sign}{whole}.{part}")
        }
        _ => format!("{sign}{digits}{}.0", "0".repeat((point - length) as usize)),
    }
}

/// The digits of `mantissa * 2^exponent`, and before which of them the point
/// is. `lopsided`: the float below is nearer than the one above.
fn shortest(mantissa: u64, exponent: i32, lopsided: bool) -> (String, i32) {
    // The value is `rest / one`; floats in the open interval from `below` less
    // to `above` more are read as this one, its ends too when it is even.
    let even = mantissa & 1 == 0;
    let (up, down) = (exponent.max(0) as u32, (-exponent).max(0) as u32);
    let twice = 1 + u32::from(lopsided);
    let mut rest = Natural::from(mantissa).shifted(up + twice);
    let mut one = Natural::from(1).shifted(down + twice);
    let mut below = Natural::from(1).shifted(up);
    let mut above = below.shifted(u32::from(lopsided));
    let reaches = |rest: &Natural, above: &Natural, one: &Natural| {
        let order = rest.plus(above).cmp(one);
        order == Ordering::Greater || (even && order == Ordering::Equal)
    };
    let mut point = 0;
    while reaches(&rest, &above, &one) {
        one.multiply(10, 0);
        point += 1;
    }
    let mut digits = String::new();
    loop {
        for number in [&mut rest, &mut below, &mut above] {
            number.multiply(10, 0);
        }
        if digits.is_empty() && !reaches(&rest, &above, &one) {
            point -= 1;
            continue;
        }
        let mut digit = b'0';
        while rest >= one {
            rest.subtract(&one);
            digit += 1;
        }
        let low = rest < below || (even && rest == below);
        let high = reaches(&rest, &above, &one);
        if high && (!low || rest.plus(&rest) >= one) {
            digit += 1;
        }
        digits.push(char::from(digit));
        if low || high {
            return (digits, point);
        }
    }
}

/// The bits of the float nearest to a decimal text, which may have a sign, a
/// fraction and an exponent; `None` when it is something else. What is too
/// large is infinite.
#[must_use]
pub fn read(text: &str, format: Format) -> Option<u64> {
    // More digits than these only matter as "not nothing".
    const ENOUGH: usize = 800;
    let (sign, body) = match text.strip_prefix('-') {
        Some(body) => (format.sign(), body),
        None => (0, text.strip_prefix('+').unwrap_or(text)),
    };
    let (number, power) = match body.split_once(['e', 'E']) {
        Some((number, power)) => (number, exponent_of(power)?),
        None => (body, 0),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let mut all = whole.bytes().chain(part.bytes());
    if whole.len() + part.len() == 0 || !all.all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = whole.bytes().chain(part.bytes()).skip_while(|b| *b == b'0');
    let mut value = Natural::from(0);
    let (mut kept, mut cut, mut tail) = (0, 0_i64, false);
    for digit in digits {
        if kept < ENOUGH {
            value.multiply(10, u32::from(digit - b'0'));
            kept += 1;
        } else {
            tail |= digit != b'0';
            cut += 1;
        }
    }
    if tail {
        value.multiply(10, 1);
        cut -= 1;
    }
    let power = power.saturating_add(cut).saturating_sub(part.len() as i64);
    // Far outside of what either format can hold, and before the numbers grow.
    let magnitude = power.saturating_add(kept as i64);
    if kept == 0 || magnitude < -400 {
        return Some(sign);
    }
    if magnitude > 400 {
        return Some(sign | format.special() << format.fraction);
    }
    let mut over = Natural::from(1);
    let scaled = if power < 0 { &mut over } else { &mut value };
    (0..power.unsigned_abs()).for_each(|_| scaled.multiply(10, 0));
    Some(sign | nearest(value, over, format))
}

/// The digits behind an `e`.
fn exponent_of(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let far = |n: i64, b: u8| n.saturating_mul(10).saturating_add(i64::from(b - b'0'));
    let size = digits.bytes().fold(0, far);
    Some(if text.starts_with('-') { -size } else { size })
}

/// The bits of the float nearest to `value / over`; neither is 0.
fn nearest(value: Natural, over: Natural, format: Format) -> u64 {
    // Shift until the quotient has one bit more than a float keeps, or is in
    // units of half the smallest float.
    let want = i64::from(format.fraction) + 2;
    let shift = want - (value.bits() - over.bits());
    let shift = shift.min(1 - i64::from(format.least()));
    let up = |by: i64| by.max(0) as u32;
    let (mut rest, over) = (value.shifted(up(shift)), over.shifted(up(-shift)));
    let mut quotient = 0_u64;
    for bit in (0..=want as u32).rev() {
        let part = over.shifted(bit);
        if rest >= part {
            rest.subtract(&part);
            quotient |= 1 << bit;
        }
    }
    let mut exponent = -shift;
    let mut inexact = !rest.is_zero();
    // The quotient may have come out one bit longer.
    while quotient >> (format.fraction + 2) != 0 {
        inexact |= quotient & 1 == 1;
        quotient >>= 1;
        exponent += 1;
    }
    let half = quotient & 1 == 1;
    let mut mantissa = quotient >> 1;
    exponent += 1;
    if half && (inexact || mantissa & 1 == 1) {
        // May carry into the exponent, which is just what it should do.
        mantissa += 1;
    }
    let stored = exponent - i64::from(format.least());
    let bits = mantissa + ((stored as u64) << format.fraction);
    bits.min(format.special() << format.fraction)
}

/// A whole number of any length, in digits of 32 bits, lowest first, without
/// zeros at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Natural(Vec<u32>);

impl Natural {
    fn from(number: u64) -> Self {
        Self(vec![number as u32, (number >> 32) as u32]).trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bits it needs.
    fn bits(&self) -> i64 {
        let last = self.0.last().map_or(0, |last| last.leading_zeros());
        self.0.len() as i64 * 32 - i64::from(last)
    }

    /// Times `by`, and `add` more.
    fn multiply(&mut self, by: u32, add: u32) {
        let mut carry = u64::from(add);
        for digit in &mut self.0 {
            carry += u64::from(*digit) * u64::from(by);
            *digit = carry as u32;
            carry >>= 32;
        }
        if carry != 0 {
            self.0.push(carry as u32);
        }
    }

    /// Times two to the power of `by`.
    fn shifted(&self, by: u32) -> Self {
        let mut out = vec![0; by as usize / 32];
        out.extend_from_slice(&self.0);
        let mut out = Self(out).trimmed();
        out.multiply(1 << (by % 32), 0);
        out
    }

    fn plus(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let mut carry = 0_u64;
        for place in 0..self.0.len().max(other.0.len()) {
            let digit = |number: &Self| number.0.get(place).map_or(0, |d| u64::from(*d));
            carry += digit(self) + digit(other);
            out.push(carry as u32);
            carry >>= 32;
        }
        out.push(carry as u32);
        Self(out).trimmed()
    }

    /// Less `other`, which is not more than this.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (place, digit) in self.0.iter_mut().enumerate() {
            let less = other.0.get(place).map_or(0, |d| *d);
            let (left, first) = digit.overflowing_sub(less);
            let (left, second) = left.overflowing_sub(u32::from(borrow));
            (*digit, borrow) = (left, first || second);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
mod tests;
