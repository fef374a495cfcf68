//! The command as a script sees it: exit codes, streams, files.

mod definitions;
mod findings;
mod management;
mod manual;
mod pictures;
mod programs;
mod record;
mod report;
mod resources;
mod serve;
mod share;
mod verify;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Exit code, standard output, standard error.
type Result = (i32, String, String);

fn warren(args: &[&str], stdin: &str) -> Result {
    let mut child = Command::new(env!("CARGO_BIN_EXE_warren"))
        .args(args)
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("warren starts");
    let mut input = child.stdin.take().expect("a pipe");
    // A command that stops before it reads everything closes the pipe.
    let _ = input.write_all(stdin.as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("warren ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8 output");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

const GOOD: &str = "\
warren 1
title \"One order\"
queue billing
publisher shop -> queue billing every 1s count 2 body \"order {n}\"
consumer packer <- billing
expect message A2 reaches packer
expect client packer has 2 acked
";

/// A file with this content, in a folder of its own that goes with it.
struct File(PathBuf);

impl File {
    fn new(test: &str, content: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("warren-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = Self(folder.join("a.warren"));
        std::fs::write(&file.0, content).expect("a file");
        file
    }

    fn name(&self) -> &str {
        self.0.to_str().expect("a UTF-8 path")
    }

    fn read(&self) -> String {
        std::fs::read_to_string(&self.0).expect("the file")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().expect("a folder"));
    }
}

#[test]
fn run_tells_what_happens() {
    let (code, out, err) = warren(&["run", "-"], GOOD);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "One order");
    let publish = lines.iter().find(|line| line.contains("shop publishes A1 to the default"));
    assert!(publish.is_some_and(|line| line.trim_start().starts_with("0.000s")), "{out}");
    assert!(lines.last().unwrap().starts_with("standard input: ok, 2 expectations met;"), "{out}");
    assert!(!out.contains('\u{1b}'), "colour in a pipe:\n{out}");
}

#[test]
fn quiet_run_gives_one_line_per_file() {
    let file = File::new("quiet", GOOD);
    let (code, out, err) = warren(&["run", "-q", file.name(), "-"], GOOD);
    assert_eq!((code, err.as_str(), out.lines().count()), (0, "", 2), "{out}");
}

#[test]
fn a_failed_expectation_says_expected_found_and_when() {
    let text = GOOD.replace("2 acked", "3 acked") + "expect at 500ms queue billing has 7 ready\n";
    let (code, out, err) = warren(&["run", "--quiet", "-"], &text);
    assert_eq!(code, 1);
    assert!(out.starts_with("standard input: failed, 2 of 3 expectations not met;"), "{out}");
    let reports: Vec<&str> = err.split("\n\n").collect();
    let line = "expectation failed: standard input:7:1\n  expected  client packer has 3 acked\n";
    assert!(reports[0].starts_with(line), "{err}");
    assert!(reports[0].contains("\n  found     "), "{err}");
    assert!(reports[0].contains("\n  when      when the run had ended, at "), "{err}");
    assert!(reports[1].contains("  when      at 0.5s"), "{err}");
}

#[test]
fn bad_input_ends_with_two() {
    let file = File::new("latin1", "");
    std::fs::write(&file.0, b"warren 1\ntitle \"\xe9\"\n").expect("a file");
    for (args, stdin, want) in [
        (vec!["run", "-"], "warren 1\nqueu a\n", "error[unknown-statement]"),
        (vec!["run", "-"], "", "error[no-version]"),
        (vec!["run", "/no/such/file.warren"], "", "error: cannot read /no/such/file.warren"),
        (vec!["check", "-"], "warren 1\nqueu a\n", "did you mean `queue`?"),
        (vec!["check", "--deny-warnings", "-"], "warren 1\npurge q\n", "warning[undeclared-queue]"),
        (vec!["check", file.name()], "", "is not UTF-8 text (from byte 16 on)"),
        (vec!["render", "-"], "warren 1\nqueu a\n", "error[unknown-statement]"),
        (vec!["render", "-", "--at", "soon"], GOOD, "write a time like"),
        (vec!["render", "-", "-o", "/no/such/folder/a.svg"], GOOD, "cannot write"),
        (vec!["fmt", "/no/such/file.warren"], "", "cannot read"),
        (vec!["play"], "", "unrecognized subcommand"),
        (vec!["diff", "-", "-"], GOOD, "standard input was read already"),
        (vec!["explain", "-"], GOOD, "--publish <EXCHANGE> <KEY>|--message <LABEL>"),
        (vec!["export", "-", "--to", "go", "--vhost", "/"], GOOD, "--vhost is not for --to go"),
        (
            vec!["export", "-", "--to", "terraform", "--with-secrets"],
            GOOD,
            "--with-secrets is not for --to terraform",
        ),
    ] {
        let (code, out, err) = warren(&args, stdin);
        assert_eq!(code, 2, "{args:?}\n{out}{err}");
        assert!(err.contains(want), "{args:?}\n{err}");
        assert!(!err.contains('\u{1b}'), "colour in a pipe: {args:?}\n{err}");
    }
}

#[test]
fn check_counts_findings() {
    let text = "warren 1\nqueu a\nqueue b max-lenght 3\npurge nowhere\n";
    let (code, out, err) = warren(&["check", "-"], text);
    assert_eq!((code, out.as_str()), (2, "standard input: 2 errors, 1 warning\n"), "{err}");
    assert!(err.contains("3 | queue b max-lenght 3\n  |         ^^^^^^^^^^\n"), "{err}");
    let (code, out, _) = warren(&["check", "-"], GOOD);
    assert_eq!((code, out.as_str()), (0, "standard input: fine, 5 statements\n"));
}

#[test]
fn quiet_commands_keep_still_about_what_is_fine() {
    assert_eq!(warren(&["check", "-q", "-"], GOOD), (0, String::new(), String::new()));
    let (code, out, _) = warren(&["check", "--quiet", "-"], "warren 1\nqueu a\n");
    assert_eq!((code, out.as_str()), (2, "standard input: 1 error\n"));
    let file = File::new("fmt-quiet", "warren 1\nqueue   a\n");
    assert_eq!(warren(&["fmt", "-q", file.name()], ""), (0, String::new(), String::new()));
    assert_eq!(file.read(), "warren 1\nqueue a\n");
}

#[test]
fn fmt_changes_files_in_place_and_once() {
    let file = File::new("fmt", "warren  1\n\n\nqueue   a//x\nqueue b   // a comment\n");
    let (code, out, _) = warren(&["fmt", "--check", file.name()], "");
    assert_eq!((code, out), (1, format!("{} is not formatted\n", file.name())));
    let (code, out, _) = warren(&["fmt", file.name()], "");
    assert_eq!((code, out), (0, format!("{} formatted\n", file.name())));
    assert_eq!(file.read(), "warren 1\n\nqueue a//x\nqueue b  // a comment\n");
    for args in [vec!["fmt", "--check", file.name()], vec!["fmt", file.name()]] {
        assert_eq!(warren(&args, ""), (0, String::new(), String::new()));
    }
    assert_eq!(warren(&["fmt", "-"], "queue  a").1, "queue a\n");
}

#[test]
fn a_file_that_is_too_long_is_refused_and_left_alone() {
    let long = "// a long comment line\n".repeat(200_000);
    let file = File::new("long", &long);
    for command in ["fmt", "run", "check", "render"] {
        let (code, _, err) = warren(&[command, file.name()], "");
        assert_eq!(code, 2, "{command}");
        assert!(err.contains("bytes"), "{command}: {err}");
    }
    assert_eq!(file.read().len(), long.len());
}

#[test]
fn render_draws_the_instant_in_both_themes() {
    let (code, light, err) = warren(&["render", "-", "--at", "1.5s"], GOOD);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(light.starts_with("<svg "), "{light}");
    assert!(light.contains("<title>One order (at 1.5s)</title>"), "{light}");
    let (_, dark, _) = warren(&["render", "-", "--at", "1500ms", "--theme", "dark"], GOOD);
    assert_ne!(light, dark);
    let file = File::new("render", GOOD);
    let target = file.0.with_extension("svg");
    let args = ["render", file.name(), "--at", "1.5s", "-o", target.to_str().unwrap()];
    assert_eq!(warren(&args, ""), (0, String::new(), String::new()));
    assert_eq!(std::fs::read_to_string(&target).unwrap(), light);
    let (code, _, err) = warren(&["render", "-", "--at", "50min"], GOOD);
    assert_eq!(code, 0);
    assert!(err.starts_with("warning: the run ends at "), "{err}");
}

#[test]
fn names_cannot_command_the_terminal() {
    let text = GOOD.replace("shop", "\"\\u{1b}[2Jshop\"");
    let (code, out, err) = warren(&["run", "-"], &text);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("\\u{1b}[2Jshop publishes A1") && !out.contains('\u{1b}'), "{out}");
}

#[test]
fn colour_is_given_when_asked_for() {
    let (_, out, _) = warren(&["--colour", "always", "run", "-"], GOOD);
    assert!(out.contains("\u{1b}[1mOne order\u{1b}[0m"), "{out}");
    assert_eq!(warren(&["run", "--color", "never", "-"], GOOD).1, warren(&["run", "-"], GOOD).1);
}

#[test]
fn help_teaches() {
    let (code, out, _) = warren(&["--help"], "");
    assert_eq!(code, 0);
    for word in ["run", "check", "fmt", "render", "Exit codes", "publisher shop -> orders"] {
        assert!(out.contains(word), "{word}: {out}");
    }
    // The scenario in the help is one.
    let scenario: String = out
        .lines()
        .skip_while(|line| !line.contains("warren 1"))
        .take_while(|line| !line.is_empty())
        .map(|line| format!("{}\n", line.trim_start()))
        .collect();
    assert_eq!(warren(&["run", "-q", "-"], &scenario).0, 0, "{scenario}");
}
