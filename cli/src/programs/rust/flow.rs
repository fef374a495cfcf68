//! What clients in Rust do.

use super::super::tongue::{Consume, Pass, Tongue};
use super::{Rust, options, with};
use core::fmt::Write as _;
use warren_core::scenario::{Outcome, Pause};
use warren_core::time::Span;

const PRELUDE: &str = "\
async fn connect() -> Result<(Connection, Channel)> {
    let usual = \"amqp://guest:guest@localhost:5672/%2F\".to_owned();
    let url = std::env::var(\"AMQP_URL\").unwrap_or(usual);
    let connection = Connection::connect(&url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    Ok((connection, channel))
}

/// Whether a client takes part: all that do not wait, or those who are named.
fn wanted(name: &str, waits: bool) -> bool {
    let only: Vec<String> = std::env::args().skip(1).collect();
    (only.is_empty() && !waits) || only.iter().any(|one| one == name)
}
";

const TABLE: &str = "
fn table<const N: usize>(items: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (key, value) in items {
        table.insert(key.into(), value);
    }
    table
}
";

const CHANCE: &str = "
/// A number below `most`, by chance.
fn chance(most: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0) % most
}
";

const NAMES: &str = "
/// The names that the broker makes up.
static QUEUES: Mutex<BTreeMap<&str, String>> = Mutex::new(BTreeMap::new());

fn queue_name(queue: &str) -> String {
    QUEUES.lock().unwrap().get(queue).cloned().unwrap_or_default()
}
";

const PASSED: &str = "
/// The properties of a message that is passed on: all but its time to live.
fn passed(from: &BasicProperties) -> BasicProperties {
    let mut to = BasicProperties::default();
    macro_rules! keep {
        ($($get:ident $with:ident)*) => {
            $(if let Some(value) = from.$get() { to = to.$with(value.clone()); })*
        };
    }
    keep! {
        content_type with_content_type content_encoding with_content_encoding
        headers with_headers delivery_mode with_delivery_mode priority with_priority
        correlation_id with_correlation_id reply_to with_reply_to message_id with_message_id
        timestamp with_timestamp kind with_type user_id with_user_id app_id with_app_id
    }
    to
}
";

const CHANGED: &str = "
/// The headers of a message, without some and with others.
fn changed(from: &BasicProperties, dropped: &[&str], set: &[(&str, AMQPValue)]) -> FieldTable {
    let mut table = FieldTable::default();
    for (key, value) in from.headers().iter().flat_map(|headers| headers.inner()) {
        if !dropped.contains(&key.as_str()) {
            table.insert(key.clone(), value.clone());
        }
    }
    for (key, value) in set {
        table.insert((*key).into(), value.clone());
    }
    table
}
";

fn duration(span: Span) -> String {
    match span.0 % 1_000 {
        0 => format!("Duration::from_millis({})", span.as_millis()),
        _ => format!("Duration::from_micros({})", span.0),
    }
}

impl Tongue for Rust {
    fn prelude(&self, code: &str) -> String {
        let helpers = [
            ("table([", TABLE),
            ("chance(", CHANCE),
            ("QUEUES", NAMES),
            ("passed(", PASSED),
            ("changed(", CHANGED),
        ];
        let used = helpers.iter().filter(|(name, _)| code.contains(name));
        let helpers: String = used.map(|(_, helper)| *helper).collect();
        let rest = format!("{PRELUDE}{helpers}");
        let has = |name: &str| code.contains(name) || helpers.contains(name);
        let mut out = String::new();
        let mut uses = |on: bool, line: &str| {
            if on {
                out.push_str(line);
                out.push('\n');
            }
        };
        uses(has("messages.next()"), "use futures_lite::StreamExt as _;");
        uses(has("Options"), "use lapin::options::*;");
        let types = [("AMQPValue", has("AMQPValue")), ("FieldTable", has("FieldTable"))];
        let types: Vec<&str> = types.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect();
        uses(!types.is_empty(), &format!("use lapin::types::{{{}}};", types.join(", ")));
        let own =
            ["BasicProperties", "Channel", "Connection", "ConnectionProperties", "ExchangeKind"];
        let own: Vec<&str> =
            own.into_iter().filter(|name| has(name) || PRELUDE.contains(name)).collect();
        uses(true, &format!("use lapin::{{{}, Result}};", own.join(", ")));
        uses(has("BTreeMap"), "use std::collections::BTreeMap;");
        uses(has("Mutex"), "use std::sync::Mutex;");
        uses(has("Duration"), "use std::time::Duration;");
        uses(has("JoinSet"), "use tokio::task::JoinSet;");
        uses(has("sleep("), "use tokio::time::sleep;");
        format!("{out}\n{rest}")
    }

