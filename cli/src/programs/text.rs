//! Lines of code, and the texts of a scenario in them.

use core::fmt::Write as _;
use warren_core::unseen::acts_unseen;

/// A piece of a text with places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// `{n}`
    Number,
    /// `{key}`
    Key,
    /// `{client}`
    Client,
    /// `{body}`
    Body,
}

/// The pieces of a template. What is known already is filled in.
pub(super) fn parts(template: &str, client: Option<&str>, key: Option<&str>) -> Vec<Part> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    let known = |found: Option<&str>, part| found.map_or(part, |t| Part::Text(t.to_owned()));
    while let Some(first) = rest.chars().next() {
        let place = [
            ("{n}", Part::Number),
            ("{key}", known(key, Part::Key)),
            ("{client}", known(client, Part::Client)),
            ("{body}", Part::Body),
        ]
        .into_iter()
        .find(|(place, _)| rest.starts_with(place));
        match place {
            Some((place, Part::Text(found))) => {
                text.push_str(&found);
                rest = &rest[place.len()..];
            }
            Some((place, part)) => {
                out.extend((!text.is_empty()).then(|| Part::Text(core::mem::take(&mut text))));
                out.push(part);
                rest = &rest[place.len()..];
            }
            None => {
                text.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out.extend((!text.is_empty()).then_some(Part::Text(text)));
    out
}

/// The text, when nothing in it has to be filled in.
pub(super) fn fixed(parts: &[Part]) -> Option<&str> {
    match parts {
        [] => Some(""),
        [Part::Text(text)] => Some(text),
        _ => None,
    }
}

/// `{body}` where no message came in is only text.
pub(super) fn without_body(parts: Vec<Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for part in parts {
        let text = match part {
            Part::Body => "{body}".to_owned(),
            Part::Text(text) => text,
            other => {
                out.push(other);
                continue;
            }
        };
        match out.last_mut() {
            Some(Part::Text(before)) => before.push_str(&text),
            _ => out.push(Part::Text(text)),
        }
    }
    out
}

/// `name_of_something` as `nameOfSomething`.
pub(super) fn camel(words: &str) -> String {
    let mut out = String::new();
    for (index, word) in words.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if index > 0 => out.push(first.to_ascii_uppercase()),
            Some(first) => out.push(first),
            None => {}
        }
        out.push_str(letters.as_str());
    }
    out
}

/// The same as `NameOfSomething`.
pub(super) fn pascal(words: &str) -> String {
    camel(&format!("_{words}"))
}

/// A text between quotes. `escape` writes what is neither a quote, a backslash,
/// nor a line's end or a tab, and must not stand there by itself.
pub(super) fn quoted(text: &str, escape: impl Fn(&mut String, char)) -> String {
    format!("\"{}\"", escaped(text, escape))
}

/// The same, without the quotes.
pub(super) fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if acts_unseen(c) => escape(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

/// `\u202e`, and two of them for what needs more than four digits.
pub(super) fn utf16(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// `\u{202e}`
pub(super) fn braces(out: &mut String, c: char) {
    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
}

/// Lines with their indentation.
pub(super) struct Code {
    out: String,
    depth: usize,
    indent: &'static str,
}

impl Code {
    pub(super) fn new(indent: &'static str) -> Self {
        Self { out: String::new(), depth: 0, indent }
    }

    /// One line, or several as they are.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        for line in text.as_ref().lines() {
            if !line.is_empty() {
                self.out.extend(std::iter::repeat_n(self.indent, self.depth));
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    /// A line, and what follows is deeper.
    pub(super) fn open(&mut self, text: impl AsRef<str>) {
        self.line(text);
        self.depth += 1;
    }

    pub(super) fn deeper(&mut self, by: usize) {
        self.depth += by;
    }

    pub(super) fn shallower(&mut self, by: usize) {
        self.depth = self.depth.saturating_sub(by);
    }

    /// Back again, with a line when there is one.
    pub(super) fn close(&mut self, text: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(text);
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_falls_into_pieces() {
        let text = |t: &str| Part::Text(t.to_owned());
        assert_eq!(
            parts("a{n}b{client}{x}{body}", Some("shop"), None),
            [text("a"), Part::Number, text("bshop{x}"), Part::Body]
        );
        assert_eq!(parts("{key}", None, Some("k")), [text("k")]);
        assert_eq!(parts("", None, None), []);
        assert_eq!(without_body(parts("<{body}>", None, None)), [text("<{body}>")]);
    }

    #[test]
    fn names_take_each_language_s_shape() {
        assert_eq!(camel("orders_service_consumes"), "ordersServiceConsumes");
        assert_eq!(pascal("orders_service_consumes"), "OrdersServiceConsumes");
    }
}
