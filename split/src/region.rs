//! A function's code, and the places where the way through it parts.

use crate::module::Module;
use crate::{Result, names};
use wasm_encoder::ValType;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasmparser::Operator;

/// A function, read. A place is the number of the operator before which it lies.
pub(crate) struct Code<'a> {
    pub(crate) operators: Vec<Operator<'a>>,
    /// Where each operator begins in the body, and where the last one ends.
    pub(crate) bytes: Vec<usize>,
    /// For each `end` and `else`: what it closes.
    pub(crate) opened: Vec<usize>,
    /// For each place: the end of the row of operators that it is in.
    pub(crate) row_end: Vec<usize>,
    /// The types of parameters and locals.
    pub(crate) locals: Vec<ValType>,
    /// The name of the function.
    pub(crate) name: &'a str,
    body: &'a [u8],
    module: &'a Module,
}

impl<'a> Code<'a> {
    /// The function with this number among those that are in `module`.
    pub(crate) fn read(module: &'a Module, number: usize) -> Result<Self> {
        let body = module.body(number);
        let index = module.imported() + number as u32;
        let mut locals = module.type_of(index)?.1.params().to_vec();
        for group in body.get_locals_reader()? {
            let (count, ty) = group?;
            let ty = RoundtripReencoder.val_type(ty).map_err(crate::module::plain)?;
            locals.extend(std::iter::repeat_n(ty, count as usize));
        }
        let mut code = Self {
            operators: Vec::new(),
            bytes: Vec::new(),
            opened: Vec::new(),
            row_end: Vec::new(),
            locals,
            name: module.names.get(&index).map_or("", String::as_str),
            body: &module.bodies[number],
            module,
        };
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            code.bytes.push(operators.original_position());
            code.operators.push(operators.read()?);
        }
        code.bytes.push(operators.original_position());
        code.match_ends();
        Ok(code)
    }

    fn match_ends(&mut self) {
        let count = self.operators.len();
        self.opened = vec![0; count];
        self.row_end = vec![count.saturating_sub(1); count];
        // What is open, and where the row began.
        let mut open: Vec<(usize, usize)> = vec![(0, 0)];
        for at in 0..count {
            match self.operators[at] {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    open.push((at, at + 1));
                }
                Operator::Else => {
                    if let Some((opener, begin)) = open.last_mut() {
                        self.opened[at] = *opener;
                        close_row(&mut self.row_end, &self.operators, &self.opened, *begin, at);
                        *begin = at + 1;
                    }
                }
                Operator::End => {
                    if let Some((opener, begin)) = open.pop() {
                        self.opened[at] = opener;
                        close_row(&mut self.row_end, &self.operators, &self.opened, begin, at);
                    }
                }
                _ => {}
            }
        }
    }

    /// The places at which the way may be another than before: the arms of
    /// conditions, what follows a conditional jump, and what jumps lead to.
    pub(crate) fn places(&self) -> Vec<usize> {
        let parts = |at: usize| {
            matches!(
                self.operators[at],
                Operator::If { .. } | Operator::Else | Operator::BrIf { .. } | Operator::End
            )
        };
        let worth = |at: usize| !matches!(self.operators[at], Operator::End | Operator::Else);
        let places = 1..self.operators.len();
        places.filter(|&at| parts(at - 1) && worth(at)).collect()
    }

    /// A digest of the code from this place to the end of its row. Addresses
    /// and numbers of functions and locals are left out of it, so that it is
    /// the same after changes elsewhere.
    pub(crate) fn digest(&self, place: usize) -> u32 {
        let mut seen = Vec::new();
        for at in place..self.row_end[place] {
            let code = &self.body[self.bytes[at]..self.bytes[at + 1]];
            seen.push(code[0]);
            match &self.operators[at] {
                Operator::Call { function_index } => {
                    let known = self.module.names.get(function_index);
                    seen.extend_from_slice(known.map_or("", String::as_str).as_bytes());
                }
                Operator::LocalGet { .. }
                | Operator::LocalSet { .. }
                | Operator::LocalTee { .. }
                | Operator::CallIndirect { .. } => {}
                // Larger ones are addresses, which move. Those are longer.
                _ if code.len() <= 4 => seen.extend_from_slice(&code[1..]),
                _ => {}
            }
        }
        let digest = names::digest(&seen);
        (digest ^ (digest >> 32)) as u32
    }
}

/// Notes for each operator between `begin` and `end`, but for those in inner
/// rows, that its row ends at `end`.
fn close_row(
    row_end: &mut [usize],
    operators: &[Operator<'_>],
    opened: &[usize],
    begin: usize,
    end: usize,
) {
    row_end[end] = end;
    let mut at = end;
    while at > begin {
        at -= 1;
        if matches!(operators[at], Operator::End) {
            at = opened[at];
        }
        row_end[at] = end;
    }
}
