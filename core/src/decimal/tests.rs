//! The standard library is the second implementation.

use super::{DOUBLE, SINGLE, print, read};
use proptest::prelude::*;

fn same_double(bits: u64) {
    let float = f64::from_bits(bits);
    let text = print(bits, DOUBLE);
    assert_eq!(text, format!("{float:?}"), "{bits:016x}");
    if float.is_finite() {
        assert_eq!(read(&text, DOUBLE), Some(bits), "{text}");
        same_text(&format!("{float:.30e}"));
    }
}

fn same_single(bits: u32) {
    let float = f32::from_bits(bits);
    let text = print(bits.into(), SINGLE);
    assert_eq!(text, format!("{float:?}"), "{bits:08x}");
    if float.is_finite() {
        assert_eq!(read(&text, SINGLE), Some(bits.into()), "{text}");
        same_text(&format!("{float:.30e}"));
    }
}

fn same_text(text: &str) {
    let double = text.parse::<f64>().ok().map(f64::to_bits);
    assert_eq!(read(text, DOUBLE), double, "{text}");
    let single = text.parse::<f32>().ok().map(|n| n.to_bits().into());
    assert_eq!(read(text, SINGLE), single, "{text}");
}

#[test]
fn every_power_of_two_and_its_neighbours() {
    for exponent in 0..=0x7ff_u64 {
        for fraction in [0, 1, 2, (1 << 52) - 1] {
            same_double(exponent << 52 | fraction);
            same_double(1 << 63 | exponent << 52 | fraction);
        }
    }
    for exponent in 0..=0xff_u32 {
        for fraction in [0, 1, 2, (1 << 23) - 1] {
            same_single(exponent << 23 | fraction);
        }
    }
}

#[test]
fn every_power_of_ten() {
    for power in -400..=400 {
        for digits in ["1", "9", "9.999999999999999999999", "1.7976931348623157", "4.9", "2.5"] {
            same_text(&format!("{digits}e{power}"));
        }
    }
}

#[test]
fn odd_texts() {
    let long = |text: &str| text.repeat(2_000);
    let texts = [
        "0",
        "-0",
        "+0.0",
        "00012.500",
        "1.",
        "1e+5",
        "1e-5",
        "1E5",
        "1e",
        "1e+",
        "e5",
        "1-2",
        "1.2.3",
        "",
        "-",
        ".",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "0e99999999999999999999",
        "9007199254740993",
        "9007199254740992.999",
        "16777217",
        "2.4703282292062328e-324",
        "2.4703282292062327e-324",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
    ];
    texts.into_iter().for_each(same_text);
    same_text(&long("1"));
    same_text(&format!("0.{}", long("1")));
    same_text(&format!("0.{}1", long("0")));
    same_text(&format!("{}e-2000", long("9")));
    // Just at, below and above the middle of two floats.
    same_text(&format!("9007199254740993.{}", long("0")));
    same_text(&format!("9007199254740993.{}1", long("0")));
    same_text(&format!("9007199254740992.{}", long("9")));
}

proptest! {
    #[test]
    fn any_double(bits: u64) {
        same_double(bits);
    }

    #[test]
    fn any_single(bits: u32) {
        same_single(bits);
    }

    #[test]
    fn any_text(text in "[-+]?[0-9]{0,25}(\\.[0-9]{0,25})?(e[-+]?[0-9]{1,3})?") {
        same_text(&text);
    }
}

/// What Erlang/OTP 25 wrote.
#[test]
fn as_erlang_writes_it() {
    for (float, text) in [
        (60_000.0, "6.0e4"),
        (1_000.0, "1.0e3"),
        (100.0, "100.0"),
        (1.5, "1.5"),
        (12_345.0, "12345.0"),
        (0.1, "0.1"),
        (0.01, "0.01"),
        (0.0001, "0.0001"),
        (0.000_01, "1.0e-5"),
        (123_456_789.0, "123456789.0"),
        (0.00123, "0.00123"),
        (1_234_567.5, "1234567.5"),
        (-2_500.0, "-2.5e3"),
        (100_000.5, "100000.5"),
        (9_007_199_254_740_992.0, "9.007199254740992e15"),
        (1e22, "1.0e22"),
        (0.0, "0.0"),
    ] {
        assert_eq!(super::erlang(f64::to_bits(float)), text);
    }
}
