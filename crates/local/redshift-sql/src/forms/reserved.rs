//! Words that are no names without quotes.

/// Redshift's reserved words, in its order: PostgreSQL takes some of them for names, as `RAW` and `TAG`.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html>
pub(crate) const RESERVED_WORDS: [&str; 156] = [
    "AES128",
    "AES256",
    "ALL",
    "ALLOWOVERWRITE",
    "ANALYSE",
    "ANALYZE",
    "AND",
    "ANY",
    "ARRAY",
    "AS",
    "ASC",
    "AUTHORIZATION",
    "AZ64",
    "BACKUP",
    "BETWEEN",
    "BINARY",
    "BLANKSASNULL",
    "BOTH",
    "BYTEDICT",
    "BZIP2",
    "CASE",
    "CAST",
    "CHECK",
    "COLLATE",
    "COLUMN",
    "CONSTRAINT",
    "CREATE",
    "CREDENTIALS",
    "CROSS",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "CURRENT_USER_ID",
    "DEFAULT",
    "DEFERRABLE",
    "DEFLATE",
    "DEFRAG",
    "DELTA",
    "DELTA32K",
    "DESC",
    "DISABLE",
    "DISTINCT",
    "DO",
    "ELSE",
    "EMPTYASNULL",
    "ENABLE",
    "ENCODE",
    "ENCRYPT",
    "ENCRYPTION",
    "END",
    "EXCEPT",
    "EXPLICIT",
    "FALSE",
    "FOR",
    "FOREIGN",
    "FREEZE",
    "FROM",
    "FULL",
    "GLOBALDICT256",
    "GLOBALDICT64K",
    "GRANT",
    "GROUP",
    "GZIP",
    "HAVING",
    "IDENTITY",
    "IGNORE",
    "ILIKE",
    "IN",
    "INITIALLY",
    "INNER",
    "INTERSECT",
    "INTERVAL",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "LEADING",
    "LEFT",
    "LIKE",
    "LIMIT",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "LUN",
    "LUNS",
    "LZO",
    "LZOP",
    "MINUS",
    "MOSTLY16",
    "MOSTLY32",
    "MOSTLY8",
    "NATURAL",
    "NEW",
    "NOT",
    "NOTNULL",
    "NULL",
    "NULLS",
    "OFF",
    "OFFLINE",
    "OFFSET",
    "OID",
    "OLD",
    "ON",
    "ONLY",
    "OPEN",
    "OR",
    "ORDER",
    "OUTER",
    "OVERLAPS",
    "PARALLEL",
    "PARTITION",
    "PERCENT",
    "PERMISSIONS",
    "PIVOT",
    "PLACING",
    "PRIMARY",
    "RAW",
    "READRATIO",
    "RECOVER",
    "REFERENCES",
    "REJECTLOG",
    "RESORT",
    "RESPECT",
    "RESTORE",
    "RIGHT",
    "SELECT",
    "SESSION_USER",
    "SIMILAR",
    "SNAPSHOT",
    "SOME",
    "SYSDATE",
    "SYSTEM",
    "TABLE",
    "TAG",
    "TDES",
    "TEXT255",
    "TEXT32K",
    "THEN",
    "TIMESTAMP",
    "TO",
    "TOP",
    "TRAILING",
    "TRUE",
    "TRUNCATECOLUMNS",
    "UNION",
    "UNIQUE",
    "UNNEST",
    "UNPIVOT",
    "USER",
    "USING",
    "VERBOSE",
    "WALLET",
    "WHEN",
    "WHERE",
    "WITH",
    "WITHOUT",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Because, Plan, Refusal, Session, plan};

    const README: &str = include_str!("../../README.md");

    fn planned(sql: &str, word: &str) -> Result<Plan, Refusal> {
        plan(&sql.replace("{}", word), &Session::default(), &[])
    }

    #[test]
    fn the_readme_has_the_words() {
        let words = RESERVED_WORDS.map(|word| format!("`{word}`")).join(" ");
        let listed = README.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(listed.contains(&words), "the words should be\n{words}");
    }

    #[test]
    fn no_word_names_anything_without_quotes() {
        for word in RESERVED_WORDS {
            for sql in [
                "CREATE TABLE {} (a INTEGER)",
                "CREATE TABLE s.{} (a INTEGER)",
                "CREATE SCHEMA {}",
                "CREATE TABLE t (a INTEGER, PRIMARY KEY ({}))",
                "DROP TABLE {}",
                "ALTER TABLE t RENAME TO {}",
                "CREATE USER {} PASSWORD DISABLE",
                "SELECT 1 AS {}",
                "SELECT a FROM t AS {}",
                "SELECT t.{} FROM t",
                "SELECT p.a.{} FROM t",
                "WITH {} AS (SELECT 1 AS a) SELECT 1 AS a",
                "INSERT INTO t ({}) VALUES (1)",
            ] {
                for word in [word.to_owned(), word.to_lowercase()] {
                    let refusal = planned(sql, &word).expect_err(&word);
                    // What sqlparser itself cannot read as a name is a syntax error.
                    if refusal.because != Because::Syntax {
                        assert_eq!(refusal.because, Because::NotRedshift, "{sql} {word}: {refusal}");
                        let said = format!("the reserved word {} ", word.to_uppercase());
                        assert!(refusal.what.contains(&said), "{sql} {word}: {refusal}");
                    }
                }
            }
            let refusal = planned("CREATE TABLE {} (a INTEGER)", word).expect_err(word);
            assert_eq!(
                (refusal.because, refusal.column),
                (Because::NotRedshift, 14),
                "{refusal}"
            );
        }
    }

    #[test]
    fn every_word_names_anything_in_quotes() {
        for word in RESERVED_WORDS {
            for sql in [
                "CREATE TABLE \"{}\" (\"{}\" INTEGER)",
                "WITH \"{}\" AS (SELECT 1 AS \"{}\") SELECT \"{}\".\"{}\" AS \"{}\" FROM \"{}\"",
                "SELECT p.\"{}\" AS a FROM t AS \"{}\"",
                "CREATE USER \"{}\" PASSWORD DISABLE",
            ] {
                assert!(planned(sql, word).is_ok(), "{sql} {word}");
            }
        }
    }

    #[test]
    fn words_that_postgresql_takes_are_refused_with_their_place() {
        for (sql, column) in [
            ("SELECT a FROM raw", 15),
            ("SELECT delta FROM t", 8),
            ("SELECT tag.a FROM t AS tag", 24),
            ("SELECT a AS percent FROM t", 13),
            ("WITH wallet AS (SELECT 1 AS a) SELECT a FROM t", 6),
            ("UPDATE t SET lzo = 1", 14),
            (
                "MERGE INTO t USING s AS raw ON t.a = raw.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
                25,
            ),
        ] {
            let refusal = planned(sql, "").expect_err(sql);
            assert_eq!(
                (refusal.because, refusal.column),
                (Because::NotRedshift, column),
                "{sql}: {refusal}"
            );
        }
        // Functions and literals keep their words.
        for sql in [
            "SELECT LEFT(a, 1), SYSDATE, CURRENT_DATE FROM t",
            "SELECT TIMESTAMP '2025-01-01', TRUE, NULL",
        ] {
            assert!(planned(sql, "").is_ok(), "{sql}");
        }
    }
}
