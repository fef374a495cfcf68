//! What `warren export` makes for Kubernetes, Terraform and AsyncAPI.

use super::warren;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use yaml_rust2::YamlLoader;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/resources")
}

/// The scenario in another form, which is on file, and what is lost.
fn exported(to: &str, file: &str) -> (String, String) {
    let source = folder().join("shop.warren");
    let (code, text, lost) = warren(&["export", source.to_str().unwrap(), "--to", to], "");
    assert_eq!(code, 0, "{lost}");
    let file = folder().join(file);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &text).expect("written");
    }
    let on_file = std::fs::read_to_string(&file).expect("what is on file");
    assert_eq!(text, on_file, "{}: BLESS=1 writes it anew", file.display());
    (text, lost)
}

const HOSTILE: &str = "a ${name} %{if} \"q\" \\ \u{202e}";

#[test]
fn resources_for_kubernetes_are_yaml_and_complete() {
    let (text, lost) = exported("topology-operator", "topology.yaml");
    let documents = YamlLoader::load_from_str(&text).expect("YAML");
    let kinds: Vec<&str> = documents.iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds.len(), documents.len(), "{kinds:?}");
    for (kind, count) in [
        ("Exchange", 3),
        ("Queue", 3),
        ("Binding", 3),
        ("Policy", 1),
        ("OperatorPolicy", 1),
        ("User", 1),
        ("Permission", 1),
        ("TopicPermission", 1),
    ] {
        assert_eq!(kinds.iter().filter(|found| **found == kind).count(), count, "{kind}");
    }
    let mut names: Vec<&str> =
        documents.iter().filter_map(|one| one["metadata"]["name"].as_str()).collect();
    assert!(names.iter().all(|name| name.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric())));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), documents.len(), "each has a name of its own");
    let queues = documents.iter().filter(|one| one["kind"].as_str() == Some("Queue"));
    let found = queues.filter(|one| one["spec"]["name"].as_str() == Some(HOSTILE)).count();
    assert_eq!(found, 1, "a name is only a name");
    let headers =
        documents.iter().find(|one| one["spec"]["source"].as_str() == Some("amq.headers"));
    assert_eq!(headers.unwrap()["spec"]["arguments"]["pages"].as_i64(), Some(3));
    for what in
        ["exchange hidden direct internal", "queue own temporary", "publisher shop", "restart"]
    {
        assert!(lost.lines().any(|l| l.starts_with("left out: ") && l.contains(what)), "{lost}");
    }
}

#[test]
fn terraform_s_resources_are_on_file() {
    let (text, lost) = exported("terraform", "main.tf");
    assert_eq!(text.matches("resource \"rabbitmq_queue\"").count(), 3);
    assert!(text.contains(r#""a $${name} %%{if} \"q\" \\ \u202e""#), "{text}");
    assert!(
        text.contains(r#"jsonencode({ "format" = "pdf", "pages" = 3, "x-match" = "all" })"#),
        "{text}"
    );
    assert!(lost.contains("consumer clerk"), "{lost}");
}

/// Every place that the document points to.
fn references<'a>(json: &'a Json, found: &mut Vec<&'a str>) {
    match json {
        Json::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Json::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn asyncapi_points_to_what_is_there() {
    let (text, lost) = exported("asyncapi", "asyncapi.json");
    let file: Json = serde_json::from_str(&text).expect("JSON");
    assert_eq!(file["asyncapi"], "3.0.0");
    assert_eq!(file["info"]["title"], "A shop");
    let mut found = Vec::new();
    references(&file, &mut found);
    assert!(found.len() >= 10, "{found:?}");
    for reference in found {
        let place = reference.strip_prefix('#').expect("a place in this file");
        assert!(file.pointer(place).is_some(), "{reference}");
    }
    let operations = file["operations"].as_object().expect("operations");
    let actions = |wanted: &str| operations.values().filter(|o| o["action"] == wanted).count();
    assert_eq!((actions("send"), actions("receive")), (3, 3));
    for what in ["bind orders", "queue billing: its arguments", "publisher shop: when"] {
        assert!(lost.contains(what), "{what}: {lost}");
    }
}
