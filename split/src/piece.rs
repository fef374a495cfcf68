//! A piece of a function that can be cut out, and what stands for it there.

use wasm_encoder::{Function, HeapType, Instruction, ValType};

/// A piece that can be cut out.
#[derive(Debug)]
pub(crate) struct Piece {
    /// Its first operator.
    pub(crate) begin: usize,
    /// The `end` or `else` behind its last one.
    pub(crate) end: usize,
    pub(crate) parameters: Vec<u32>,
    pub(crate) results: Vec<u32>,
    /// What stays on the stack at its end: the results of what it is in.
    pub(crate) values: Vec<ValType>,
    /// Whether its end is reached.
    pub(crate) falls: bool,
    /// Depths, counted at its place, that it jumps to.
    pub(crate) exits: Vec<u32>,
    /// Whether it returns from the function with these values.
    pub(crate) returns: Option<Vec<ValType>>,
}

/// Where the way goes on after a piece.
#[derive(Clone, Copy)]
pub(crate) enum After {
    /// After the row that it was the end of.
    Row,
    /// At the end, or the beginning, of what opens there.
    Jump(usize),
}

impl Piece {
    /// Whether it answers with a number that says how to go on.
    pub(crate) const fn numbered(&self) -> bool {
        self.exits.len() + (self.falls as usize) > 1
    }

    /// Whether a block stands for the row, to jump to its end. A row that
    /// leaves values has no such jumps.
    pub(crate) const fn wrapped(&self) -> bool {
        self.falls && self.values.is_empty()
    }

    /// How many bytes stay behind, about: the call and the stub.
    pub(crate) fn cost(&self) -> usize {
        let (parameters, results) = (self.parameters.len(), self.results.len());
        6 + 2 * parameters + 2 * results + 3 * self.exits.len()
    }

    /// What stands for it in the function that it was cut out of. `spare` is a
    /// local of that function that nothing else uses.
    pub(crate) fn call(&self, function: u32, body: &mut Function, in_block: bool, spare: u32) {
        for &local in &self.parameters {
            body.instruction(&Instruction::LocalGet(local));
        }
        body.instruction(&Instruction::Call(function));
        for &local in self.results.iter().rev() {
            body.instruction(&Instruction::LocalSet(local));
        }
        match (&self.exits[..], self.falls) {
            _ if self.returns.is_some() => drop(body.instruction(&Instruction::Return)),
            ([], true) => {}
            ([], false) => drop(body.instruction(&Instruction::Unreachable)),
            ([exit], true) => drop(body.instruction(&Instruction::BrIf(*exit))),
            ([exit], false) => drop(body.instruction(&Instruction::Br(*exit))),
            (exits @ [.., last], false) => {
                body.instruction(&Instruction::BrTable(exits.into(), *last));
            }
            (exits, true) if in_block && self.values.is_empty() => {
                let ways: Vec<u32> = std::iter::once(0).chain(exits.iter().copied()).collect();
                body.instruction(&Instruction::BrTable(ways.into(), 0));
            }
            (exits, true) => {
                body.instruction(&Instruction::LocalSet(spare));
                for (number, &exit) in (1..).zip(exits) {
                    body.instruction(&Instruction::LocalGet(spare));
                    body.instruction(&Instruction::I32Const(number));
                    body.instruction(&Instruction::I32Eq);
                    body.instruction(&Instruction::BrIf(exit));
                }
            }
        }
    }
}

/// Something of this type that nobody looks at.
pub(crate) fn zero(ty: ValType) -> Instruction<'static> {
    match ty {
        ValType::I32 => Instruction::I32Const(0),
        ValType::I64 => Instruction::I64Const(0),
        ValType::F32 => Instruction::F32Const(0.0.into()),
        ValType::F64 => Instruction::F64Const(0.0.into()),
        ValType::V128 => Instruction::V128Const(0),
        ValType::Ref(ty) => match ty.heap_type {
            heap @ (HeapType::Abstract { .. } | HeapType::Concrete(_) | HeapType::Exact(_)) => {
                Instruction::RefNull(heap)
            }
        },
    }
}
