//! RabbitMQ's seven tutorials with client libraries of other languages: pika
//! for Python, amqplib for Node.js. Each program is a process of its own, and
//! every receiver hears senders of both languages.
//!
//! `cargo xtask test --only clients` installs the libraries and says where they
//! are.

mod exported;

use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};
use warren_tests::served::Served;

/// A program that says nothing for so long is stuck.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
enum Language {
    Python,
    Node,
}
use Language::{Node, Python};

const LANGUAGES: [Language; 2] = [Python, Node];

/// A program that runs. It is ended when this is dropped.
struct Program {
    child: Child,
    lines: Receiver<String>,
    name: String,
}

fn named(variable: &str) -> String {
    env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: `cargo xtask test --only clients`"))
}

impl Program {
    fn start(language: Language, address: SocketAddr, role: &str, arguments: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
        let mut command = match language {
            Python => Command::new(named("WARREN_PYTHON")),
            Node => Command::new("node"),
        };
        let file = match language {
            Python => "tutorials.py",
            Node => "tutorials.cjs",
        };
        command
            .env("NODE_PATH", named("WARREN_NODE_MODULES"))
            .arg(folder.join(file))
            .arg(format!("amqp://guest:guest@{address}/%2f"))
            .arg(role)
            .args(arguments);
        Self::run_by(command, format!("{role} in {language:?}"))
    }

    fn run_by(mut command: Command, name: String) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let out = BufReader::new(child.stdout.take().expect("its output is piped"));
        let (said, lines) = channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // Nobody listens any more: then nothing is left to do.
                if said.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines, name }
    }

    /// One that has said that it is ready to hear.
    fn ready(language: Language, address: SocketAddr, role: &str, arguments: &[&str]) -> Self {
        let program = Self::start(language, address, role, arguments);
        assert_eq!(program.line(), "ready", "{}", program.name);
        program
    }

    /// One that goes by itself: what it said.
    fn run(language: Language, address: SocketAddr, role: &str, arguments: &[&str]) -> Vec<String> {
        let mut program = Self::start(language, address, role, arguments);
        let mut said = Vec::new();
        while let Ok(line) = program.lines.recv_timeout(PATIENCE) {
            said.push(line);
        }
        let status = program.child.wait().expect("it has a status");
        assert!(status.success(), "{} ends with {status}", program.name);
        said
    }

    fn line(&self) -> String {
        let line = self.lines.recv_timeout(PATIENCE);
        line.unwrap_or_else(|error| panic!("{} says nothing more: {error}", self.name))
    }

    /// What it has said meanwhile.
    fn heard(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    fn lines(&self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.line()).collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn one_hello_world() {
    let served = Served::default();
    for receiver in LANGUAGES {
        for sender in LANGUAGES {
            Program::run(sender, served.address, "send", &["Hello World!"]);
        }
        let receiver = Program::ready(receiver, served.address, "receive", &[]);
        assert_eq!(receiver.lines(2), ["Hello World!", "Hello World!"]);
        // Gone before the next language comes, or it would hear the next ones.
        drop(receiver);
    }
}

#[test]
fn two_work_queues() {
    let served = Served::default();
    let [one, two] = LANGUAGES.map(|l| Program::ready(l, served.address, "worker", &[]));
    for sender in LANGUAGES {
        let tasks = ["slow....................", "a", "b"];
        Program::run(sender, served.address, "new_task", &tasks);
        let start = Instant::now();
        let mut said = [one.heard(), two.heard()];
        while said.iter().map(Vec::len).sum::<usize>() < tasks.len() {
            assert!(start.elapsed() < PATIENCE, "a task is lost: {said:?}");
            thread::sleep(Duration::from_millis(20));
            said[0].extend(one.heard());
            said[1].extend(two.heard());
        }
        // One works for two seconds; what comes meanwhile goes to the other.
        said.sort();
        assert_eq!(said, [vec!["a", "b"], vec![tasks[0]]], "sent in {sender:?}");
    }
}

#[test]
fn three_publish_and_subscribe() {
    let served = Served::default();
    let ears = LANGUAGES.map(|l| Program::ready(l, served.address, "receive_logs", &[]));
    for (sender, text) in [(Python, "from Python"), (Node, "from Node, grüß Gott")] {
        Program::run(sender, served.address, "emit_log", &[text]);
    }
    for ear in &ears {
        assert_eq!(ear.lines(2), [":from Python", ":from Node, grüß Gott"]);
    }
}

#[test]
fn four_routing() {
    let served = Served::default();
    let ears = LANGUAGES
        .map(|l| Program::ready(l, served.address, "receive_logs_direct", &["warning", "error"]));
    let sent = [(Python, "info"), (Node, "error"), (Node, "debug"), (Python, "warning")];
    for (sender, severity) in sent {
        Program::run(sender, served.address, "emit_log_direct", &[severity, "it"]);
    }
    for ear in &ears {
        assert_eq!(ear.lines(2), ["error:it", "warning:it"]);
    }
}

#[test]
fn five_topics() {
    let served = Served::default();
    let ears = LANGUAGES.map(|l| {
        Program::ready(l, served.address, "receive_logs_topic", &["kern.*", "#.critical"])
    });
    let sent = [(Node, "cron.info"), (Python, "kern.info"), (Node, "auth.a.critical")];
    for (sender, key) in sent {
        Program::run(sender, served.address, "emit_log_topic", &[key, "it"]);
    }
    for ear in &ears {
        assert_eq!(ear.lines(2), ["kern.info:it", "auth.a.critical:it"]);
    }
}

#[test]
fn six_remote_procedure_calls() {
    let served = Served::default();
    for server in LANGUAGES {
        let _server = Program::ready(server, served.address, "rpc_server", &[]);
        for client in LANGUAGES {
            assert_eq!(Program::run(client, served.address, "rpc_client", &["20"]), ["6765"]);
        }
    }
}

#[test]
fn seven_publisher_confirms() {
    let served = Served::default();
    for language in LANGUAGES {
        let said = Program::run(language, served.address, "publisher_confirms", &["30"]);
        let wanted = ["30 confirmed one by one", "returned 312 NO_ROUTE", "30 in the queue"];
        assert_eq!(said, wanted, "{language:?}");
    }
}
