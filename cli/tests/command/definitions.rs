//! Definitions files as the command writes and reads them.

use super::{File, GOOD, warren};

#[test]
fn a_scenario_becomes_definitions_without_secrets() {
    let (code, text, error) = warren(&["export", "-"], GOOD);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(
        text.contains("\"name\": \"billing\"") && text.contains("\"name\": \"guest\""),
        "{text}"
    );
    assert!(text.contains("\"password_hash\": \"\""), "{text}");
    let (_, with_secrets, _) = warren(&["export", "-", "--with-secrets"], GOOD);
    assert!(!with_secrets.contains("\"password_hash\": \"\""), "{with_secrets}");
    let (code, one, _) = warren(&["export", "-", "--vhost", "/"], GOOD);
    assert!(code == 0 && !one.contains("\"users\"") && one.contains("billing"), "{one}");
    let (code, _, error) = warren(&["export", "-", "--vhost", "nowhere"], GOOD);
    assert!(code == 2 && error.contains("no virtual host nowhere"), "{error}");
}

#[test]
fn a_bad_definitions_file_is_told_before_the_port_opens() {
    for (test, text, what) in [
        ("json", "{", "line 1 column 1: this is no JSON"),
        ("queue", r#"{"queues": [{"vhost": "/"}]}"#, "$.queues[0].name: this is missing"),
        ("orphan", r#"{"queues": [{"name": "q"}]}"#, "say which one to import it into"),
    ] {
        let file = File::new(&format!("definitions-{test}"), text);
        let serve = ["serve", "--amqp", "127.0.0.1:0", "--definitions", file.name()];
        let (code, _, error) = warren(&serve, "");
        assert!(code == 2 && error.contains(what), "{error}");
    }
    let serve = ["serve", "--amqp", "127.0.0.1:0", "--definitions", "no/such/file"];
    let (code, _, error) = warren(&serve, "");
    assert!(code == 2 && error.contains("cannot read no/such/file"), "{error}");
}
