//! Scripts and their statements, named parameters.

use redshift_sql::{Because, Plan, Session, plan, split};

#[test]
fn a_semicolon_separates_only_statements() {
    for (script, statements) in [
        ("", vec![]),
        (" ;; -- nothing\n;", vec![]),
        ("SELECT 1", vec!["SELECT 1"]),
        ("SELECT 1;\nSELECT 2 ;", vec!["SELECT 1", "SELECT 2"]),
        (
            "SELECT ';', \"a;b\";SELECT 2",
            vec!["SELECT ';', \"a;b\"", "SELECT 2"],
        ),
        (
            "-- a; b\nSELECT 1 /* c; d */ + 2; -- e",
            vec!["SELECT 1 /* c; d */ + 2"],
        ),
        (
            "SELECT 'it''s;'; SELECT 'ü;';SELECT 3",
            vec!["SELECT 'it''s;'", "SELECT 'ü;'", "SELECT 3"],
        ),
        (
            "CREATE PROCEDURE p() AS $$ BEGIN DELETE FROM t; END; $$ LANGUAGE plpgsql; CALL p();",
            vec![
                "CREATE PROCEDURE p() AS $$ BEGIN DELETE FROM t; END; $$ LANGUAGE plpgsql",
                "CALL p()",
            ],
        ),
        (
            "DO $a$ ; $$ ; $$ ; $a$; SELECT 1",
            vec!["DO $a$ ; $$ ; $$ ; $a$", "SELECT 1"],
        ),
    ] {
        assert_eq!(split(script), Ok(statements), "{script}");
    }
}

#[test]
fn an_open_end_is_refused() {
    for script in [
        "SELECT 'a; SELECT 1",
        "SELECT \"a; SELECT 1",
        "/* SELECT 1;",
        "$$ SELECT 1;",
    ] {
        let refused = split(script).map_err(|refusal| refusal.because);
        assert_eq!(refused, Err(Because::Syntax), "{script}");
    }
}

fn parameters(names: &[(&str, &str)]) -> Vec<(String, String)> {
    names
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_named_parameter_is_a_string() {
    for (sql, given, expected) in [
        ("SELECT :a AS x", vec![("a", "it's")], "SELECT 'it''s' AS \"x\""),
        (
            "SELECT :a::INTEGER AS x",
            vec![("a", "1")],
            "SELECT '1'::integer AS \"x\"",
        ),
        (
            "SELECT ':b' || :a || :a AS x",
            vec![("a", "; DROP")],
            "SELECT ':b' || '; DROP' || '; DROP' AS \"x\"",
        ),
    ] {
        match plan(sql, &Session::default(), &parameters(&given)) {
            Ok(Plan::Run(run)) => assert_eq!(run.sql, expected),
            other => panic!("{sql}\n{other:?}"),
        }
    }
}

#[test]
fn a_parameter_that_is_missing_or_left_over_is_named() {
    for (sql, given, message) in [
        (
            "SELECT\n  :day",
            vec![],
            "line 2, column 4: no parameter is called \"day\"",
        ),
        (
            "SELECT :a",
            vec![("a", "1"), ("b", "2")],
            "line 1, column 1: the parameter \"b\" is not used",
        ),
        (
            "SELECT ':a'",
            vec![("a", "1")],
            "line 1, column 1: the parameter \"a\" is not used",
        ),
    ] {
        let refusal = plan(sql, &Session::default(), &parameters(&given)).expect_err(sql);
        assert_eq!(refusal.because, Because::Parameter, "{sql}");
        assert_eq!(refusal.to_string(), message);
    }
}
