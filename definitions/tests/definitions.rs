//! Definitions files of real RabbitMQ servers, read and written again.

use serde_json::{Map, Value as Json, json};
use warren_core::broker::{Broker, Credential, Event, Profile, Value};
use warren_core::time::Tick;
use warren_definitions::{Error, Export, Import, Report, export, import};

const FILES: [(Profile, &str, &str); 4] = [
    (Profile::V3_10, "rabbitmqctl 3.10.8", include_str!("data/ctl-3.10.8.json")),
    (Profile::V3_10, "HTTP 3.10.8", include_str!("data/http-3.10.8.json")),
    (Profile::V4_0, "rabbitmqctl 4.0.5", include_str!("data/ctl-4.0.5.json")),
    (Profile::V4_3, "rabbitmqctl 4.3.6", include_str!("data/ctl-4.3.6.json")),
];

const SHOP: &str = include_str!("data/shop-3.10.8.json");

fn read(broker: &mut Broker, text: &str, vhost: Option<&str>) -> Result<Report, Error> {
    let options = Import { vhost: vhost.map(str::to_owned) };
    import(broker, Tick::ZERO, text, &options, &mut Vec::new())
}

fn no_hash(_: &str, _: [u8; 4]) -> Vec<u8> {
    Vec::new()
}

fn with_secrets() -> Export {
    Export { secrets: Some(no_hash), ..Export::default() }
}

/// What a file says, however it is ordered; without what Warren leaves out.
fn said(text: &str) -> Json {
    let Json::Object(mut file) = serde_json::from_str(text).unwrap() else { panic!("an object") };
    for about in [
        "global_parameters",
        "rabbit_version",
        "rabbitmq_version",
        "original_vhost_name",
        "rabbitmq_definition_format",
        "product_name",
        "product_version",
    ] {
        file.remove(about);
    }
    for items in file.values_mut().filter_map(Json::as_array_mut) {
        items.retain(|item| item["name"] != "amq.rabbitmq.log");
        for item in items.iter_mut() {
            if let Some(Json::Array(pairs)) = item.get("limits") {
                let pair = |pair: &Json| (pair[0].as_str().unwrap().to_owned(), pair[1].clone());
                item["limits"] = Json::Object(pairs.iter().map(pair).collect());
            }
            let fields = item.as_object_mut().unwrap();
            // Only the management interface of 3.10 writes these.
            fields.remove("internal");
            fields.remove("tracing");
            if fields.contains_key("metadata") {
                fields.remove("description");
                fields.remove("tags");
            }
        }
        items.sort_by_key(|item| sorted(item).to_string());
    }
    sorted(&Json::Object(file))
}

