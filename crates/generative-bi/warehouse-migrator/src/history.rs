//! What is applied, as the warehouse remembers it, and the SQL that the migrator itself sends.

use redshift_data::{ColumnError, Rows};

use crate::checksum::Checksum;
use crate::file_name::Version;
use crate::plan::Step;
use crate::request::RequestId;

/// Makes the history's schema.
pub const CREATE_SCHEMA: &str = "CREATE SCHEMA IF NOT EXISTS warehouse_migrations";

/// Makes the history. Redshift enforces NOT NULL and no keys: none is declared, so that nobody believes in one.
/// <https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html>
pub const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS warehouse_migrations.history (\
version INTEGER NOT NULL, name VARCHAR(100) NOT NULL, checksum VARCHAR(64) NOT NULL, statement INTEGER NOT NULL, \
applied_at TIMESTAMP NOT NULL, request_id VARCHAR(200) NOT NULL)";

/// Makes what [`LOCK`] locks. The history itself is not: who reads it would wait for a file that is being applied.
pub const CREATE_LOCK: &str =
    "CREATE TABLE IF NOT EXISTS warehouse_migrations.migrator_lock (holder INTEGER)";

/// First in a file's transaction: two migrators go one after the other. The snapshot that the transaction sees is taken by
/// the first statement behind it, so the second sees what the first has recorded.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html>
/// <https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html>
pub const LOCK: &str = "LOCK TABLE warehouse_migrations.migrator_lock";

/// Reads the history.
pub const READ: &str = "SELECT version, name, checksum, statement, request_id FROM warehouse_migrations.history \
ORDER BY version, statement, applied_at";

/// The statement number of a file as a whole: all of it is applied.
pub const WHOLE: usize = 0;

/// Records that a file (statement [`WHOLE`]), or a statement of it, is applied. Where it is recorded already, the version
/// is NULL, which the table refuses: a transaction that was applied by another migrator meanwhile is undone as a whole.
pub fn record(step: &Step<'_>, request: &RequestId) -> String {
    let Step {
        migration,
        statement,
        checksum,
    } = step;
    // None of the four values can hold a quote: each is made of letters, digits, hyphens and underscores.
    format!(
        "INSERT INTO warehouse_migrations.history (version, name, checksum, statement, applied_at, request_id) \
         SELECT CASE WHEN COUNT(*) = 0 THEN {version} END, '{name}', '{checksum}', {statement}, GETDATE(), '{request}' \
         FROM warehouse_migrations.history WHERE version = {version} AND statement = {statement}",
        version = migration.version.number(),
        name = migration.name,
        request = request.as_str(),
    )
}

/// What is applied. A version and statement may be there twice: nothing in the warehouse prevents it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(Vec<Entry>);

/// A file, or a statement of it, that is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The file's version.
    pub version: Version,
    /// The file's name, without version and ending.
    pub name: String,
    /// The file's checksum when it was applied; of a statement, that of the statements up to it.
    pub checksum: Checksum,
    /// Which statement, from 1, or [`WHOLE`].
    pub statement: usize,
    /// The request that applied it.
    pub request: String,
}

impl Entry {
    /// The name of the file that it is about.
    pub fn file(&self) -> String {
        format!("{}__{}.sql", self.version, self.name)
    }
}

impl History {
    /// A history of these entries.
    pub fn new(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    /// Reads what [`READ`] answers.
    ///
    /// # Errors
    /// A row is not one of a history.
    pub fn from_rows(rows: &Rows) -> Result<Self, HistoryError> {
        let entries = rows.iter().map(|row| {
            let version: i64 = row.get("version")?;
            let statement: i64 = row.get("statement")?;
            Ok(Entry {
                version: u32::try_from(version)
                    .ok()
                    .and_then(Version::new)
                    .ok_or(HistoryError::Version(version))?,
                name: row.get::<&str>("name")?.to_owned(),
                checksum: Checksum::recorded(row.get("checksum")?),
                statement: usize::try_from(statement).map_err(|_| HistoryError::Statement(statement))?,
                request: row.get::<&str>("request_id")?.to_owned(),
            })
        });
        Ok(Self(entries.collect::<Result<_, HistoryError>>()?))
    }

    /// The entries, the lowest version first.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The entries of one version.
    pub fn of(&self, version: Version) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.version == version)
    }
}

/// The history is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// A column is not what it should be.
    #[error(transparent)]
    Column(#[from] ColumnError),
    /// A version that no file can have.
    #[error("version {0} is none")]
    Version(i64),
    /// A statement that no file can have.
    #[error("statement {0} is none")]
    Statement(i64),
}

#[cfg(test)]
mod tests {
    use redshift_data::Field;

    use super::*;
    use crate::file_name::NAME_CHARACTERS;
    use crate::migration::Migration;
    use crate::parameters::Parameters;
    use crate::request::REQUEST_ID_CHARACTERS;

    #[test]
    fn a_record_is_made_once() {
        let migration = Migration::parse("V007__a_b.sql", "SELECT 1", &Parameters::default()).expect("valid");
        let request = "r-1".parse().expect("an id");
        let step = Step {
            migration: &migration,
            statement: 2,
            checksum: &Checksum::of("another"),
        };
        assert_eq!(
            record(&step, &request),
            format!(
                "INSERT INTO warehouse_migrations.history \
                 (version, name, checksum, statement, applied_at, request_id) \
                 SELECT CASE WHEN COUNT(*) = 0 THEN 7 END, 'a_b', '{}', 2, GETDATE(), 'r-1' \
                 FROM warehouse_migrations.history WHERE version = 7 AND statement = 2",
                Checksum::of("another")
            )
        );
    }

    fn rows(version: Field, statement: Field) -> Rows {
        let columns = ["version", "name", "checksum", "statement", "request_id"].map(str::to_owned);
        let text = |text: &str| Field::Text(text.to_owned());
        let row = vec![version, text("a"), text("c"), statement, text("r")];
        Rows::new(columns.into(), vec![row])
    }

    #[test]
    fn the_history_has_room_for_what_is_recorded() {
        for column in [
            format!("name VARCHAR({NAME_CHARACTERS})"),
            format!("request_id VARCHAR({REQUEST_ID_CHARACTERS})"),
            format!("checksum VARCHAR({})", Checksum::of("").as_str().len()),
        ] {
            assert!(CREATE_TABLE.contains(&column), "{column}");
        }
    }

    #[test]
    fn rows_become_entries() {
        let history = History::from_rows(&rows(Field::Long(7), Field::Long(0))).expect("a history");
        let entry = Entry {
            version: Version::new(7).expect("a version"),
            name: "a".to_owned(),
            checksum: Checksum::recorded("c"),
            statement: WHOLE,
            request: "r".to_owned(),
        };
        assert_eq!(history.entries(), [entry]);
    }

    #[test]
    fn other_rows_are_refused() {
        for (version, statement, message) in [
            (Field::Long(0), Field::Long(0), "version 0 is none"),
            (Field::Long(1_000), Field::Long(0), "version 1000 is none"),
            (Field::Long(1), Field::Long(-1), "statement -1 is none"),
            (
                Field::Null,
                Field::Long(0),
                "column version of row 1: NULL where a long is expected",
            ),
        ] {
            let error = History::from_rows(&rows(version, statement)).expect_err(message);
            assert_eq!(error.to_string(), message);
        }
    }
}
