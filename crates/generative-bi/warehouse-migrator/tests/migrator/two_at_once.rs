//! Two migrators at once.

use std::time::Duration;

use proptest::prelude::*;
use tokio::join;
use tokio::time::sleep;
use warehouse_migrator::migrator::{MigrateError, Progress};

use crate::applying::{migrate, migrated};
use crate::data_api::FakeWarehouse;
use crate::files::ALONE;

/// So many statements, one at a time, and what each of them is.
fn alone(statements: usize) -> (String, Vec<String>) {
    let statements: Vec<_> = (0..statements)
        .map(|statement| format!("RUN {statement}"))
        .collect();
    (format!("{ALONE}{}", statements.join("; ")), statements)
}

/// Two migrators of one file, the other some milliseconds behind the one.
fn both(warehouse: &FakeWarehouse, text: &str, behind: u64) -> [Result<Progress, MigrateError>; 2] {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let texts = [text];
    let other = async {
        sleep(Duration::from_millis(behind)).await;
        migrate(warehouse, &texts, "other").await
    };
    let (one, other) = runtime
        .expect("a runtime")
        .block_on(async { join!(migrate(warehouse, &texts, "one"), other) });
    [one, other]
}

/// Each statement and the file, each once.
fn recorded_once(warehouse: &FakeWarehouse, statements: usize) -> bool {
    let mut recorded: Vec<_> = warehouse.history().iter().map(|row| row.statement).collect();
    recorded.sort_unstable();
    (0..)
        .zip(&recorded)
        .all(|(expected, statement)| expected == *statement)
        && recorded.len() == statements + 1
}

proptest! {
    #[test]
    fn two_migrators_apply_a_transaction_once(files in 1..5_usize, looks in 0..4_usize) {
        let texts: Vec<String> = (0..files).map(|file| format!("A{file}; B{file}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let warehouse = FakeWarehouse::default();
        warehouse.runs_for(looks);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (one, other) = runtime.expect("a runtime").block_on(async {
            join!(migrated(&warehouse, &texts, "one"), migrated(&warehouse, &texts, "other"))
        });
        let expected: Vec<_> = (0..files).flat_map(|file| [format!("A{file}"), format!("B{file}")]).collect();
        prop_assert_eq!(warehouse.ran(), expected);
        prop_assert_eq!(one.newest, other.newest);
        let mut applied: Vec<_> = one.applied.into_iter().chain(other.applied).collect();
        applied.sort();
        prop_assert_eq!(applied.len(), files);
    }

    /// What bears to be repeated may run twice, between the one's statement and its record; it is recorded once, neither
    /// migrator fails, and nothing runs ahead of what stands before it.
    #[test]
    fn two_migrators_finish_single_statements(statements in 1..5_usize, looks in 0..4_usize, behind in 0..4_000_u64) {
        let (text, expected) = alone(statements);
        let warehouse = FakeWarehouse::default();
        warehouse.runs_for(looks);
        for progress in both(&warehouse, &text, behind) {
            prop_assert!(matches!(progress, Ok(Progress::Done(_))), "{:?}", progress);
        }
        let mut ran = warehouse.ran();
        for statement in &expected {
            let times = ran.iter().filter(|one| *one == statement).count();
            prop_assert!((1..=2).contains(&times), "{} times: {}", times, statement);
        }
        let mut seen = Vec::new();
        ran.retain(|one| !seen.contains(one) && { seen.push(one.clone()); true });
        prop_assert_eq!(ran, expected);
        prop_assert!(recorded_once(&warehouse, statements), "{:?}", warehouse.history());
    }

    /// Of what does not bear it one of the two may see the other's statement before its record, and fail; the other goes
    /// on to the end.
    #[test]
    fn two_migrators_run_what_cannot_be_repeated_once(
        statements in 1..5_usize,
        looks in 0..4_usize,
        behind in 0..4_000_u64,
    ) {
        let (text, expected) = alone(statements);
        let warehouse = FakeWarehouse::default();
        warehouse.runs_for(looks);
        warehouse.runs_once("RUN");
        let ends = both(&warehouse, &text, behind);
        prop_assert!(ends.iter().any(|end| matches!(end, Ok(Progress::Done(_)))), "{:?}", ends);
        for error in ends.iter().filter_map(|end| end.as_ref().err()) {
            prop_assert!(error.to_string().ends_with("it is there already"), "{}", error);
        }
        prop_assert_eq!(warehouse.ran(), expected);
        prop_assert!(recorded_once(&warehouse, statements), "{:?}", warehouse.history());
    }
}
