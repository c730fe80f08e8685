//! What is to run: a function of the files and the history, and of nothing else.

use std::collections::BTreeSet;
use std::fmt;

use crate::file_error::FileError;
use crate::file_name::Version;
use crate::history::{History, WHOLE};
use crate::migration::{Migration, Way};
use crate::migrations::Migrations;

/// What is to run, and what the history has that the files have not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<'files> {
    /// What is to run, in this order.
    pub steps: Vec<Step<'files>>,
    /// The files that are applied to their last statement.
    pub applied: Vec<Version>,
    /// Versions in the history that are newer than the files: a deployment was rolled back. They stay.
    pub ahead: Vec<Version>,
}

/// What is run and recorded at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'files> {
    /// The file.
    pub migration: &'files Migration,
    /// Which of its statements, from 1, or [`WHOLE`].
    pub statement: usize,
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement {
            WHOLE => f.write_str(&self.migration.file),
            statement => write!(f, "{}, statement {statement}", self.migration.file),
        }
    }
}

/// Plans what is to run.
///
/// # Errors
/// A file has changed since it was applied, or a file is not applied while a later one is.
pub fn plan<'files>(migrations: &'files Migrations, history: &History) -> Result<Plan<'files>, FileError> {
    let mut plan = Plan {
        steps: Vec::new(),
        applied: Vec::new(),
        ahead: ahead(migrations, history),
    };
    for migration in migrations.iter() {
        check_checksum(migration, history)?;
        let missing = missing_steps(migration, history);
        if missing.is_empty() {
            plan.applied.push(migration.version);
        } else {
            check_order(migration, history)?;
        }
        plan.steps.extend(missing);
    }
    Ok(plan)
}

fn missing_steps<'files>(migration: &'files Migration, history: &History) -> Vec<Step<'files>> {
    let applied: BTreeSet<_> = history
        .of(migration.version)
        .map(|entry| entry.statement)
        .collect();
    let statements: Vec<usize> = match migration.way {
        Way::Transaction => vec![WHOLE],
        Way::OneAtATime => migration.steps().collect(),
    };
    let missing = statements
        .into_iter()
        .filter(|statement| !applied.contains(statement));
    missing.map(|statement| Step { migration, statement }).collect()
}

fn check_checksum(migration: &Migration, history: &History) -> Result<(), FileError> {
    let other = history
        .of(migration.version)
        .find(|entry| entry.checksum != migration.checksum);
    match other {
        None => Ok(()),
        Some(entry) => {
            let fault = format!(
                "it was applied as V{:03}__{}.sql and has changed since: its checksum is {}, the history has {}. \
                 An applied file stays as it is; what is to change goes into a new one",
                entry.version.number(),
                entry.name,
                migration.checksum,
                entry.checksum
            );
            Err(FileError::new(&migration.file, fault))
        }
    }
}

fn check_order(migration: &Migration, history: &History) -> Result<(), FileError> {
    let later = history
        .entries()
        .iter()
        .find(|entry| entry.version > migration.version);
    match later {
        None => Ok(()),
        Some(entry) => {
            let fault = format!(
                "it is not applied, while {} is: the order cannot be kept",
                entry.version
            );
            Err(FileError::new(&migration.file, fault))
        }
    }
}

fn ahead(migrations: &Migrations, history: &History) -> Vec<Version> {
    let newest = migrations.newest();
    let versions = history.entries().iter().map(|entry| entry.version);
    let ahead: BTreeSet<_> = versions.filter(|version| Some(*version) > newest).collect();
    ahead.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::Checksum;
    use crate::history::Entry;
    use crate::migrations::File;
    use crate::parameters::Parameters;

    const ALONE: &str = "-- one statement at a time\nSET a TO b; VACUUM x; VACUUM y;";

    fn files(texts: &[&str]) -> Migrations {
        let files: Vec<_> = (1..)
            .zip(texts)
            .map(|(version, text)| File {
                name: format!("V{version:03}__f.sql"),
                text: (*text).to_owned(),
            })
            .collect();
        Migrations::parse(&files, &Parameters::default()).expect("valid")
    }

    fn entry(version: u32, text: &str, statement: usize) -> Entry {
        Entry {
            version: Version::new(version).expect("a version"),
            name: "f".to_owned(),
            checksum: Checksum::of(text),
            statement,
            request: "r".to_owned(),
        }
    }

    /// The steps as `version:statement`, then the versions ahead.
    fn planned(files: &Migrations, entries: Vec<Entry>) -> Result<(Vec<String>, Vec<u32>), String> {
        let history = History::new(entries);
        let plan = plan(files, &history).map_err(|error| error.to_string())?;
        let step = |step: &Step<'_>| format!("{}:{}", step.migration.version.number(), step.statement);
        let ahead = plan.ahead.iter().map(|version| version.number());
        Ok((plan.steps.iter().map(step).collect(), ahead.collect()))
    }

    #[test]
    fn without_a_history_everything_is_to_run() {
        let files = files(&["SELECT 1; SELECT 2", ALONE]);
        let expected = ["1:0", "2:2", "2:3"].map(str::to_owned).to_vec();
        assert_eq!(planned(&files, Vec::new()), Ok((expected, Vec::new())));
    }

    #[test]
    fn what_is_recorded_is_not_run_again_also_when_it_is_recorded_twice() {
        let files = files(&["SELECT 1", ALONE]);
        let entries = vec![
            entry(1, "SELECT 1", 0),
            entry(1, "SELECT 1", 0),
            entry(2, ALONE, 2),
        ];
        assert_eq!(planned(&files, entries), Ok((vec!["2:3".to_owned()], Vec::new())));
    }

    #[test]
    fn older_files_have_nothing_to_do() {
        let files = files(&["SELECT 1"]);
        let entries = vec![entry(1, "SELECT 1", 0), entry(2, ALONE, 2), entry(3, "x", 0)];
        assert_eq!(planned(&files, entries), Ok((Vec::new(), vec![2, 3])));
    }

    #[test]
    fn a_changed_file_is_refused() {
        let files = files(&["SELECT 2"]);
        let error = planned(&files, vec![entry(1, "SELECT 1", 0)]).expect_err("changed");
        assert!(
            error.starts_with("V001__f.sql: it was applied as V001__f.sql and has changed since"),
            "{error}"
        );
        assert!(error.contains(Checksum::of("SELECT 1").as_str()), "{error}");
        assert!(error.contains(Checksum::of("SELECT 2").as_str()), "{error}");
    }

    #[test]
    fn a_changed_file_is_refused_also_when_it_is_applied_in_part() {
        let files = files(&[ALONE]);
        assert!(planned(&files, vec![entry(1, "another", 2)]).is_err());
    }

    #[test]
    fn the_order_is_kept() {
        let files = files(&["SELECT 1", "SELECT 2"]);
        let error = planned(&files, vec![entry(2, "SELECT 2", 0)]).expect_err("out of order");
        assert_eq!(
            error,
            "V001__f.sql: it is not applied, while V002 is: the order cannot be kept"
        );
    }

    #[test]
    fn a_step_is_named_for_a_person() {
        let files = files(&[ALONE]);
        let migration = files.iter().next().expect("a file");
        let named = |statement| Step { migration, statement }.to_string();
        assert_eq!(named(WHOLE), "V001__f.sql");
        assert_eq!(named(3), "V001__f.sql, statement 3");
    }
}
