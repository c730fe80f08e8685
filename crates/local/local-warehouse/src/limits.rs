//! The service's limits, each with the page that states it, and the few that are this stand-in's own.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Statements of a workgroup that are submitted or run at a time.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html>
pub const ACTIVE_STATEMENTS_MAX: usize = 500;

/// Sessions of a workgroup that are open at a time.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html>
pub const ACTIVE_SESSIONS_MAX: usize = 500;

/// Statements that run at a time; the others wait. Redshift's user-defined queues have as many slots together.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html>
pub const QUERY_SLOTS: usize = 50;

/// Statements of one batch.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_BatchExecuteStatement.html>
pub const BATCH_STATEMENTS: RangeInclusive<usize> = 1..=40;

/// A statement's text: 100 KB.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html>
pub const STATEMENT_BYTES_MAX: usize = 100 * 1024;

/// A row of a result: 64 KB. Its cells' texts are counted.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html>
pub const ROW_BYTES_MAX: usize = 64 * 1024;

/// A result: 500 MB. The service counts them compressed, the stand-in as they are.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html>
pub const RESULT_BYTES_MAX: usize = 500 * 1024 * 1024;

/// Characters of a client token.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html>
pub const CLIENT_TOKEN_LENGTH: RangeInclusive<usize> = 1..=64;

/// How long a client token is known.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-calling-idempotency.html>
pub const CLIENT_TOKEN_WINDOW: Duration = Duration::from_secs(8 * 60 * 60);

/// How long a statement and its result are known after its end.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html>
pub const STATEMENT_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Seconds that a session is kept after a statement.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html>
pub const SESSION_KEEP_ALIVE_SECONDS: RangeInclusive<i64> = 0..=86_400;

/// Seconds that a call may wait for a statement's end.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_DescribeStatement.html>
pub const WAIT_TIME_SECONDS: RangeInclusive<i64> = 1..=30;

/// Characters of a statement's name.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html>
pub const STATEMENT_NAME_LENGTH: RangeInclusive<usize> = 0..=2048;

/// Characters of a workgroup's name, or of its ARN.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html>
pub const WORKGROUP_NAME_LENGTH: RangeInclusive<usize> = 3..=128;

/// Statements that `ListStatements` gives at a time.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ListStatements.html>
pub const LIST_RESULTS: RangeInclusive<i64> = 0..=100;

/// The bytes of a record that fit `kinesis_data`, a VARBYTE at its longest.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_VARBYTE_type.html>
pub const VARBYTE_BYTES_MAX: usize = 16_777_216;

/// Rows of one page of a result. The stand-in's own: the service promises no number, and a small one makes clients page.
pub const RESULT_PAGE_ROWS: usize = 1_000;
