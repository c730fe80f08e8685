//! One file: its statements, and how they are run.

use redshift_data::lexer::words;
use redshift_data::limits::STATEMENTS_PER_BATCH;
use redshift_data::{Statement, controls_transaction, runs_alone};

use crate::checksum::Checksum;
use crate::file_error::FileError;
use crate::file_name::{FileName, Version};
use crate::parameters::Parameters;
use crate::script;

/// The first line of a file whose statements are not one transaction.
pub const ONE_AT_A_TIME: &str = "-- one statement at a time";

/// Statements that a file may have as one transaction: of a batch's forty, the lock and the history row are not its own.
pub const STATEMENTS_PER_TRANSACTION: usize = STATEMENTS_PER_BATCH - 2;

/// A file that can be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its place in the order.
    pub version: Version,
    /// What it is about.
    pub name: String,
    /// The file's name.
    pub file: String,
    /// What tells whether it has changed.
    pub checksum: Checksum,
    /// How it is run.
    pub way: Way,
    statements: Vec<String>,
}

/// How a file's statements are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// All or nothing.
    Transaction,
    /// Each by itself, and each recorded by itself.
    OneAtATime,
}

impl Migration {
    /// Reads a file.
    ///
    /// # Errors
    /// Its name is not one, or it cannot be run as it says, with the statement at fault.
    pub fn parse(file: &str, text: &str, parameters: &Parameters) -> Result<Self, FileError> {
        let FileName { version, name } = FileName::parse(file)?;
        let way = match text.lines().next().map(str::trim_end) {
            Some(ONE_AT_A_TIME) => Way::OneAtATime,
            _ => Way::Transaction,
        };
        let migration = Self {
            version,
            name,
            file: file.to_owned(),
            checksum: Checksum::of(text),
            way,
            statements: statements(file, text, parameters)?,
        };
        migration.check()?;
        Ok(migration)
    }

    /// The statements' texts, parameters replaced.
    pub fn statements(&self) -> &[String] {
        &self.statements
    }

    /// The statements that are run and recorded by themselves, from 1. A SET is none: it holds for a session, and is said
    /// again in each.
    pub fn steps(&self) -> impl Iterator<Item = usize> {
        let statements = self.statements.iter().enumerate();
        let steps = statements.filter(|(_, statement)| !is_setting(statement));
        steps.map(|(index, _)| index + 1)
    }

    /// The SETs before a statement, in their order.
    pub fn settings_before(&self, statement: usize) -> impl Iterator<Item = &str> {
        let before = self.statements.iter().take(statement.saturating_sub(1));
        before
            .map(String::as_str)
            .filter(|statement| is_setting(statement))
    }

    fn check(&self) -> Result<(), FileError> {
        if self.steps().next().is_none() {
            return Err(FileError::new(&self.file, "no statement that does something"));
        }
        if self.way == Way::Transaction && self.statements.len() > STATEMENTS_PER_TRANSACTION {
            let count = self.statements.len();
            let fault =
                format!("{count} statements, a transaction takes {STATEMENTS_PER_TRANSACTION} of a file");
            return Err(FileError::new(&self.file, fault));
        }
        for (index, statement) in self.statements.iter().enumerate() {
            self.check_statement(statement)
                .map_err(|fault| FileError::at(&self.file, index + 1, fault))?;
        }
        Ok(())
    }

