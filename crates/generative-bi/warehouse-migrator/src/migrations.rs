//! The files of a deployment, in their order.

use crate::file_error::FileError;
use crate::file_name::Version;
use crate::migration::Migration;
use crate::parameters::Parameters;

/// A file as it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Files from V001 on, without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrations(Vec<Migration>);

impl Migrations {
    /// Reads files, in whatever order they are found.
    ///
    /// # Errors
    /// Names the file, and the statement, that cannot be used: see [`Migration::parse`]. A version that is there twice or
    /// not at all.
    pub fn parse(files: &[File], parameters: &Parameters) -> Result<Self, FileError> {
        let parsed = files
            .iter()
            .map(|file| Migration::parse(&file.name, &file.text, parameters));
        let mut migrations = parsed.collect::<Result<Vec<_>, _>>()?;
        migrations.sort_by(|one, other| (one.version, &one.file).cmp(&(other.version, &other.file)));
        for (index, migration) in migrations.iter().enumerate() {
            check_place(migration, index, &migrations)?;
        }
        Ok(Self(migrations))
    }

    /// The files, V001 first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Migration> {
        self.0.iter()
    }

    /// The last version; none without files.
    pub fn newest(&self) -> Option<Version> {
        self.0.last().map(|migration| migration.version)
    }
}

fn check_place(migration: &Migration, index: usize, migrations: &[Migration]) -> Result<(), FileError> {
    let Migration { version, file, .. } = migration;
    let twin = index.checked_sub(1).and_then(|before| migrations.get(before));
    if let Some(twin) = twin.filter(|twin| twin.version == *version) {
        return Err(FileError::new(
            file,
            format!("{version} is {} already", twin.file),
        ));
    }
    let expected = u32::try_from(index + 1).ok().and_then(Version::new);
    match expected {
        Some(expected) if expected != *version => Err(FileError::new(
            file,
            format!("the file of {expected} is missing before it"),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(names: &[&str]) -> Result<Vec<String>, String> {
        let files: Vec<_> = names
            .iter()
            .map(|name| File {
                name: (*name).to_owned(),
                text: "SELECT 1".to_owned(),
            })
            .collect();
        let migrations = Migrations::parse(&files, &Parameters::default());
        migrations
            .map(|migrations| {
                migrations
                    .iter()
                    .map(|migration| migration.file.clone())
                    .collect()
            })
            .map_err(|error| error.to_string())
    }

    #[test]
    fn files_are_put_in_order() {
        let found = ["V002__b.sql", "V010__j.sql", "V001__a.sql"];
        assert_eq!(
            parsed(&found).expect_err("a gap"),
            "V010__j.sql: the file of V003 is missing before it"
        );
        assert_eq!(
            parsed(&["V002__b.sql", "V001__a.sql"]),
            Ok(vec!["V001__a.sql".to_owned(), "V002__b.sql".to_owned()])
        );
        assert_eq!(parsed(&[]), Ok(Vec::new()));
    }

    #[test]
    fn a_version_is_there_once_and_from_the_first() {
        assert_eq!(
            parsed(&["V001__b.sql", "V001__a.sql"]).expect_err("twice"),
            "V001__b.sql: V001 is V001__a.sql already"
        );
        assert_eq!(
            parsed(&["V002__b.sql"]).expect_err("no first"),
            "V002__b.sql: the file of V001 is missing before it"
        );
        assert!(
            parsed(&["V001__a.sql", "README.md"])
                .expect_err("a name")
                .starts_with("README.md: ")
        );
    }
}
