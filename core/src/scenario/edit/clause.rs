//! What has to change in one statement.

use super::splice::{self, Splice};
use crate::scenario::document::{Item, Outcome, SourceSpan, Statement};
use crate::scenario::grammar::Line;
use crate::scenario::lexer::{Token, TokenKind, lex};
use crate::scenario::print::{self, Piece};
use crate::scenario::words::KINDS;

/// Splices after which the statement of `line` says what `new` says. Part by
/// part where that is possible, else the statement as a whole.
pub(super) fn changes(text: &str, line: &Line, new: &Item) -> Vec<Splice> {
    if let Some(splices) = line.item().and_then(|old| by_parts(text, line, &old, new)) {
        let moved = |splice: &Splice| Splice {
            start: splice.start - line.span.start as usize,
            end: splice.end - line.span.start as usize,
            text: splice.text.clone(),
        };
        let source = line.span.of(text);
        let changed = splice::apply(source, splices.iter().map(moved).collect());
        let says = super::read_one(&changed);
        // A blank or comment in front would make it continue the line above.
        let at_edge = lex(&changed).first().is_some_and(Token::is_significant);
        if at_edge && says.is_some_and(|item| item.at == new.at && item.what == new.what) {
            return splices;
        }
    }
    // What the author noted in between goes in front, on lines of its own.
    let (start, end) = (line.span.start as usize, line.span.end as usize);
    let mut whole = String::new();
    for comment in comments(line.span.of(text)) {
        whole.push_str(comment);
        whole.push('\n');
    }
    whole.push_str(&print::statement(new));
    vec![Splice { start, end, text: whole }]
}

fn comments(text: &str) -> impl Iterator<Item = &str> {
    let tokens = lex(text).into_iter().filter(|token| token.kind == TokenKind::Comment);
    tokens.map(|token| token.span.of(text).trim_end())
}

/// Compares the parts of the old and the new statement. `None` when the text
/// says a part in a way that cannot be changed alone.
fn by_parts(text: &str, line: &Line, old: &Item, new: &Item) -> Option<Vec<Splice>> {
    // `then ack` goes without saying. Who wrote it keeps it, whatever else changes.
    let settles = outcomes(&old.what) != outcomes(&new.what);
    let pieces = |item: &Item| {
        let mut pieces = print::pieces(item);
        pieces.retain(|piece| settles || piece.part != "then");
        pieces
    };
    let (old, new) = (pieces(old), pieces(new));
    // `expect` has two parts called by their place, everything else one each.
    let source = |part: &str| line.clauses.iter().find(|c| c.part == part).map(|c| c.span);
    let same = |pieces: &[Piece], part: &str| pieces.iter().find(|p| p.part == part).cloned();
    let mut splices = Vec::new();
    let mut behind: Option<SourceSpan> = None;
    for piece in &new {
        let place = source(&piece.part);
        match (same(&old, &piece.part), place) {
            (Some(before), _) if before.text == piece.text => {}
            (Some(_), Some(span)) => splices.extend(token_changes(text, span, &piece.text)),
            (Some(_), None) => return None,
            (None, Some(span)) => splices.extend(token_changes(text, span, &piece.text)),
            (None, None) => match behind {
                Some(span) => {
                    let at = span.end as usize;
                    splices.push(Splice { start: at, end: at, text: format!(" {}", piece.text) });
                }
                None => {
                    let at = line.span.start as usize;
                    splices.push(Splice { start: at, end: at, text: format!("{} ", piece.text) });
                }
            },
        }
        behind = place.or(behind);
    }
    for piece in &old {
        if same(&new, &piece.part).is_none() {
            splices.push(removal(text, line, source(&piece.part)?));
        }
    }
    Some(splices)
}

fn outcomes(what: &Statement) -> Option<&[Outcome]> {
    match what {
        Statement::Consumer(decl) => Some(&decl.outcomes),
        _ => None,
    }
}

