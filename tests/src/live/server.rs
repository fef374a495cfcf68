//! A RabbitMQ of our own: on loopback, on free ports, in a folder that goes.

use super::console::{Console, binary};
use serde_json::{Value as Json, json};
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

const REMEDY: &str = "\
rabbitmq-server was not found. On Debian: `apt install rabbitmq-server`; elsewhere see
https://www.rabbitmq.com/docs/download. Where its commands are in an unusual folder, name that
folder: WARREN_RABBITMQ=/folder/of/rabbitmqctl";

/// Ends the broker, and everything it started, when its input ends: so nothing
/// is left over however the test ends.
const WATCH: &str = r#"
trap '' HUP INT TERM
"$EPMD" -address 127.0.0.1 -port "$ERL_EPMD_PORT" </dev/null >/dev/null 2>&1 &
"$0" </dev/null >"$FOLDER/server.out" 2>&1 &
cat >/dev/null
rm -rf "$FOLDER"
kill -KILL 0
"#;

const NOT_YET: &str = "the broker is not there yet";

/// For each queue its name, behind a number that keeps it from being printed
/// as text, and its depth as its process has it.
const DEPTHS: &str = r"
[try
    {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(VHOST, queue, N)),
    case amqqueue:get_type(Q) of
        rabbit_quorum_queue ->
            Ask = fun(F) ->
                {ok, {_, R}, _} = ra:local_query(amqqueue:get_pid(Q), F),
                R
            end,
            {[-1 | binary_to_list(N)],
             [Ask(fun rabbit_fifo:query_messages_ready/1),
              Ask(fun rabbit_fifo:query_messages_checked_out/1)]};
        _ ->
            Items = [messages_ready, messages_unacknowledged, consumers],
            {[-1 | binary_to_list(N)], [X || {_, X} <- rabbit_amqqueue:info(Q, Items)]}
    end
catch
    _:_ -> {[-1 | binary_to_list(N)], none}
end || N <- NAMES].
";

/// A running broker. It ends when this is dropped.
pub(super) struct Server {
    child: Child,
    folder: PathBuf,
    console: Option<Console>,
    port: u16,
    /// How many virtual hosts were made.
    vhosts: AtomicU32,
}

fn commands() -> Result<PathBuf, String> {
    let given = env::var_os("WARREN_RABBITMQ").map(PathBuf::from);
    // Debian's commands on PATH change the user; those behind them do not.
    let known = [PathBuf::from("/usr/lib/rabbitmq/bin")];
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = given.into_iter().chain(known).chain(env::split_paths(&path));
    let has = |folder: &PathBuf, name: &str| folder.join(name).is_file();
    let mut found = folders.filter(|f| has(f, "rabbitmqctl") && has(f, "rabbitmq-server"));
    found.next().ok_or_else(|| REMEDY.to_owned())
}

fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    let listeners = [(); N].map(|()| TcpListener::bind(("127.0.0.1", 0)));
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(listeners) {
        *port = listener?.local_addr()?.port();
    }
    Ok(ports)
}

impl Server {
    /// Starts a broker with plugins and waits until it accepts clients.
    pub(super) fn start(plugins: &[&str]) -> Result<Self, String> {
        let commands = commands()?;
        let trouble = |error: io::Error| format!("cannot start rabbitmq-server: {error}");
        let [port, distribution, epmd] = free_ports().map_err(trouble)?;
        let folder = format!("warren-live-{}-{port}", std::process::id());
        let folder = env::temp_dir().join(folder);
        fs::create_dir_all(&folder).map_err(trouble)?;
        let settings = settings(&folder, port, distribution, epmd).map_err(trouble)?;
        let plugins = format!("[{}].\n", plugins.join(","));
        fs::write(folder.join("enabled_plugins"), plugins).map_err(trouble)?;
        let child = Command::new("sh")
            .args(["-c", WATCH])
            .arg(commands.join("rabbitmq-server"))
            .envs(settings.iter().map(|(key, value)| (key, value)))
            .env("FOLDER", &folder)
            .env("EPMD", epmd_command())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(trouble)?;
        let vhosts = AtomicU32::default();
        let mut server = Self { child, folder, console: None, port, vhosts };
        server.wait()?;
        server.console = Some(Console::start(&commands, &node_name(port), &settings)?);
        Ok(server)
    }

