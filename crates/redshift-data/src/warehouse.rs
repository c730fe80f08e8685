//! Submit, wait, read and cancel, within the caller's time.

use std::fmt;
use std::time::Duration;

use put_many::Backoff;
use tokio::time::{Instant, sleep, timeout_at};

use crate::api::{Accepted, CallError, CallErrorKind, DataApi, Description, SessionId, State, StatementId};
use crate::batch::Batch;
use crate::limits::SESSION_KEEP_ALIVE_SECONDS;
use crate::polling::Polling;
use crate::rows::Rows;
use crate::statement::Statement;
use crate::token::ClientToken;

/// A warehouse behind the Data API. Every method retries what may succeed later, with the same client token, until the
/// caller's deadline.
#[derive(Debug, Clone)]
pub struct Warehouse<A> {
    api: A,
    polling: Polling,
    backoff: Backoff,
    random: fn() -> f64,
}

/// What is to run, under which token and in which session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// A statement or a batch.
    pub work: Work,
    /// What keeps it from running twice.
    pub token: ClientToken,
    /// Where its settings and temporary tables live.
    pub session: Session,
}

/// A statement, or a batch that is one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// ExecuteStatement.
    Statement(Statement),
    /// BatchExecuteStatement.
    Batch(Batch),
}

/// The session of a submission. In a session one statement runs at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Session {
    /// One of its own, that ends with it.
    Own,
    /// One of its own, that is kept for other submissions: see [`Session::open`].
    Open {
        /// How long it is kept after its last statement.
        keep_alive_seconds: u32,
    },
    /// One that an earlier submission opened. The target is the session's.
    Reuse(SessionId),
}

impl Session {
    /// A session that is kept for `time` after its last statement: at least for a second, at most for
    /// [`SESSION_KEEP_ALIVE_SECONDS`].
    pub fn open(time: Duration) -> Self {
        let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        Self::Open {
            keep_alive_seconds: seconds.clamp(1, SESSION_KEEP_ALIVE_SECONDS),
        }
    }
}

/// A statement that the service has taken: a later process can go on with its id.
pub type Submitted = Accepted;

/// How a statement ended, or that it did not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// It ran.
    Finished,
    /// It failed. Its token is spent.
    Failed(Failure),
    /// It was stopped. Its token is spent.
    Aborted(Failure),
    /// The time is over, and the end is not known. It goes on running: the same token, or its id, finds it again.
    StillRunning,
}

/// Why a statement or a batch did not finish. Nothing of a batch was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which statement of a batch, from 1; none of a statement alone.
    pub place: Option<usize>,
    /// The warehouse's words.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(place) => write!(f, "statement {place}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// A query has no rows to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The statement failed or was aborted.
    #[error("{0}")]
    Statement(Failure),
    /// The time is over.
    #[error("the statement is still running")]
    StillRunning,
}

impl QueryError {
    /// Whether the same query may be answered later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Call(error) => error.kind == CallErrorKind::Retryable,
            Self::Statement(_) => false,
            Self::StillRunning => true,
        }
    }
}

impl<A: DataApi> Warehouse<A> {
    /// A warehouse that is called through `api`. `random` gives numbers in `0.0..1.0` for the waits.
    pub fn new(api: A, random: fn() -> f64) -> Self {
        Self {
            api,
            polling: Polling::default(),
            backoff: Backoff::default(),
            random,
        }
    }

    /// The same warehouse, looked at in another rhythm.
    #[must_use]
    pub fn with_polling(self, polling: Polling) -> Self {
        Self { polling, ..self }
    }

    /// Submits work. A repeat with the same token answers with the statement that is there already.
    ///
    /// # Errors
    /// The service refused it, or did not take it before the deadline. In the second case it may run all the same: submit
    /// it again with the same token.
    pub async fn submit(&self, submission: &Submission, deadline: Instant) -> Result<Submitted, CallError> {
        self.retried(deadline, || self.api.submit(submission)).await
    }

    /// Waits for the end of a statement.
    ///
    /// # Errors
    /// The service does not know the statement, or does not show it to this caller.
    pub async fn wait(&self, id: &StatementId, deadline: Instant) -> Result<Outcome, CallError> {
        let mut looks = 0;
        loop {
            let description = match self.retried(deadline, || self.api.describe(id)).await {
                Ok(description) => description,
                Err(error) if error.kind == CallErrorKind::Retryable => return Ok(Outcome::StillRunning),
                Err(error) => return Err(error),
            };
            if let Some(outcome) = end_of(description) {
                return Ok(outcome);
            }
            looks += 1;
            let wait = self.polling.wait(looks, (self.random)());
            if Instant::now() + wait >= deadline {
                return Ok(Outcome::StillRunning);
            }
            sleep(wait).await;
        }
    }

