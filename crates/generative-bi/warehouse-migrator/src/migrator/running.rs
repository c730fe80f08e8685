//! One step: the statement or the transaction, and its record.

use redshift_data::{
    Batch, CallError, CallErrorKind, ClientToken, DataApi, Failure, Outcome, Session, Statement, Submission,
    Warehouse, Work,
};
use tokio::time::Instant;

use super::{ATTEMPTS, MigrateError};
use crate::file_error::FileError;
use crate::history::{self, WHOLE};
use crate::migration::{Migration, Way};
use crate::plan::Step;
use crate::request::RequestId;

/// Why there is no next step now.
#[derive(Debug)]
pub(super) enum Stop {
    /// The time is over, at this.
    Later(String),
    /// It makes no sense to go on.
    Failed(MigrateError),
    /// The warehouse did not run a statement.
    Statement(FileError),
}

impl From<MigrateError> for Stop {
    fn from(error: MigrateError) -> Self {
        Self::Failed(error)
    }
}

/// The migrator while it applies steps.
pub(super) struct Running<'run, A> {
    warehouse: &'run Warehouse<A>,
    request: &'run RequestId,
    deadline: Instant,
}

impl<'run, A: DataApi> Running<'run, A> {
    pub(super) fn new(warehouse: &'run Warehouse<A>, request: &'run RequestId, deadline: Instant) -> Self {
        Self {
            warehouse,
            request,
            deadline,
        }
    }

    /// Runs a step and records it.
    pub(super) async fn step(&self, step: &Step<'_>) -> Result<(), Stop> {
        match (step.migration.way, step.statement) {
            (Way::Transaction, _) => self.transaction(step).await,
            (Way::OneAtATime, WHOLE) => self.record(step).await,
            (Way::OneAtATime, _) => self.statement(step).await,
        }
    }

    /// The file and its record are one transaction: both are there, or neither.
    async fn transaction(&self, step: &Step<'_>) -> Result<(), Stop> {
        let Step { migration, .. } = step;
        let mut statements = vec![history::LOCK.to_owned()];
        statements.extend_from_slice(migration.statements());
        statements.push(history::record(step, self.request));
        let batch = Batch::new(statements).map_err(|error| refused(step, error.to_string()))?;
        let outcome = self.tried(step, "run", Work::Batch(batch)).await?;
        outcome.map_err(|failure| Stop::Statement(in_transaction(migration, failure)))
    }

    /// The statement and its record are two: where the first is done and the second is not, the statement's token finds
    /// it done, as long as the service remembers the token.
    async fn statement(&self, step: &Step<'_>) -> Result<(), Stop> {
        let sql = step.migration.statements().get(step.statement - 1).cloned();
        let work = statement(step, sql.unwrap_or_default())?;
        let outcome = self.tried(step, "run", work).await?;
        outcome.map_err(|failure| Stop::Statement(of_step(step, &failure.reason)))?;
        self.record(step).await
    }

    /// Where another migrator has recorded it meanwhile, the table refuses the record: see [`history::record`].
    async fn record(&self, step: &Step<'_>) -> Result<(), Stop> {
        let record = statement(step, history::record(step, self.request))?;
        let outcome = self.tried(step, "record", record).await?;
        outcome.map_err(|failure| {
            let fault = format!("it ran, and could not be recorded: {}", failure.reason);
            Stop::Statement(of_step(step, &fault))
        })
    }

    /// Runs work under the tokens of its step, until it is done, has failed for good, or the time is over.
    async fn tried(&self, step: &Step<'_>, purpose: &str, work: Work) -> Result<Result<(), Failure>, Stop> {
        let mut attempt = 1;
        loop {
            let submission = Submission {
                work: work.clone(),
                token: self.token(step, purpose, attempt),
                session: Session::Own,
            };
            let outcome = self.warehouse.run(&submission, self.deadline).await;
            match outcome.map_err(|error| of_call(step, error))? {
                Outcome::Finished => return Ok(Ok(())),
                Outcome::StillRunning => return Err(Stop::Later(step.to_string())),
                Outcome::Failed(failure) if attempt < ATTEMPTS && is_conflict(&failure) => attempt += 1,
                Outcome::Failed(failure) => return Ok(Err(failure)),
                Outcome::Aborted(failure) => return Ok(Err(stopped(failure))),
            }
        }
    }

    fn token(&self, step: &Step<'_>, purpose: &str, attempt: u32) -> ClientToken {
        let Step {
            migration,
            statement,
            checksum,
        } = step;
        let scope = [
            "warehouse-migrator",
            self.request.as_str(),
            &migration.version.to_string(),
            checksum.as_str(),
            &statement.to_string(),
            purpose,
        ];
        ClientToken::derived_from(&scope, attempt)
    }
}

fn statement(step: &Step<'_>, sql: String) -> Result<Work, Stop> {
    let statement = Statement::new(sql).map_err(|error| refused(step, error.to_string()))?;
    Ok(Work::Statement(statement))
}

/// A transaction that another one was in the way of: the same may go through now.
/// <https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html>
fn is_conflict(failure: &Failure) -> bool {
    let reason = failure.reason.to_ascii_lowercase();
    [
        "serializable isolation violation",
        "conflict with concurrent transaction",
        "deadlock detected",
    ]
    .iter()
    .any(|conflict| reason.contains(conflict))
}

/// Someone stopped it, or the warehouse did: that is not undone behind their back. The next deployment tries again.
fn stopped(failure: Failure) -> Failure {
    Failure {
        reason: format!("it was stopped: {}", failure.reason),
        ..failure
    }
}

fn of_call(step: &Step<'_>, error: CallError) -> Stop {
    match error.kind {
        CallErrorKind::Retryable => Stop::Later(format!("{step}: {error}")),
        CallErrorKind::Refused => refused(step, error.to_string()),
    }
}

fn refused(step: &Step<'_>, fault: impl AsRef<str>) -> Stop {
    Stop::Failed(of_step(step, fault.as_ref()).into())
}

fn of_step(step: &Step<'_>, fault: &str) -> FileError {
    match step.statement {
        WHOLE => FileError::new(&step.migration.file, fault),
        statement => FileError::at(&step.migration.file, statement, fault),
    }
}

/// A place in the batch as a statement of the file: the lock is before them, the record behind.
fn in_transaction(migration: &Migration, failure: Failure) -> FileError {
    let own = migration.statements().len();
    match failure.place {
        Some(place) if (2..=own + 1).contains(&place) => {
            FileError::at(&migration.file, place - 1, failure.reason)
        }
        Some(1) => FileError::new(
            &migration.file,
            format!("another migration could not be waited for: {}", failure.reason),
        ),
        Some(_) => FileError::new(
            &migration.file,
            format!("it could not be recorded: {}", failure.reason),
        ),
        None => FileError::new(&migration.file, failure.reason),
    }
}