    fn wait(&self) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(120) {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        let said = fs::read_to_string(self.folder.join("server.out")).unwrap_or_default();
        Err(format!("rabbitmq-server does not accept clients. It said:\n{said}"))
    }

    /// Where it listens on loopback.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Makes `count` virtual hosts. Their names have five characters.
    pub(super) fn vhosts(&self, count: u32) -> Result<Vec<String>, String> {
        let first = self.vhosts.fetch_add(count, Ordering::Relaxed);
        let names: Vec<String> = (first..first + count).map(|n| format!("v{n:04}")).collect();
        self.evaluate(&format!(
            "[begin rabbit_vhost:add(V, <<\"warren\">>), \
             rabbit_auth_backend_internal:set_permissions(<<\"guest\">>, V, <<\".*\">>, \
             <<\".*\">>, <<\".*\">>, <<\"warren\">>) end || V <- {}], ok.",
            list(&names)
        ))?;
        Ok(names)
    }

    /// Deletes virtual hosts and what is in them.
    pub(super) fn forget(&self, vhosts: &[String]) -> Result<(), String> {
        let vhosts = list(vhosts);
        self.evaluate(&format!("[rabbit_vhost:delete(V, <<\"warren\">>) || V <- {vhosts}], ok."))
    }

    /// Sets the policy of an operation.
    pub(super) fn set_policy(&self, vhost: &str, operation: &Json) -> Result<(), String> {
        let text = |key: &str| binary(operation[key].as_str().unwrap_or_default());
        let (definition, priority) = (operation["definition"].to_string(), &operation["priority"]);
        self.evaluate(&format!(
            "rabbit_policy:parse_set({}, {}, {}, {}, {priority}, {}, <<\"warren\">>).",
            binary(vhost),
            text("name"),
            text("pattern"),
            binary(&definition),
            text("apply_to"),
        ))
    }

    /// Takes a policy back, if there is one of that name.
    pub(super) fn clear_policy(&self, vhost: &str, name: &str) -> Result<(), String> {
        let (vhost, name) = (binary(vhost), binary(name));
        self.evaluate(&format!("rabbit_policy:delete({vhost}, {name}, <<\"warren\">>), ok."))
    }

    /// How many messages are ready and outstanding in queues, and how many
    /// consumers those have that count them; `null` for one that is not there.
    /// Of all queues of the virtual host when none are named.
    pub(super) fn depths(
        &self,
        vhost: &str,
        queues: Option<&[String]>,
    ) -> Result<Vec<(String, Json)>, String> {
        let console = self.console.as_ref().ok_or_else(|| NOT_YET.to_owned())?;
        let vhost = binary(vhost);
        let names = match queues {
            Some(queues) => list(queues),
            None => format!(
                "[N || Q <- rabbit_amqqueue:list({vhost}), {{_, _, _, N}} <- [amqqueue:get_name(Q)]]"
            ),
        };
        let said = console.value(&DEPTHS.replace("VHOST", &vhost).replace("NAMES", &names))?;
        let json = said.replace('{', "[").replace('}', "]").replace("none", "null");
        let rows: Vec<(Vec<i16>, Option<Vec<u64>>)> =
            serde_json::from_str(&json).map_err(|_| format!("the depths of queues are {said}"))?;
        Ok(rows.into_iter().map(|(name, numbers)| (text(&name), depth(numbers))).collect())
    }

