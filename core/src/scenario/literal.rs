//! Texts, numbers, durations and field values, as they are read.

use super::cursor::Cursor;
use super::diagnostic::Diagnostic;
use super::document::{Pause, SourceSpan};
use super::lexer::TokenKind;
use super::rules::{
    BAD_DURATION, BAD_ESCAPE, BAD_NUMBER, BAD_RANGE, DURATION_RANGE, NUMBER_RANGE, OPEN_TEXT,
    TEXT_TOO_LONG,
};
use crate::broker::MAX_EXPIRY;
use crate::time::Span;
use core::ops::RangeInclusive;

/// The longest time a client can be told to wait or work: one hour.
pub(super) const LONGEST: Span = Span(3_600_000_000);
/// The longest time to live RabbitMQ takes: ten years of 365 days
/// (`check_expiry` in `rabbit_misc.erl`).
pub(super) const LONGEST_TTL: Span = Span(MAX_EXPIRY.unsigned_abs() * 1_000);
/// Bytes of one text (body, caption, title).
pub(super) const LONGEST_TEXT: usize = 256 * 1024;

impl Cursor<'_> {
    /// A bare word or a quoted text.
    pub(super) fn any_text(&mut self, what: &str) -> Option<(String, SourceSpan)> {
        let span = self.here();
        match self.peek().map(|token| token.kind) {
            Some(TokenKind::Word) if !span.of(self.text).starts_with(['“', '”', '„', '«', '»']) =>
            {
                self.advance();
                Some((span.of(self.text).to_string(), span))
            }
            Some(TokenKind::Text | TokenKind::OpenText) => {
                self.quoted(what).map(|text| (text, span))
            }
            _ => self.expected(what),
        }
    }

    /// A text in quotes.
    pub(super) fn quoted(&mut self, what: &str) -> Option<String> {
        let span = self.here();
        match self.peek().map(|token| token.kind) {
            Some(TokenKind::Text) => self.advance(),
            Some(TokenKind::OpenText) => {
                self.advance();
                return self.fault(&OPEN_TEXT, span, &[]);
            }
            _ => return self.expected(&format!("{what} in quotes")),
        }
        let raw = span.of(self.text);
        let inner = raw.get(1..raw.len() - 1).unwrap_or("");
        if inner.len() > LONGEST_TEXT {
            let sizes = [LONGEST_TEXT.to_string(), inner.len().to_string()];
            return self.fault(&TEXT_TOO_LONG, span, &[&sizes[0], &sizes[1]]);
        }
        match unescape(inner) {
            Ok(text) => Some(text),
            Err((at, length)) => {
                let start = span.start + 1 + at as u32;
                let bad = SourceSpan { start, end: start + length as u32 };
                self.fault(&BAD_ESCAPE, bad, &[bad.of(self.text)])
            }
        }
    }

    /// A whole number in a range.
    pub(super) fn number(&mut self, what: &str, range: RangeInclusive<i128>) -> Option<i128> {
        let span = self.here();
        if self.peek().is_none_or(|token| token.kind != TokenKind::Word) {
            return self.expected(what);
        }
        let raw = span.of(self.text);
        let digits = raw.strip_prefix(['-', '+']).unwrap_or(raw);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return self.expected(what);
        }
        self.advance();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return self.fault(&BAD_NUMBER, span, &[raw]);
        }
        match raw.parse::<i128>() {
            Ok(n) if range.contains(&n) => Some(n),
            _ => {
                let (least, most) = (range.start().to_string(), range.end().to_string());
                self.fault(&NUMBER_RANGE, span, &[what, &least, &most, raw])
            }
        }
    }

    /// A number of things, from `least` on.
    pub(super) fn count(&mut self, what: &str, least: u64, most: u64) -> Option<u64> {
        let number = self.number(what, least.into()..=most.into())?;
        u64::try_from(number).ok()
    }

    /// A length of time of at most `most`.
    pub(super) fn duration(&mut self, what: &str, most: Span) -> Option<Span> {
        let span = self.here();
        if self.peek().is_none_or(|token| token.kind != TokenKind::Word) {
            return self.expected(what);
        }
        let raw = span.of(self.text);
        if !raw.starts_with(|c: char| c.is_ascii_digit()) {
            return self.expected(what);
        }
        self.advance();
        let Some(micros) = micros(raw) else { return self.bad_duration(span, raw) };
        match u64::try_from(micros) {
            Ok(n) if n <= most.0 => Some(Span(n)),
            _ => self.fault(&DURATION_RANGE, span, &[what, &most.to_string()]),
        }
    }

    fn bad_duration<T>(&mut self, span: SourceSpan, raw: &str) -> Option<T> {
        let finding = Diagnostic::new(&BAD_DURATION, span, &[raw]);
        let digits = raw.trim_end_matches(|c: char| !c.is_ascii_digit());
        let finding = match &raw[digits.len()..] {
            "" => finding.help(format!("write {raw}ms or {raw}s")),
            "m" => finding.help(format!("write {digits}min or {digits}ms")),
            "sec" | "secs" | "second" | "seconds" => finding.help(format!("write {digits}s")),
            "µs" | "μs" => finding.help(format!("write {digits}us")),
            _ => finding,
        };
        self.report(finding);
        None
    }

    /// `500ms`, or `200ms..900ms` for any time between the two.
    pub(super) fn pause(&mut self, what: &str) -> Option<Pause> {
        let span = self.here();
        let Some((low, high)) = span.of(self.text).split_once("..") else {
            return self.duration(what, LONGEST).map(Pause::Fixed);
        };
        if self.peek().is_none_or(|token| token.kind != TokenKind::Word) {
            return self.expected(what);
        }
        self.advance();
        let Some(least) = micros(low) else { return self.bad_duration(span, low) };
        let Some(most) = micros(high) else { return self.bad_duration(span, high) };
        if least > most {
            return self.fault(&BAD_RANGE, span, &[low, high]);
        }
        match (u64::try_from(least), u64::try_from(most)) {
            (Ok(a), Ok(b)) if b <= LONGEST.0 => Some(Pause::Between(Span(a), Span(b))),
            _ => self.fault(&DURATION_RANGE, span, &[what, &LONGEST.to_string()]),
        }
    }

    /// `5/s`, `30/min`: the pause between two.
    pub(super) fn rate(&mut self) -> Option<Pause> {
        let what = "a rate like 5/s";
        let span = self.here();
        let Some((number, unit)) = span.of(self.text).split_once('/') else {
            return self.expected(what);
        };
        let period: u64 = match unit {
            "s" => 1_000_000,
            "min" => 60_000_000,
            "h" => 3_600_000_000,
            _ => return self.expected(what),
        };
        match number.parse::<u64>() {
            Ok(n) if (1..=1_000_000).contains(&n) => {
                self.advance();
                Some(Pause::Fixed(Span(period / n)))
            }
            _ => self.expected(what),
        }
    }
}

