//! What the rules of wasm say about the places of a function.

use crate::module::Module;
use crate::{Error, Result};
use wasmparser::{FuncToValidate, Parser, ValidPayload, Validator, ValidatorResources};

/// What the rules of wasm say about each place of a function.
pub(crate) struct Ground {
    /// Whether nothing of its row waits on the stack there.
    pub(crate) bare: Vec<bool>,
    /// Whether the way can come there.
    pub(crate) reached: Vec<bool>,
}

/// Walks over the module again, to learn what the rules of wasm know.
pub(crate) fn grounds(wasm: &[u8], module: &Module) -> Result<Vec<Ground>> {
    let mut validator = Validator::new();
    let mut grounds = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let ValidPayload::Func(to_validate, _) = validator.payload(&payload?)? {
            grounds.push(Ground::of(to_validate, module, grounds.len())?);
        }
    }
    Ok(grounds)
}

impl Ground {
    fn of(
        to_validate: FuncToValidate<ValidatorResources>,
        module: &Module,
        number: usize,
    ) -> Result<Self> {
        let mut validator =
            to_validate.into_validator(wasmparser::FuncValidatorAllocations::default());
        let body = module.body(number);
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        let mut operators = body.get_operators_reader()?;
        let (mut bare, mut reached) = (Vec::new(), Vec::new());
        while !operators.eof() {
            let frame = validator.get_control_frame(0).ok_or_else(|| Error::new("no frame"))?;
            bare.push(validator.operand_stack_height() as usize == frame.height);
            reached.push(!frame.unreachable);
            let at = operators.original_position();
            validator.op(at, &operators.read()?)?;
        }
        Ok(Self { bare, reached })
    }
}
