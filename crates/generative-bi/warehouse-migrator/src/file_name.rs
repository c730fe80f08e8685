//! `V001__name.sql`.

use std::fmt;

use crate::file_error::FileError;

/// The number of a file: its place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u32);

impl Version {
    /// The version of a number from 1 to [`Self::HIGHEST`].
    pub fn new(number: u32) -> Option<Self> {
        (1..=Self::HIGHEST).contains(&number).then_some(Self(number))
    }

    /// Three digits: what a file's name has.
    pub const HIGHEST: u32 = 999;

    /// The number.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// As in a file's name: `V007`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{:03}", self.0)
    }
}

/// Characters of the name of a file, without version and ending: what the history has room for.
pub const NAME_CHARACTERS: usize = 100;

/// A file's name in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// Its place in the order.
    pub version: Version,
    /// What it is about: lower-case letters, digits and underscores.
    pub name: String,
}

impl FileName {
    /// The parts of a name.
    ///
    /// # Errors
    /// It is not `V`, three digits from 001, two underscores, a name, `.sql`.
    pub fn parse(file: &str) -> Result<Self, FileError> {
        parts(file).ok_or_else(|| {
            let expected = "not a migration's name, such as V001__name.sql (three digits; lower-case letters, digits, \
                            underscores)";
            FileError::new(file, expected)
        })
    }
}

fn parts(file: &str) -> Option<FileName> {
    let (version, name) = file.strip_prefix('V')?.strip_suffix(".sql")?.split_once("__")?;
    let digits = version.len() == 3 && version.bytes().all(|byte| byte.is_ascii_digit());
    let begins_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let valid = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !digits || !begins_well || !valid || name.len() > NAME_CHARACTERS {
        return None;
    }
    Some(FileName {
        version: Version::new(version.parse().ok()?)?,
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_its_parts() {
        let parsed = FileName::parse("V012__order_state2.sql").expect("valid");
        assert_eq!(
            (parsed.version.number(), parsed.name.as_str()),
            (12, "order_state2")
        );
        assert_eq!(parsed.version.to_string(), "V012");
        assert!(FileName::parse("V999__a.sql").is_ok());
        let longest = format!("V001__{}.sql", "a".repeat(NAME_CHARACTERS));
        assert!(FileName::parse(&longest).is_ok());
    }

    #[test]
    fn other_names_are_refused_by_name() {
        let too_long = format!("V001__{}.sql", "a".repeat(NAME_CHARACTERS + 1));
        for file in [
            "V1__a.sql",
            "V0001__a.sql",
            "V000__a.sql",
            "V001_a.sql",
            "V001__.sql",
            "V001___a.sql",
            "V001__A.sql",
            "V001__a'b.sql",
            "V001__a.SQL",
            "v001__a.sql",
            "V00x__a.sql",
            "V+01__a.sql",
            "001__a.sql",
            "notes.txt",
            &too_long,
        ] {
            let error = FileName::parse(file).expect_err(file);
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("{file}: not a migration's name")),
                "{error}"
            );
        }
    }
}
