//! One module becomes two: what is needed first, and what can wait.
//!
//! Functions that wait are reached through slots that are added to the table of
//! functions. In the first part a stub stands for each of them that can be
//! called from there: it makes sure that the second part is there and calls the
//! slot. The second part fills the slots when it comes, and puts its functions
//! over their stubs in the old slots. It imports the first part's memory,
//! tables and globals, and gets the functions it calls out of further slots,
//! which cost less than names would.

mod second;

use crate::encode::{Draft, GONE};
use crate::module::{self, Element, Export, Module, Segment};
use crate::{Error, Result, data};
use std::collections::BTreeMap;
use std::ops::Range;
use wasm_encoder::{
    BlockType, ConstExpr, ExportKind, FuncType, Function, GlobalType, RefType, ValType,
};
use wasmparser::{ExternalKind, Operator};

/// Where the first part gets the function from that brings the second.
pub const LOADER: (&str, &str) = ("late", "load");
/// What the first part is called in the imports of the second.
pub const FIRST: &str = "first";
/// What the table of functions is called in the exports of the first part.
pub const TABLE: &str = "functions";

/// Up to how many calls of a function that waits give their slots themselves.
const FEW: usize = 4;

/// The two parts.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What is loaded first.
    pub first: Vec<u8>,
    /// What can wait.
    pub late: Vec<u8>,
    /// The slots of the table with the functions that the second part calls:
    /// the first of them is its `0`, the next its `1`, and so on.
    pub offered: Range<u32>,
    /// How many stubs there are in the first part.
    pub stubs: usize,
}

/// What goes where.
struct Plan<'a> {
    whole: &'a Module,
    /// For each function that is here: whether it waits.
    late: &'a [bool],
    /// The table of functions, and its old size.
    table: u32,
    slots: u32,
    /// Functions that wait and can be called from the first part; the first of
    /// them have stubs there, the others are called by way of their slots.
    stubs: Vec<u32>,
    /// How many have stubs.
    stubbed: usize,
    /// Functions of the first part that the second calls.
    offered: Vec<u32>,
    /// Imported functions that each part calls.
    imports: [Vec<u32>; 2],
}

/// Divides `whole`. `late` says for each function that is in it, in its order,
/// whether it can wait.
///
/// # Errors
/// When the module has no table of functions, or would not be valid any more.
pub fn divide(whole: &Module, late: &[bool]) -> Result<Parts> {
    let mut late = late.to_vec();
    late.resize(whole.functions.len(), false);
    // Until it has run, nobody outside knows the module.
    if let Some(start) = whole.start
        && let Some(start) = start.checked_sub(whole.imported())
    {
        late[start as usize] = false;
    }
    let plan = Plan::new(whole, &late)?;
    let (near, far) = data::divide(whole, &late)?;
    let first = plan.first(near)?;
    let second = plan.second(far)?;
    for (part, wasm) in [("first", &first), ("second", &second)] {
        module::validate(wasm).map_err(|error| Error::new(format!("the {part} part: {error}")))?;
    }
    let begin = plan.slots + plan.stubs.len() as u32;
    let offered = begin..begin + plan.offered.len() as u32;
    Ok(Parts { first, late: second, offered, stubs: plan.stubbed })
}

/// Which functions the code calls or points to, and how many calls that is worth.
fn callees(whole: &Module, number: usize) -> Result<Vec<(u32, usize)>> {
    let mut found = Vec::new();
    let mut operators = whole.body(number).get_operators_reader()?;
    while !operators.eof() {
        match operators.read()? {
            Operator::Call { function_index } => found.push((function_index, 1)),
            Operator::ReturnCall { function_index } | Operator::RefFunc { function_index } => {
                found.push((function_index, FEW + 1));
            }
            _ => {}
        }
    }
    Ok(found)
}

impl<'a> Plan<'a> {
    fn new(whole: &'a Module, late: &'a [bool]) -> Result<Self> {
        let table = whole.tables.iter().position(|table| table.element_type == RefType::FUNCREF);
        let table = table.ok_or_else(|| Error::new("there is no table of functions"))?;
        let slots = u32::try_from(whole.tables[table].minimum)
            .map_err(|_| Error::new("a table that is too large"))?;
        let mut plan = Self {
            whole,
            late,
            table: table as u32,
            slots,
            stubs: Vec::new(),
            stubbed: 0,
            offered: Vec::new(),
            imports: [Vec::new(), Vec::new()],
        };
        plan.look_around()?;
        Ok(plan)
    }

