//! `cargo xtask truth`: what Warren answers to a folder of recordings.

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    native::main()
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::env;
    use std::path::PathBuf;
    use std::process::ExitCode;
    use warren_core::broker::Profile;
    use warren_tests::truth::table::{differs, report};
    use warren_tests::truth::{Way, run};

    /// What is asked for.
    struct Wish {
        folder: PathBuf,
        profiles: Vec<Profile>,
        ways: Vec<Way>,
    }

    fn wish(arguments: impl Iterator<Item = String>) -> Result<Wish, String> {
        let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/truth"));
        let mut wish = Wish { folder: own, profiles: Vec::new(), ways: Vec::new() };
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--core" => wish.ways.push(Way::Core),
                "--port" => wish.ways.push(Way::Port),
                "--profile" => {
                    let name = arguments.next().unwrap_or_default();
                    let known = || Profile::ALL.map(Profile::name).join(", ");
                    let none = || format!("there is no profile {name:?}; there are {}", known());
                    wish.profiles.push(Profile::parse(&name).ok_or_else(none)?);
                }
                folder => wish.folder = PathBuf::from(folder),
            }
        }
        if wish.profiles.is_empty() {
            wish.profiles.extend(Profile::ALL);
        }
        if wish.ways.is_empty() {
            wish.ways.extend([Way::Core, Way::Port]);
        }
        Ok(wish)
    }

    fn compare(wish: &Wish) -> Result<bool, String> {
        let mut columns = Vec::new();
        for profile in &wish.profiles {
            for way in &wish.ways {
                let played = run(&wish.folder, *profile, *way)
                    .map_err(|error| format!("{}: {error}", wish.folder.display()))?;
                columns.push((*profile, *way, played));
            }
        }
        if columns.iter().all(|(_, _, played)| played.is_empty()) {
            return Err(format!("{}: there is no recording", wish.folder.display()));
        }
        print!("{}", report(&columns));
        Ok(columns.iter().any(|(_, _, played)| played.iter().any(differs)))
    }

    pub(super) fn main() -> ExitCode {
        let found = wish(env::args().skip(1)).and_then(|wish| compare(&wish));
        match found {
            Ok(false) => ExitCode::SUCCESS,
            Ok(true) => ExitCode::FAILURE,
            Err(trouble) => {
                eprintln!("{trouble}");
                ExitCode::from(2)
            }
        }
    }
}
