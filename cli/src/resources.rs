//! `warren export --to topology-operator` and `--to terraform`: what a scenario
//! declares at its start as resources of others, made from its definitions.

use core::fmt::Write as _;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use warren_core::scenario::{Document, Statement, statement};
use warren_core::time::Tick;
use warren_core::unseen::acts_unseen;

/// What no definitions say of a scenario.
pub(crate) fn losses(document: &Document) -> Vec<String> {
    let mut lost = Vec::new();
    for item in &document.items {
        let first = || statement(item).lines().next().unwrap_or_default().to_owned();
        match &item.what {
            Statement::Caption(_)
            | Statement::Highlight { .. }
            | Statement::Bookmark(_)
            | Statement::Place { .. }
            | Statement::Expect(_) => {}
            Statement::Exchange(decl) if decl.internal => lost.push(first() + " (internal)"),
            Statement::Queue(decl) if decl.server_named || decl.exclusive => {
                lost.push(first() + " (the client's own)");
            }
            Statement::Exchange(_)
            | Statement::Queue(_)
            | Statement::Bind(_)
            | Statement::Policy { .. }
            | Statement::User { .. }
            | Statement::Limit(_)
            | Statement::Permit { .. }
            | Statement::PermitTopic { .. }
                if item.at == Tick::ZERO => {}
            _ => lost.push(first()),
        }
    }
    lost
}

/// One list of the definitions; without what belongs to a client.
fn list<'a>(file: &'a Json, part: &str) -> Vec<&'a Json> {
    let all = file[part].as_array().into_iter().flatten();
    let made_up = |one: &&Json| {
        ["name", "destination"].iter().any(|key| text(one, key).starts_with("amq.gen-"))
    };
    all.filter(|one| !made_up(one)).collect()
}

fn text<'a>(object: &'a Json, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

/// Operator policies with their names.
fn operator_policies(file: &Json) -> Vec<Json> {
    let all = list(file, "parameters").into_iter();
    let policies = all.filter(|one| text(one, "component") == "operator_policy");
    policies
        .map(|one| {
            let mut policy = one["value"].clone();
            policy["name"] = one["name"].clone();
            policy
        })
        .collect()
}

/// A name of small ASCII letters, digits and `between`, that no other has.
fn named(name: &str, between: char, used: &mut BTreeSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let words: String = name.chars().map(plain).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut stem: String = words.join(&between.to_string()).chars().take(50).collect();
    if !stem.starts_with(|c: char| c.is_ascii_alphabetic()) {
        stem.insert_str(0, &format!("x{between}"));
    }
    let stem = stem.trim_end_matches(between).to_owned();
    let mut found = stem.clone();
    let mut number = 2;
    while !used.insert(found.clone()) {
        found = format!("{stem}{between}{number}");
        number += 1;
    }
    found
}

/// Resources of RabbitMQ's Messaging Topology Operator, in YAML.
pub(crate) fn operator(definitions: &Json) -> String {
    let mut used = BTreeSet::new();
    let mut out = String::from(
        "# For RabbitMQ's Messaging Topology Operator. The cluster is called rabbitmq here.\n",
    );
    let mut add = |kind: &str, name: &str, spec: Json| {
        let resource = named(&format!("{kind} {name}"), '-', &mut used);
        let _ = write!(
            out,
            "---\napiVersion: rabbitmq.com/v1beta1\nkind: {kind}\nmetadata:\n  name: {resource}\n\
             spec:\n  rabbitmqClusterReference:\n    name: rabbitmq\n"
        );
        for (key, value) in spec.as_object().into_iter().flatten() {
            // JSON is YAML.
            let _ = writeln!(out, "  {key}: {value}");
        }
    };
    for one in list(definitions, "exchanges") {
        add("Exchange", text(one, "name"), renamed(one, &[]));
    }
    for one in list(definitions, "queues") {
        add("Queue", text(one, "name"), renamed(one, &[]));
    }
    for one in list(definitions, "bindings") {
        let name = format!("{} {}", text(one, "source"), text(one, "destination"));
        add("Binding", &name, renamed(one, &[]));
    }
    for one in list(definitions, "policies") {
        add("Policy", text(one, "name"), renamed(one, &[]));
    }
    for one in &operator_policies(definitions) {
        let mut spec = renamed(one, &[]);
        spec["vhost"] = json!("/");
        add("OperatorPolicy", text(one, "name"), spec);
    }
    for one in list(definitions, "users").into_iter().filter(|one| text(one, "name") != "guest") {
        // The operator reads name and password from a secret.
        let secret = format!("{}-credentials", named(text(one, "name"), '-', &mut BTreeSet::new()));
        let spec = json!({ "tags": one["tags"], "importCredentialsSecret": { "name": secret } });
        add("User", text(one, "name"), spec);
    }
    for one in list(definitions, "permissions") {
        if text(one, "user") != "guest" {
            add("Permission", text(one, "user"), permissions(one, &["configure", "write", "read"]));
        }
    }
    for one in list(definitions, "topic_permissions") {
        let name = format!("{} {}", text(one, "user"), text(one, "exchange"));
        add("TopicPermission", &name, permissions(one, &["exchange", "write", "read"]));
    }
    out
}