fn sorted(value: &Json) -> Json {
    match value {
        Json::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            let fields = fields.into_iter().map(|(key, value)| (key.clone(), sorted(value)));
            Json::Object(fields.collect::<Map<_, _>>())
        }
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[test]
fn what_servers_wrote_is_read_and_written_again() {
    for (profile, name, text) in FILES {
        let mut broker = Broker::new(profile);
        let report = read(&mut broker, text, None).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut expected = said(text);
        if name.starts_with("HTTP") {
            // It does not say of which type a queue is.
            for queue in expected["queues"].as_array_mut().unwrap() {
                let quorum = queue["arguments"]["x-queue-type"] == "quorum";
                queue["type"] = json!(if quorum { "quorum" } else { "classic" });
            }
            expected = said(&expected.to_string());
        }
        let mut written = said(&export(&broker, &with_secrets()));
        if name.starts_with("HTTP") {
            // It says nothing about virtual hosts but their names.
            expected["vhosts"] = Json::Null;
            written["vhosts"] = Json::Null;
        }
        assert_eq!(written, expected, "{name}\n{written:#}\n{expected:#}");
        for ignored in &report.ignored {
            let known = ["$.global_parameters[", "$.exchanges[0]", "$.vhosts["];
            assert!(known.iter().any(|k| ignored.path.starts_with(k)), "{name}: {ignored:?}");
        }
        assert_eq!(report.users.len(), 3, "{name}");
        assert_eq!(report.without_password, ["no-password"], "{name}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    for (profile, name, text) in FILES {
        let mut broker = Broker::new(profile);
        read(&mut broker, text, None).unwrap();
        let written = export(&broker, &with_secrets());
        let mut again = Broker::new(profile);
        let report = read(&mut again, &written, None).unwrap();
        assert!(report.ignored.is_empty(), "{name}: {:?}", report.ignored);
        assert_eq!(export(&again, &with_secrets()), written, "{name}");
    }
}

#[test]
fn a_virtual_host_goes_into_another() {
    let mut broker = Broker::new(Profile::V3_10);
    let error = read(&mut broker, SHOP, None).unwrap_err();
    assert!(error.what.contains("say which one to import it into"), "{error}");
    let error = read(&mut broker, SHOP, Some("shop")).unwrap_err();
    assert!(error.what.contains("create virtual host 'shop'"), "{error}");
    let report = read(&mut broker, SHOP, Some("/")).unwrap();
    assert_eq!(report.ignored, []);
    let options = Export { vhost: Some("/".into()), secrets: None };
    let written = export(&broker, &options);
    assert!(!written.contains("\"vhost\"") && !written.contains("users"), "{written}");
    let mut again = Broker::new(Profile::V3_10);
    again.add_vhost("other");
    read(&mut again, &written, Some("other")).unwrap();
    assert!(again.queue("other", "tmp.mail").is_some() && again.queue("/", "tmp.mail").is_none());
    assert_eq!(again.operator_policies("other").count(), 1);
}

#[test]
fn secrets_stay_at_home_unless_asked_for() {
    let (profile, _, text) = FILES[3];
    let mut broker = Broker::new(profile);
    read(&mut broker, text, None).unwrap();
    let hash = match &broker.user("ann").unwrap().credential {
        Credential::Hash { hash, .. } => hash.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(hash.len(), 36);
    let written: Json = serde_json::from_str(&export(&broker, &Export::default())).unwrap();
    for user in written["users"].as_array().unwrap() {
        assert_eq!(user["password_hash"], "");
    }
    let mut again = Broker::new(profile);
    let report = read(&mut again, &written.to_string(), None).unwrap();
    assert_eq!(report.without_password, ["ann", "guest", "no-password"]);
    assert!(again.authenticate("guest", "guest", true, |_, _| true).is_err());
}

#[test]
fn arguments_have_the_types_rabbitmq_gives_them() {
    let mut broker = Broker::new(Profile::V4_3);
    read(&mut broker, FILES[3].2, None).unwrap();
    let queue = broker.queue("shop", "tmp.mail").unwrap();
    assert_eq!(queue.arguments().get("x-max-length"), Some(&Value::I64(10)));
    let Some(Value::Array(own)) = queue.arguments().get("x-own") else { panic!("an array") };
    assert_eq!(own[..3], [Value::I64(1), Value::str("two"), Value::Bool(true)]);
    let Value::Table(inner) = &own[3] else { panic!("a table") };
    assert_eq!(inner.get("three"), Some(&Value::F64(3.5)));
}

#[test]
fn what_is_there_is_left_alone() {
    let mut broker = Broker::new(Profile::V4_3);
    let queue = |n: u32| {
        json!({"queues": [{"vhost": "/", "name": "q", "arguments": {"x-max-length": n}}]})
            .to_string()
    };
    read(&mut broker, &queue(1), None).unwrap();
    read(&mut broker, &queue(2), None).unwrap();
    let found = broker.queue("/", "q").unwrap();
    assert_eq!(found.arguments().get("x-max-length"), Some(&Value::I64(1)));
    assert!(found.durable() && !found.auto_delete());
}

#[test]
fn what_is_not_here_is_left_out_and_listed() {
    let text = json!({
        "users": [{"name": "u", "password_hash": "", "colour": "red"}],
        "surprise": 1,
        "exchanges": [
            {"vhost": "/", "name": "own", "type": "x-own-type"},
            {"vhost": "/", "name": "amq.mine", "type": "direct"},
        ],
        "queues": [{"vhost": "/", "name": "q"}],
        "bindings": [{"vhost": "/", "source": "own", "destination": "q",
            "destination_type": "queue", "routing_key": "", "arguments": {}}],
        "parameters": [{"vhost": "/", "component": "shovel", "name": "s", "value": {}}],
        "policies": [{"vhost": "/", "name": "f", "pattern": "x", "priority": 0,
            "definition": {"federation-upstream-set": "all"}}],
        "global_parameters": [{"name": "cluster_name", "value": "x"}],
    });
    let mut broker = Broker::new(Profile::V4_3);
    let report = read(&mut broker, &text.to_string(), None).unwrap();
    let paths: Vec<&str> = report.ignored.iter().map(|ignored| &*ignored.path).collect();
    let expected = [
        "$.surprise",
        "$.users[0].colour",
        "$.global_parameters[0]",
        "$.policies[0].definition.federation-upstream-set",
        "$.parameters[0]",
        "$.exchanges[0]",
        "$.exchanges[1]",
        "$.bindings[0]",
    ];
    assert_eq!(paths, expected);
    assert!(broker.queue("/", "q").is_some() && broker.policies("/").count() == 0);
}

/// Text, where the error is, and a part of what it says.
const BAD: &[(&str, &str, &str)] = &[
    ("", "line 1 column 0", "no JSON"),
    ("{", "line 1 column 1", "no JSON"),
    ("[]", "$", "one JSON object"),
    (r#"{"users": 1}"#, "$.users", "should be a list and is a number"),
    (r#"{"users": [1]}"#, "$.users[0]", "should be an object"),
    (r#"{"users": [{}]}"#, "$.users[0].name", "missing"),
    (r#"{"users": [{"name": "u", "password_hash": "?"}]}"#, "$.users[0].password_hash", "base64"),
    (r#"{"users": [{"name": "u", "tags": [1]}]}"#, "$.users[0].tags[0]", "should be a text"),
    (r#"{"vhosts": [{"name": "v", "limits": [1]}]}"#, "$.vhosts[0].limits", "list of pairs"),
    (
        r#"{"vhosts": [{"name": "v", "metadata": {"default_queue_type": "x"}}]}"#,
        "$.vhosts[0].metadata.default_queue_type",
        "x is not a valid queue type",
    ),
    (
        r#"{"permissions": [{"user": "nobody", "vhost": "/", "configure": "", "write": "", "read": ""}]}"#,
        "$.permissions[0]",
        "no user 'nobody'",
    ),
    (
        r#"{"permissions": [{"user": "guest", "vhost": "/", "configure": "(", "write": "", "read": ""}]}"#,
        "$.permissions[0]",
        "invalid regular expression '('",
    ),
    (
        r#"{"policies": [{"vhost": "/", "name": "p", "pattern": "", "definition": {"max-length": -1}}]}"#,
        "$.policies[0]",
        "-1 is not a valid maximum length",
    ),
    (
        r#"{"policies": [{"vhost": "/", "name": "p", "pattern": "", "definition": {"ha-mode": "all"}}]}"#,
        "$.policies[0]",
        "not recognised policy settings",
    ),
    (
        r#"{"queues": [{"vhost": "nowhere", "name": "q"}]}"#,
        "$.queues[0].vhost",
        "add it to $.vhosts",
    ),
    (
        r#"{"queues": [{"vhost": "/", "name": "q", "arguments": {"x-max-length": -1}}]}"#,
        "$.queues[0]",
        "invalid arg 'x-max-length'",
    ),
    (
        r#"{"queues": [{"vhost": "/", "name": "q", "arguments": {"x": null}}]}"#,
        "$.queues[0].arguments.x",
        "takes no null",
    ),
    (
        r#"{"queues": [{"vhost": "/", "name": "q", "arguments": {"x": [18446744073709551615]}}]}"#,
        "$.queues[0].arguments.x[0]",
        "64 bits",
    ),
    (
        r#"{"bindings": [{"vhost": "/", "source": "no", "destination": "q", "destination_type": "queue", "routing_key": ""}]}"#,
        "$.bindings[0]",
        "no exchange 'no'",
    ),
    (
        r#"{"bindings": [{"vhost": "/", "source": "amq.topic", "destination": "q", "destination_type": "x", "routing_key": ""}]}"#,
        "$.bindings[0].destination_type",
        "queue or an exchange",
    ),
];

#[test]
fn bad_files_say_where_and_what_and_change_nothing() {
    for (text, path, what) in BAD {
        let mut broker = Broker::new(Profile::V4_3);
        let before = export(&broker, &with_secrets());
        let error = read(&mut broker, text, None).unwrap_err();
        assert_eq!(error.path, *path, "{text}: {error}");
        assert!(error.what.contains(what), "{text}: {error}");
        assert_eq!(export(&broker, &with_secrets()), before, "{text}");
    }
    let deep = format!("{{\"queues\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let mut broker = Broker::new(Profile::V4_3);
    assert!(read(&mut broker, &deep, None).unwrap_err().what.contains("recursion limit"));
    let long = json!({"queues": [{"vhost": "/", "name": "q".repeat(256)}]}).to_string();
    assert!(read(&mut broker, &long, None).unwrap_err().what.contains("255 octets"));
}

#[test]
fn no_half_of_a_file_stops_the_reader() {
    let text = FILES[3].2;
    for end in (0..text.len()).step_by(37).filter(|end| text.is_char_boundary(*end)) {
        let mut broker = Broker::new(Profile::V4_3);
        assert!(read(&mut broker, &text[..end], None).is_err(), "{end}");
    }
    // Every value in turn replaced by something else.
    let file: Json = serde_json::from_str(text).unwrap();
    let mut events: Vec<Event> = Vec::new();
    for pointer in pointers(&file, String::new()) {
        for other in [json!(null), json!(-1), json!("x"), json!([]), json!({}), json!(1.5)] {
            let mut changed = file.clone();
            *changed.pointer_mut(&pointer).unwrap() = other;
            let mut broker = Broker::new(Profile::V4_3);
            let _ = import(
                &mut broker,
                Tick::ZERO,
                &changed.to_string(),
                &Import::default(),
                &mut events,
            );
        }
    }
}

fn pointers(value: &Json, at: String) -> Vec<String> {
    let inner: Vec<String> = match value {
        Json::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| {
                pointers(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")))
            })
            .collect(),
        Json::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(n, value)| pointers(value, format!("{at}/{n}")))
            .collect(),
        _ => Vec::new(),
    };
    inner.into_iter().chain([at]).collect()
}
