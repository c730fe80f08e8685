//! Applying files: order, transactions, settings, errors.

use std::time::Duration;

use tokio::time::Instant;
use warehouse_migrator::file_name::Version;
use warehouse_migrator::migrator::{Done, MigrateError, Progress};

use crate::data_api::FakeWarehouse;
use crate::files::{ALONE, migrations};

pub async fn migrate(
    warehouse: &FakeWarehouse,
    texts: &[&str],
    request: &str,
) -> Result<Progress, MigrateError> {
    let request = request.parse().expect("a request id");
    let deadline = Instant::now() + Duration::from_secs(600);
    warehouse
        .migrator()
        .migrate(&migrations(texts), &request, deadline, &|_| ())
        .await
}

pub async fn migrated(warehouse: &FakeWarehouse, texts: &[&str], request: &str) -> Done {
    match migrate(warehouse, texts, request).await.expect("no error") {
        Progress::Done(done) => done,
        Progress::NotYet { at } => panic!("not yet: {at}"),
    }
}

async fn failed(warehouse: &FakeWarehouse, texts: &[&str], request: &str) -> String {
    migrate(warehouse, texts, request)
        .await
        .expect_err("it fails")
        .to_string()
}

fn versions(numbers: &[u32]) -> Vec<Version> {
    numbers
        .iter()
        .map(|number| Version::new(*number).expect("a version"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn every_file_is_applied_once_and_in_order() {
    let warehouse = FakeWarehouse::default();
    let texts = [
        "A1; A2;",
        "B1",
        "-- one statement at a time\nVACUUM c1; VACUUM c2",
    ];
    let done = migrated(&warehouse, &texts, "r1").await;
    assert_eq!(done.newest, Version::new(3));
    assert_eq!(done.applied, versions(&[1, 2, 3]));
    assert_eq!(warehouse.ran(), ["A1", "A2", "B1", "VACUUM c1", "VACUUM c2"]);
    let recorded: Vec<_> = warehouse
        .history()
        .iter()
        .map(|row| (row.version, row.statement))
        .collect();
    assert_eq!(recorded, [(1, 0), (2, 0), (3, 1), (3, 2), (3, 0)]);

    let again = migrated(&warehouse, &texts, "r2").await;
    assert_eq!(again.applied, versions(&[]));
    assert_eq!(warehouse.ran().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn with_nothing_new_it_only_looks() {
    let warehouse = FakeWarehouse::default();
    let _ = migrated(&warehouse, &["A1"], "r1").await;
    let before = warehouse.calls();
    let _ = migrated(&warehouse, &["A1"], "r2").await;
    // Make the history and read it before and after: two calls, and twice three.
    assert_eq!(warehouse.calls() - before, 8);
}

#[tokio::test(start_paused = true)]
async fn wrong_sql_names_file_and_statement_and_undoes_the_file() {
    let warehouse = FakeWarehouse::default();
    let texts = ["A1", "B1; B2; B3", "C1"];
    warehouse.fails("B2", usize::MAX, "syntax error at or near \"B2\"");
    assert_eq!(
        failed(&warehouse, &texts, "r1").await,
        "V002__f2.sql, statement 2: syntax error at or near \"B2\""
    );
    assert_eq!(warehouse.ran(), ["A1"]);

    warehouse.mended();
    let same_request = failed(&warehouse, &texts, "r1").await;
    assert!(
        same_request.starts_with("V002__f2.sql, statement 2: "),
        "its token is spent: {same_request}"
    );
    let done = migrated(&warehouse, &texts, "r2").await;
    assert_eq!(done.applied, versions(&[2, 3]));
    assert_eq!(warehouse.ran(), ["A1", "B1", "B2", "B3", "C1"]);
}

#[tokio::test(start_paused = true)]
async fn statements_one_at_a_time_go_on_behind_the_last_that_ran() {
    let warehouse = FakeWarehouse::default();
    let text = format!("{ALONE}VACUUM a; VACUUM b; VACUUM c");
    warehouse.fails("VACUUM b", usize::MAX, "no such table");
    assert_eq!(
        failed(&warehouse, &[&text], "r1").await,
        "V001__f1.sql, statement 2: no such table"
    );
    assert_eq!(warehouse.ran(), ["VACUUM a"]);

    warehouse.mended();
    let _ = migrated(&warehouse, &[&text], "r2").await;
    assert_eq!(warehouse.ran(), ["VACUUM a", "VACUUM b", "VACUUM c"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_in_the_middle_of_single_statements_can_be_corrected() {
    let text = |rest: &str| format!("{ALONE}VACUUM a; VACUUM b; {rest}");
    // Also under the same request: another statement has another token.
    for request in ["r1", "r2"] {
        let warehouse = FakeWarehouse::default();
        warehouse.fails("wrong", usize::MAX, "syntax error");
        assert_eq!(
            failed(&warehouse, &[&text("VACUUM wrong; VACUUM d")], "r1").await,
            "V001__f1.sql, statement 3: syntax error"
        );

        let edited = text("VACUUM c; VACUUM d").replace("VACUUM a", "VACUUM other");
        let error = failed(&warehouse, &[&edited], request).await;
        assert!(
            error.starts_with("V001__f1.sql, statement 1: it ran, in V001__f1.sql, and has changed since"),
            "{error}"
        );
        assert_eq!(warehouse.ran(), ["VACUUM a", "VACUUM b"]);

        let corrected = text("VACUUM c; VACUUM d");
        let done = migrated(&warehouse, &[&corrected], request).await;
        assert_eq!(done.applied, versions(&[1]));
        assert_eq!(warehouse.ran(), ["VACUUM a", "VACUUM b", "VACUUM c", "VACUUM d"]);

        // Applied, it stays as it is.
        let error = failed(&warehouse, &[&text("VACUUM c; VACUUM e")], "r3").await;
        assert!(
            error.starts_with("V001__f1.sql: it was applied as V001__f1.sql and has changed since"),
            "{error}"
        );
        assert_eq!(warehouse.ran().len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_statement_is_found_again_by_its_request_and_run_by_the_next() {
    for reason in ["no such table", "Query cancelled on user's request"] {
        let warehouse = FakeWarehouse::default();
        let text = format!("{ALONE}VACUUM a; VACUUM b");
        warehouse.fails("VACUUM b", 1, reason);
        let first = failed(&warehouse, &[&text], "r1").await;
        assert_eq!(
            failed(&warehouse, &[&text], "r1").await,
            first,
            "its token is spent"
        );
        assert_eq!(warehouse.ran(), ["VACUUM a"]);
        let _ = migrated(&warehouse, &[&text], "r2").await;
        assert_eq!(warehouse.ran(), ["VACUUM a", "VACUUM b"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_tried_again_three_times_in_all() {
    let conflict = "ERROR: 1023 DETAIL: Serializable isolation violation on table";
    for (times, runs) in [(2, true), (3, false)] {
        let warehouse = FakeWarehouse::default();
        warehouse.fails("A1", times, conflict);
        let outcome = migrate(&warehouse, &["A1"], "r1").await;
        assert_eq!(outcome.is_ok(), runs, "{times}");
        assert_eq!(warehouse.ran().len(), usize::from(runs));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_stopped_is_not_tried_again() {
    let warehouse = FakeWarehouse::default();
    warehouse.fails("A1", 1, "Query cancelled on user's request");
    let error = failed(&warehouse, &["A1"], "r1").await;
    assert_eq!(
        error,
        "V001__f1.sql, statement 1: it was stopped: Query cancelled on user's request"
    );
    assert_eq!(warehouse.ran().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_lock_and_the_record_are_not_the_files_statements() {
    for (text, message) in [
        (
            "LOCK TABLE",
            "V001__f1.sql: another migration could not be waited for: no",
        ),
        (
            "INSERT INTO warehouse_migrations",
            "V001__f1.sql: it could not be recorded: no",
        ),
    ] {
        let warehouse = FakeWarehouse::default();
        warehouse.fails(text, usize::MAX, "no");
        assert_eq!(failed(&warehouse, &["A1"], "r1").await, message);
        assert_eq!(warehouse.ran().len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn the_record_of_single_statements_is_named() {
    for (statement, message) in [
        (
            "AND statement = 1",
            "V001__f1.sql, statement 1: it ran, and could not be recorded: no",
        ),
        (
            "AND statement = 0",
            "V001__f1.sql: it ran, and could not be recorded: no",
        ),
    ] {
        let warehouse = FakeWarehouse::default();
        warehouse.fails(statement, usize::MAX, "no");
        let text = format!("{ALONE}VACUUM a");
        assert_eq!(failed(&warehouse, &[&text], "r1").await, message);
        assert_eq!(warehouse.ran(), ["VACUUM a"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_changed_file_and_a_lost_order_are_refused_before_anything_runs() {
    let warehouse = FakeWarehouse::default();
    let _ = migrated(&warehouse, &["A1", "B1"], "r1").await;
    let error = failed(&warehouse, &["A1", "B1 -- changed", "C1"], "r2").await;
    assert!(
        error.starts_with("V002__f2.sql: it was applied as V002__f2.sql and has changed since"),
        "{error}"
    );
    assert_eq!(warehouse.ran(), ["A1", "B1"]);
}

#[tokio::test(start_paused = true)]
async fn older_files_are_no_error() {
    let warehouse = FakeWarehouse::default();
    let _ = migrated(&warehouse, &["A1", "B1", "C1"], "r1").await;
    let done = migrated(&warehouse, &["A1"], "r2").await;
    assert_eq!(done.newest, Version::new(1));
    assert_eq!(done.applied, versions(&[]));
    assert_eq!(done.ahead, versions(&[2, 3]));
    assert_eq!(warehouse.ran(), ["A1", "B1", "C1"]);
}

#[tokio::test(start_paused = true)]
async fn a_history_that_says_things_twice_is_understood() {
    let warehouse = FakeWarehouse::default();
    let text = format!("{ALONE}VACUUM a; VACUUM b");
    let _ = migrated(&warehouse, &["A1", &text], "r1").await;
    warehouse.double_the_history();
    let done = migrated(&warehouse, &["A1", &text, "C1"], "r2").await;
    assert_eq!(done.applied, versions(&[3]));
    assert_eq!(warehouse.ran(), ["A1", "VACUUM a", "VACUUM b", "C1"]);
}

#[tokio::test(start_paused = true)]
async fn a_history_that_cannot_be_made_is_an_error_after_three_tries() {
    for (times, runs) in [(2, true), (3, false)] {
        let warehouse = FakeWarehouse::default();
        warehouse.fails("CREATE SCHEMA", times, "tuple concurrently updated");
        let outcome = migrate(&warehouse, &["A1"], "r1").await;
        assert_eq!(outcome.is_ok(), runs, "{times}");
        if let Err(error) = outcome {
            assert_eq!(
                error.to_string(),
                "the history: statement 1: tuple concurrently updated"
            );
        }
    }
}