    fn check_statement(&self, statement: &str) -> Result<(), String> {
        if controls_transaction(statement) {
            return Err(
                "a file is a transaction, or its statements are: BEGIN, COMMIT and their like are not for it"
                    .to_owned(),
            );
        }
        match (self.way, runs_alone(statement)) {
            (Way::Transaction, Some(form)) => {
                return Err(format!(
                    "{form} cannot be in a transaction: the file's first line must be `{ONE_AT_A_TIME}`"
                ));
            }
            (Way::Transaction, None) | (Way::OneAtATime, _) => {}
        }
        Statement::new(statement)
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

fn statements(file: &str, text: &str, parameters: &Parameters) -> Result<Vec<String>, FileError> {
    let statements = script::statements(text)
        .map_err(|(statement, fault)| FileError::at(file, statement, fault.to_string()))?;
    let replaced = statements.iter().enumerate().map(|(index, statement)| {
        let replaced = parameters.replace(statement);
        replaced.map_err(|fault| FileError::at(file, index + 1, fault))
    });
    replaced.collect()
}

/// SET for the session. `SET SESSION AUTHORIZATION` and the like are settings too.
fn is_setting(statement: &str) -> bool {
    words(statement).first().is_some_and(|word| word == "SET")
}

#[cfg(test)]
mod tests {
    use redshift_data::limits::STATEMENT_BYTES;

    use super::*;

    fn parsed(text: &str) -> Result<Migration, String> {
        Migration::parse("V001__a.sql", text, &Parameters::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_a_transaction_unless_its_first_line_says_not() {
        let way = |text: &str| parsed(text).expect(text).way;
        assert_eq!(way("CREATE SCHEMA a;"), Way::Transaction);
        assert_eq!(
            way("-- one statement at a time\nREFRESH MATERIALIZED VIEW a"),
            Way::OneAtATime
        );
        assert_eq!(way("-- one statement at a time \r\nVACUUM"), Way::OneAtATime);
        assert_eq!(way("\n-- one statement at a time\nSELECT 1"), Way::Transaction);
    }

    #[test]
    fn a_transaction_has_room_for_the_lock_and_the_history() {
        let script = |count| "SELECT 1;\n".repeat(count);
        assert!(parsed(&script(STATEMENTS_PER_TRANSACTION)).is_ok());
        assert_eq!(
            parsed(&script(STATEMENTS_PER_TRANSACTION + 1)).expect_err("too many"),
            "V001__a.sql: 39 statements, a transaction takes 38 of a file"
        );
        let alone = format!("{ONE_AT_A_TIME}\n{}", script(STATEMENTS_PER_TRANSACTION + 1));
        assert!(parsed(&alone).is_ok());
    }

    #[test]
    fn what_is_wrong_names_file_and_statement() {
        let long = format!("SELECT 1; SELECT '{}'", "x".repeat(STATEMENT_BYTES));
        let cases = [
            ("-- nothing\n", "V001__a.sql: no statement that does something"),
            ("SET a TO b;", "V001__a.sql: no statement that does something"),
            (
                "SELECT 1; SELECT 'a",
                "V001__a.sql, statement 2: a text literal has no end",
            ),
            (
                "SELECT 1; SELECT ${A}",
                "V001__a.sql, statement 2: parameter A has no value",
            ),
            (
                "SELECT 1; REFRESH MATERIALIZED VIEW a",
                "V001__a.sql, statement 2: REFRESH MATERIALIZED VIEW cannot be in a transaction: \
                 the file's first line must be `-- one statement at a time`",
            ),
            (
                "SELECT 1; COMMIT",
                "V001__a.sql, statement 2: a file is a transaction, or its statements are: \
                 BEGIN, COMMIT and their like are not for it",
            ),
            (
                "-- one statement at a time\nSELECT 1; BEGIN",
                "V001__a.sql, statement 2: a file is a transaction, or its statements are: \
                 BEGIN, COMMIT and their like are not for it",
            ),
            (
                &long,
                "V001__a.sql, statement 2: statement: 102409 bytes, the limit is 102400",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(parsed(text).expect_err(message), message);
        }
    }

    #[test]
    fn a_parameter_in_a_comment_is_a_comment() {
        let migration = parsed("-- ${A}\nSELECT 1").expect("valid");
        assert_eq!(migration.statements(), ["SELECT 1"]);
    }

    #[test]
    fn settings_are_no_steps() {
        let text = "-- one statement at a time\nSET a TO 1; VACUUM x; set b TO 2; VACUUM y";
        let migration = parsed(text).expect("valid");
        assert_eq!(migration.steps().collect::<Vec<_>>(), [2, 4]);
        let before = |statement| migration.settings_before(statement).collect::<Vec<_>>();
        assert_eq!(before(2), ["SET a TO 1"]);
        assert_eq!(before(4), ["SET a TO 1", "set b TO 2"]);
    }
}
