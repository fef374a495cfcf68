//! The page's script: what wasm-bindgen wrote, shorter, and able to bring the
//! second part of the program.

use crate::divide::LOADER;
use crate::module::Module;
use crate::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Brings the second part.
const LATE: &str = include_str!("late.js");
/// Stands for it where the program is watched: nothing ever comes.
const WATCH: &str = "\
const warrenLate = { whole: () => false, want() {}, prepare() {} };
globalThis.warrenSeen = () => {
  const words = [];
  for (let at = 0; `seen${at}` in wasm; at++) words.push(wasm[`seen${at}`].value >>> 0);
  return words.join(\" \");
};
";

/// What the script has to bring.
pub(crate) enum Kind<'a> {
    /// Everything, and notes about where the way led.
    Watch,
    /// The second part from this file, which calls the functions in these slots.
    Late(&'a str, Range<u32>),
}

/// wasm-bindgen's script for a module in the file `wasm`, made complete.
pub(crate) fn complete(glue: &str, wasm: &str, kind: Kind<'_>) -> Result<String> {
    let mut glue = glue.to_owned();
    if let Kind::Late(..) = kind {
        let (object, name) = LOADER;
        let known = "        \"./warren-web_bg.js\": import0,\n";
        let added = format!("{known}        {object}: {{ {name}: () => warrenLate.{name}() }},\n");
        replace(&mut glue, known, &added)?;
    }
    cut(&mut glue, "function initSync(module) {", "let __wbg_init_promise;")?;
    replace(&mut glue, "export { initSync, __wbg_init as default };", "")?;
    let late = match kind {
        Kind::Watch => WATCH.to_owned(),
        Kind::Late(file, slots) => {
            let mut late = LATE.to_owned();
            replace(&mut late, "\"LATE\"", &format!("{file:?}"))?;
            replace(
                &mut late,
                "at = FROM; at < TO",
                &format!("at = {}; at < {}", slots.start, slots.end),
            )?;
            replace(&mut late, "at - FROM", &format!("at - {}", slots.start))?;
            late
        }
    };
    let start = format!(
        "await warrenLate.prepare();\n\
         await __wbg_init({{ module_or_path: new URL({wasm:?}, import.meta.url) }});\n"
    );
    Ok(shorter(&(glue + &late + &start)))
}

fn replace(text: &mut String, old: &str, new: &str) -> Result<()> {
    if text.matches(old).count() != 1 {
        return Err(Error::new(format!("wasm-bindgen's script has not just one `{}`", old.trim())));
    }
    *text = text.replace(old, new);
    Ok(())
}

/// Leaves out what stands between `from`, with it, and `to`.
fn cut(text: &mut String, from: &str, to: &str) -> Result<()> {
    let missing = || Error::new(format!("wasm-bindgen's script has no `{from}` before `{to}`"));
    let start = text.find(from).ok_or_else(missing)?;
    let end = text.find(to).filter(|&end| end > start).ok_or_else(missing)?;
    text.replace_range(start..end, "");
    Ok(())
}

/// Without comments in lines of their own and without the space before lines,
/// unless a text goes over several lines.
fn shorter(script: &str) -> String {
    if script.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return script.to_owned();
    }
    let lines = script.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// Gives what module and script know each other by short names, in both.
pub(crate) fn rename(module: &mut Module, glue: &str) -> Result<String> {
    let mut long = BTreeSet::new();
    for import in &module.imports {
        long.insert(import.name.clone());
    }
    for export in &module.exports {
        long.insert(export.name.clone());
    }
    // Only names that nothing else can have by chance.
    long.retain(|name| name.starts_with("__wbg_") || name.starts_with("wasm_bindgen__"));
    let words: BTreeSet<&str> = identifiers(glue).collect();
    let fresh = (0..).map(|number| format!("w{number}")).filter(|name| !words.contains(&**name));
    let short: BTreeMap<String, String> =
        long.into_iter().filter(|name| words.contains(name.as_str())).zip(fresh).collect();
    for import in &mut module.imports {
        if let Some(short) = short.get(&import.name) {
            import.name.clone_from(short);
        }
    }
    for export in &mut module.exports {
        if let Some(short) = short.get(&export.name) {
            export.name.clone_from(short);
        }
    }
    let mut text = String::with_capacity(glue.len());
    let mut rest = glue;
    for word in identifiers(glue) {
        let at = rest.find(word).ok_or_else(|| Error::new("a word that is lost"))?;
        text += &rest[..at];
        text += short.get(word).map_or(word, String::as_str);
        rest = &rest[at + word.len()..];
    }
    Ok(text + rest)
}

/// The words of a script, in their order.
fn identifiers(script: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    script.split(move |c| !part(c)).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::{Export, Import};

    const GLUE: &str = "const import0 = {\n\
        \x20   __wbg_a_1: function() { wasm.wasm_bindgen__b(); },\n};\n\
        return {\n        \"./warren-web_bg.js\": import0,\n};\n\
        function initSync(module) {\n}\nlet __wbg_init_promise;\n\
        export { initSync, __wbg_init as default };\n";

    #[test]
    fn the_script_brings_what_it_has_to() {
        let whole = complete(GLUE, "a.wasm", Kind::Watch).unwrap();
        assert!(whole.contains("new URL(\"a.wasm\", import.meta.url)"), "{whole}");
        assert!(!whole.contains("initSync") && !whole.contains("late:"), "{whole}");
        let late = complete(GLUE, "a.wasm", Kind::Late("b.wasm", 7..9)).unwrap();
        assert!(late.contains("late: { load: () => warrenLate.load() }"), "{late}");
        assert!(late.contains("new URL(\"b.wasm\", import.meta.url)"), "{late}");
        assert!(late.contains("for (let at = 7; at < 9; at++) first[at - 7] ="), "{late}");
        assert!(!late.contains("LATE") && !late.contains("\n "), "{late}");
    }

    #[test]
    fn a_script_of_another_kind_is_refused() {
        for missing in ["import0,", "function initSync", "export {"] {
            let other = GLUE.replace(missing, "");
            assert!(complete(&other, "a.wasm", Kind::Late("b.wasm", 0..0)).is_err(), "{missing}");
        }
    }

    #[test]
    fn both_sides_get_the_same_short_names() {
        let import = |name: &str| Import { module: String::new(), name: name.to_owned(), ty: 0 };
        let export = |name: &str| Export {
            name: name.to_owned(),
            kind: wasmparser::ExternalKind::Func,
            index: 0,
        };
        let mut module = Module {
            imports: vec![import("__wbg_a_1"), import("__wbg_unknown")],
            exports: vec![export("wasm_bindgen__b"), export("memory")],
            ..Module::default()
        };
        let script = rename(&mut module, GLUE).unwrap();
        assert!(script.contains("    w0: function() { wasm.w1(); },"), "{script}");
        assert_eq!([&*module.imports[0].name, &*module.imports[1].name], ["w0", "__wbg_unknown"]);
        assert_eq!([&*module.exports[0].name, &*module.exports[1].name], ["w1", "memory"]);
    }
}
