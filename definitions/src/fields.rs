//! Fields of JSON objects, read with the place where they stand.

use crate::{Error, Ignored};
use serde_json::{Map, Value as Json};
use warren_core::broker::{Bytes, Name, Table, Value};

/// Names and keys have this many octets at most (AMQP 0-9-1, short strings).
const LONGEST_NAME: usize = 255;

/// One object of a file, and where it stands.
pub(crate) struct Fields<'a> {
    pub(crate) path: String,
    object: &'a Map<String, Json>,
}

/// The objects of a list at the top of a file; none when there is no such list.
pub(crate) fn list<'a>(file: &'a Map<String, Json>, name: &str) -> Result<Vec<Fields<'a>>, Error> {
    let path = format!("$.{name}");
    let items = match file.get(name) {
        None => return Ok(Vec::new()),
        Some(Json::Array(items)) => items,
        Some(other) => return Err(wrong(&path, "a list", other)),
    };
    let one = |(at, item): (usize, &'a Json)| {
        let path = format!("{path}[{at}]");
        match item {
            Json::Object(object) => Ok(Fields { path, object }),
            other => Err(wrong(&path, "an object", other)),
        }
    };
    items.iter().enumerate().map(one).collect()
}

fn wrong(path: &str, wanted: &str, found: &Json) -> Error {
    let found = match found {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    Error::new(path, format!("this should be {wanted} and is {found}"))
}

impl<'a> Fields<'a> {
    pub(crate) const fn new(path: String, object: &'a Map<String, Json>) -> Self {
        Self { path, object }
    }

    pub(crate) fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Json> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn error(&self, what: impl Into<String>) -> Error {
        Error::new(&self.path, what)
    }

    /// Lists the fields that are not among `known`.
    pub(crate) fn only(&self, known: &[&str], ignored: &mut Vec<Ignored>) {
        for name in self.object.keys().filter(|name| !known.contains(&name.as_str())) {
            let why = "not known here".to_owned();
            ignored.push(Ignored { path: self.at(name), why });
        }
    }

    /// An object inside.
    pub(crate) fn inner(&self, name: &str) -> Result<Option<Self>, Error> {
        match self.get(name) {
            None => Ok(None),
            // Erlang does not tell an empty list from an empty object.
            Some(Json::Array(items)) if items.is_empty() => Ok(None),
            Some(Json::Object(object)) => Ok(Some(Fields { path: self.at(name), object })),
            Some(other) => Err(wrong(&self.at(name), "an object", other)),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Result<&'a str, Error> {
        match self.get(name) {
            Some(Json::String(text)) => Ok(text),
            Some(other) => Err(wrong(&self.at(name), "a text", other)),
            None => Err(Error::new(&self.at(name), "this is missing")),
        }
    }

    pub(crate) fn text_or(&self, name: &str, otherwise: &'a str) -> Result<&'a str, Error> {
        if self.get(name).is_none() { Ok(otherwise) } else { self.text(name) }
    }

    /// A text that fits into AMQP's names.
    pub(crate) fn name(&self, name: &str) -> Result<Name, Error> {
        let text = self.text(name)?;
        if text.len() > LONGEST_NAME {
            let what = format!("a name has {LONGEST_NAME} octets at most, this has {}", text.len());
            return Err(Error::new(&self.at(name), what));
        }
        Ok(Name::from(text))
    }

    pub(crate) fn flag(&self, name: &str, otherwise: bool) -> Result<bool, Error> {
        match self.get(name) {
            None => Ok(otherwise),
            Some(Json::Bool(flag)) => Ok(*flag),
            Some(other) => Err(wrong(&self.at(name), "true or false", other)),
        }
    }

    pub(crate) fn integer(&self, name: &str, otherwise: i64) -> Result<i64, Error> {
        match self.get(name) {
            None => Ok(otherwise),
            Some(value) => {
                value.as_i64().ok_or_else(|| wrong(&self.at(name), "a whole number", value))
            }
        }
    }

    /// A limit; a negative number is none.
    pub(crate) fn limit(&self, name: &str) -> Result<Option<u32>, Error> {
        let number = self.integer(name, -1)?;
        if number > i64::from(u32::MAX) {
            return Err(Error::new(&self.at(name), "this number is too large"));
        }
        Ok(u32::try_from(number).ok())
    }

    /// Tags: a list, or a text with commas as old versions write it.
    pub(crate) fn tags(&self, name: &str) -> Result<Vec<Name>, Error> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Json::String(text)) => Ok(text
                .split(',')
                .map(str::trim)
                .filter(|tag| !tag.is_empty())
                .map(Name::from)
                .collect()),
            Some(Json::Array(items)) => {
                let tag = |(at, item): (usize, &Json)| {
                    let path = format!("{}[{at}]", self.at(name));
                    item.as_str().map(Name::from).ok_or_else(|| wrong(&path, "a text", item))
                };
                items.iter().enumerate().map(tag).collect()
            }
            Some(other) => Err(wrong(&self.at(name), "a list of texts", other)),
        }
    }

    /// An AMQP table (`rabbit_misc:to_amqp_table`).
    pub(crate) fn table(&self, name: &str) -> Result<Table, Error> {
        match self.inner(name)? {
            None => Ok(Table::new()),
            Some(inner) => inner.as_table(),
        }
    }

    pub(crate) fn as_table(&self) -> Result<Table, Error> {
        let mut table = Table::new();
        for (name, value) in self.object {
            let path = self.at(name);
            if name.len() > LONGEST_NAME {
                let what = format!("a name has {LONGEST_NAME} octets at most");
                return Err(Error::new(&path, what));
            }
            table.set(name, value_of(&path, value)?);
        }
        Ok(table)
    }
}

/// Whole numbers become 64 bits wide, others doubles.
fn value_of(path: &str, value: &Json) -> Result<Value, Error> {
    Ok(match value {
        Json::Null => return Err(Error::new(path, "RabbitMQ takes no null here: leave it out")),
        Json::Bool(flag) => Value::Bool(*flag),
        Json::String(text) => Value::LongStr(Bytes::from(text.as_str())),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::I64(whole),
            (None, Some(number)) if !value.is_u64() => Value::F64(number),
            _ => return Err(Error::new(path, "this number does not fit into 64 bits")),
        },
        Json::Array(items) => {
            let item = |(at, item)| value_of(&format!("{path}[{at}]"), item);
            Value::Array(items.iter().enumerate().map(item).collect::<Result<_, _>>()?)
        }
        Json::Object(object) => {
            let inner = Fields { path: path.to_owned(), object };
            Value::Table(inner.as_table()?)
        }
    })
}
