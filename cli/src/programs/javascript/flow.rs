//! What clients in JavaScript do.

use super::super::text::camel;
use super::super::tongue::{Consume, Pass, Tongue};
use super::super::units::millis;
use super::{JavaScript, flag, name, options};
use core::fmt::Write as _;
use warren_core::scenario::{Outcome, Pause};
use warren_core::time::Span;

const PRELUDE: &str = "\
'use strict';

const amqp = require('amqplib');
const { setTimeout: sleep } = require('node:timers/promises');

const url = process.env.AMQP_URL ?? 'amqp://guest:guest@localhost:5672/%2F';
const only = process.argv.slice(2);
const say = console.log;

async function connect(name, kind = 'createChannel') {
  const connection = await amqp.connect(url);
  const channel = await connection[kind]();
  connection.on('error', (error) => console.error(name, error.message));
  channel.on('error', (error) => console.error(name, error.message));
  return channel;
}
";

const IN_TURN: &str = "
// One message at a time, as they come.
function inTurn(work) {
  let last = Promise.resolve();
  return (message) => {
    if (message) last = last.then(() => work(message)).catch((error) => \
    console.error(error.message));
  };
}
";

impl Tongue for JavaScript {
    fn prelude(&self, code: &str) -> String {
        let in_turn = if code.contains("inTurn(") { IN_TURN } else { "" };
        let names = "\n// The names that the broker makes up.\nconst queues = new Map();\n";
        format!("{PRELUDE}{in_turn}{}", if code.contains("queues.") { names } else { "" })
    }

