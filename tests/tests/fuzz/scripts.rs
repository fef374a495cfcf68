//! Scenario texts: read, printed, tidied and run within limits.

use super::change::changed;
use super::fuzz;
use warren_core::scenario::{format, parse, print};
use warren_core::timeline::Timeline;
use warren_tests::SCENARIOS;

/// So many steps of a run are taken.
const STEPS: u64 = 2000;

fn look(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    let tidy = format(&text);
    if format(&tidy) != tidy {
        return Err("what is tidy is tidied again".to_owned());
    }
    let parsed = parse(&text);
    if parsed.has_errors() {
        return Ok(());
    }
    let printed = print(&parsed.document);
    let again = parse(&printed);
    if again.has_errors() || print(&again.document) != printed {
        return Err(format!("what is printed is read as something else:\n{printed}"));
    }
    let mut timeline = Timeline::new(parsed.document);
    timeline.run_ahead(STEPS);
    let end = timeline.known();
    timeline.frame(end);
    Ok(())
}

#[test]
fn scripts() {
    let corpus: Vec<Vec<u8>> = SCENARIOS.iter().map(|(_, text)| text.as_bytes().to_vec()).collect();
    fuzz("scripts", &corpus, changed, look);
}
