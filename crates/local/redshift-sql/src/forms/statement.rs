//! Statements, by their first words.

/// A statement of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Its first words.
    pub(crate) words: &'static [&'static str],
    /// What `DescribeStatement` and the like call it.
    pub(crate) kind: &'static str,
    /// Redshift does not run it inside a transaction block.
    pub(crate) alone: bool,
    pub(crate) reads: Reads,
}

/// Which part of the crate reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    Query,
    Insert,
    Update,
    Delete,
    Merge,
    Truncate,
    CreateSchema,
    CreateExternalSchema,
    CreateTable,
    CreateTemporaryTable,
    CreateView,
    CreateMaterializedView,
    CreateProcedure,
    CreateRole,
    CreateUser,
    Refresh,
    AlterTable,
    AlterUser,
    AlterDefaultPrivileges,
    DropTable,
    DropView,
    DropMaterializedView,
    DropSchema,
    DropProcedure,
    DropRole,
    Call,
    Grant,
    Revoke,
    Set,
    Begin,
    Commit,
    Rollback,
    Lock,
    Comment,
    Analyze,
    Vacuum,
}

/// In the order in which they are tried: the longer of two with the same beginning first.
pub(crate) const STATEMENTS: &[Statement] = &[
    statement(&["SELECT"], "SELECT", Reads::Query),
    statement(&["WITH"], "SELECT", Reads::Query),
    statement(&["INSERT", "INTO"], "INSERT", Reads::Insert),
    statement(&["UPDATE"], "UPDATE", Reads::Update),
    statement(&["DELETE"], "DELETE", Reads::Delete),
    statement(&["MERGE", "INTO"], "MERGE", Reads::Merge),
    statement(&["TRUNCATE"], "TRUNCATE", Reads::Truncate),
    statement(&["CREATE", "SCHEMA"], "CREATE SCHEMA", Reads::CreateSchema),
    statement(
        &["CREATE", "EXTERNAL", "SCHEMA"],
        "CREATE EXTERNAL SCHEMA",
        Reads::CreateExternalSchema,
    ),
    statement(&["CREATE", "TABLE"], "CREATE TABLE", Reads::CreateTable),
    statement(
        &["CREATE", "TEMP", "TABLE"],
        "CREATE TABLE",
        Reads::CreateTemporaryTable,
    ),
    statement(
        &["CREATE", "TEMPORARY", "TABLE"],
        "CREATE TABLE",
        Reads::CreateTemporaryTable,
    ),
    statement(&["CREATE", "VIEW"], "CREATE VIEW", Reads::CreateView),
    statement(
        &["CREATE", "OR", "REPLACE", "VIEW"],
        "CREATE VIEW",
        Reads::CreateView,
    ),
    statement(
        &["CREATE", "MATERIALIZED", "VIEW"],
        "CREATE MATERIALIZED VIEW",
        Reads::CreateMaterializedView,
    ),
    statement(
        &["CREATE", "PROCEDURE"],
        "CREATE PROCEDURE",
        Reads::CreateProcedure,
    ),
    statement(
        &["CREATE", "OR", "REPLACE", "PROCEDURE"],
        "CREATE PROCEDURE",
        Reads::CreateProcedure,
    ),
    statement(&["CREATE", "ROLE"], "CREATE ROLE", Reads::CreateRole),
    statement(&["CREATE", "USER"], "CREATE USER", Reads::CreateUser),
    alone(
        &["REFRESH", "MATERIALIZED", "VIEW"],
        "REFRESH MATERIALIZED VIEW",
        Reads::Refresh,
    ),
    statement(&["ALTER", "TABLE"], "ALTER TABLE", Reads::AlterTable),
    statement(&["ALTER", "USER"], "ALTER USER", Reads::AlterUser),
    statement(
        &["ALTER", "DEFAULT", "PRIVILEGES"],
        "ALTER DEFAULT PRIVILEGES",
        Reads::AlterDefaultPrivileges,
    ),
    statement(&["DROP", "TABLE"], "DROP TABLE", Reads::DropTable),
    statement(&["DROP", "VIEW"], "DROP VIEW", Reads::DropView),
    statement(
        &["DROP", "MATERIALIZED", "VIEW"],
        "DROP MATERIALIZED VIEW",
        Reads::DropMaterializedView,
    ),
    statement(&["DROP", "SCHEMA"], "DROP SCHEMA", Reads::DropSchema),
    statement(&["DROP", "PROCEDURE"], "DROP PROCEDURE", Reads::DropProcedure),
    statement(&["DROP", "ROLE"], "DROP ROLE", Reads::DropRole),
    statement(&["CALL"], "CALL", Reads::Call),
    statement(&["GRANT"], "GRANT", Reads::Grant),
    statement(&["REVOKE"], "REVOKE", Reads::Revoke),
    statement(&["SET"], "SET", Reads::Set),
    statement(&["BEGIN"], "BEGIN", Reads::Begin),
    statement(&["START", "TRANSACTION"], "BEGIN", Reads::Begin),
    statement(&["COMMIT"], "COMMIT", Reads::Commit),
    statement(&["END"], "COMMIT", Reads::Commit),
    statement(&["ROLLBACK"], "ROLLBACK", Reads::Rollback),
    statement(&["ABORT"], "ROLLBACK", Reads::Rollback),
    statement(&["LOCK"], "LOCK", Reads::Lock),
    statement(&["COMMENT", "ON"], "COMMENT", Reads::Comment),
    statement(&["ANALYZE"], "ANALYZE", Reads::Analyze),
    alone(&["VACUUM"], "VACUUM", Reads::Vacuum),
];

