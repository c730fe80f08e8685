//! Processes that never outlive the local cloud, however it ends.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{ChildStdin, Command};
use tokio::sync::watch;

use crate::{ACCESS_KEY, Error, REGION};

/// Runs the program as the leader of its own process group, next to a guard that kills the whole group as soon as the
/// pipe from the local cloud closes. The kernel closes the pipe when the local cloud ends, even by SIGKILL. The guard
/// leaves it to its owner to answer Ctrl-C and friends.
const GUARDED: &str = r#"
exec 3<&0
( trap '' HUP INT TERM; cat <&3 >/dev/null 2>&1; kill -KILL 0 ) >/dev/null 2>&1 &
exec 3<&-
exec "$@" </dev/null
"#;

/// What to run, and with which environment.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    name: String,
    line: Vec<OsString>,
    directory: PathBuf,
    variables: Vec<(OsString, OsString)>,
    inherited: fn(&str) -> bool,
    output: Output,
}

/// Where a program's output goes.
#[derive(Clone, Debug)]
enum Output {
    Log(PathBuf),
    Terminal,
}

/// Variables that a part needs to run at all. Anything else of the caller's environment (a signed-in AWS account above
/// all) stays out.
fn needed(name: &str) -> bool {
    ["HOME", "LANG", "LC_ALL", "PATH", "TERM", "TZ", "USER"].contains(&name)
}

/// Variables that the caller's own command gets: all but those of an AWS account.
fn harmless(name: &str) -> bool {
    !name.starts_with("AWS_")
}

impl Program {
    /// A program whose output goes to `log`. `name` is how errors call it.
    pub(crate) fn logged(name: &str, program: impl AsRef<OsStr>, log: PathBuf) -> Self {
        Self::new(name, program.as_ref(), Output::Log(log), needed)
    }

    /// A program of the caller's, that shares the caller's terminal and environment, save for the AWS account.
    pub(crate) fn shown(name: &str, program: impl AsRef<OsStr>) -> Self {
        Self::new(name, program.as_ref(), Output::Terminal, harmless)
    }

    fn new(name: &str, program: &OsStr, output: Output, inherited: fn(&str) -> bool) -> Self {
        Self {
            name: name.to_owned(),
            line: vec![program.to_owned()],
            directory: PathBuf::from("."),
            variables: Vec::new(),
            inherited,
            output,
        }
    }

