//! The base emulator: started, asked whether it is ready, restarted.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::StatusCode;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Command;

use crate::Error;
use crate::options::{self, Options, Pattern};
use crate::process::{Group, Program};
use crate::readiness;

/// How long a start may take. ministack needs a second, a cold file cache some more.
const START_DEADLINE: Duration = Duration::from_secs(60);
/// How long ministack may take to write its state down and end. It waits 3 s for open connections itself.
pub(crate) const STOP_GRACE: Duration = Duration::from_secs(15);

/// A ministack of our own: its address stays the same over a restart.
#[derive(Debug)]
pub(crate) struct Ministack {
    program: Program,
    group: Group,
    authority: String,
    mqtt_port: Option<u16>,
}

impl Ministack {
    /// Starts it, and returns when it is ready. What its functions call is `endpoint`.
    pub(crate) async fn start(
        options: &Options,
        state: &Path,
        log: PathBuf,
        endpoint: &str,
    ) -> Result<Self, Error> {
        let program = options.project_directory.join(".venv/bin/ministack");
        options::present(&program, "run scripts/setup")?;
        let port = free_port()?;
        let mqtt_port = match options.deploy {
            Some(Pattern::IotInference) => Some(free_port()?),
            _ => None,
        };
        let program = describe(&program, port, state, log, endpoint)?;
        let program = with_broker(program, mqtt_port);
        let authority = format!("{}:{port}", Ipv4Addr::LOCALHOST);
        let group = start_and_wait(&program, &authority).await?;
        Ok(Self {
            program,
            group,
            authority,
            mqtt_port,
        })
    }

    /// Where its MQTT broker listens, if it does.
    pub(crate) fn mqtt_port(&self) -> Option<u16> {
        self.mqtt_port
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The process group of the emulator and of the functions that it runs.
    pub(crate) fn group(&self) -> &Group {
        &self.group
    }

    /// Ends it, with `grace` to write its state down.
    pub(crate) async fn stop(self, grace: Duration) {
        self.group.stop(grace).await;
    }

    /// Ends it, kills its functions wherever they are, and starts it again with the state that it had. ministack
    /// writes its state only when it is asked to end: after a SIGKILL there would be no stream to come back to.
    pub(crate) async fn restart(self) -> Result<Self, Error> {
        let Self {
            program,
            group,
            authority,
            mqtt_port,
        } = self;
        group.stop(STOP_GRACE).await;
        let group = start_and_wait(&program, &authority).await?;
        Ok(Self {
            program,
            group,
            authority,
            mqtt_port,
        })
    }
}

impl Ministack {
    /// Kills every running function with SIGKILL and says how many there were.
    pub(crate) async fn kill_functions(&self) -> Result<usize, Error> {
        let functions = functions_of(self.group.id()).await?;
        // One that ended by itself in between is no failure.
        let killed = functions
            .into_iter()
            .filter(|function| kill(*function, Signal::SIGKILL).is_ok());
        Ok(killed.count())
    }
}

/// The processes of a group that run a function's `bootstrap`.
async fn functions_of(group: i32) -> Result<Vec<Pid>, Error> {
    let listing = Command::new("ps")
        .args(["-A", "-o", "pgid=,pid=,args="])
        .output()
        .await;
    let listing = listing.map_err(Error::machine("list processes with ps"))?;
    let listing = String::from_utf8_lossy(&listing.stdout);
    let functions = listing.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        let in_group = fields.next()?.parse() == Ok(group);
        let process = fields.next()?.parse().ok()?;
        (in_group && fields.next()?.ends_with("/bootstrap")).then(|| Pid::from_raw(process))
    });
    Ok(functions.collect())
}

async fn start_and_wait(program: &Program, authority: &str) -> Result<Group, Error> {
    let group = program.start()?;
    tokio::select! {
        status = group.exited() => return Err(group.died(status)),
        ready = readiness::until(authority, "/_ministack/ready", StatusCode::is_success, START_DEADLINE) => {
            ready.map_err(|reason| group.failed(reason))?;
        }
    }
    Ok(group)
}

/// ministack with everything that it opens bound to 127.0.0.1, and everything that it writes below `state`.
///
/// Its environment is also its functions': they must find our endpoint in it, not the emulator's own.
fn describe(program: &Path, port: u16, state: &Path, log: PathBuf, endpoint: &str) -> Result<Program, Error> {
    let temporary = state.join("tmp");
    std::fs::create_dir_all(&temporary).map_err(Error::machine(format!("create {}", temporary.display())))?;
    let directory = |name: &str| state.join(name).into_os_string();
    Ok(Program::logged("emulator", program, log)
        .directory(state)
        .variable("GATEWAY_PORT", port.to_string())
        .variable("BIND_HOST", "127.0.0.1")
        .variable("MINISTACK_HOST", "127.0.0.1")
        // Without it it opens an SFTP port on every interface.
        .variable("SFTP_ENABLED", "0")
        .variable("LAMBDA_EXECUTOR", "local")
        .variable("PERSIST_STATE", "1")
        .variable("STATE_DIR", directory("services"))
        .variable("S3_PERSIST", "1")
        .variable("S3_DATA_DIR", directory("s3"))
        .variable("TMPDIR", temporary)
        // No Docker daemon is looked for: nothing here runs in a container.
        .variable("DOCKER_HOST", "unix:///nonexistent")
        .calling(endpoint))
}

/// The broker takes devices with a certificate of the emulator's own authority. It listens on every interface, and
/// offers nothing else: so only where devices are to come.
fn with_broker(program: Program, port: Option<u16>) -> Program {
    match port {
        Some(port) => program
            .variable("IOT_MTLS_ENABLED", "1")
            .variable("IOT_MTLS_PORT", port.to_string()),
        None => program.variable("IOT_MTLS_ENABLED", "0"),
    }
}

/// A port that nobody listens on. Somebody may take it before the emulator does; the emulator then says so and ends.
pub(crate) fn free_port() -> Result<u16, Error> {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    TcpListener::bind(any)
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::machine("find a free port on 127.0.0.1"))
}
