//! Measuring and printing, natively and in wasm.

/// Long enough that a clock of whole milliseconds is good to one per cent.
const SAMPLE_MS: f64 = 120.0;
const SAMPLES: usize = 5;

/// Milliseconds since some moment.
#[cfg(not(target_arch = "wasm32"))]
fn now() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1000.0
}

#[cfg(target_arch = "wasm32")]
fn now() -> f64 {
    js_sys::Date::now()
}

/// Prints a line.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn line(text: &str) {
    println!("{text}");
}

#[cfg(target_arch = "wasm32")]
pub(crate) fn line(text: &str) {
    wasm_bindgen_test::console_log!("{text}");
}

/// Prints a heading.
pub(crate) fn title(text: &str) {
    line("");
    line(text);
}

/// Runs `work`, which says how many operations it did, until samples are long
/// enough; prints and returns the median time of one operation in µs.
pub(crate) fn measure(what: &str, mut work: impl FnMut() -> u64) -> f64 {
    measure_part(what, || {
        let start = now();
        let done = work();
        (done, now() - start)
    })
}

/// As [`measure`], where only a part of the work counts: `work` returns the
/// number of operations and what [`timed`] said about them.
pub(crate) fn measure_part(what: &str, mut work: impl FnMut() -> (u64, f64)) -> f64 {
    work();
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let (mut done, mut spent) = (0, 0.0);
            let start = now();
            // Work whose preparation takes most of the time is cut short.
            while spent < SAMPLE_MS && now() - start < 10.0 * SAMPLE_MS {
                let (more, time) = work();
                done += more;
                spent += time;
            }
            spent * 1000.0 / done.max(1) as f64
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    let (best, median) = (samples[0], samples[SAMPLES / 2]);
    line(&format!("  {what:<52} {median:>10.3} µs   best {best:.3}"));
    median
}

/// How many milliseconds `work` takes.
pub(crate) fn timed(work: impl FnOnce()) -> f64 {
    let start = now();
    work();
    now() - start
}
