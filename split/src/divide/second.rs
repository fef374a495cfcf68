//! The part that can wait.

use super::{FIRST, Plan};
use crate::encode::{Draft, GONE};
use crate::module::{Element, Export, Segment};
use crate::{Error, Result};
use std::collections::BTreeMap;
use wasm_encoder::EntityType;
use wasmparser::ExternalKind;

impl Plan<'_> {
    pub(super) fn second(&self, data: Vec<Segment>) -> Result<Vec<u8>> {
        let whole = self.whole;
        let mut draft = Draft::default();
        let mut numbers = vec![GONE; whole.imports.len() + self.late.len()];
        let mut next = 0;
        let mut number = |function: u32| {
            numbers[function as usize] = next;
            next += 1;
        };
        for &function in &self.imports[1] {
            let import = &whole.imports[function as usize];
            draft.import_function(&import.module, &import.name, whole.type_of(function)?.1);
            number(function);
        }
        for (at, &function) in self.offered.iter().enumerate() {
            draft.import_function(FIRST, &at.to_string(), whole.type_of(function)?.1);
            number(function);
        }
        for state in self.state() {
            draft.import(FIRST, &state.name, self.kind_of(&state)?);
        }
        let move_here = (0..self.late.len()).filter(|&at| self.late[at]);
        move_here.clone().for_each(|at| number(whole.imported() + at as u32));
        for at in move_here {
            draft.copy(whole, at, &numbers, &BTreeMap::new())?;
        }
        let filled: Vec<u32> = self.stubs.iter().map(|&f| numbers[f as usize]).collect();
        if !filled.is_empty() {
            draft.elements.push(Element {
                table: self.table,
                offset: self.slots,
                functions: filled,
            });
        }
        draft.elements.extend(self.over_stubs(&numbers));
        draft.data = data;
        Ok(draft.finish())
    }

    /// The old slots of functions that wait, in runs.
    fn over_stubs(&self, numbers: &[u32]) -> Vec<Element> {
        let mut runs: Vec<Element> = Vec::new();
        for element in &self.whole.elements {
            for (at, &function) in (element.offset..).zip(&element.functions) {
                if !self.waits(function) {
                    continue;
                }
                let function = numbers[function as usize];
                match runs.last_mut() {
                    Some(run)
                        if run.table == element.table
                            && run.offset + run.functions.len() as u32 == at =>
                    {
                        run.functions.push(function);
                    }
                    _ => runs.push(Element {
                        table: element.table,
                        offset: at,
                        functions: vec![function],
                    }),
                }
            }
        }
        runs
    }

    fn kind_of(&self, state: &Export) -> Result<EntityType> {
        let at = state.index as usize;
        Ok(match state.kind {
            ExternalKind::Table => {
                let mut table = self.whole.tables[at];
                // It is larger in the first part; whoever imports it may ask
                // for less.
                table.maximum = table.maximum.map(|most| {
                    let added = (self.stubs.len() + self.offered.len()) as u64;
                    if state.index == self.table { most + added } else { most }
                });
                EntityType::Table(table)
            }
            ExternalKind::Memory => self.whole.memory.map(EntityType::Memory).ok_or_else(lost)?,
            ExternalKind::Global => EntityType::Global(self.whole.globals[at].0),
            _ => return Err(lost()),
        })
    }
}

fn lost() -> Error {
    Error::new("a piece of the state is lost")
}
