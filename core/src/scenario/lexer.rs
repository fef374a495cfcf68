//! Text to tokens. Nothing is lost: the tokens, put together, are the text.

use super::document::SourceSpan;
use crate::unseen::acts_unseen;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// The end of a line: LF or CR LF.
    Newline,
    /// Blanks and tabs, or a byte order mark.
    Space,
    /// `// …` to the end of the line. Only where a token can begin, so that
    /// `http://shop` is a word.
    Comment,
    /// A bare word: a keyword, a name, a key, a number, a duration.
    Word,
    /// `"…"` with its quotes.
    Text,
    /// A `"…` that its line did not close.
    OpenText,
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `->`
    Arrow,
    /// `<-`
    BackArrow,
}

/// A piece of the source and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: SourceSpan,
}

impl Token {
    /// Whether it means something to the grammar.
    #[must_use]
    pub const fn is_significant(&self) -> bool {
        !matches!(self.kind, TokenKind::Newline | TokenKind::Space | TokenKind::Comment)
    }
}

impl SourceSpan {
    /// The piece of `text` this span stands for; empty when `text` is another
    /// one and has no such piece.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// From the start of this span to the end of `other`.
    #[must_use]
    pub const fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }
}

/// Cuts `text` into tokens. Text beyond 4 GiB has no spans and is left out;
/// [`super::parse`] refuses far shorter files.
#[must_use]
pub fn lex(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (kind, length) = first_token(&text[at..]);
        let (Ok(start), Ok(end)) = (u32::try_from(at), u32::try_from(at + length)) else { break };
        tokens.push(Token { kind, span: SourceSpan { start, end } });
        at += length;
    }
    tokens
}

/// The kind and length in bytes of the token `rest` begins with. `rest` is not
/// empty; the length is never 0.
fn first_token(rest: &str) -> (TokenKind, usize) {
    if let Some(length) = newline(rest) {
        return (TokenKind::Newline, length);
    }
    if rest.starts_with("//") {
        return (TokenKind::Comment, line_length(rest));
    }
    for (sign, kind) in [
        (",", TokenKind::Comma),
        ("(", TokenKind::Open),
        (")", TokenKind::Close),
        ("->", TokenKind::Arrow),
        ("<-", TokenKind::BackArrow),
    ] {
        if rest.starts_with(sign) {
            return (kind, sign.len());
        }
    }
    if rest.starts_with('"') {
        return text_token(rest);
    }
    let blank = |(at, c): &(usize, char)| is_blank(*c) && newline(&rest[*at..]).is_none();
    if rest.starts_with(is_blank) {
        let end = rest.char_indices().find(|c| !blank(c)).map_or(rest.len(), |(at, _)| at);
        return (TokenKind::Space, end);
    }
    let ends = |(at, c): &(usize, char)| {
        is_blank(*c)
            || matches!(c, '\n' | '"' | ',' | '(' | ')')
            || rest[*at..].starts_with("->")
            || rest[*at..].starts_with("<-")
    };
    let end = rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at);
    (TokenKind::Word, end)
}

/// The length of the line end `rest` begins with.
fn newline(rest: &str) -> Option<usize> {
    match rest.as_bytes() {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

/// The length of the first line of `rest` without its end.
fn line_length(rest: &str) -> usize {
    let end = rest.find('\n').unwrap_or(rest.len());
    if rest[..end].ends_with('\r') && end < rest.len() { end - 1 } else { end }
}

/// A token that begins with a quote.
fn text_token(rest: &str) -> (TokenKind, usize) {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => {
                let end = if rest[..at].ends_with('\r') { at - 1 } else { at };
                return (TokenKind::OpenText, end);
            }
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return (TokenKind::Text, at + 1),
            _ => {}
        }
    }
    (TokenKind::OpenText, rest.len())
}

/// Whether `c` separates words within a line. Any blank Unicode knows, because
/// text that was pasted from a web page has more than one kind.
pub(super) fn is_blank(c: char) -> bool {
    (c.is_whitespace() && c != '\n') || c == '\u{feff}'
}

/// Whether `text` can stand without quotes and be read back as one word.
pub(super) fn is_bare(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(acts_unseen)
        && first_token(text) == (TokenKind::Word, text.len())
        && !text.starts_with(['“', '”', '„', '‘', '’', '«', '»'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        lex(text)
            .into_iter()
            .filter(|t| t.kind != Space)
            .map(|t| (t.kind, t.span.of(text)))
            .collect()
    }

    #[test]
    fn cuts_lines_into_words_texts_and_signs() {
        for (text, want) in [
            ("bind a->b", vec![(Word, "bind"), (Word, "a"), (Arrow, "->"), (Word, "b")]),
            ("key order.*.eu, #", {
                vec![(Word, "key"), (Word, "order.*.eu"), (Comma, ","), (Word, "#")]
            }),
            (
                "c <- q // why",
                vec![(Word, "c"), (BackArrow, "<-"), (Word, "q"), (Comment, "// why")],
            ),
            ("http://x", vec![(Word, "http://x")]),
            ("\"a \\\" b\" \"c", vec![(Text, "\"a \\\" b\""), (OpenText, "\"c")]),
            ("\"a\r\nb\n", {
                vec![(OpenText, "\"a"), (Newline, "\r\n"), (Word, "b"), (Newline, "\n")]
            }),
            ("long(3)", vec![(Word, "long"), (Open, "("), (Word, "3"), (Close, ")")]),
            ("// x\r\n", vec![(Comment, "// x"), (Newline, "\r\n")]),
            ("a\u{a0}b\r", vec![(Word, "a"), (Word, "b")]),
            ("-40 a-b <", vec![(Word, "-40"), (Word, "a-b"), (Word, "<")]),
        ] {
            assert_eq!(kinds(text), want, "{text:?}");
        }
    }

    #[test]
    fn knows_what_needs_quotes() {
        for bare in ["a", "order.*.eu", "logs.#", "*.#", "é", "日本", "a//b", "-", "a'b"] {
            assert!(is_bare(bare), "{bare:?}");
        }
        for not in ["", "a b", "a,b", "//a", "a->b", "a\"", "a\n", "(", "\u{202e}a", "“a", "\r"] {
            assert!(!is_bare(not), "{not:?}");
        }
    }

    proptest! {
        #[test]
        fn loses_nothing(text in "(?s).{0,200}|[ \t\r\n\",()<>/a\\\\-]{0,60}") {
            let tokens = lex(&text);
            let joined: String = tokens.iter().map(|t| t.span.of(&text)).collect();
            prop_assert_eq!(joined, text);
            prop_assert!(tokens.iter().all(|t| t.span.start < t.span.end));
        }
    }
}
