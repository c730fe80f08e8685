//! What is refused: why, where, and in which words.

use redshift_sql::{
    Because::{self, NotInTheList, NotRedshift, Syntax},
    Session, plan,
};

/// The statement, why it is refused, where, and a part of what is said.
type Case<'a> = (&'a str, Because, (u64, u64), &'a str);

fn check(cases: &[Case<'_>]) {
    for (sql, because, (line, column), what) in cases {
        let refusal = match plan(sql, &Session::default(), &[]) {
            Err(refusal) => refusal,
            Ok(planned) => panic!("{sql}\n{planned:?}"),
        };
        let found = (refusal.because, (refusal.line, refusal.column));
        assert_eq!(found, (*because, (*line, *column)), "{sql}\n{refusal}");
        assert!(refusal.to_string().contains(what), "{sql}\n{refusal}");
    }
}

#[test]
fn what_postgresql_would_take_and_redshift_would_not() {
    check(&[
        (
            "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
            NotRedshift,
            (1, 1),
            "ON CONFLICT",
        ),
        (
            "INSERT INTO t VALUES (1) RETURNING id",
            NotRedshift,
            (1, 1),
            "RETURNING",
        ),
        (
            "UPDATE t SET a = 1 RETURNING a",
            NotRedshift,
            (1, 1),
            "RETURNING, LIMIT or the like in UPDATE",
        ),
        (
            "DELETE FROM t RETURNING a",
            NotRedshift,
            (1, 1),
            "RETURNING, LIMIT or the like in DELETE",
        ),
        (
            "DELETE FROM t AS a WHERE a.id = 1",
            NotRedshift,
            (1, 1),
            "DELETE from anything but one table without alias",
        ),
        (
            "SELECT DISTINCT ON (a) a FROM t",
            NotRedshift,
            (1, 1),
            "DISTINCT ON",
        ),
        ("SELECT ARRAY[1, 2]", NotRedshift, (1, 14), "an array"),
        (
            "SELECT COUNT(*) FILTER (WHERE a > 1) FROM t",
            NotRedshift,
            (1, 24),
            "FILTER",
        ),
        (
            "SELECT a FROM t, LATERAL (SELECT 1 AS x) AS b",
            NotRedshift,
            (1, 27),
            "LATERAL",
        ),
        (
            "SELECT x FROM generate_series(1, 3) AS x",
            NotRedshift,
            (1, 15),
            "a function in FROM",
        ),
        (
            "SELECT generate_series(1, 3)",
            NotRedshift,
            (1, 8),
            "the function generate_series",
        ),
        ("SELECT s -> 'a' FROM t", NotRedshift, (1, 8), "the operator ->"),
        ("SELECT s ->> 'a' FROM t", NotRedshift, (1, 8), "the operator ->>"),
        ("SELECT s @> '{}' FROM t", NotRedshift, (1, 8), "the operator @>"),
        (
            "SELECT a IS DISTINCT FROM b FROM t",
            NotRedshift,
            (1, 8),
            "IS DISTINCT FROM",
        ),
        (
            "SELECT a = ANY (SELECT 1) FROM t",
            NotRedshift,
            (1, 8),
            "ANY or ALL",
        ),
        ("SELECT now()", NotRedshift, (1, 8), "the function now"),
        (
            "SELECT string_agg(a, ',') FROM t",
            NotRedshift,
            (1, 8),
            "the function string_agg",
        ),
        (
            "SELECT a FROM t FOR UPDATE",
            NotRedshift,
            (1, 1),
            "FOR UPDATE or pipes after a query",
        ),
        (
            "SELECT a FROM t FETCH FIRST 1 ROW ONLY",
            NotRedshift,
            (1, 1),
            "FETCH, FOR, SETTINGS or FORMAT after a query",
        ),
        (
            "SELECT a FROM t TABLESAMPLE SYSTEM (1)",
            NotRedshift,
            (1, 15),
            "TABLESAMPLE",
        ),
        (
            "SELECT SUM(a) OVER (ORDER BY b) FROM t",
            NotRedshift,
            (1, 8),
            "sum OVER (ORDER BY …) without a frame: write ROWS …",
        ),
        (
            "SELECT SUM(a) OVER (ORDER BY b RANGE UNBOUNDED PRECEDING) FROM t",
            NotRedshift,
            (1, 8),
            "a frame of RANGE: only ROWS",
        ),
        (
            "SELECT ROW_NUMBER() FROM t",
            NotRedshift,
            (1, 8),
            "row_number without OVER",
        ),
        ("SELECT 'a' 'b'", NotRedshift, (1, 8), "a string as an alias"),
        (
            "SELECT $1",
            NotRedshift,
            (1, 8),
            "a parameter by number: the Data API's have names",
        ),
        ("CREATE INDEX i ON t (a)", NotRedshift, (1, 1), "CREATE INDEX"),
        (
            "CREATE TABLE t (a SERIAL)",
            NotRedshift,
            (1, 19),
            "the type SERIAL",
        ),
        ("CREATE TABLE t (a JSONB)", NotRedshift, (1, 19), "the type JSONB"),
        ("CREATE TABLE t (a UUID)", NotRedshift, (1, 19), "the type UUID"),
        (
            "CREATE TABLE t (a INTEGER[])",
            NotRedshift,
            (1, 19),
            "the type INTEGER[]",
        ),
        (
            "CREATE TABLE t (a DECIMAL(39,2))",
            NotRedshift,
            (1, 19),
            "DECIMAL(39,2)",
        ),
        (
            "CREATE TABLE t (a VARCHAR(65536))",
            NotRedshift,
            (1, 19),
            "a length of 65536",
        ),
        (
            "CREATE TABLE t (a INTEGER CHECK (a > 1))",
            NotRedshift,
            (1, 27),
            "CHECK",
        ),
        (
            "CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS a",
            NotRedshift,
            (1, 1),
            "CREATE TABLE IF NOT EXISTS … AS",
        ),
        (
            "CREATE OR REPLACE TABLE t (a INTEGER)",
            NotRedshift,
            (1, 1),
            "CREATE OR REPLACE TABLE",
        ),
        (
            "ALTER TABLE a APPEND FROM b IGNOREEXTRA FILLTARGET",
            NotRedshift,
            (1, 41),
            "IGNOREEXTRA and FILLTARGET together",
        ),
        (
            "ALTER TABLE t ADD COLUMN a INTEGER NOT NULL",
            NotRedshift,
            (1, 26),
            "an added column that is NOT NULL without DEFAULT",
        ),
        (
            "TRUNCATE a, b",
            NotRedshift,
            (1, 11),
            "TRUNCATE of several tables",
        ),
        ("SAVEPOINT x", NotRedshift, (1, 1), "SAVEPOINT"),
        ("ROLLBACK TO x", NotRedshift, (1, 10), "ROLLBACK TO"),
        (
            "LOCK TABLE t IN SHARE MODE",
            NotRedshift,
            (1, 14),
            "LOCK … IN a mode",
        ),
        ("VALUES (1)", NotRedshift, (1, 1), "VALUES"),
        (
            "SELECT a FROM redshift_stream_records",
            NotRedshift,
            (1, 15),
            r#"the reserved name "redshift_stream_records""#,
        ),
        (
            "SELECT redshift.value(a) FROM t",
            NotInTheList,
            (1, 8),
            "the function redshift.value",
        ),
    ]);
}

#[test]
fn merges_that_redshift_has_not() {
    check(&[
        (
            "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.x > t.x THEN UPDATE SET x = s.x WHEN NOT MATCHED THEN INSERT VALUES (s.id)",
            NotRedshift,
            (1, 50),
            "WHEN [NOT] MATCHED AND …",
        ),
        (
            "MERGE INTO t USING (SELECT 1 AS id) AS s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id)",
            NotRedshift,
            (1, 20),
            "MERGE from a subquery: the source is a table",
        ),
        (
            "MERGE INTO t USING s ON t.id = s.id AND t.x < s.x WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id)",
            NotRedshift,
            (1, 41),
            "MERGE ON anything but equal columns",
        ),
        (
            "MERGE INTO t USING s ON t.id = 1 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id)",
            NotRedshift,
            (1, 25),
            "MERGE ON anything but equal columns",
        ),
        (
            "MERGE INTO t USING s ON t.id = s.id OR t.x = s.x WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id)",
            NotRedshift,
            (1, 25),
            "MERGE ON anything but equal columns",
        ),
        (
            "MERGE INTO t AS a USING s ON a.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id)",
            NotRedshift,
            (1, 14),
            "an alias for the target of MERGE",
        ),
        (
            "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE",
            NotRedshift,
            (1, 61),
            "MERGE without WHEN NOT MATCHED",
        ),
        (
            "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE THEN DELETE",
            NotRedshift,
            (1, 79),
            "WHEN NOT MATCHED BY …",
        ),
        (
            "MERGE INTO t USING s ON t.id = s.id REMOVE DUPLICATES",
            NotInTheList,
            (1, 1),
            "MERGE … REMOVE DUPLICATES",
        ),
    ]);
}

#[test]
fn what_a_streaming_view_may_not_have() {
    check(&[
        (
            "CREATE MATERIALIZED VIEW v AS SELECT kinesis_data, GETDATE() AS now FROM k.s",
            NotRedshift,
            (1, 52),
            "getdate in a streaming view",
        ),
        (
            "CREATE MATERIALIZED VIEW v AS SELECT kinesis_data FROM k.s ORDER BY 1",
            NotRedshift,
            (1, 31),
            "WITH, ORDER BY or LIMIT in a streaming view",
        ),
        (
            "CREATE MATERIALIZED VIEW v AS SELECT kinesis_data FROM k.s LIMIT 1",
            NotRedshift,
            (1, 31),
            "WITH, ORDER BY or LIMIT in a streaming view",
        ),
        (
            "CREATE MATERIALIZED VIEW v AS SELECT DISTINCT kinesis_data FROM k.s",
            NotRedshift,
            (1, 31),
            "GROUP BY, DISTINCT, QUALIFY or a join in a streaming view",
        ),
        (
            "CREATE MATERIALIZED VIEW v AS SELECT a.kinesis_data FROM k.s AS a INNER JOIN t ON t.id = a.shard_id",
            NotRedshift,
            (1, 78),
            "a join here",
        ),
        (
            "CREATE MATERIALIZED VIEW v AS SELECT kinesis_data, ROW_NUMBER() OVER (ORDER BY shard_id) AS n FROM k.s",
            NotInTheList,
            (1, 52),
            "row_number: a window function in a streaming view",
        ),
        (
            "CREATE MATERIALIZED VIEW v AS SELECT MAX(kinesis_data) AS m FROM k.s",
            NotInTheList,
            (1, 38),
            "an aggregate in a streaming view",
        ),
        (
            "CREATE MATERIALIZED VIEW v AS SELECT kinesis_data FROM k.s WHERE shard_id IN (SELECT id FROM t)",
            NotRedshift,
            (1, 79),
            "a subquery in a streaming view",
        ),
        (
            r#"CREATE MATERIALIZED VIEW v AS SELECT kinesis_data FROM k."Stream""#,
            NotRedshift,
            (1, 58),
            "a stream's name in capitals, unless enable_case_sensitive_identifier is on and it is quoted",
        ),
    ]);
}

#[test]
fn what_is_merely_not_in_the_list() {
    check(&[
        (
            "EXPLAIN SELECT 1",
            NotInTheList,
            (1, 1),
            "a statement that begins with EXPLAIN",
        ),
        (
            "COPY t FROM 's3://b/k' IAM_ROLE default",
            NotInTheList,
            (1, 1),
            "a statement that begins with COPY",
        ),
        (
            "UNLOAD ('SELECT 1') TO 's3://b/k' IAM_ROLE default",
            NotInTheList,
            (1, 1),
            "a statement that begins with UNLOAD",
        ),
        (
            "SHOW search_path",
            NotInTheList,
            (1, 1),
            "a statement that begins with SHOW",
        ),
        (
            "SET search_path TO a",
            NotInTheList,
            (1, 5),
            "the setting search_path",
        ),
        (
            "SET enable_case_sensitive_identifier TO maybe",
            Syntax,
            (1, 41),
            "expected TRUE, FALSE, ON or OFF",
        ),
        (
            "WITH RECURSIVE a AS (SELECT 1 AS x) SELECT x FROM a",
            NotInTheList,
            (1, 1),
            "WITH RECURSIVE",
        ),
        (
            "SELECT TOP 3 a FROM t",
            NotInTheList,
            (1, 1),
            "TOP, EXCLUDE or another clause of SELECT",
        ),
        (
            "SELECT a INTO u FROM t",
            NotInTheList,
            (1, 1),
            "SELECT INTO outside a procedure: write CREATE TABLE … AS",
        ),
        (
            "SELECT * FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1",
            NotInTheList,
            (1, 25),
            "* beside QUALIFY: name the columns",
        ),
        (
            "SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1 ORDER BY t.a",
            NotInTheList,
            (1, 69),
            "ORDER BY behind QUALIFY of what is no column of the answer",
        ),
        (
            "SELECT a FROM (SELECT 1 AS a)",
            NotInTheList,
            (1, 16),
            "a subquery in FROM without an alias",
        ),
        (
            "SELECT a / b FROM t",
            NotInTheList,
            (1, 8),
            "a division of values whose types are not seen: cast both sides",
        ),
        (
            "SELECT a::DECIMAL(38,2) / b::DECIMAL(38,2) FROM t",
            NotInTheList,
            (1, 8),
            "a division with 77 digits, over 38: cast to fewer digits first",
        ),
        (
            "SELECT AVG(a) FROM t",
            NotInTheList,
            (1, 8),
            "AVG of what is not seen to be a float: cast it to DOUBLE PRECISION",
        ),
        (
            "SELECT MEDIAN(a) FROM t",
            NotInTheList,
            (1, 8),
            "the function median",
        ),
        (
            "SELECT DATEDIFF(week, a, b) FROM t",
            NotInTheList,
            (1, 17),
            "this unit of datediff",
        ),
        (
            "SELECT EXTRACT(MILLISECOND FROM a) FROM t",
            NotInTheList,
            (1, 33),
            "EXTRACT of MILLISECOND",
        ),
        (
            "SELECT TO_CHAR(a, 'Month') FROM t",
            NotInTheList,
            (1, 19),
            "this format of TO_CHAR",
        ),
        (
            "SELECT ROW_NUMBER() OVER (PARTITION BY a) FROM t",
            NotInTheList,
            (1, 8),
            "row_number: OVER without ORDER BY, whose result may be any",
        ),
        (
            "SELECT LAG(a, 1, 0) OVER (ORDER BY b) FROM t",
            NotInTheList,
            (1, 8),
            "lag of 3 arguments",
        ),
        (
            "SELECT t.s.a = 'x' FROM t",
            NotInTheList,
            (1, 8),
            "a SUPER value here: cast it first",
        ),
        (
            "SELECT UPPER(t.s.a) FROM t",
            NotInTheList,
            (1, 14),
            "a SUPER value here: cast it first",
        ),
        (
            "SELECT t.s.a FROM t ORDER BY t.s.a",
            NotInTheList,
            (1, 30),
            "a SUPER value here: cast it first",
        ),
        (
            "SELECT t.s.a::TIMESTAMP FROM t",
            NotInTheList,
            (1, 8),
            "a cast of SUPER to a time: cast to VARCHAR first",
        ),
        (
            "SELECT a[b] FROM t",
            NotInTheList,
            (1, 9),
            "a name in square brackets",
        ),
        (
            "SELECT 'a'::TEXT",
            NotInTheList,
            (1, 8),
            "the type TEXT, 256 bytes in Redshift: write VARCHAR(n)",
        ),
        (
            "SELECT a SIMILAR TO 'x' FROM t",
            NotInTheList,
            (1, 8),
            "SIMILAR TO",
        ),
        (
            "SELECT a FROM t NATURAL JOIN u",
            NotInTheList,
            (1, 30),
            "NATURAL JOIN: write USING",
        ),
        (
            "SELECT * FROM pg_class",
            NotInTheList,
            (1, 15),
            "PostgreSQL's catalogue",
        ),
        (
            "SELECT * FROM information_schema.tables",
            NotInTheList,
            (1, 15),
            "PostgreSQL's catalogue",
        ),
        (
            "SELECT * FROM db.a.t",
            NotInTheList,
            (1, 15),
            "a name with more parts than schema and name",
        ),
        (
            "SELECT INTERVAL '1 day 2 hours'",
            NotInTheList,
            (1, 17),
            "an interval that is not a whole number and a unit",
        ),
        (
            "SELECT UUID_GENERATE(a) FROM t",
            NotInTheList,
            (1, 8),
            "the function uuid_generate",
        ),
        (
            "CREATE TABLE t (a BIGINT IDENTITY(1, 1))",
            NotInTheList,
            (1, 26),
            "an IDENTITY column",
        ),
        (
            "CREATE TABLE t (a TEXT)",
            NotInTheList,
            (1, 19),
            "the type TEXT, 256 bytes in Redshift: write VARCHAR(n)",
        ),
        (
            "CREATE TABLE t (a GEOMETRY)",
            NotInTheList,
            (1, 19),
            "the type GEOMETRY",
        ),
        (
            "CREATE TABLE #t (a INTEGER)",
            NotInTheList,
            (1, 14),
            "a temporary table by #: write CREATE TEMP TABLE",
        ),
        (
            "CREATE EXTERNAL SCHEMA s FROM MSK IAM_ROLE default",
            NotInTheList,
            (1, 26),
            "an external schema from anything but KINESIS",
        ),
        (
            "CREATE USER me PASSWORD 'Secret1'",
            NotInTheList,
            (1, 16),
            "a user with a password: PASSWORD DISABLE",
        ),
        (
            "GRANT SELECT ON t TO GROUP g",
            NotInTheList,
            (1, 22),
            "a GROUP: use a role",
        ),
        ("GRANT DROP ON t TO me", NotInTheList, (1, 7), "a grant of DROP"),
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN TRUNCATE t; END; $$",
            NotInTheList,
            (1, 51),
            "TRUNCATE in a procedure, where it commits: write DELETE",
        ),
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END; $$",
            NotInTheList,
            (1, 51),
            "COMMIT in a procedure",
        ),
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT 1'; END; $$",
            NotInTheList,
            (1, 51),
            "a statement that begins with EXECUTE",
        ),
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN SELECT 1; END; $$",
            NotRedshift,
            (1, 51),
            "a query in a procedure whose answer goes nowhere: write SELECT … INTO variable",
        ),
    ]);
}

