use super::Pattern;

/// What Erlang said, line by line.
const RECORDED: &str = include_str!("recorded.tsv");

#[test]
fn patterns_match_what_they_match_in_erlang() {
    let mut lines = RECORDED.lines().filter(|line| !line.starts_with("# "));
    let texts: Vec<String> =
        lines.next().unwrap().split('\t').map(|text| text.replace("\\n", "\n")).collect();
    let mut checked = 0;
    for line in lines {
        let (pattern, expected) = line.split_once('\t').unwrap();
        let compiled = Pattern::new(pattern);
        if expected == "error" {
            assert!(compiled.is_err(), "{pattern} is wrong");
            continue;
        }
        let compiled = compiled.unwrap_or_else(|error| panic!("{pattern}: {error}"));
        assert_eq!(texts.len(), expected.len(), "{pattern}");
        for (text, expected) in texts.iter().zip(expected.chars()) {
            assert_eq!(compiled.is_match(text), expected == '1', "{pattern} on {text:?}");
            checked += 1;
        }
    }
    assert!(checked > 10_000, "only {checked} were checked");
}

#[test]
fn what_is_not_supported_says_so() {
    for (pattern, why) in [
        ("(a)\\1", "\\1 is not supported"),
        ("(?<=a)b", "of groups that begin with (?"),
        ("(?<!a)b", "of groups that begin with (?"),
        ("(?>a)b", "of groups that begin with (?"),
        ("(?#x)b", "of groups that begin with (?"),
        ("a++b", "give nothing back"),
        ("\\pL", "\\p is not supported"),
        ("\\x{e9}", "\\x{...} is not supported"),
        ("a{1001}", "bad number of repetitions"),
        ("(a", "missing )"),
    ] {
        let error = Pattern::new(pattern).unwrap_err();
        assert!(error.contains(why), "{pattern}: {error}");
    }
}

#[test]
fn no_pattern_is_too_much() {
    assert!(Pattern::new(&"(".repeat(100_000)).is_err());
    assert!(Pattern::new("((a{100}){100}){100}").is_err());
    let pattern = Pattern::new("^(a?){60}a{60}$").unwrap();
    assert!(pattern.is_match(&"a".repeat(60)));
    let pattern = Pattern::new("^(a+)+$").unwrap();
    assert!(!pattern.is_match(&format!("{}b", "a".repeat(5_000))));
    let pattern = Pattern::new("^((?=(a*)*)a|(?!.*c.*c)b)*$").unwrap();
    assert!(!pattern.is_match(&format!("{}c", "a".repeat(255))));
}
