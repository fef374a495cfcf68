//! A hidden Erlang node that evaluates in the broker: in milliseconds, where
//! `rabbitmqctl eval` takes a second.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

/// Evaluates line by line what comes in, in the node called `NODE`, and says
/// `ok` or what came of it.
const LOOP: &str = r#"
Line = fun(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    {value, Value, _} = rpc:call('NODE', erl_eval, exprs, [Expressions, []]),
    Value
end,
Loop = fun(Loop) ->
    case io:get_line("") of
        Text when is_list(Text) ->
            Said = try Line(Text) catch _:Trouble -> Trouble end,
            io:format("~0tp~n", [Said]),
            Loop(Loop);
        _ -> halt()
    end
end,
Loop(Loop).
"#;

/// The node, and the way to it and back.
pub(super) struct Console {
    child: Child,
    ways: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

/// Erlang's command: beside those of RabbitMQ, or on PATH.
fn erl(commands: &Path) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(commands.to_owned()).chain(env::split_paths(&path));
    let mut found = folders.map(|folder| folder.join("erl")).filter(|file| file.is_file());
    found.next().unwrap_or_else(|| PathBuf::from("erl"))
}

impl Console {
    /// Starts the node beside the broker's.
    pub(super) fn start(
        commands: &Path,
        node: &str,
        settings: &[(&'static str, String)],
    ) -> Result<Self, String> {
        let mut child = Command::new(erl(commands))
            .args(["-noshell", "-hidden", "-sname", &format!("console-{node}")])
            .args(["-kernel", "inet_dist_use_interface", "{127,0,0,1}"])
            .args(["-eval", &LOOP.replace("NODE", node)])
            .envs(settings.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start Erlang's erl: {error}"))?;
        let ways = child.stdin.take().zip(child.stdout.take());
        let (to, from) = ways.ok_or_else(|| "Erlang's erl has no input".to_owned())?;
        Ok(Self { child, ways: Mutex::new((to, BufReader::new(from))) })
    }

    /// Evaluates an expression that gives `ok`.
    pub(super) fn evaluate(&self, expression: &str) -> Result<(), String> {
        let said = self.value(expression)?;
        if said == "ok" { Ok(()) } else { Err(format!("{expression} gave {said}")) }
    }

    /// What an expression gives, on one line.
    pub(super) fn value(&self, expression: &str) -> Result<String, String> {
        self.ask(expression).map_err(|error| format!("Erlang's erl ended: {error}"))
    }

    fn ask(&self, expression: &str) -> io::Result<String> {
        let (to, from) = &mut *self.ways.lock().expect("nobody panicked");
        writeln!(to, "{}", expression.replace('\n', " "))?;
        to.flush()?;
        let mut said = String::new();
        if from.read_line(&mut said)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(said.trim().to_owned())
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // It ends with its input; that it has ended already is no failure.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A binary of Erlang.
pub(super) fn binary(text: &str) -> String {
    let octets: Vec<String> = text.bytes().map(|octet| octet.to_string()).collect();
    format!("<<{}>>", octets.join(","))
}
