//! The folder that Trunk leaves, before and after.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use warren_split::late::Late;
use warren_split::page;

const GLUE: &str = "const import0 = {\n    __wbg_note_1: function() {},\n};\n\
    return {\n        __proto__: null,\n        \"./warren-web_bg.js\": import0,\n};\n\
    function initSync(module) {\n}\nlet __wbg_init_promise;\n\
    export { initSync, __wbg_init as default };\n";
const HTML: &str = "<html><!-- a note -->\n<script type=\"module\" src=\"./a.js\"></script>\n\
    <link rel=\"preload\" href=\"./a_bg.wasm\"></html>\n";
const PROGRAM: &str = "(module (import \"./warren-web_bg.js\" \"__wbg_note_1\" (func $note))
    (memory (export \"memory\") 1) (table 2 2 funcref)
    (func $seldom (call $note)) (func (export \"often\") (call $seldom)))";

fn page(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let wasm = wat::parse_str(PROGRAM).expect("the text is a module");
    for (file, content) in
        [("a.js", GLUE.as_bytes()), ("index.html", HTML.as_bytes()), ("a_bg.wasm", &wasm)]
    {
        std::fs::write(folder.join(file), content).expect("the folder can be written to");
    }
    folder
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("it was just made");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("a plain name");
        (name, std::fs::read(entry.path()).expect("a file"))
    };
    entries.map(read).collect()
}

#[test]
fn a_page_is_divided_the_same_way_every_time() {
    let list = Late::read("= seldom\n").expect("a list");
    let [one, two] = ["page-one", "page-two"].map(page);
    let report = page::divide(&one, &list).expect("it is a page");
    assert_eq!((report.functions, report.late), (2, 1));
    page::divide(&two, &list).expect("it is the same");
    let found = files(&one);
    assert_eq!(found, files(&two));
    assert_eq!(found.len(), 4, "{:?}", found.keys());
    let html = String::from_utf8_lossy(&found["index.html"]).into_owned();
    assert!(!html.contains("a note") && !html.contains("a.js"), "{html}");
    for (name, content) in &found {
        if name.starts_with("warren-late") {
            let script = found.iter().find(|(name, _)| name.ends_with(".js")).expect("a script").1;
            assert!(String::from_utf8_lossy(script).contains(name.as_str()));
            assert!(!html.contains(name.as_str()), "the page itself does not ask for it");
        } else if name != "index.html" {
            assert!(html.contains(name.as_str()), "{name} is not in {html}");
        }
        assert!(!content.is_empty());
    }
}

#[test]
fn a_page_that_takes_notes_is_whole() {
    let folder = page("page-watched");
    let aside = folder.with_extension("aside").join("whole.wasm");
    page::watch(&folder, &aside).expect("it is a page");
    assert_eq!(files(&folder).len(), 3);
    assert!(
        warren_split::module::Module::read(&std::fs::read(aside).expect("it is there")).is_ok()
    );
}

#[test]
fn what_is_no_page_of_trunk_is_told() {
    let missing = page::divide(Path::new("/no/such/folder"), &Late::default());
    assert!(missing.expect_err("nothing is there").to_string().contains("/no/such/folder"));
    for (file, content) in [("b.js", "more"), ("a_bg.wasm", "no wasm"), ("index.html", "other")] {
        let folder = page("page-odd");
        std::fs::write(folder.join(file), content).expect("the folder can be written to");
        assert!(page::divide(&folder, &Late::default()).is_err(), "{file}");
    }
}
