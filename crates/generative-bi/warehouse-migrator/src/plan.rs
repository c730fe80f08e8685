//! What is to run: a function of the files and the history, and of nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::checksum::Checksum;
use crate::file_error::FileError;
use crate::file_name::Version;
use crate::history::{Entry, History, WHOLE};
use crate::migration::{Migration, ONE_AT_A_TIME, Way};
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
    /// Which of its statements, from 1, or [`WHOLE`]: a transaction; behind single statements, the file's record alone.
    pub statement: usize,
    /// What it is recorded under.
    pub checksum: &'files Checksum,
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
/// A file has changed since it was applied, or where it is applied in part; or it is not applied while a later one is.
pub fn plan<'files>(migrations: &'files Migrations, history: &History) -> Result<Plan<'files>, FileError> {
    let mut plan = Plan {
        steps: Vec::new(),
        applied: Vec::new(),
        ahead: ahead(migrations, history),
    };
    for migration in migrations.iter() {
        check_unchanged(migration, history)?;
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
    if applied.contains(&WHOLE) {
        return Vec::new();
    }
    let missing = migration
        .records()
        .filter(|(statement, _)| !applied.contains(statement));
    let steps = missing.map(|(statement, checksum)| Step {
        migration,
        statement,
        checksum,
    });
    steps.collect()
}

/// A file that is applied stays as it is. Of one that is applied in part, what ran does: the rest is not applied, and
/// may be what was wrong.
fn check_unchanged(migration: &Migration, history: &History) -> Result<(), FileError> {
    let (whole, statements): (Vec<_>, Vec<_>) = history
        .of(migration.version)
        .partition(|entry| entry.statement == WHOLE);
    if let Some(entry) = whole.iter().find(|entry| entry.checksum != migration.checksum) {
        return Err(changed(migration, entry));
    }
    if !whole.is_empty() {
        return Ok(());
    }
    let records: BTreeMap<_, _> = migration.records().collect();
    let others = statements
        .into_iter()
        .filter(|entry| records.get(&entry.statement) != Some(&&entry.checksum));
    // The first is the one that has changed: what stands before it is as it was.
    match others.min_by_key(|entry| entry.statement) {
        None => Ok(()),
        Some(entry) => Err(changed_in_part(migration, entry)),
    }
}

fn changed(migration: &Migration, entry: &Entry) -> FileError {
    let fault = format!(
        "it was applied as {} and has changed since: its checksum is {}, the history has {}. \
         An applied file stays as it is; what is to change goes into a new one",
        entry.file(),
        migration.checksum,
        entry.checksum
    );
    FileError::new(&migration.file, fault)
}

fn changed_in_part(migration: &Migration, entry: &Entry) -> FileError {
    let fault = match migration.way {
        Way::OneAtATime => "has changed since, or is gone".to_owned(),
        Way::Transaction => format!("the file's first line was `{ONE_AT_A_TIME}`, which it must be"),
    };
    let fault = format!(
        "it ran, in {}, and {fault}. The statements of a file that ran stay as they are; those behind them may change",
        entry.file()
    );
    FileError::at(&migration.file, entry.statement, fault)
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

    const ALONE: &str = "-- one statement at a time\nVACUUM x; VACUUM y; VACUUM z;";

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

    /// What is recorded of a file of this text, as a whole or of a statement.
    fn entry(version: u32, text: &str, statement: usize) -> Entry {
        let file = format!("V{version:03}__f.sql");
        let migration = Migration::parse(&file, text, &Parameters::default()).expect("valid");
        let mut records = migration.records();
        let (_, checksum) = records.find(|record| record.0 == statement).expect("a record");
        Entry {
            version: migration.version,
            name: "f".to_owned(),
            checksum: checksum.clone(),
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
        let expected = ["1:0", "2:1", "2:2", "2:3", "2:0"].map(str::to_owned).to_vec();
        assert_eq!(planned(&files, Vec::new()), Ok((expected, Vec::new())));
    }

    #[test]
    fn what_is_recorded_is_not_run_again_also_when_it_is_recorded_twice() {
        let files = files(&["SELECT 1", ALONE]);
        let entries = vec![
            entry(1, "SELECT 1", 0),
            entry(1, "SELECT 1", 0),
            entry(2, ALONE, 1),
            entry(2, ALONE, 2),
            entry(2, ALONE, 2),
        ];
        let expected = ["2:3", "2:0"].map(str::to_owned).to_vec();
        assert_eq!(planned(&files, entries), Ok((expected, Vec::new())));
    }

    #[test]
    fn older_files_have_nothing_to_do() {
        let files = files(&["SELECT 1"]);
        let entries = vec![entry(1, "SELECT 1", 0), entry(2, ALONE, 2), entry(3, "x", WHOLE)];
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

    /// ALONE is applied to its second statement; its text is `text` now.
    fn edited(text: &str) -> Result<Vec<String>, String> {
        let entries = vec![entry(1, ALONE, 1), entry(1, ALONE, 2)];
        planned(&files(&[text]), entries).map(|(steps, _)| steps)
    }

    #[test]
    fn behind_what_ran_a_file_may_change() {
        for (rest, expected) in [
            ("VACUUM z", &["1:3", "1:0"][..]),
            ("VACUUM q; SELECT 1", &["1:3", "1:4", "1:0"]),
            ("", &["1:0"]),
        ] {
            let text = format!("-- one statement at a time\n-- why\nVACUUM x;VACUUM y;\n{rest}");
            assert_eq!(edited(&text).expect(rest), expected, "{rest}");
        }
    }

    #[test]
    fn what_ran_may_not_change_and_is_named() {
        for (statements, statement, fault) in [
            ("VACUUM q; VACUUM y; VACUUM z", 1, "has changed since, or is gone"),
            ("VACUUM x; VACUUM q; VACUUM z", 2, "has changed since, or is gone"),
            ("SELECT 1; VACUUM x; VACUUM y", 1, "has changed since, or is gone"),
            ("VACUUM x", 2, "has changed since, or is gone"),
        ] {
            let text = format!("-- one statement at a time\n{statements}");
            let expected =
                format!("V001__f.sql, statement {statement}: it ran, in V001__f.sql, and {fault}. ");
            let error = edited(&text).expect_err(statements);
            assert!(error.starts_with(&expected), "{error}");
        }
        let error = edited("SELECT 1").expect_err("a transaction");
        let expected = "V001__f.sql, statement 1: it ran, in V001__f.sql, and the file's first line was `-- one statement";
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn once_all_of_it_is_applied_a_file_stays_as_it_is() {
        let applied = || vec![entry(1, ALONE, 3), entry(1, ALONE, WHOLE)];
        assert_eq!(planned(&files(&[ALONE]), applied()), Ok((Vec::new(), Vec::new())));
        for text in [format!("{ALONE} SELECT 1"), format!("{ALONE} -- why")] {
            let error = planned(&files(&[&text]), applied()).expect_err(&text);
            assert!(
                error.starts_with("V001__f.sql: it was applied as V001__f.sql and has changed since"),
                "{error}"
            );
        }
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
        let checksum = &migration.checksum;
        let named = |statement| {
            let step = Step {
                migration,
                statement,
                checksum,
            };
            step.to_string()
        };
        assert_eq!(named(WHOLE), "V001__f.sql");
        assert_eq!(named(3), "V001__f.sql, statement 3");
    }
}
