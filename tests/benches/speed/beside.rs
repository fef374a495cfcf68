//! What others take, and what a message takes in memory.

use crate::clock::line;

/// smqp, a broker in JavaScript, in the same Node.js as Warren's wasm.
#[cfg(target_arch = "wasm32")]
pub(crate) fn smqp() {
    let work = js_sys::Function::new_no_args(include_str!("smqp.js"));
    match work.call0(&js_sys::global()) {
        Ok(time) => {
            let time = time.as_f64().unwrap_or(f64::NAN);
            line(&format!("  {:<52} {time:>10.3} µs", "smqp: 100 published, then 100 acked"));
        }
        Err(why) => {
            line("  smqp is not measured; `cargo xtask setup` installs it. Node.js says:");
            line(&format!("  {why:?}"));
        }
    }
}

/// Octets per waiting message, beside its body, by what the system says that
/// this process holds.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn memory() {
    const MANY: u64 = 1_000_000;
    const BODY: usize = 100;
    let Some(before) = resident() else {
        return line("  memory: this system does not tell it in /proc/self/statm");
    };
    let filled = crate::broker::filled_with(MANY, BODY);
    let after = resident().unwrap_or(before);
    let each = after.saturating_sub(before) as f64 / MANY as f64 - BODY as f64;
    line(&format!(
        "  {MANY} messages of {BODY} octets wait: {each:.0} octets each beside the body"
    ));
    drop(filled);
}

/// Octets of this process in memory.
#[cfg(not(target_arch = "wasm32"))]
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}