    pub(crate) fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.line.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub(crate) fn directory(mut self, directory: &Path) -> Self {
        self.directory = directory.to_owned();
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Gives it the local cloud for an AWS account: what it calls goes to `endpoint`, and nowhere else.
    pub(crate) fn calling(self, endpoint: &str) -> Self {
        [
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", ACCESS_KEY),
            ("AWS_REGION", REGION),
            ("AWS_DEFAULT_REGION", REGION),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]
        .into_iter()
        .fold(self, |program, (name, value)| program.variable(name, value))
    }

    /// Starts it. Needs a Tokio runtime.
    pub(crate) fn start(&self) -> Result<Group, Error> {
        Group::start(self)
    }

    /// Runs it to its end; any exit code but 0 is an error.
    pub(crate) async fn run(&self) -> Result<(), Error> {
        let group = self.start()?;
        match group.exited().await {
            Some(status) if status.success() => Ok(()),
            status => Err(group.died(status)),
        }
    }
}

/// A running program and everything that it started. Dropping it kills them all.
#[derive(Debug)]
pub(crate) struct Group {
    name: String,
    log: PathBuf,
    id: Pid,
    exit: watch::Receiver<Option<ExitStatus>>,
    /// Closing it makes the guard kill the group.
    _guard: Option<ChildStdin>,
}

impl Group {
    fn start(program: &Program) -> Result<Self, Error> {
        let attempt = || format!("start {} ({})", program.name, program.line[0].display());
        let mut command = Command::new("sh");
        command
            .args(["-c", GUARDED, "sh"])
            .args(&program.line)
            .current_dir(&program.directory)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(program.inherited)))
            .envs(program.variables.iter().cloned())
            .stdin(Stdio::piped())
            .process_group(0);
        let log = match &program.output {
            Output::Terminal => PathBuf::from("the terminal"),
            Output::Log(path) => {
                let file = log_file(path).map_err(Error::machine(format!("write {}", path.display())))?;
                let twin = file.try_clone().map_err(Error::machine(attempt()))?;
                command.stdout(file).stderr(twin);
                path.clone()
            }
        };
        let mut child = command.spawn().map_err(Error::machine(attempt()))?;
        let id = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .map(Pid::from_raw);
        let id = id.ok_or_else(|| std::io::ErrorKind::NotFound.into());
        let id = id.map_err(Error::machine(attempt()))?;
        let guard = child.stdin.take();
        let (exited, exit) = watch::channel(None);
        tokio::spawn(async move {
            if let Ok(status) = child.wait().await {
                exited.send_replace(Some(status));
            }
        });
        Ok(Self {
            name: program.name.clone(),
            log,
            id,
            exit,
            _guard: guard,
        })
    }

    /// The process group's id.
    pub(crate) fn id(&self) -> i32 {
        self.id.as_raw()
    }

    /// Waits for the program's end; `None` when how it ended cannot be known. Does not keep the group alive.
    pub(crate) fn exited(&self) -> impl Future<Output = Option<ExitStatus>> + Send + use<> {
        let mut exit = self.exit.clone();
        async move { *exit.wait_for(Option::is_some).await.ok()? }
    }

    /// Asks the program (not what it started) to end, waits for it at most `grace`, then kills the whole group.
    pub(crate) async fn stop(self, grace: Duration) {
        // An error means that it has ended already.
        let _ = nix::sys::signal::kill(self.id, Signal::SIGTERM);
        let _ = tokio::time::timeout(grace, self.exited()).await;
        self.kill();
        self.exited().await;
    }

    /// Sends SIGKILL to the program and to everything that it started.
    pub(crate) fn kill(&self) {
        // The guard is in the group until we close its pipe, so the id cannot belong to anybody else.
        let _ = killpg(self.id, Signal::SIGKILL);
    }

    /// The error that says how it ended.
    pub(crate) fn died(&self, status: Option<ExitStatus>) -> Error {
        let reason = status.map_or_else(|| "ended".to_owned(), |status| format!("ended ({status})"));
        Error::part(&self.name, reason, &self.log)
    }

    /// The error for a program that runs but does not do its work.
    pub(crate) fn failed(&self, reason: impl Into<String>) -> Error {
        Error::part(&self.name, reason, &self.log)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

fn log_file(path: &Path) -> std::io::Result<File> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    File::options().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, log: &Path) -> Program {
        Program::logged("test program", "sh", log.to_owned()).arguments(["-c", script])
    }

    /// Whether a process of the group runs. A zombie does not.
    fn alive(group: i32) -> bool {
        let list = std::process::Command::new("ps")
            .args(["-A", "-o", "pgid=,stat="])
            .output()
            .unwrap();
        String::from_utf8_lossy(&list.stdout).lines().any(|line| {
            let mut fields = line.split_whitespace();
            fields.next() == Some(&group.to_string()) && !fields.next().unwrap_or("Z").starts_with('Z')
        })
    }

    async fn until_dead(group: i32) {
        let dead = async {
            while alive(group) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), dead).await.unwrap();
    }

    /// Waits until the program has written a line, so that it is surely running.
    async fn until_written(log: &Path) {
        while !std::fs::read_to_string(log).unwrap_or_default().contains('\n') {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn an_exit_code_is_told_with_the_end_of_the_log() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let error = shell("echo cause; exit 3", &log)
            .run()
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("test program: ended (exit status: 3)"), "{error}");
        assert!(error.contains("| cause"), "{error}");
    }

    #[tokio::test]
    async fn the_callers_account_stays_out() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        // CARGO_MANIFEST_DIR stands for any variable of the caller.
        shell("echo ${CARGO_MANIFEST_DIR-unset} $OWN", &log)
            .variable("OWN", "own")
            .run()
            .await
            .unwrap();
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "unset own\n");
    }

    #[tokio::test]
    async fn dropping_a_group_kills_what_the_program_started_too() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let group = shell("trap '' TERM; sleep 1000 & echo started; sleep 1000", &log)
            .start()
            .unwrap();
        until_written(&log).await;
        let id = group.id();
        assert!(alive(id));
        drop(group);
        until_dead(id).await;
    }

    #[tokio::test]
    async fn a_program_that_ignores_sigterm_is_killed_after_the_grace() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let group = shell("trap '' TERM; echo started; sleep 1000; sleep 1000", &log)
            .start()
            .unwrap();
        until_written(&log).await;
        let id = group.id();
        group.stop(Duration::from_millis(50)).await;
        until_dead(id).await;
    }

    #[tokio::test]
    async fn a_closed_pipe_is_enough_to_kill_the_group() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let mut group = shell("echo started; sleep 1000; sleep 1000", &log)
            .start()
            .unwrap();
        until_written(&log).await;
        // As the kernel does when the local cloud itself is killed: no code of ours runs.
        drop(group._guard.take());
        until_dead(group.id()).await;
    }
}