    /// Whether it has an exchange type.
    pub(super) fn has_exchange_type(&self, kind: &str) -> Result<bool, String> {
        let asked = format!("rabbit_exchange:check_type({}), ok.", binary(kind));
        match self.evaluate(&asked) {
            Err(said) if said.contains("unknown exchange type") => Ok(false),
            other => other.map(|()| true),
        }
    }

    /// Stops the broker and starts it again. Connections are closed by it.
    pub(super) fn restart(&self) -> Result<(), String> {
        self.evaluate("rabbit:stop(), rabbit:start().")?;
        self.wait()
    }

    fn evaluate(&self, expression: &str) -> Result<(), String> {
        match &self.console {
            Some(console) => console.evaluate(expression),
            None => Err(NOT_YET.to_owned()),
        }
    }
}

/// A list of binaries of Erlang.
fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| binary(name)).collect();
    format!("[{}]", names.join(","))
}

/// The name of a row of [`DEPTHS`].
fn text(octets: &[i16]) -> String {
    let octets: Vec<u8> = octets.iter().skip(1).map(|octet| *octet as u8).collect();
    String::from_utf8_lossy(&octets).into_owned()
}

/// A row of [`DEPTHS`] as recordings show it.
fn depth(numbers: Option<Vec<u64>>) -> Json {
    let names = ["ready", "unacked", "consumers"];
    numbers.map_or(Json::Null, |numbers| {
        names.iter().zip(numbers).map(|(name, n)| ((*name).to_owned(), json!(n))).collect()
    })
}

fn node_name(port: u16) -> String {
    format!("warren{port}@localhost")
}

/// Everything in one folder, everything on loopback.
fn settings(
    folder: &Path,
    port: u16,
    distribution: u16,
    epmd: u16,
) -> io::Result<Vec<(&'static str, String)>> {
    let path = |name: &str| folder.join(name).display().to_string();
    let mut config = fs::File::create(folder.join("rabbitmq.conf"))?;
    writeln!(config, "listeners.tcp.1 = 127.0.0.1:{port}")?;
    writeln!(config, "vm_memory_high_watermark.absolute = 1GB")?;
    writeln!(config, "disk_free_limit.absolute = 50MB")?;
    fs::write(folder.join("env.conf"), "")?;
    let loopback = "-kernel inet_dist_use_interface {127,0,0,1}".to_owned();
    // As where the recordings were made: 4.3 refuses them by default. Those who
    // do not know the setting pass over it.
    let permit = "-rabbit permit_deprecated_features #{transient_nonexcl_queues=>true}";
    Ok(vec![
        // The cookie that lets rabbitmqctl in is kept there.
        ("HOME", folder.display().to_string()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        ("ERL_EPMD_PORT", epmd.to_string()),
        ("RABBITMQ_NODENAME", node_name(port)),
        ("RABBITMQ_NODE_PORT", port.to_string()),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
        ("RABBITMQ_DIST_PORT", distribution.to_string()),
        ("RABBITMQ_CONF_ENV_FILE", path("env.conf")),
        ("RABBITMQ_CONFIG_FILE", path("rabbitmq.conf")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", path("enabled_plugins")),
        ("RABBITMQ_MNESIA_BASE", path("data")),
        ("RABBITMQ_LOG_BASE", path("log")),
        ("RABBITMQ_PID_FILE", path("pid")),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", format!("{loopback} {permit}")),
        ("RABBITMQ_CTL_ERL_ARGS", loopback),
    ])
}

/// Erlang's name service, which is not always on PATH.
fn epmd_command() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let known = ["/usr/bin", "/usr/lib/erlang/bin", "/usr/local/lib/erlang/bin"].map(PathBuf::from);
    let folders = env::split_paths(&path).chain(known);
    let mut found = folders.map(|folder| folder.join("epmd")).filter(|file| file.is_file());
    found.next().unwrap_or_else(|| PathBuf::from("epmd"))
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.console.take());
        drop(self.child.stdin.take());
        // It is ended by a signal to its whole group: that is no failure.
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
