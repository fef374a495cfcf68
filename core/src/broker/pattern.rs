//! The regular expressions of policies: unanchored, and matched in time that
//! grows with pattern times text, never faster than that.

use core::hash::{Hash, Hasher};

/// How large a pattern may get when its repetitions are written out.
const MAX_SIZE: usize = 10_000;

/// How deep groups may be nested.
const MAX_DEPTH: usize = 50;

/// A compiled regular expression: literals, `.`, classes, groups, `|`, `*`,
/// `+`, `?`, `{m,n}`, anchors, and the escapes `\d \w \s` and their opposites.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    source: String,
    program: Vec<Step>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.hash(state);
    }
}

#[derive(Clone, Debug)]
enum Step {
    One(Class),
    Start,
    End,
    Split(u32, u32),
    Jump(u32),
    Match,
}

/// Where the program goes on, one after another.
type Threads = Vec<u32>;

/// A set of characters.
#[derive(Clone, Debug, Default)]
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    fn has(&self, c: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != self.negated
    }
}

#[derive(Clone, Debug)]
enum Node {
    Empty,
    One(Class),
    Start,
    End,
    Chain(Vec<Self>),
    Either(Vec<Self>),
    Repeat(Box<Self>, u32, Option<u32>),
}

impl Pattern {
    /// Compiles `source`.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub(crate) fn new(source: &str) -> Result<Self, String> {
        let mut parser = Parser { rest: source.chars().collect(), at: 0 };
        let node = parser.either(0)?;
        if parser.at < parser.rest.len() {
            return Err("unmatched parentheses".into());
        }
        let mut program = Vec::new();
        compile(&node, &mut program)?;
        program.push(Step::Match);
        Ok(Self { source: source.to_owned(), program })
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        let characters: Vec<char> = text.chars().collect();
        let mut threads = Threads::new();
        for at in 0..=characters.len() {
            let (start, end) = (at == 0, at == characters.len());
            let mut seen = vec![false; self.program.len()];
            let mut ready = Threads::new();
            threads.push(0);
            for thread in threads.drain(..) {
                if self.follow(thread, start, end, &mut seen, &mut ready) {
                    return true;
                }
            }
            let Some(c) = characters.get(at) else { break };
            threads.extend(ready.into_iter().filter_map(|step| {
                match &self.program[step as usize] {
                    Step::One(class) if class.has(*c) => Some(step + 1),
                    _ => None,
                }
            }));
        }
        false
    }

    /// Goes through everything that needs no character; true when that leads
    /// to a match.
    fn follow(
        &self,
        from: u32,
        start: bool,
        end: bool,
        seen: &mut [bool],
        ready: &mut Threads,
    ) -> bool {
        let mut open = vec![from];
        while let Some(step) = open.pop() {
            if core::mem::replace(&mut seen[step as usize], true) {
                continue;
            }
            match &self.program[step as usize] {
                Step::Match => return true,
                Step::Jump(to) => open.push(*to),
                Step::Split(a, b) => open.extend([*b, *a]),
                Step::Start if start => open.push(step + 1),
                Step::End if end => open.push(step + 1),
                Step::Start | Step::End => {}
                Step::One(_) => ready.push(step),
            }
        }
        false
    }
}

/// How long a program is: [`MAX_SIZE`] keeps it far below the limit.
fn length(program: &[Step]) -> u32 {
    u32::try_from(program.len()).unwrap_or(u32::MAX)
}

fn compile(node: &Node, program: &mut Vec<Step>) -> Result<(), String> {
    if program.len() > MAX_SIZE {
        return Err("regular expression is too large".into());
    }
    match node {
        Node::Empty => {}
        Node::One(class) => program.push(Step::One(class.clone())),
        Node::Start => program.push(Step::Start),
        Node::End => program.push(Step::End),
        Node::Chain(nodes) => {
            for node in nodes {
                compile(node, program)?;
            }
        }
        Node::Either(nodes) => {
            let mut jumps = Vec::new();
            for (at, node) in nodes.iter().enumerate() {
                let split = length(program);
                let last = at + 1 == nodes.len();
                if !last {
                    program.push(Step::Match);
                }
                compile(node, program)?;
                if !last {
                    jumps.push(length(program));
                    program.push(Step::Match);
                    program[split as usize] = Step::Split(split + 1, length(program));
                }
            }
            let end = length(program);
            for jump in jumps {
                program[jump as usize] = Step::Jump(end);
            }
        }
        Node::Repeat(node, least, most) => {
            for _ in 0..*least {
                compile(node, program)?;
            }
            match most {
                None => {
                    let split = length(program);
                    program.push(Step::Match);
                    compile(node, program)?;
                    program.push(Step::Jump(split));
                    program[split as usize] = Step::Split(split + 1, length(program));
                }
                Some(most) => {
                    let mut splits = Vec::new();
                    for _ in *least..*most {
                        splits.push(length(program));
                        program.push(Step::Match);
                        compile(node, program)?;
                    }
                    let end = length(program);
                    for split in splits {
                        program[split as usize] = Step::Split(split + 1, end);
                    }
                }
            }
        }
    }
    Ok(())
}

struct Parser {
    rest: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn either(&mut self, depth: usize) -> Result<Node, String> {
        if depth > MAX_DEPTH {
            return Err("regular expression is nested too deeply".into());
        }
        let mut options = vec![self.chain(depth)?];
        while self.eat('|') {
            options.push(self.chain(depth)?);
        }
        Ok(match options.len() {
            1 => options.remove(0),
            _ => Node::Either(options),
        })
    }

