//! The source tree keeps its own rules, and the checks of the rules work.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use warren_tests::tidy::source::{Module, module};
use warren_tests::tidy::{Finding, expect_none, layers, style, tree};

fn modules() -> Vec<Module> {
    tree::modules(&tree::files()).0
}

#[test]
fn layers_are_never_reversed() {
    expect_none(layers::check(&modules()));
}

#[test]
fn every_file_is_compiled() {
    let (_, orphans) = tree::modules(&tree::files());
    expect_none(orphans.iter().map(|f| Finding::new(f, 0, "no `mod` leads here")).collect());
}

#[test]
fn files_and_functions_are_short() {
    expect_none(style::lengths(&modules()));
}

#[test]
fn nothing_is_left_over() {
    expect_none(style::left_overs(&modules()));
}

#[test]
fn text_files_are_clean() {
    expect_none(style::text(&tree::files()));
}

#[test]
fn colours_are_named() {
    expect_none(style::colours(&tree::files(), &modules()));
}

#[test]
fn documents_are_true_to_the_tree() {
    expect_none(style::markdown(&tree::files(), &modules()));
}

// From here on: the checks themselves, on small samples.

/// What `layers::check` says about a file with this text.
fn judged(path: &str, text: &str) -> Vec<String> {
    let path: Vec<&str> = path.split("::").collect();
    let file = format!("{}.rs", path.join("/"));
    let module = module(&file, &path, false, text).expect("the sample is Rust");
    layers::check(&[module]).into_iter().map(|f| format!("{}: {}", f.line, f.what)).collect()
}

#[test]
fn a_reversed_edge_is_found_however_it_is_written() {
    let reversed = [
        "use crate::world::World;",
        "use crate::{time::Tick, world};",
        "use super::super::world::World;",
        "pub(crate) use crate::world as w;",
        "fn f() -> crate::world::World { panic!() }",
        "mod inner { use super::super::super::world::Agenda; }",
        "macro_rules! m { () => { crate::world::go() } }",
        "use warren_core::world::*;",
    ];
    for text in reversed {
        let found = judged("warren_core::broker::queue", text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains("core::broker may not name core::world"), "{found:?}");
    }
}

#[test]
fn what_only_looks_like_an_edge_is_left_alone() {
    let fine = [
        "// use crate::world::World;",
        "/// Like [`crate::world::World`].\nfn f() {}",
        "const S: &str = \"use crate::world::World;\";",
        "use crate::time::Tick; use super::message::Message;",
        "#[cfg(test)]\nmod tests { use crate::world::World; }",
        "#[cfg(test)]\nuse crate::world::World;",
        "fn world() { let world = 1; world::<u8>(); }",
    ];
    for text in fine {
        assert_eq!(judged("warren_core::broker::queue", text), [""; 0], "{text}");
    }
}

#[test]
fn an_edge_may_allow_one_thing_only() {
    assert_eq!(judged("warren_core::draw", "use crate::scenario::NodeId;"), [""; 0]);
    assert_eq!(judged("warren_core::draw", "use crate::scenario::{NodeId, parse};").len(), 1);
    assert_eq!(judged("warren_core::draw", "use crate::broker::Broker;").len(), 1);
}

#[test]
fn core_has_no_clock_no_io_no_hash_order() {
    for text in [
        "use std::time::Instant;",
        "fn f() { std::fs::read(\"x\").ok(); }",
        "use std::collections::HashMap;",
        "fn f(x: f64) {}",
        "use std::{env, fmt};",
        "fn f() { std::thread::yield_now() }",
        "#[derive(Clone, Hash)]\nstruct S { ids: Vec<usize> }",
        "#[derive(Hash)]\n/// Doc.\nenum E { A([usize; 3]), B }",
    ] {
        assert!(!judged("warren_core::broker", text).is_empty(), "{text}");
    }
    for text in [
        "use core::fmt; use std::sync::Arc;",
        "#[derive(Clone, Debug)]\nstruct S { ids: Vec<usize> }",
        "#[derive(Hash)]\nstruct S { id: usize }\nfn f(ids: &[usize]) {}",
    ] {
        assert_eq!(judged("warren_core::broker", text), [""; 0], "{text}");
    }
}

#[test]
fn only_the_port_touches_the_browser() {
    for (path, text, count) in [
        ("warren_web::port::dom", "use web_sys::Window;", 0),
        ("warren_web::stage", "use web_sys::Window;", 1),
        ("warren_web::stage", "fn f() { gloo_timers::callback::Timeout::new(1, || ()); }", 1),
        ("warren_web::stage", "use yew::prelude::*;", 0),
        ("warren_web::session", "use yew::prelude::*;", 1),
        ("warren_web::session::edit", "use crate::port::Port;", 1),
        ("warren_web::gesture", "use wasm_bindgen::JsCast;", 1),
    ] {
        let found = judged(path, text);
        assert_eq!(found.len(), count, "{path}: {text}: {found:?}");
    }
}

