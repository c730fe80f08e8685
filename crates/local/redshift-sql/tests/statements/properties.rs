//! What holds for every text, and for every query of the list.

use proptest::prelude::*;
use redshift_sql::{Plan, Session, plan, split};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// An expression of the list whose value is a number.
fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("a".to_owned()),
        Just("t.b".to_owned()),
        Just("t.p.x.\"Y\"[0]::INTEGER".to_owned()),
        Just("p.n::DECIMAL(18,2)".to_owned()),
        (0..1000_u32).prop_map(|number| number.to_string()),
        (0..1000_u32).prop_map(|number| format!("{number}.25")),
    ];
    leaf.prop_recursive(3, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} + {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} * ({b})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("({a})::BIGINT / NULLIF(({b})::INTEGER, 0)")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.clone().prop_map(|a| format!("ROUND({a}, 2)")),
            inner.clone().prop_map(|a| format!("LEN(({a})::VARCHAR(20))")),
            inner
                .clone()
                .prop_map(|a| format!("DATEDIFF(day, DATEADD(month, {a}, d), GETDATE())")),
            (inner.clone(), inner)
                .prop_map(|(a, b)| format!("CASE WHEN {a} > {b} THEN {a} ELSE NVL({b}, 0) END")),
        ]
    })
}

/// A test of the list.
fn test() -> impl Strategy<Value = String> {
    let leaf = (number(), number()).prop_flat_map(|(a, b)| {
        prop_oneof![
            Just(format!("{a} <= {b}")),
            Just(format!("{a} BETWEEN {b} AND 9")),
            Just(format!("{a} NOT IN ({b}, 1)")),
            Just("p.x IS NOT NULL".to_owned()),
            Just("name LIKE 'it''s%'".to_owned()),
            Just(format!("EXISTS (SELECT 1 FROM u WHERE u.id = {a})")),
        ]
    });
    leaf.prop_recursive(3, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} AND {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} OR {b})")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
}

/// A query of the list.
fn query() -> impl Strategy<Value = String> {
    (number(), number(), test(), any::<bool>(), 0..4_u8).prop_map(|(a, b, test, distinct, shape)| {
        let distinct = if distinct { "DISTINCT " } else { "" };
        match shape {
            0 => format!("SELECT {distinct}{a} AS x, {b} FROM t WHERE {test} ORDER BY 1 DESC NULLS LAST LIMIT 5"),
            1 => format!("SELECT name, SUM({a}) FROM t LEFT JOIN s.u USING (id) GROUP BY name HAVING COUNT({b}) > 1"),
            2 => format!("WITH c AS (SELECT {a} AS x FROM t) SELECT x FROM c UNION ALL SELECT {b} FROM t WHERE {test}"),
            _ => format!(
                "SELECT {a} AS x, ROW_NUMBER() OVER (PARTITION BY name ORDER BY {b}) AS n FROM t WHERE {test} QUALIFY n = 1"
            ),
        }
    })
}

proptest! {
    #[test]
    fn a_query_becomes_one_that_postgresql_can_read(query in query()) {
        let session = Session { case_sensitive_super_attribute: true, ..Session::default() };
        let planned = plan(&query, &session, &[]);
        let Ok(Plan::Run(run)) = planned else { panic!("{query}\n{planned:?}") };
        let parsed = Parser::parse_sql(&PostgreSqlDialect {}, &run.sql);
        prop_assert_eq!(parsed.map(|statements| statements.len()), Ok(1), "{}", run.sql);
    }

    #[test]
    fn no_text_ends_in_a_panic(text in any::<String>()) {
        let _ = split(&text);
        let _ = plan(&text, &Session::default(), &[]);
    }

    #[test]
    fn no_jumble_of_tokens_ends_in_a_panic(words in prop::collection::vec(prop::sample::select(WORDS), 0..40)) {
        let text = words.join(" ");
        let _ = split(&text);
        let _ = plan(&text, &Session::default(), &[]);
    }

    #[test]
    fn a_statement_cut_off_ends_in_no_panic(query in query(), length in 0..400_usize) {
        let cut: String = query.chars().take(length).collect();
        let _ = plan(&cut, &Session::default(), &[]);
    }

    #[test]
    fn statements_put_together_come_apart_again(queries in prop::collection::vec(query(), 0..5)) {
        let script = queries.join(" ;\n-- next; one\n");
        let statements = split(&script).map(|statements| statements.into_iter().map(str::to_owned).collect());
        prop_assert_eq!(statements, Ok(queries));
    }
}

const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "t",
    "a",
    ".",
    ",",
    "(",
    ")",
    "1",
    "'x'",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "AND",
    "OR",
    "NOT",
    "IN",
    "AS",
    "::",
    "VARCHAR",
    "CREATE",
    "TABLE",
    "VIEW",
    "MATERIALIZED",
    "MERGE",
    "INTO",
    "USING",
    "ON",
    "MATCHED",
    "UPDATE",
    "SET",
    "=",
    "DELETE",
    "INSERT",
    "VALUES",
    "WITH",
    "UNION",
    "ALL",
    "ORDER",
    "BY",
    "GRANT",
    "TO",
    "ROLE",
    "PROCEDURE",
    "$$ BEGIN END; $$",
    "LANGUAGE",
    "plpgsql",
    ";",
    "[",
    "]",
    "0",
    "*",
    "/",
    "OVER",
    "COUNT",
    "->",
    "INTERVAL",
    "DATE",
    "NULL",
    "IS",
    "ALTER",
    "USER",
    "DEFAULT",
    "PRIVILEGES",
    "IF",
    "EXISTS",
    "\"q\"",
    ":",
    "-",
];

/// A chain is a tree as deep as it is long.
#[test]
fn a_statement_that_is_too_deep_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("- ", ""),
        ("NOT ", ""),
        ("", " + 1"),
        ("", " AND a"),
        ("", " IS NULL"),
        ("", "::INTEGER"),
        ("", " UNION ALL SELECT a"),
        ("", " UNION ALL BY NAME SELECT a"),
        ("CASE WHEN ", " THEN 1 END"),
        ("(SELECT ", ")"),
    ] {
        let of_depth = |depth| format!("SELECT {}a{}", open.repeat(depth), close.repeat(depth));
        for depth in [50, 99, 101, 998, 1_001, 20_000] {
            let planned = plan(&of_depth(depth), &Session::default(), &[]);
            assert!(planned.is_err() || depth <= 101, "{open}a{close} of {depth}");
        }
    }
    let of_depth = |depth: usize| {
        plan(
            &format!("SELECT a{}", " + 1".repeat(depth - 1)),
            &Session::default(),
            &[],
        )
    };
    assert!(of_depth(100).is_ok());
    assert!(of_depth(101).is_err());
}

#[test]
fn a_statement_with_many_rows_is_not_too_deep() {
    let rows = vec!["(1, 'x', NULL)"; 5_000].join(", ");
    assert!(plan(&format!("INSERT INTO t VALUES {rows}"), &Session::default(), &[]).is_ok());
}
