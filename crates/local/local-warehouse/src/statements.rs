//! What became of the statements: their states, tokens and results.

mod statement;
mod status;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use serde_json::Value;
use uuid::Uuid;

pub(crate) use self::statement::{NewStatement, Outcome, Part, Statement};
pub(crate) use self::status::Status;
use crate::cancellation::Cancellation;
use crate::data_api::{ApiError, Submission};
use crate::limits::{ACTIVE_STATEMENTS_MAX, CLIENT_TOKEN_WINDOW};
use crate::result_set::ResultSet;

/// What a statement behind a failed one is told.
const EARLIER_FAILED: &str = "Connection or an prior query failed.";

/// All statements since the start.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    kept: Mutex<Kept>,
}

/// The statements themselves, under their lock.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    by_id: HashMap<Uuid, Statement>,
    in_order: Vec<Uuid>,
    by_token: HashMap<String, (Uuid, Instant)>,
    queries: i64,
}

impl Kept {
    /// The statement that came with this token, if its request was the same.
    pub(crate) fn by_token(
        &mut self,
        token: Option<&str>,
        submission: &Submission,
    ) -> Result<Option<Uuid>, ApiError> {
        self.by_token
            .retain(|_, (_, since)| since.elapsed() < CLIENT_TOKEN_WINDOW);
        let known = token.and_then(|token| self.by_token.get(token));
        let Some((id, _)) = known else {
            return Ok(None);
        };
        let same = self.by_id.get(id);
        if same.is_some_and(|statement| statement.submission == *submission) {
            return Ok(Some(*id));
        }
        let reason = "The client token was used with other request parameters.";
        Err(ApiError::Validation(reason.to_owned()))
    }

    /// Refuses one statement too many.
    pub(crate) fn admit(&self) -> Result<(), ApiError> {
        let active = self
            .by_id
            .values()
            .filter(|statement| !statement.status.is_final());
        if active.count() >= ACTIVE_STATEMENTS_MAX {
            return Err(ApiError::ActiveStatementsExceeded);
        }
        Ok(())
    }

    pub(crate) fn insert(&mut self, mut new: NewStatement) {
        if let Some(token) = new.client_token.take() {
            self.by_token.insert(token, (new.id, Instant::now()));
        }
        self.in_order.push(new.id);
        self.by_id.insert(new.id, Statement::new(new));
    }
}

impl Statements {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Kept> {
        // Whoever panicked was reading, or has left a statement without its last change.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a statement.
    pub(crate) fn read<T>(&self, id: Uuid, look: impl FnOnce(&Statement) -> T) -> Result<T, ApiError> {
        let kept = self.lock();
        let statement = kept.by_id.get(&id);
        statement.map(look).ok_or_else(|| unknown(id))
    }

    /// What `look` picks, the newest first, with each one's place; only places before `before`.
    pub(crate) fn newest_first(
        &self,
        before: Option<usize>,
        look: impl Fn(&Statement) -> Option<Value>,
    ) -> Vec<(usize, Value)> {
        let kept = self.lock();
        let end = before.unwrap_or(kept.in_order.len()).min(kept.in_order.len());
        let places = kept.in_order[..end].iter().enumerate().rev();
        places
            .filter_map(|(place, id)| Some((place, look(kept.by_id.get(id)?)?)))
            .collect()
    }

    /// How many statements are in each state, by its name.
    pub(crate) fn counts(&self) -> HashMap<&'static str, usize> {
        let kept = self.lock();
        let mut counts: HashMap<_, _> = Status::ALL.iter().map(|status| (status.name(), 0)).collect();
        for statement in kept.by_id.values() {
            *counts.entry(statement.status.name()).or_default() += 1;
        }
        counts
    }

    /// Returns when the statement has ended; `None` for one that does not exist.
    pub(crate) fn ended(&self, id: Uuid) -> Option<impl Future<Output = ()> + use<>> {
        let mut done = self.lock().by_id.get(&id)?.done.subscribe();
        Some(async move {
            // The sender lives as long as the statement: as long as the warehouse.
            let _ = done.wait_for(|done| *done).await;
        })
    }

    /// Asks a statement to stop, and says in which state that found it.
    pub(crate) fn cancel(&self, id: Uuid) -> Result<Status, ApiError> {
        self.read(id, |statement| {
            statement.cancellation.request();
            statement.status
        })
    }

