//! A connection to PostgreSQL with what Redshift keeps of a session.

use redshift_sql::Session;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

use crate::catalogue;
use crate::failure::Failure;
use crate::postgres::ConnectionSettings;
use crate::settings::{self, Setting};

/// What the names of users begin with who sign in with an identity or a role.
/// <https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetCredentials.html>
const OF_IAM: [&str; 2] = ["IAM:", "IAMR:"];

/// One database of a server.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) settings: ConnectionSettings,
    pub(crate) name: String,
}

impl Database {
    /// A connection of the superuser, for the warehouse's own work.
    pub(crate) async fn own(&self) -> Result<Client, Failure> {
        let (client, connection) = self.settings.config(&self.name).connect(NoTls).await?;
        // It ends with its client, and what breaks it the client's next call says.
        tokio::spawn(connection);
        let own = "SET search_path TO redshift_catalog, public; SET client_min_messages TO error";
        client.batch_execute(own).await?;
        Ok(client)
    }

    /// A connection for a user's statements, with the user's settings.
    pub(crate) async fn of_user(&self, user: &str) -> Result<Connection, Failure> {
        let client = self.own().await?;
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await?;
        let users_own = catalogue::settings_of(&client, user).await?;
        let mut connection = Connection {
            client,
            pid: row.try_get(0)?,
            session: Session::default(),
            in_transaction: false,
        };
        connection.client.batch_execute(settings::SEARCH_PATH).await?;
        if user != self.settings.user {
            connection.become_user(user).await?;
        }
        for (name, value) in users_own {
            connection.set(&name, &value).await?;
        }
        Ok(connection)
    }
}

/// A user's connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// The server's process.
    pub(crate) pid: i32,
    /// What the settings make of a statement.
    pub(crate) session: Session,
    /// Whether a transaction of the client's own is open.
    pub(crate) in_transaction: bool,
}

impl Connection {
    pub(crate) fn is_usable(&self) -> bool {
        !self.client.is_closed()
    }

    /// `SET name TO value`.
    pub(crate) async fn set(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        match Setting::read(name, value)? {
            Setting::CaseSensitiveSuperAttribute(on) => self.session.case_sensitive_super_attribute = on,
            Setting::CaseSensitiveIdentifier(on) => self.session.case_sensitive_identifier = on,
            Setting::OfPostgres(statement) => self.client.batch_execute(&statement).await?,
            Setting::WithoutEffect => {}
        }
        Ok(())
    }

    /// A user that comes by IAM is created at its first sign-in.
    async fn become_user(&self, user: &str) -> Result<(), Failure> {
        if OF_IAM.iter().any(|prefix| user.starts_with(prefix)) {
            create_user(&self.client, user, true).await?;
        }
        let known = "SELECT 1 FROM pg_roles WHERE rolname = $1 AND rolcanlogin";
        if self.client.query_opt(known, &[&user]).await?.is_none() {
            let user = user.replace('"', "");
            return Err(Failure::fatal(format!("user \"{user}\" does not exist")));
        }
        let statement = format!("SET SESSION AUTHORIZATION {}", quoted(user));
        Ok(self.client.batch_execute(&statement).await?)
    }

    /// Does something as the superuser that the client's user may have done for it.
    pub(crate) async fn as_admin<T>(
        &self,
        work: impl AsyncFnOnce(&Client) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let row = self.client.query_one("SELECT session_user::text", &[]).await?;
        let user: String = row.try_get(0)?;
        self.client.batch_execute("RESET SESSION AUTHORIZATION").await?;
        let done = work(&self.client).await;
        let back = format!("SET SESSION AUTHORIZATION {}", quoted(&user));
        match (done, self.client.batch_execute(&back).await) {
            (Ok(done), Ok(())) => Ok(done),
            (Ok(_), Err(error)) => Err(error.into()),
            // The failed statement has ended the transaction, and with it the change of user.
            (Err(failure), _) => Err(failure),
        }
    }
}

/// Creates a user, unless it is there: then it fails, or leaves it as it is.
pub(crate) async fn create_user(client: &Client, name: &str, if_not_exists: bool) -> Result<(), Failure> {
    match client
        .batch_execute(&format!("CREATE ROLE {} LOGIN", quoted(name)))
        .await
    {
        Err(error) if error.code() == Some(&SqlState::DUPLICATE_OBJECT) => match if_not_exists {
            true => Ok(()),
            false => Err(Failure::error(format!("user \"{name}\" already exists"))),
        },
        // Somebody else creates it at this moment.
        Err(error) if if_not_exists && error.code() == Some(&SqlState::UNIQUE_VIOLATION) => Ok(()),
        done => Ok(done?),
    }
}

/// A name for PostgreSQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name with its schema for PostgreSQL.
pub(crate) fn qualified(name: &redshift_sql::QualifiedName) -> String {
    format!("{}.{}", quoted(&name.schema), quoted(&name.name))
}
