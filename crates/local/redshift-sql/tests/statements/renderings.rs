//! What statements become in PostgreSQL: Redshift's text, and PostgreSQL's.

use std::ops::ControlFlow;

use redshift_sql::{Plan, SUPPORT_SQL, Session, plan};
use sqlparser::ast::{Expr, visit_expressions};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// What a statement becomes in a session with Redshift's defaults.
fn run(sql: &str) -> String {
    match plan(sql, &Session::default(), &[]) {
        Ok(Plan::Run(run)) => run.sql,
        other => panic!("{sql}\n{other:?}"),
    }
}

fn check(cases: &[(&str, &str)]) {
    for (redshift, postgres) in cases {
        assert_eq!(run(redshift), *postgres, "{redshift}");
        for function in called(postgres) {
            let created = format!("FUNCTION redshift.{function}(");
            assert!(
                SUPPORT_SQL.contains(&created),
                "{redshift} calls redshift.{function}"
            );
        }
    }
}

/// The functions of the schema `redshift` that a statement calls.
fn called(postgres: &str) -> Vec<String> {
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, postgres).unwrap_or_default();
    let mut called = Vec::new();
    let _ = visit_expressions(&statements, |expr| {
        if let Expr::Function(function) = expr {
            let name = function.name.to_string();
            called.extend(name.strip_prefix("redshift.").map(str::to_owned));
        }
        ControlFlow::<()>::Continue(())
    });
    called
}

#[test]
fn calls_are_found() {
    assert_eq!(called("SELECT redshift.a(b.c(redshift.d()))"), ["a", "d"]);
}

