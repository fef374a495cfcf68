//! Who may import whom. The tables are the architecture; ARCHITECTURE.md
//! explains them.

use super::Finding;
use super::source::Module;

/// A layer of core and everything of core that it may name besides itself. An
/// entry with `::` allows that one thing only.
const CORE: [(&str, &[&str]); 13] = [
    ("time", &[]),
    ("decimal", &[]),
    ("digest", &[]),
    ("intern", &["digest"]),
    ("order", &[]),
    ("unseen", &[]),
    ("broker", &["time", "decimal", "intern", "digest", "order"]),
    ("scenario", &["time", "decimal", "intern", "digest", "order", "unseen", "broker"]),
    ("link", &["time", "broker::Name", "scenario"]),
    ("frame", &["time", "broker::Name", "scenario::NodeId"]),
    ("world", &["time", "intern", "digest", "order", "broker", "scenario", "frame"]),
    (
        "timeline",
        &["time", "decimal", "intern", "digest", "order", "broker", "scenario", "frame", "world"],
    ),
    ("draw", &["time", "intern", "order", "unseen", "frame", "broker::Name", "scenario::NodeId"]),
];

/// Crates and modules that a part of the tree may not name at all: the part,
/// what it may not name, why.
const NEVER: [(&str, &[&str], &str); 6] = [
    (
        "warren_core",
        &[
            "std::fs",
            "std::env",
            "std::thread",
            "std::net",
            "std::process",
            "std::io",
            "std::time",
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "yew",
            "serde",
            "rand",
            "getrandom",
        ],
        "core computes, it does no I/O and knows no clock but time::Tick",
    ),
    (
        "warren_web::session",
        &["yew", "web_sys", "js_sys", "wasm_bindgen", "gloo", "crate::port"],
        "the session is tested without a browser",
    ),
    (
        "warren_web::gesture",
        &["yew", "web_sys", "js_sys", "wasm_bindgen", "gloo", "crate::port"],
        "gestures are tested without a browser",
    ),
    (
        "warren_amqp",
        &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "yew",
            "std::fs",
            "std::env",
            "std::process",
            "warren_core::scenario",
            "warren_core::world",
            "warren_core::timeline",
            "warren_core::draw",
        ],
        "the port knows sockets and the broker, no files, no scenarios, no browser",
    ),
    (
        "warren_definitions",
        &[
            "std::fs",
            "std::env",
            "std::io",
            "std::net",
            "std::process",
            "std::time",
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "yew",
            "warren_amqp",
            "warren_core::scenario",
            "warren_core::world",
            "warren_core::timeline",
            "warren_core::draw",
        ],
        "definitions are texts and a broker, in a browser as anywhere",
    ),
    ("warren", &["web_sys", "js_sys", "wasm_bindgen", "yew"], "the command knows no browser"),
];

/// Words that may not occur in core at all, and the files that may say them.
const WORDS: [(&[&str], &[&str], &str); 2] = [
    (
        &["HashMap", "HashSet", "RandomState", "Instant", "SystemTime"],
        &["core/src/intern.rs"],
        "two runs could differ",
    ),
    (
        &["f32", "f64"],
        &[
            "core/src/broker/value.rs",
            "core/src/decimal.rs",
            "core/src/broker/arguments.rs",
            "core/src/broker/routing/headers.rs",
            "core/src/broker/routing/term.rs",
            "core/src/broker/routing/erlang.rs",
            "core/src/broker/routing/pick.rs",
            "core/src/scenario/values.rs",
            "core/src/draw/",
        ],
        "floats are for pictures, AMQP's float values and Erlang's hashes",
    ),
];

/// What only the scenario's own printer puts together.
const FORMAT: [&str; 4] = ["warren 1", "-> queue {", "-> exchange {", "<- {"];

/// The modules of web that may name `web_sys`, `js_sys` or `gloo`, with why.
const TOUCH_THE_BROWSER: [(&str, &str); 1] =
    [("warren_web::port", "the one place where side effects happen")];

