//! The same numbers natively and in wasm: cargo runs this file as it is, and
//! `cargo xtask test` runs it again compiled to wasm in Node.js.

use warren_core::digest::Digest;
use wasm_bindgen_test::wasm_bindgen_test;

/// Bytes of the little-endian form in eight bytes, also where a pointer has
/// four; computed by hand with FNV-1a.
#[wasm_bindgen_test(unsupported = test)]
fn integers_hash_alike_whatever_the_width_of_a_pointer() {
    let cases: [(u64, u64); 4] = [
        (Digest::of(&0usize), 0xa8c7_f832_281a_39c5),
        (Digest::of(&[1u16, 2, 3][..]), 0x2c09_45c7_1431_7276),
        (Digest::of("order.created"), 0xa697_a445_3c41_1586),
        (Digest::of(&(1u8, -1i32, Some(7u64))), 0xe7a4_7b8a_da44_5b2e),
    ];
    for (index, (found, golden)) in cases.into_iter().enumerate() {
        assert_eq!(found, golden, "case {index}: {found:#x}");
    }
}
