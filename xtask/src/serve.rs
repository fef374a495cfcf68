//! `cargo xtask serve` and `cargo xtask build`.

use crate::process::{Outcome, Trouble, find_on_path, root, run, trouble};
use crate::setup::{self, Extras, note};
use crate::tools::Tools;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where `serve` starts to look for a free port.
const FIRST_PORT: u16 = 8080;
/// How many ports it tries.
const PORTS: u16 = 50;

const BUILD_REMEDY: &str = "\
A compiler error above: the message says where.
A tool of the wrong version above: `cargo xtask setup` brings the right one.";

/// Builds `dist/` for release.
pub(crate) fn build(tools: &Tools) -> Outcome {
    run(&mut trunk(tools, "build"), BUILD_REMEDY)?;
    note("dist/", "ready for any static web server");
    Ok(())
}

/// Builds a page that notes where its program's way leads into `dist`.
pub(crate) fn build_watched(tools: &Tools, dist: &Path) -> Outcome {
    let mut command = trunk(tools, "build");
    run(command.arg("--dist").arg(dist).env("WARREN_WATCH", "yes"), BUILD_REMEDY)
}

/// Sets up, builds, serves until interrupted, opens a browser.
pub(crate) fn serve(wanted: Option<u16>, open: bool) -> Outcome {
    let tools = setup::everything(Extras::default())?;
    let wanted = wanted.unwrap_or(FIRST_PORT);
    let port = free_port(wanted)?;
    if port != wanted {
        note("serve", &format!("port {wanted} is taken, using {port}"));
    }
    let url = format!("http://127.0.0.1:{port}/");
    note("serve", "compiling the playground: 2 to 3 minutes the first time, then seconds");
    let announce = url.clone();
    std::thread::spawn(move || {
        // Trunk listens once the first build is done.
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            std::thread::sleep(Duration::from_millis(200));
        }
        println!("\n  Warren is at {announce}   (Ctrl+C stops it)\n");
        if open && !open_browser(&announce) {
            println!("  No browser to open was found: follow the link yourself.\n");
        }
    });
    let mut command = trunk(&tools, "serve");
    command.args(["--port", &port.to_string()]);
    run(&mut command, BUILD_REMEDY)
}

fn trunk(tools: &Tools, what: &str) -> Command {
    let mut command = Command::new(tools.find("trunk").unwrap_or_else(|| "trunk".into()));
    tools.equip(&mut command).current_dir(root()).stdin(Stdio::null());
    // Offline: use the tools that setup pinned, never fetch others.
    command.args([what, "--release", "--offline", "--config", "Trunk.toml"]);
    command
}

fn free_port(first: u16) -> Result<u16, Trouble> {
    (first..=first.saturating_add(PORTS))
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .ok_or_else(|| {
            trouble(
                format!("No free port from {first} on."),
                "Choose another with `cargo xtask serve --port N`.",
            )
        })
}

/// Hands the address to the desktop. Whether anything took it.
fn open_browser(url: &str) -> bool {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|v| std::env::var_os(v).is_some());
        if !screen || find_on_path(&["xdg-open"]).is_none() {
            return false;
        }
        Command::new("xdg-open")
    };
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_passed_over() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let found = free_port(port).unwrap();
        assert!(found > port, "{found} after {port}");
    }
}
