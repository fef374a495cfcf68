//! What clients in C# do.

use super::super::text::pascal;
use super::super::tongue::{Consume, Pass, Tongue};
use super::super::units::seconds;
use super::{DotNet, set};
use core::fmt::Write as _;
use warren_core::scenario::{Outcome, Pause};
use warren_core::time::Span;

const START: &str = "
var url = Environment.GetEnvironmentVariable(\"AMQP_URL\");
var factory = new ConnectionFactory { Uri = new Uri(url ?? \
\"amqp://guest:guest@localhost:5672/%2F\") };
bool Wanted(string name, bool waits) => args.Contains(name) || (args.Length == 0 && !waits);

async Task<(IConnection, IChannel)> Connect(bool confirms = false)
{
    var connection = await factory.CreateConnectionAsync();
    var options = new CreateChannelOptions(confirms, confirms);
    return (connection, await connection.CreateChannelAsync(options));
}
";

const NAMES: &str = "
// The names that the broker makes up.
var queues = new ConcurrentDictionary<string, string>();
";

fn duration(span: Span) -> String {
    match span.0 % 1_000 {
        0 => span.as_millis().to_string(),
        _ => format!("TimeSpan.FromSeconds({})", seconds(span)),
    }
}

impl Tongue for DotNet {
    fn prelude(&self, code: &str) -> String {
        let names = code.contains("queues[");
        let mut out = String::new();
        if names {
            out.push_str("using System.Collections.Concurrent;\n");
        }
        out.push_str("using System.Text;\nusing RabbitMQ.Client;\n");
        if code.contains("AsyncEventingBasicConsumer") {
            out.push_str("using RabbitMQ.Client.Events;\n");
        }
        if code.contains("PublishException") {
            out.push_str("using RabbitMQ.Client.Exceptions;\n");
        }
        out + START + if names { NAMES } else { "" }
    }

    fn ending(&self) -> &'static str {
        "\nawait Main();"
    }

    fn pause(&self, pause: Pause) -> String {
        match pause {
            Pause::Fixed(span) => format!("await Task.Delay({});", duration(span)),
            Pause::Between(low, high) => {
                let (low, past) = (low.as_millis(), high.as_millis() + 1);
                format!("await Task.Delay(Random.Shared.Next({low}, {past}));")
            }
        }
    }

    fn waits(&self, waits: &[Span]) -> String {
        let waits: Vec<String> = waits.iter().map(|wait| wait.as_millis().to_string()).collect();
        format!("int[] waits = {{ {} }};", waits.join(", "))
    }

    fn wait(&self, burst: u64) -> String {
        match burst {
            1 => "await Task.Delay(waits[n - 1]);".into(),
            _ => format!("await Task.Delay(waits[(n - 1) / {burst}]);"),
        }
    }

    fn count(&self, from: u64, past: Option<u64>, _: bool) -> String {
        let past = past.map_or(String::new(), |past| format!(" n < {past}"));
        format!("for (var n = {from};{past}; n++)\n{{")
    }

    fn when(&self, condition: &str) -> String {
        format!("if ({condition})\n{{")
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("var {name} = {value};")
    }

    fn choice(&self, texts: &[String], random: bool) -> String {
        let (all, of) = (texts.join(", "), texts.len());
        match random {
            true => format!("new[] {{ {all} }}[Random.Shared.Next({of})]"),
            false => format!("new[] {{ {all} }}[(n - 1) % {of}]"),
        }
    }

    fn say(&self, words: &[&str]) -> String {
        format!("Console.WriteLine({});", words.join(" + \" \" + "))
    }

    fn publisher(&self, words: &str, _: &str, confirms: bool) -> String {
        let confirms = if confirms { "true" } else { "" };
        format!(
            "async Task {}()\n{{\n    var (connection, channel) = await Connect({confirms});",
            pascal(words)
        )
    }

    fn close(&self, finite: bool) -> String {
        if finite { "await connection.CloseAsync();".into() } else { String::new() }
    }

    fn confirms(&self) -> String {
        String::new()
    }

    fn returns(&self, name: &str) -> String {
        format!(
            "channel.BasicReturnAsync += (_, message) =>\n{{\n    \
             Console.WriteLine({name} + \" gets back \" + \
             Encoding.UTF8.GetString(message.Body.Span));\n    \
             return Task.CompletedTask;\n}};"
        )
    }

    fn transactions(&self) -> String {
        "await channel.TxSelectAsync();".into()
    }

    fn commit(&self) -> String {
        "await channel.TxCommitAsync();".into()
    }

    fn consumer(&self, words: &str, name: Option<&str>) -> String {
        let parameter = if name.is_some() { "" } else { "string name" };
        let words = pascal(words);
        format!(
            "async Task {words}({parameter})\n{{\n    var (connection, channel) = await Connect();"
        )
    }

    fn prefetch(&self, count: u16, global: bool) -> String {
        format!("await channel.BasicQosAsync(0, {count}, {global});")
    }

    fn counters(&self, turns: bool, numbers: bool) -> String {
        let turns = if turns { "var turns = 0;\n" } else { "" };
        let numbers = if numbers { "var sent = 0;\n" } else { "" };
        format!("{turns}{numbers}")
    }

    fn message(&self, _: &[Consume]) -> String {
        "var consumer = new AsyncEventingBasicConsumer(channel);\n\
         consumer.ReceivedAsync += async (_, message) =>\n{\n    \
         var text = Encoding.UTF8.GetString(message.Body.Span);"
            .into()
    }

    fn message_end(&self, consumes: &[Consume]) -> String {
        let mut out = String::from("    await Task.CompletedTask;\n};");
        for consume in consumes {
            let Consume { queue, tag, automatic, exclusive, .. } = consume;
            let more = match consume.arguments.is_empty() {
                true => "null".into(),
                false => self.table(&consume.arguments),
            };
            let _ = write!(
                out,
                "\nawait channel.BasicConsumeAsync({queue}, {automatic}, {tag}, false, \
                 {exclusive}, \
                 {more}, consumer);"
            );
        }
        out
    }

    fn turn(&self, of: usize) -> String {
        format!("var turn = turns++ % {of};")
    }

    fn number(&self) -> String {
        "var n = ++sent;".into()
    }

    fn key(&self) -> String {
        "var key = message.RoutingKey;".into()
    }

    fn pass(&self, pass: &Pass) -> String {
        let mut out = String::from(
            "{\n    var passed = new BasicProperties(message.BasicProperties);\n    \
             passed.ClearExpiration();\n",
        );
        if !pass.headers.is_empty() || !pass.dropped.is_empty() {
            out.push_str(
                "    passed.Headers = new Dictionary<string, object?>(\n        \
                 passed.Headers ?? new Dictionary<string, object?>());\n",
            );
        }
        for header in &pass.dropped {
            let _ = writeln!(out, "    passed.Headers.Remove({header});");
        }
        for (header, item) in &pass.headers {
            let _ = writeln!(out, "    passed.Headers[{header}] = {item};");
        }
        for property in &pass.properties {
            let _ = writeln!(out, "    passed.{};", set(property));
        }
        let key = pass.key.as_deref().unwrap_or("key");
        let body = pass.body.as_ref();
        let body =
            body.map_or("message.Body".into(), |body| format!("Encoding.UTF8.GetBytes({body})"));
        let exchange = &pass.exchange;
        let _ = write!(
            out,
            "    await channel.BasicPublishAsync({exchange}, {key}, false, passed, {body});\n}}"
        );
        out
    }

    fn reply(&self, body: &str) -> String {
        format!(
            "if (message.BasicProperties.ReplyTo is {{ }} replyTo)\n{{\n    \
             var same = new BasicProperties {{ CorrelationId = \
             message.BasicProperties.CorrelationId }};\n    \
             await channel.BasicPublishAsync(\"\", replyTo, false, same, \
             Encoding.UTF8.GetBytes({body}));\n}}"
        )
    }

    fn settle(&self, outcome: Outcome) -> Option<String> {
        let tag = "message.DeliveryTag";
        Some(match outcome {
            Outcome::Ack => format!("await channel.BasicAckAsync({tag}, false);"),
            Outcome::Nack { requeue } => {
                format!("await channel.BasicNackAsync({tag}, false, {requeue});")
            }
            Outcome::Reject { requeue } => {
                format!("await channel.BasicRejectAsync({tag}, {requeue});")
            }
            Outcome::Crash | Outcome::Forget => return None,
        })
    }

    fn crash(&self) -> String {
        "await connection.AbortAsync();\nreturn;".into()
    }

    fn main(&self) -> String {
        "async Task Main()\n{\n    var (connection, channel) = await Connect();\n    \
         var clients = new List<Task>();"
            .into()
    }

    fn main_end(&self, listens: bool) -> String {
        match listens {
            true => "await Task.Delay(Timeout.Infinite);".into(),
            false => "await Task.WhenAll(clients);\nawait connection.CloseAsync();".into(),
        }
    }

    fn wanted(&self, name: &str, waits: bool) -> String {
        format!("if (Wanted({name}, {waits}))\n{{")
    }

    fn start_publisher(&self, words: &str) -> String {
        format!("clients.Add({}());", pascal(words))
    }

    fn start_consumer(&self, words: &str, name: Option<&str>) -> String {
        format!("await {}({});", pascal(words), name.unwrap_or_default())
    }
}
