//! Playing every recording of a folder, whatever is in it.

use super::play::Player;
use super::port::Port;
use super::recording::{Expected, Recording, files};
use super::subject::{Core, Subject};
use super::{Difference, Outcome, Played, Way, describe};
use std::any::Any;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;
use warren_core::broker::Profile;

/// How long a recording may take besides its sleep.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many recordings are played through ports at once: most of the time goes
/// by in sleep.
const PORTS_AT_ONCE: usize = 12;

/// Plays every recording below `folder` under `profile`, each with a broker of
/// its own, and gives what came of them in the order of their files.
///
/// No recording can stop the others: one that cannot be read, breaks the
/// player or does not end is [`Outcome::Broken`].
///
/// # Errors
///
/// When the folder cannot be read.
pub fn run(folder: &Path, profile: Profile, way: Way) -> io::Result<Vec<Played>> {
    let files = files(folder)?;
    let runtime = Arc::new(
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?,
    );
    let at_once = match way {
        Way::Core => thread::available_parallelism().map_or(1, usize::from),
        Way::Port => PORTS_AT_ONCE,
    };
    let next = AtomicUsize::new(0);
    let played = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(turn) else { return };
                    let one = play_file(file, profile, way, &runtime);
                    played.lock().expect("nobody panics with it").push((turn, one));
                }
            });
        }
    });
    let mut played = played.into_inner().expect("nobody panics with it");
    played.sort_by_key(|(turn, _)| *turn);
    // A recording that does not end still has a task there.
    if let Some(runtime) = Arc::into_inner(runtime) {
        runtime.shutdown_background();
    }
    Ok(played.into_iter().map(|(_, one)| one).collect())
}

fn play_file(file: &Path, profile: Profile, way: Way, runtime: &Arc<Runtime>) -> Played {
    let recording = match Recording::read(file) {
        Ok(recording) => Arc::new(recording),
        Err(why) => return unreadable(file, &why),
    };
    let outcome = if recording.version_for(profile).is_none() {
        Outcome::Apart("it was not recorded from this version")
    } else if way == Way::Core && recording.has_frames() {
        Outcome::Apart("frames are the port's")
    } else {
        guarded(&recording, profile, way, runtime)
    };
    Played {
        id: recording.id().to_owned(),
        area: recording.area().to_owned(),
        stream: recording.is_about_streams(),
        outcome,
    }
}

fn unreadable(file: &Path, why: &str) -> Played {
    let file = PathBuf::from(file.file_name().unwrap_or_default());
    Played {
        id: file.display().to_string(),
        area: "unreadable".to_owned(),
        stream: false,
        outcome: Outcome::Broken(why.to_owned()),
    }
}

/// Plays in a thread that may panic or hang.
fn guarded(
    recording: &Arc<Recording>,
    profile: Profile,
    way: Way,
    runtime: &Arc<Runtime>,
) -> Outcome {
    let (tell, told) = mpsc::channel();
    let limit = PATIENCE + 2 * recording.sleeps();
    let (recording, runtime) = (recording.clone(), runtime.clone());
    let player = thread::spawn(move || {
        let outcome = match way {
            Way::Core => compare(&recording, profile, Core::new(profile)),
            Way::Port => compare(&recording, profile, Port::new(&runtime, profile)),
        };
        // Whoever waited may have lost patience.
        let _ = tell.send(outcome);
    });
    match told.recv_timeout(limit) {
        Ok(outcome) => {
            // It has said all it has to say; how it ends does not matter.
            let _ = player.join();
            outcome
        }
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Outcome::Broken(format!("it did not end within {} s", limit.as_secs()))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let why = player.join().err().map_or_else(String::new, |panic| said_by(&*panic));
            Outcome::Broken(format!("it broke off: {why}"))
        }
    }
}

/// The text of a panic.
fn said_by(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Plays one recording to its first difference.
fn compare(recording: &Recording, profile: Profile, subject: impl Subject) -> Outcome {
    let mut player = Player::new(subject);
    let mut steady = true;
    let version = recording.version_for(profile).unwrap_or_default();
    for (step, operation) in recording.operations().iter().enumerate() {
        let found = match player.step(operation) {
            Ok(found) => found,
            Err(why) => return Outcome::Broken(format!("step {step}: {why}")),
        };
        let details = match recording.expected(step, version) {
            Expected::Events { observed, unordered } => describe(&observed, &found, unordered),
            Expected::Unsteady => {
                steady = false;
                continue;
            }
        };
        if !details.is_empty() {
            let difference = Difference { step, operation: operation.to_string(), details };
            return if steady {
                Outcome::Different(difference)
            } else {
                Outcome::Doubtful(difference)
            };
        }
    }
    Outcome::Equal
}
