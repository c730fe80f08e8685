//! Users and their settings.

use tokio_postgres::Client;

use crate::catalogue;
use crate::connection::{Connection, create_user};
use crate::failure::Failure;
use crate::statements::Outcome;

/// `CREATE USER name PASSWORD DISABLE`.
pub(super) async fn create(connection: &Connection, name: &str) -> Result<Outcome, Failure> {
    create_user(&connection.client, name, false).await?;
    Ok(Outcome::NOTHING)
}

/// `ALTER USER user SET name TO value`, by a superuser or the user itself.
pub(super) async fn set(
    connection: &Connection,
    user: &str,
    name: &str,
    value: &str,
) -> Result<Outcome, Failure> {
    let may = "SELECT rolsuper OR rolname = $1 FROM pg_roles WHERE rolname = current_user";
    let may: bool = connection.client.query_one(may, &[&user]).await?.try_get(0)?;
    if !may {
        return Err(Failure::error("permission denied to alter another user"));
    }
    let keep = async |client: &Client| catalogue::keep_setting(client, user, name, value).await;
    connection.as_admin(keep).await?;
    Ok(Outcome::NOTHING)
}
