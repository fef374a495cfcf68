//! What came of recordings, for people.

use super::{Outcome, Played, Way};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use warren_core::broker::Profile;

/// A profile, how it was played, and what came of it.
pub type Column = (Profile, Way, Vec<Played>);

/// The area under which recordings of streams are counted.
const STREAM: &str = "stream";

/// Whether a recording counts as a difference.
#[must_use]
pub fn differs(played: &Played) -> bool {
    !played.stream && matches!(played.outcome, Outcome::Different(_) | Outcome::Broken(_))
}

/// Every difference in words, then what was left out, then equal and total by
/// area, recordings of streams apart.
#[must_use]
pub fn report(columns: &[Column]) -> String {
    let mut text = String::new();
    for (profile, way, played) in columns {
        let about = format!("RabbitMQ {} on the {way}", profile.recorded_from());
        for one in played {
            let Played { id, outcome, .. } = one;
            let stream = if one.stream { " (a stream: counted apart)" } else { "" };
            let _ = match outcome {
                Outcome::Different(difference) => {
                    writeln!(text, "{id}{stream}: not as {about}, {difference}")
                }
                Outcome::Doubtful(difference) => writeln!(
                    text,
                    "{id}{stream}: not as {about}, but after a step in which that was not \
                     steady itself: no difference; {difference}"
                ),
                Outcome::Broken(why) => {
                    writeln!(text, "{id}{stream}: not played, {about}: {why}\n")
                }
                Outcome::Equal | Outcome::Apart(_) => Ok(()),
            };
        }
    }
    text.push_str(&left_out(columns));
    text.push_str(&counts(columns));
    text
}

fn left_out(columns: &[Column]) -> String {
    let mut text = String::new();
    for (profile, way, played) in columns {
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in played {
            if let Outcome::Apart(why) = one.outcome {
                reasons.entry(why).or_default().push(&one.id);
            }
        }
        for (why, ids) in reasons {
            let ids = ids.join(", ");
            let _ = writeln!(text, "{} {way}: left out, for {why}: {ids}", profile.name());
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn counts(columns: &[Column]) -> String {
    let mut rows: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
    let none = || vec![(0, 0); columns.len()];
    let (mut total, mut streams) = (none(), none());
    for (at, (_, _, played)) in columns.iter().enumerate() {
        for one in played.iter().filter(|one| !matches!(one.outcome, Outcome::Apart(_))) {
            let row = if one.stream {
                &mut streams
            } else {
                count(&mut total[at], one);
                rows.entry(&one.area).or_insert_with(none)
            };
            count(&mut row[at], one);
        }
    }
    let mut text = format!("{:<18}", "equal/total");
    for (profile, way, _) in columns {
        let _ = write!(text, " {:>9}", format!("{} {way}", profile.name()));
    }
    text += "\n";
    for (area, row) in &rows {
        push_row(&mut text, area, row);
    }
    push_row(&mut text, "total", &total);
    if streams.iter().any(|(_, total)| *total > 0) {
        push_row(&mut text, &format!("{STREAM}, apart"), &streams);
    }
    text
}

fn count((equal, total): &mut (usize, usize), one: &Played) {
    *total += 1;
    *equal += usize::from(matches!(one.outcome, Outcome::Equal | Outcome::Doubtful(_)));
}

fn push_row(text: &mut String, name: &str, row: &[(usize, usize)]) {
    let _ = write!(text, "{name:<18}");
    for (equal, total) in row {
        let _ = write!(text, " {:>9}", format!("{equal}/{total}"));
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::Difference;

    fn played(id: &str, area: &str, outcome: Outcome) -> Played {
        let stream = area == STREAM;
        Played { id: id.to_owned(), area: area.to_owned(), stream, outcome }
    }

    #[test]
    fn a_report_has_every_difference_and_the_counts() {
        let difference = || Difference {
            step: 3,
            operation: "{\"op\":\"get\"}".to_owned(),
            details: "  at a RabbitMQ said\n    nothing\n".to_owned(),
        };
        let all = vec![
            played("one", "ack", Outcome::Equal),
            played("two", "ack", Outcome::Different(difference())),
            played("three", "dlx", Outcome::Doubtful(difference())),
            played("four", "stream", Outcome::Different(difference())),
            played("five", "protocol", Outcome::Apart("frames are the port's")),
            played("six.json", "unreadable", Outcome::Broken("it has no \"ops\"".to_owned())),
        ];
        assert_eq!(all.iter().filter(|one| differs(one)).count(), 2);
        let text = report(&[(Profile::V4_3, Way::Core, all)]);
        for part in [
            "two: not as RabbitMQ 4.3.6 on the core, step 3: {\"op\":\"get\"}\n  at a",
            "six.json: not played, RabbitMQ 4.3.6 on the core: it has no \"ops\"",
            "4.3 core: left out, for frames are the port's: five",
            "\nack                      1/2\n",
            "\ndlx                      1/1\n",
            "\ntotal                    2/4\n",
            "\nstream, apart            0/1\n",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }
}
