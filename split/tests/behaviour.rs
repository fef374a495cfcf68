//! A program that was divided does what it did before: small modules, divided in
//! every way, run in Node.js beside the whole.

use std::path::{Path, PathBuf};
use std::process::Command;
use warren_split::module::Module;
use warren_split::{divide, outline, watch};

struct Cases {
    folder: PathBuf,
    list: Vec<String>,
}

impl Cases {
    fn new(name: &str, whole: &[u8]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        let mut cases = Self { folder, list: Vec::new() };
        cases.put("whole.wasm", whole);
        cases.list.push("{ \"first\": \"whole.wasm\" }".to_owned());
        cases
    }

    fn put(&self, name: &str, wasm: &[u8]) {
        std::fs::write(self.folder.join(name), wasm).expect("the folder can be written to");
    }

    /// Divides, and adds what came of it.
    fn add(&mut self, module: &Module, late: &[bool]) {
        let parts = divide::divide(module, late).expect("it can be divided");
        let number = self.list.len();
        self.put(&format!("{number}.first.wasm"), &parts.first);
        self.put(&format!("{number}.late.wasm"), &parts.late);
        self.list.push(format!(
            "{{ \"first\": \"{number}.first.wasm\", \"late\": \"{number}.late.wasm\", \
             \"from\": {}, \"to\": {} }}",
            parts.offered.start, parts.offered.end
        ));
    }

    fn run(self) -> String {
        let list = format!("[{}]", self.list.join(",\n"));
        self.put("cases.json", list.as_bytes());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run.cjs");
        let output = Command::new("node").arg(script).arg(&self.folder).output();
        let output = output.expect("Node.js, which Warren is built with, is on PATH");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}{errors}");
        said
    }
}

fn module(text: &str) -> (Vec<u8>, Module) {
    let wasm = wat::parse_str(text).expect("the text is a module");
    let module = Module::read(&wasm).expect("the module can be divided");
    (wasm, module)
}

#[test]
fn whatever_waits_calls_answer_as_before() {
    let (wasm, module) = module(include_str!("modules/calls.wat"));
    let mut cases = Cases::new("calls", &wasm);
    let count = module.functions.len();
    for choice in (0..1_u32 << count).step_by(13) {
        let late: Vec<bool> = (0..count).map(|at| choice >> at & 1 == 1).collect();
        cases.add(&module, &late);
    }
    let said = cases.run();
    assert!(said.contains("0 wrong"), "{said}");
    assert!(!said.contains(" 0 loads"), "{said}");
}

#[test]
fn pieces_that_are_cut_out_do_what_they_did() {
    let (wasm, whole) = module(include_str!("modules/ways.wat"));
    let mut cases = Cases::new("ways", &wasm);
    let all = outline::digests(&wasm, &whole, isize::MIN).expect("it is a module");
    assert!(all.len() > 20, "only {} pieces", all.len());
    // Each by itself, all but one, and the largest of all.
    let mut choices: Vec<Vec<u32>> = all.iter().map(|&one| vec![one]).collect();
    choices.extend(all.iter().map(|&one| all.iter().copied().filter(|&d| d != one).collect()));
    choices.push(all.iter().copied().collect());
    let mut cut = 0;
    for choice in choices {
        let choice = choice.into_iter().collect();
        let mut divided = whole.clone();
        let pieces =
            outline::outline(&wasm, &mut divided, isize::MIN, |_| Some(&choice)).expect("it can");
        cut += pieces;
        let first = whole.functions.len();
        let late: Vec<bool> = (0..first + pieces).map(|at| at >= first).collect();
        cases.add(&divided, &late);
        // Pieces are functions like others: they may also stay.
        cases.add(&divided, &[]);
    }
    assert!(cut > 40, "only {cut} pieces");
    let said = cases.run();
    assert!(said.contains("0 wrong"), "{said}");
}

#[test]
fn a_module_that_takes_notes_answers_as_before() {
    for (name, text) in [
        ("watch-calls", include_str!("modules/calls.wat")),
        ("watch-ways", include_str!("modules/ways.wat")),
    ] {
        let (wasm, whole) = module(text);
        let mut cases = Cases::new(name, &wasm);
        let watched = watch::watch(&whole).expect("it can be watched");
        cases.put("watched.wasm", &watched);
        cases.list.push("{ \"first\": \"watched.wasm\" }".to_owned());
        let said = cases.run();
        assert!(said.contains("1 cases") && said.contains("0 wrong"), "{said}");
    }
}

#[test]
fn what_is_no_module_is_refused() {
    let (wasm, _) = module(include_str!("modules/ways.wat"));
    for end in 0..wasm.len() {
        // A module may end after any of its sections.
        let _ = Module::read(&wasm[..end]);
    }
    for at in 0..wasm.len() {
        let mut broken = wasm.clone();
        broken[at] ^= 0x55;
        if let Ok(module) = Module::read(&broken) {
            let late = vec![true; module.functions.len()];
            let _ = divide::divide(&module, &late);
        }
    }
    assert!(Module::read(b"").is_err());
    assert!(Module::read(b"\0asm\x0d\0\x01\0").is_err(), "a component");
    let two = "(module (memory 1) (memory 1))";
    assert!(Module::read(&wat::parse_str(two).expect("a module")).is_err());
    let (_, none) = module("(module (func))");
    assert!(divide::divide(&none, &[true]).is_err(), "there is no table");
}
