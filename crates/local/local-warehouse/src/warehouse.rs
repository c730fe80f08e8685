//! The stand-in as a whole.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinSet;
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::catalogue;
use crate::connection::{Database, quoted};
use crate::data_api;
use crate::execution::Work;
use crate::failure::Failure;
use crate::ingestion::{Streams, refresh_for_ever};
use crate::limits::QUERY_SLOTS;
use crate::postgres::ConnectionSettings;
use crate::sessions::Sessions;
use crate::state;
use crate::statements::Statements;

/// What keeps a warehouse from being opened.
#[derive(Debug, thiserror::Error)]
#[error("the warehouse's database \"{database}\" could not be prepared: {reason}")]
pub struct ConnectError {
    database: String,
    reason: String,
}

/// Redshift's Data API for one workgroup with one database.
///
/// Dropping it ends what runs; [`LocalWarehouse::stop`] waits for that too.
#[derive(Debug)]
pub struct LocalWarehouse {
    inner: Arc<Warehouse>,
}

/// What the caller calls things.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) workgroup: String,
    pub(crate) database: String,
    pub(crate) admin: String,
}

/// The warehouse, shared by its tasks.
pub(crate) struct Warehouse {
    pub(crate) names: Names,
    pub(crate) database: Database,
    pub(crate) streams: Arc<dyn Streams>,
    statements: Statements,
    sessions: Sessions,
    slots: Semaphore,
    tasks: Mutex<JoinSet<()>>,
    stopped: AtomicBool,
}

impl LocalWarehouse {
    /// Opens a warehouse on a server that answers: creates the database where it is not there, and what Redshift has
    /// besides PostgreSQL. What was stored before stays, and views go on reading where they were.
    ///
    /// # Errors
    ///
    /// When the database cannot be created or prepared.
    pub async fn connect(
        settings: &ConnectionSettings,
        streams: impl Streams + 'static,
        workgroup: &str,
        database: &str,
    ) -> Result<Self, ConnectError> {
        let error = |failure: Failure| ConnectError {
            database: database.to_owned(),
            reason: failure.to_string(),
        };
        create_database(settings, database).await.map_err(error)?;
        let names = Names {
            workgroup: workgroup.to_owned(),
            database: database.to_owned(),
            admin: settings.user.clone(),
        };
        let database = Database {
            settings: settings.clone(),
            name: names.database.clone(),
        };
        let client = database.own().await.map_err(error)?;
        catalogue::install(&client).await.map_err(error)?;
        let streams: Arc<dyn Streams> = Arc::new(streams);
        let inner = Arc::new(Warehouse {
            names,
            database: database.clone(),
            streams: Arc::clone(&streams),
            statements: Statements::default(),
            sessions: Sessions::default(),
            slots: Semaphore::new(QUERY_SLOTS),
            tasks: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        inner.spawn(refresh_for_ever(database, streams));
        Ok(Self { inner })
    }

    /// Answers a call of the Data API as the service does: errors too are answers.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        data_api::answer(&self.inner, &request).await
    }

    /// What is in the warehouse, at `/_state/warehouse`; `None` when the path is another one.
    pub async fn state(&self, path: &str) -> Option<Response<Bytes>> {
        (path == "/_state/warehouse").then_some(())?;
        Some(state::answer(&self.inner).await)
    }

    /// Ends what runs, and waits until nothing does: then the server may be ended.
    pub async fn stop(&self) {
        let mut tasks = self.inner.end();
        tasks.shutdown().await;
    }
}

impl Drop for LocalWarehouse {
    fn drop(&mut self) {
        self.inner.end().abort_all();
    }
}

impl std::fmt::Debug for Warehouse {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Warehouse({:?}, {:?})", self.names, self.database)
    }
}

impl Warehouse {
    pub(crate) fn statements(&self) -> &Statements {
        &self.statements
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// A place among the statements that run. The semaphore is never closed.
    pub(crate) async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        self.slots.acquire().await.ok()
    }

    /// Runs in the background until the warehouse ends.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    /// What a statement asks for.
    pub(crate) fn work(&self, id: Uuid) -> Option<Work> {
        let work = self.statements.read(id, |statement| {
            let submission = &statement.submission;
            Work {
                target: statement.target.clone(),
                statements: submission.statements.clone(),
                parameters: submission.parameters(),
                is_batch: submission.is_batch,
            }
        });
        work.ok()
    }

    /// Takes no more, and gives away what runs.
    fn end(&self) -> JoinSet<()> {
        self.stopped.store(true, Ordering::SeqCst);
        self.sessions.close();
        std::mem::take(&mut *self.tasks())
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn create_database(settings: &ConnectionSettings, name: &str) -> Result<(), Failure> {
    let (client, connection) = settings.config("postgres").connect(NoTls).await?;
    // It ends with its client.
    tokio::spawn(connection);
    let known = "SELECT 1 FROM pg_database WHERE datname = $1";
    if client.query_opt(known, &[&name]).await?.is_none() {
        let create = format!(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
            quoted(name)
        );
        client.batch_execute(&create).await?;
    }
    Ok(())
}
