//! Tidying a text without changing what it says.

use super::lexer::{Token, TokenKind, lex};

/// Blanks in front of a line that continues a statement.
const INDENT: &str = "    ";
/// Comments behind longer lines are not lined up with others.
const ALIGN: usize = 72;

/// A line of the text: what it has, without its blanks.
struct Row {
    code: String,
    comment: String,
    indented: bool,
}

/// The text with one blank between words, lines at the left edge (continued
/// ones indented), comments of neighbouring lines in one column, at most one
/// empty line in a row, and LF line ends. Words and comments stay as they are,
/// and so does what the text means; formatting twice is formatting once.
#[must_use]
pub fn format(text: &str) -> String {
    let mut rows = rows(text);
    while rows.last().is_some_and(Row::is_empty) {
        rows.pop();
    }
    settle_comments(&mut rows);
    let columns = columns(&rows);
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for (row, column) in rows.iter().zip(columns) {
        if row.is_empty() {
            if !blank {
                out.push('\n');
            }
            blank = true;
            continue;
        }
        blank = false;
        let start = out.len();
        if row.indented {
            out.push_str(INDENT);
        }
        out.push_str(&row.code);
        if !row.comment.is_empty() {
            if !row.code.is_empty() {
                let width = out[start..].chars().count();
                out.extend(std::iter::repeat_n(' ', column.saturating_sub(width).max(2)));
            }
            out.push_str(&row.comment);
        }
        out.push('\n');
    }
    out
}

impl Row {
    fn is_empty(&self) -> bool {
        self.code.is_empty() && self.comment.is_empty()
    }

    fn width(&self) -> usize {
        self.code.chars().count() + if self.indented { INDENT.len() } else { 0 }
    }
}

fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut any_statement = false;
    let tokens = lex(text);
    for line in tokens.split_inclusive(|token| token.kind == TokenKind::Newline) {
        let words: Vec<&Token> = line.iter().filter(|token| token.is_significant()).collect();
        let blank_first = line.first().is_some_and(|token| token.kind == TokenKind::Space);
        let comment = line.iter().find(|token| token.kind == TokenKind::Comment);
        rows.push(Row {
            code: joined(text, &words),
            comment: comment.map_or("", |token| token.span.of(text)).trim_end().to_string(),
            indented: blank_first && any_statement,
        });
        any_statement |= !words.is_empty();
    }
    rows
}

/// Words with the blanks that belong between them.
fn joined(text: &str, words: &[&Token]) -> String {
    let mut out = String::new();
    let mut before = None;
    for word in words {
        let tight = matches!(
            (before, word.kind),
            (None | Some(TokenKind::Open), _)
                | (_, TokenKind::Comma | TokenKind::Close)
                | (Some(TokenKind::Word), TokenKind::Open)
        );
        if !tight {
            out.push(' ');
        }
        out.push_str(word.span.of(text));
        before = Some(word.kind);
    }
    out
}

/// A comment on a line of its own goes with the line that follows it.
fn settle_comments(rows: &mut [Row]) {
    let mut below = false;
    for row in rows.iter_mut().rev() {
        if row.code.is_empty() {
            row.indented = below && !row.is_empty();
        } else {
            below = row.indented;
        }
    }
}

/// For each row the column its comment begins in.
fn columns(rows: &[Row]) -> Vec<usize> {
    let aligned =
        |row: &Row| !row.code.is_empty() && !row.comment.is_empty() && row.width() <= ALIGN;
    let mut columns = Vec::with_capacity(rows.len());
    for block in rows.chunk_by(|a, b| aligned(a) && aligned(b)) {
        let widest = block.iter().map(Row::width).max().unwrap_or(0);
        columns.extend(std::iter::repeat_n(widest + 2, block.len()));
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn tidies_blanks_and_keeps_comments() {
        let untidy = "\u{feff}  warren   1\r\n\r\n\r\n//  first\nexchange a  topic //x\n\
                      queue billing // the second   \n   // inside\n   ttl\t5s arg x-n long ( 3 )\n\
                      bind a->billing key a.b ,c\n\n\n";
        let tidy = "\
warren 1

//  first
exchange a topic  //x
queue billing     // the second
    // inside
    ttl 5s arg x-n long(3)
bind a -> billing key a.b, c
";
        assert_eq!(format(untidy), tidy);
        assert_eq!(format(tidy), tidy);
        assert_eq!(format(""), "");
        assert_eq!(format("\n \n"), "");
    }
}
