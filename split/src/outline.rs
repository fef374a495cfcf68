//! Cuts what is never reached while playing out of functions that are.
//!
//! From a place in a row of operators to the row's end is a piece that can be
//! cut out when nothing waits on the stack before it: it becomes a function of
//! its own. Locals that it looks at are its parameters, locals that it sets and
//! that are looked at afterwards its results. Where it jumps out, it answers
//! with a number, and the jump follows the call.

use crate::Result;
use crate::ground::{Ground, grounds};
use crate::liveness::Liveness;
use crate::module::{Module, plain};
use crate::piece::{After, Piece, zero};
use crate::region::Code;
use std::collections::BTreeSet;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{BlockType, FuncType, Function, Instruction, ValType};
use wasmparser::Operator;

/// How many bytes a cut should save, by a rough count.
pub const WORTH: isize = 3;

/// A function with its pieces.
pub(crate) struct Cutter<'a> {
    pub(crate) code: Code<'a>,
    module: &'a Module,
    ground: &'a Ground,
    liveness: Option<Liveness>,
    ty: &'a FuncType,
    worth: isize,
}

impl<'a> Cutter<'a> {
    pub(crate) fn new(
        module: &'a Module,
        number: usize,
        ground: &'a Ground,
        worth: isize,
    ) -> Result<Self> {
        let code = Code::read(module, number)?;
        let ty = module.type_of(module.imported() + number as u32)?.1;
        let liveness = Liveness::of(&code);
        Ok(Self { code, module, ground, liveness, ty, worth })
    }

    /// The largest pieces at places that `wanted` accepts.
    pub(crate) fn pieces(&self, mut wanted: impl FnMut(&Code<'_>, usize) -> bool) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for place in self.code.places() {
            let covered = pieces.last().is_some_and(|piece| place < piece.end);
            if !covered && wanted(&self.code, place) {
                pieces.extend(self.piece(place));
            }
        }
        pieces
    }