const fn statement(words: &'static [&'static str], kind: &'static str, reads: Reads) -> Statement {
    Statement {
        words,
        kind,
        alone: false,
        reads,
    }
}

const fn alone(words: &'static [&'static str], kind: &'static str, reads: Reads) -> Statement {
    Statement {
        words,
        kind,
        alone: true,
        reads,
    }
}

/// Statements of PostgreSQL's that Redshift has none of, by their first words.
pub(crate) const NOT_REDSHIFT: &[&[&str]] = &[
    &["CREATE", "INDEX"],
    &["CREATE", "UNIQUE", "INDEX"],
    &["CREATE", "SEQUENCE"],
    &["CREATE", "TRIGGER"],
    &["CREATE", "RULE"],
    &["CREATE", "EXTENSION"],
    &["CREATE", "TYPE"],
    &["CREATE", "DOMAIN"],
    &["CREATE", "UNLOGGED"],
    &["CREATE", "OR", "REPLACE", "TABLE"],
    &["CREATE", "OR", "REPLACE", "MATERIALIZED"],
    &["DROP", "INDEX"],
    &["DROP", "SEQUENCE"],
    &["DO"],
    &["LISTEN"],
    &["NOTIFY"],
    &["SAVEPOINT"],
    &["RELEASE"],
    &["TABLE"],
    &["VALUES"],
    &["REINDEX"],
    &["CLUSTER"],
];

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../README.md");

    #[test]
    fn the_readme_lists_every_statement() {
        let mut table = String::new();
        for Statement {
            words,
            kind,
            alone,
            reads: _,
        } in STATEMENTS
        {
            let alone = if *alone { "yes" } else { "" };
            table.push_str(&format!("| `{}` | `{kind}` | {alone} |\n", words.join(" ")));
        }
        assert!(README.contains(&table), "the table should be\n{table}");
    }

    #[test]
    fn a_form_hides_none_behind_it() {
        for (nth, form) in STATEMENTS.iter().enumerate() {
            let before = STATEMENTS.iter().take(nth);
            let hiding: Vec<_> = before
                .filter(|earlier| form.words.starts_with(earlier.words))
                .collect();
            assert!(hiding.is_empty(), "{form:?} is behind {hiding:?}");
        }
    }
}
