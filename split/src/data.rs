//! Which data the first part needs.
//!
//! The linker leaves every constant in a segment of its own. One is needed when
//! the first part knows its address, or when data that are needed point to it.
//! An address is any number that could be one. Compilers name a constant by an
//! address in it or right behind it; in loops they may begin a little before
//! it. So a number that is not the beginning of a segment counts for what lies
//! behind it as well.

use crate::Result;
use crate::module::{Module, Segment};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasmparser::Operator;

/// How far behind an address that begins nothing data count as known.
const BEHIND: u32 = 64;
/// Up to which gap, in bytes, segments are written as one: the place of another
/// costs more.
const GAP: u32 = 8;

/// Divides the data: for the first part, and for the second.
pub(crate) fn divide(module: &Module, late: &[bool]) -> Result<(Vec<Segment>, Vec<Segment>)> {
    let mut segments: Vec<&Segment> = module.data.iter().filter(|s| !s.bytes.is_empty()).collect();
    segments.sort_by_key(|segment| segment.offset);
    let mut needed = Needed { needed: vec![false; segments.len()], to_do: Vec::new(), segments };
    for (number, late) in late.iter().enumerate() {
        if !late {
            needed.code(module, number)?;
        }
    }
    for (_, value) in &module.globals {
        let mut bytes = Vec::new();
        wasm_encoder::Encode::encode(value, &mut bytes);
        needed.constant(&bytes)?;
    }
    needed.follow();
    needed.fill_gaps();
    let Needed { segments, needed, .. } = needed;
    let part = |first: bool| together(&segments, &needed, first);
    Ok((part(true), part(false)))
}

struct Needed<'a> {
    segments: Vec<&'a Segment>,
    needed: Vec<bool>,
    to_do: Vec<usize>,
}

impl Needed<'_> {
    /// What a function knows.
    fn code(&mut self, module: &Module, number: usize) -> Result<()> {
        let mut operators = module.body(number).get_operators_reader()?;
        while !operators.eof() {
            let operator = operators.read()?;
            if let Operator::I32Const { value } = operator {
                self.address(value.cast_unsigned());
            } else if let Operator::I64Const { value } = operator {
                // An address and a length are often one number.
                self.address(value as u32);
                self.address((value >> 32) as u32);
            } else if let Operator::V128Const { value } = operator {
                for word in value.bytes().chunks_exact(4) {
                    self.address(word.try_into().map_or(0, u32::from_le_bytes));
                }
            } else {
                let mut offset = Offset(None);
                // Copying looks at every number in an operator.
                let _ = offset.instruction(operator);
                if let Some(offset) = offset.0.and_then(|offset| u32::try_from(offset).ok()) {
                    self.address(offset);
                }
            }
        }
        Ok(())
    }

    /// What the expression that a global begins with knows.
    fn constant(&mut self, bytes: &[u8]) -> Result<()> {
        let expression = wasmparser::ConstExpr::new(wasmparser::BinaryReader::new(bytes, 0));
        let mut operators = expression.get_operators_reader();
        while !operators.eof() {
            if let Operator::I32Const { value } = operators.read()? {
                self.address(value.cast_unsigned());
            }
        }
        Ok(())
    }

    /// A number in the code.
    fn address(&mut self, address: u32) {
        let behind = self.segments.partition_point(|segment| segment.offset <= address);
        let Some(before) = behind.checked_sub(1) else { return };
        self.point(address);
        // The end of one can be the beginning of the next.
        if before > 0 && end(self.segments[before - 1]) == address {
            self.need(before - 1);
        }
        if self.segments[before].offset != address {
            for at in behind..self.segments.len() {
                if self.segments[at].offset > address.saturating_add(BEHIND) {
                    break;
                }
                self.need(at);
            }
        }
    }

    /// A number in data that are needed: the segment that it lies in.
    fn point(&mut self, address: u32) {
        let behind = self.segments.partition_point(|segment| segment.offset <= address);
        let Some(at) = behind.checked_sub(1) else { return };
        if address <= end(self.segments[at]) {
            self.need(at);
        }
    }

    fn need(&mut self, at: usize) {
        if !std::mem::replace(&mut self.needed[at], true) {
            self.to_do.push(at);
        }
    }

    fn follow(&mut self) {
        while let Some(at) = self.to_do.pop() {
            let segment = self.segments[at];
            // Addresses lie at addresses that four divides.
            let skip = (segment.offset.next_multiple_of(4) - segment.offset) as usize;
            for word in segment.bytes.get(skip..).unwrap_or_default().chunks_exact(4) {
                if let Ok(word) = word.try_into() {
                    self.point(u32::from_le_bytes(word));
                }
            }
        }
    }

    /// What is smaller than the place of another segment costs nothing.
    fn fill_gaps(&mut self) {
        for at in 1..self.segments.len().saturating_sub(1) {
            let small = self.segments[at].bytes.len() as u32 <= GAP;
            if small && self.needed[at - 1] && self.needed[at + 1] {
                self.needed[at] = true;
            }
        }
    }
}

