//! Definitions files as the command writes and reads them.

use super::{File, GOOD, warren};

#[test]
fn a_scenario_becomes_definitions_without_secrets() {
    let (code, text, error) = warren(&["export", "-", "-q"], GOOD);
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

const SHOP: &str = include_str!("../../../definitions/tests/data/shop-3.10.8.json");

/// What a file says of its virtual host `home`, whoever wrote it: without what
/// goes without saying, and each list in one order.
fn said(text: &str, home: &str) -> serde_json::Value {
    let mut file: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let fields = file.as_object_mut().expect("an object");
    let lists = ["queues", "exchanges", "bindings", "policies", "parameters"];
    fields.retain(|key, _| lists.contains(&&**key));
    for list in fields.values_mut().filter_map(serde_json::Value::as_array_mut) {
        for fields in list.iter_mut().filter_map(serde_json::Value::as_object_mut) {
            let kind = fields.get("arguments").map(|all| all["x-queue-type"].clone());
            fields.retain(|key, value| match &**key {
                "vhost" => *value != *home,
                "internal" => *value != false,
                // Of queues, beside the argument that decides it.
                "type" => *value != "classic" && Some(&*value) != kind.as_ref(),
                _ => true,
            });
        }
        let keys = ["component", "name", "source", "destination", "routing_key"];
        list.sort_by_key(|one| keys.map(|key| one[key].as_str().unwrap_or_default().to_owned()));
    }
    file
}

#[test]
fn definitions_become_a_scenario_and_definitions_again() {
    let (code, scenario, error) = warren(&["import", "-"], SHOP);
    assert_eq!(code, 0, "{error}");
    assert!(scenario.starts_with("warren 1\nprofile 3.10\n"), "{scenario}");
    assert_eq!(warren(&["check", "--deny-warnings", "-"], &scenario).0, 0, "{scenario}");
    let (code, first, error) = warren(&["export", "-"], &scenario);
    assert_eq!((code, error.as_str()), (0, ""));
    let (code, again, error) = warren(&["import", "-", "--quiet"], &first);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(again, scenario);
    // Nothing that the file said was lost on the way.
    assert_eq!(said(&first, "/"), said(SHOP, "shop"));
    assert_eq!(warren(&["import", File::new("import-shop", SHOP).name()], "").1, scenario);
}

#[test]
fn what_a_scenario_cannot_say_is_listed() {
    let text = r#"{
        "rabbit_version": "4.0.5",
        "vhosts": [{"name": "/"}, {"name": "shop", "limits": {"max-queues": 7}}, {"name": "b"}],
        "users": [{"name": "ann", "password_hash": "", "tags": ["monitoring"],
                   "limits": {"max-channels": 3}}],
        "permissions": [{"user": "ann", "vhost": "shop", "configure": "", "write": "^o", "read": ".*"}],
        "queues": [{"name": "q \"1\"", "vhost": "shop", "arguments": {"x-queue-type": "quorum"}},
                   {"name": "other", "vhost": "b"}],
        "global_parameters": [{"name": "cluster_name", "value": "c"}]
    }"#;
    let (code, _, error) = warren(&["import", "-"], text);
    assert!(code == 2 && error.contains("say which with --vhost"), "{error}");
    let (code, _, error) = warren(&["import", "-", "--vhost", "nowhere"], text);
    assert!(code == 2 && error.contains("no virtual host nowhere"), "{error}");
    let (code, scenario, error) = warren(&["import", "-", "--vhost", "shop"], text);
    assert_eq!(code, 0, "{error}");
    assert_eq!(
        scenario,
        "warren 1\nprofile 4.0\n\nqueue \"q \\\"1\\\"\" quorum\nuser ann tags monitoring max-channels 3\n\
         permit ann write ^o read .*\n\nlimit max-queues 7\n"
    );
    for lost in
        ["$.global_parameters[0]", "virtual host b: a scenario has one", "user ann: the password"]
    {
        assert!(error.contains(&format!("left out: {lost}")), "{lost}: {error}");
    }
}

#[test]
fn hostile_definitions_give_a_message() {
    let deep = format!("{{\"queues\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("{{\"queues\": [{{\"name\": \"{}\"}}]}}", "q".repeat(300));
    for (text, what) in [
        ("", "this is no JSON"),
        ("[]", "is one JSON object"),
        ("{\"queues\": 1}", "$.queues"),
        (&*deep, "this is no JSON"),
        (&*long, "$.queues[0]"),
        (
            r#"{"policies": [{"name": "p", "pattern": "(", "definition": {"max-length": 1}}]}"#,
            "$.policies[0]",
        ),
        (
            r#"{"bindings": [{"source": "x", "destination": "q", "destination_type": "q"}]}"#,
            "$.bindings[0]",
        ),
    ] {
        let (code, out, error) = warren(&["import", "-"], text);
        assert_eq!((code, out.as_str()), (2, ""), "{text:.60}: {error}");
        assert!(error.contains(what) && error.starts_with("error: "), "{text:.60}: {error}");
    }
}

#[test]
fn policies_and_users_are_exported() {
    let text = "warren 1\nqueue orders\npolicy short ^orders max-length 5\nuser ann\n\
        permit ann read .*\noperator-policy guard \"\" max-length 9\nat 1s policy later \"\" ttl 1s\n";
    let (code, out, error) = warren(&["export", "-"], text);
    assert_eq!((code, error.as_str()), (0, "left out: at 1s policy later \"\" ttl 1s\n"));
    let file: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(file["policies"][0]["name"], "short");
    assert_eq!(file["policies"].as_array().map(Vec::len), Some(1));
    assert_eq!(file["parameters"][0]["component"], "operator_policy");
    let users: Vec<&str> =
        file["users"].as_array().unwrap().iter().filter_map(|user| user["name"].as_str()).collect();
    assert_eq!(users, ["ann", "guest"]);
}
