//! What `warren verify` asks of a broker's management API: the test answers in
//! its place and notes what was asked.

use super::verify::Server;
use super::warren;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A management API without a broker behind it.
struct Api {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Api {
    /// It answers 500 the first time that something begins with `refused`.
    fn start(refused: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut refused = Some(refused).filter(|refused| !refused.is_empty());
            for stream in listener.incoming().map_while(Result::ok) {
                let request = answer(&stream, &mut refused);
                keep.lock().expect("nobody panicked").push(request);
            }
        });
        Self { address, asked }
    }

    /// What changed something, in the order in which it was asked, with the
    /// virtual host called V and passwords left out.
    fn changes(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("nobody panicked");
        let changes = asked.iter().filter(|line| !line.starts_with("GET "));
        let changes = changes.map(|line| {
            let line = match line.split_once("warren-verify-") {
                Some((before, rest)) => {
                    let own = |c: char| !(c.is_ascii_digit() || c == '-');
                    let end = rest.find(own).unwrap_or(rest.len());
                    format!("{before}V{}", &rest[end..])
                }
                None => line.clone(),
            };
            match line.split_once("\"password\":\"") {
                Some((before, rest)) => {
                    let (password, rest) = rest.split_once("\",").expect("more fields");
                    assert!(password.len() >= 32, "{password} can be guessed");
                    format!("{before}{rest}")
                }
                None => line,
            }
        });
        changes.collect()
    }
}

/// Reads one request, answers it and says what it was.
fn answer(stream: &TcpStream, refused: &mut Option<&str>) -> String {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("a request");
    let what = line.rsplit_once(' ').expect("a version").0.to_owned();
    let (mut length, mut trusted) = (0, false);
    loop {
        line.clear();
        reader.read_line(&mut line).expect("a header");
        let header = line.trim_end().to_ascii_lowercase();
        match header.split_once(": ") {
            Some(("content-length", number)) => length = number.parse().expect("a number"),
            // guest:guest
            Some(("authorization", token)) => trusted = token == "basic z3vlc3q6z3vlc3q=",
            _ if header.is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let body = String::from_utf8(body).expect("text");
    let request = format!("{what} {body}").trim_end().to_owned();
    let (status, body) = if !trusted {
        ("401 Unauthorized", "")
    } else if refused.is_some_and(|refused| request.starts_with(refused)) {
        *refused = None;
        ("500 Internal Server Error", "")
    } else {
        match what.split_once(' ').expect("a path") {
            ("GET", path) if path.starts_with("/api/whoami") => ("200 OK", "{\"name\":\"guest\"}"),
            ("GET", path) if path.starts_with("/api/queues") => ("200 OK", "[]"),
            ("GET", _) => ("404 Not Found", "{}"),
            ("PUT", _) => ("201 Created", ""),
            _ => ("204 No Content", ""),
        }
    };
    let length = body.len();
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .expect("answered");
    request
}

/// Verifies on a broker with this API beside it.
fn verify(api: &Api, text: &str) -> (i32, String, String) {
    let server = Server::start("4.3", None);
    let args = ["verify", "--management", &api.address, "--broker", &server.address, "-"];
    warren(&args, text)
}

const USERS: &str = "\
warren 1
user ann tags monitoring max-channels 3
user bob
permit ann configure ^own write \"\" read .*
policy short ^q max-length 5
at 1s delete user ann
";

const VHOST: [&str; 2] = [
    "PUT /api/vhosts/V {}",
    "PUT /api/permissions/V/guest {\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}",
];
const ANN: &str = "PUT /api/users/ann {\"tags\":\"monitoring\"}";
const CHANNELS: &str = "PUT /api/user-limits/ann/max-channels {\"value\":3}";
const BOB: &str = "PUT /api/users/bob {\"tags\":\"\"}";
const PERMIT: &str =
    "PUT /api/permissions/V/ann {\"configure\":\"^own\",\"write\":\"\",\"read\":\".*\"}";
const POLICY: &str = "PUT /api/policies/V/short {\"pattern\":\"^q\",\"apply-to\":\"all\",\
                      \"priority\":0,\"definition\":{\"max-length\":5}}";
const NO_ANN: &str = "DELETE /api/users/ann";
const NO_BOB: &str = "DELETE /api/users/bob";
const NO_VHOST: &str = "DELETE /api/vhosts/V";

#[test]
fn users_are_made_and_taken_away_again() {
    let api = Api::start("");
    let (code, out, err) = verify(&api, USERS);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let rest = [ANN, CHANNELS, BOB, PERMIT, POLICY, NO_ANN, NO_BOB, NO_VHOST];
    assert_eq!(api.changes(), [&VHOST[..], &rest].concat());
}

/// Whatever fails, who was made is gone at the end.
#[test]
fn nobody_stays_when_something_fails() {
    for (refused, rest) in [
        ("PUT /api/user-limits/ann/", vec![ANN, CHANNELS, NO_ANN, NO_VHOST]),
        ("PUT /api/permissions/warren-verify-", vec![NO_VHOST]),
        ("PUT /api/policies/", vec![ANN, CHANNELS, BOB, PERMIT, POLICY, NO_ANN, NO_BOB, NO_VHOST]),
        (
            "DELETE /api/users/ann",
            vec![ANN, CHANNELS, BOB, PERMIT, POLICY, NO_ANN, NO_ANN, NO_BOB, NO_VHOST],
        ),
    ] {
        let api = Api::start(refused);
        let (code, out, err) = verify(&api, USERS);
        assert_ne!(code, 0, "{refused}: {out}{err}");
        assert!(format!("{out}{err}").contains("it answers 500"), "{refused}: {out}{err}");
        assert_eq!(api.changes(), [&VHOST[..], &rest].concat(), "{refused}");
    }
}

/// Who cannot be deleted is named, and the others are deleted all the same.
#[test]
fn who_stays_is_named() {
    let api = Api::start("DELETE /api/users/ann");
    let text = USERS.replace("at 1s delete user ann\n", "");
    let (code, _, err) = verify(&api, &text);
    assert_eq!(code, 2);
    assert!(err.contains("the user ann is still there: it answers 500"), "{err}");
    let rest = [ANN, CHANNELS, BOB, PERMIT, POLICY, NO_ANN, NO_BOB, NO_VHOST];
    assert_eq!(api.changes(), [&VHOST[..], &rest].concat());
}
