//! One step: the statement or the transaction, and its record.

use std::time::Duration;

use redshift_data::{
    Batch, CallError, CallErrorKind, ClientToken, DataApi, Failure, Outcome, Session, SessionId, Statement,
    Submission, Warehouse, Work,
};
use tokio::time::Instant;

use super::{ATTEMPTS, MigrateError};
use crate::file_error::FileError;
use crate::file_name::Version;
use crate::history::{self, WHOLE};
use crate::migration::Migration;
use crate::plan::Step;
use crate::request::RequestId;

/// How long a session is kept after a statement: what lies between two statements is a few calls.
const SESSION_TIME: Duration = Duration::from_secs(600);

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
    nonce: fn() -> u64,
    request: &'run RequestId,
    deadline: Instant,
    session: Option<OpenSession>,
}

/// A session in which a file's settings hold.
struct OpenSession {
    version: Version,
    id: SessionId,
    settings: usize,
}

impl<'run, A: DataApi> Running<'run, A> {
    pub(super) fn new(
        warehouse: &'run Warehouse<A>,
        nonce: fn() -> u64,
        request: &'run RequestId,
        deadline: Instant,
    ) -> Self {
        Self {
            warehouse,
            nonce,
            request,
            deadline,
            session: None,
        }
    }

    /// Runs a step and records it.
    pub(super) async fn step(&mut self, step: &Step<'_>) -> Result<(), Stop> {
        match step.statement {
            WHOLE => self.transaction(step).await,
            _ => self.statement(step).await,
        }
    }

    /// The file and its record are one transaction: both are there, or neither.
    async fn transaction(&self, step: &Step<'_>) -> Result<(), Stop> {
        let Step { migration, .. } = step;
        let mut statements = vec![history::LOCK.to_owned()];
        statements.extend_from_slice(migration.statements());
        statements.push(history::record(migration, WHOLE, self.request));
        let batch = Batch::new(statements).map_err(|error| refused(step, error.to_string()))?;
        let outcome = self.tried(step, "run", Work::Batch(batch), Session::Own).await?;
        outcome.map_err(|failure| Stop::Statement(in_transaction(migration, failure)))
    }

    /// The statement and its record are two: where the first is done and the second is not, the statement's token finds
    /// it done, as long as the service remembers the token.
    async fn statement(&mut self, step: &Step<'_>) -> Result<(), Stop> {
        let sql = step.migration.statements().get(step.statement - 1).cloned();
        let session = self.session(step).await?;
        let work = statement(step, sql.unwrap_or_default())?;
        let outcome = self.tried(step, "run", work, session).await?;
        outcome.map_err(|failure| Stop::Statement(of_step(step, &failure.reason)))?;
        let record = history::record(step.migration, step.statement, self.request);
        let outcome = self
            .tried(step, "record", statement(step, record)?, Session::Own)
            .await?;
        outcome.map_err(|failure| {
            let fault = format!("it ran, and could not be recorded: {}", failure.reason);
            Stop::Statement(of_step(step, &fault))
        })
    }

    /// The session in which the settings before a statement hold; its own, where there are none.
    async fn session(&mut self, step: &Step<'_>) -> Result<Session, Stop> {
        let settings: Vec<_> = step.migration.settings_before(step.statement).collect();
        if settings.is_empty() {
            return Ok(Session::Own);
        }
        let version = step.migration.version;
        let mut open = self.session.take().filter(|open| open.version == version);
        let said = open.as_ref().map_or(0, |open| open.settings);
        for setting in settings.iter().skip(said) {
            let before = open.map_or_else(|| Session::open(SESSION_TIME), |open| Session::Reuse(open.id));
            open = Some(OpenSession {
                version,
                id: self.setting(step, setting, before).await?,
                settings: settings.len(),
            });
        }
        let session = open
            .as_ref()
            .map_or(Session::Own, |open| Session::Reuse(open.id.clone()));
        self.session = open;
        Ok(session)
    }

    /// Says a setting in a session. It may be said twice, so its token is one that no other process can have: a token
    /// that is found again is found in a session that may be closed by now.
    async fn setting(&self, step: &Step<'_>, setting: &str, session: Session) -> Result<SessionId, Stop> {
        let nonce = (self.nonce)().to_string();
        let submission = Submission {
            work: statement(step, setting.to_owned())?,
            token: ClientToken::derived_from(
                &["warehouse-migrator", self.request.as_str(), "set", &nonce],
                1,
            ),
            session: session.clone(),
        };
        let submitted = self.warehouse.submit(&submission, self.deadline).await;
        let submitted = submitted.map_err(|error| of_call(step, error))?;
        let outcome = self.warehouse.wait(&submitted.id, self.deadline).await;
        match outcome.map_err(|error| of_call(step, error))? {
            Outcome::Finished => {}
            Outcome::StillRunning => return Err(Stop::Later(step.to_string())),
            Outcome::Failed(failure) | Outcome::Aborted(failure) => {
                return Err(Stop::Statement(of_step(
                    step,
                    &format!("SET before it: {}", failure.reason),
                )));
            }
        }
        match (session, submitted.session) {
            (Session::Reuse(id), _) | (_, Some(id)) => Ok(id),
            (_, None) => Err(refused(step, "the service opened no session")),
        }
    }

    /// Runs work under the tokens of its step, until it is done, has failed for good, or the time is over.
    async fn tried(
        &self,
        step: &Step<'_>,
        purpose: &str,
        work: Work,
        session: Session,
    ) -> Result<Result<(), Failure>, Stop> {
        let mut attempt = 1;
        loop {
            let submission = Submission {
                work: work.clone(),
                token: self.token(step, purpose, attempt),
                session: session.clone(),
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
        let Step { migration, statement } = step;
        let scope = [
            "warehouse-migrator",
            self.request.as_str(),
            &migration.version.to_string(),
            migration.checksum.as_str(),
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