    fn waits(&self, function: u32) -> bool {
        function.checked_sub(self.whole.imported()).is_some_and(|number| self.late[number as usize])
    }

    /// Finds out who calls whom across the cut.
    fn look_around(&mut self) -> Result<()> {
        let imported = self.whole.imported();
        let all = imported as usize + self.late.len();
        // Called from the first part, from the second.
        let mut called = [vec![0; all], vec![0; all]];
        for (number, &late) in self.late.iter().enumerate() {
            for (callee, weight) in callees(self.whole, number)? {
                called[usize::from(late)][callee as usize] += weight;
            }
        }
        let exported = self.whole.exports.iter().filter(|e| e.kind == ExternalKind::Func);
        let in_tables = self.whole.elements.iter().flat_map(|element| &element.functions);
        for &function in exported.map(|e| &e.index).chain(&self.whole.start).chain(in_tables) {
            called[0][function as usize] += FEW + 1;
        }
        for function in 0..all as u32 {
            let [by_first, by_late] = [0, 1].map(|part: usize| called[part][function as usize] > 0);
            if function < imported {
                self.imports[0].extend(by_first.then_some(function));
                self.imports[1].extend(by_late.then_some(function));
            } else if self.waits(function) {
                self.stubs.extend(by_first.then_some(function));
            } else {
                self.offered.extend(by_late.then_some(function));
            }
        }
        let needs_none = |function: &u32| called[0][*function as usize] <= FEW;
        self.stubs.sort_by_key(needs_none);
        self.stubbed = self.stubs.iter().filter(|function| !needs_none(function)).count();
        Ok(())
    }

    fn first(&self, data: Vec<Segment>) -> Result<Vec<u8>> {
        let whole = self.whole;
        let mut draft = Draft::default();
        draft.import_function(LOADER.0, LOADER.1, &FuncType::new([], []));
        let mut numbers = vec![GONE; whole.imports.len() + self.late.len()];
        let mut next = 1;
        let mut number = |function: u32| {
            numbers[function as usize] = next;
            next += 1;
        };
        for &function in &self.imports[0] {
            let import = &whole.imports[function as usize];
            draft.import_function(&import.module, &import.name, whole.type_of(function)?.1);
            number(function);
        }
        // What is called from many places comes first: small numbers are short.
        let (ensure, ways) = (next, next + 1);
        let far_types = self.far_types()?;
        next += 1 + far_types.len() as u32;
        draft.function(&FuncType::new([], []), &ensure_body(whole.globals.len() as u32));
        for ty in far_types {
            let index = draft.types.index(ty);
            let (with_slot, body) = self.way(ty, ensure, index);
            draft.function(&with_slot, &body);
        }
        let mut number = |function: u32| {
            numbers[function as usize] = next;
            next += 1;
        };
        let stay = (0..self.late.len()).filter(|&at| !self.late[at]);
        stay.clone().for_each(|at| number(whole.imported() + at as u32));
        self.stubs[..self.stubbed].iter().for_each(|&function| number(function));
        let far = self.far(ways)?;
        for at in stay {
            draft.copy(whole, at, &numbers, &far)?;
        }
        for (at, &stub) in self.stubs[..self.stubbed].iter().enumerate() {
            let ty = whole.type_of(stub)?.1;
            let body = self.stub(ty, ensure, self.slots + at as u32, draft.types.index(ty));
            draft.function(ty, &body);
        }
        self.put_state(&mut draft, &numbers)?;
        draft.data = data;
        Ok(draft.finish())
    }

