//! What the Redshift Data API accepts, checked before the call: it answers with a general error for the call as a whole.

use std::time::Duration;

/// Statements in one BatchExecuteStatement call.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_BatchExecuteStatement.html>
pub const STATEMENTS_PER_BATCH: usize = 40;

/// Bytes of one statement's text: 100 KB.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html#data-api-calling-considerations>
pub const STATEMENT_BYTES: usize = 100 * 1024;

/// Characters of a client token; at least one.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html>
pub const TOKEN_CHARACTERS: usize = 64;

/// How long the service remembers a client token. What must not run twice after that needs a record in the warehouse.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html#data-api-calling-considerations-idempotency>
pub const TOKEN_RETENTION: Duration = Duration::from_secs(8 * 60 * 60);

/// Seconds that a session is kept after its last statement.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html>
pub const SESSION_KEEP_ALIVE_SECONDS: u32 = 86_400;

/// Characters of a workgroup's name, from and to.
/// <https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateWorkgroup.html>
pub const WORKGROUP_CHARACTERS: (usize, usize) = (3, 64);

/// Characters of a cluster's identifier.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html>
pub const CLUSTER_CHARACTERS: usize = 63;

/// Bytes of a database's name.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_names.html>
pub const DATABASE_BYTES: usize = 127;
