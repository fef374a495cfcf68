//! `warren verify` against Warren's own port: another process, real sockets,
//! the same broker.

use super::{File, warren};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use warren_amqp::client::{Client, Login};
use warren_core::broker::{Method, Name, Table};
use warren_core::scenario::{self, Statement};

/// A running `warren serve`. It ends with this.
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn start(profile: &str, scenario: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warren"));
        command.args(["serve", "--amqp", "127.0.0.1:0", "--trace", "--profile", profile]);
        command.args(scenario.map(|file| ["--scenario", file]).into_iter().flatten());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("warren starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let said = lines.next().expect("a line").expect("UTF-8");
        let address = said.split_whitespace().find(|word| word.starts_with("amqp://"));
        let address = address.unwrap_or_else(|| panic!("no address in {said}")).to_owned();
        let said = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                keep.lock().expect("nobody panicked").push(line);
            }
        });
        Self { child, address, lines: said }
    }

    /// Lines about methods that came or went, with this in them.
    pub(super) fn traced(&self, part: &str) -> Vec<String> {
        let lines = self.lines.lock().expect("nobody panicked");
        lines.iter().filter(|line| line.contains(part)).cloned().collect()
    }

    fn verify(&self, args: &[&str], stdin: &str) -> (i32, String, String) {
        warren(&[&["verify", "--shared", "--broker", &self.address], args].concat(), stdin)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/scenarios");
    let list = std::fs::read_dir(folder).expect("the scenarios");
    let mut list: Vec<PathBuf> = list.map(|entry| entry.expect("an entry").path()).collect();
    list.sort();
    list
}

/// Whether something in a scenario can be done by no client.
fn needs_an_operator(file: &str) -> bool {
    let items = scenario::parse(&std::fs::read_to_string(file).expect("a scenario")).document.items;
    items.iter().any(|item| {
        matches!(item.what, Statement::User { .. } | Statement::Restart | Statement::Alarm { .. })
    })
}

#[test]
fn every_shipped_scenario_is_verified() {
    let server = Server::start("4.3", None);
    let files = scenarios();
    let files: Vec<&str> = files.iter().map(|file| file.to_str().expect("a path")).collect();
    let (operators, files): (Vec<&str>, Vec<&str>) =
        files.into_iter().partition(|file| needs_an_operator(file));
    let (code, out, err) = server.verify(&files, "");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(out.lines().filter(|line| line.contains(": equal, ")).count(), files.len(), "{out}");
    let (code, out, err) = server.verify(&operators, "");
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    for file in operators {
        let line = err.lines().find(|line| line.starts_with(&format!("error: {file}: line ")));
        assert!(line.is_some_and(|line| line.contains(" cannot be carried out ")), "{file}: {err}");
    }
    // It has cleaned up: the same names are free again.
    let (code, out, err) = server.verify(&files[..2], "");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
}

const STORY: &str = "\
warren 1
latency 50ms
end 4s
exchange dead fanout
queue work ttl 300ms dead-letter dead
queue grave
bind dead -> grave
queue own server-named exclusive for digger
publisher shop -> queue work every 200ms count 4 body \"x {n}\"
publisher lost -> orders every 400ms count 2
publisher picky -> dead key a.b every 300ms count 3 mandatory confirms persistent
consumer digger <- grave prefetch 2 work 150ms then ack, nack requeue, reject
at 1s queue work max-length 5
at 1500ms crash digger
at 2s start digger
at 2500ms get grave
";

#[test]
fn time_errors_and_crashes_are_compared() {
    for profile in ["3.10", "4.3"] {
        let server = Server::start(profile, None);
        let (code, out, err) = server.verify(&["-"], STORY);
        assert_eq!(code, 0, "{profile}: {out}{err}");
        assert!(out.contains(&format!("(simulated as {profile})")), "{out}");
    }
}

/// RabbitMQ 4 tells of a message's last death as well; 3.10 does not.
const DIFFERS: &str = "\
warren 1
exchange dead fanout
queue work dead-letter dead
queue grave
bind dead -> grave
publisher shop -> queue work every 200ms count 1 body \"x\"
consumer worker <- work work 10ms then reject requeue, reject
consumer digger <- grave
";

#[test]
fn the_first_difference_is_shown() {
    let server = Server::start("3.10", None);
    assert_eq!(server.verify(&["-"], DIFFERS).0, 0);
    let (code, out, err) = server.verify(&["-", "--profile", "4.3"], DIFFERS);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    let lines: Vec<&str> = out.lines().collect();
    let want = "standard input: different, compared with RabbitMQ 3.10.8 (simulated as 4.3)";
    assert_eq!(lines[0], want);
    assert!(lines[1].starts_with("  after     basic.reject delivery-tag=2"), "{out}");
    assert_eq!(lines[2], "  heard by  digger, channel 1");
    assert!(lines[3].starts_with("  expected  basic.deliver "), "{out}");
    assert!(lines[4].starts_with("  found     basic.deliver "), "{out}");
    let last = ["exchange", "queue", "reason"].map(|what| format!("header x-last-death-{what}"));
    assert_eq!(lines[5], format!("  differ    {}", last.join(", ")));
    assert_eq!(lines.len(), 6, "{out}");
    // It has cleaned up after a difference too.
    assert_eq!(server.verify(&["-"], DIFFERS).0, 0);
}

