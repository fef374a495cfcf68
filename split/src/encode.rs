//! Writes modules, with new numbers for everything that moved.

use crate::module::{Element, Module, Segment};
use crate::{Error, Result};
use std::collections::BTreeMap;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, FuncType, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    MemorySection, MemoryType, TableSection, TableType, TypeSection,
};
use wasmparser::Operator;

/// The function types that a new module uses, each once.
#[derive(Debug, Default)]
pub(crate) struct Types {
    all: Vec<FuncType>,
    known: BTreeMap<Vec<u8>, u32>,
}

impl Types {
    pub(crate) fn index(&mut self, ty: &FuncType) -> u32 {
        let mut section = TypeSection::new();
        section.ty().func_type(ty);
        let mut key = Vec::new();
        wasm_encoder::Encode::encode(&section, &mut key);
        *self.known.entry(key).or_insert_with(|| {
            self.all.push(ty.clone());
            self.all.len() as u32 - 1
        })
    }
}

/// What a function of the old module is in the new one.
pub(crate) const GONE: u32 = u32::MAX;

/// Copies code and gives everything in it its new number.
pub(crate) struct Renumber<'a> {
    /// The module the code comes from.
    pub(crate) from: &'a Module,
    /// New numbers of its functions; [`GONE`] when there is none.
    pub(crate) functions: &'a [u32],
    /// The types of the new module.
    pub(crate) types: &'a mut Types,
}

impl Reencode for Renumber<'_> {
    type Error = Error;

    fn function_index(
        &mut self,
        function: u32,
    ) -> std::result::Result<u32, reencode::Error<Error>> {
        match self.functions.get(function as usize) {
            Some(&new) if new != GONE => Ok(new),
            _ => {
                Err(reencode::Error::UserError(Error::new(format!("function {function} is lost"))))
            }
        }
    }

    fn type_index(&mut self, ty: u32) -> std::result::Result<u32, reencode::Error<Error>> {
        match self.from.types.get(ty as usize) {
            Some(ty) => Ok(self.types.index(ty)),
            None => Err(reencode::Error::UserError(Error::new(format!("type {ty} is lost")))),
        }
    }

    fn data_index(&mut self, _: u32) -> std::result::Result<u32, reencode::Error<Error>> {
        Err(reencode::Error::UserError(Error::new("code that asks for data by number")))
    }

    fn element_index(&mut self, _: u32) -> std::result::Result<u32, reencode::Error<Error>> {
        Err(reencode::Error::UserError(Error::new("code that fills tables by number")))
    }
}

/// A module that is being made. Functions are added in their order.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) types: Types,
    pub(crate) imports: ImportSection,
    pub(crate) functions: FunctionSection,
    pub(crate) code: CodeSection,
    pub(crate) tables: Vec<TableType>,
    pub(crate) memory: Option<MemoryType>,
    pub(crate) globals: Vec<(GlobalType, ConstExpr)>,
    pub(crate) exports: ExportSection,
    pub(crate) start: Option<u32>,
    pub(crate) elements: Vec<Element>,
    pub(crate) data: Vec<Segment>,
}

impl Draft {
    pub(crate) fn import(&mut self, module: &str, name: &str, ty: impl Into<EntityType>) {
        self.imports.import(module, name, ty);
    }

    pub(crate) fn import_function(&mut self, module: &str, name: &str, ty: &FuncType) {
        let ty = self.types.index(ty);
        self.imports.import(module, name, EntityType::Function(ty));
    }

    pub(crate) fn function(&mut self, ty: &FuncType, body: &Function) {
        let ty = self.types.index(ty);
        self.functions.function(ty);
        self.code.function(body);
    }

    /// Copies the function with this number among those that are in `from`.
    /// Calls of functions in `far` go to their slot by way of a function that
    /// takes the slot as its last parameter: `far` says both.
    pub(crate) fn copy(
        &mut self,
        from: &Module,
        number: usize,
        functions: &[u32],
        far: &BTreeMap<u32, (u32, u32)>,
    ) -> Result<()> {
        let body = from.body(number);
        let mut renumber = Renumber { from, functions, types: &mut self.types };
        let mut copy = renumber.new_function_with_parsed_locals(&body)?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let operator = operators.read()?;
            if let Operator::Call { function_index } = operator
                && let Some(&(slot, way)) = far.get(&function_index)
            {
                copy.instructions().i32_const(slot.cast_signed()).call(way);
            } else {
                copy.instruction(&renumber.instruction(operator)?);
            }
        }
        self.code.function(&copy);
        let ty = self.types.index(from.type_of(from.imported() + number as u32)?.1);
        self.functions.function(ty);
        Ok(())
    }

    pub(crate) fn export(&mut self, name: &str, kind: ExportKind, index: u32) {
        self.exports.export(name, kind, index);
    }

    /// The module.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut module = wasm_encoder::Module::new();
        let mut types = TypeSection::new();
        for ty in &self.types.all {
            types.ty().func_type(ty);
        }
        module.section(&types).section(&self.imports).section(&self.functions);
        let mut tables = TableSection::new();
        for table in &self.tables {
            tables.table(*table);
        }
        let mut memories = MemorySection::new();
        if let Some(memory) = self.memory {
            memories.memory(memory);
        }
        let mut globals = GlobalSection::new();
        for (ty, value) in &self.globals {
            globals.global(*ty, value);
        }
        if !tables.is_empty() {
            module.section(&tables);
        }
        if !memories.is_empty() {
            module.section(&memories);
        }
        if !globals.is_empty() {
            module.section(&globals);
        }
        module.section(&self.exports);
        if let Some(function_index) = self.start {
            module.section(&wasm_encoder::StartSection { function_index });
        }
        let mut elements = ElementSection::new();
        for element in &self.elements {
            let table = (element.table != 0).then_some(element.table);
            let offset = ConstExpr::i32_const(element.offset.cast_signed());
            elements.active(table, &offset, Elements::Functions((&element.functions).into()));
        }
        if !elements.is_empty() {
            module.section(&elements);
        }
        module.section(&self.code);
        let mut data = DataSection::new();
        for segment in &self.data {
            let offset = ConstExpr::i32_const(segment.offset.cast_signed());
            data.active(0, &offset, segment.bytes.iter().copied());
        }
        if !data.is_empty() {
            module.section(&data);
        }
        module.finish()
    }
}