    fn ending(&self) -> &'static str {
        ""
    }

    fn pause(&self, pause: Pause) -> String {
        match pause {
            Pause::Fixed(span) => format!("sleep({}).await;", duration(span)),
            Pause::Between(low, high) => {
                let steps = Span(high.0.saturating_sub(low.0)).as_millis() + 1;
                let low = low.as_millis();
                format!("sleep(Duration::from_millis({low} + chance({steps}))).await;")
            }
        }
    }

    fn waits(&self, waits: &[Span]) -> String {
        let waits: Vec<String> = waits.iter().map(|wait| duration(*wait)).collect();
        format!("let waits = [{}];", waits.join(", "))
    }

    fn wait(&self, burst: u64) -> String {
        format!("sleep(waits[(n - 1) / {burst}]).await;").replace("(n - 1) / 1]", "n - 1]")
    }

    fn count(&self, from: u64, past: Option<u64>, uses: bool) -> String {
        let n = if uses { "n" } else { "_" };
        let past = past.map_or(String::new(), |past| past.to_string());
        format!("for {n} in {from}_usize..{past} {{")
    }

    fn when(&self, condition: &str) -> String {
        format!("if {condition} {{")
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("let {name} = {value};")
    }

    fn choice(&self, texts: &[String], random: bool) -> String {
        let all: Vec<String> = texts.iter().map(|text| format!("{text}.to_string()")).collect();
        let (all, of) = (all.join(", "), texts.len());
        match random {
            true => format!("[{all}][chance({of}) as usize].clone()"),
            false => format!("[{all}][(n - 1) % {of}].clone()"),
        }
    }

    fn say(&self, words: &[&str]) -> String {
        let places = vec!["{}"; words.len()].join(" ");
        format!("println!(\"{places}\", {});", words.join(", "))
    }

    fn publisher(&self, words: &str, _: &str, _: bool) -> String {
        format!(
            "async fn {words}() -> Result<()> {{\n    let (connection, channel) = connect().await?;"
        )
    }

    fn close(&self, _: bool) -> String {
        "connection.close(200, \"done\".into()).await".into()
    }

    fn confirms(&self) -> String {
        "channel.confirm_select(ConfirmSelectOptions::default()).await?;".into()
    }

    fn returns(&self, name: &str) -> String {
        format!("// What comes back to {} is in its confirmation.", name.replace('\\', "/"))
    }

    fn transactions(&self) -> String {
        "channel.tx_select().await?;".into()
    }

    fn commit(&self) -> String {
        "channel.tx_commit().await?;".into()
    }

    fn consumer(&self, words: &str, name: Option<&str>) -> String {
        let parameter = if name.is_some() { "" } else { ", name: String" };
        format!(
            "async fn {words}(clients: &mut JoinSet<Result<()>>{parameter}) -> Result<()> {{\n    \
             let (connection, channel) = connect().await?;"
        )
    }

    fn prefetch(&self, count: u16, global: bool) -> String {
        format!(
            "channel.basic_qos({count}, {}).await?;",
            options("BasicQosOptions", &[(global, "global")])
        )
    }

    fn counters(&self, turns: bool, numbers: bool) -> String {
        let turns = if turns { "let mut turns = 0_usize;\n" } else { "" };
        let numbers = if numbers { "let mut sent = 0;\n" } else { "" };
        format!("{turns}{numbers}")
    }

    fn message_depth(&self) -> usize {
        2
    }

    fn message(&self, consumes: &[Consume]) -> String {
        let mut out = String::new();
        for (index, consume) in consumes.iter().enumerate() {
            let Consume { queue, tag, .. } = consume;
            let on = [(consume.automatic, "no_ack"), (consume.exclusive, "exclusive")];
            let options = options("BasicConsumeOptions", &on);
            let more = self.table(&consume.arguments);
            let messages = match (index, consumes.len()) {
                (0, 1) => "mut messages",
                (0, _) => "messages",
                _ => "others",
            };
            let tag = if tag == "name.clone()" { "name.as_str()" } else { tag };
            let _ = writeln!(
                out,
                "let {messages} = channel\n    \
                 .basic_consume({queue}.into(), {tag}.into(), {options}, {more})\n    .await?;"
            );
            if index > 0 {
                let again = if index + 1 == consumes.len() { "mut messages" } else { "messages" };
                let _ = writeln!(out, "let {again} = messages.or(others);");
            }
        }
        out + "clients.spawn(async move {\n    \
               while let Some(message) = messages.next().await {\n        \
               let message = message?;\n        \
               let text = String::from_utf8_lossy(&message.data).into_owned();"
    }

    fn message_end(&self, _: &[Consume]) -> String {
        "    }\n    connection.close(200, \"done\".into()).await\n});\nOk(())".into()
    }

    fn turn(&self, of: usize) -> String {
        format!("let turn = turns % {of};\nturns += 1;")
    }

    fn number(&self) -> String {
        "sent += 1;\nlet n = sent;".into()
    }

    fn key(&self) -> String {
        "let key = message.routing_key.to_string();".into()
    }

    fn pass(&self, pass: &Pass) -> String {
        let mut out = String::from("let properties = passed(&message.properties)");
        if !pass.headers.is_empty() || !pass.dropped.is_empty() {
            let set: Vec<String> =
                pass.headers.iter().map(|(key, item)| format!("({key}, {item})")).collect();
            let (dropped, set) = (pass.dropped.join(", "), set.join(", "));
            let _ = write!(
                out,
                "\n    .with_headers(changed(&message.properties, &[{dropped}], &[{set}]))"
            );
        }
        for property in &pass.properties {
            let _ = write!(out, "\n    {}", with(property));
        }
        let key = pass.key.as_deref().unwrap_or("key");
        let key = if key == "key" { "key.as_str()" } else { key };
        let body = pass.body.as_ref();
        let body = body.map_or("&message.data".into(), |body| format!("{body}.as_bytes()"));
        let _ = write!(
            out,
            ";\nchannel\n    .basic_publish(\n        {}.into(),\n        {key}.into(),\n        \
             BasicPublishOptions::default(),\n        {body},\n        properties,\n    )\n    \
             .await?;",
            pass.exchange
        );
        out
    }

    fn reply(&self, body: &str) -> String {
        format!(
            "if let Some(reply_to) = message.properties.reply_to().clone() {{\n    \
             let mut same = BasicProperties::default();\n    \
             if let Some(id) = message.properties.correlation_id().clone() {{\n        \
             same = same.with_correlation_id(id);\n    }}\n    \
             let options = BasicPublishOptions::default();\n    \
             channel.basic_publish(\"\".into(), reply_to, options, {body}.as_bytes(), \
             same).await?;\n}}"
        )
    }

    fn settle(&self, outcome: Outcome) -> Option<String> {
        Some(match outcome {
            Outcome::Ack => "message.ack(BasicAckOptions::default()).await?;".into(),
            Outcome::Nack { requeue } => {
                let options = options("BasicNackOptions", &[(requeue, "requeue")]);
                format!("message.nack({options}).await?;")
            }
            Outcome::Reject { requeue } => {
                format!("message.reject(BasicRejectOptions {{ requeue: {requeue} }}).await?;")
            }
            Outcome::Crash | Outcome::Forget => return None,
        })
    }

    fn crash(&self) -> String {
        "return connection.close(200, \"crash\".into()).await;".into()
    }

    fn main(&self) -> String {
        "#[tokio::main]\nasync fn main() -> Result<()> {\n    \
         let (connection, channel) = connect().await?;\n    let mut clients = JoinSet::new();"
            .into()
    }

    fn main_end(&self, _: bool) -> String {
        "while let Some(Ok(done)) = clients.join_next().await {\n    \
         if let Err(error) = done {\n        eprintln!(\"{error}\");\n    }\n}\n\
         connection.close(200, \"done\".into()).await"
            .into()
    }

    fn wanted(&self, name: &str, waits: bool) -> String {
        format!("if wanted({name}, {waits}) {{")
    }

    fn start_publisher(&self, words: &str) -> String {
        format!("clients.spawn({words}());")
    }

    fn start_consumer(&self, words: &str, name: Option<&str>) -> String {
        let name = name.map_or(String::new(), |name| format!(", {name}"));
        format!("{words}(&mut clients{name}).await?;")
    }
}