#[test]
fn what_others_have_is_left_alone() {
    let theirs = File::new(
        "verify-theirs",
        "warren 1\nqueue billing\nexchange orders topic\nbind orders -> billing key #\n",
    );
    let server = Server::start("4.3", Some(theirs.name()));
    for (text, why) in [
        ("warren 1\nqueue billing\n", "the queue billing exists in the virtual host /"),
        ("warren 1\nexchange orders topic\n", "the exchange orders exists"),
        ("warren 1\nqueue q dead-letter orders\n", "the exchange orders exists"),
        ("warren 1\npublish -> queue billing\n", "the queue billing exists"),
        ("warren 1\nqueue q\nbind amq.topic -> q key #\n", "it would share with others"),
    ] {
        let (code, out, err) = server.verify(&["-"], text);
        assert_eq!((code, out.as_str()), (2, ""), "{text}{err}");
        assert!(err.contains(why) && err.contains("Nothing was touched"), "{text}{err}");
    }
    let (code, out, err) = server.verify(&["-"], "warren 1\nqueue mine\npublish -> queue mine\n");
    assert_eq!(code, 0, "{out}{err}");
}

/// RabbitMQ has x-local-random since 4.0.
#[test]
fn an_exchange_type_that_the_broker_lacks_is_named() {
    let text = "warren 1\nqueue q\nexchange any x-local-random\n";
    for (release, lacks) in [("3.10", true), ("4.0", false)] {
        let server = Server::start(release, None);
        let (code, out, err) = server.verify(&["-", "--profile", "4.0"], text);
        assert_eq!(code, if lacks { 2 } else { 0 }, "{out}{err}");
        let said = "this broker does not know the exchange type x-local-random";
        assert_eq!(err.contains(said) && err.contains("newer broker"), lacks, "{err}");
        assert_eq!(server.traced("queue.declare").is_empty(), lacks, "{err}");
    }
}

/// An exclusive queue cannot be looked at by others, but it is there.
#[test]
fn a_queue_that_is_locked_is_taken() {
    let server = Server::start("4.3", None);
    let at = server.address.rsplit('@').next().expect("an address").trim_end_matches('/');
    let login = Login { user: "guest", password: "guest", vhost: "/", name: "somebody" };
    let (tell, heard) = std::sync::mpsc::channel();
    let mut somebody = Client::connect(at, &login, move |said| drop(tell.send(said))).expect("in");
    let declare = Method::QueueDeclare {
        queue: Name::from("billing"),
        passive: false,
        durable: false,
        exclusive: true,
        auto_delete: false,
        nowait: false,
        arguments: Table::new(),
    };
    for method in [&Method::ChannelOpen, &declare] {
        somebody.send(1, method).expect("sent");
        heard.recv().expect("an answer");
    }
    let (code, _, err) = server.verify(&["-"], "warren 1\nqueue billing\n");
    assert_eq!((code, err.contains("the queue billing exists")), (2, true), "{err}");
}

#[test]
fn queues_that_the_broker_named_go_too() {
    let server = Server::start("4.3", None);
    let text = "warren 1\nqueue mine server-named\nqueue yours\npublish -> queue mine body \"x\"\n";
    let (code, out, err) = server.verify(&["-"], text);
    assert_eq!(code, 0, "{out}{err}");
    let deleted = server.traced("queue.delete queue=");
    assert!(deleted.iter().any(|line| line.contains("\"amq.gen-")), "{deleted:?}");
    assert!(deleted.iter().any(|line| line.contains("\"yours\"")), "{deleted:?}");
    assert_eq!(server.traced(" < queue.delete-ok").len(), 2);
}

#[test]
fn a_broker_that_cannot_be_seen_is_left_alone() {
    let server = Server::start("4.3", None);
    let args = ["verify", "--broker", &server.address, "-"];
    let (code, out, err) = warren(&args, DIFFERS);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    // Unless this machine runs a RabbitMQ with its management API.
    assert!(err.contains("Nothing was touched") || err.contains("management"), "{err}");
    for (broker, why) in [
        ("amqp://guest:wrong@", "403 ACCESS_REFUSED"),
        ("amqp://nobody:guest@", "403 ACCESS_REFUSED"),
    ] {
        let broker = server.address.replace("amqp://guest:guest@", broker);
        let (code, _, err) = warren(&["verify", "--shared", "--broker", &broker, "-"], DIFFERS);
        assert_eq!(code, 2);
        assert!(err.contains(why), "{err}");
    }
    for (broker, why) in [
        ("http://localhost/", "is no address"),
        ("amqps://localhost/", "amqps is not spoken here"),
        ("amqp://127.0.0.1:1/", "cannot connect to the broker"),
    ] {
        let (code, _, err) = warren(&["verify", "--broker", broker, "-"], DIFFERS);
        assert_eq!(code, 2);
        assert!(err.contains(why), "{broker}: {err}");
    }
}