#[test]
fn queries_keep_their_shape() {
    check(&[
        ("SELECT * FROM Sales", r#"SELECT * FROM "sales""#),
        (
            "SELECT s.Id, s.* FROM sales AS s",
            r#"SELECT "s"."id", "s".* FROM "sales" AS "s""#,
        ),
        (
            "SELECT DISTINCT region FROM bi.order_lines WHERE NOT deleted",
            r#"SELECT DISTINCT "region" FROM "bi"."order_lines" WHERE NOT "deleted""#,
        ),
        (
            "SELECT region, COUNT(*) FROM sales GROUP BY 1 HAVING COUNT(*) > 1 ORDER BY 2 DESC NULLS LAST, region LIMIT 10 OFFSET 5",
            r#"SELECT "region", count(*) AS "count" FROM "sales" GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC NULLS LAST, "region" LIMIT 10 OFFSET 5"#,
        ),
        (
            "WITH a AS (SELECT 1 AS x), b (y) AS (SELECT x FROM a) SELECT y FROM b",
            r#"WITH "a" AS (SELECT 1 AS "x"), "b" ("y") AS (SELECT "x" FROM "a") SELECT "y" FROM "b""#,
        ),
        (
            "SELECT id FROM a UNION ALL SELECT id FROM b UNION SELECT id FROM c",
            r#"SELECT "id" FROM "a" UNION ALL SELECT "id" FROM "b" UNION SELECT "id" FROM "c""#,
        ),
        (
            "(SELECT 1 AS x) UNION ALL (SELECT 2) ORDER BY x",
            r#"(SELECT 1 AS "x") UNION ALL (SELECT 2 AS "?column?") ORDER BY "x""#,
        ),
        (
            "SELECT x.id FROM (SELECT id FROM a) AS x INNER JOIN b ON x.id = b.id LEFT JOIN c USING (id) CROSS JOIN d",
            r#"SELECT "x"."id" FROM (SELECT "id" FROM "a") AS "x" INNER JOIN "b" ON "x"."id" = "b"."id" LEFT JOIN "c" USING ("id") CROSS JOIN "d""#,
        ),
        (
            "SELECT id FROM a WHERE id IN (SELECT id FROM b) AND NOT EXISTS (SELECT 1 FROM c WHERE c.id = a.id)",
            r#"SELECT "id" FROM "a" WHERE "id" IN (SELECT "id" FROM "b") AND NOT EXISTS (SELECT 1 AS "?column?" FROM "c" WHERE "c"."id" = "a"."id")"#,
        ),
        (
            "SELECT id, ROW_NUMBER() OVER (PARTITION BY region ORDER BY id DESC) AS place FROM sales QUALIFY place <= 3 ORDER BY id",
            r#"SELECT "id", "place" FROM (SELECT "id", row_number() OVER (PARTITION BY "region" ORDER BY "id" DESC) AS "place", row_number() OVER (PARTITION BY "region" ORDER BY "id" DESC) <= 3 AS "redshift_qualified" FROM "sales") AS "redshift_qualified" WHERE "redshift_qualified"."redshift_qualified" ORDER BY "id""#,
        ),
        (
            "SELECT id FROM sales QUALIFY RANK() OVER (ORDER BY v) = 1",
            r#"SELECT "id" FROM (SELECT "id", rank() OVER (ORDER BY "v") = 1 AS "redshift_qualified" FROM "sales") AS "redshift_qualified" WHERE "redshift_qualified"."redshift_qualified""#,
        ),
    ]);
}

#[test]
fn window_functions_keep_theirs() {
    check(&[
        (
            "SELECT SUM(v) OVER (PARTITION BY region) AS total FROM sales",
            r#"SELECT sum("v") OVER (PARTITION BY "region") AS "total" FROM "sales""#,
        ),
        (
            "SELECT SUM(v) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week FROM sales",
            r#"SELECT sum("v") OVER (ORDER BY "day" ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS "week" FROM "sales""#,
        ),
        (
            "SELECT LAG(v, 1) OVER (ORDER BY day), LEAD(v) OVER (ORDER BY day), DENSE_RANK() OVER (ORDER BY v), NTILE(4) OVER (ORDER BY v) FROM sales",
            r#"SELECT lag("v", 1) OVER (ORDER BY "day") AS "lag", lead("v") OVER (ORDER BY "day") AS "lead", dense_rank() OVER (ORDER BY "v") AS "dense_rank", ntile(4) OVER (ORDER BY "v") AS "ntile" FROM "sales""#,
        ),
        (
            "SELECT FIRST_VALUE(v) OVER (ORDER BY day ROWS UNBOUNDED PRECEDING) FROM sales",
            r#"SELECT first_value("v") OVER (ORDER BY "day" ROWS UNBOUNDED PRECEDING) AS "first_value" FROM "sales""#,
        ),
        (
            "SELECT RATIO_TO_REPORT(v) OVER (PARTITION BY region) AS share FROM sales",
            r#"SELECT "v"::double precision / (sum("v") OVER (PARTITION BY "region"))::double precision AS "share" FROM "sales""#,
        ),
    ]);
}

#[test]
fn expressions_get_only_the_brackets_that_they_need() {
    check(&[
        (
            "SELECT a + b * c - (d + e), -(a - b), a % 2 FROM t",
            r#"SELECT ("a" + ("b" * "c")) - ("d" + "e") AS "?column?", - ("a" - "b") AS "?column?", "a" % 2 AS "?column?" FROM "t""#,
        ),
        (
            "SELECT a FROM t WHERE (a = 1 OR b = 2 OR c = 3) AND NOT (a = 1 AND b = 2) AND d",
            r#"SELECT "a" FROM "t" WHERE ("a" = 1 OR "b" = 2 OR "c" = 3) AND NOT ("a" = 1 AND "b" = 2) AND "d""#,
        ),
        (
            "SELECT a FROM t WHERE a BETWEEN 1 AND 2 AND b NOT IN (1, 2) AND c IS NOT NULL AND d IS TRUE",
            r#"SELECT "a" FROM "t" WHERE "a" BETWEEN 1 AND 2 AND "b" NOT IN (1, 2) AND "c" IS NOT NULL AND "d" IS TRUE"#,
        ),
        (
            "SELECT a FROM t WHERE name LIKE 'a%' AND name NOT ILIKE '50!%' ESCAPE '!'",
            r#"SELECT "a" FROM "t" WHERE "name" LIKE 'a%' AND "name" NOT ILIKE '50!%' ESCAPE '!'"#,
        ),
        (
            "SELECT CASE a WHEN 1 THEN 'one' ELSE 'many' END, CASE WHEN b THEN 1 END AS c FROM t",
            r#"SELECT CASE "a" WHEN 1 THEN 'one' ELSE 'many' END AS "case", CASE WHEN "b" THEN 1 END AS "c" FROM "t""#,
        ),
        (
            r#"SELECT 'it''s', 'back\\slash', a || '/' || b || 'ä' FROM t"#,
            r#"SELECT 'it''s' AS "?column?", 'back\slash' AS "?column?", "a" || '/' || "b" || 'ä' AS "?column?" FROM "t""#,
        ),
        (
            "SELECT DATE '2025-03-01' + INTERVAL '2 weeks', TIMESTAMP '2025-03-01 12:00:00', INTERVAL '1' MONTH",
            r#"SELECT DATE '2025-03-01' + INTERVAL '2 week' AS "?column?", TIMESTAMP '2025-03-01 12:00:00' AS "?column?", INTERVAL '1 month' AS "?column?""#,
        ),
        (
            r#"SELECT "Upper", Lower FROM "T""#,
            r#"SELECT "upper", "lower" FROM "t""#,
        ),
    ]);
}

#[test]
fn functions_become_those_of_the_same_meaning() {
    check(&[
        (
            "SELECT NVL(a, b, 0), COALESCE(a, 1), NULLIF(a, 0), NVL2(a, 1, 2), DECODE(a, 1, 'x', 'y'), GREATEST(a, b) FROM t",
            r#"SELECT COALESCE("a", "b", 0) AS "nvl", COALESCE("a", 1) AS "coalesce", NULLIF("a", 0) AS "nullif", CASE WHEN "a" IS NOT NULL THEN 1 ELSE 2 END AS "nvl2", CASE WHEN "a" IS NOT DISTINCT FROM 1 THEN 'x' ELSE 'y' END AS "decode", GREATEST("a", "b") AS "greatest" FROM "t""#,
        ),
        (
            "SELECT UPPER(a), LEN(a), LEFT(a, 2), SUBSTRING(a, 2, 3), SUBSTRING(a FROM 2), POSITION('x' IN a), CHARINDEX('x', a), TRIM(a), TRIM(BOTH 'x' FROM a), SPLIT_PART(a, ',', 1), LPAD(a, 5, '0'), CONCAT(a, b) FROM t",
            r#"SELECT upper("a") AS "upper", length("a") AS "len", "left"("a", 2) AS "left", substr("a", 2, 3) AS "substring", substr("a", 2) AS "substring", strpos("a", 'x') AS "strpos", strpos("a", 'x') AS "charindex", btrim("a") AS "btrim", btrim("a", 'x') AS "btrim", split_part("a", ',', 1) AS "split_part", lpad("a", 5, '0') AS "lpad", "a" || "b" AS "concat" FROM "t""#,
        ),
        (
            "SELECT ROUND(a, 2), ABS(a), CEIL(a), FLOOR(a), TRUNC(a), MOD(a, 2) FROM t",
            r#"SELECT redshift.round("a", 2) AS "round", abs("a") AS "abs", ceil("a") AS "ceil", floor("a") AS "floor", redshift.trunc("a") AS "trunc", mod("a", 2) AS "mod" FROM "t""#,
        ),
        (
            "SELECT DATE_TRUNC('month', d), DATEADD(day, -7, GETDATE()), DATEDIFF(month, a, b), EXTRACT(YEAR FROM d), DATE_PART(dow, d), LAST_DAY(d), TO_CHAR(d, 'YYYY-MM'), TRUNC(SYSDATE), CURRENT_DATE FROM t",
            r#"SELECT date_trunc('month', "d"::timestamp) AS "date_trunc", redshift.dateadd('day', - 7, redshift.getdate()::timestamp) AS "dateadd", redshift.datediff('month', "a"::timestamp, "b"::timestamp) AS "datediff", redshift.date_part('year', "d"::timestamp)::integer AS "date_part", redshift.date_part('dow', "d"::timestamp)::integer AS "date_part", redshift.last_day("d"::timestamp) AS "last_day", to_char("d"::timestamp, 'YYYY-MM') AS "to_char", redshift.trunc(redshift.sysdate()) AS "trunc", redshift.current_date() AS "current_date" FROM "t""#,
        ),
        (
            "SELECT COUNT(*), COUNT(DISTINCT a), SUM(a), MIN(a), MAX(a), AVG(a::FLOAT8) FROM t",
            r#"SELECT count(*) AS "count", count(DISTINCT "a") AS "count", sum("a") AS "sum", min("a") AS "min", max("a") AS "max", avg("a"::double precision) AS "avg" FROM "t""#,
        ),
        (
            "SELECT LISTAGG(a, ', ') WITHIN GROUP (ORDER BY b DESC), LISTAGG(DISTINCT a) WITHIN GROUP (ORDER BY a) FROM t",
            r#"SELECT string_agg("a"::text, ', ' ORDER BY "b" DESC) AS "listagg", string_agg(DISTINCT "a"::text, '' ORDER BY "a"::text) AS "listagg" FROM "t""#,
        ),
        (
            "SELECT MD5(a), SHA2(a, 256), FROM_VARBYTE(b, 'utf-8'), TO_VARBYTE(a, 'hex'), OCTET_LENGTH(a) FROM t",
            r#"SELECT md5("a") AS "md5", encode(sha256(convert_to("a", 'UTF8')), 'hex') AS "sha2", convert_from("b", 'UTF8') AS "from_varbyte", decode("a", 'hex') AS "to_varbyte", octet_length("a") AS "octet_length" FROM "t""#,
        ),
        (
            "SELECT CAN_JSON_PARSE(a), JSON_PARSE(a), JSON_SERIALIZE(s), JSON_TYPEOF(s.x), IS_ARRAY(s.x), GET_ARRAY_LENGTH(s.x) FROM t",
            r#"SELECT redshift.can_json_parse("a") AS "can_json_parse", redshift.json_parse("a") AS "json_parse", redshift.json_serialize("s") AS "json_serialize", jsonb_typeof(redshift.value("s" -> 'x')) AS "json_typeof", redshift.is_array(redshift.value("s" -> 'x')) AS "is_array", redshift.get_array_length(redshift.value("s" -> 'x')) AS "get_array_length" FROM "t""#,
        ),
    ]);
}

#[test]
fn casts_cut_and_try_as_redshift_does() {
    check(&[
        (
            "SELECT a::VARCHAR, a::VARCHAR(10), CAST(a AS CHAR(3)), 'x'::VARCHAR(1), a::SUPER, a::VARBYTE FROM t",
            r#"SELECT redshift.text("a")::varchar AS "a", redshift.cut(redshift.text("a"), 10)::varchar(10) AS "a", redshift.cut(redshift.text("a"), 3)::char(3) AS "a", redshift.cut('x', 1)::varchar(1) AS "?column?", to_jsonb("a") AS "a", redshift.bytes("a") AS "a" FROM "t""#,
        ),
        (
            "SELECT a::INT, a::BIGINT, a::SMALLINT, a::DECIMAL(18,2), a::DECIMAL, a::REAL, a::DOUBLE PRECISION, a::BOOLEAN, a::DATE, a::TIMESTAMP, a::TIMESTAMPTZ, NULL::DATE FROM t",
            r#"SELECT "a"::integer AS "a", "a"::bigint AS "a", "a"::smallint AS "a", "a"::numeric(18,2) AS "a", "a"::numeric(18,0) AS "a", "a"::real AS "a", "a"::double precision AS "a", "a"::boolean AS "a", "a"::date AS "a", "a"::timestamp AS "a", "a"::timestamptz AS "a", NULL::date AS "?column?" FROM "t""#,
        ),
        (
            "SELECT TRY_CAST(a AS INTEGER), TRY_CAST(a AS DECIMAL(18,2)), TRY_CAST(a AS DATE), TRY_CAST(a AS TIMESTAMP) FROM t",
            r#"SELECT redshift.try_whole(redshift.text("a"), -2147483648, 2147483647)::integer AS "a", redshift.try_exact(redshift.text("a"), 18, 2)::numeric(18,2) AS "a", redshift.try_timestamp(redshift.text("a"))::date AS "a", redshift.try_timestamp(redshift.text("a")) AS "a" FROM "t""#,
        ),
    ]);
}

#[test]
fn divisions_have_redshifts_digits() {
    check(&[
        (
            "SELECT 7 / 2, 7.0 / 2, a::FLOAT8 / 2, COUNT(*) / 2 FROM t",
            r#"SELECT 7 / 2 AS "?column?", redshift.divide(7.0, 2, 12) AS "?column?", "a"::double precision / 2 AS "?column?", count(*) / 2 AS "?column?" FROM "t""#,
        ),
        (
            "SELECT a::DECIMAL(18,2) / b::DECIMAL(18,2) FROM t",
            r#"SELECT redshift.divide("a"::numeric(18,2), "b"::numeric(18,2), 19) AS "?column?" FROM "t""#,
        ),
        (
            "SELECT x / NULLIF(y, 0) FROM (SELECT a::DECIMAL(8,2) AS x, b::INT AS y FROM t) AS z",
            r#"SELECT redshift.divide("x", NULLIF("y", 0), 13) AS "?column?" FROM (SELECT "a"::numeric(8,2) AS "x", "b"::integer AS "y" FROM "t") AS "z""#,
        ),
    ]);
}

#[test]
fn writing_statements_name_their_tables() {
    check(&[
        (
            "INSERT INTO a.t (x, y) VALUES (1, DEFAULT), (NULL, 'b')",
            r#"INSERT INTO "a"."t" ("x", "y") VALUES (1, DEFAULT), (NULL, 'b')"#,
        ),
        (
            "INSERT INTO t SELECT * FROM u",
            r#"INSERT INTO "t" SELECT * FROM "u""#,
        ),
        (
            "UPDATE t SET x = u.x, y = DEFAULT FROM u WHERE t.id = u.id",
            r#"UPDATE "t" SET "x" = "u"."x", "y" = DEFAULT FROM "u" WHERE "t"."id" = "u"."id""#,
        ),
        (
            "UPDATE t AS a SET x = a.x + 1",
            r#"UPDATE "t" AS "a" SET "x" = "a"."x" + 1"#,
        ),
        ("DELETE FROM t", r#"DELETE FROM "t""#),
        (
            "DELETE FROM a.t USING u WHERE a.t.id = u.id AND u.x > 1",
            r#"DELETE FROM "a"."t" USING "u" WHERE "a"."t"."id" = "u"."id" AND "u"."x" > 1"#,
        ),
        ("TRUNCATE t", r#"TRUNCATE TABLE "t""#),
        (
            "MERGE INTO a.t USING s ON a.t.id = s.id AND a.t.line = s.line WHEN MATCHED THEN UPDATE SET x = s.x WHEN NOT MATCHED THEN INSERT (id, x) VALUES (s.id, s.x)",
            r#"MERGE INTO "a"."t" USING "s" ON "a"."t"."id" = "s"."id" AND "a"."t"."line" = "s"."line" WHEN MATCHED THEN UPDATE SET "x" = "s"."x" WHEN NOT MATCHED THEN INSERT ("id", "x") VALUES ("s"."id", "s"."x")"#,
        ),
        (
            "MERGE INTO t USING s AS n ON t.id = n.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.x)",
            r#"MERGE INTO "t" USING "s" AS "n" ON "t"."id" = "n"."id" WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES ("n"."id", "n"."x")"#,
        ),
    ]);
}

#[test]
fn definitions_lose_what_is_about_storage() {
    check(&[
        (
            "CREATE SCHEMA IF NOT EXISTS bi",
            r#"CREATE SCHEMA IF NOT EXISTS "bi""#,
        ),
        (
            "CREATE TABLE IF NOT EXISTS a.t (id BIGINT PRIMARY KEY ENCODE az64, name VARCHAR(20) NOT NULL DEFAULT 'x' ENCODE zstd DISTKEY, free VARCHAR, p SUPER, bytes VARBYTE(9), at TIMESTAMP DEFAULT GETDATE(), UNIQUE (name), FOREIGN KEY (id) REFERENCES u (id)) BACKUP NO DISTSTYLE KEY COMPOUND SORTKEY (id, name)",
            r#"CREATE TABLE IF NOT EXISTS "a"."t" ("id" bigint NOT NULL, "name" varchar(20) DEFAULT 'x' NOT NULL CHECK (octet_length("name") <= 20), "free" varchar(256) CHECK (octet_length("free") <= 256), "p" jsonb, "bytes" bytea CHECK (octet_length("bytes") <= 9), "at" timestamp DEFAULT redshift.getdate())"#,
        ),
        (
            "CREATE TABLE t (a INT, b INT, PRIMARY KEY (a)) DISTSTYLE AUTO SORTKEY AUTO",
            r#"CREATE TABLE "t" ("a" integer NOT NULL, "b" integer)"#,
        ),
        (
            "CREATE TEMP TABLE stage (LIKE a.t INCLUDING DEFAULTS)",
            r#"CREATE TEMPORARY TABLE "stage" (LIKE "a"."t" INCLUDING DEFAULTS)"#,
        ),
        (
            "CREATE TEMP TABLE stage AS SELECT id FROM a.t",
            r#"CREATE TEMPORARY TABLE "stage" AS SELECT "id" FROM "a"."t""#,
        ),
        (
            "CREATE TABLE a.t DISTSTYLE EVEN AS SELECT 1 AS x",
            r#"CREATE TABLE "a"."t" AS SELECT 1 AS "x""#,
        ),
        (
            "CREATE OR REPLACE VIEW bi.v (x) AS SELECT id FROM a.t",
            r#"CREATE OR REPLACE VIEW "bi"."v" ("x") AS SELECT "id" FROM "a"."t""#,
        ),
        (
            "CREATE VIEW v AS SELECT id FROM a.t WITH NO SCHEMA BINDING",
            r#"CREATE VIEW "v" AS SELECT "id" FROM "a"."t""#,
        ),
        (
            "ALTER TABLE t ADD COLUMN x INTEGER DEFAULT 0 NOT NULL",
            r#"ALTER TABLE "t" ADD COLUMN "x" integer DEFAULT 0 NOT NULL"#,
        ),
        (
            "ALTER TABLE a.t RENAME TO u",
            r#"ALTER TABLE "a"."t" RENAME TO "u""#,
        ),
        (
            "DROP TABLE IF EXISTS t, a.u CASCADE",
            r#"DROP TABLE IF EXISTS "t", "a"."u" CASCADE"#,
        ),
        ("DROP VIEW v", r#"DROP VIEW "v""#),
        (
            "DROP SCHEMA IF EXISTS bi CASCADE",
            r#"DROP SCHEMA IF EXISTS "bi" CASCADE"#,
        ),
        (
            "DROP PROCEDURE a.p(INTEGER, VARCHAR(10))",
            r#"DROP PROCEDURE "a"."p"(integer, varchar(10))"#,
        ),
        (
            "COMMENT ON VIEW bi.v IS 'it''s one'",
            r#"COMMENT ON VIEW "bi"."v" IS 'it''s one'"#,
        ),
        ("ANALYZE a.t", r#"ANALYZE "a"."t""#),
        ("VACUUM FULL a.t TO 99 PERCENT BOOST", r#"VACUUM "a"."t""#),
        ("LOCK TABLE a.t, u", r#"LOCK TABLE "a"."t", "u""#),
        ("CALL a.p(1, 'x')", r#"CALL "a"."p"(1, 'x')"#),
    ]);
}

#[test]
fn users_and_roles_are_roles() {
    check(&[
        ("CREATE ROLE reader", r#"CREATE ROLE "reader""#),
        ("DROP ROLE reader", r#"DROP ROLE "reader""#),
        (
            "GRANT USAGE ON SCHEMA bi, ingest TO ROLE reader",
            r#"GRANT USAGE ON SCHEMA "bi", "ingest" TO "reader""#,
        ),
        (
            r#"GRANT SELECT, INSERT ON a.t, u TO "IAMR:quicksight", PUBLIC WITH GRANT OPTION"#,
            r#"GRANT SELECT, INSERT ON TABLE "a"."t", "u" TO "IAMR:quicksight", PUBLIC WITH GRANT OPTION"#,
        ),
        (
            "GRANT SELECT ON ALL TABLES IN SCHEMA bi TO ROLE reader",
            r#"GRANT SELECT ON ALL TABLES IN SCHEMA "bi" TO "reader""#,
        ),
        (
            "GRANT EXECUTE ON PROCEDURE a.p(INTEGER) TO me",
            r#"GRANT EXECUTE ON PROCEDURE "a"."p"(integer) TO "me""#,
        ),
        (
            "GRANT ALL PRIVILEGES ON TABLE t TO me",
            r#"GRANT ALL PRIVILEGES ON TABLE "t" TO "me""#,
        ),
        (
            r#"GRANT ROLE reader TO "IAMR:quicksight""#,
            r#"GRANT "reader" TO "IAMR:quicksight""#,
        ),
        (
            "REVOKE GRANT OPTION FOR SELECT ON t FROM me",
            r#"REVOKE GRANT OPTION FOR SELECT ON TABLE "t" FROM "me""#,
        ),
        (
            "REVOKE ROLE reader FROM ROLE writer",
            r#"REVOKE "reader" FROM "writer""#,
        ),
        (
            r#"ALTER DEFAULT PRIVILEGES FOR USER "Me" IN SCHEMA bi GRANT SELECT ON TABLES TO ROLE reader"#,
            r#"ALTER DEFAULT PRIVILEGES FOR ROLE "Me" IN SCHEMA "bi" GRANT SELECT ON TABLES TO "reader""#,
        ),
        (
            "ALTER DEFAULT PRIVILEGES IN SCHEMA bi REVOKE ALL ON TABLES FROM PUBLIC",
            r#"ALTER DEFAULT PRIVILEGES IN SCHEMA "bi" REVOKE ALL PRIVILEGES ON TABLES FROM PUBLIC"#,
        ),
    ]);
}
