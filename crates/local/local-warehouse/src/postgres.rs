//! A PostgreSQL server of our own: where its programs are, how it is started, when it answers.
//!
//! Nothing is spawned here except a short check: the caller runs the [`CommandLine`]s in a process group that it guards.

mod command_line;
mod installation;

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls};

pub use self::command_line::CommandLine;
pub use self::installation::Installation;

/// The superuser, Redshift's `admin` of a new workgroup.
/// <https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateNamespace.html>
pub const ADMIN_USER: &str = "admin";

/// How often a server that starts is asked whether it answers.
const READY_INTERVAL: Duration = Duration::from_millis(20);

/// What keeps a server from being described or from answering.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No PostgreSQL is installed.
    #[error("no PostgreSQL found: {0}; run scripts/setup, or install a PostgreSQL server")]
    NotFound(String),
    /// We are root, and cannot become somebody else.
    #[error(
        "PostgreSQL does not run as root, and `unshare --user --map-user=1000` failed ({0}): run as another user, or \
         allow user namespaces"
    )]
    CannotLeaveRoot(String),
    /// A file could not be written or read.
    #[error("{attempt}: {source}")]
    File {
        /// What was tried.
        attempt: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The server does not answer in time.
    #[error("PostgreSQL does not answer after {waited:?}: {reason}")]
    NotReady {
        /// How long it was waited for.
        waited: Duration,
        /// What connecting says.
        reason: String,
    },
}

/// How to reach a server as its superuser.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionSettings {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// A superuser.
    pub user: String,
    /// The superuser's password.
    pub password: String,
}

impl std::fmt::Debug for ConnectionSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { host, port, user, .. } = self;
        write!(formatter, "ConnectionSettings({user}@{host}:{port})")
    }
}

impl ConnectionSettings {
    /// The same for `tokio-postgres`, with this database.
    pub(crate) fn config(&self, database: &str) -> Config {
        let mut config = Config::new();
        config
            .host(&self.host)
            .port(self.port)
            .user(&self.user)
            .password(&self.password)
            .dbname(database)
            .application_name("local-warehouse");
        config
    }
}

/// A server that keeps its data below a directory and listens on 127.0.0.1.
#[derive(Clone, Debug)]
pub struct Server {
    installation: Installation,
    directory: PathBuf,
    settings: ConnectionSettings,
    /// What stands before each program when we are root.
    prefix: Vec<String>,
}

impl Server {
    /// Describes a server with its data in `directory`, which is created, and a password that nobody else knows. A
    /// directory that has been initialised before keeps its password.
    ///
    /// # Errors
    ///
    /// When the directory cannot be written, or when we are root and cannot leave that.
    pub fn describe(installation: Installation, directory: &Path, port: u16) -> Result<Self, PostgresError> {
        let prefix = command_line::unprivileged()?;
        let file = |attempt: &str| {
            let attempt = format!("{attempt} {}", directory.display());
            move |source| PostgresError::File { attempt, source }
        };
        std::fs::create_dir_all(directory).map_err(file("create"))?;
        let directory = directory.canonicalize().map_err(file("find"))?;
        let settings = ConnectionSettings {
            host: "127.0.0.1".to_owned(),
            port,
            user: ADMIN_USER.to_owned(),
            password: password(&directory).map_err(file("keep a password in"))?,
        };
        Ok(Self {
            installation,
            directory,
            settings,
            prefix,
        })
    }

    /// Whether the data directory is there already, so that `initialise` must not run.
    #[must_use]
    pub fn is_initialised(&self) -> bool {
        self.data().join("PG_VERSION").is_file()
    }

    /// Creates the data directory: text is UTF-8 and compares byte by byte, as Redshift's does.
    #[must_use]
    pub fn initialise(&self) -> CommandLine {
        let arguments = [
            "--encoding=UTF8".to_owned(),
            "--locale=C".to_owned(),
            "--auth=scram-sha-256".to_owned(),
            "--no-sync".to_owned(),
            "--no-instructions".to_owned(),
            format!("--username={ADMIN_USER}"),
            format!("--pwfile={}", password_file(&self.directory).display()),
            format!("--pgdata={}", self.data().display()),
        ];
        self.command("initdb", arguments)
    }

