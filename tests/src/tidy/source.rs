//! Reading one Rust file: the paths it names, its functions, its left-overs.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path that code names, made absolute: `["warren_core", "broker", "Name"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its segments, the crate first.
    pub path: Vec<String>,
    /// Where.
    pub line: usize,
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Where its `fn` stands.
    pub line: usize,
    /// How many lines from there to its last brace.
    pub lines: usize,
}

/// A `mod name;`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Child {
    /// Its name.
    pub name: String,
    /// Whether it stands under `#[cfg(test)]`.
    pub test: bool,
    /// What `#[path = "…"]` says.
    pub file: Option<String>,
}

/// A file that belongs to the code under test or to a test.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Path from the root.
    pub file: String,
    /// Crate and modules: `["warren_core", "broker", "queue"]`.
    pub path: Vec<String>,
    /// Whether it is only compiled for tests.
    pub test: bool,
    /// `mod name;` declarations.
    pub children: Vec<Child>,
    /// Every path with at least two segments.
    pub named: Vec<Named>,
    /// Every identifier and where.
    pub words: Vec<(String, usize)>,
    /// Every string literal's source text and where.
    pub strings: Vec<(String, usize)>,
    /// Where a type that derives `Hash` holds a vector, slice or array of
    /// `usize` or `isize`.
    pub wide: Vec<usize>,
    /// What was meant to go, in tests too: `dbg!` and its like, `#[ignore]`.
    pub left_over: Vec<(String, usize)>,
    /// Every function.
    pub functions: Vec<Function>,
    /// Lines that are not under `#[cfg(test)]`.
    pub lines: usize,
    /// Lines taken by items under `#[cfg(test)]`.
    test_lines: usize,
}

/// Reads one file.
///
/// # Errors
/// When it is not Rust.
pub fn module(
    file: &str,
    path: &[&str],
    test: bool,
    text: &str,
) -> Result<Module, proc_macro2::LexError> {
    let mut module = Module {
        file: file.to_owned(),
        path: path.iter().map(|&s| s.to_owned()).collect(),
        test,
        ..Module::default()
    };
    let tokens: Vec<TokenTree> = text.parse::<TokenStream>()?.into_iter().collect();
    module.leavings(&tokens);
    let here = module.path.clone();
    module.read(&tokens, &here);
    module.lines = text.lines().count() - module.test_lines.min(text.lines().count());
    Ok(module)
}

impl Module {
    fn read(&mut self, tokens: &[TokenTree], here: &[String]) {
        let mut at = 0;
        while at < tokens.len() {
            at = self.step(tokens, at, here);
        }
    }

    /// Reads what starts at `at`; the index after it.
    fn step(&mut self, tokens: &[TokenTree], at: usize, here: &[String]) -> usize {
        if is_test_attribute(tokens, at) {
            let end = item_end(tokens, at);
            if let Some(name) = declared(&tokens[at..end]) {
                self.children.push(Child { name, test: true, file: None });
            }
            self.test_lines += line_after(&tokens[end - 1]) + 1 - line(&tokens[at]);
            return end;
        }
        match &tokens[at] {
            TokenTree::Ident(word) if word == "use" => {
                let end = (at..tokens.len()).find(|&i| is_punct(&tokens[i], ';'));
                let end = end.unwrap_or(tokens.len());
                self.words_of(&tokens[at + 1..end]);
                self.use_tree(&tokens[at + 1..end], &[], here);
                end + 1
            }
            TokenTree::Ident(word) if word == "mod" => self.inline_module(tokens, at, here),
            TokenTree::Ident(word) => {
                if word == "fn" {
                    self.function(tokens, at);
                }
                self.path_from(tokens, at, here)
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains('"') {
                    self.strings.push((text, line(&tokens[at])));
                }
                at + 1
            }
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                if at > 0 && is_punct(&tokens[at - 1], '#') && derives_hash(group) {
                    let item = TokenStream::from_iter(tokens[at..item_end(tokens, at)].to_vec());
                    if has_wide(item) {
                        self.wide.push(line(&tokens[at]));
                    }
                }
                self.read(&inside, here);
                at + 1
            }
            TokenTree::Punct(_) => at + 1,
        }
    }

    fn leavings(&mut self, tokens: &[TokenTree]) {
        const MACROS: [&str; 3] = ["dbg", "todo", "unimplemented"];
        for (at, token) in tokens.iter().enumerate() {
            let next = tokens.get(at + 1);
            // `todo != 2` is no macro.
            let unequal = tokens.get(at + 2).is_some_and(|t| is_punct(t, '='));
            match token {
                TokenTree::Ident(word) if next.is_some_and(|t| is_punct(t, '!')) && !unequal => {
                    let word = word.to_string();
                    if MACROS.contains(&word.as_str()) {
                        self.left_over.push((word + "!", line(token)));
                    }
                }
                TokenTree::Punct(p) if p.as_char() == '#' => {
                    let ignored = |g: &TokenTree| g.to_string().starts_with("[ignore");
                    if next.is_some_and(ignored) {
                        self.left_over.push(("#[ignore]".to_owned(), line(token)));
                    }
                }
                TokenTree::Group(group) => {
                    self.leavings(&group.stream().into_iter().collect::<Vec<_>>());
                }
                _ => {}
            }
        }
    }

    /// `mod name;` or `mod name { … }`.
    fn inline_module(&mut self, tokens: &[TokenTree], at: usize, here: &[String]) -> usize {
        let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else { return at + 1 };
        match tokens.get(at + 2) {
            Some(TokenTree::Punct(p)) if p.as_char() == ';' => {
                let file = at.checked_sub(1).and_then(|i| path_attribute(&tokens[i]));
                self.children.push(Child { name: name.to_string(), test: false, file });
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut deeper = here.to_vec();
                deeper.push(name.to_string());
                self.read(&inside, &deeper);
            }
            _ => return at + 1,
        }
        at + 3
    }

    fn function(&mut self, tokens: &[TokenTree], at: usize) {
        let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else { return };
        let rest = &tokens[at..];
        let end = rest.iter().position(|t| is_punct(t, ';') || is_brace(t));
        if let Some(body) = end.map(|i| &rest[i]).filter(|t| is_brace(t)) {
            let first = line(&tokens[at]);
            let lines = line_after(body) + 1 - first;
            self.functions.push(Function { name: name.to_string(), line: first, lines });
        }
    }

    /// `a::b::c` in an expression, a type or a macro.
    fn path_from(&mut self, tokens: &[TokenTree], at: usize, here: &[String]) -> usize {
        let first = line(&tokens[at]);
        let mut path = Vec::new();
        let mut next = at;
        while let Some(TokenTree::Ident(word)) = tokens.get(next) {
            self.words.push((word.to_string(), line(&tokens[next])));
            path.push(word.to_string());
            next += 1;
            if !is_double_colon(tokens, next) {
                break;
            }
            next += 2;
        }
        if path.len() > 1 {
            self.named.push(Named { path: absolute(&path, here), line: first });
        }
        next
    }

    /// The tree behind `use`.
    fn use_tree(&mut self, tokens: &[TokenTree], before: &[String], here: &[String]) {
        let mut path = before.to_vec();
        let mut first = 0;
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(word) if word == "as" => break,
                TokenTree::Ident(word) => {
                    first = line(token);
                    path.push(word.to_string());
                }
                TokenTree::Group(group) => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    for branch in inside.split(|t| is_punct(t, ',')) {
                        self.use_tree(branch, &path, here);
                    }
                    return;
                }
                TokenTree::Punct(p) if p.as_char() == '*' => {
                    first = line(token);
                    path.push("*".to_owned());
                }
                // The leading `::` of a global path.
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    first = first.max(if index == 0 { line(token) } else { 0 });
                }
            }
        }
        if path.len() > before.len() {
            if path.last().is_some_and(|last| last == "self") {
                path.pop();
            }
            self.named.push(Named { path: absolute(&path, here), line: first });
        }
    }

    fn words_of(&mut self, tokens: &[TokenTree]) {
        for token in tokens {
            match token {
                TokenTree::Ident(word) => self.words.push((word.to_string(), line(token))),
                TokenTree::Group(group) => {
                    self.words_of(&group.stream().into_iter().collect::<Vec<_>>());
                }
                _ => {}
            }
        }
    }
}

