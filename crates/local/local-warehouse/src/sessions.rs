//! Sessions: a connection that is kept from one statement to the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::connection::Connection;
use crate::data_api::{ApiError, Submission};
use crate::limits::ACTIVE_SESSIONS_MAX;
use crate::warehouse::Names;

/// Where a statement runs, and as whom.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) workgroup: String,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) secret_arn: Option<String>,
    pub(crate) session: Option<Uuid>,
}

#[derive(Debug)]
struct Session {
    target: Target,
    keep_alive: Duration,
    /// The statement that has the connection, if one runs.
    busy: Option<Uuid>,
    connection: Option<Connection>,
    expires: Option<Instant>,
}

impl Session {
    fn has_expired(&self) -> bool {
        self.busy.is_none() && self.expires.is_some_and(|expires| expires <= Instant::now())
    }
}

/// The open sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: Arc<Mutex<HashMap<Uuid, Session>>>,
}

impl Sessions {
    /// Where a statement runs: in the session that it names, in a new one, or in none.
    pub(crate) fn enter(
        &self,
        statement: Uuid,
        submission: &Submission,
        names: &Names,
    ) -> Result<Target, ApiError> {
        let keep_alive = submission.session_keep_alive_seconds;
        let keep_alive = keep_alive.and_then(|seconds| u64::try_from(seconds).ok());
        let keep_alive = keep_alive.map(Duration::from_secs);
        let mut open = lock(&self.open);
        open.retain(|_, session| !session.has_expired());
        if let Some(id) = &submission.session_id {
            return resume(&mut open, id, statement, keep_alive);
        }
        let mut target = target(submission, names);
        let Some(keep_alive) = keep_alive else {
            return Ok(target);
        };
        if open.len() >= ACTIVE_SESSIONS_MAX {
            return Err(ApiError::ActiveSessionsExceeded);
        }
        let id = Uuid::new_v4();
        target.session = Some(id);
        let session = Session {
            target: target.clone(),
            keep_alive,
            busy: Some(statement),
            connection: None,
            expires: None,
        };
        open.insert(id, session);
        Ok(target)
    }

    /// The session's connection; a new session has none yet.
    pub(crate) fn take(&self, id: Uuid) -> Option<Connection> {
        lock(&self.open).get_mut(&id)?.connection.take()
    }

    /// The session is free again; without a connection it is closed.
    pub(crate) fn leave(&self, id: Uuid, connection: Option<Connection>) {
        let mut open = lock(&self.open);
        let usable = connection.filter(Connection::is_usable);
        let Some((session, connection)) = open.get_mut(&id).zip(usable) else {
            open.remove(&id);
            return;
        };
        session.busy = None;
        session.connection = Some(connection);
        session.expires = Some(Instant::now() + session.keep_alive);
        let keep_alive = session.keep_alive;
        drop(open);
        let sessions = Arc::downgrade(&self.open);
        tokio::spawn(async move {
            tokio::time::sleep(keep_alive).await;
            close_expired(&sessions);
        });
    }

    /// Closes all.
    pub(crate) fn close(&self) {
        lock(&self.open).clear();
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        lock(&self.open).len()
    }
}

fn resume(
    open: &mut HashMap<Uuid, Session>,
    id: &str,
    statement: Uuid,
    keep_alive: Option<Duration>,
) -> Result<Target, ApiError> {
    let known = Uuid::try_parse(id).ok().and_then(|id| open.get_mut(&id));
    let session = known.ok_or_else(|| ApiError::ResourceNotFound {
        message: "Session does not exist.".to_owned(),
        id: id.to_owned(),
    })?;
    if session.busy.is_some() {
        return Err(ApiError::Validation("Session is busy.".to_owned()));
    }
    session.busy = Some(statement);
    session.keep_alive = keep_alive.unwrap_or(session.keep_alive);
    Ok(session.target.clone())
}

/// A secret is the admin's; without one the caller's identity is the user, which only the stand-in's header tells.
fn target(submission: &Submission, names: &Names) -> Target {
    let named = submission.header_user.clone();
    let user = named.filter(|_| submission.secret_arn.is_none());
    Target {
        workgroup: names.workgroup.clone(),
        database: submission.database.clone().unwrap_or_default(),
        user: user.unwrap_or_else(|| names.admin.clone()),
        secret_arn: submission.secret_arn.clone(),
        session: None,
    }
}

fn close_expired(sessions: &Weak<Mutex<HashMap<Uuid, Session>>>) {
    if let Some(sessions) = sessions.upgrade() {
        lock(&sessions).retain(|_, session| !session.has_expired());
    }
}

fn lock(open: &Mutex<HashMap<Uuid, Session>>) -> MutexGuard<'_, HashMap<Uuid, Session>> {
    // Whoever panicked has left whole sessions.
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundred_sessions_are_open_at_most() {
        let names = Names {
            workgroup: "w".to_owned(),
            database: "d".to_owned(),
            admin: "admin".to_owned(),
        };
        let sessions = Sessions::default();
        let kept = Submission {
            session_keep_alive_seconds: Some(60),
            ..Submission::default()
        };
        for _ in 0..500 {
            assert!(sessions.enter(Uuid::new_v4(), &kept, &names).is_ok());
        }
        let refused = sessions.enter(Uuid::new_v4(), &kept, &names);
        assert_eq!(refused, Err(ApiError::ActiveSessionsExceeded));
        // A statement without a session of its own is no matter of theirs.
        assert!(
            sessions
                .enter(Uuid::new_v4(), &Submission::default(), &names)
                .is_ok()
        );
    }
}
