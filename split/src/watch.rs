//! A module that notes where its way leads, to record the list with.

use crate::encode::Draft;
use crate::module::{Module, Segment};
use crate::region::Code;
use crate::{Result, encode};
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{ConstExpr, ExportKind, Function, GlobalType, Instruction, ValType};
use wasmparser::ExternalKind;

/// What the words with the notes are called, before their number, in the
/// exports of the module.
pub const SEEN: &str = "seen";

/// The module, with 32 notes in each of the globals that it exports as `seen0`,
/// `seen1` and so on: one for each function and one for each place in it.
///
/// # Errors
/// When it cannot be written.
pub fn watch(module: &Module) -> Result<Vec<u8>> {
    let mut draft = Draft::default();
    for import in &module.imports {
        let ty = &module.types[import.ty as usize];
        draft.import_function(&import.module, &import.name, ty);
    }
    let numbers: Vec<u32> = (0..module.imported() + module.functions.len() as u32).collect();
    let mut notes = Notes { next: 0, first: module.globals.len() as u32 };
    for number in 0..module.functions.len() {
        watch_function(module, number, &numbers, &mut draft, &mut notes)?;
    }
    draft.tables.clone_from(&module.tables);
    draft.memory = module.memory;
    draft.globals.clone_from(&module.globals);
    draft.start = module.start;
    draft.elements.clone_from(&module.elements);
    draft.data = module.data.iter().map(Segment::clone).collect();
    for export in &module.exports {
        let kind = match export.kind {
            ExternalKind::Table => ExportKind::Table,
            ExternalKind::Memory => ExportKind::Memory,
            ExternalKind::Global => ExportKind::Global,
            _ => ExportKind::Func,
        };
        draft.export(&export.name, kind, export.index);
    }
    let word = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    for number in 0..notes.next.div_ceil(32) {
        draft.globals.push((word, ConstExpr::i32_const(0)));
        draft.export(&format!("{SEEN}{number}"), ExportKind::Global, notes.first + number);
    }
    Ok(draft.finish())
}

struct Notes {
    next: u32,
    first: u32,
}

impl Notes {
    fn take(&mut self, body: &mut Function) {
        let (global, bit) = (self.first + self.next / 32, self.next % 32);
        body.instruction(&Instruction::GlobalGet(global));
        body.instruction(&Instruction::I32Const((1_u32 << bit).cast_signed()));
        body.instruction(&Instruction::I32Or);
        body.instruction(&Instruction::GlobalSet(global));
        self.next += 1;
    }
}

fn watch_function(
    module: &Module,
    number: usize,
    numbers: &[u32],
    draft: &mut Draft,
    notes: &mut Notes,
) -> Result<()> {
    let code = Code::read(module, number)?;
    let mut places = code.places().into_iter().peekable();
    let ty = module.type_of(module.imported() + number as u32)?.1;
    let own = code.locals[ty.params().len()..].iter().copied();
    let mut body = Function::new_with_locals_types(own);
    notes.take(&mut body);
    for (at, operator) in code.operators.iter().enumerate() {
        if places.next_if_eq(&at).is_some() {
            notes.take(&mut body);
        }
        let mut renumber =
            encode::Renumber { from: module, functions: numbers, types: &mut draft.types };
        body.instruction(&renumber.instruction(operator.clone())?);
    }
    draft.function(ty, &body);
    Ok(())
}