    /// Tables, memory and globals of the first part, and who may look at them.
    fn put_state(&self, draft: &mut Draft, numbers: &[u32]) -> Result<()> {
        let whole = self.whole;
        draft.tables.clone_from(&whole.tables);
        let added = (self.stubs.len() + self.offered.len()) as u64;
        let table = &mut draft.tables[self.table as usize];
        table.minimum += added;
        table.maximum = table.maximum.map(|most| most + added);
        draft.memory = whole.memory;
        draft.globals.clone_from(&whole.globals);
        let flag = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        draft.globals.push((flag, ConstExpr::i32_const(0)));
        draft.start = whole.start.map(|start| numbers[start as usize]);
        let renamed = |functions: &[u32]| functions.iter().map(|&f| numbers[f as usize]).collect();
        draft.elements.extend(
            whole.elements.iter().map(|element| Element {
                functions: renamed(&element.functions),
                ..element.clone()
            }),
        );
        if !self.offered.is_empty() {
            draft.elements.push(Element {
                table: self.table,
                offset: self.slots + self.stubs.len() as u32,
                functions: renamed(&self.offered),
            });
        }
        for export in self.exports() {
            let index = match export.kind {
                ExternalKind::Func => numbers[export.index as usize],
                _ => export.index,
            };
            draft.export(&export.name, kind(export.kind)?, index);
        }
        Ok(())
    }

    /// What stands for a function that waits: sees to it that it is there, and
    /// calls it.
    fn stub(&self, ty: &FuncType, ensure: u32, slot: u32, index: u32) -> Function {
        let mut body = Function::new([]);
        let mut code = body.instructions();
        code.call(ensure);
        for local in 0..ty.params().len() as u32 {
            code.local_get(local);
        }
        code.i32_const(slot.cast_signed()).call_indirect(self.table, index).end();
        body
    }

    /// The types of functions that are called by way of their slots.
    fn far_types(&self) -> Result<Vec<&'a FuncType>> {
        let mut types: Vec<&FuncType> = Vec::new();
        for &function in &self.stubs[self.stubbed..] {
            let ty = self.whole.type_of(function)?.1;
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
        Ok(types)
    }

    /// For each of them its slot and the way there, when the first way has the
    /// number `ways`.
    fn far(&self, ways: u32) -> Result<BTreeMap<u32, (u32, u32)>> {
        let types = self.far_types()?;
        let mut far = BTreeMap::new();
        for (at, &function) in self.stubs.iter().enumerate().skip(self.stubbed) {
            let ty = self.whole.type_of(function)?.1;
            let way = types.iter().position(|known| *known == ty).unwrap_or(0);
            far.insert(function, (self.slots + at as u32, ways + way as u32));
        }
        Ok(far)
    }

    /// The way to functions of a type: takes what they take and a slot.
    fn way(&self, ty: &FuncType, ensure: u32, index: u32) -> (FuncType, Function) {
        let parameters = ty.params().iter().copied().chain([ValType::I32]);
        let with_slot = FuncType::new(parameters, ty.results().iter().copied());
        let mut body = Function::new([]);
        let mut code = body.instructions();
        code.call(ensure);
        for local in 0..=ty.params().len() as u32 {
            code.local_get(local);
        }
        code.call_indirect(self.table, index).end();
        (with_slot, body)
    }

    /// The old exports, and the state under names of its own.
    fn exports(&self) -> Vec<Export> {
        let mut exports = self.whole.exports.clone();
        exports.extend(self.state());
        exports
    }

    /// Table of functions, memory, other tables and globals, as the second part
    /// imports them.
    fn state(&self) -> Vec<Export> {
        let named = |name: String, kind, index| Export { name, kind, index };
        let mut state = Vec::new();
        for index in 0..self.whole.tables.len() as u32 {
            let name = if index == self.table { TABLE.to_owned() } else { format!("table{index}") };
            state.push(named(name, ExternalKind::Table, index));
        }
        if self.whole.memory.is_some() {
            state.push(named("bytes".to_owned(), ExternalKind::Memory, 0));
        }
        for index in 0..self.whole.globals.len() as u32 {
            state.push(named(format!("global{index}"), ExternalKind::Global, index));
        }
        state
    }
}

/// Calls the loader unless it has been called with success.
fn ensure_body(ready: u32) -> Function {
    let mut body = Function::new([]);
    let mut code = body.instructions();
    code.block(BlockType::Empty).global_get(ready).br_if(0).call(0).i32_const(1);
    code.global_set(ready).end().end();
    body
}

fn kind(kind: ExternalKind) -> Result<ExportKind> {
    Ok(match kind {
        ExternalKind::Func => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        other => return Err(Error::new(format!("an export that is unknown here: {other:?}"))),
    })
}