    fn chain(&mut self, depth: usize) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) {
            self.at += 1;
            let node = match c {
                '(' => {
                    if self.eat('?') && !self.eat(':') {
                        return Err("only groups of the form (?:...) are supported".into());
                    }
                    let node = self.either(depth + 1)?;
                    if !self.eat(')') {
                        return Err("missing )".into());
                    }
                    node
                }
                '.' => Node::One(Class { negated: true, ranges: vec![('\n', '\n')] }),
                '[' => Node::One(self.class()?),
                '^' => Node::Start,
                '$' => Node::End,
                '\\' => Node::One(self.escape()?),
                '*' | '+' | '?' => return Err("nothing to repeat".into()),
                c => Node::One(Class { negated: false, ranges: vec![(c, c)] }),
            };
            nodes.push(self.repeated(node)?);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Chain(nodes),
        })
    }

    fn repeated(&mut self, mut node: Node) -> Result<Node, String> {
        loop {
            let (least, most) = match self.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => match self.counts() {
                    Some(counts) => counts,
                    None => return Ok(node),
                },
                _ => return Ok(node),
            };
            self.at += 1;
            if most.is_some_and(|most| most < least) || least > 1_000 || most > Some(1_000) {
                return Err("bad number of repetitions".into());
            }
            // Lazy or possessive: the same texts match.
            let _ = self.eat('?') || self.eat('+');
            node = Node::Repeat(Box::new(node), least, most);
        }
    }

    /// `{m}`, `{m,}` or `{m,n}`, up to the closing brace; else a literal brace.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let close = self.rest[self.at..].iter().position(|c| *c == '}')? + self.at;
        let inner: String = self.rest[self.at + 1..close].iter().collect();
        let (least, most) = match inner.split_once(',') {
            None => (inner.parse().ok()?, Some(inner.parse().ok()?)),
            Some((least, "")) => (least.parse().ok()?, None),
            Some((least, most)) => (least.parse().ok()?, Some(most.parse().ok()?)),
        };
        self.at = close;
        Some((least, most))
    }

    fn class(&mut self) -> Result<Class, String> {
        let mut class = Class { negated: self.eat('^'), ranges: Vec::new() };
        let mut first = true;
        loop {
            let c = self.take().ok_or("missing terminating ] for character class")?;
            match c {
                ']' if !first => return Ok(class),
                '\\' => {
                    let escaped = self.escape()?;
                    if escaped.negated {
                        return Err("negated escapes inside a class are not supported".into());
                    }
                    class.ranges.extend(escaped.ranges);
                }
                low => {
                    let dash = self.peek() == Some('-');
                    let ends = self.rest.get(self.at + 1).is_none_or(|c| *c == ']');
                    let mut high = low;
                    if dash && !ends {
                        self.at += 1;
                        high = self.take().unwrap_or(low);
                    }
                    if high < low {
                        return Err("range out of order in character class".into());
                    }
                    class.ranges.push((low, high));
                }
            }
            first = false;
        }
    }

    fn escape(&mut self) -> Result<Class, String> {
        let c = self.take().ok_or("\\ at end of pattern")?;
        let ranges = match c.to_ascii_lowercase() {
            'd' => vec![('0', '9')],
            'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
            's' => vec![(' ', ' '), ('\t', '\r')],
            'n' if c == 'n' => vec![('\n', '\n')],
            't' if c == 't' => vec![('\t', '\t')],
            'r' if c == 'r' => vec![('\r', '\r')],
            _ if c.is_ascii_alphanumeric() => {
                return Err(format!("\\{c} is not supported"));
            }
            _ => vec![(c, c)],
        };
        Ok(Class { negated: matches!(c, 'D' | 'W' | 'S'), ranges })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_what_they_say() {
        for (pattern, yes, no) in [
            ("orders", "all-orders-eu", "order"),
            ("^q$", "q", "q1"),
            ("^(tmp|temp)\\.", "temp.x", "attemp.x"),
            ("^[a-c]+$", "abcabc", "abd"),
            ("^[^0-9]*$", "abc", "ab1"),
            ("a.c", "xabcx", "ac"),
            ("^a{2,3}$", "aaa", "aaaa"),
            ("^(ab){2}$", "abab", "ab"),
            ("^x{,2}$", "x{,2}", "xx"),
            ("^\\w+\\.\\d*$", "ab_1.", "a b.1"),
            ("", "anything", "\u{0}never-tested"),
            ("^(a*)*$", "aaaa", "aab"),
            ("^é+$", "éé", "e"),
            ("^[]x]$", "]", "y"),
            ("a|b|", "z", "\u{0}never-tested"),
        ] {
            let compiled = Pattern::new(pattern).unwrap();
            assert!(compiled.is_match(yes), "{pattern} matches {yes}");
            if !no.ends_with("never-tested") {
                assert!(!compiled.is_match(no), "{pattern} does not match {no}");
            }
        }
    }

    #[test]
    fn bad_patterns_say_why() {
        for pattern in ["(", ")", "[a", "*a", "a{3,2}", "\\", "(?=a)", "[z-a]", "\\q"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
        assert!(Pattern::new(&"(".repeat(100_000)).is_err());
        assert!(Pattern::new(&format!("{}{}", "(".repeat(40), "a{1000}){1000}")).is_err());
        assert!(Pattern::new("((a{100}){100}){100}").is_err());
    }

    #[test]
    fn no_pattern_takes_for_ever() {
        let pattern = Pattern::new("^(a?){60}a{60}$").unwrap();
        assert!(pattern.is_match(&"a".repeat(60)));
        let pattern = Pattern::new("^(a+)+$").unwrap();
        assert!(!pattern.is_match(&format!("{}b", "a".repeat(5_000))));
    }
}
