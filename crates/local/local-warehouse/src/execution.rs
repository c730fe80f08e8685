//! Running what was submitted.

mod append_from;
mod plan;
mod rows;
mod users;
mod views;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{CancelToken, NoTls};
use uuid::Uuid;

use self::plan::{Surroundings, execute};
use crate::cancellation::Cancellation;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::sessions::Target;
use crate::statements::Status;
use crate::warehouse::Warehouse;

/// How long a server may take to notice that a statement is to stop before it is told again.
const CANCEL_AGAIN: Duration = Duration::from_millis(100);

/// What one call asks for.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) target: Target,
    pub(crate) statements: Vec<String>,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) is_batch: bool,
}

/// Where in the work an error arose: at a statement, or behind the last, when the transaction was to be committed.
type Broken = (Option<usize>, Failure);

/// Runs a submitted statement to its end.
pub(crate) async fn run(warehouse: Arc<Warehouse>, id: Uuid) {
    let Some(work) = warehouse.work(id) else {
        return;
    };
    let cancellation = warehouse.statements().cancellation(id);
    let (done, connection) = with_connection(&warehouse, id, &work, &cancellation).await;
    if let Some(session) = work.target.session {
        warehouse.sessions().leave(session, connection);
    }
    // Only now is the end told: whoever sees it finds the session free.
    match done {
        Ok(()) => warehouse.statements().finished(id),
        Err((place, failure)) => {
            let stopped = cancellation.is_requested();
            let status = if stopped { Status::Aborted } else { Status::Failed };
            let failure = if stopped { Failure::cancelled() } else { failure };
            warehouse
                .statements()
                .ended_early(id, place, status, failure.to_string());
        }
    }
}

async fn with_connection(
    warehouse: &Warehouse,
    id: Uuid,
    work: &Work,
    cancellation: &Cancellation,
) -> (Result<(), Broken>, Option<Connection>) {
    let slot = tokio::select! {
        slot = warehouse.slot() => slot,
        () = cancellation.requested() => return (Err((Some(0), Failure::cancelled())), kept(warehouse, work)),
    };
    warehouse.statements().picked(id);
    let mut connection = match connection(warehouse, &work.target).await {
        Ok(connection) => connection,
        Err(failure) => return (Err((Some(0), failure)), None),
    };
    warehouse.statements().started(id, connection.pid);
    let token = connection.client.cancel_token();
    let running = run_all(warehouse, id, work, &mut connection, cancellation);
    let done = until_done(running, &token, cancellation).await;
    if cancellation.is_requested() {
        // A late request to stop must not hit the session's next statement.
        let _ = connection.client.batch_execute("").await;
    }
    drop(slot);
    (done, Some(connection))
}

/// The session's connection, untouched.
fn kept(warehouse: &Warehouse, work: &Work) -> Option<Connection> {
    work.target
        .session
        .and_then(|session| warehouse.sessions().take(session))
}

async fn connection(warehouse: &Warehouse, target: &Target) -> Result<Connection, Failure> {
    let kept = target
        .session
        .and_then(|session| warehouse.sessions().take(session));
    if let Some(connection) = kept {
        return Ok(connection);
    }
    if target.database != warehouse.names.database {
        let database = target.database.replace('"', "");
        return Err(Failure::fatal(format!("database \"{database}\" does not exist")));
    }
    warehouse.database.of_user(&target.user).await
}

/// Waits for the work; once it is to stop, tells the server so until it has ended. It may still end well: then it was
/// too late.
async fn until_done<T>(work: impl Future<Output = T>, token: &CancelToken, cancellation: &Cancellation) -> T {
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = cancellation.requested() => {}
    }
    loop {
        // It fails when the server is gone, which ends the work too.
        let _ = token.cancel_query(NoTls).await;
        if let Ok(done) = tokio::time::timeout(CANCEL_AGAIN, &mut work).await {
            return done;
        }
    }
}

async fn run_all(
    warehouse: &Warehouse,
    id: Uuid,
    work: &Work,
    connection: &mut Connection,
    cancellation: &Cancellation,
) -> Result<(), Broken> {
    if !work.is_batch {
        return run_parts(warehouse, id, work, connection, cancellation).await;
    }
    if connection.in_transaction {
        return Err((Some(0), Failure::not_in_transaction("a batch")));
    }
    let at = |place: Option<usize>| move |error: tokio_postgres::Error| (place, Failure::from(error));
    let settings = connection.session;
    connection
        .client
        .batch_execute("BEGIN")
        .await
        .map_err(at(Some(0)))?;
    let done = match run_parts(warehouse, id, work, connection, cancellation).await {
        Ok(()) => connection.client.batch_execute("COMMIT").await.map_err(at(None)),
        Err(broken) => Err(broken),
    };
    if done.is_err() {
        connection.session = settings;
        // When it cannot be rolled back the connection is broken, and the server does it.
        let _ = connection.client.batch_execute("ROLLBACK").await;
    }
    done
}

async fn run_parts(
    warehouse: &Warehouse,
    id: Uuid,
    work: &Work,
    connection: &mut Connection,
    cancellation: &Cancellation,
) -> Result<(), Broken> {
    for (sql, place) in work.statements.iter().zip(0..) {
        if cancellation.is_requested() {
            return Err((Some(place), Failure::cancelled()));
        }
        warehouse.statements().part_started(id, place);
        let surroundings = Surroundings {
            warehouse,
            user: &work.target.user,
            is_batch: work.is_batch,
            cancellation,
        };
        let outcome = execute(&surroundings, connection, sql, &work.parameters).await;
        let outcome = outcome.map_err(|failure| (Some(place), failure))?;
        warehouse.statements().part_finished(id, place, outcome);
    }
    if cancellation.is_requested() && work.is_batch {
        return Err((None, Failure::cancelled()));
    }
    Ok(())
}
