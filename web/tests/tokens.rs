//! The page and the pictures have the same colours.

use warren_core::draw::TOKENS;

#[test]
fn the_style_sheet_holds_every_token_of_the_pictures() {
    let sheet = include_str!("../../static/tokens.css");
    let (_, rest) = sheet.split_once("/* picture: begin */").expect("the block begins");
    let (block, _) = rest.split_once("/* picture: end */").expect("the block ends");
    let expected: String = TOKENS
        .iter()
        .map(|token| format!("  --{}: light-dark({}, {});\n", token.name, token.light, token.dark))
        .collect();
    assert_eq!(block.trim(), expected.trim(), "put this between the two markers:\n{expected}");
}
