//! `warren check`

use crate::args::Check;
use crate::terminal::Terminal;
use crate::{Ending, source};
use warren_core::scenario::{parse, render};

pub(crate) fn check(args: &Check, terminal: &mut Terminal) -> Ending {
    let mut ending = Ending::Fine;
    for file in &args.files {
        let Some(source) = source::read(file, terminal) else {
            ending = Ending::BadInput;
            continue;
        };
        let parsed = parse(&source.text);
        let paint = terminal.error_paint;
        terminal.error(&render(&source.text, &source.name, &parsed.diagnostics, paint));
        let errors = parsed.diagnostics.iter().filter(|finding| finding.is_error()).count();
        let warnings = parsed.diagnostics.len() - errors;
        let bad = errors > 0 || (args.deny_warnings && warnings > 0);
        let statements = parsed.document.items.len();
        let verdict = match (errors, warnings) {
            (0, 0) => format!("fine, {}", counted(statements, "statement")),
            (0, _) => counted(warnings, "warning"),
            (_, 0) => counted(errors, "error"),
            _ => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        };
        let style = if bad { "31" } else { "32" };
        let verdict = terminal.paint.style(style, &verdict);
        terminal.line(&format!("{}: {verdict}", source.name));
        if bad {
            ending = Ending::BadInput;
        }
    }
    ending
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
