//! Field tables with RabbitMQ's type letters (`rabbit_binary_parser.erl`,
//! `rabbit_binary_generator.erl`), which differ from the AMQP 0-9-1 text.

use super::read::{Malformed, Reader};
use super::write::Writer;
use warren_core::broker::{Bytes, Table, Value};

/// Tables and arrays may be inside each other this often. RabbitMQ has no
/// limit; no client that means well comes near this one.
const DEEPEST: u32 = 64;

/// A table without its length, as AMQPLAIN's response is.
pub(crate) fn table_of(octets: &[u8]) -> Result<Table, Malformed> {
    entries(octets, DEEPEST)
}

fn entries(octets: &[u8], depth: u32) -> Result<Table, Malformed> {
    let mut reader = Reader::new(octets);
    let mut table = Table::new();
    while !reader.is_empty() {
        let key = reader.loose_name()?;
        table.0.push((key, value(&mut reader, depth)?));
    }
    Ok(table)
}

fn items(octets: &[u8], depth: u32) -> Result<Vec<Value>, Malformed> {
    let mut reader = Reader::new(octets);
    let mut items = Vec::new();
    while !reader.is_empty() {
        items.push(value(&mut reader, depth)?);
    }
    Ok(items)
}

fn value(reader: &mut Reader<'_>, depth: u32) -> Result<Value, Malformed> {
    let deeper = || depth.checked_sub(1).ok_or(Malformed::Table);
    Ok(match reader.octet()? {
        b't' => Value::Bool(reader.octet()? != 0),
        b'b' => Value::I8(reader.octet()? as i8),
        b'B' => Value::U8(reader.octet()?),
        b's' => Value::I16(reader.short()? as i16),
        b'u' => Value::U16(reader.short()?),
        b'I' => Value::I32(reader.long()? as i32),
        b'i' => Value::U32(reader.long()?),
        b'l' | b'L' => Value::I64(reader.long_long()? as i64),
        // Erlang has no other numbers.
        b'f' => Value::F32(finite(f32::from_bits(reader.long()?), f32::is_finite)?),
        b'd' => Value::F64(finite(f64::from_bits(reader.long_long()?), f64::is_finite)?),
        b'D' => Value::Decimal { scale: reader.octet()?, value: reader.long()? },
        b'S' => Value::LongStr(Bytes::from(reader.long_string()?.to_vec())),
        b'x' => Value::Binary(Bytes::from(reader.long_string()?.to_vec())),
        b'A' => Value::Array(items(reader.long_string()?, deeper()?)?),
        b'F' => Value::Table(entries(reader.long_string()?, deeper()?)?),
        b'T' => Value::Timestamp(reader.long_long()?),
        b'V' => Value::Void,
        _ => return Err(Malformed::Table),
    })
}

fn finite<T: Copy>(number: T, is_finite: fn(T) -> bool) -> Result<T, Malformed> {
    if is_finite(number) { Ok(number) } else { Err(Malformed::Table) }
}

impl Writer {
    /// A table with its length in front.
    pub(crate) fn table(&mut self, table: &Table) {
        self.sized(|writer| {
            for (key, value) in table.iter() {
                writer.name(key);
                writer.value(value);
            }
        });
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Bool(b) => self.tagged(b't', |w| w.octet(u8::from(*b))),
            Value::I8(n) => self.tagged(b'b', |w| w.bytes(&n.to_be_bytes())),
            Value::U8(n) => self.tagged(b'B', |w| w.octet(*n)),
            Value::I16(n) => self.tagged(b's', |w| w.bytes(&n.to_be_bytes())),
            Value::U16(n) => self.tagged(b'u', |w| w.short(*n)),
            Value::I32(n) => self.tagged(b'I', |w| w.bytes(&n.to_be_bytes())),
            Value::U32(n) => self.tagged(b'i', |w| w.long(*n)),
            Value::I64(n) => self.tagged(b'l', |w| w.bytes(&n.to_be_bytes())),
            Value::F32(n) => self.tagged(b'f', |w| w.long(n.to_bits())),
            Value::F64(n) => self.tagged(b'd', |w| w.long_long(n.to_bits())),
            Value::Decimal { scale, value } => self.tagged(b'D', |w| {
                w.octet(*scale);
                w.long(*value);
            }),
            Value::LongStr(text) => self.tagged(b'S', |w| w.long_string(&text.0)),
            Value::Binary(octets) => self.tagged(b'x', |w| w.long_string(&octets.0)),
            Value::Array(items) => self.tagged(b'A', |w| {
                w.sized(|w| items.iter().for_each(|item| w.value(item)));
            }),
            Value::Table(table) => self.tagged(b'F', |w| w.table(table)),
            Value::Timestamp(seconds) => self.tagged(b'T', |w| w.long_long(*seconds)),
            Value::Void => self.octet(b'V'),
        }
    }

    fn tagged(&mut self, letter: u8, fill: impl FnOnce(&mut Self)) {
        self.octet(letter);
        fill(self);
    }
}
