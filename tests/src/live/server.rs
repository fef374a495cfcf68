//! A RabbitMQ of our own: on loopback, on free ports, in a folder that goes.

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

/// A running broker. It ends when this is dropped.
pub(super) struct Server {
    child: Child,
    folder: PathBuf,
    commands: PathBuf,
    settings: Vec<(&'static str, String)>,
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
    /// Starts a broker and waits until it accepts clients.
    pub(super) fn start() -> Result<Self, String> {
        let commands = commands()?;
        let folder = env::temp_dir().join(format!("warren-live-{}", std::process::id()));
        let trouble = |error: io::Error| format!("cannot start rabbitmq-server: {error}");
        fs::create_dir_all(&folder).map_err(trouble)?;
        let [port, distribution, epmd] = free_ports().map_err(trouble)?;
        let settings = settings(&folder, port, distribution, epmd).map_err(trouble)?;
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
        let server = Self { child, folder, commands, settings, port, vhosts: AtomicU32::default() };
        server.wait()?;
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

    /// Makes `count` virtual hosts, all in one call as the command is slow.
    /// Their names have five characters.
    pub(super) fn vhosts(&self, count: u32) -> Result<Vec<String>, String> {
        let first = self.vhosts.fetch_add(count, Ordering::Relaxed);
        let names: Vec<String> = (first..first + count).map(|n| format!("v{n:04}")).collect();
        let list: Vec<String> = names.iter().map(|name| format!("<<\"{name}\">>")).collect();
        self.evaluate(&format!(
            "[begin rabbit_vhost:add(V, <<\"warren\">>), \
             rabbit_auth_backend_internal:set_permissions(<<\"guest\">>, V, <<\".*\">>, \
             <<\".*\">>, <<\".*\">>, <<\"warren\">>) end || V <- [{}]], ok.",
            list.join(",")
        ))?;
        Ok(names)
    }

    /// Deletes virtual hosts and what is in them.
    pub(super) fn forget(&self, vhosts: &[String]) -> Result<(), String> {
        let list: Vec<String> = vhosts.iter().map(|name| format!("<<\"{name}\">>")).collect();
        let list = list.join(",");
        self.evaluate(&format!("[rabbit_vhost:delete(V, <<\"warren\">>) || V <- [{list}]], ok."))
    }

    fn evaluate(&self, expression: &str) -> Result<(), String> {
        let output = Command::new(self.commands.join("rabbitmqctl"))
            .args(["-q", "eval", expression])
            .envs(self.settings.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cannot start rabbitmqctl: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if output.status.success() && said.trim() == "ok" {
            return Ok(());
        }
        Err(format!("rabbitmqctl failed: {said}{}", String::from_utf8_lossy(&output.stderr)))
    }
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
    fs::write(folder.join("enabled_plugins"), "[].\n")?;
    let loopback = "-kernel inet_dist_use_interface {127,0,0,1}".to_owned();
    Ok(vec![
        // The cookie that lets rabbitmqctl in is kept there.
        ("HOME", folder.display().to_string()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        ("ERL_EPMD_PORT", epmd.to_string()),
        ("RABBITMQ_NODENAME", format!("warren{port}@localhost")),
        ("RABBITMQ_NODE_PORT", port.to_string()),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
        ("RABBITMQ_DIST_PORT", distribution.to_string()),
        ("RABBITMQ_CONF_ENV_FILE", path("env.conf")),
        ("RABBITMQ_CONFIG_FILE", path("rabbitmq.conf")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", path("enabled_plugins")),
        ("RABBITMQ_MNESIA_BASE", path("data")),
        ("RABBITMQ_LOG_BASE", path("log")),
        ("RABBITMQ_PID_FILE", path("pid")),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", loopback.clone()),
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
        drop(self.child.stdin.take());
        // It is ended by a signal to its whole group: that is no failure.
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
