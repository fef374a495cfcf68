//! What clients in Python do.

use super::super::tongue::{Consume, Pass, Tongue};
use super::super::units::seconds;
use super::{Python, arguments, flags, name};
use core::fmt::Write as _;
use warren_core::scenario::{Outcome, Pause};
use warren_core::time::Span;

const PRELUDE: &str = "\
URL = os.environ.get(\"AMQP_URL\", \"amqp://guest:guest@localhost:5672/%2F\")
only = sys.argv[1:]
threads = []


def connect():
    connection = pika.BlockingConnection(pika.URLParameters(URL))
    return connection, connection.channel()


def start(work):
    threads.append(threading.Thread(target=work, daemon=True))
    threads[-1].start()


def say(*words):
    print(\" \".join(words) + \"\\n\", end=\"\", flush=True)
";

impl Tongue for Python {
    fn prelude(&self, code: &str) -> String {
        let mut modules = vec!["os", "sys", "threading"];
        let used = ["copy", "decimal", "itertools", "random"].into_iter();
        modules.extend(used.filter(|module| code.contains(&format!("{module}."))));
        modules.sort_unstable();
        let imports: String = modules.iter().map(|module| format!("import {module}\n")).collect();
        let names = "\n\n# The names that the broker makes up.\nqueues = {}\n";
        let names = if code.contains("queues[") { names } else { "" };
        format!("{imports}\nimport pika\n\n{PRELUDE}{names}")
    }

    fn ending(&self) -> &'static str {
        "\n\nif __name__ == \"__main__\":\n    try:\n        main()\n    except \
         KeyboardInterrupt:\n        \
         pass"
    }

    fn pause(&self, pause: Pause) -> String {
        match pause {
            Pause::Fixed(span) => format!("connection.sleep({})", seconds(span)),
            Pause::Between(low, high) => {
                let (low, high) = (seconds(low), seconds(high));
                format!("connection.sleep(random.uniform({low}, {high}))")
            }
        }
    }

    fn waits(&self, waits: &[Span]) -> String {
        let waits: Vec<String> = waits.iter().map(|wait| seconds(*wait)).collect();
        format!("waits = [{}]", waits.join(", "))
    }

    fn wait(&self, burst: u64) -> String {
        match burst {
            1 => "connection.sleep(waits[n - 1])".into(),
            _ => format!("connection.sleep(waits[(n - 1) // {burst}])"),
        }
    }

    fn count(&self, from: u64, past: Option<u64>, uses: bool) -> String {
        let n = if uses { "n" } else { "_" };
        match past {
            Some(past) => format!("for {n} in range({from}, {past}):"),
            None => format!("for {n} in itertools.count({from}):"),
        }
    }

    fn when(&self, condition: &str) -> String {
        format!("if {condition}:")
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("{name} = {value}")
    }

    fn choice(&self, texts: &[String], random: bool) -> String {
        match random {
            true => format!("random.choice([{}])", texts.join(", ")),
            false => format!("[{}][(n - 1) % {}]", texts.join(", "), texts.len()),
        }
    }

    fn say(&self, words: &[&str]) -> String {
        format!("say({})", words.join(", "))
    }

    fn publisher(&self, words: &str, _: &str, _: bool) -> String {
        format!("def {words}():\n    connection, channel = connect()")
    }

    fn close(&self, finite: bool) -> String {
        if finite { "connection.close()".into() } else { String::new() }
    }

    fn confirms(&self) -> String {
        "channel.confirm_delivery()".into()
    }

    fn returns(&self, name: &str) -> String {
        format!(
            "channel.add_on_return_callback(\n    \
             lambda channel, method, properties, body: say({name}, \"gets back\", body.decode())\n)"
        )
    }

    fn transactions(&self) -> String {
        "channel.tx_select()".into()
    }

    fn commit(&self) -> String {
        "channel.tx_commit()".into()
    }

    fn consumer(&self, words: &str, name: Option<&str>) -> String {
        let name = if name.is_some() { "" } else { "name" };
        format!("def {words}({name}):\n    connection, channel = connect()")
    }

    fn prefetch(&self, count: u16, global: bool) -> String {
        format!("channel.basic_qos(prefetch_count={count}{})", flags(&[(global, "global_qos")]))
    }

    fn counters(&self, turns: bool, numbers: bool) -> String {
        let turns = if turns { "turns = itertools.count()\n" } else { "" };
        let numbers = if numbers { "numbers = itertools.count(1)\n" } else { "" };
        format!("{turns}{numbers}")
    }

    fn message(&self, _: &[Consume]) -> String {
        "\ndef on_message(channel, method, properties, body):\n    text = \
         body.decode(errors=\"replace\")"
            .into()
    }

    fn message_end(&self, consumes: &[Consume]) -> String {
        let consume = |consume: &Consume| {
            let on = [(consume.automatic, "auto_ack"), (consume.exclusive, "exclusive")];
            let (on, more) = (flags(&on), arguments(Self, &consume.arguments));
            let Consume { queue, tag, .. } = consume;
            format!("channel.basic_consume({queue}, on_message{on}, consumer_tag={tag}{more})\n")
        };
        format!("\n{}return channel", consumes.iter().map(consume).collect::<String>())
    }

    fn turn(&self, of: usize) -> String {
        format!("turn = next(turns) % {of}")
    }

    fn number(&self) -> String {
        "n = next(numbers)".into()
    }

    fn key(&self) -> String {
        "key = method.routing_key".into()
    }

    fn pass(&self, pass: &Pass) -> String {
        let mut out = "passed = copy.copy(properties)\npassed.expiration = None\n".to_owned();
        if !pass.headers.is_empty() || !pass.dropped.is_empty() {
            out.push_str("passed.headers = dict(properties.headers or {})\n");
        }
        for header in &pass.dropped {
            let _ = writeln!(out, "passed.headers.pop({header}, None)");
        }
        for (header, item) in &pass.headers {
            let _ = writeln!(out, "passed.headers[{header}] = {item}");
        }
        for (field, item) in &pass.properties {
            let _ = writeln!(out, "passed.{} = {item}", name(*field));
        }
        let key = pass.key.as_deref().unwrap_or("key");
        let body = pass.body.as_ref().map_or("body".into(), |body| format!("{body}.encode()"));
        let exchange = &pass.exchange;
        let _ = writeln!(out, "channel.basic_publish({exchange}, {key}, {body}, passed)");
        out
    }

    fn reply(&self, body: &str) -> String {
        format!(
            "if properties.reply_to:\n    \
             same = pika.BasicProperties(correlation_id=properties.correlation_id)\n    \
             channel.basic_publish(\"\", properties.reply_to, {body}.encode(), same)"
        )
    }

    fn settle(&self, outcome: Outcome) -> Option<String> {
        let (verb, requeue) = match outcome {
            Outcome::Ack => ("ack", true),
            Outcome::Nack { requeue } => ("nack", requeue),
            Outcome::Reject { requeue } => ("reject", requeue),
            Outcome::Crash | Outcome::Forget => return None,
        };
        let requeue = if requeue { "" } else { ", requeue=False" };
        Some(format!("channel.basic_{verb}(method.delivery_tag{requeue})"))
    }

    fn crash(&self) -> String {
        "connection.close()\nraise SystemExit".into()
    }

    fn main(&self) -> String {
        "def main():\n    connection, channel = connect()".into()
    }

    fn main_end(&self, _: bool) -> String {
        "for thread in threads:\n    while thread.is_alive():\n        connection.sleep(0.1)".into()
    }

    fn wanted(&self, name: &str, waits: bool) -> String {
        let not = if waits { "" } else { "not only or " };
        format!("if {not}{name} in only:")
    }

    fn start_publisher(&self, words: &str) -> String {
        format!("start({words})")
    }

    fn start_consumer(&self, words: &str, name: Option<&str>) -> String {
        format!("start({words}({}).start_consuming)", name.unwrap_or_default())
    }
}
