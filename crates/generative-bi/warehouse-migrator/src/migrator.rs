//! Applies what is to be applied, within the caller's time.

use redshift_data::{
    Batch, CallError, CallErrorKind, ClientToken, DataApi, Outcome, Session, Statement, Submission,
    Warehouse, Work,
};
use tokio::time::Instant;

use crate::file_error::FileError;
use crate::file_name::Version;
use crate::history::{self, History};
use crate::migrations::Migrations;
use crate::plan::{Plan, Step, plan};
use crate::request::RequestId;

mod running;

use running::{Running, Stop};

/// Applies files to a warehouse.
#[derive(Debug, Clone)]
pub struct Migrator<A> {
    warehouse: Warehouse<A>,
    nonce: fn() -> u64,
}

/// How far the files are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Progress {
    /// All of them are.
    Done(Done),
    /// The time is over. The same request goes on where this one stopped.
    NotYet {
        /// What it is at, for a person.
        at: String,
    },
}

/// All files are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The files' last version.
    pub newest: Option<Version>,
    /// The versions that this request applied, or finished.
    pub applied: Vec<Version>,
    /// Versions of the history that are newer than the files.
    pub ahead: Vec<Version>,
}

/// The files cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// A file, or a statement of it, is at fault.
    #[error(transparent)]
    File(#[from] FileError),
    /// The history cannot be made or read.
    #[error("the history: {0}")]
    History(String),
}

/// Tells about steps as they are applied.
pub type Told<'told> = &'told (dyn Fn(&Step<'_>) + Sync);

/// How often a statement is tried that can be tried again: each try has a token of its own.
pub const ATTEMPTS: u32 = 3;

impl<A: DataApi> Migrator<A> {
    /// A migrator of `warehouse`. `nonce` gives numbers that do not come again: what is read must be read anew.
    pub fn new(warehouse: Warehouse<A>, nonce: fn() -> u64) -> Self {
        Self { warehouse, nonce }
    }

    /// Applies what is not applied yet, and stops before `deadline`. `told` hears of each step that is.
    ///
    /// # Errors
    /// Names the file and the statement that cannot be applied. What is applied before it stays.
    pub async fn migrate(
        &self,
        files: &Migrations,
        request: &RequestId,
        deadline: Instant,
        told: Told<'_>,
    ) -> Result<Progress, MigrateError> {
        match self.apply(files, request, deadline, told).await {
            Ok(done) => Ok(Progress::Done(done)),
            Err(Stop::Later(at)) => Ok(Progress::NotYet { at }),
            Err(Stop::Failed(error)) => Err(error),
            Err(Stop::Statement(error)) => Err(error.into()),
        }
    }

    /// The history as it is. Makes an empty one where there is none.
    ///
    /// # Errors
    /// It cannot be made or read, or not before `deadline`.
    pub async fn history(&self, request: &RequestId, deadline: Instant) -> Result<History, MigrateError> {
        let history = async {
            self.make_history(request, deadline).await?;
            self.read_history(request, deadline).await
        };
        history.await.map_err(|stop| match stop {
            Stop::Later(at) => MigrateError::History(at),
            Stop::Failed(error) => error,
            Stop::Statement(error) => error.into(),
        })
    }

    async fn apply(
        &self,
        files: &Migrations,
        request: &RequestId,
        deadline: Instant,
        told: Told<'_>,
    ) -> Result<Done, Stop> {
        self.make_history(request, deadline).await?;
        let mut history = self.read_history(request, deadline).await?;
        let running = Running::new(&self.warehouse, request, deadline);
        loop {
            let planned = plan(files, &history).map_err(MigrateError::File)?;
            let Some((step, error)) = run_all(&running, &planned, told).await? else {
                history = self.read_history(request, deadline).await?;
                return Ok(done(files, &history, request));
            };
            // Another migrator may have been faster: what it has recorded did not fail.
            history = self.read_history(request, deadline).await?;
            let planned = plan(files, &history).map_err(MigrateError::File)?;
            if planned.steps.contains(&step) {
                return Err(Stop::Statement(error));
            }
        }
    }

    async fn make_history(&self, request: &RequestId, deadline: Instant) -> Result<(), Stop> {
        let statements = [
            history::CREATE_SCHEMA,
            history::CREATE_TABLE,
            history::CREATE_LOCK,
        ]
        .map(str::to_owned);
        let batch =
            Batch::new(statements.into()).map_err(|error| MigrateError::History(error.to_string()))?;
        let mut last = String::new();
        for attempt in 1..=ATTEMPTS {
            let submission = Submission {
                work: Work::Batch(batch.clone()),
                token: ClientToken::derived_from(
                    &["warehouse-migrator", request.as_str(), "history"],
                    attempt,
                ),
                session: Session::Own,
            };
            match self
                .warehouse
                .run(&submission, deadline)
                .await
                .map_err(of_history)?
            {
                Outcome::Finished => return Ok(()),
                Outcome::StillRunning => return Err(Stop::Later("the history is being made".to_owned())),
                // Two that make it at once may collide: then it is there at the next try.
                Outcome::Failed(failure) | Outcome::Aborted(failure) => last = failure.to_string(),
            }
        }
        Err(MigrateError::History(last).into())
    }

    async fn read_history(&self, request: &RequestId, deadline: Instant) -> Result<History, Stop> {
        let statement =
            Statement::new(history::READ).map_err(|error| MigrateError::History(error.to_string()))?;
        let nonce = (self.nonce)().to_string();
        let submission = Submission {
            work: Work::Statement(statement),
            token: ClientToken::derived_from(&["warehouse-migrator", request.as_str(), "read", &nonce], 1),
            session: Session::Own,
        };
        let rows = match self.warehouse.query(&submission, deadline).await {
            Ok(rows) => rows,
            Err(error) if error.is_passing() => return Err(Stop::Later(format!("the history: {error}"))),
            Err(error) => return Err(MigrateError::History(error.to_string()).into()),
        };
        let history = History::from_rows(&rows);
        Ok(history.map_err(|error| MigrateError::History(error.to_string()))?)
    }
}

/// Runs the steps of a plan. Comes back with the first that failed in the warehouse.
async fn run_all<'files, A: DataApi>(
    running: &Running<'_, A>,
    plan: &Plan<'files>,
    told: Told<'_>,
) -> Result<Option<(Step<'files>, FileError)>, Stop> {
    for step in &plan.steps {
        match running.step(step).await {
            Ok(()) => told(step),
            Err(Stop::Statement(error)) => return Ok(Some((*step, error))),
            Err(stop) => return Err(stop),
        }
    }
    Ok(None)
}

fn done(files: &Migrations, history: &History, request: &RequestId) -> Done {
    let by_this_request = |version: &Version| {
        history
            .of(*version)
            .any(|entry| entry.request == request.as_str())
    };
    let versions = files.iter().map(|migration| migration.version);
    Done {
        newest: files.newest(),
        applied: versions.filter(by_this_request).collect(),
        ahead: plan(files, history).map(|plan| plan.ahead).unwrap_or_default(),
    }
}

fn of_history(error: CallError) -> Stop {
    match error.kind {
        CallErrorKind::Retryable => Stop::Later(format!("the history: {error}")),
        CallErrorKind::Refused => MigrateError::History(error.to_string()).into(),
    }
}
