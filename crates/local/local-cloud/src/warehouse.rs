//! The warehouse: a PostgreSQL server in a process group of its own, and the Redshift Data API in front of it.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use aws_types::SdkConfig;
use local_warehouse::LocalWarehouse;
use local_warehouse::postgres::{CommandLine, ConnectionSettings, Installation, PostgresError, Server};

use crate::Error;
use crate::directories::Directories;
use crate::emulator::free_port;
use crate::options::Options;
use crate::process::{Group, Program};

/// The workgroup and its database, as the stack names both locally.
const WORKGROUP: &str = "generative-bi";
const DATABASE: &str = "analytics";
/// How long PostgreSQL may take to answer. It needs a second, a cold file cache some more.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// The server behind the warehouse. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Postgres {
    server: Server,
    group: Group,
}

impl Postgres {
    /// Creates the server's data where it has none, starts it, and returns when it answers.
    pub(crate) async fn start(options: &Options, directories: &Directories) -> Result<Self, Error> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let installation = Installation::find(&options.project_directory.join(".venv"), &path);
        let log = directories.log("warehouse.log");
        let server = Server::describe(
            installation.map_err(unusable)?,
            &directories.warehouse(),
            free_port()?,
        );
        let server = server.map_err(unusable)?;
        if !server.is_initialised() {
            program("the warehouse's initdb", server.initialise(), &log)
                .run()
                .await?;
        }
        let group = program("the warehouse", server.serve(), &log).start()?;
        tokio::select! {
            status = group.exited() => return Err(group.died(status)),
            ready = server.ready(START_DEADLINE) => ready.map_err(|error| group.failed(error.to_string()))?,
        }
        Ok(Self { server, group })
    }

    /// How to reach it.
    pub(crate) fn settings(&self) -> &ConnectionSettings {
        self.server.settings()
    }

    /// Its end, as an error.
    pub(crate) fn died(&self) -> impl Future<Output = Option<ExitStatus>> + use<> {
        self.group.exited()
    }

    /// The error that says how it ended.
    pub(crate) fn death(&self, status: Option<ExitStatus>) -> Error {
        self.group.died(status)
    }
}

/// The Data API in front of the server, whose streams are those of the endpoint in `config`.
pub(crate) async fn open(
    postgres: &Postgres,
    config: &SdkConfig,
    log: &Path,
) -> Result<LocalWarehouse, Error> {
    let streams = aws_sdk_kinesis::Client::new(config);
    let opened = LocalWarehouse::connect(postgres.settings(), streams, WORKGROUP, DATABASE).await;
    opened.map_err(|error| Error::part("the warehouse", error.to_string(), log))
}

fn program(name: &str, line: CommandLine, log: &Path) -> Program {
    let program = Program::logged(name, line.program, log.to_owned()).arguments(line.arguments);
    line.environment
        .into_iter()
        .fold(program, |program, (name, value)| {
            program.variable(&name.to_string_lossy(), value)
        })
}

/// What the user can mend.
fn unusable(error: PostgresError) -> Error {
    Error::argument(error.to_string())
}