    pub(crate) fn cancellation(&self, id: Uuid) -> Cancellation {
        let kept = self.lock();
        let statement = kept.by_id.get(&id);
        statement
            .map(|statement| statement.cancellation.clone())
            .unwrap_or_default()
    }

    /// The statement has a slot.
    pub(crate) fn picked(&self, id: Uuid) {
        self.change(id, |statement| statement.status = Status::Picked);
    }

    /// The statement has a connection.
    pub(crate) fn started(&self, id: Uuid, pid: i32) {
        self.change(id, |statement| {
            statement.status = Status::Started;
            statement.pid = pid;
            statement.started = Some(Instant::now());
        });
    }

    /// One of its parts begins.
    pub(crate) fn part_started(&self, id: Uuid, place: usize) {
        let mut kept = self.lock();
        kept.queries += 1;
        let query_id = kept.queries;
        if let Some(part) = kept.by_id.get_mut(&id).and_then(|it| it.parts.get_mut(place)) {
            part.status = Status::Started;
            part.query_id = query_id;
            part.started = Some(Instant::now());
            part.updated = SystemTime::now();
        }
    }

    /// One of its parts has run.
    pub(crate) fn part_finished(&self, id: Uuid, place: usize, outcome: Outcome) {
        self.change(id, |statement| {
            if let Some(part) = statement.parts.get_mut(place) {
                part.rows = outcome.rows;
                part.size = outcome.result.as_ref().map_or(0, ResultSet::size);
                part.result = outcome.result.map(Arc::new);
                part.end(Status::Finished, None);
            }
        });
    }

    /// It has run whole.
    pub(crate) fn finished(&self, id: Uuid) {
        self.end(id, Status::Finished, None);
    }

    /// Its part at `place` ended it, with an error or because the user stopped it. `None`: all had run, but the
    /// transaction could not be committed.
    pub(crate) fn ended_early(&self, id: Uuid, place: Option<usize>, status: Status, error: String) {
        self.change(id, |statement| {
            let place = place.unwrap_or(statement.parts.len());
            for (part, at) in statement.parts.iter_mut().zip(0..) {
                if at == place {
                    part.end(status, Some(error.clone()));
                } else if at > place {
                    part.end(Status::Aborted, Some(EARLIER_FAILED.to_owned()));
                }
            }
        });
        let is_batch = self.read(id, |statement| statement.submission.is_batch);
        let text = match (is_batch, place) {
            (Ok(true), Some(place)) => format!("Query #{} failed with {error}", place + 1),
            _ => error,
        };
        self.end(id, status, Some(text));
    }

    fn end(&self, id: Uuid, status: Status, error: Option<String>) {
        self.change(id, |statement| {
            statement.status = status;
            statement.error = error;
            statement.ended = Some(Instant::now());
            statement.done.send_replace(true);
        });
    }

    fn change(&self, id: Uuid, change: impl FnOnce(&mut Statement)) {
        if let Some(statement) = self.lock().by_id.get_mut(&id) {
            change(statement);
            statement.updated = SystemTime::now();
        }
    }
}

fn unknown(id: Uuid) -> ApiError {
    ApiError::ResourceNotFound {
        message: "Query does not exist.".to_owned(),
        id: id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sessions::Target;

    #[test]
    fn a_token_is_known_for_eight_hours() {
        let mut kept = Kept::default();
        let id = Uuid::new_v4();
        let submission = Submission::default();
        let target = Target {
            workgroup: "w".to_owned(),
            database: "d".to_owned(),
            user: "admin".to_owned(),
            secret_arn: None,
            session: None,
        };
        kept.insert(NewStatement {
            id,
            submission: submission.clone(),
            target,
            client_token: Some("token".to_owned()),
        });
        let hours = |hours: u64| Duration::from_secs(hours * 60 * 60);
        for (age, expected) in [(hours(7), Some(id)), (hours(8), None)] {
            let since = Instant::now().checked_sub(age).unwrap();
            kept.by_token.insert("token".to_owned(), (id, since));
            assert_eq!(kept.by_token(Some("token"), &submission), Ok(expected));
        }
    }
}
