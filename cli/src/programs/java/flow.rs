//! What clients in Java do.

use super::super::text::camel;
use super::super::tongue::{Consume, Pass, Tongue};
use super::{Java, with};
use core::fmt::Write as _;
use warren_core::scenario::{Outcome, Pause};
use warren_core::time::Span;

const IMPORTS: &[&str] = &[
    "com.rabbitmq.client.AMQP",
    "com.rabbitmq.client.Channel",
    "com.rabbitmq.client.ConnectionFactory",
    "com.rabbitmq.client.DeliverCallback",
    "com.rabbitmq.client.Delivery",
    "java.nio.charset.StandardCharsets",
    "java.util.Arrays",
    "java.util.Date",
    "java.util.HashMap",
    "java.util.List",
    "java.util.Map",
    "java.util.concurrent.ConcurrentHashMap",
    "java.util.concurrent.ThreadLocalRandom",
];

const START: &str = "
public class Program {
    static List<String> only;

    static Channel connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        String url = System.getenv(\"AMQP_URL\");
        factory.setUri(url == null ? \"amqp://guest:guest@localhost:5672/%2F\" : url);
        return factory.newConnection().createChannel();
    }

    static synchronized void say(String... words) {
        System.out.println(String.join(\" \", words));
    }

    static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
";

const STARTED: &str = "
    interface Client {
        void run() throws Exception;
    }

    static void start(Client client) {
        new Thread(() -> {
            try {
                client.run();
            } catch (Exception error) {
                System.err.println(error);
            }
        }).start();
    }
";

const DELIVER: &str = "
    interface Work {
        void on(Delivery message) throws Exception;
    }

    static DeliverCallback deliver(Work work) {
        return (tag, message) -> {
            try {
                work.on(message);
            } catch (Exception error) {
                System.err.println(error);
            }
        };
    }
";

const TABLE: &str = "
    static Map<String, Object> table(Object... items) {
        Map<String, Object> table = new HashMap<>();
        for (int i = 0; i < items.length; i += 2) {
            table.put((String) items[i], items[i + 1]);
        }
        return table;
    }
";

const NAMES: &str = "
    // The names that the broker makes up.
    static final Map<String, String> queues = new ConcurrentHashMap<>();
";

impl Tongue for Java {
    fn depth(&self) -> usize {
        1
    }

    fn prelude(&self, code: &str) -> String {
        let helpers =
            [("start(", STARTED), ("deliver(", DELIVER), ("table(", TABLE), ("queues.", NAMES)];
        let used = helpers.iter().filter(|(name, _)| code.contains(name));
        let rest: String = START.to_owned() + &used.map(|(_, text)| *text).collect::<String>();
        let has = |import: &&&str| {
            let name = import.rsplit('.').next().unwrap_or_default();
            code.contains(name) || rest.contains(name)
        };
        let imports = IMPORTS.iter().filter(has).map(|import| format!("import {import};\n"));
        imports.collect::<String>() + &rest
    }

    fn ending(&self) -> &'static str {
        "}"
    }

    fn pause(&self, pause: Pause) -> String {
        match pause {
            Pause::Fixed(span) => format!("Thread.sleep({});", span.as_millis()),
            Pause::Between(low, high) => {
                let (low, past) = (low.as_millis(), high.as_millis() + 1);
                format!("Thread.sleep(ThreadLocalRandom.current().nextLong({low}, {past}));")
            }
        }
    }

    fn waits(&self, waits: &[Span]) -> String {
        let waits: Vec<String> = waits.iter().map(|wait| wait.as_millis().to_string()).collect();
        format!("long[] waits = {{{}}};", waits.join(", "))
    }

    fn wait(&self, burst: u64) -> String {
        match burst {
            1 => "Thread.sleep(waits[n - 1]);".into(),
            _ => format!("Thread.sleep(waits[(n - 1) / {burst}]);"),
        }
    }

    fn count(&self, from: u64, past: Option<u64>, _: bool) -> String {
        let past = past.map_or(String::new(), |past| format!(" n < {past}"));
        format!("for (int n = {from};{past}; n++) {{")
    }

    fn when(&self, condition: &str) -> String {
        format!("if ({condition}) {{")
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("String {name} = {value};")
    }

    fn choice(&self, texts: &[String], random: bool) -> String {
        let (all, of) = (texts.join(", "), texts.len());
        match random {
            true => {
                format!("new String[] {{{all}}}[ThreadLocalRandom.current().nextInt({of})]")
            }
            false => format!("new String[] {{{all}}}[(n - 1) % {of}]"),
        }
    }

    fn say(&self, words: &[&str]) -> String {
        format!("say({});", words.join(", "))
    }

    fn publisher(&self, words: &str, _: &str, _: bool) -> String {
        let words = camel(words);
        format!("static void {words}() throws Exception {{\n    Channel channel = connect();")
    }

    fn close(&self, finite: bool) -> String {
        if finite { "channel.getConnection().close();".into() } else { String::new() }
    }

    fn confirms(&self) -> String {
        "channel.confirmSelect();".into()
    }

    fn returns(&self, name: &str) -> String {
        format!(
            "channel.addReturnListener((code, reason, exchange, key, properties, body) ->\n    \
             say({name}, \"gets back\", new String(body, StandardCharsets.UTF_8)));"
        )
    }

    fn transactions(&self) -> String {
        "channel.txSelect();".into()
    }

    fn commit(&self) -> String {
        "channel.txCommit();".into()
    }

    fn consumer(&self, words: &str, name: Option<&str>) -> String {
        let (words, name) = (camel(words), if name.is_some() { "" } else { "String name" });
        format!("static void {words}({name}) throws Exception {{\n    Channel channel = connect();")
    }

    fn prefetch(&self, count: u16, global: bool) -> String {
        format!("channel.basicQos({count}{});", if global { ", true" } else { "" })
    }

    fn counters(&self, turns: bool, numbers: bool) -> String {
        let turns = if turns { "int[] turns = {0};\n" } else { "" };
        let numbers = if numbers { "int[] sent = {0};\n" } else { "" };
        format!("{turns}{numbers}")
    }

    fn message(&self, _: &[Consume]) -> String {
        "DeliverCallback work = deliver((message) -> {\n    \
         String text = new String(message.getBody(), StandardCharsets.UTF_8);"
            .into()
    }

    fn message_end(&self, consumes: &[Consume]) -> String {
        let mut out = String::from("});");
        for consume in consumes {
            let Consume { queue, tag, automatic, exclusive, .. } = consume;
            let more = self.arguments(&consume.arguments);
            let _ = write!(
                out,
                "\nchannel.basicConsume({queue}, {automatic}, {tag}, false, {exclusive}, {more}, \
                 work, (gone) -> {{ }});"
            );
        }
        out
    }

    fn turn(&self, of: usize) -> String {
        format!("int turn = turns[0]++ % {of};")
    }

    fn number(&self) -> String {
        "int n = ++sent[0];".into()
    }

    fn key(&self) -> String {
        "String key = message.getEnvelope().getRoutingKey();".into()
    }

    fn pass(&self, pass: &Pass) -> String {
        let mut out = String::from("{\n");
        let mut builder = String::from("message.getProperties().builder().expiration(null)");
        if !pass.headers.is_empty() || !pass.dropped.is_empty() {
            out.push_str(
                "    Map<String, Object> headers = new HashMap<>();\n    \
                 if (message.getProperties().getHeaders() != null) {\n        \
                 headers.putAll(message.getProperties().getHeaders());\n    }\n",
            );
            for header in &pass.dropped {
                let _ = writeln!(out, "    headers.remove({header});");
            }
            for (header, item) in &pass.headers {
                let _ = writeln!(out, "    headers.put({header}, {item});");
            }
            builder.push_str(".headers(headers)");
        }
        builder.extend(pass.properties.iter().map(with));
        let key = pass.key.as_deref().unwrap_or("key");
        let body = pass.body.as_ref();
        let body = body.map_or("message.getBody()".into(), |body| format!("octets({body})"));
        let exchange = &pass.exchange;
        let _ = write!(
            out,
            "    AMQP.BasicProperties passed = {builder}.build();\n    \
             channel.basicPublish({exchange}, {key}, passed, {body});\n}}"
        );
        out
    }

    fn reply(&self, body: &str) -> String {
        format!(
            "String replyTo = message.getProperties().getReplyTo();\n\
             if (replyTo != null) {{\n    \
             String id = message.getProperties().getCorrelationId();\n    \
             AMQP.BasicProperties same = new \
             AMQP.BasicProperties.Builder().correlationId(id).build();\n    \
             channel.basicPublish(\"\", replyTo, same, octets({body}));\n}}"
        )
    }

    fn settle(&self, outcome: Outcome) -> Option<String> {
        let tag = "message.getEnvelope().getDeliveryTag()";
        Some(match outcome {
            Outcome::Ack => format!("channel.basicAck({tag}, false);"),
            Outcome::Nack { requeue } => format!("channel.basicNack({tag}, false, {requeue});"),
            Outcome::Reject { requeue } => format!("channel.basicReject({tag}, {requeue});"),
            Outcome::Crash | Outcome::Forget => return None,
        })
    }

    fn crash(&self) -> String {
        "channel.getConnection().abort();\nreturn;".into()
    }

    fn main(&self) -> String {
        "public static void main(String[] names) throws Exception {\n    \
         only = Arrays.asList(names);\n    Channel channel = connect();"
            .into()
    }

    fn main_end(&self, listens: bool) -> String {
        if listens { String::new() } else { "channel.getConnection().close();".into() }
    }

    fn wanted(&self, name: &str, waits: bool) -> String {
        let none = if waits { "" } else { "only.isEmpty() || " };
        format!("if ({none}only.contains({name})) {{")
    }

    fn start_publisher(&self, words: &str) -> String {
        format!("start(Program::{});", camel(words))
    }

    fn start_consumer(&self, words: &str, name: Option<&str>) -> String {
        format!("{}({});", camel(words), name.unwrap_or_default())
    }
}
