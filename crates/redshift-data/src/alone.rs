//! Which statements Redshift does not run in a transaction with others, and which would end that transaction.

use crate::lexer::words;

/// The form of a statement that cannot be in a batch, such as `VACUUM`: Redshift refuses it inside a transaction, or it
/// commits the transaction that it is in. None for a statement that can.
///
/// Told by its words alone. A statement that is refused for what its names stand for (an external table, a procedure that
/// commits) passes here, and fails in the warehouse.
pub fn runs_alone(sql: &str) -> Option<&'static str> {
    let words = words(sql);
    let form = FORMS.iter().find(|form| form.is(&words));
    form.map(|form| form.name)
        .or_else(|| controls_transaction(sql).then_some("transaction control"))
}

/// Whether a statement begins or ends a transaction. Nothing that is sent through this crate should: a batch is a
/// transaction, and a statement alone is one.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_BEGIN.html>
pub fn controls_transaction(sql: &str) -> bool {
    let words = words(sql);
    let first = words.first().map(String::as_str);
    matches!(
        first,
        Some("BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT")
    )
}

/// A statement that begins with some words and has others further on, in this order and side by side.
struct Form {
    name: &'static str,
    begins: &'static [&'static str],
    has: &'static [&'static str],
}

impl Form {
    fn is(&self, words: &[String]) -> bool {
        let begins = words.len() >= self.begins.len() && words.iter().zip(self.begins).all(|(a, b)| a == b);
        begins
            && (self.has.is_empty()
                || words
                    .windows(self.has.len())
                    .skip(1)
                    .any(|window| window == self.has))
    }
}

const fn form(name: &'static str, begins: &'static [&'static str]) -> Form {
    Form {
        name,
        begins,
        has: &[],
    }
}

/// From the pages of the statements in <https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html>: each says
/// that it cannot run inside a transaction block; TRUNCATE commits, and REFRESH is a transaction of its own.
const FORMS: [Form; 14] = [
    form("REFRESH MATERIALIZED VIEW", &["REFRESH"]),
    form("VACUUM", &["VACUUM"]),
    form("TRUNCATE", &["TRUNCATE"]),
    form("CREATE DATABASE", &["CREATE", "DATABASE"]),
    form("DROP DATABASE", &["DROP", "DATABASE"]),
    form("CREATE EXTERNAL TABLE", &["CREATE", "EXTERNAL", "TABLE"]),
    form("CREATE LIBRARY", &["CREATE", "LIBRARY"]),
    form("CREATE LIBRARY", &["CREATE", "OR", "REPLACE", "LIBRARY"]),
    form("DROP LIBRARY", &["DROP", "LIBRARY"]),
    Form {
        name: "ALTER TABLE … APPEND",
        begins: &["ALTER", "TABLE"],
        has: &["APPEND", "FROM"],
    },
    Form {
        name: "ALTER TABLE … ALTER COLUMN",
        begins: &["ALTER", "TABLE"],
        has: &["ALTER", "COLUMN"],
    },
    Form {
        name: "ALTER DATABASE … ISOLATION LEVEL",
        begins: &["ALTER", "DATABASE"],
        has: &["ISOLATION", "LEVEL"],
    },
    Form {
        name: "GRANT … ON EXTERNAL",
        begins: &["GRANT"],
        has: &["ON", "EXTERNAL"],
    },
    Form {
        name: "REVOKE … ON EXTERNAL",
        begins: &["REVOKE"],
        has: &["ON", "EXTERNAL"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_run_alone_are_told_by_their_words() {
        let cases = [
            (
                "REFRESH MATERIALIZED VIEW ingest.orders",
                "REFRESH MATERIALIZED VIEW",
            ),
            (
                "-- why\n/* and */ refresh materialized view a",
                "REFRESH MATERIALIZED VIEW",
            ),
            ("vacuum full sales", "VACUUM"),
            ("TRUNCATE t", "TRUNCATE"),
            ("CREATE DATABASE d", "CREATE DATABASE"),
            ("DROP DATABASE d", "DROP DATABASE"),
            ("CREATE EXTERNAL TABLE s.t (a int)", "CREATE EXTERNAL TABLE"),
            ("CREATE OR REPLACE LIBRARY l", "CREATE LIBRARY"),
            ("CREATE LIBRARY l", "CREATE LIBRARY"),
            ("DROP LIBRARY l", "DROP LIBRARY"),
            ("ALTER TABLE a APPEND FROM b FILLTARGET", "ALTER TABLE … APPEND"),
            (
                "ALTER TABLE a ALTER COLUMN b TYPE VARCHAR(9)",
                "ALTER TABLE … ALTER COLUMN",
            ),
            (
                "ALTER DATABASE d ISOLATION LEVEL SNAPSHOT",
                "ALTER DATABASE … ISOLATION LEVEL",
            ),
            ("GRANT SELECT ON EXTERNAL TABLE s.t TO r", "GRANT … ON EXTERNAL"),
            (
                "REVOKE SELECT ON EXTERNAL TABLE s.t FROM r",
                "REVOKE … ON EXTERNAL",
            ),
            ("BEGIN", "transaction control"),
            ("commit", "transaction control"),
            ("Rollback", "transaction control"),
            ("END", "transaction control"),
            ("ABORT", "transaction control"),
            ("START TRANSACTION", "transaction control"),
        ];
        for (sql, form) in cases {
            assert_eq!(runs_alone(sql), Some(form), "{sql}");
        }
    }

    #[test]
    fn other_statements_can_share_a_transaction() {
        for sql in [
            "",
            "CREATE TABLE t (a int)",
            "CREATE EXTERNAL SCHEMA IF NOT EXISTS kinesis FROM KINESIS IAM_ROLE 'r'",
            "CREATE MATERIALIZED VIEW v AUTO REFRESH YES AS SELECT 1",
            "ALTER TABLE t ADD COLUMN append int",
            "ALTER TABLE t ADD COLUMN c VARCHAR(9) DEFAULT 'APPEND FROM'",
            "ALTER TABLE t RENAME TO u",
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN TRUNCATE t; COMMIT; END $$",
            "GRANT USAGE ON SCHEMA external_schema TO r",
            "SELECT 'VACUUM'",
            "LOCK TABLE t",
            "SET a TO TRUE",
        ] {
            assert_eq!(runs_alone(sql), None, "{sql}");
        }
    }
}