/// Takes a part away with the blanks in front of it (behind it, when it is the
/// first). Comments stay.
fn removal(text: &str, line: &Line, span: SourceSpan) -> Splice {
    let (start, end) = (span.start as usize, span.end as usize);
    let before = &text[line.span.start as usize..start];
    let after = &text[end..line.span.end as usize];
    let is_gap = |c: char| c.is_whitespace();
    if before.is_empty() {
        let gap = after.len() - after.trim_start_matches(is_gap).len();
        return Splice { start, end: end + gap, text: String::new() };
    }
    let gap = before.len() - before.trim_end_matches(is_gap).len();
    // Behind a comment the line end in front has to stay.
    let last_line = before.trim_end_matches(is_gap).rsplit('\n').next().unwrap_or("");
    let commented = lex(last_line).iter().any(|token| token.kind == TokenKind::Comment);
    if commented {
        let behind = after.len() - after.trim_start_matches([' ', '\t']).len();
        return Splice { start, end: end + behind, text: String::new() };
    }
    Splice { start: start - gap, end, text: String::new() }
}

/// Changes the tokens in which the piece of text at `span` and `new` differ.
pub(super) fn token_changes(text: &str, span: SourceSpan, new: &str) -> Option<Splice> {
    let source = span.of(text);
    let significant = |text: &str| -> Vec<Token> {
        lex(text).into_iter().filter(Token::is_significant).collect()
    };
    let (old_tokens, new_tokens) = (significant(source), significant(new));
    let same = |a: &Token, b: &Token| {
        a.span.of(source) == b.span.of(new)
            || (a.kind == TokenKind::Text
                && b.kind == TokenKind::Word
                && a.span.of(source).trim_matches('"') == b.span.of(new)
                && !KINDS.contains(&b.span.of(new)))
    };
    let front = old_tokens.iter().zip(&new_tokens).take_while(|(a, b)| same(a, b)).count();
    let (old_rest, new_rest) = (&old_tokens[front..], &new_tokens[front..]);
    let back =
        old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let old_middle = &old_rest[..old_rest.len() - back];
    let new_middle = &new_rest[..new_rest.len() - back];
    if old_middle.is_empty() && new_middle.is_empty() {
        return None;
    }
    // A piece that appears or goes takes the blanks in front of it along.
    let whole = old_middle.is_empty() || new_middle.is_empty();
    // So does one in the place of a comma, before which there are none.
    let tight = |middle: &[Token]| {
        let signs = [TokenKind::Comma, TokenKind::Open, TokenKind::Close];
        middle.first().is_some_and(|token| signs.contains(&token.kind))
    };
    let whole = whole || (front > 0 && tight(old_middle) != tight(new_middle));
    let edges = |tokens: &[Token], middle: &[Token]| {
        let before = front.checked_sub(1).and_then(|i| tokens.get(i)).map_or(0, |t| t.span.end);
        let start = middle.first().map_or(before, |token| token.span.start);
        let end = middle.last().map_or(before, |token| token.span.end);
        // At the front there are none; the blanks behind go along then.
        let next = tokens.get(front + middle.len()).map_or(end, |token| token.span.start);
        match (whole, front) {
            (false, _) => (start as usize, end as usize),
            (true, 0) => (0, next as usize),
            (true, _) => (before as usize, end as usize),
        }
    };
    let (start, end) = edges(&old_tokens, old_middle);
    let (from, to) = edges(&new_tokens, new_middle);
    let base = span.start as usize;
    let mut changed = new[from..to].to_string();
    keep_comments(&mut changed, &source[start..end], &text[base + end..]);
    Some(Splice { start: base + start, end: base + end, text: changed })
}

/// Puts the comments of `gone` behind the words that take its place, in front
/// of what follows.
fn keep_comments(come: &mut String, gone: &str, follows: &str) {
    let before = come.len();
    for (index, comment) in comments(gone).enumerate() {
        come.push_str(if index == 0 { " " } else { "\n    " });
        come.push_str(comment);
    }
    // A comment goes on to the end of its line.
    let rest = follows.split('\n').next().unwrap_or("");
    if come.len() > before && !rest.trim().is_empty() {
        come.push_str("\n   ");
        if !rest.starts_with([' ', '\t']) {
            come.push(' ');
        }
    }
}
