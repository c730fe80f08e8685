//! What a refresh leaves in Redshift's system views.

use std::time::SystemTime;

use redshift_sql::QualifiedName;
use tokio_postgres::Client;

use super::progress::Progress;
use super::staging::Skipped;
use crate::catalogue::Streaming;
use crate::failure::Failure;

/// Characters of `error_reason`.
const REASON_LENGTH: usize = 128;

/// Who asked for a refresh.
#[derive(Clone, Debug)]
pub(crate) enum Requested {
    /// A `REFRESH` of this user, on this server process.
    Manually {
        /// The user.
        user: String,
        /// The process.
        pid: i32,
    },
    /// `AUTO REFRESH YES`.
    Automatically,
}

impl Requested {
    const fn refresh_type(&self) -> &'static str {
        match self {
            Self::Manually { .. } => "Manual",
            Self::Automatically => "Auto",
        }
    }
}

/// How a refresh ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refreshed {
    /// There was nothing new.
    Nothing,
    /// Records were appended.
    Incrementally,
    /// An ordinary view was computed again.
    FromScratch,
    /// It failed, and nothing changed.
    Failed(String),
}

impl Refreshed {
    /// In the words of the service, where it has words for it.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_MV_REFRESH_STATUS.html>
    fn status(&self) -> String {
        match self {
            Self::Nothing => "MV was already updated".to_owned(),
            Self::Incrementally => "Refresh successfully updated MV incrementally".to_owned(),
            Self::FromScratch => "Refresh successfully recomputed MV from scratch".to_owned(),
            Self::Failed(reason) => format!("Refresh failed. {reason}"),
        }
    }
}

/// Writes a refresh into `SYS_MV_REFRESH_HISTORY`. One that ended as the view's last by itself did moves that row's
/// times on: views that are looked at twice a second would fill the history with nothing.
pub(crate) async fn record_refresh(
    client: &Client,
    view: &QualifiedName,
    requested: &Requested,
    refreshed: &Refreshed,
    started: SystemTime,
) -> Result<(), Failure> {
    let repeats = matches!(refreshed, Refreshed::Nothing | Refreshed::Failed(_));
    let status = refreshed.status();
    if repeats && matches!(requested, Requested::Automatically) {
        let moved = "UPDATE redshift_catalog.sys_mv_refresh_history h \
             SET start_time = timezone('utc', $4::timestamptz), end_time = timezone('utc', clock_timestamp()), \
                 duration = extract(epoch FROM clock_timestamp() - $4::timestamptz) * 1000000 \
             WHERE ctid = (SELECT ctid FROM redshift_catalog.sys_mv_refresh_history \
                           WHERE schema_name = $1 AND mv_name = $2 ORDER BY start_time DESC LIMIT 1) \
               AND h.status = $3 AND h.refresh_type = 'Auto'";
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&view.schema, &view.name, &status, &started];
        if client.execute(moved, &parameters).await? > 0 {
            return Ok(());
        }
    }
    let (user, pid) = match requested {
        Requested::Manually { user, pid } => (Some(user), Some(pid)),
        Requested::Automatically => (None, None),
    };
    let insert = "INSERT INTO redshift_catalog.sys_mv_refresh_history \
         SELECT coalesce((SELECT oid::bigint FROM pg_roles WHERE rolname = $5), 1)::integer, \
                coalesce($6::integer, pg_backend_pid()), txid_current(), current_database(), n.nspname, c.oid::bigint, \
                c.relname, $7, $3, timezone('utc', $4::timestamptz), timezone('utc', clock_timestamp()), \
                extract(epoch FROM clock_timestamp() - $4::timestamptz) * 1000000 \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2";
    let refresh_type = requested.refresh_type();
    client
        .execute(
            insert,
            &[
                &view.schema,
                &view.name,
                &status,
                &started,
                &user,
                &pid,
                &refresh_type,
            ],
        )
        .await?;
    Ok(())
}

/// Writes what was read of a shard into `SYS_STREAM_SCAN_STATES`.
pub(super) async fn record_scan(
    client: &Client,
    view: &Streaming,
    query_id: i64,
    shard: &str,
    progress: &Progress,
) -> Result<(), Failure> {
    let insert = "INSERT INTO redshift_catalog.sys_stream_scan_states VALUES \
         ($1, $2, $3, txid_current(), $4, timezone('utc', clock_timestamp()), $5, $6, $7, $8, $9, \
          timezone('utc', $10::timestamptz), timezone('utc', $11::timestamptz))";
    let tally = &progress.tally;
    client
        .execute(
            insert,
            &[
                &view.external_schema,
                &view.stream,
                &view.name.name,
                &query_id,
                &shard,
                &progress.sequence_number,
                &tally.scanned,
                &tally.skipped,
                &tally.bytes,
                &tally.first,
                &tally.last,
            ],
        )
        .await?;
    Ok(())
}

/// Writes a record that the view did not take into `SYS_STREAM_SCAN_ERRORS`.
pub(super) async fn record_skipped(
    client: &Client,
    view: &Streaming,
    query_id: i64,
    skipped: &Skipped,
) -> Result<(), Failure> {
    let insert = "INSERT INTO redshift_catalog.sys_stream_scan_errors VALUES \
         ($1, $2, $3, txid_current(), $4, 'A', timezone('utc', $5::timestamptz), timezone('utc', clock_timestamp()), \
          $6, $7, $8, $9)";
    let Skipped { staged, code, reason } = skipped;
    let reason: String = reason.chars().take(REASON_LENGTH).collect();
    client
        .execute(
            insert,
            &[
                &view.external_schema,
                &view.stream,
                &view.name.name,
                &query_id,
                &staged.record.arrival,
                &staged.shard,
                &staged.record.sequence_number,
                code,
                &reason,
            ],
        )
        .await?;
    Ok(())
}
