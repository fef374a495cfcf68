//! Tables and properties between the core's types and another codec's.

use amq_protocol::protocol::basic::AMQPProperties;
use amq_protocol::types::{
    AMQPValue, ByteArray, DecimalValue, FieldArray, FieldTable, LongString, ShortString,
};
use warren_core::broker::{Bytes, Name, Properties, Table, Value};

pub(super) fn short(name: &str) -> ShortString {
    ShortString::from(name)
}

pub(super) fn name(short: &ShortString) -> Name {
    Name::from(short.as_str())
}

pub(super) fn out(table: &Table) -> FieldTable {
    let mut fields = FieldTable::default();
    for (key, value) in table.iter() {
        fields.insert(short(key), value_out(value));
    }
    fields
}

fn value_out(value: &Value) -> AMQPValue {
    match value {
        Value::Bool(b) => AMQPValue::Boolean(*b),
        Value::I8(n) => AMQPValue::ShortShortInt(*n),
        Value::U8(n) => AMQPValue::ShortShortUInt(*n),
        Value::I16(n) => AMQPValue::ShortInt(*n),
        Value::U16(n) => AMQPValue::ShortUInt(*n),
        Value::I32(n) => AMQPValue::LongInt(*n),
        Value::U32(n) => AMQPValue::LongUInt(*n),
        Value::I64(n) => AMQPValue::LongLongInt(*n),
        Value::F32(n) => AMQPValue::Float(*n),
        Value::F64(n) => AMQPValue::Double(*n),
        Value::Decimal { scale, value } => {
            AMQPValue::DecimalValue(DecimalValue { scale: *scale, value: *value })
        }
        Value::LongStr(text) => AMQPValue::LongString(LongString::from(text.0.to_vec())),
        Value::Array(items) => {
            let items: Vec<AMQPValue> = items.iter().map(value_out).collect();
            AMQPValue::FieldArray(FieldArray::from(items))
        }
        Value::Timestamp(seconds) => AMQPValue::Timestamp(*seconds),
        Value::Table(table) => AMQPValue::FieldTable(out(table)),
        Value::Binary(octets) => AMQPValue::ByteArray(ByteArray::from(octets.0.to_vec())),
        Value::Void => AMQPValue::Void,
    }
}

fn table(fields: &FieldTable) -> Table {
    Table(fields.inner().iter().map(|(key, field)| (name(key), value(field))).collect())
}

fn value(field: &AMQPValue) -> Value {
    match field {
        AMQPValue::Boolean(b) => Value::Bool(*b),
        AMQPValue::ShortShortInt(n) => Value::I8(*n),
        AMQPValue::ShortShortUInt(n) => Value::U8(*n),
        AMQPValue::ShortInt(n) => Value::I16(*n),
        AMQPValue::ShortUInt(n) => Value::U16(*n),
        AMQPValue::LongInt(n) => Value::I32(*n),
        AMQPValue::LongUInt(n) => Value::U32(*n),
        AMQPValue::LongLongInt(n) => Value::I64(*n),
        AMQPValue::Float(n) => Value::F32(*n),
        AMQPValue::Double(n) => Value::F64(*n),
        AMQPValue::DecimalValue(n) => Value::Decimal { scale: n.scale, value: n.value },
        AMQPValue::ShortString(text) => Value::str(text.as_str()),
        AMQPValue::LongString(text) => Value::LongStr(Bytes::from(text.as_bytes().to_vec())),
        AMQPValue::FieldArray(items) => Value::Array(items.as_slice().iter().map(value).collect()),
        AMQPValue::Timestamp(seconds) => Value::Timestamp(*seconds),
        AMQPValue::FieldTable(fields) => Value::Table(table(fields)),
        AMQPValue::ByteArray(octets) => Value::Binary(Bytes::from(octets.as_slice().to_vec())),
        AMQPValue::Void => Value::Void,
    }
}

pub(super) fn properties_out(from: &Properties) -> AMQPProperties {
    let mut to = AMQPProperties::default();
    macro_rules! set {
        ($($field:ident $with:ident $how:expr;)*) => {
            $(if let Some(value) = &from.$field { to = to.$with($how(value)); })*
        };
    }
    let text = |name: &Name| short(name);
    set! {
        content_type with_content_type text;
        content_encoding with_content_encoding text;
        headers with_headers out;
        delivery_mode with_delivery_mode |n: &u8| *n;
        priority with_priority |n: &u8| *n;
        correlation_id with_correlation_id text;
        reply_to with_reply_to text;
        expiration with_expiration text;
        message_id with_message_id text;
        timestamp with_timestamp |n: &u64| *n;
        kind with_type text;
        user_id with_user_id text;
        app_id with_app_id text;
        cluster_id with_cluster_id text;
    }
    to
}

pub(super) fn properties(from: &AMQPProperties) -> Properties {
    let text = |short: &Option<ShortString>| short.as_ref().map(name);
    Properties {
        content_type: text(from.content_type()),
        content_encoding: text(from.content_encoding()),
        headers: from.headers().as_ref().map(table),
        delivery_mode: *from.delivery_mode(),
        priority: *from.priority(),
        correlation_id: text(from.correlation_id()),
        reply_to: text(from.reply_to()),
        expiration: text(from.expiration()),
        message_id: text(from.message_id()),
        timestamp: *from.timestamp(),
        kind: text(from.kind()),
        user_id: text(from.user_id()),
        app_id: text(from.app_id()),
        cluster_id: text(from.cluster_id()),
    }
}
