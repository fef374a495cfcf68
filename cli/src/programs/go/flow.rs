//! What clients in Go do.

use super::super::text::camel;
use super::super::tongue::{Consume, Pass, Tongue};
use super::super::units::millis;
use super::{Go, item, name};
use core::fmt::Write as _;
use warren_core::scenario::{Outcome, Pause};
use warren_core::time::Span;

const START: &str = "
func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func connect() (*amqp.Connection, *amqp.Channel) {
	url := os.Getenv(\"AMQP_URL\")
	if url == \"\" {
		url = \"amqp://guest:guest@localhost:5672/%2F\"
	}
	connection := try(amqp.Dial(url))
	return connection, try(connection.Channel())
}

func try[T any](value T, err error) T {
	must(err)
	return value
}

// Whether a client takes part: all that do not wait, or those who are named.
func wanted(name string, waits bool) bool {
	for _, one := range os.Args[1:] {
		if one == name {
			return true
		}
	}
	return len(os.Args) == 1 && !waits
}
";

const MERGE: &str = "
func merge(all ...<-chan amqp.Delivery) <-chan amqp.Delivery {
	merged := make(chan amqp.Delivery)
	for _, one := range all {
		go func(messages <-chan amqp.Delivery) {
			for message := range messages {
				merged <- message
			}
		}(one)
	}
	return merged
}
";

const NAMES: &str = "
// The names that the broker makes up.
var queues = map[string]string{}
";

const COPY: &str = "
// What is published when a message is passed on: all but its time to live.
func passed(from amqp.Delivery, body []byte) amqp.Publishing {
	headers := amqp.Table{}
	for key, value := range from.Headers {
		headers[key] = value
	}
	return amqp.Publishing{
		Headers: headers, ContentType: from.ContentType, ContentEncoding: from.ContentEncoding,
		DeliveryMode: from.DeliveryMode, Priority: from.Priority, CorrelationId: from.CorrelationId,
		ReplyTo: from.ReplyTo, MessageId: from.MessageId, Timestamp: from.Timestamp,
		Type: from.Type, UserId: from.UserId, AppId: from.AppId, Body: body,
	}
}
";

fn duration(span: Span) -> String {
    match span.0 % 1_000 {
        0 => format!("{} * time.Millisecond", span.as_millis()),
        _ => format!("{} * time.Microsecond", span.0),
    }
}

impl Tongue for Go {
    fn prelude(&self, code: &str) -> String {
        let helpers = [("merge(", MERGE), ("queues[", NAMES), ("passed(", COPY)];
        let used = helpers.iter().filter(|(name, _)| code.contains(name));
        let rest: String = START.to_owned() + &used.map(|(_, text)| *text).collect::<String>();
        let packages = ["context", "fmt", "log", "math/rand", "os", "sync", "time"];
        let has = |package: &&&str| {
            let name = format!("{}.", package.rsplit('/').next().unwrap_or_default());
            code.contains(&name) || rest.contains(&name)
        };
        let imports = packages.iter().filter(has).map(|package| format!("\t\"{package}\"\n"));
        let imports: String = imports.collect();
        format!(
            "package main\n\nimport (\n{imports}\n\tamqp \
             \"github.com/rabbitmq/amqp091-go\"\n)\n{rest}"
        )
    }

