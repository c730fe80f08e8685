//! One file: its statements, and how they are run.

use redshift_data::lexer::words;
use redshift_data::limits::STATEMENTS_PER_BATCH;
use redshift_data::{Statement, controls_transaction, runs_alone};

use crate::checksum::Checksum;
use crate::file_error::FileError;
use crate::file_name::{FileName, Version};
use crate::history::WHOLE;
use crate::parameters::Parameters;
use crate::script;

/// The first line of a file whose statements are not one transaction.
pub const ONE_AT_A_TIME: &str = "-- one statement at a time";

/// Statements that a file may have as one transaction: of a batch's forty, the lock and the history row are not its own.
pub const STATEMENTS_PER_TRANSACTION: usize = STATEMENTS_PER_BATCH - 2;

/// What is said of a SET in such a file.
const SETTING_ALONE: &str = "a SET holds for its session, and each statement of this file has one of its own: \
give the setting to the user, by ALTER USER … SET in an earlier file, \
or make the file a transaction with the SET at its head";

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
    /// Of the first statement, of the first two, and so on.
    prefixes: Vec<Checksum>,
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
        let as_written = script::statements(text)
            .map_err(|(statement, fault)| FileError::at(file, statement, fault.to_string()))?;
        let migration = Self {
            version,
            name,
            file: file.to_owned(),
            checksum: Checksum::of(text),
            way,
            prefixes: prefixes(&as_written),
            statements: replaced(file, &as_written, parameters)?,
        };
        migration.check()?;
        Ok(migration)
    }

    /// The statements' texts, parameters replaced.
    pub fn statements(&self) -> &[String] {
        &self.statements
    }

    /// What is recorded of it, in this order, each with the checksum that it is recorded under: of a transaction the file
    /// ([`WHOLE`]); else each statement, from 1, with the checksum of the statements up to it, and the file behind them.
    pub fn records(&self) -> impl Iterator<Item = (usize, &Checksum)> {
        let statements = match self.way {
            Way::Transaction => &[],
            Way::OneAtATime => self.prefixes.as_slice(),
        };
        (1..).zip(statements).chain([(WHOLE, &self.checksum)])
    }

    fn check(&self) -> Result<(), FileError> {
        if self.statements.iter().all(|statement| is_setting(statement)) {
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
            // It would hold for this one statement. A session that is kept is no way out: what a token finds again must
            // be the same request, and a later process has another session.
            (Way::OneAtATime, _) if is_setting(statement) => return Err(SETTING_ALONE.to_owned()),
            (Way::Transaction, None) | (Way::OneAtATime, _) => {}
        }
        Statement::new(statement)
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

/// The values of parameters are the deployment's, and not in a checksum.
fn prefixes(statements: &[String]) -> Vec<Checksum> {
    let prefixes = (1..=statements.len()).filter_map(|end| statements.get(..end));
    prefixes.map(Checksum::of_statements).collect()
}

fn replaced(file: &str, statements: &[String], parameters: &Parameters) -> Result<Vec<String>, FileError> {
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
    fn a_setting_needs_a_transaction() {
        assert!(parsed("SET a TO 1; SELECT 1").is_ok());
        let text = "-- one statement at a time\nVACUUM x; /* why */ set a TO 1; VACUUM y";
        assert_eq!(
            parsed(text).expect_err("a SET"),
            "V001__a.sql, statement 2: a SET holds for its session, and each statement of this file has one of its own: \
             give the setting to the user, by ALTER USER … SET in an earlier file, \
             or make the file a transaction with the SET at its head"
        );
    }

    #[test]
    fn a_statement_is_recorded_under_the_statements_up_to_it() {
        let recorded = |text: &str| {
            let migration = parsed(text).expect("valid");
            let records = migration.records();
            records
                .map(|(statement, checksum)| (statement, checksum.clone()))
                .collect::<Vec<_>>()
        };
        let transaction = "VACUUM_x; SELECT 1";
        assert_eq!(recorded(transaction), [(WHOLE, Checksum::of(transaction))]);

        let text = "-- one statement at a time\n-- why\nVACUUM x;\n\nVACUUM y;";
        let expected = [
            (1, Checksum::of("VACUUM x")),
            (2, Checksum::of("VACUUM x;\nVACUUM y")),
            (WHOLE, Checksum::of(text)),
        ];
        assert_eq!(recorded(text), expected);
        let edited = recorded("-- one statement at a time\nVACUUM x; VACUUM z; VACUUM y");
        assert_eq!(
            edited[0], expected[0],
            "what stands behind it, and comments, are not in it"
        );
        assert_ne!(edited[1], expected[1]);
    }

    #[test]
    fn the_values_of_parameters_are_in_no_checksum() {
        let records = |value: &str| {
            let mut parameters = Parameters::default();
            parameters.add("A", value).expect("a parameter");
            let text = "-- one statement at a time\nVACUUM ${A}";
            let migration = Migration::parse("V001__a.sql", text, &parameters).expect("valid");
            let records = migration.records();
            records.map(|(_, checksum)| checksum.clone()).collect::<Vec<_>>()
        };
        assert_eq!(records("x"), records("y"));
    }
}
