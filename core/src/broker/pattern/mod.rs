//! The regular expressions of policies and permissions: unanchored, over
//! octets, as Erlang's `re` takes them without options. What is supported means
//! what it means there; the rest is refused, never taken for something else.
//!
//! Matching takes time that grows with pattern times text, with look-ahead
//! times text once more, never faster than that.

mod class;
mod parse;

use class::Class;
use core::hash::{Hash, Hasher};
use parse::{Node, Parser};

/// How large a pattern may get when its repetitions are written out.
const MAX_SIZE: usize = 4_000;

/// A compiled regular expression: literals, `.`, classes, groups, `|`, `*`,
/// `+`, `?`, `{m,n}`, anchors, `\b`, look-ahead, `(?i)`, and the usual escapes.
/// Not back-references, look-behind, and what takes without giving back.
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

/// A place that is asserted, not an octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// `^`
    Start,
    /// `$`: the end, or before a line feed that ends the text.
    End,
    /// `\z`
    VeryEnd,
    /// `\b`
    WordEdge,
    /// `\B`
    NoWordEdge,
}

impl Place {
    fn is_at(self, text: &[u8], at: usize) -> bool {
        let word = |at: usize| text.get(at).is_some_and(|octet| class::is_word(*octet));
        let edge = || (at > 0 && word(at - 1)) != word(at);
        match self {
            Self::Start => at == 0,
            Self::End => at == text.len() || at + 1 == text.len() && text[at] == b'\n',
            Self::VeryEnd => at == text.len(),
            Self::WordEdge => edge(),
            Self::NoWordEdge => !edge(),
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    One(Class),
    At(Place),
    Split(u32, u32),
    Jump(u32),
    /// What follows up to a match has to fit here, or must not; then it goes
    /// on there.
    Look {
        negated: bool,
        then: u32,
    },
    Match,
}

impl Pattern {
    /// Compiles `source`.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, or not supported.
    pub(crate) fn new(source: &str) -> Result<Self, String> {
        let node = Parser::new(source).pattern()?;
        let mut program = Vec::new();
        compile(&node, &mut program)?;
        program.push(Step::Match);
        Ok(Self { source: source.to_owned(), program })
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        if matches!(&*self.source, ".*" | "") {
            return true;
        }
        let text = text.as_bytes();
        let cells = self.program.len() * (text.len() + 1);
        let seen = vec![0; cells.div_ceil(64)];
        let mut run = Run { program: &self.program, text, seen };
        (0..=text.len()).any(|at| run.fits(0, at, None))
    }
}

/// One match. Each pair of step and place is tried once: a second time would
/// end as the first did.
struct Run<'a> {
    program: &'a [Step],
    text: &'a [u8],
    /// One bit per step and place.
    seen: Vec<u64>,
}

impl Run<'_> {
    /// Whether the program from `step` on fits the text from `at` on. What was
    /// tried is noted in `log`, if there is one.
    fn fits(&mut self, step: u32, at: usize, mut log: Option<&mut Vec<usize>>) -> bool {
        let mut open = vec![(step, at)];
        while let Some((mut step, mut at)) = open.pop() {
            loop {
                let cell = step as usize * (self.text.len() + 1) + at;
                let (word, bit) = (cell / 64, 1_u64 << (cell % 64));
                if self.seen[word] & bit != 0 {
                    break;
                }
                self.seen[word] |= bit;
                if let Some(log) = log.as_deref_mut() {
                    log.push(cell);
                }
                match &self.program[step as usize] {
                    Step::One(class) if self.text.get(at).is_some_and(|o| class.has(*o)) => {
                        (step, at) = (step + 1, at + 1);
                    }
                    Step::At(place) if place.is_at(self.text, at) => step += 1,
                    Step::One(_) | Step::At(_) => break,
                    Step::Split(first, second) => {
                        open.push((*second, at));
                        step = *first;
                    }
                    Step::Jump(to) => step = *to,
                    Step::Look { negated, then } => {
                        let (negated, then) = (*negated, *then);
                        if self.looks(step + 1, at) == negated {
                            break;
                        }
                        step = then;
                    }
                    Step::Match => return true,
                }
            }
        }
        false
    }

    /// Looks ahead. What was tried on the way to a match is not done with.
    fn looks(&mut self, step: u32, at: usize) -> bool {
        let mut log = Vec::new();
        let found = self.fits(step, at, Some(&mut log));
        if found {
            for cell in log {
                self.seen[cell / 64] &= !(1 << (cell % 64));
            }
        }
        found
    }
}

/// Never truncates: programs stay far below the limit.
fn length(program: &[Step]) -> u32 {
    u32::try_from(program.len()).unwrap_or(u32::MAX)
}

fn compile(node: &Node, program: &mut Vec<Step>) -> Result<(), String> {
    if program.len() > MAX_SIZE {
        return Err("it is too large".into());
    }
    match node {
        Node::Empty => {}
        Node::One(class) => program.push(Step::One(class.clone())),
        Node::At(place) => program.push(Step::At(*place)),
        Node::Chain(nodes) => {
            for node in nodes {
                compile(node, program)?;
            }
        }
        Node::Either(nodes) => return compile_either(nodes, program),
        Node::Look(node, negated) => {
            let look = length(program);
            program.push(Step::Match);
            compile(node, program)?;
            program.push(Step::Match);
            let then = length(program);
            program[look as usize] = Step::Look { negated: *negated, then };
        }
        Node::Repeat(node, least, most) => {
            for _ in 0..*least {
                compile(node, program)?;
            }
            return compile_rest(node, most.map(|most| most - least), program);
        }
    }
    Ok(())
}

fn compile_either(nodes: &[Node], program: &mut Vec<Step>) -> Result<(), String> {
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
    Ok(())
}

/// The repetitions that need not be: up to `most`, or any number.
fn compile_rest(node: &Node, most: Option<u32>, program: &mut Vec<Step>) -> Result<(), String> {
    let Some(most) = most else {
        let split = length(program);
        program.push(Step::Match);
        compile(node, program)?;
        program.push(Step::Jump(split));
        program[split as usize] = Step::Split(split + 1, length(program));
        return Ok(());
    };
    let mut splits = Vec::new();
    for _ in 0..most {
        splits.push(length(program));
        program.push(Step::Match);
        compile(node, program)?;
    }
    let end = length(program);
    for split in splits {
        program[split as usize] = Step::Split(split + 1, end);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
