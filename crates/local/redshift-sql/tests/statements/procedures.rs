//! Procedures.

use redshift_sql::{Because, Plan, Session, plan};

#[test]
fn a_body_is_read_statement_by_statement() {
    let text = "CREATE OR REPLACE PROCEDURE a.p(n INTEGER, \"Label\" IN VARCHAR(9)) AS $body$
DECLARE
    total BIGINT := 0;
    rows INTEGER;
BEGIN
    SELECT COUNT(*), MAX(x) INTO total, rows FROM t WHERE id > n; -- a comment
    IF total > 1 THEN
        INSERT INTO t (id, name) VALUES (1, label);
        GET DIAGNOSTICS rows := ROW_COUNT;
        RAISE INFO 'did %; %', rows, total;
    ELSIF total = 1 THEN
        total := total + 1;
    ELSE
        CALL a.q(n);
    END IF;
END;
$body$ LANGUAGE plpgsql SECURITY DEFINER";
    let expected =
        "CREATE OR REPLACE PROCEDURE \"a\".\"p\"(\"n\" integer, \"label\" varchar(9)) LANGUAGE plpgsql \
SECURITY DEFINER AS $redshift$
DECLARE
\"total\" bigint := 0;
\"rows\" integer;
BEGIN
SELECT count(*) AS \"count\", max(\"x\") AS \"max\" FROM \"t\" WHERE \"id\" > \"n\" INTO \"total\", \"rows\";
IF \"total\" > 1 THEN
INSERT INTO \"t\" (\"id\", \"name\") VALUES (1, \"label\");
GET DIAGNOSTICS \"rows\" = ROW_COUNT;
RAISE INFO 'did %; %', \"rows\", \"total\";
ELSIF \"total\" = 1 THEN
\"total\" := \"total\" + 1;
ELSE
CALL \"a\".\"q\"(\"n\");
END IF;
END;
$redshift$";
    match plan(text, &Session::default(), &[]) {
        Ok(Plan::Run(run)) => assert_eq!(run.sql, expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refusal_in_a_body_names_the_place_in_the_statement() {
    for (sql, place) in [
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t LIMIT 1; END; $$",
            (1, 51),
        ),
        (
            "CREATE PROCEDURE p()\nLANGUAGE plpgsql AS $a$\nBEGIN\n  UPDATE t SET x = now();\nEND;\n$a$",
            (4, 20),
        ),
    ] {
        let refusal = plan(sql, &Session::default(), &[]).expect_err(sql);
        assert_eq!((refusal.line, refusal.column), place, "{refusal}");
        assert_eq!(refusal.because, Because::NotRedshift, "{refusal}");
    }
}

#[test]
fn ifs_may_be_twenty_deep() {
    let nested = |depth: usize| {
        let (open, close) = ("IF a THEN ".repeat(depth), "END IF; ".repeat(depth));
        let text = format!("CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN {open}{close}END; $$");
        plan(&text, &Session::default(), &[])
    };
    assert!(nested(20).is_ok());
    assert!(nested(21).is_err());
    assert!(nested(20_000).is_err());
}