    /// Runs the server in the foreground; it logs to its standard error. SIGINT ends it at once and in order, SIGTERM
    /// only when its last client has gone.
    #[must_use]
    pub fn serve(&self) -> CommandLine {
        let data = self.data();
        let port = self.settings.port;
        let settings = [
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            format!("port={port}"),
            // A run that loses its machine is run again: nothing is worth waiting for a disk.
            "fsync=off".to_owned(),
            "synchronous_commit=off".to_owned(),
            "full_page_writes=off".to_owned(),
            "wal_level=minimal".to_owned(),
            "max_wal_senders=0".to_owned(),
            "autovacuum_naptime=10s".to_owned(),
            "jit=off".to_owned(),
            "shared_buffers=64MB".to_owned(),
            "work_mem=16MB".to_owned(),
            // Workers would share memory in /dev/shm, of which a container has little.
            "max_parallel_workers_per_gather=0".to_owned(),
            // The Data API's sessions and query slots, and what the warehouse needs for itself.
            "max_connections=600".to_owned(),
            "timezone=UTC".to_owned(),
            "log_timezone=UTC".to_owned(),
            // A statement's text can hold payloads.
            "log_min_error_statement=panic".to_owned(),
            "log_min_messages=fatal".to_owned(),
        ];
        let settings = settings
            .into_iter()
            .flat_map(|setting| ["-c".to_owned(), setting]);
        let directory = ["-D".to_owned(), data.display().to_string()];
        self.command("postgres", directory.into_iter().chain(settings))
    }

    /// How to reach it.
    #[must_use]
    pub fn settings(&self) -> &ConnectionSettings {
        &self.settings
    }

    /// Returns when it answers.
    ///
    /// # Errors
    ///
    /// When it does not within `deadline`.
    pub async fn ready(&self, deadline: Duration) -> Result<(), PostgresError> {
        let config = self.settings.config("postgres");
        let started = tokio::time::Instant::now();
        loop {
            let reason = match config.connect(NoTls).await {
                Ok((client, connection)) => {
                    // It ends with its client.
                    tokio::spawn(connection);
                    self.hash_once(&client).await;
                    return Ok(());
                }
                Err(error) => error.to_string(),
            };
            let waited = started.elapsed();
            if waited >= deadline {
                return Err(PostgresError::NotReady { waited, reason });
            }
            tokio::time::sleep(READY_INTERVAL).await;
        }
    }

    /// Lets the server keep the password's hash with one iteration: thousands make a password hard to guess, which this
    /// one is without them, and every connection slow. A server before 16 does not know the setting and stays slow.
    async fn hash_once(&self, client: &Client) {
        let many = "SELECT 1 FROM pg_authid WHERE rolname = current_user AND rolpassword NOT LIKE 'SCRAM-SHA-256$1:%'";
        if let Ok(Some(_)) = client.query_opt(many, &[]).await {
            let password = &self.settings.password;
            let hash = format!("SET scram_iterations TO 1; ALTER ROLE {ADMIN_USER} PASSWORD '{password}'");
            // Whoever does it at the same time does the same.
            let _ = client.batch_execute(&hash).await;
        }
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn command(&self, program: &str, arguments: impl IntoIterator<Item = String>) -> CommandLine {
        CommandLine::new(&self.prefix, &self.installation.program(program), arguments)
    }
}

fn password_file(directory: &Path) -> PathBuf {
    directory.join("password")
}

/// The password that the directory has, or a new one.
fn password(directory: &Path) -> std::io::Result<String> {
    let path = password_file(directory);
    if path.is_file() {
        return Ok(std::fs::read_to_string(&path)?.trim().to_owned());
    }
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    let password = bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let mut file = std::fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&path)?;
    writeln!(file, "{password}")?;
    Ok(password)
}
