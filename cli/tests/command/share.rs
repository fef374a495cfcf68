//! Links, completions and manual pages.

use super::{File, GOOD, warren};
use std::path::PathBuf;

fn link(args: &[&str], text: &str) -> String {
    let (code, out, err) = warren(&[&["link", "-"], args].concat(), text);
    assert_eq!((code, err.as_str()), (0, ""));
    out.trim_end().to_owned()
}

#[test]
fn what_is_linked_is_opened() {
    let odd = "warren 1\n// é \u{1f407} and a tab\there\n";
    for text in [GOOD, odd, "", "not a scenario at all\r\n"] {
        let (code, behind, _) = warren(&["link", "-"], text);
        assert_eq!(code, 0);
        assert_eq!(warren(&["open", "-"], &behind), (0, text.to_owned(), String::new()));
    }
    let file = File::new("open", "");
    let address = link(&["--page", "https://example.org/warren/?x=1#old"], GOOD);
    assert!(address.starts_with("https://example.org/warren/?x=1#w1."), "{address}");
    assert_eq!(warren(&["open", &address, "-o", file.name()], "").0, 0);
    assert_eq!(file.read(), GOOD);
}

#[test]
fn a_link_says_where_to_look() {
    let args = ["--at", "1500ms", "--select", "queue:a/b ü", "--view", "-7,8,150"];
    let behind = link(&args, GOOD);
    assert!(behind.ends_with("&at=1.5s&select=queue:a%2Fb%20%C3%BC&view=-7,8,150"), "{behind}");
    let (code, out, err) = warren(&["open", &behind], "");
    assert_eq!((code, out.as_str()), (0, GOOD));
    assert_eq!(
        err,
        "The link opens it at 1.5s, with queue a/b ü selected, around -7,8 at 150 %.\n"
    );
    for bad in [["--at", "soon"], ["--select", "billing"], ["--view", "1,2"], ["--view", "1,2,0"]] {
        assert_eq!(warren(&[&["link", "-"][..], &bad].concat(), GOOD).0, 2, "{bad:?}");
    }
}

/// Links that were sent long ago. A line is a link, a tab, the file it holds.
#[test]
fn old_links_are_read_for_ever() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/links");
    let list = std::fs::read_to_string(folder.join("links.txt")).expect("the list");
    let mut count = 0;
    for line in list.lines() {
        let (link, file) = line.split_once('\t').expect("a tab");
        let want = std::fs::read_to_string(folder.join(file)).expect("the file");
        let (code, out, err) = warren(&["open", link], "");
        assert_eq!((code, out), (0, want), "{line}\n{err}");
        count += 1;
    }
    assert!(count >= 4, "only {count} links");
}

#[test]
fn a_link_that_cannot_be_opened_says_why() {
    let whole = link(&[], GOOD);
    let cut = &whole[..whole.len() - 9];
    let changed = whole.replacen('A', "B", 1).replacen("w1.eN", "w1.eO", 1);
    let behind = format!("{whole}AAAA");
    for (bad, why) in [
        (cut, "was it cut off on its way?"),
        (&changed, "damaged"),
        (&behind, "damaged"),
        ("https://example.org/", "there is no scenario in this link"),
        ("#w9.AAAA", "of version w9"),
        ("#w1.AA AA", "character 3"),
        ("#w1.", "damaged"),
        (&format!("{whole}&at=never"), "at=never"),
    ] {
        let (code, out, err) = warren(&["open", bad], "");
        assert_eq!((code, out.as_str()), (2, ""), "{bad}");
        assert!(err.starts_with("error: ") && err.contains(why), "{bad}: {err}");
    }
}

#[test]
fn a_small_link_does_not_become_a_large_file() {
    // A million blanks and one: packed they are a kilobyte.
    let at_most = format!("warren 1\n{}", " ".repeat(1_048_567));
    let small = link(&[], &at_most);
    assert!(small.len() < 2_000, "{}", small.len());
    assert_eq!(warren(&["open", &small], "").1.len(), at_most.len());
    let (code, _, err) = warren(&["link", "-"], &format!("{at_most} "));
    assert_eq!((code, err.contains("more than 1048576 bytes")), (2, true), "{err}");
    let bomb = std::fs::read_to_string(
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/links/bomb.txt"),
    );
    let (code, out, err) = warren(&["open", "-"], &bomb.expect("the bomb"));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("more than 1048576 bytes"), "{err}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut noise = String::from("warren 1\n");
    let mut seed = 1_u64;
    for _ in 0..9_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        noise += &format!("// {seed:x}\n");
    }
    let (code, out, err) = warren(&["link", "-"], &noise);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("a link may have 65536 characters; send the file"), "{err}");
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, out, err) = warren(&["completions", shell], "");
        assert_eq!((code, err.as_str()), (0, ""));
        for word in ["explain", "junit", "digest"] {
            assert!(out.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(warren(&["completions", "edlin"], "").0, 2);
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let (code, out, _) = warren(&["man"], "");
    assert_eq!(code, 0);
    assert!(out.contains(".TH warren 1"), "{out}");
    let file = File::new("man", "");
    let folder = file.0.with_file_name("pages");
    let (code, _, err) = warren(&["man", "-o", folder.to_str().expect("a path")], "");
    assert_eq!((code, err.as_str()), (0, ""));
    let (_, help, _) = warren(&["--help"], "");
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"run") && commands.len() > 10, "{commands:?}");
    for command in commands.iter().filter(|name| **name != "help") {
        let page = std::fs::read_to_string(folder.join(format!("warren-{command}.1")));
        let page = page.unwrap_or_else(|error| panic!("{command}: {error}"));
        assert!(page.contains(&format!(".TH warren-{command} 1")), "{page}");
    }
}