/// Resolves `crate`, `self` and `super`.
fn absolute(path: &[String], here: &[String]) -> Vec<String> {
    let mut base: Vec<String> = match path.first().map(String::as_str) {
        Some("crate") => here[..1].to_vec(),
        Some("self" | "super") => here.to_vec(),
        _ => return path.to_vec(),
    };
    for segment in path.iter().skip_while(|s| *s == "crate" || *s == "self") {
        if segment == "super" {
            base.pop();
        } else {
            base.push(segment.clone());
        }
    }
    base
}

fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

fn line_after(token: &TokenTree) -> usize {
    match token {
        TokenTree::Group(group) => group.span_close().end().line,
        other => other.span().end().line,
    }
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == wanted)
}

/// The string of `[path = "…"]`.
fn path_attribute(token: &TokenTree) -> Option<String> {
    let text = token.to_string();
    let (_, rest) = text.strip_prefix("[path")?.split_once('"')?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// Whether this is the bracket of `#[derive(…, Hash, …)]`.
fn derives_hash(group: &Group) -> bool {
    let text = group.to_string();
    let word = |c: char| !c.is_alphanumeric();
    text.contains("derive") && text.split(word).any(|part| part == "Hash")
}

/// Whether `Vec<usize>`, `[usize]` or `[usize; N]` occurs, or one of `isize`.
fn has_wide(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let wide = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(word)) if word == "usize" || word == "isize");
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(word) => word == "Vec" && wide(tokens.get(at + 2)),
        TokenTree::Group(group) => {
            let slice = group.delimiter() == Delimiter::Bracket;
            slice && wide(group.stream().into_iter().next().as_ref()) || has_wide(group.stream())
        }
        _ => false,
    })
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace)
}

fn is_double_colon(tokens: &[TokenTree], at: usize) -> bool {
    tokens.get(at).is_some_and(|t| is_punct(t, ':'))
        && tokens.get(at + 1).is_some_and(|t| is_punct(t, ':'))
        && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_)))
}

/// Whether `#[cfg(test)]` stands at `at`.
fn is_test_attribute(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(&tokens[at], '#')
        && matches!(tokens.get(at + 1), Some(TokenTree::Group(g))
            if g.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// One past the item whose attributes start at `at`.
fn item_end(tokens: &[TokenTree], at: usize) -> usize {
    let end = (at..tokens.len()).find(|&i| is_punct(&tokens[i], ';') || is_brace(&tokens[i]));
    end.map_or(tokens.len(), |i| i + 1)
}

/// The name in `… mod name;`.
fn declared(item: &[TokenTree]) -> Option<String> {
    let [.., TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(end)] = item else {
        return None;
    };
    (word == "mod" && end.as_char() == ';').then(|| name.to_string())
}