#[test]
fn what_cannot_be_read() {
    check(&[
        ("SELECT", Syntax, (1, 7), "expected an expression, found the end"),
        ("SELECT 'a", Syntax, (1, 8), "Unterminated string literal"),
        (
            "SELECT 1 SELECT 2",
            Syntax,
            (1, 10),
            "expected the end of the statement, found SELECT",
        ),
        (
            "SELECT 1; SELECT 2",
            Syntax,
            (1, 11),
            "expected the end of the statement, found SELECT",
        ),
        ("SELECT a,\n  (1, ]", Syntax, (2, 7), "expected an expression"),
        (
            "SELECT 1 FROM t 'secret'",
            NotRedshift,
            (1, 1),
            "a string as an alias",
        ),
        (
            "SELECT 1 FROM t AS a 'secret'",
            Syntax,
            (1, 22),
            "expected the end of the statement, found a value",
        ),
        (
            "SELECT a FROM 'secret' WHERE",
            Syntax,
            (1, 29),
            "expected an expression, found the end",
        ),
        (
            "SELEC 1",
            NotInTheList,
            (1, 1),
            "a statement that begins with SELEC",
        ),
        (
            "WITH a AS MATERIALIZED (SELECT 1) SELECT 1 FROM a",
            Syntax,
            (1, 11),
            "found MATERIALIZED",
        ),
        (
            "CREATE TABLE t (a INTEGER",
            Syntax,
            (1, 26),
            "expected ), found the end",
        ),
        (
            "REFRESH MATERIALIZED VIEW",
            Syntax,
            (1, 26),
            "expected identifier, found the end",
        ),
        (
            "/* open",
            Syntax,
            (1, 8),
            "Unexpected EOF while in a multi-line comment",
        ),
        ("", Syntax, (1, 1), "there is no statement"),
    ]);
}
