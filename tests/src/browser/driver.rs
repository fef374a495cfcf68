//! A ChromeDriver process and the folder that its browser's profile is in.

use crate::tidy::tree::root;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Ends with its value.
pub(super) struct Driver {
    process: Child,
    port: u16,
    profile: PathBuf,
}

impl Driver {
    /// Starts one on a free port.
    pub(super) fn start(name: &str) -> Self {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = format!("{name}-{}-{count}", std::process::id());
        let profile = root().join("target").join("profiles").join(folder);
        std::fs::create_dir_all(&profile).expect("target is writable");
        let program = std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let output = process.stdout.take().expect("its output is a pipe");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| {
                let (_, rest) = line.split_once("started successfully on port ")?;
                rest.trim_end_matches('.').parse().ok()
            })
            .expect("ChromeDriver says on which port it listens");
        // Keep reading, or it will stop once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, port, profile }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn profile(&self) -> &Path {
        &self.profile
    }

    /// The browser, where it is not where ChromeDriver looks.
    pub(super) fn chrome(&self) -> Option<String> {
        let chrome = std::env::var_os("CHROME").filter(|v| !v.is_empty())?;
        Some(chrome.to_string_lossy().into_owned())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended already, and a profile that a dying browser still
        // writes to may stay: `target` is not kept for ever.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