    fn ending(&self) -> &'static str {
        "\nmain().catch((error) => {\n  console.error(error.message);\n  process.exit(1);\n});"
    }

    fn pause(&self, pause: Pause) -> String {
        match pause {
            Pause::Fixed(span) => format!("await sleep({});", millis(span)),
            Pause::Between(low, high) => {
                let more = millis(Span(high.0.saturating_sub(low.0)));
                format!("await sleep({} + Math.random() * {more});", millis(low))
            }
        }
    }

    fn waits(&self, waits: &[Span]) -> String {
        let waits: Vec<String> = waits.iter().map(|wait| millis(*wait)).collect();
        format!("const waits = [{}];", waits.join(", "))
    }

    fn wait(&self, burst: u64) -> String {
        match burst {
            1 => "await sleep(waits[n - 1]);".into(),
            _ => format!("await sleep(waits[(n - 1) / {burst}]);"),
        }
    }

    fn count(&self, from: u64, past: Option<u64>, _: bool) -> String {
        let past = past.map_or(String::new(), |past| format!(" n < {past}"));
        format!("for (let n = {from};{past}; n += 1) {{")
    }

    fn when(&self, condition: &str) -> String {
        format!("if ({}) {{", condition.replace("==", "==="))
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("const {name} = {value};")
    }

    fn choice(&self, texts: &[String], random: bool) -> String {
        let (all, of) = (texts.join(", "), texts.len());
        match random {
            true => format!("[{all}][Math.floor(Math.random() * {of})]"),
            false => format!("[{all}][(n - 1) % {of}]"),
        }
    }

    fn say(&self, words: &[&str]) -> String {
        format!("say({});", words.join(", "))
    }

    fn publisher(&self, words: &str, name: &str, confirms: bool) -> String {
        let kind = if confirms { ", 'createConfirmChannel'" } else { "" };
        let words = camel(words);
        format!("async function {words}() {{\n  const channel = await connect({name}{kind});")
    }

    fn close(&self, finite: bool) -> String {
        if !finite {
            return String::new();
        }
        // What was published is on its way before the connection ends.
        "await channel.close();\nawait channel.connection.close();".into()
    }

    fn confirms(&self) -> String {
        String::new()
    }

    fn returns(&self, name: &str) -> String {
        format!(
            "channel.on('return', (message) => say({name}, 'gets back', \
             message.content.toString()));"
        )
    }

    fn transactions(&self) -> String {
        String::new()
    }

    fn commit(&self) -> String {
        String::new()
    }

    fn consumer(&self, words: &str, name: Option<&str>) -> String {
        let (parameter, name) = if let Some(name) = name { ("", name) } else { ("name", "name") };
        let words = camel(words);
        format!("async function {words}({parameter}) {{\n  const channel = await connect({name});")
    }

    fn prefetch(&self, count: u16, global: bool) -> String {
        format!("await channel.prefetch({count}{});", if global { ", true" } else { "" })
    }

    fn counters(&self, turns: bool, numbers: bool) -> String {
        let turns = if turns { "let turns = 0;\n" } else { "" };
        let numbers = if numbers { "let sent = 0;\n" } else { "" };
        format!("{turns}{numbers}")
    }

    fn message(&self, _: &[Consume]) -> String {
        "const work = inTurn(async (message) => {\n  const text = message.content.toString();"
            .into()
    }

    fn message_end(&self, consumes: &[Consume]) -> String {
        let consume = |consume: &Consume| {
            let Consume { queue, tag, .. } = consume;
            let options = options(&[
                Some(format!("consumerTag: {tag}")),
                flag(consume.automatic, "noAck"),
                flag(consume.exclusive, "exclusive"),
                self.arguments(&consume.arguments),
            ]);
            format!("\nawait channel.consume({queue}, work{options});")
        };
        format!("}});{}", consumes.iter().map(consume).collect::<String>())
    }

    fn turn(&self, of: usize) -> String {
        format!("const turn = turns % {of};\nturns += 1;")
    }

    fn number(&self) -> String {
        "sent += 1;\nconst n = sent;".into()
    }

    fn key(&self) -> String {
        "const key = message.fields.routingKey;".into()
    }

    fn pass(&self, pass: &Pass) -> String {
        let mut out =
            String::from("{\n  const passed = { ...message.properties, expiration: undefined };\n");
        if !pass.headers.is_empty() || !pass.dropped.is_empty() {
            out.push_str("  passed.headers = { ...passed.headers };\n");
        }
        for header in &pass.dropped {
            let _ = writeln!(out, "  delete passed.headers[{header}];");
        }
        for (header, item) in &pass.headers {
            let _ = writeln!(out, "  passed.headers[{header}] = {item};");
        }
        for (field, item) in &pass.properties {
            let _ = writeln!(out, "  passed.{} = {item};", name(*field));
        }
        let key = pass.key.as_deref().unwrap_or("key");
        let body = pass.body.as_ref();
        let body = body.map_or("message.content".into(), |body| format!("Buffer.from({body})"));
        let _ = write!(out, "  channel.publish({}, {key}, {body}, passed);\n}}", pass.exchange);
        out
    }

    fn reply(&self, body: &str) -> String {
        format!(
            "const {{ replyTo, correlationId }} = message.properties;\n\
             if (replyTo) channel.sendToQueue(replyTo, Buffer.from({body}), {{ correlationId }});"
        )
    }

    fn settle(&self, outcome: Outcome) -> Option<String> {
        Some(match outcome {
            Outcome::Ack => "channel.ack(message);".into(),
            Outcome::Nack { requeue } => format!("channel.nack(message, false, {requeue});"),
            Outcome::Reject { requeue } => format!("channel.reject(message, {requeue});"),
            Outcome::Crash | Outcome::Forget => return None,
        })
    }

    fn crash(&self) -> String {
        "await channel.connection.close();\nreturn;".into()
    }

    fn main(&self) -> String {
        "async function main() {\n  const channel = await connect('operator');\n  const clients \
         = [];"
            .into()
    }

    fn main_end(&self, _: bool) -> String {
        "await Promise.all(clients);".into()
    }

    fn wanted(&self, name: &str, waits: bool) -> String {
        let none = if waits { "" } else { "only.length === 0 || " };
        format!("if ({none}only.includes({name})) {{")
    }

    fn start_publisher(&self, words: &str) -> String {
        format!("clients.push({}());", camel(words))
    }

    fn start_consumer(&self, words: &str, name: Option<&str>) -> String {
        format!("await {}({});", camel(words), name.unwrap_or_default())
    }
}
