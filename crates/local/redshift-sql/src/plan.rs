//! What a statement becomes: SQL for PostgreSQL, or work for the warehouse that PostgreSQL has no statement for.

/// The settings of a session that decide what a statement means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// `enable_case_sensitive_super_attribute`: without it unquoted names in a SUPER path are folded to lower case.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_super_attribute.html>
    pub case_sensitive_super_attribute: bool,
    /// `enable_case_sensitive_identifier`: without it quoted identifiers are folded to lower case too, and quoted names in
    /// a SUPER path.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html>
    pub case_sensitive_identifier: bool,
}

/// A name with its schema, folded as Redshift folds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QualifiedName {
    /// `public` where the statement names none.
    pub schema: String,
    /// The object's own name.
    pub name: String,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// PostgreSQL runs it.
    Run(Run),
    /// `BEGIN`, `COMMIT` or `ROLLBACK` of a client that has a session.
    Transaction(Transaction),
    /// `CREATE EXTERNAL SCHEMA … FROM KINESIS`.
    CreateExternalSchema {
        /// The schema's name.
        name: String,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// `IAM_ROLE '…'`, or `default`.
        iam_role: String,
    },
    /// `CREATE MATERIALIZED VIEW … AS SELECT … FROM <external schema>."<stream>"`.
    CreateStreamingView(StreamingView),
    /// `CREATE MATERIALIZED VIEW … AS SELECT …` over ordinary relations. PostgreSQL creates it with `create`; it is
    /// refreshed as a whole.
    CreateMaterializedView {
        /// The view's name.
        name: QualifiedName,
        /// `AUTO REFRESH YES`.
        auto_refresh: bool,
        /// `CREATE MATERIALIZED VIEW …` for PostgreSQL.
        create: String,
    },
    /// `REFRESH MATERIALIZED VIEW`.
    Refresh(QualifiedName),
    /// `DROP MATERIALIZED VIEW`.
    DropMaterializedView {
        /// The view's name.
        name: QualifiedName,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `ALTER TABLE … APPEND FROM …`: moves every row of the source, and is a transaction of its own.
    AppendFrom {
        /// Gets the rows.
        target: QualifiedName,
        /// Is empty afterwards.
        source: QualifiedName,
        /// `FILLTARGET`: columns that only the target has get their default.
        fill_target: bool,
        /// `IGNOREEXTRA`: columns that only the source has are discarded.
        ignore_extra: bool,
    },
    /// `SET name TO value` of this session.
    Set {
        /// The setting, one that this crate knows.
        name: String,
        /// As text: `true`, `false`, or what the setting takes.
        value: String,
    },
    /// `CREATE USER "name" PASSWORD DISABLE`.
    CreateUser {
        /// The user's name, as written.
        name: String,
    },
    /// `ALTER USER "name" SET setting TO value`: for sessions of the user from now on.
    AlterUserSet {
        /// The user's name, as written.
        user: String,
        /// The setting, one that this crate knows.
        name: String,
        /// As text.
        value: String,
    },
}

/// A statement for PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text to run.
    pub sql: String,
    /// Whether it answers with rows.
    pub returns_rows: bool,
    /// Relations that it reads or writes, in the order of their first mention; not those that it defines with `WITH`.
    pub relations: Vec<QualifiedName>,
    /// For `DescribeStatement`'s and `ListStatements`' sake: `SELECT`, `INSERT`, `CREATE TABLE`, ….
    pub kind: &'static str,
    /// Redshift does not run it inside a transaction block.
    pub alone: bool,
}

/// A transaction's statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// `BEGIN`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT`.
    Rollback,
}

/// A materialized view on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamingView {
    /// The view's name.
    pub name: QualifiedName,
    /// `AUTO REFRESH YES`.
    pub auto_refresh: bool,
    /// The external schema that the stream is read through.
    pub external_schema: String,
    /// The stream's name, case kept.
    pub stream: String,
    /// The view's columns in their order.
    pub columns: Vec<String>,
    /// The definition as a query for PostgreSQL over a relation called [`STAGING`] with the columns of
    /// [`STREAM_COLUMNS`]; what it answers is what is appended to the view.
    pub select: String,
}

/// The relation that a streaming view's query reads: the records of one refresh.
pub const STAGING: &str = "redshift_stream_records";

/// A stream's columns and their PostgreSQL types.
/// <https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion.html>
pub const STREAM_COLUMNS: [(&str, &str); 6] = [
    ("approximate_arrival_timestamp", "timestamp"),
    ("partition_key", "varchar(256)"),
    ("shard_id", "varchar(64)"),
    ("sequence_number", "varchar(128)"),
    ("refresh_time", "timestamp"),
    ("kinesis_data", "bytea"),
];