/// The address behind a segment.
const fn end(segment: &Segment) -> u32 {
    segment.offset + segment.bytes.len() as u32
}

/// The segments of one part; neighbours, with nothing but a small gap between
/// them, as one.
fn together(segments: &[&Segment], needed: &[bool], first: bool) -> Vec<Segment> {
    let mut all: Vec<Segment> = Vec::new();
    for (at, segment) in segments.iter().enumerate().filter(|(at, _)| needed[*at] == first) {
        let neighbour = at > 0 && needed[at - 1] == first;
        match all.last_mut().filter(|_| neighbour) {
            Some(last) if segment.offset - end(last) <= GAP => {
                last.bytes.resize((segment.offset - last.offset) as usize, 0);
                last.bytes.extend_from_slice(&segment.bytes);
            }
            _ => all.push((*segment).clone()),
        }
    }
    all
}

/// Notes where an operator reads or writes memory.
struct Offset(Option<u64>);

impl Reencode for Offset {
    type Error = std::convert::Infallible;

    fn mem_arg(
        &mut self,
        place: wasmparser::MemArg,
    ) -> std::result::Result<
        wasm_encoder::MemArg,
        wasm_encoder::reencode::Error<std::convert::Infallible>,
    > {
        self.0 = Some(place.offset);
        RoundtripReencoder.mem_arg(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(segments: &[(u32, &[u8])]) -> Module {
        let text = "(module (memory 1) (table 1 funcref)
            (func (drop (i32.const 100)) (drop (i32.load offset=2000 (i32.const 0))))
            (func (drop (i32.const 300)) (drop (i32.const 500)))
            (func (drop (i64.const 0x300000000c00)) (drop (i64.const 0xd0000000000))))";
        let wasm = wat::parse_str(text).unwrap();
        let data = segments.iter().map(|&(offset, b)| Segment { offset, bytes: b.to_vec() });
        Module { data: data.collect(), ..Module::read(&wasm).unwrap() }
    }

    fn offsets(segments: &[Segment]) -> Vec<(u32, usize)> {
        segments.iter().map(|segment| (segment.offset, segment.bytes.len())).collect()
    }

    #[test]
    fn what_the_first_part_knows_stays() {
        let long: &[u8] = &[7; 40];
        let pointer = [long, &400_u32.to_le_bytes()].concat();
        let module = module(&[
            (100, &pointer),
            (200, long),
            (300, long),
            (400, long),
            (500, long),
            (2000, long),
        ]);
        let (first, late) = divide(&module, &[false, true, true]).unwrap();
        assert_eq!(offsets(&first), [(100, 44), (400, 40), (2000, 40)]);
        assert_eq!(offsets(&late), [(200, 40), (300, 40), (500, 40)]);
        let (first, late) = divide(&module, &[true, true, true]).unwrap();
        assert_eq!((first.len(), late.len()), (0, 6));
    }

    #[test]
    fn an_address_that_begins_nothing_counts_for_what_lies_behind() {
        let long: &[u8] = &[7; 40];
        let behind = 100 + BEHIND;
        let module = module(&[(90, long), (behind, long), (behind + 60, long), (1400, long)]);
        let (first, late) = divide(&module, &[false, true, true]).unwrap();
        assert_eq!(offsets(&first), [(90, 40), (behind, 40)]);
        assert_eq!(offsets(&late), [(behind + 60, 40), (1400, 40)]);
    }

    #[test]
    fn addresses_in_long_numbers_count() {
        let long: &[u8] = &[7; 40];
        let module = module(&[(0xb00, long), (0xc00, long), (0xd00, long)]);
        let (first, late) = divide(&module, &[true, true, false]).unwrap();
        assert_eq!(offsets(&first), [(0xc00, 40), (0xd00, 40)]);
        assert_eq!(offsets(&late), [(0xb00, 40)]);
    }

    #[test]
    fn neighbours_are_written_as_one() {
        let module = module(&[(100, &[1; 6]), (108, &[2; 4]), (120, &[3; 4])]);
        let (first, late) = divide(&module, &[false, true, true]).unwrap();
        assert_eq!((offsets(&first), offsets(&late)), (vec![(100, 6)], vec![(108, 16)]));
    }
}