    fn ending(&self) -> &'static str {
        ""
    }

    fn pause(&self, pause: Pause) -> String {
        match pause {
            Pause::Fixed(span) => format!("time.Sleep({})", duration(span)),
            Pause::Between(low, high) => {
                let steps = high.0.saturating_sub(low.0) / 1_000 + 1;
                let low = millis(Span(low.0 / 1_000 * 1_000));
                format!("time.Sleep(time.Duration({low}+rand.Intn({steps})) * time.Millisecond)")
            }
        }
    }

    fn waits(&self, waits: &[Span]) -> String {
        let waits: Vec<String> = waits.iter().map(|wait| duration(*wait)).collect();
        format!("waits := []time.Duration{{{}}}", waits.join(", "))
    }

    fn wait(&self, burst: u64) -> String {
        match burst {
            1 => "time.Sleep(waits[n-1])".into(),
            _ => format!("time.Sleep(waits[(n-1)/{burst}])"),
        }
    }

    fn count(&self, from: u64, past: Option<u64>, _: bool) -> String {
        let past = past.map_or(String::new(), |past| format!(" n < {past}"));
        format!("for n := {from};{past}; n++ {{")
    }

    fn when(&self, condition: &str) -> String {
        format!("if {condition} {{")
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("{name} := {value}")
    }

    fn choice(&self, texts: &[String], random: bool) -> String {
        let (all, of) = (texts.join(", "), texts.len());
        match random {
            true => format!("[]string{{{all}}}[rand.Intn({of})]"),
            false => format!("[]string{{{all}}}[(n-1)%{of}]"),
        }
    }

    fn say(&self, words: &[&str]) -> String {
        format!("fmt.Println({})", words.join(", "))
    }

    fn publisher(&self, words: &str, _: &str, _: bool) -> String {
        format!(
            "func {}() {{\n\tconnection, channel := connect()\n\tdefer connection.Close()",
            camel(words)
        )
    }

    fn close(&self, _: bool) -> String {
        String::new()
    }

    fn confirms(&self) -> String {
        "must(channel.Confirm(false))".into()
    }

    fn returns(&self, name: &str) -> String {
        format!(
            "go func(returns chan amqp.Return) {{\n\tfor message := range returns {{\n\t\t\
             fmt.Println({name}, \"gets back\", string(message.Body))\n\t}}\n\
             }}(channel.NotifyReturn(make(chan amqp.Return)))"
        )
    }

    fn transactions(&self) -> String {
        "must(channel.Tx())".into()
    }

    fn commit(&self) -> String {
        "must(channel.TxCommit())".into()
    }

    fn consumer(&self, words: &str, name: Option<&str>) -> String {
        let parameter = if name.is_some() { "" } else { "name string" };
        format!("func {}({parameter}) {{\n\tconnection, channel := connect()", camel(words))
    }

    fn prefetch(&self, count: u16, global: bool) -> String {
        format!("must(channel.Qos({count}, 0, {global}))")
    }

    fn counters(&self, turns: bool, numbers: bool) -> String {
        let turns = if turns { "turns := 0\n" } else { "" };
        let numbers = if numbers { "sent := 0\n" } else { "" };
        format!("{turns}{numbers}")
    }

    fn message_depth(&self) -> usize {
        2
    }

    fn message(&self, consumes: &[Consume]) -> String {
        let consume = |consume: &Consume| {
            let Consume { queue, tag, automatic, exclusive, .. } = consume;
            let more = self.arguments(&consume.arguments);
            format!(
                "try(channel.Consume({queue}, {tag}, {automatic}, {exclusive}, false, false, \
                 {more}))"
            )
        };
        let all: Vec<String> = consumes.iter().map(consume).collect();
        let messages = match &all[..] {
            [one] => one.clone(),
            all => format!("merge({})", all.join(", ")),
        };
        format!(
            "messages := {messages}\ngo func() {{\n\tdefer connection.Close()\n\t\
             for message := range messages {{\n\t\ttext := string(message.Body)"
        )
    }

    fn message_end(&self, _: &[Consume]) -> String {
        "\t}\n}()".into()
    }

    fn turn(&self, of: usize) -> String {
        format!("turn := turns % {of}\nturns++")
    }

    fn number(&self) -> String {
        "sent++\nn := sent".into()
    }

    fn key(&self) -> String {
        "key := message.RoutingKey".into()
    }

    fn pass(&self, pass: &Pass) -> String {
        let body = pass.body.as_ref();
        let body = body.map_or("message.Body".into(), |body| format!("[]byte({body})"));
        let mut out = format!("{{\n\tmessage := passed(message, {body})\n");
        for header in &pass.dropped {
            let _ = writeln!(out, "\tdelete(message.Headers, {header})");
        }
        for (header, item) in &pass.headers {
            let _ = writeln!(out, "\tmessage.Headers[{header}] = {item}");
        }
        for property in &pass.properties {
            let _ = writeln!(out, "\tmessage.{} = {}", name(property.0), item(property));
        }
        let key = pass.key.as_deref().unwrap_or("key");
        let exchange = &pass.exchange;
        let place = format!("context.Background(), {exchange}, {key}, false, false, message");
        let _ = write!(out, "\tmust(channel.PublishWithContext({place}))\n}}");
        out
    }

    fn reply(&self, body: &str) -> String {
        format!(
            "if message.ReplyTo != \"\" {{\n\t\
             same := amqp.Publishing{{CorrelationId: message.CorrelationId, Body: \
             []byte({body})}}\n\t\
             must(channel.PublishWithContext(context.Background(), \"\", message.ReplyTo, false, \
             false, same))\n}}"
        )
    }

    fn settle(&self, outcome: Outcome) -> Option<String> {
        Some(match outcome {
            Outcome::Ack => "must(message.Ack(false))".into(),
            Outcome::Nack { requeue } => format!("must(message.Nack(false, {requeue}))"),
            Outcome::Reject { requeue } => format!("must(message.Reject({requeue}))"),
            Outcome::Crash | Outcome::Forget => return None,
        })
    }

    fn crash(&self) -> String {
        "return".into()
    }

    fn main(&self) -> String {
        "func main() {\n\tconnection, channel := connect()\n\tdefer connection.Close()\n\t\
         var clients sync.WaitGroup"
            .into()
    }

    fn main_end(&self, listens: bool) -> String {
        if listens { "select {}".into() } else { "clients.Wait()".into() }
    }

    fn wanted(&self, name: &str, waits: bool) -> String {
        format!("if wanted({name}, {waits}) {{")
    }

    fn start_publisher(&self, words: &str) -> String {
        format!("clients.Add(1)\ngo func() {{\n\tdefer clients.Done()\n\t{}()\n}}()", camel(words))
    }

    fn start_consumer(&self, words: &str, name: Option<&str>) -> String {
        format!("{}({})", camel(words), name.unwrap_or_default())
    }
}
