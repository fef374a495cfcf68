//! A real browser, for end-to-end tests. Everything waits by itself and fails
//! with what it waited for.
//!
//! ```no_run
//! use warren_tests::browser::Page;
//!
//! let page = Page::open("step", "/");              // fresh profile, page loaded
//! page.viewport(390, 844);                         // CSS pixels
//! page.find("button", "Play").click();             // role and accessible name
//! page.press("Control+z");
//! page.wait("the clock to stand", |page| page.css("#clock").text() == "1.5 s");
//! page.screenshot("after one step");               // target/screenshots/
//! // Dropping the page fails the test if the console saw an error.
//! ```
//!
//! - One test = one [`Page`]: an own Chromium with an empty profile and an own
//!   ChromeDriver. They end with the page, also when a test fails; then a
//!   screenshot `<name>-failed` is left.
//! - [`Page::find`] looks things up the way a person with a screen reader
//!   does, by role and accessible name (a name is compared as a whole; end it
//!   with `…` to compare its beginning only). [`Page::css`] is for what has no
//!   role.
//! - Each of them waits up to [`PATIENCE`]. Nothing ever sleeps for a fixed
//!   time: use [`Page::wait`].
//! - Errors in the console (failed requests, panics, refused styles) fail the
//!   test. A test that provokes one takes it out with [`Page::take_errors`].
//! - [`Page::prefer`] sets `prefers-color-scheme` and `prefers-reduced-motion`;
//!   [`Page::touch`], [`Page::pinch`] send fingers; [`Page::drag`],
//!   [`Page::wheel`] a mouse; [`Page::eval`] runs JavaScript for what only the
//!   page itself can tell.
//!
//! Programs: `CHROME`, `CHROMEDRIVER` and `WARREN_DIST` (the folder to serve)
//! are set by `cargo xtask test`; without them PATH and `dist/` are used.

mod driver;
mod element;
mod input;

pub use element::Element;
pub use input::Point;

use crate::server::Server;
use crate::tidy::tree::root;
use driver::Driver;
pub use serde_json::{Value, json};
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{BrowserLogEntry, LoggingPrefsLogLevel, RequestData, SessionId};
use tokio::runtime::Runtime;

/// How long anything may take to appear: long, because the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What the playground's clock shows, in seconds; less than 0 before there is
/// one.
#[must_use]
pub fn clock(page: &Page) -> f64 {
    let text = page.eval("return document.getElementById('clock')?.textContent ?? ''", vec![]);
    let text = text.as_str().unwrap_or_default().trim_end_matches(" s").to_owned();
    text.parse().unwrap_or(-1.0)
}

/// How the browser is started. It is given nothing to talk to but this machine.
const FLAGS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--window-size=1280,800",
    "--lang=en-GB",
];

/// A page in a browser of its own.
pub struct Page {
    name: String,
    web: Option<WebDriver>,
    runtime: Runtime,
    server: Server,
    _driver: Driver,
}

impl Page {
    /// Starts a browser and opens `path` (`/`, `/#…`) of the playground; `name`
    /// is the name of the test and of its screenshots.
    ///
    /// # Panics
    /// When the browser or the page does not start.
    #[must_use]
    pub fn open(name: &str, path: &str) -> Self {
        let page = Self::blank(name);
        page.goto(path);
        page
    }

    /// The same before any page is loaded, to set preferences first.
    ///
    /// # Panics
    /// When the browser does not start.
    #[must_use]
    pub fn blank(name: &str) -> Self {
        let dist =
            std::env::var_os("WARREN_DIST").map_or_else(|| root().join("dist"), PathBuf::from);
        assert!(
            dist.join("index.html").is_file(),
            "there is no playground in {}: `cargo xtask build` makes it",
            dist.display()
        );
        let server = Server::start(&dist).expect("a free port");
        let driver = Driver::start(name);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let started = runtime.block_on(WebDriver::new(driver.url(), capabilities(&driver)));
        let web = started.unwrap_or_else(|error| panic!("Chromium does not start: {error}"));
        let page = Self { name: name.to_owned(), web: Some(web), runtime, server, _driver: driver };
        page.viewport(1280, 800);
        page
    }

    fn web(&self) -> &WebDriver {
        self.web.as_ref().expect("the session lives as long as the page")
    }

    /// Runs a request to its end.
    fn now<T, E: std::fmt::Display>(
        &self,
        what: &str,
        request: impl Future<Output = Result<T, E>>,
    ) -> T {
        self.runtime
            .block_on(request)
            .unwrap_or_else(|error| panic!("{}: {what}: {error}", self.name))
    }

    /// Loads `path`; returns when the document and what it links are loaded.
    pub fn goto(&self, path: &str) {
        // A change of nothing but the hash loads nothing; leave the page first.
        self.now("leave", self.web().goto("about:blank"));
        self.now(path, self.web().goto(format!("{}{path}", self.server.url())));
    }

