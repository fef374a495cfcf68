//! Reading a regular expression.

use super::Place;
use super::class::{self, Class};

/// How deep groups may be nested.
const MAX_DEPTH: usize = 50;

/// How often something may be repeated.
const MAX_TIMES: u32 = 1_000;

#[derive(Clone, Debug)]
pub(super) enum Node {
    Empty,
    One(Class),
    At(Place),
    Chain(Vec<Self>),
    Either(Vec<Self>),
    Repeat(Box<Self>, u32, Option<u32>),
    /// Look-ahead; whether it must not fit.
    Look(Box<Self>, bool),
}

/// One thing that a backslash can mean.
enum Escape {
    Octet(u8),
    Set(Class),
    At(Place),
}

pub(super) struct Parser<'a> {
    source: &'a [u8],
    at: usize,
    /// `(?i)`
    any_case: bool,
    /// `(?s)`
    dot_all: bool,
}

fn single(octet: u8) -> Class {
    Class::of(|other| other == octet)
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source: source.as_bytes(), at: 0, any_case: false, dot_all: false }
    }

    pub(super) fn pattern(mut self) -> Result<Node, String> {
        let node = self.either(0)?;
        if self.at < self.source.len() {
            return Err(format!("unmatched ) at octet {}", self.at + 1));
        }
        Ok(node)
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let octet = self.peek()?;
        self.at += 1;
        Some(octet)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.source[self.at..].starts_with(text.as_bytes());
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn either(&mut self, depth: usize) -> Result<Node, String> {
        if depth > MAX_DEPTH {
            return Err("its groups are nested too deeply".into());
        }
        // Options end with the group that they are in.
        let options_before = (self.any_case, self.dot_all);
        let mut options = vec![self.chain(depth)?];
        while self.eat("|") {
            options.push(self.chain(depth)?);
        }
        (self.any_case, self.dot_all) = options_before;
        Ok(if options.len() == 1 { options.remove(0) } else { Node::Either(options) })
    }

    fn chain(&mut self, depth: usize) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while let Some(octet) = self.peek().filter(|octet| !matches!(octet, b'|' | b')')) {
            let start = self.at;
            self.at += 1;
            let node = match octet {
                b'(' => match self.group(depth)? {
                    Some(node) => node,
                    None => continue,
                },
                b'.' if self.dot_all => Node::One(Class::of(|_| true)),
                b'.' => Node::One(Class::of(|octet| octet != b'\n')),
                b'[' => Node::One(self.class(start)?),
                b'^' => Node::At(Place::Start),
                b'$' => Node::At(Place::End),
                b'\\' if self.eat("Q") => {
                    self.literal(&mut nodes)?;
                    continue;
                }
                b'\\' if self.eat("E") => continue,
                b'\\' => match self.escape()? {
                    Escape::Octet(octet) => self.octet(octet),
                    Escape::Set(class) => Node::One(class),
                    Escape::At(place) => Node::At(place),
                },
                b'*' | b'+' | b'?' => {
                    return Err(format!("nothing to repeat at octet {}", self.at));
                }
                b'{' if self.is_repetition(start) => {
                    return Err(format!("nothing to repeat at octet {}", self.at));
                }
                octet => self.octet(octet),
            };
            nodes.push(self.repeated(node)?);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Chain(nodes),
        })
    }

    /// An octet, in both cases where that is asked for.
    fn octet(&self, octet: u8) -> Node {
        let class = single(octet);
        Node::One(if self.any_case { class.without_case() } else { class })
    }

    /// What follows an opening parenthesis; `None` for options, which hold for
    /// the rest of the group they stand in.
    fn group(&mut self, depth: usize) -> Result<Option<Node>, String> {
        let before = (self.any_case, self.dot_all);
        let look = if self.eat("?=") {
            Some(false)
        } else if self.eat("?!") {
            Some(true)
        } else {
            None
        };
        if look.is_none() && self.eat("?") && !self.eat(":") {
            let named = self.eat("P<") || self.peek() == Some(b'<') && self.is_name_next();
            if named {
                let close = self.source[self.at..].iter().position(|octet| *octet == b'>');
                self.at += close.ok_or("a group's name has no end")? + 1;
            } else if self.options()? {
                return Ok(None);
            }
        }
        let node = self.either(depth + 1)?;
        if !self.eat(")") {
            return Err("a group has no end: missing )".into());
        }
        (self.any_case, self.dot_all) = before;
        Ok(Some(match look {
            Some(negated) => Node::Look(Box::new(node), negated),
            None => node,
        }))
    }

    fn is_name_next(&self) -> bool {
        !matches!(self.source.get(self.at + 1), Some(b'=' | b'!'))
    }

    /// `i`, `s`, `-i` up to `)` or `:`; whether they stand alone.
    fn options(&mut self) -> Result<bool, String> {
        let mut on = true;
        loop {
            match self.take() {
                Some(b'-') => on = false,
                Some(b'i') => self.any_case = on,
                Some(b's') => self.dot_all = on,
                Some(b')') => return Ok(true),
                Some(b':') => return Ok(false),
                _ => {
                    return Err("of groups that begin with (? only (?:...), (?=...), (?!...), \
                                (?<name>...) and the options i and s are supported"
                        .into());
                }
            }
        }
    }

    /// `\Q...\E`
    fn literal(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        while self.at < self.source.len() {
            if self.eat("\\E") {
                if let Some(last) = nodes.pop() {
                    nodes.push(self.repeated(last)?);
                }
                return Ok(());
            }
            let octet = self.take().unwrap_or_default();
            nodes.push(self.octet(octet));
        }
        Ok(())
    }

    fn repeated(&mut self, node: Node) -> Result<Node, String> {
        let Some((least, most)) = self.repetition() else { return Ok(node) };
        if matches!(node, Node::At(_)) {
            return Err(format!("nothing to repeat at octet {}", self.at));
        }
        if most.is_some_and(|most| most < least) || least > MAX_TIMES || most > Some(MAX_TIMES) {
            return Err(format!("bad number of repetitions; {MAX_TIMES} is the most here"));
        }
        if self.eat("+") {
            let what = "repetitions that give nothing back (a ++ or *+) are not supported";
            return Err(what.into());
        }
        // As few as possible: the same texts match.
        let _ = self.eat("?");
        if self.repetition().is_some() {
            return Err(format!("nothing to repeat at octet {}", self.at));
        }
        Ok(Node::Repeat(Box::new(node), least, most))
    }

    /// Whether a brace that begins at `start` says how often.
    fn is_repetition(&mut self, start: usize) -> bool {
        let at = core::mem::replace(&mut self.at, start);
        let found = self.counts().is_some();
        self.at = at;
        found
    }

    /// How often what stands before is repeated, if that is said.
    fn repetition(&mut self) -> Option<(u32, Option<u32>)> {
        let counts = match self.peek()? {
            b'*' => (0, None),
            b'+' => (1, None),
            b'?' => (0, Some(1)),
            b'{' => self.counts()?,
            _ => return None,
        };
        self.at += 1;
        Some(counts)
    }

    /// `{m}`, `{m,}` or `{m,n}`, up to the closing brace; else a literal brace.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let close = self.source[self.at..].iter().position(|octet| *octet == b'}')? + self.at;
        let inner = core::str::from_utf8(&self.source[self.at + 1..close]).ok()?;
        let number = |text: &str| match text.bytes().all(|octet| octet.is_ascii_digit()) {
            true if !text.is_empty() => Some(text.parse().unwrap_or(u32::MAX)),
            _ => None,
        };
        let (least, most) = match inner.split_once(',') {
            None => (number(inner)?, Some(number(inner)?)),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        self.at = close;
        Some((least, most))
    }

    fn class(&mut self, start: usize) -> Result<Class, String> {
        let negated = self.eat("^");
        let mut class = Class::default();
        let mut first = true;
        loop {
            let unfinished = || format!("the [ at octet {} has no ]", start + 1);
            let octet = self.take().ok_or_else(unfinished)?;
            let low = match octet {
                b']' if !first => break,
                b'[' if matches!(self.peek(), Some(b':' | b'.' | b'=')) => {
                    if self.posix(&mut class)? {
                        first = false;
                        continue;
                    }
                    octet
                }
                b'\\' => match self.escape_in_class()? {
                    Escape::Octet(octet) => octet,
                    Escape::Set(set) => {
                        class.extend(|octet| set.has(octet));
                        first = false;
                        continue;
                    }
                    Escape::At(_) => return Err("a place cannot stand inside [ ]".into()),
                },
                octet => octet,
            };
            first = false;
            class.add(low..=self.range_end(low)?);
        }
        if self.any_case {
            class = class.without_case();
        }
        if negated {
            class.negate();
        }
        Ok(class)
    }

    /// The end of a range that begins with `low`, or `low` itself.
    fn range_end(&mut self, low: u8) -> Result<u8, String> {
        let ends = matches!(self.source.get(self.at + 1), None | Some(b']'));
        if self.peek() != Some(b'-') || ends {
            return Ok(low);
        }
        self.at += 1;
        let high = match self.take() {
            Some(b'\\') => match self.escape_in_class()? {
                Escape::Octet(octet) => octet,
                _ => return Err("a range in [ ] ends with a set".into()),
            },
            Some(b'[') if matches!(self.peek(), Some(b':' | b'.' | b'=')) => {
                return Err("a range in [ ] ends with a set".into());
            }
            octet => octet.unwrap_or(low),
        };
        if high < low {
            return Err("a range in [ ] is out of order".into());
        }
        Ok(high)
    }

    /// `[:alpha:]` after its first bracket; false when it is none.
    fn posix(&mut self, class: &mut Class) -> Result<bool, String> {
        let rest = &self.source[self.at..];
        let Some(close) = rest.windows(2).position(|pair| pair == b":]") else {
            return Ok(false);
        };
        let name = core::str::from_utf8(&rest[1..close.max(1)]).unwrap_or_default();
        let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        if rest[0] != b':' || !name.bytes().all(|octet| octet.is_ascii_lowercase()) {
            return Ok(false);
        }
        let set = class::named(name).ok_or_else(|| format!("there is no set [:{name}:]"))?;
        class.extend(|octet| set.has(octet) != negated);
        self.at += close + 2;
        Ok(true)
    }

    fn escape_in_class(&mut self) -> Result<Escape, String> {
        if self.eat("b") { Ok(Escape::Octet(8)) } else { self.escape() }
    }

    fn escape(&mut self) -> Result<Escape, String> {
        let octet = self.take().ok_or("a \\ stands at the end")?;
        if let Some(mut set) = class::escaped(octet.to_ascii_lowercase()) {
            if octet.is_ascii_uppercase() {
                set.negate();
            }
            return Ok(Escape::Set(set));
        }
        Ok(match octet {
            b'N' => Escape::Set(Class::of(|octet| octet != b'\n')),
            b'n' => Escape::Octet(b'\n'),
            b'r' => Escape::Octet(b'\r'),
            b't' => Escape::Octet(b'\t'),
            b'a' => Escape::Octet(7),
            b'e' => Escape::Octet(27),
            b'f' => Escape::Octet(12),
            b'x' => Escape::Octet(self.hexadecimal()?),
            b'A' => Escape::At(Place::Start),
            b'Z' => Escape::At(Place::End),
            b'z' => Escape::At(Place::VeryEnd),
            b'b' => Escape::At(Place::WordEdge),
            b'B' => Escape::At(Place::NoWordEdge),
            octet if octet.is_ascii_alphanumeric() => {
                return Err(format!("\\{} is not supported", char::from(octet)));
            }
            octet => Escape::Octet(octet),
        })
    }

    /// Up to two digits.
    fn hexadecimal(&mut self) -> Result<u8, String> {
        if self.peek() == Some(b'{') {
            return Err("\\x{...} is not supported".into());
        }
        let mut value = 0;
        for _ in 0..2 {
            let digit = self.peek().and_then(|octet| char::from(octet).to_digit(16));
            let Some(digit) = digit.and_then(|digit| u8::try_from(digit).ok()) else { break };
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }
}