fn permissions(one: &Json, keys: &[&str]) -> Json {
    let inner: Map<String, Json> =
        keys.iter().map(|key| ((*key).to_owned(), one[*key].clone())).collect();
    json!({ "vhost": one["vhost"], "user": one["user"], "permissions": inner })
}

/// An object with names as they are in Kubernetes: `auto_delete` is
/// `autoDelete`. Nothing is said of empty arguments.
fn renamed(one: &Json, without: &[&str]) -> Json {
    let mut out = Map::new();
    for (key, value) in one.as_object().into_iter().flatten() {
        let empty = value.as_object().is_some_and(Map::is_empty);
        if empty || without.contains(&key.as_str()) {
            continue;
        }
        let mut name = String::new();
        for (index, word) in key.split(['_', '-']).enumerate() {
            match word.chars().next() {
                Some(first) if index > 0 => {
                    name.push(first.to_ascii_uppercase());
                    name.push_str(&word[first.len_utf8()..]);
                }
                _ => name.push_str(word),
            }
        }
        out.insert(name, value.clone());
    }
    Json::Object(out)
}

/// A text as HCL has it.
fn hcl(text: &str) -> String {
    let json = json!(text).to_string();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '$' | '%' => out.push(c),
            '{' if out.ends_with(['$', '%']) => {
                // What would open a template.
                let sign = out.pop().unwrap_or('$');
                out.extend([sign, sign, '{']);
            }
            c if acts_unseen(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.replace("\\b", "\\u0008").replace("\\f", "\\u000c")
}

/// A value as HCL has it: an object's keys in quotes.
fn hcl_value(value: &Json) -> String {
    match value {
        Json::String(text) => hcl(text),
        Json::Array(items) => {
            format!("[{}]", items.iter().map(hcl_value).collect::<Vec<_>>().join(", "))
        }
        Json::Object(fields) => {
            let field =
                |(key, value): (&String, &Json)| format!("{} = {}", hcl(key), hcl_value(value));
            format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Blocks of HCL, aligned as `terraform fmt` does it.
struct Hcl {
    out: String,
    used: BTreeSet<String>,
}

type Lines = Vec<(&'static str, String)>;

impl Hcl {
    fn resource(&mut self, kind: &str, name: &str, own: &Lines, block: Option<(&str, &Lines)>) {
        let label = named(&format!("{kind} {name}"), '_', &mut self.used);
        let label = label.trim_start_matches(&format!("{kind}_")).to_owned();
        let _ = writeln!(self.out, "\nresource \"rabbitmq_{kind}\" \"{label}\" {{");
        self.lines("  ", own);
        if let Some((word, lines)) = block {
            let _ = writeln!(self.out, "\n  {word} {{");
            self.lines("    ", lines);
            self.out.push_str("  }\n");
        }
        self.out.push_str("}\n");
    }

    fn lines(&mut self, indent: &str, lines: &Lines) {
        let width = lines.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
        for (key, value) in lines {
            let _ = writeln!(self.out, "{indent}{key:width$} = {value}");
        }
    }
}

/// Resources of Terraform's provider `cyrilgdn/rabbitmq`.
pub(crate) fn terraform(definitions: &Json) -> String {
    let head = "terraform {\n  required_providers {\n    rabbitmq = {\n      \
                source = \"cyrilgdn/rabbitmq\"\n    }\n  }\n}\n\n\
                variable \"vhost\" {\n  default = \"/\"\n}\n";
    let mut all = Hcl { out: head.to_owned(), used: BTreeSet::new() };
    let vhost = || ("vhost", "var.vhost".to_owned());
    let arguments = |one: &Json, key: &'static str| {
        let some = one["arguments"].as_object().is_some_and(|table| !table.is_empty());
        some.then(|| (key, format!("jsonencode({})", hcl_value(&one["arguments"]))))
    };
    for one in list(definitions, "exchanges") {
        let name = text(one, "name");
        let mut settings: Lines = vec![
            ("type", hcl(text(one, "type"))),
            ("durable", one["durable"].to_string()),
            ("auto_delete", one["auto_delete"].to_string()),
        ];
        if one["arguments"].as_object().is_some_and(|table| !table.is_empty()) {
            settings.push(("arguments", hcl_value(&one["arguments"])));
        }
        let own = vec![("name", hcl(name)), vhost()];
        all.resource("exchange", name, &own, Some(("settings", &settings)));
    }
    for one in list(definitions, "queues") {
        let name = text(one, "name");
        let mut settings: Lines = vec![
            ("durable", one["durable"].to_string()),
            ("auto_delete", one["auto_delete"].to_string()),
        ];
        settings.extend(arguments(one, "arguments_json"));
        let own = vec![("name", hcl(name)), vhost()];
        all.resource("queue", name, &own, Some(("settings", &settings)));
    }
    for one in list(definitions, "bindings") {
        let name = format!("{} {}", text(one, "source"), text(one, "destination"));
        let mut own = vec![
            ("source", hcl(text(one, "source"))),
            vhost(),
            ("destination", hcl(text(one, "destination"))),
            ("destination_type", hcl(text(one, "destination_type"))),
            ("routing_key", hcl(text(one, "routing_key"))),
        ];
        own.extend(arguments(one, "arguments_json"));
        all.resource("binding", &name, &own, None);
    }
    terraform_access(&mut all, definitions);
    all.out
}

/// Policies, users and what they may do.
fn terraform_access(all: &mut Hcl, definitions: &Json) {
    let vhost = || ("vhost", "var.vhost".to_owned());
    let policies = list(definitions, "policies").into_iter().cloned().map(|one| ("policy", one));
    let others = operator_policies(definitions).into_iter().map(|one| ("operator_policy", one));
    for (kind, one) in policies.chain(others) {
        let policy: Lines = vec![
            ("pattern", hcl(text(&one, "pattern"))),
            ("priority", one["priority"].to_string()),
            ("apply_to", hcl(text(&one, "apply-to"))),
            ("definition", hcl_value(&one["definition"])),
        ];
        let name = text(&one, "name");
        all.resource(kind, name, &vec![("name", hcl(name)), vhost()], Some(("policy", &policy)));
    }
    let users = list(definitions, "users").into_iter().filter(|one| text(one, "name") != "guest");
    for (index, one) in users.enumerate() {
        if index == 0 {
            all.out.push_str("\nvariable \"passwords\" {\n  type = map(string)\n}\n");
        }
        let name = hcl(text(one, "name"));
        let own = vec![
            ("name", name.clone()),
            ("password", format!("var.passwords[{name}]")),
            ("tags", hcl_value(&one["tags"])),
        ];
        all.resource("user", text(one, "name"), &own, None);
    }
    for (part, kind, first) in [
        ("permissions", "permissions", "configure"),
        ("topic_permissions", "topic_permissions", "exchange"),
    ] {
        for one in list(definitions, part) {
            let user = text(one, "user");
            if user != "guest" {
                let inner: Lines = vec![
                    (first, hcl(text(one, first))),
                    ("write", hcl(text(one, "write"))),
                    ("read", hcl(text(one, "read"))),
                ];
                let own = vec![("user", hcl(user)), vhost()];
                all.resource(kind, user, &own, Some(("permissions", &inner)));
            }
        }
    }
}