    /// The piece that begins at a place, if it can be cut out and is worth it.
    fn piece(&self, begin: usize) -> Option<Piece> {
        let liveness = self.liveness.as_ref()?;
        if !self.ground.bare[begin] || !self.ground.reached[begin] {
            return None;
        }
        let code = &self.code;
        let end = code.row_end[begin];
        let owner = code.opened[end];
        let inside = end + 1 < code.operators.len();
        let values = if inside { self.block_results(owner)? } else { self.ty.results().to_vec() };
        let mut piece = Piece {
            begin,
            end,
            parameters: Vec::new(),
            results: Vec::new(),
            values,
            falls: self.ground.reached[end],
            exits: Vec::new(),
            returns: None,
        };
        let after = self.exits(&mut piece)?;
        let (mut read, mut set) = (BTreeSet::new(), BTreeSet::new());
        for operator in &code.operators[begin..end] {
            match operator {
                Operator::LocalGet { local_index } => drop(read.insert(*local_index)),
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    set.insert(*local_index);
                }
                _ => {}
            }
        }
        let live = &liveness.at[begin];
        piece.parameters = read.union(&set).copied().filter(|&local| live.has(local)).collect();
        // In an order of types, so that there are few types of functions.
        let kind = |local: &u32| format!("{:?}", code.locals[*local as usize]);
        piece.parameters.sort_by_key(kind);
        if piece.returns.is_none() {
            let later = |local: u32| {
                let live = after.iter().filter_map(|&place| match place {
                    After::Row if inside => liveness.after.get(&owner),
                    After::Row => None,
                    After::Jump(opener) => liveness.jump.get(&opener),
                });
                live.into_iter().any(|live| live.has(local))
            };
            piece.results = set.into_iter().filter(|&local| later(local)).collect();
            piece.results.sort_by_key(kind);
        }
        let size = code.bytes[end] - code.bytes[begin];
        let saved = size as isize - piece.cost() as isize;
        (saved >= self.worth).then_some(piece)
    }

    /// Finds out where a piece jumps to. `None` where it takes values along.
    fn exits(&self, piece: &mut Piece) -> Option<Vec<After>> {
        let code = &self.code;
        let open = self.open_at(piece.begin);
        let mut after = Vec::new();
        let mut depth = 0;
        let mut targets = BTreeSet::new();
        for at in piece.begin..piece.end {
            match &code.operators[at] {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                Operator::End => depth -= 1,
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                    targets.extend(relative_depth.checked_sub(depth));
                }
                Operator::BrTable { targets: table } => {
                    for target in table.targets().flatten().chain([table.default()]) {
                        targets.extend(target.checked_sub(depth));
                    }
                }
                Operator::Return if self.ty.results().is_empty() => {
                    targets.insert(open.len() as u32);
                }
                Operator::Return => piece.returns = Some(self.ty.results().to_vec()),
                _ => {}
            }
        }
        for &target in &targets {
            let Some(&opener) = open.get(target as usize) else {
                // Out of the function.
                if !self.ty.results().is_empty() {
                    return None;
                }
                piece.exits.push(target);
                continue;
            };
            let is_loop = matches!(code.operators[opener], Operator::Loop { .. });
            if !is_loop && !self.block_results(opener)?.is_empty() {
                return None;
            }
            if target == 0 && !is_loop {
                // The same as to come to the end of the row.
                piece.falls = true;
                continue;
            }
            after.push(After::Jump(opener));
            piece.exits.push(target);
        }
        if piece.returns.is_some() && (piece.falls || !piece.exits.is_empty()) {
            return None;
        }
        if piece.falls {
            after.push(After::Row);
        } else {
            piece.values.clear();
        }
        Some(after)
    }

    /// What is open at a place, the innermost first.
    fn open_at(&self, place: usize) -> Vec<usize> {
        let mut open = Vec::new();
        let mut end = self.code.row_end[place];
        while end + 1 < self.code.operators.len() {
            let opener = self.code.opened[end];
            open.push(opener);
            end = self.code.row_end[opener];
        }
        open
    }

    fn block_results(&self, opener: usize) -> Option<Vec<ValType>> {
        match &self.code.operators[opener] {
            Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty } => {
                match blockty {
                    wasmparser::BlockType::Empty => Some(Vec::new()),
                    wasmparser::BlockType::Type(ty) => {
                        Some(vec![RoundtripReencoder.val_type(*ty).ok()?])
                    }
                    wasmparser::BlockType::FuncType(ty) => {
                        let ty = self.module.types.get(*ty as usize)?;
                        ty.params().is_empty().then(|| ty.results().to_vec())
                    }
                }
            }
            _ => None,
        }
    }

    /// The types of locals.
    fn types(&self, locals: &[u32]) -> Vec<ValType> {
        locals.iter().map(|&local| self.code.locals[local as usize]).collect()
    }

    /// The function that a piece becomes, and its type.
    pub(crate) fn function(&self, piece: &Piece) -> Result<(FuncType, Function)> {
        let mut results = piece.returns.clone().unwrap_or_else(|| piece.values.clone());
        results.extend(piece.numbered().then_some(ValType::I32));
        results.extend(self.types(&piece.results));
        let ty = FuncType::new(self.types(&piece.parameters), results);
        let mut places = vec![None; self.code.locals.len()];
        for (at, &local) in (0..).zip(&piece.parameters) {
            places[local as usize] = Some(at);
        }
        let mut own = Vec::new();
        for operator in &self.code.operators[piece.begin..piece.end] {
            if let Operator::LocalGet { local_index }
            | Operator::LocalSet { local_index }
            | Operator::LocalTee { local_index } = operator
                && places[*local_index as usize].is_none()
            {
                places[*local_index as usize] = Some((piece.parameters.len() + own.len()) as u32);
                own.push(self.code.locals[*local_index as usize]);
            }
        }
        let mut body = Function::new_with_locals_types(own);
        let local = |old: u32| places[old as usize].unwrap_or(0);
        for _ in 0..piece.exits.len() + usize::from(piece.wrapped()) {
            body.instruction(&Instruction::Block(BlockType::Empty));
        }
        self.inner(piece, &mut body, &local)?;
        let answer = |body: &mut Function, number: Option<u32>| {
            if let Some(number) = number.filter(|_| piece.numbered()) {
                body.instruction(&Instruction::I32Const(number.cast_signed()));
            }
            for &result in &piece.results {
                body.instruction(&Instruction::LocalGet(local(result)));
            }
            body.instruction(&Instruction::Return);
        };
        if piece.falls {
            answer(&mut body, Some(0));
        }
        for at in 0..piece.exits.len() as u32 {
            body.instruction(&Instruction::End);
            for &value in &piece.values {
                body.instruction(&zero(value));
            }
            answer(&mut body, Some(at + u32::from(piece.falls)));
        }
        if !piece.falls && piece.exits.is_empty() {
            body.instruction(&Instruction::Unreachable);
        }
        body.instruction(&Instruction::End);
        Ok((ty, body))
    }

    /// The operators of a piece, for the function that it becomes.
    fn inner(&self, piece: &Piece, body: &mut Function, local: &dyn Fn(u32) -> u32) -> Result<()> {
        let open = self.open_at(piece.begin).len() as u32;
        let mut depth = 0;
        // Around the operators lie a block for the end of the row, if that is
        // reached, and one for each jump.
        let jump = |target: u32, depth: u32| match target.checked_sub(depth) {
            None => target,
            Some(out) => {
                let number = piece.exits.iter().position(|&exit| exit == out);
                depth + number.map_or(0, |number| number as u32 + u32::from(piece.wrapped()))
            }
        };
        for operator in &self.code.operators[piece.begin..piece.end] {
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                Operator::End => depth -= 1,
                _ => {}
            }
            let instruction = match operator {
                Operator::LocalGet { local_index } => Instruction::LocalGet(local(*local_index)),
                Operator::LocalSet { local_index } => Instruction::LocalSet(local(*local_index)),
                Operator::LocalTee { local_index } => Instruction::LocalTee(local(*local_index)),
                Operator::Br { relative_depth } => Instruction::Br(jump(*relative_depth, depth)),
                Operator::BrIf { relative_depth } => {
                    Instruction::BrIf(jump(*relative_depth, depth))
                }
                Operator::BrTable { targets } => {
                    let all = targets.targets().collect::<std::result::Result<Vec<u32>, _>>()?;
                    let all: Vec<u32> = all.into_iter().map(|t| jump(t, depth)).collect();
                    Instruction::BrTable(all.into(), jump(targets.default(), depth))
                }
                Operator::Return if piece.returns.is_none() => {
                    Instruction::Br(jump(open + depth, depth))
                }
                other => RoundtripReencoder.instruction(other.clone()).map_err(plain)?,
            };
            body.instruction(&instruction);
        }
        if piece.wrapped() {
            body.instruction(&Instruction::End);
        }
        Ok(())
    }
}

