//! Where one run keeps its files.

use std::path::{Path, PathBuf};

use crate::Error;

/// The directory of a run. Dropping it removes what only a running emulator needs; logs stay.
#[derive(Debug)]
pub(crate) struct Directories {
    root: PathBuf,
    keep_state: bool,
}

impl Directories {
    /// `given` when the caller named one, to be kept whole; else a new one below `.local/` of the checkout.
    pub(crate) fn make(given: Option<&Path>, project: &Path) -> Result<Self, Error> {
        let made = match given {
            Some(root) => std::fs::create_dir_all(root).and_then(|()| root.canonicalize()),
            None => unused(&project.join(".local")),
        };
        let root = made.map_err(Error::machine(match given {
            Some(root) => format!("create the state directory {}", root.display()),
            None => format!("create a directory below {}", project.join(".local").display()),
        }))?;
        let directories = Self {
            root,
            keep_state: given.is_some(),
        };
        for directory in [directories.logs(), directories.emulator()] {
            let attempt = Error::machine(format!("create {}", directory.display()));
            std::fs::create_dir_all(&directory).map_err(attempt)?;
        }
        Ok(directories)
    }

    /// Whether the state outlives the run.
    pub(crate) fn keep_state(&self) -> bool {
        self.keep_state
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.logs().join(name)
    }

    pub(crate) fn emulator(&self) -> PathBuf {
        self.root.join("emulator")
    }

    pub(crate) fn warehouse(&self) -> PathBuf {
        self.root.join("warehouse")
    }

    pub(crate) fn device_credentials(&self) -> PathBuf {
        self.root.join("device")
    }

    pub(crate) fn assembly(&self) -> PathBuf {
        self.root.join("cdk.out")
    }

    pub(crate) fn outputs(&self) -> PathBuf {
        self.root.join("outputs.json")
    }
}

impl Drop for Directories {
    fn drop(&mut self) {
        if !self.keep_state {
            // What cannot be removed is only untidy.
            let _ = std::fs::remove_dir_all(self.emulator());
            let _ = std::fs::remove_dir_all(self.warehouse());
            let _ = std::fs::remove_dir_all(self.device_credentials());
            let _ = std::fs::remove_dir_all(self.assembly());
        }
    }
}

/// Creates `run-1`, or the first number that nobody has: `create_dir` decides between two that start at once.
fn unused(parent: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(parent)?;
    let mut number = 1;
    loop {
        let candidate = parent.join(format!("run-{number}"));
        match std::fs::create_dir(&candidate) {
            Ok(()) => return candidate.canonicalize(),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_its_own_leaves_its_logs_only() {
        let project = tempfile::tempdir().unwrap();
        let first = Directories::make(None, project.path()).unwrap();
        let second = Directories::make(None, project.path()).unwrap();
        assert_ne!(first.logs(), second.logs());
        let (logs, state) = (first.logs(), first.emulator());
        assert!(logs.is_dir() && state.is_dir());
        drop(first);
        assert!(logs.is_dir() && !state.exists());
        assert!(second.emulator().is_dir());
    }

    #[test]
    fn a_directory_that_the_caller_named_stays_whole() {
        let project = tempfile::tempdir().unwrap();
        let named = project.path().join("named");
        let directories = Directories::make(Some(&named), project.path()).unwrap();
        let state = directories.emulator();
        drop(directories);
        assert!(state.is_dir());
    }

    #[test]
    fn an_error_names_the_directory() {
        let project = tempfile::tempdir().unwrap();
        let file = project.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Directories::make(Some(&file.join("below")), project.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains("create the state directory"), "{error}");
        assert!(error.contains("file/below"), "{error}");
    }
}