/// Reads a length of time as scenarios write it: `500ms`, `1.5s`, `2min`.
#[must_use]
pub fn duration(text: &str) -> Option<Span> {
    micros(text).and_then(|micros| u64::try_from(micros).ok()).map(Span)
}

/// Microseconds of `1.5s` and the like; `None` when it is not a duration or
/// finer than a microsecond.
fn micros(raw: &str) -> Option<u128> {
    let unit_at = raw.find(|c: char| c != '.' && !c.is_ascii_digit())?;
    let (number, unit) = raw.split_at(unit_at);
    let unit: u128 = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "min" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let dangling = number.contains('.') && fraction.is_empty();
    if whole.is_empty() || whole.len() > 18 || fraction.len() > 9 || dangling || !digits(fraction) {
        return None;
    }
    let whole: u128 = whole.parse().ok()?;
    let scale = 10_u128.pow(fraction.len() as u32);
    let fraction: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let total = (whole * scale + fraction) * unit;
    (total.is_multiple_of(scale)).then_some(total / scale)
}

/// The text between two quotes; or where and how long a bad escape is.
fn unescape(inner: &str) -> Result<String, (usize, usize)> {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let offset = inner.len() - rest.len() + at;
        let escape = &rest[at..];
        let (c, length) = match escape.as_bytes().get(1) {
            Some(b'n') => ('\n', 2),
            Some(b't') => ('\t', 2),
            Some(b'r') => ('\r', 2),
            Some(b'"') => ('"', 2),
            Some(b'\\') => ('\\', 2),
            Some(b'u') => unicode(escape).ok_or((offset, 2))?,
            _ => return Err((offset, 1 + escape.chars().nth(1).map_or(0, char::len_utf8))),
        };
        out.push(c);
        rest = &escape[length..];
    }
    out.push_str(rest);
    Ok(out)
}

/// `\u{1f407}`: the character and the length of the escape.
fn unicode(escape: &str) -> Option<(char, usize)> {
    let body = escape.strip_prefix("\\u{")?;
    let digits = &body[..body.find('}')?];
    if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    Some((c, 4 + digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        for (text, want) in [
            ("500ms", Some(500_000)),
            ("2s", Some(2_000_000)),
            ("1.5s", Some(1_500_000)),
            ("1min", Some(60_000_000)),
            ("1h", Some(3_600_000_000)),
            ("40us", Some(40)),
            ("0s", Some(0)),
            ("0.000001s", Some(1)),
            ("0.5us", None),
            ("5", None),
            ("5m", None),
            ("1.s", None),
            (".5s", None),
            ("1.2.3s", None),
            ("-5s", None),
            ("", None),
            ("9999999999999999999999s", None),
        ] {
            assert_eq!(micros(text), want, "{text}");
        }
    }

    #[test]
    fn reads_escapes() {
        for (text, want) in [
            (r"a\n\t\r\\b", Ok("a\n\t\r\\b")),
            (r"\u{1f407}é", Ok("🐇é")),
            (r"a\qb", Err((1, 2))),
            (r"é\é", Err((2, 3))),
            (r"\u{}", Err((0, 2))),
            (r"\u{d800}", Err((0, 2))),
            (r"\u{1234567}", Err((0, 2))),
            (r"\u{12", Err((0, 2))),
        ] {
            assert_eq!(unescape(text), want.map(String::from), "{text}");
        }
    }
}
