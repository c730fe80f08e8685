//! One statement, by what `redshift-sql` makes of it.

use std::collections::BTreeSet;

use redshift_sql::{Plan, Run, Transaction};

use super::append_from::AppendFrom;
use super::{rows, users, views};
use crate::cancellation::Cancellation;
use crate::catalogue;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::parameters;
use crate::statements::Outcome;
use crate::warehouse::Warehouse;

/// What a statement runs in.
pub(super) struct Surroundings<'a> {
    pub(super) warehouse: &'a Warehouse,
    pub(super) user: &'a str,
    pub(super) is_batch: bool,
    pub(super) cancellation: &'a Cancellation,
}

impl Outcome {
    /// Of a statement that answers with no rows and changes none.
    pub(super) const NOTHING: Self = Self {
        rows: 0,
        result: None,
    };
}

/// Runs a statement on a connection.
pub(super) async fn execute(
    surroundings: &Surroundings<'_>,
    connection: &mut Connection,
    sql: &str,
    given: &[(String, String)],
) -> Result<Outcome, Failure> {
    let in_transaction = surroundings.is_batch || connection.in_transaction;
    let used = parameters::used(sql, given);
    let plan = redshift_sql::plan(sql, &connection.session, &used)?;
    if in_transaction && let Some(statement) = alone(&plan) {
        return Err(Failure::not_in_transaction(statement));
    }
    match plan {
        Plan::Run(run) => self::run(connection, &run).await,
        Plan::Transaction(transaction) => change_transaction(surroundings, connection, transaction).await,
        Plan::CreateExternalSchema {
            name,
            if_not_exists,
            iam_role,
        } => views::create_external_schema(connection, &name, if_not_exists, &iam_role).await,
        Plan::CreateStreamingView(view) => views::create_streaming(connection, in_transaction, &view).await,
        Plan::CreateMaterializedView {
            name,
            auto_refresh,
            create,
        } => views::create_ordinary(connection, &name, auto_refresh, &create).await,
        Plan::Refresh(name) => views::refresh(surroundings, connection, &name).await,
        Plan::DropMaterializedView { name, if_exists } => {
            views::drop(connection, in_transaction, &name, if_exists).await
        }
        Plan::AppendFrom {
            target,
            source,
            fill_target,
            ignore_extra,
        } => {
            let append = AppendFrom {
                target,
                source,
                fill_target,
                ignore_extra,
            };
            append.run(connection).await
        }
        Plan::Set { name, value } => {
            connection.set(&name, &value).await?;
            Ok(Outcome::NOTHING)
        }
        Plan::CreateUser { name } => users::create(connection, &name).await,
        Plan::AlterUserSet { user, name, value } => users::set(connection, &user, &name, &value).await,
    }
}

/// What a plan is called that Redshift does not run inside a transaction block.
fn alone(plan: &Plan) -> Option<&str> {
    match plan {
        Plan::Refresh(_) => Some("REFRESH MATERIALIZED VIEW"),
        Plan::AppendFrom { .. } => Some("ALTER TABLE APPEND"),
        Plan::Run(run) if run.alone => Some(run.kind),
        _ => None,
    }
}

async fn run(connection: &Connection, run: &Run) -> Result<Outcome, Failure> {
    refuse_external(connection, run).await?;
    refuse_change_of_streaming(connection, run).await?;
    rows::run(connection, run).await
}

/// An external schema is an ordinary one here. In Redshift its streams are read by streaming views only, and nothing
/// can be created in it.
async fn refuse_external(connection: &Connection, run: &Run) -> Result<(), Failure> {
    let schemas: BTreeSet<_> = run.relations.iter().map(|relation| &relation.schema).collect();
    for schema in schemas {
        if catalogue::is_external_schema(&connection.client, schema).await? {
            return Err(Failure::error(format!(
                "\"{schema}\" is an external schema: only a streaming materialized view reads it"
            )));
        }
    }
    Ok(())
}

/// A streaming view is a table here, and takes what a table takes. In Redshift it can be read, emptied and appended to.
async fn refuse_change_of_streaming(connection: &Connection, run: &Run) -> Result<(), Failure> {
    let changes = ["INSERT", "UPDATE", "MERGE", "ALTER TABLE", "DROP TABLE"];
    let Some(target) = run.relations.first().filter(|_| changes.contains(&run.kind)) else {
        return Ok(());
    };
    if catalogue::streaming(&connection.client, target).await?.is_some() {
        let text = format!("cannot change materialized view \"{}\"", target.name);
        return Err(Failure::error(text));
    }
    Ok(())
}

async fn change_transaction(
    surroundings: &Surroundings<'_>,
    connection: &mut Connection,
    transaction: Transaction,
) -> Result<Outcome, Failure> {
    let statement = match transaction {
        Transaction::Begin => "BEGIN",
        Transaction::Commit => "COMMIT",
        Transaction::Rollback => "ROLLBACK",
    };
    if surroundings.is_batch {
        return Err(Failure::not_in_transaction(statement));
    }
    connection.client.batch_execute(statement).await?;
    connection.in_transaction = transaction == Transaction::Begin;
    Ok(Outcome::NOTHING)
}
