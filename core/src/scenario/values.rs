//! Field values: how they are read and written. `3`, `1.5`, `true` and `"pdf"`
//! are what clients send for such values (a signed 32-bit integer, or 64-bit
//! when it needs to be; a double; a boolean; a long string). Every other type
//! of the wire has its name in front: `long(3)`.

use super::cursor::Cursor;
use super::lexer::TokenKind;
use super::rules::{BAD_VALUE, NUMBER_RANGE, TOO_DEEP, UNKNOWN_TYPE};
use super::words::TYPES;
use crate::broker::{Bytes, Table, Value};
use crate::decimal;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::print::{name, quoted};
use core::fmt::Write as _;

/// Tables and arrays may be nested this deep.
const DEEPEST: usize = 16;

impl Cursor<'_> {
    /// A field value.
    pub(super) fn value(&mut self, what: &str) -> Option<Value> {
        self.nested_value(what, 0)
    }

    fn nested_value(&mut self, what: &str, depth: usize) -> Option<Value> {
        let span = self.here();
        if depth > DEEPEST {
            return self.fault(&TOO_DEEP, span, &[&DEEPEST.to_string()]);
        }
        let bare = self.peek().is_some_and(|token| token.kind == TokenKind::Word);
        let (text, _) = self.any_text(what)?;
        if !bare {
            return Some(Value::str(&text));
        }
        if self.sign(TokenKind::Open) {
            let Some(kind) = TYPES.iter().find(|kind| **kind == text) else {
                let near = self.near(&text, TYPES);
                self.report(Diagnostic::new(&UNKNOWN_TYPE, span, &[&text]).meant(near));
                return None;
            };
            let value = self.typed(kind, depth)?;
            self.must_sign(TokenKind::Close, "`)`")?;
            return Some(value);
        }
        match plain(&text) {
            Some(value) => Some(value),
            None => self.fault(&BAD_VALUE, span, &[&text]),
        }
    }

    /// What stands in the brackets behind a type's name.
    fn typed(&mut self, kind: &str, depth: usize) -> Option<Value> {
        Some(match kind {
            "byte" => Value::I8(self.integer()?),
            "unsignedbyte" => Value::U8(self.integer()?),
            "short" => Value::I16(self.integer()?),
            "unsignedshort" => Value::U16(self.integer()?),
            "signedint" => Value::I32(self.integer()?),
            "unsignedint" => Value::U32(self.integer()?),
            "long" => Value::I64(self.integer()?),
            "timestamp" => Value::Timestamp(self.integer()?),
            "float" => Value::F32(f32::from_bits(self.float(8, decimal::SINGLE)? as u32)),
            "double" => Value::F64(f64::from_bits(self.float(16, decimal::DOUBLE)?)),
            "decimal" => {
                let value = self.integer()?;
                self.must_sign(TokenKind::Comma, "a comma and the decimal places")?;
                Value::Decimal { scale: self.integer()?, value }
            }
            "binary" => Value::Binary(self.octets()?),
            "octets" => Value::LongStr(self.octets()?),
            "array" => Value::Array(self.array(depth)?),
            "table" => Value::Table(self.table(depth)?),
            _ => Value::Void,
        })
    }

    fn integer<N: TryFrom<i128> + Bounds>(&mut self) -> Option<N> {
        let number = self.number("a whole number", N::LEAST..=N::MOST)?;
        N::try_from(number).ok()
    }

    /// A decimal fraction, or the bits of a number that has none (not a number,
    /// infinity) as hexadecimal text. Gives the bits.
    fn float(&mut self, digits: usize, format: decimal::Format) -> Option<u64> {
        let span = self.here();
        let text_of_bits = self.peek().is_some_and(|token| token.kind == TokenKind::Text);
        let (text, _) = self.any_text("a number")?;
        let value = if text_of_bits {
            let hex = text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
            hex.then(|| u64::from_str_radix(&text, 16).ok()).flatten()
        } else {
            is_decimal(&text).then(|| decimal::read(&text, format)).flatten()
        };
        match value {
            Some(value) => Some(value),
            None => self.fault(&BAD_VALUE, span, &[&text]),
        }
    }

    /// Octets as hexadecimal digits in quotes.
    fn octets(&mut self) -> Option<Bytes> {
        let span = self.here();
        let text = self.quoted("hexadecimal digits")?;
        let octets: Option<Vec<u8>> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| {
                let pair = core::str::from_utf8(pair).ok()?;
                let hex = pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
                hex.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
            })
            .collect();
        match octets {
            Some(octets) => Some(Bytes::from(octets)),
            None => self.fault(&BAD_VALUE, span, &[&text]),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Vec<Value>> {
        if self.peek().is_some_and(|token| token.kind == TokenKind::Close) {
            return Some(Vec::new());
        }
        self.list(|c| c.nested_value("a value", depth + 1))
    }

    fn table(&mut self, depth: usize) -> Option<Table> {
        if self.peek().is_some_and(|token| token.kind == TokenKind::Close) {
            return Some(Table::new());
        }
        let entries = self.list(|c| {
            let (key, _) = c.name("a field name")?;
            Some((key, c.nested_value("a value", depth + 1)?))
        })?;
        Some(Table(entries))
    }

    /// A number for an argument, in the type clients use.
    pub(super) fn argument_number(&mut self, what: &str) -> Option<Value> {
        let span = self.here();
        let number = self.number(what, 0..=i64::MAX.into())?;
        match i64::try_from(number) {
            Ok(number) => Some(integer(number)),
            Err(_) => self.fault(&NUMBER_RANGE, span, &[what, "0", "2^63-1", "more"]),
        }
    }
}