/// Cuts pieces that save `worth` bytes out of functions: `wanted` says for each
/// function that is in the module which pieces, by their digests. The new
/// functions come last; answers how many there are.
///
/// # Errors
/// When the module is not valid.
pub fn outline<'w>(
    wasm: &[u8],
    module: &mut Module,
    worth: isize,
    wanted: impl Fn(usize) -> Option<&'w BTreeSet<u32>>,
) -> Result<usize> {
    let grounds = grounds(wasm, module)?;
    let mut next = module.imported() + module.functions.len() as u32;
    let (mut changed, mut added) = (Vec::new(), Vec::new());
    for (number, ground) in grounds.iter().enumerate() {
        let Some(wanted) = wanted(number) else { continue };
        let cutter = Cutter::new(module, number, ground, worth)?;
        let pieces = cutter.pieces(|code, place| wanted.contains(&code.digest(place)));
        if pieces.is_empty() {
            continue;
        }
        for piece in &pieces {
            added.push((cutter.function(piece)?, format!("{} (part)", cutter.code.name)));
        }
        changed.push((number, cutter.rest(&pieces, next)?));
        next += pieces.len() as u32;
    }
    let count = added.len();
    for (number, body) in changed {
        module.bodies[number] = body.into_raw_body();
    }
    for ((ty, body), name) in added {
        let index = module.types.iter().position(|known| *known == ty);
        let index = index.unwrap_or_else(|| {
            module.types.push(ty);
            module.types.len() - 1
        });
        let function = module.imported() + module.functions.len() as u32;
        module.names.insert(function, name);
        module.functions.push(index as u32);
        module.bodies.push(body.into_raw_body());
    }
    Ok(count)
}

/// The digests of all pieces that could be cut out of a module, also of those
/// within others.
///
/// # Errors
/// When the module is not valid.
pub fn digests(wasm: &[u8], module: &Module, worth: isize) -> Result<BTreeSet<u32>> {
    let mut digests = BTreeSet::new();
    for (number, ground) in grounds(wasm, module)?.iter().enumerate() {
        let cutter = Cutter::new(module, number, ground, worth)?;
        for place in cutter.code.places() {
            digests.extend(cutter.piece(place).map(|_| cutter.code.digest(place)));
        }
    }
    Ok(digests)
}

impl Cutter<'_> {
    /// The function without its pieces, which are called from `first` on.
    fn rest(&self, pieces: &[Piece], first: u32) -> Result<Function> {
        let parameters = self.ty.params().len();
        let spare = self.code.locals.len() as u32;
        let own = self.code.locals[parameters..].iter().copied().chain([ValType::I32]);
        let mut body = Function::new_with_locals_types(own);
        let mut pieces = (first..).zip(pieces).peekable();
        let mut at = 0;
        while at < self.code.operators.len() {
            if let Some((function, piece)) = pieces.next_if(|(_, piece)| piece.begin == at) {
                let owner = self.code.opened[piece.end];
                let inside = piece.end + 1 < self.code.operators.len();
                let in_block =
                    inside && !matches!(self.code.operators[owner], Operator::Loop { .. });
                piece.call(function, &mut body, in_block, spare);
                at = piece.end;
                continue;
            }
            let operator = self.code.operators[at].clone();
            body.instruction(&RoundtripReencoder.instruction(operator).map_err(plain)?);
            at += 1;
        }
        Ok(body)
    }
}
