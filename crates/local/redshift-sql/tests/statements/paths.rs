//! Paths into SUPER values: what is a relation, what a column, what an attribute, and in which case.

use redshift_sql::{Plan, Session, plan};

const PLAIN: Session = Session {
    case_sensitive_super_attribute: false,
    case_sensitive_identifier: false,
};
const SUPER: Session = Session {
    case_sensitive_super_attribute: true,
    case_sensitive_identifier: false,
};
const QUOTED: Session = Session {
    case_sensitive_super_attribute: false,
    case_sensitive_identifier: true,
};

fn run(sql: &str, session: Session) -> String {
    match plan(sql, &session, &[]) {
        Ok(Plan::Run(run)) => run.sql,
        other => panic!("{sql}\n{other:?}"),
    }
}

/// The one item of a select list.
fn item(sql: &str, session: Session) -> String {
    let text = run(sql, session);
    let (item, _) = text
        .strip_prefix("SELECT ")
        .and_then(|rest| rest.split_once(" AS "))
        .expect("one item");
    item.to_owned()
}

#[test]
fn a_setting_decides_about_the_case_of_attributes() {
    for (path, plain, with_super, with_quoted) in [
        (
            "p.a.NewImage",
            r#"redshift.value("p" -> 'a' -> 'newimage')"#,
            r#"redshift.value("p" -> 'a' -> 'NewImage')"#,
            r#"redshift.value("p" -> 'a' -> 'newimage')"#,
        ),
        (
            "p.a.\"NewImage\"",
            r#"redshift.value("p" -> 'a' -> 'newimage')"#,
            r#"redshift.value("p" -> 'a' -> 'newimage')"#,
            r#"redshift.value("p" -> 'a' -> 'NewImage')"#,
        ),
        (
            "P.\"it's\"",
            r#"redshift.value("p" -> 'it''s')"#,
            r#"redshift.value("p" -> 'it''s')"#,
            r#"redshift.value("p" -> 'it''s')"#,
        ),
        (
            "\"P\".a[0].B[12]",
            r#"redshift.value("p" -> 'a' -> 0 -> 'b' -> 12)"#,
            r#"redshift.value("p" -> 'a' -> 0 -> 'B' -> 12)"#,
            r#"redshift.value("P" -> 'a' -> 0 -> 'b' -> 12)"#,
        ),
    ] {
        let sql = format!("SELECT {path} AS x FROM t");
        assert_eq!(item(&sql, PLAIN), plain, "{path}");
        assert_eq!(item(&sql, SUPER), with_super, "{path}");
        assert_eq!(item(&sql, QUOTED), with_quoted, "{path}");
    }
}

#[test]
fn a_first_name_is_a_relation_if_the_query_reads_one_of_it() {
    for (sql, expected) in [
        ("SELECT t.p.a AS x FROM t", r#"redshift.value("t"."p" -> 'a')"#),
        ("SELECT T.P AS x FROM t", r#""t"."p""#),
        ("SELECT p.a AS x FROM t AS p", r#""p"."a""#),
        ("SELECT t.p AS x FROM t AS u", r#"redshift.value("t" -> 'p')"#),
        (
            "SELECT s.t.p.a AS x FROM s.t",
            r#"redshift.value("s"."t"."p" -> 'a')"#,
        ),
        ("SELECT t.p.a AS x FROM s.t", r#"redshift.value("t"."p" -> 'a')"#),
        (
            "SELECT s.t.p AS x FROM s.t AS u",
            r#"redshift.value("s" -> 't' -> 'p')"#,
        ),
        (
            "SELECT (SELECT MAX(t.p.a::INT) FROM u) AS x FROM t",
            r#"(SELECT max(redshift.whole("t"."p" -> 'a', -2147483648, 2147483647)::integer)"#,
        ),
    ] {
        assert_eq!(item(sql, PLAIN), expected, "{sql}");
    }
}

#[test]
fn a_path_is_cast_tested_or_answered_as_it_is() {
    for (path, expected) in [
        ("p.a::VARCHAR", r#"redshift.text("p" -> 'a')"#),
        (
            "p.a::VARCHAR(9)",
            r#"redshift.cut(redshift.text("p" -> 'a'), 9)::varchar(9)"#,
        ),
        (
            "p.a::VARCHAR::DECIMAL(8,2)",
            r#"redshift.text("p" -> 'a')::numeric(8,2)"#,
        ),
        (
            "CAST(p.a AS DECIMAL(8,2))",
            r#"redshift.exact("p" -> 'a', 8, 2)::numeric(8,2)"#,
        ),
        (
            "p.a::SMALLINT",
            r#"redshift.whole("p" -> 'a', -32768, 32767)::smallint"#,
        ),
        ("p.a::DOUBLE PRECISION", r#"redshift.float("p" -> 'a')"#),
        ("p.a::BOOLEAN", r#"redshift.truth("p" -> 'a')"#),
        ("p.a IS NOT NULL", r#"redshift.value("p" -> 'a') IS NOT NULL"#),
        (
            "COALESCE(p.a, p.b)",
            r#"COALESCE(redshift.value("p" -> 'a'), redshift.value("p" -> 'b'))"#,
        ),
        (
            "TRY_CAST(p.a::VARCHAR AS DATE)",
            r#"redshift.try_timestamp(redshift.text("p" -> 'a'))::date"#,
        ),
    ] {
        assert_eq!(
            item(&format!("SELECT {path} AS x FROM t"), PLAIN),
            expected,
            "{path}"
        );
    }
}

#[test]
fn a_column_is_named_as_redshift_would() {
    for (sql, expected) in [
        (
            "SELECT p.\"newImage\".a::INT FROM t",
            r#"SELECT redshift.whole("p" -> 'newimage' -> 'a', -2147483648, 2147483647)::integer AS "a" FROM "t""#,
        ),
        (
            "SELECT p.a FROM t",
            r#"SELECT redshift.value("p" -> 'a') AS "a" FROM "t""#,
        ),
        (
            "SELECT a.p AS q FROM t AS a",
            r#"SELECT "a"."p" AS "q" FROM "t" AS "a""#,
        ),
    ] {
        assert_eq!(run(sql, PLAIN), expected);
    }
}
