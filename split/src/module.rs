//! A wasm module, read.

use crate::{Error, Result, names};
use std::collections::BTreeMap;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ConstExpr, FuncType, GlobalType, MemoryType, TableType};
use wasmparser::{
    BinaryReader, CompositeInnerType, DataKind, ElementItems, ElementKind, ExternalKind,
    FunctionBody, Name, Operator, Parser, Payload, TableInit, TypeRef,
};

/// A function that somebody else has to bring.
#[derive(Clone, Debug)]
pub struct Import {
    /// Whose it is.
    pub module: String,
    /// Its name there.
    pub name: String,
    /// Its type's index.
    pub ty: u32,
}

/// What is visible from outside.
#[derive(Clone, Debug)]
pub struct Export {
    /// Under this name.
    pub name: String,
    /// A function, table, memory or global.
    pub kind: ExternalKind,
    /// Which one.
    pub index: u32,
}

/// Functions that are put into a table at the start.
#[derive(Clone, Debug)]
pub struct Element {
    /// The table.
    pub table: u32,
    /// The first slot.
    pub offset: u32,
    /// The functions.
    pub functions: Vec<u32>,
}

/// Bytes that are put into memory at the start.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The address of the first.
    pub offset: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A module of the kind that wasm-bindgen and wasm-opt make: it imports nothing
/// but functions and has one memory.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Function types.
    pub types: Vec<FuncType>,
    /// Imported functions; they have the first indices.
    pub imports: Vec<Import>,
    /// The types of the functions that are here.
    pub functions: Vec<u32>,
    /// Tables.
    pub tables: Vec<TableType>,
    /// The memory, if there is one.
    pub memory: Option<MemoryType>,
    /// Globals and what they begin with.
    pub globals: Vec<(GlobalType, ConstExpr)>,
    /// What is visible from outside.
    pub exports: Vec<Export>,
    /// The function that runs at once.
    pub start: Option<u32>,
    /// What is put into tables.
    pub elements: Vec<Element>,
    /// What is put into memory.
    pub data: Vec<Segment>,
    /// The functions' bodies: locals and code.
    pub bodies: Vec<Vec<u8>>,
    /// The functions' names, readable and without hashes.
    pub names: BTreeMap<u32, String>,
}

impl Module {
    /// Reads a module.
    ///
    /// # Errors
    /// When it is no valid wasm, or has something that cannot be divided.
    pub fn read(wasm: &[u8]) -> Result<Self> {
        validate(wasm)?;
        let mut module = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            module.take(payload?)?;
        }
        Ok(module)
    }

    /// How many functions are imported.
    #[must_use]
    pub fn imported(&self) -> u32 {
        self.imports.len() as u32
    }

    /// The type of the function with this index, imported or not.
    ///
    /// # Errors
    /// When there is none.
    pub fn type_of(&self, function: u32) -> Result<(u32, &FuncType)> {
        let here = function as usize;
        let ty = match self.imports.get(here) {
            Some(import) => Some(&import.ty),
            None => self.functions.get(here - self.imports.len()),
        };
        ty.and_then(|&ty| Some((ty, self.types.get(ty as usize)?)))
            .ok_or_else(|| Error::new(format!("function {function} has no type")))
    }

    /// The body of the function with this number among those that are here.
    #[must_use]
    pub fn body(&self, number: usize) -> FunctionBody<'_> {
        FunctionBody::new(BinaryReader::new(&self.bodies[number], 0))
    }

    fn take(&mut self, payload: Payload<'_>) -> Result<()> {
        let as_is = &mut RoundtripReencoder;
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group?.into_types() {
                        let CompositeInnerType::Func(ty) = ty.composite_type.inner else {
                            return Err(Error::new("a type that is no function's"));
                        };
                        self.types.push(as_is.func_type(ty).map_err(plain)?);
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    let TypeRef::Func(ty) = import.ty else {
                        return Err(Error::new(format!(
                            "{} is imported, no function",
                            import.name
                        )));
                    };
                    let (module, name) = (import.module.to_owned(), import.name.to_owned());
                    self.imports.push(Import { module, name, ty });
                }
            }
            Payload::FunctionSection(section) => {
                self.functions = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table?;
                    if !matches!(table.init, TableInit::RefNull) {
                        return Err(Error::new("a table that does not begin empty"));
                    }
                    self.tables.push(as_is.table_type(table.ty).map_err(plain)?);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    if self.memory.is_some() {
                        return Err(Error::new("more than one memory"));
                    }
                    self.memory = Some(as_is.memory_type(memory?).map_err(plain)?);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    let global = global?;
                    let ty = as_is.global_type(global.ty).map_err(plain)?;
                    let value = as_is.const_expr(global.init_expr).map_err(plain)?;
                    self.globals.push((ty, value));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    let name = export.name.to_owned();
                    self.exports.push(Export { name, kind: export.kind, index: export.index });
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            other => self.take_content(other)?,
        }
        Ok(())
    }

    fn take_content(&mut self, payload: Payload<'_>) -> Result<()> {
        match payload {
            Payload::ElementSection(section) => {
                for element in section {
                    self.elements.push(read_element(&element?)?);
                }
            }
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    let DataKind::Active { offset_expr, .. } = data.kind else {
                        return Err(Error::new("data that waits to be asked for"));
                    };
                    let offset = constant(&offset_expr)?;
                    self.data.push(Segment { offset, bytes: data.data.to_vec() });
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body.as_bytes().to_vec()),
            Payload::CustomSection(section) => {
                if let wasmparser::KnownCustom::Name(section) = section.as_known() {
                    for part in section {
                        if let Name::Function(map) = part? {
                            for naming in map {
                                let naming = naming?;
                                self.names.insert(naming.index, names::readable(naming.name));
                            }
                        }
                    }
                }
            }
            Payload::Version { .. }
            | Payload::DataCountSection { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::End(_) => {}
            other => return Err(Error::new(format!("a section that is unknown here: {other:?}"))),
        }
        Ok(())
    }
}

/// Checks every rule of wasm.
///
/// # Errors
/// What is wrong, and where.
pub fn validate(wasm: &[u8]) -> Result<()> {
    wasmparser::Validator::new().validate_all(wasm)?;
    Ok(())
}

fn read_element(element: &wasmparser::Element<'_>) -> Result<Element> {
    let ElementKind::Active { table_index, offset_expr } = &element.kind else {
        return Err(Error::new("functions that wait to be put into a table"));
    };
    let ElementItems::Functions(items) = &element.items else {
        return Err(Error::new("a table's slots that are computed"));
    };
    Ok(Element {
        table: table_index.unwrap_or(0),
        offset: constant(offset_expr)?,
        functions: items.clone().into_iter().collect::<std::result::Result<_, _>>()?,
    })
}

fn constant(expression: &wasmparser::ConstExpr<'_>) -> Result<u32> {
    let mut operators = expression.get_operators_reader();
    match (operators.read()?, operators.read()?) {
        (Operator::I32Const { value }, Operator::End) => Ok(value.cast_unsigned()),
        _ => Err(Error::new("a place that is not a plain number")),
    }
}

/// The error of a copy that has none of its own.
pub(crate) fn plain(error: wasm_encoder::reencode::Error<std::convert::Infallible>) -> Error {
    Error::new(format!("no wasm that can be divided: {error}"))
}
