//! What the warehouse has to do itself, and what is said about what PostgreSQL does.

use redshift_sql::{Plan, QualifiedName, STAGING, Session, StreamingView, Transaction, plan};

fn planned(sql: &str) -> Plan {
    let session = Session {
        case_sensitive_identifier: true,
        ..Session::default()
    };
    plan(sql, &session, &[]).unwrap_or_else(|refusal| panic!("{sql}\n{refusal}"))
}

fn name(schema: &str, name: &str) -> QualifiedName {
    QualifiedName {
        schema: schema.to_owned(),
        name: name.to_owned(),
    }
}

#[test]
fn a_view_on_a_stream_reads_the_records_of_a_refresh() {
    let text = "CREATE MATERIALIZED VIEW ingest.changes BACKUP NO DISTSTYLE EVEN AUTO REFRESH YES AS \
                SELECT s.approximate_arrival_timestamp AS arrived_at, shard_id, refresh_time, \
                CASE WHEN CAN_JSON_PARSE(kinesis_data) THEN JSON_PARSE(kinesis_data) END AS payload \
                FROM kinesis.\"Orders-Stream\" AS s WHERE partition_key <> ''";
    let expected = StreamingView {
        name: name("ingest", "changes"),
        auto_refresh: true,
        external_schema: "kinesis".to_owned(),
        stream: "Orders-Stream".to_owned(),
        columns: ["arrived_at", "shard_id", "refresh_time", "payload"]
            .map(str::to_owned)
            .to_vec(),
        select: format!(
            "SELECT \"s\".\"approximate_arrival_timestamp\" AS \"arrived_at\", \"shard_id\", \"refresh_time\", \
             CASE WHEN redshift.can_json_parse(\"kinesis_data\") THEN redshift.json_parse(\"kinesis_data\") END \
             AS \"payload\" FROM \"{STAGING}\" AS \"s\" WHERE \"partition_key\" <> ''"
        ),
    };
    assert_eq!(planned(text), Plan::CreateStreamingView(expected));
}

#[test]
fn a_stream_gives_all_its_columns() {
    let Plan::CreateStreamingView(view) =
        planned("CREATE MATERIALIZED VIEW v AS SELECT *, kinesis_data AS again FROM k.s")
    else {
        panic!("it is a view on a stream");
    };
    let names = redshift_sql::STREAM_COLUMNS.map(|(name, _)| name);
    assert_eq!(view.columns, [&names[..], &["again"]].concat());
    assert_eq!(
        view.select,
        format!("SELECT *, \"kinesis_data\" AS \"again\" FROM \"{STAGING}\" AS \"s\"")
    );
}

#[test]
fn what_postgresql_has_no_statement_for() {
    for (sql, expected) in [
        (
            "CREATE EXTERNAL SCHEMA IF NOT EXISTS k FROM KINESIS IAM_ROLE 'arn:aws:iam::1:role/r'",
            Plan::CreateExternalSchema {
                name: "k".to_owned(),
                if_not_exists: true,
                iam_role: "arn:aws:iam::1:role/r".to_owned(),
            },
        ),
        (
            "CREATE EXTERNAL SCHEMA k FROM KINESIS IAM_ROLE default",
            Plan::CreateExternalSchema {
                name: "k".to_owned(),
                if_not_exists: false,
                iam_role: "default".to_owned(),
            },
        ),
        (
            "CREATE MATERIALIZED VIEW a.v AUTO REFRESH NO AS SELECT id FROM b.t",
            Plan::CreateMaterializedView {
                name: name("a", "v"),
                auto_refresh: false,
                create: "CREATE MATERIALIZED VIEW \"a\".\"v\" AS SELECT \"id\" FROM \"b\".\"t\"".to_owned(),
            },
        ),
        ("REFRESH MATERIALIZED VIEW v;", Plan::Refresh(name("public", "v"))),
        (
            "DROP MATERIALIZED VIEW IF EXISTS a.v",
            Plan::DropMaterializedView {
                name: name("a", "v"),
                if_exists: true,
            },
        ),
        (
            "ALTER TABLE a.v APPEND FROM b.w FILLTARGET",
            Plan::AppendFrom {
                target: name("a", "v"),
                source: name("b", "w"),
                fill_target: true,
                ignore_extra: false,
            },
        ),
        (
            "SET enable_case_sensitive_super_attribute TO ON",
            Plan::Set {
                name: "enable_case_sensitive_super_attribute".to_owned(),
                value: "true".to_owned(),
            },
        ),
        (
            "SET statement_timeout = 1000",
            Plan::Set {
                name: "statement_timeout".to_owned(),
                value: "1000".to_owned(),
            },
        ),
        (
            "CREATE USER \"IAMR:Q\" PASSWORD DISABLE SYSLOG ACCESS UNRESTRICTED",
            Plan::CreateUser {
                name: "IAMR:Q".to_owned(),
            },
        ),
        (
            "ALTER USER \"IAMR:Q\" SET enable_case_sensitive_super_attribute TO FALSE",
            Plan::AlterUserSet {
                user: "IAMR:Q".to_owned(),
                name: "enable_case_sensitive_super_attribute".to_owned(),
                value: "false".to_owned(),
            },
        ),
        ("BEGIN TRANSACTION", Plan::Transaction(Transaction::Begin)),
        ("END", Plan::Transaction(Transaction::Commit)),
        ("ROLLBACK WORK", Plan::Transaction(Transaction::Rollback)),
    ] {
        assert_eq!(planned(sql), expected, "{sql}");
    }
}

#[test]
fn a_run_says_what_it_touches() {
    for (sql, kind, relations) in [
        ("SELECT 1 AS x", "SELECT", vec![]),
        (
            "WITH a AS (SELECT 1 AS x FROM t) SELECT x FROM a, s.a, t",
            "SELECT",
            vec![name("public", "t"), name("s", "a")],
        ),
        (
            "INSERT INTO a.t SELECT x FROM b.u",
            "INSERT",
            vec![name("a", "t"), name("b", "u")],
        ),
        (
            "DELETE FROM t WHERE id IN (SELECT id FROM u)",
            "DELETE",
            vec![name("public", "t"), name("public", "u")],
        ),
        (
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.a)",
            "MERGE",
            vec![name("public", "t"), name("public", "u")],
        ),
        (
            "CREATE VIEW v AS SELECT x FROM t",
            "CREATE VIEW",
            vec![name("public", "v"), name("public", "t")],
        ),
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; INSERT INTO u SELECT x FROM t; END; $$",
            "CREATE PROCEDURE",
            vec![name("public", "t"), name("public", "u")],
        ),
        ("GRANT SELECT ON a.t TO me", "GRANT", vec![name("a", "t")]),
        ("TRUNCATE t", "TRUNCATE", vec![name("public", "t")]),
    ] {
        let Plan::Run(run) = planned(sql) else {
            panic!("{sql}")
        };
        assert_eq!((run.kind, run.relations), (kind, relations), "{sql}");
        assert_eq!(run.returns_rows, kind == "SELECT", "{sql}");
        assert!(!run.alone, "{sql}");
    }
}

#[test]
fn a_vacuum_stands_alone() {
    let Plan::Run(run) = planned("VACUUM DELETE ONLY t") else {
        panic!("it runs")
    };
    assert!(run.alone);
}
