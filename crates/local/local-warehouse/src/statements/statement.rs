//! A statement and its parts.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use tokio::sync::watch;
use uuid::Uuid;

use super::status::Status;
use crate::cancellation::Cancellation;
use crate::data_api::Submission;
use crate::result_set::ResultSet;
use crate::sessions::Target;

/// What was submitted with one call.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) id: Uuid,
    pub(crate) submission: Submission,
    pub(crate) target: Target,
    pub(crate) created: SystemTime,
    pub(crate) updated: SystemTime,
    pub(crate) status: Status,
    pub(crate) error: Option<String>,
    pub(crate) pid: i32,
    pub(crate) parts: Vec<Part>,
    pub(super) started: Option<Instant>,
    pub(super) ended: Option<Instant>,
    pub(super) cancellation: Cancellation,
    /// Whether it has ended.
    pub(super) done: watch::Sender<bool>,
}

/// One statement of a batch, or the only one.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) sql: String,
    pub(crate) status: Status,
    pub(crate) error: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) updated: SystemTime,
    pub(crate) rows: i64,
    pub(crate) size: i64,
    pub(crate) query_id: i64,
    pub(crate) result: Option<Arc<ResultSet>>,
    pub(super) started: Option<Instant>,
    ended: Option<Instant>,
}

/// How one statement ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Rows that it answers with, or that it changed.
    pub(crate) rows: i64,
    /// The rows, where it answers with some or could have.
    pub(crate) result: Option<ResultSet>,
}

/// What a statement begins with.
#[derive(Debug)]
pub(crate) struct NewStatement {
    pub(crate) id: Uuid,
    pub(crate) submission: Submission,
    pub(crate) target: Target,
    pub(crate) client_token: Option<String>,
}

impl Statement {
    pub(super) fn new(new: NewStatement) -> Self {
        let now = SystemTime::now();
        let texts = new.submission.statements.iter();
        let parts = texts.map(|sql| Part::new(sql.clone(), now)).collect();
        Self {
            id: new.id,
            submission: new.submission,
            target: new.target,
            created: now,
            updated: now,
            status: Status::Submitted,
            error: None,
            pid: 0,
            parts,
            started: None,
            ended: None,
            cancellation: Cancellation::default(),
            done: watch::Sender::new(false),
        }
    }

    /// Whether some part answers with rows.
    pub(crate) fn has_result(&self) -> bool {
        self.status == Status::Finished && self.parts.iter().any(|part| part.result.is_some())
    }

    /// Rows and bytes: of the only statement, or of a batch's last.
    pub(crate) fn totals(&self) -> (i64, i64) {
        self.parts.last().map_or((-1, -1), |part| (part.rows, part.size))
    }

    pub(crate) fn duration_nanos(&self) -> i64 {
        duration_nanos(self.started, self.ended)
    }
}

impl Part {
    fn new(sql: String, now: SystemTime) -> Self {
        Self {
            sql,
            status: Status::Submitted,
            error: None,
            created: now,
            updated: now,
            rows: -1,
            size: -1,
            query_id: 0,
            result: None,
            started: None,
            ended: None,
        }
    }

    pub(crate) fn duration_nanos(&self) -> i64 {
        duration_nanos(self.started, self.ended)
    }

    pub(super) fn end(&mut self, status: Status, error: Option<String>) {
        self.status = status;
        self.error = error;
        self.updated = SystemTime::now();
        self.ended = Some(Instant::now());
    }
}

/// So far, or in all; -1 before it began.
fn duration_nanos(started: Option<Instant>, ended: Option<Instant>) -> i64 {
    started.map_or(-1, |started| {
        let until = ended.unwrap_or_else(Instant::now);
        i64::try_from((until - started).as_nanos()).unwrap_or(i64::MAX)
    })
}