    /// The address, from its first slash on.
    #[must_use]
    pub fn address(&self) -> String {
        let url = self.now("the address", self.web().current_url());
        let url = url.to_string();
        url.strip_prefix(&self.server.url()).map_or(url.clone(), str::to_owned)
    }

    /// What the tab is called.
    #[must_use]
    pub fn title(&self) -> String {
        self.now("the title", self.web().title())
    }

    /// Waits until `ready` says so.
    ///
    /// # Panics
    /// When it does not within [`PATIENCE`].
    pub fn wait(&self, what: &str, mut ready: impl FnMut(&Self) -> bool) {
        self.until(what, |page| ready(page).then_some(()));
    }

    /// Waits until `get` has something.
    ///
    /// # Panics
    /// When it has not within [`PATIENCE`].
    pub fn until<'a, T>(&'a self, what: &str, mut get: impl FnMut(&'a Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = get(self) {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "{}: waited in vain for {what}", self.name);
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Runs `script` as the body of a function with `args`; what it returns.
    pub fn eval(&self, script: &str, args: Vec<Value>) -> Value {
        let returned = self.now(script, self.web().execute(script, args));
        returned.json().clone()
    }

    /// Sends a command of the DevTools protocol.
    pub fn devtools(&self, method: &str, params: Value) -> Value {
        self.now(method, self.web().cdp().send_raw(method, params))
    }

    /// Makes the page `width` by `height` CSS pixels.
    pub fn viewport(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size);
    }

    /// Makes the page's processor this many times slower than it is.
    pub fn slow_down(&self, times: u32) {
        self.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": times }));
    }

    /// Sets media features: `&[("prefers-color-scheme", "dark")]`,
    /// `&[("prefers-reduced-motion", "reduce")]`. Replaces what was set before.
    pub fn prefer(&self, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Errors in the console since the last call: level SEVERE, which is
    /// `console.error`, what nobody caught, failed requests, refused content.
    #[must_use]
    pub fn take_errors(&self) -> Vec<String> {
        let log: Vec<BrowserLogEntry> = self.now("the console", self.web().browser_log());
        log.into_iter()
            .filter(|entry| entry.level.to_string().eq_ignore_ascii_case("SEVERE"))
            .map(|entry| entry.message)
            .collect()
    }

    /// Saves what is seen as `target/screenshots/<test>-<name>.png`.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let folder = root().join("target").join("screenshots");
        std::fs::create_dir_all(&folder).expect("target is writable");
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let file = format!("{}-{name}", self.name).chars().map(plain).collect::<String>();
        let file = folder.join(file).with_extension("png");
        self.now("a screenshot", self.web().screenshot(&file));
        file
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        let mut errors = Vec::new();
        if let Some(web) = self.web.take() {
            let log = self.runtime.block_on(async {
                if failed {
                    let folder = root().join("target").join("screenshots");
                    // A picture is a help, not the point: no picture, no harm.
                    let _ = std::fs::create_dir_all(&folder);
                    let file = folder.join(format!("{}-failed.png", self.name));
                    let _ = web.screenshot(&file).await;
                }
                let log = web.browser_log().await;
                let _ = web.quit().await;
                log
            });
            errors = log.map_or_else(
                |error| vec![format!("the console cannot be read: {error}")],
                |log| {
                    let severe = log
                        .into_iter()
                        .filter(|entry| entry.level.to_string().eq_ignore_ascii_case("SEVERE"));
                    severe.map(|entry| entry.message).collect()
                },
            );
        }
        if failed {
            for error in &errors {
                eprintln!("{}: in the console: {error}", self.name);
            }
        } else {
            assert!(errors.is_empty(), "{}: errors in the console: {errors:#?}", self.name);
        }
    }
}

fn capabilities(driver: &Driver) -> Capabilities {
    let mut chrome = DesiredCapabilities::chrome();
    let mut set = || -> WebDriverResult<()> {
        for flag in FLAGS {
            chrome.add_arg(flag)?;
        }
        chrome.add_arg(&format!("--user-data-dir={}", driver.profile().display()))?;
        if let Some(binary) = driver.chrome() {
            chrome.set_binary(&binary)?;
        }
        chrome.set_logging_prefs("browser", LoggingPrefsLogLevel::All)
    };
    set().expect("the capabilities are plain JSON");
    chrome.into()
}

/// Asks ChromeDriver for the role or name that assistive technology sees.
#[derive(Debug)]
struct Computed {
    what: &'static str,
    element: String,
}

impl FormatRequestData for Computed {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let path = format!("session/{session}/element/{}/{}", self.element, self.what);
        RequestData::new("GET".parse().expect("GET is a method"), path)
    }
}
