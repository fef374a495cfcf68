//! `warren check` for programs, and for who wants to know more.

use super::warren;
use serde_json::Value as Json;
use warren_core::scenario::RULES;

#[test]
fn findings_are_told_to_programs_one_per_line() {
    let text = "warren 1\nqueue q\nconsumer a <- q prefetch 1 prefetch 2\nqueu é\n";
    let (code, out, err) = warren(&["check", "--json", "-"], text);
    assert_eq!((code, err.as_str()), (2, ""));
    let found: Vec<Json> =
        out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let want: Vec<Json> = vec![
        serde_json::json!({
            "file": "standard input", "severity": "error", "code": "repeated-setting",
            "message": "`prefetch` is given twice", "help": null,
            "line": 3, "column": 28, "end_line": 3, "end_column": 36,
            "related": [{
                "line": 3, "column": 17, "end_line": 3, "end_column": 27,
                "message": "first given here",
            }],
        }),
        serde_json::json!({
            "file": "standard input", "severity": "error", "code": "unknown-statement",
            "message": "no statement begins with `queu`", "help": "did you mean `queue`?",
            "line": 4, "column": 1, "end_line": 4, "end_column": 5, "related": [],
        }),
    ];
    assert_eq!(found, want);
    let (code, out, err) = warren(&["check", "--json", "-"], "warren 1\npurge q\n");
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("\"severity\":\"warning\""), "{out}");
    assert_eq!(warren(&["check", "--json", "-"], "warren 1\n"), (0, String::new(), String::new()));
}

#[test]
fn every_code_is_explained() {
    for rule in RULES {
        let (code, out, err) = warren(&["check", "--explain", rule.code], "");
        assert_eq!((code, err.as_str()), (0, ""), "{}", rule.code);
        let has = |part: &str| out.contains(part);
        assert!(out.starts_with(rule.code), "{out}");
        assert!(has("[") && has(&format!("[{}]", rule.code)) && has("x.warren:"), "{out}");
        assert!(!has("```") && out.matches("**").count() == 2, "{out}");
    }
    let (code, out, _) = warren(&["check", "--explain", "error[never-fits]:"], "");
    assert!(code == 0 && out.starts_with("never-fits"), "{out}");
    let (code, _, err) = warren(&["check", "--explain", "never-fit"], "");
    assert_eq!(code, 2);
    assert!(err.contains("did you mean never-fits?"), "{err}");
    assert_eq!(warren(&["check"], "").0, 2);
}