    /// Submits work and waits for its end.
    ///
    /// # Errors
    /// As [`submit`](Self::submit) and [`wait`](Self::wait).
    pub async fn run(&self, submission: &Submission, deadline: Instant) -> Result<Outcome, CallError> {
        let submitted = self.submit(submission, deadline).await?;
        self.wait(&submitted.id, deadline).await
    }

    /// All rows of a statement that has finished; of a batch, name one with [`StatementId::of_batch`].
    ///
    /// # Errors
    /// The service has no result for it, or did not answer before the deadline.
    pub async fn rows(&self, id: &StatementId, deadline: Instant) -> Result<Rows, CallError> {
        let mut rows = Rows::default();
        let mut next: Option<String> = None;
        loop {
            let page = self
                .retried(deadline, || self.api.result_page(id, next.as_deref()))
                .await?;
            rows.append(page.columns, page.rows);
            next = page.next.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(rows);
            }
        }
    }

    /// Runs a query and reads its rows.
    ///
    /// # Errors
    /// There are none to show: see [`QueryError`].
    pub async fn query(&self, submission: &Submission, deadline: Instant) -> Result<Rows, QueryError> {
        let submitted = self.submit(submission, deadline).await?;
        match self.wait(&submitted.id, deadline).await? {
            Outcome::Finished => Ok(self.rows(&submitted.id, deadline).await?),
            Outcome::Failed(failure) | Outcome::Aborted(failure) => Err(QueryError::Statement(failure)),
            Outcome::StillRunning => Err(QueryError::StillRunning),
        }
    }

    /// Stops a statement. It ends as ABORTED, or had ended before.
    ///
    /// # Errors
    /// The service refused, or did not answer before the deadline.
    pub async fn cancel(&self, id: &StatementId, deadline: Instant) -> Result<(), CallError> {
        self.retried(deadline, || self.api.cancel(id)).await
    }

    /// Makes a call until it is answered, refused, or the time is over.
    async fn retried<T, F>(&self, deadline: Instant, call: impl Fn() -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let mut failures = 0;
        loop {
            let error = match timeout_at(deadline, call()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) if error.kind == CallErrorKind::Refused => return Err(error),
                Ok(Err(error)) => error,
                Err(_elapsed) => return Err(CallError::retryable("no answer in time")),
            };
            failures += 1;
            let wait = self.backoff.full_jitter(failures, (self.random)());
            if Instant::now() + wait >= deadline {
                return Err(error);
            }
            sleep(wait).await;
        }
    }
}

impl StatementId {
    /// The id of the statement at `place`, from 1, of the batch that has this id.
    /// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_SubStatementData.html>
    #[must_use]
    pub fn of_batch(&self, place: usize) -> Self {
        Self::new(format!("{}:{place}", self.as_str()))
    }
}

fn end_of(description: Description) -> Option<Outcome> {
    match description.state {
        State::Running => None,
        State::Finished => Some(Outcome::Finished),
        State::Failed => Some(Outcome::Failed(failure(description))),
        State::Aborted => Some(Outcome::Aborted(failure(description))),
    }
}

/// The statement of a batch that failed; the ones behind it count as aborted.
fn failure(description: Description) -> Failure {
    let at = |state| {
        let statements = description.statements.iter();
        statements
            .enumerate()
            .find(move |(_, statement)| statement.state == state)
    };
    let culprit = at(State::Failed).or_else(|| at(State::Aborted));
    let own_reason = culprit.and_then(|(_, statement)| statement.error.clone());
    let reason = own_reason.or_else(|| description.error.clone());
    Failure {
        place: culprit.map(|(index, _)| index + 1),
        reason: reason.unwrap_or_else(|| "no reason is given".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_kept_for_a_second_up_to_a_day() {
        let kept = |seconds| Session::open(Duration::from_secs(seconds));
        let seconds = |keep_alive_seconds| Session::Open { keep_alive_seconds };
        assert_eq!(kept(0), seconds(1));
        assert_eq!(kept(86_400), seconds(86_400));
        assert_eq!(kept(86_401), seconds(86_400));
    }
}
