//! Programs with their arguments, started without root's rights.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::PostgresError;

/// Makes us user 1000 of a namespace of our own. Files stay our own, so the data directory needs no new owner.
const LEAVE_ROOT: [&str; 4] = ["unshare", "--user", "--map-user=1000", "--"];

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The program, a path or a name to be looked up.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables that it needs besides those of any program.
    pub environment: Vec<(OsString, OsString)>,
}

impl CommandLine {
    pub(super) fn new(
        prefix: &[String],
        program: &Path,
        arguments: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut line = prefix
            .iter()
            .map(OsString::from)
            .chain([program.as_os_str().to_owned()])
            .chain(arguments.into_iter().map(OsString::from));
        Self {
            program: line.next().map(PathBuf::from).unwrap_or_default(),
            arguments: line.collect(),
            // Its messages are read by us: they are English whatever the caller's language.
            environment: vec![("LC_ALL".into(), "C".into())],
        }
    }
}

/// What must stand before a server's program so that it does not run as root: nothing, mostly.
pub(super) fn unprivileged() -> Result<Vec<String>, PostgresError> {
    if !nix::unistd::geteuid().is_root() {
        return Ok(Vec::new());
    }
    let (program, arguments) = (LEAVE_ROOT[0], &LEAVE_ROOT[1..]);
    let tried = Command::new(program)
        .args(arguments)
        .arg("true")
        .stdin(Stdio::null())
        .output();
    let reason = match tried {
        Ok(output) if output.status.success() => {
            return Ok(LEAVE_ROOT.map(str::to_owned).to_vec());
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Err(PostgresError::CannotLeaveRoot(reason))
}
