//! What became of the statements: their states, tokens and results.

mod statement;
mod status;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use serde_json::Value;
use uuid::Uuid;

pub(crate) use self::statement::{NewStatement, Outcome, Part, Statement};
pub(crate) use self::status::Status;
use crate::cancellation::Cancellation;
use crate::data_api::{ApiError, Submission};
use crate::limits::{ACTIVE_STATEMENTS_MAX, CLIENT_TOKEN_WINDOW, STATEMENT_KEPT};
use crate::result_set::ResultSet;

/// What a statement behind a failed one is told.
const EARLIER_FAILED: &str = "Connection or an prior query failed.";

/// The statements that are not yet forgotten.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    kept: Mutex<Kept>,
}

/// The statements themselves, under their lock.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    by_id: HashMap<Uuid, Statement>,
    in_order: VecDeque<Uuid>,
    /// How many were in order before the first that still is: places do not shift when it is forgotten.
    forgotten: usize,
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
        self.in_order.push_back(new.id);
        self.by_id.insert(new.id, Statement::new(new));
    }

    /// Forgets statements, with their results, that ended long ago. The oldest that has not holds on to those behind it.
    fn forget_old(&mut self) {
        while let Some(statement) = self.in_order.front().and_then(|id| self.by_id.get(id)) {
            if statement
                .ended
                .is_none_or(|ended| ended.elapsed() < STATEMENT_KEPT)
            {
                return;
            }
            let id = statement.id;
            self.by_id.remove(&id);
            self.in_order.pop_front();
            self.forgotten += 1;
        }
    }
}

impl Statements {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Kept> {
        // Whoever panicked was reading, or has left a statement without its last change.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.forget_old();
        kept
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
        let places = kept.in_order.iter().enumerate().rev();
        places
            .map(|(nth, id)| (id, kept.forgotten + nth))
            .filter(|(_, place)| before.is_none_or(|before| *place < before))
            .filter_map(|(id, place)| Some((place, look(kept.by_id.get(id)?)?)))
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
            // The sender goes when the statement is forgotten, long after its end.
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

    fn new(client_token: Option<&str>) -> NewStatement {
        let target = Target {
            workgroup: "w".to_owned(),
            database: "d".to_owned(),
            user: "admin".to_owned(),
            secret_arn: None,
            session: None,
        };
        NewStatement {
            id: Uuid::new_v4(),
            submission: Submission::default(),
            target,
            client_token: client_token.map(str::to_owned),
        }
    }

    fn hours_ago(hours: u64) -> Instant {
        let ago = Duration::from_secs(hours * 60 * 60);
        Instant::now().checked_sub(ago).unwrap()
    }

    #[test]
    fn a_statement_is_known_for_a_day_from_its_end_on() {
        let statements = Statements::default();
        let ids: Vec<Uuid> = (0..4)
            .map(|_| {
                let new = new(None);
                let id = new.id;
                statements.lock().insert(new);
                id
            })
            .collect();
        let end = |nth: usize, ended: Option<Instant>| {
            let mut kept = statements.lock();
            kept.by_id.get_mut(&ids[nth]).unwrap().ended = ended;
        };
        let listed = |before| {
            let listed = statements.newest_first(before, |statement| Some(statement.id.to_string().into()));
            let nth = |id: Value| ids.iter().position(|each| id == each.to_string());
            listed
                .into_iter()
                .map(|(place, id)| (place, nth(id)))
                .collect::<Vec<_>>()
        };
        end(0, Some(hours_ago(23)));
        end(1, Some(hours_ago(24)));
        end(3, Some(hours_ago(24)));
        assert_eq!(listed(None).len(), 4);
        end(0, Some(hours_ago(24)));
        // The third runs. Places are what they were, so that a list goes on where it was.
        assert_eq!(listed(None), [(3, Some(3)), (2, Some(2))]);
        assert_eq!(listed(Some(3)), [(2, Some(2))]);
        assert_eq!(statements.read(ids[0], |_| ()), Err(unknown(ids[0])));
        assert_eq!(statements.read(ids[2], |_| ()), Ok(()));
        let last = new(None);
        statements.lock().insert(last);
        assert_eq!(listed(None).first(), Some(&(4, None)));
    }

    #[test]
    fn a_token_is_known_for_eight_hours() {
        let mut kept = Kept::default();
        let new = new(Some("token"));
        let (id, submission) = (new.id, new.submission.clone());
        kept.insert(new);
        for (hours, expected) in [(7, Some(id)), (8, None)] {
            let since = hours_ago(hours);
            kept.by_token.insert("token".to_owned(), (id, since));
            assert_eq!(kept.by_token(Some("token"), &submission), Ok(expected));
        }
    }
}