#[test]
fn only_the_scenario_writes_its_format() {
    let text = "fn f(q: &str) -> String { format!(\"publisher p -> queue {q}\") }";
    assert_eq!(judged("warren_web::session", text).len(), 1);
    assert_eq!(judged("warren_core::scenario::print", text), [""; 0]);
}

#[test]
fn a_module_without_a_layer_is_found() {
    assert_eq!(judged("warren_core::misc", "fn f() {}").len(), 1);
}

#[test]
fn lengths_are_counted_without_tests() {
    let long = format!("fn long() {{\n{}}}\n", "    work();\n".repeat(69));
    let read = |text: &str| module("core/src/a.rs", &["warren_core", "a"], false, text).unwrap();
    let found = style::lengths(&[read(&long)]);
    assert_eq!(found, [Finding::new("core/src/a.rs", 1, "fn long: 71 lines, 70 at most")]);
    let fits = format!("fn fits() {{\n{}}}\n", "    work();\n".repeat(68));
    assert_eq!(style::lengths(&[read(&fits)]), []);

    let body = "// A line.\n".repeat(400);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    // More.\n".repeat(100));
    assert_eq!(style::lengths(&[read(&format!("{body}{tests}"))]), []);
    assert_eq!(style::lengths(&[read(&format!("{body}// One more.\n{tests}"))]).len(), 1);
}

#[test]
fn left_overs_are_found_in_code_only() {
    let read = |text: &str| module("a.rs", &["warren_core"], false, text).unwrap();
    let bad =
        read(concat!("#[cfg(test)] mod t { #[ignore]\nfn f() { to", "do!(); } }\ndb", "g!(1);"));
    assert_eq!(style::left_overs(&[bad]).len(), 3);
    let fine = read("// todo!\nconst S: &str = \"dbg!\"; fn f() { let todo = 1; todo != 2 }");
    assert_eq!(style::left_overs(&[fine]), []);
}

#[test]
fn faults_of_text_are_found() {
    let file = |name: &str, text: &str| {
        let tree = BTreeMap::from([(name.to_owned(), text.as_bytes().to_vec())]);
        style::text(&tree).len()
    };
    assert_eq!(file("a.rs", "fine\n"), 0);
    assert_eq!(file("a.rs", "space \n"), 1);
    assert_eq!(file("a.rs", "no end"), 1);
    assert_eq!(file("a.rs", &format!("{}\n", "x".repeat(101))), 1);
    assert_eq!(file("a.md", &format!("{}\n", "x".repeat(101))), 0);
    assert_eq!(file("a.md", concat!("TO", "DO: later\n")), 1);
    assert_eq!(file("a.md", concat!("TO", "DOs\n")), 0);
    assert_eq!(file("a.md", "<<<<<<< HEAD\nours\n=======\n>>>>>>> theirs\n"), 2);
    assert_eq!(file("a.bin", &"x\n".repeat(100_001)), 1);
}

#[test]
fn colours_are_told_from_routing_keys() {
    for (text, colour) in [
        ("fill: #fff;", Some("#fff")),
        ("#A1b2C3", Some("#A1b2C3")),
        ("url(#a) #11223344", Some("#11223344")),
        ("logs.#", None),
        ("#.error", None),
        ("#error", None),
        ("issue #12", None),
        ("&#123;", None),
        ("#face-on", None),
    ] {
        assert_eq!(style::hex_colour(text), colour, "{text}");
    }
}

#[test]
fn faults_of_documents_are_found() {
    let judge = |text: &str| {
        let tree = BTreeMap::from([
            ("docs/a.md".to_owned(), text.as_bytes().to_vec()),
            ("README.md".to_owned(), b"# Title\n".to_vec()),
        ]);
        style::markdown(&tree, &modules()).len()
    };
    assert_eq!(judge("# One\n\n```sh\n# not a heading\n```\n[up](../README.md#x)\n"), 0);
    assert_eq!(judge("# One\n# Two\n"), 1);
    assert_eq!(judge("# One\n[gone](gone.md)\n"), 1);
    assert_eq!(judge("# One\n[away](https://example.org/x)\n"), 0);
    assert_eq!(judge("# One\n`tests/tests/tidy.rs::every_file_is_compiled`\n"), 0);
    assert_eq!(judge("# One\n`tests/tests/tidy.rs::no_such_test`\n"), 1);
}