/// The range of an integer type.
trait Bounds {
    const LEAST: i128;
    const MOST: i128;
}

macro_rules! bounds {
    ($($type:ty)*) => {
        $(impl Bounds for $type {
            const LEAST: i128 = <$type>::MIN as i128;
            const MOST: i128 = <$type>::MAX as i128;
        })*
    };
}
bounds!(i8 u8 i16 u16 i32 u32 i64 u64);

/// The type a client library sends an integer as.
pub(super) fn integer(number: i64) -> Value {
    i32::try_from(number).map_or(Value::I64(number), Value::I32)
}

/// What a bare word stands for; `None` when it begins like a number and is not
/// one, which is kept free for what a later version may want to say.
fn plain(text: &str) -> Option<Value> {
    match text {
        "true" => return Some(Value::Bool(true)),
        "false" => return Some(Value::Bool(false)),
        _ => {}
    }
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !body.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Some(Value::str(text));
    }
    if body.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(integer);
    }
    let bits = is_decimal(text).then(|| decimal::read(text, decimal::DOUBLE)).flatten()?;
    let number = f64::from_bits(bits);
    number.is_finite().then_some(Value::F64(number))
}

fn is_decimal(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    body.starts_with(|c: char| c.is_ascii_digit())
        && body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'-' | b'+'))
}

/// A value as [`Cursor::value`] reads it.
#[must_use]
pub fn print(value: &Value) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::I8(n) => format!("byte({n})"),
        Value::U8(n) => format!("unsignedbyte({n})"),
        Value::I16(n) => format!("short({n})"),
        Value::U16(n) => format!("unsignedshort({n})"),
        Value::I32(n) => n.to_string(),
        Value::U32(n) => format!("unsignedint({n})"),
        Value::I64(n) if i32::try_from(*n).is_err() => n.to_string(),
        Value::I64(n) => format!("long({n})"),
        Value::F32(n) if n.is_finite() => format!("float({})", decimal::single(n.to_bits())),
        Value::F32(n) => format!("float(\"{:08x}\")", n.to_bits()),
        Value::F64(n) if n.is_finite() => decimal::double(n.to_bits()),
        Value::F64(n) => format!("double(\"{:016x}\")", n.to_bits()),
        Value::Decimal { scale, value } => format!("decimal({value}, {scale})"),
        Value::LongStr(text) => match text.as_str() {
            Some(text) => quoted(text),
            None => format!("octets(\"{}\")", hex(text)),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(print).collect();
            format!("array({})", items.join(", "))
        }
        Value::Timestamp(n) => format!("timestamp({n})"),
        Value::Table(table) => {
            let entries: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{} {}", name(key), print(value)))
                .collect();
            format!("table({})", entries.join(", "))
        }
        Value::Binary(octets) => format!("binary(\"{}\")", hex(octets)),
        Value::Void => "void()".to_string(),
    }
}

fn hex(octets: &Bytes) -> String {
    octets.0.iter().fold(String::new(), |mut out, octet| {
        let _ = write!(out, "{octet:02x}");
        out
    })
}
