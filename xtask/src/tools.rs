//! Which tools, in which versions, and where they are.

use crate::process::{Trouble, find_on_path, root, trouble, version_of};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Newer ones need a newer Rust than `rust-version` promises.
pub(crate) const TRUNK: &str = "0.21.14";

/// The oldest Node.js that runs the pinned binaryen.
pub(crate) const OLDEST_NODE: u32 = 18;

/// The tools, found.
pub(crate) struct Tools {
    path: OsString,
}

impl Tools {
    /// Everything `setup` may have installed, before what is on `PATH`.
    pub(crate) fn new() -> Result<Self, Trouble> {
        let mut folders = vec![
            trunk_home()?.join("bin"),
            wasm_bindgen_home()?.join("bin"),
            root().join("node_modules").join(".bin"),
        ];
        // What is there in the right version under the user's own control wins.
        folders.retain(|folder| folder.is_dir());
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let path = std::env::join_paths(folders)
            .map_err(|error| trouble(format!("PATH cannot be used: {error}"), ""))?;
        Ok(Self { path })
    }

    /// Lets `command` find the tools.
    pub(crate) fn equip<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        // Trunk takes NO_COLOR for an option of its own and wants `true` in it;
        // a backtrace through Trunk hides the compiler's message.
        command.env("PATH", &self.path).env_remove("NO_COLOR").env_remove("RUST_BACKTRACE")
    }

    /// The full path of a tool, for programs that are started without `PATH`.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        std::env::split_paths(&self.path).map(|folder| folder.join(name)).find(|f| f.is_file())
    }
}

/// The folder `<cache>/warren/tools`.
pub(crate) fn cache() -> Result<PathBuf, Trouble> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .or_else(|| set("LOCALAPPDATA"))
        .ok_or_else(|| {
            trouble("There is no home folder to keep tools in.", "Set XDG_CACHE_HOME to a folder.")
        })?;
    Ok(base.join("warren").join("tools"))
}

pub(crate) fn trunk_home() -> Result<PathBuf, Trouble> {
    Ok(cache()?.join(format!("trunk-{TRUNK}")))
}

pub(crate) fn wasm_bindgen_home() -> Result<PathBuf, Trouble> {
    Ok(cache()?.join(format!("wasm-bindgen-{}", wasm_bindgen()?)))
}

/// The version of the wasm-bindgen crate; its command has to be the same.
pub(crate) fn wasm_bindgen() -> Result<String, Trouble> {
    let lock = read(&root().join("Cargo.lock"))?;
    locked_version(&lock, "wasm-bindgen").ok_or_else(|| {
        trouble("Cargo.lock does not name wasm-bindgen.", "`cargo check -p warren-web` adds it.")
    })
}

/// The version of an npm package that package.json asks for.
pub(crate) fn wanted(package: &str) -> Result<String, Trouble> {
    let manifest = read(&root().join("package.json"))?;
    json_string(&manifest, package)
        .ok_or_else(|| trouble(format!("package.json does not name {package}."), ""))
}

/// The version of an npm package that `npm ci` put into node_modules.
pub(crate) fn installed(package: &str) -> Option<String> {
    let file = root().join("node_modules").join(package).join("package.json");
    json_string(&std::fs::read_to_string(file).ok()?, "version")
}

/// Whether `program`, in `home` or on `PATH`, says that it is `version`.
pub(crate) fn has_version(home: &Path, program: &str, version: &str) -> bool {
    let own = home.join("bin").join(program);
    [Some(own), find_on_path(&[program])].into_iter().flatten().any(|file| {
        version_of(file).is_some_and(|said| said.split_whitespace().any(|word| word == version))
    })
}

fn read(file: &Path) -> Result<String, Trouble> {
    std::fs::read_to_string(file)
        .map_err(|error| trouble(format!("cannot read {}: {error}", file.display()), ""))
}

/// The version of `package` in a Cargo.lock.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let entry = lock
        .split("[[package]]")
        .find(|entry| entry.lines().any(|line| line.trim() == format!("name = \"{package}\"")))?;
    let line = entry.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some(line.trim_matches('"').to_owned())
}

/// The first string called `key` in a JSON text of our own.
fn json_string(json: &str, key: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{key}\":"))?;
    Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_pins() {
        let lock = "[[package]]\nname = \"wasm-bindgen-test\"\nversion = \"0.3.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "yew"), None);
        assert_eq!(json_string(r#"{ "a": "1", "b" : "2" }"#, "a").as_deref(), Some("1"));
        assert_eq!(json_string("{}", "a"), None);
        let major = wanted("binaryen").unwrap();
        let major = major.split('.').next().unwrap();
        let trunk = read(&root().join("Trunk.toml")).unwrap();
        assert!(trunk.contains(&format!("wasm_opt = \"version_{major}\"")), "{trunk}");
    }
}