/// Everything that breaks a layer.
#[must_use]
pub fn check(modules: &[Module]) -> Vec<Finding> {
    let code = || modules.iter().filter(|m| !m.test);
    code()
        .flat_map(core_edges)
        .chain(code().flat_map(never))
        .chain(code().flat_map(words))
        .chain(code().flat_map(browser))
        .chain(code().flat_map(format))
        .collect()
}

fn core_edges(module: &Module) -> Vec<Finding> {
    let [krate, layer, ..] = &module.path[..] else { return Vec::new() };
    if krate != "warren_core" {
        return Vec::new();
    }
    let Some((_, allowed)) = CORE.iter().find(|(name, _)| name == layer) else {
        let what = format!("core::{layer} is in no layer: give it one in tidy/layers.rs");
        return vec![Finding::new(&module.file, 1, what)];
    };
    let mut findings = Vec::new();
    for named in &module.named {
        let [target, rest @ ..] = &named.path[..] else { continue };
        let Some(other) = rest.first() else { continue };
        let is_layer = CORE.iter().any(|(name, _)| name == other);
        if target != "warren_core" || !is_layer || other == layer {
            continue;
        }
        let full = rest.join("::");
        let fine = allowed.iter().any(|a| *a == other || within(&full, a));
        if !fine {
            let what = format!("core::{layer} may not name core::{full}");
            findings.push(Finding::new(&module.file, named.line, what));
        }
    }
    findings
}

fn never(module: &Module) -> Vec<Finding> {
    let here = module.path.join("::");
    let mut findings = Vec::new();
    for (part, forbidden, why) in NEVER {
        if !within(&here, part) {
            continue;
        }
        for named in &module.named {
            let mut full = named.path.join("::").replacen("core::", "std::", 1);
            if let Some(rest) = full.strip_prefix(&format!("{}::", module.path[0])) {
                full = format!("crate::{rest}");
            }
            if let Some(bad) =
                forbidden.iter().find(|bad| within(&full, bad) || is_gloo(&full, bad))
            {
                let what = format!("{part} may not name {bad}: {why}");
                findings.push(Finding::new(&module.file, named.line, what));
            }
        }
    }
    findings
}

/// gloo is a family of crates.
fn is_gloo(full: &str, bad: &str) -> bool {
    bad == "gloo" && full.starts_with("gloo_")
}

/// Whether `full` is `prefix` or something inside it.
fn within(full: &str, prefix: &str) -> bool {
    full.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn words(module: &Module) -> Vec<Finding> {
    if module.path[0] != "warren_core" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (banned, excepted, why) in WORDS {
        if excepted.iter().any(|file| module.file.starts_with(file)) {
            continue;
        }
        for (word, line) in module.words.iter().filter(|(w, _)| banned.contains(&w.as_str())) {
            findings.push(Finding::new(&module.file, *line, format!("{word} in core: {why}")));
        }
    }
    // A slice of these is hashed as the bytes it has in memory, which are four
    // per number in wasm and eight natively.
    let what = "a slice of usize has another digest in wasm: use u32 or u64";
    findings.extend(module.wide.iter().map(|&line| Finding::new(&module.file, line, what)));
    findings
}

fn browser(module: &Module) -> Vec<Finding> {
    let here = module.path.join("::");
    let allowed = TOUCH_THE_BROWSER.iter().any(|(part, _)| within(&here, part));
    if module.path[0] != "warren_web" || allowed {
        return Vec::new();
    }
    let touches = |path: &[String]| {
        path.first().is_some_and(|c| c == "web_sys" || c == "js_sys" || c.starts_with("gloo"))
    };
    let found = module.named.iter().filter(|n| touches(&n.path));
    found
        .map(|n| {
            let what = format!("only web::port touches the browser, not {}", n.path.join("::"));
            Finding::new(&module.file, n.line, what)
        })
        .collect()
}

/// Scenario text is parsed and printed in one place.
fn format(module: &Module) -> Vec<Finding> {
    let here = module.path.join("::");
    if within(&here, "warren_core::scenario") || within(&here, "warren_tests") {
        return Vec::new();
    }
    let written = module.strings.iter().filter(|(s, _)| FORMAT.iter().any(|f| s.contains(f)));
    let what = "only core::scenario writes the scenario format: use its print";
    written.map(|(_, line)| Finding::new(&module.file, *line, what)).collect()
}
