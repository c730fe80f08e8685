//! One PostgreSQL server for all tests of this binary.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use local_warehouse::postgres::{CommandLine, ConnectionSettings, Installation, Server};

const READY: Duration = Duration::from_secs(60);

/// Runs the server in a group of its own until the pipe from the test closes, which the kernel does however the test
/// ends; then kills it and removes its data.
const GUARDED: &str = r#"
directory=$1; shift
set -m
"$@" </dev/null &
server=$!
trap '' HUP INT TERM
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$directory"
"#;

struct Running {
    server: Server,
    /// Its standard input is open as long as the test runs.
    _guard: Mutex<Child>,
}

/// How to reach the server, which is started for the first who asks.
pub(crate) async fn settings() -> ConnectionSettings {
    static RUNNING: OnceLock<Running> = OnceLock::new();
    let server = &RUNNING.get_or_init(start).server;
    server.ready(READY).await.expect("PostgreSQL answers");
    server.settings().clone()
}

fn start() -> Running {
    let directory = tempfile::Builder::new()
        .prefix("local-warehouse-")
        .tempdir()
        .unwrap()
        .keep();
    let server = Server::describe(installation(), &directory, free_port()).unwrap();
    assert!(!server.is_initialised());
    let initialise = server.initialise();
    let done = command(&initialise.program, &initialise).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(server.is_initialised());
    let guard = Mutex::new(serve(&directory, &server.serve()));
    Running {
        server,
        _guard: guard,
    }
}

fn serve(directory: &Path, serve: &CommandLine) -> Child {
    let log = std::fs::File::create(directory.join("log")).unwrap();
    Command::new("sh")
        .args(["-c", GUARDED, "sh"])
        .arg(directory)
        .arg(&serve.program)
        .args(&serve.arguments)
        .envs(serve.environment.iter().cloned())
        .stdin(Stdio::piped())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

fn command(program: &Path, line: &CommandLine) -> Command {
    let mut command = Command::new(program);
    command
        .args(&line.arguments)
        .envs(line.environment.iter().cloned())
        .stdin(Stdio::null());
    command
}

/// The project's, as `scripts/setup` installs it, or the machine's.
fn installation() -> Installation {
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../.venv");
    let path = std::env::var_os("PATH").unwrap_or_default();
    Installation::find(&project, &path).unwrap_or_else(|error| panic!("{error}"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
