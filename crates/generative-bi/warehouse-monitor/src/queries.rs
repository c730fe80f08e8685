//! The SQL that is sent.
//!
//! A time that is sent back is cast to text by the warehouse, which keeps its microseconds: one that lost them would be
//! before the row that it is of, and the row would be counted again.

use redshift_data::{Parameter, ParameterError, Statement, StatementError};

use crate::view::ViewName;

/// Where to begin when nothing has been counted yet: ten minutes ago, by the warehouse's clock.
pub const BEGINNING: &str = "SELECT CAST(DATEADD(minute, -10, GETDATE()) AS VARCHAR) AS since";

/// How long ago a view was last refreshed with each status, in seconds.
/// <https://docs.aws.amazon.com/redshift/latest/dg/SYS_MV_REFRESH_HISTORY.html>
pub const REFRESHES: &str = "SELECT status, DATEDIFF(second, MAX(end_time), GETDATE()) AS age \
FROM sys_mv_refresh_history WHERE TRIM(schema_name) = :schema AND TRIM(mv_name) = :view GROUP BY status";

/// Errors of a view since a time, and the time of the last.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_ERRORS.html>
pub const SCAN_ERRORS: &str = "SELECT COUNT(*) AS number, CAST(MAX(record_time) AS VARCHAR) AS newest \
FROM sys_stream_scan_errors WHERE TRIM(mv_name) = :view AND record_time > CAST(:since AS TIMESTAMP)";

/// A query cannot be sent. All of them can: their texts are above, and names and times are not empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    /// A parameter.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The text.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// [`BEGINNING`].
///
/// # Errors
/// As [`QueryFault`].
pub fn beginning() -> Result<Statement, QueryFault> {
    Ok(Statement::new(BEGINNING)?)
}

/// [`REFRESHES`] of a view.
///
/// # Errors
/// As [`QueryFault`].
pub fn refreshes(view: &ViewName) -> Result<Statement, QueryFault> {
    let schema = Parameter::new("schema", view.schema())?;
    let view = Parameter::new("view", view.view())?;
    Ok(Statement::new(REFRESHES)?.with(schema).with(view))
}

/// [`SCAN_ERRORS`] of a view since a time.
///
/// # Errors
/// As [`QueryFault`].
pub fn scan_errors(view: &ViewName, since: &str) -> Result<Statement, QueryFault> {
    let view = Parameter::new("view", view.view())?;
    let since = Parameter::new("since", since)?;
    Ok(Statement::new(SCAN_ERRORS)?.with(view).with(since))
}

/// Records of a view that do not parse, of refreshes since a time, and the time of the last refresh that brought any
/// record. Refreshes of a view come one after the other: what a later one brings has a later time.
///
/// # Errors
/// As [`QueryFault`].
pub fn failed_payloads(view: &ViewName, since: &str) -> Result<Statement, QueryFault> {
    // A name cannot be a parameter. These have no character that could end the quotes.
    let sql = format!(
        "SELECT COALESCE(SUM(CASE WHEN failed_payload IS NOT NULL THEN 1 ELSE 0 END), 0) AS number, \
         CAST(MAX(refresh_time) AS VARCHAR) AS newest FROM \"{}\".\"{}\" WHERE refresh_time > CAST(:since AS TIMESTAMP)",
        view.schema(),
        view.view()
    );
    Ok(Statement::new(sql)?.with(Parameter::new("since", since)?))
}
