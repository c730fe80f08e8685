//! The command: what it says, and how it ends.

use std::fs;
use std::path::Path;

use clap::Parser;
use tempfile::TempDir;
use warehouse_migrator::arguments::Arguments;
use warehouse_migrator::command::{self, End};

use crate::data_api::FakeWarehouse;

fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().expect("a directory");
    for (name, text) in files {
        fs::write(directory.path().join(name), text).expect("written");
    }
    directory
}

async fn run(warehouse: &FakeWarehouse, directory: &Path, more: &[&str]) -> (Result<End, String>, String) {
    let directory = directory.to_string_lossy();
    let least = [
        "migrate-warehouse",
        "--workgroup",
        "bi1",
        "--database",
        "analytics",
        "--directory",
        &directory,
    ];
    let arguments = Arguments::try_parse_from(least.iter().chain(more)).expect("valid");
    let request = "run-1".parse().expect("an id");
    let mut said = Vec::new();
    let end = command::run(&arguments, &warehouse.migrator(), &request, &mut said).await;
    (
        end.map_err(|error| error.to_string()),
        String::from_utf8(said).expect("text"),
    )
}

#[tokio::test(start_paused = true)]
async fn it_says_what_it_applies() {
    let warehouse = FakeWarehouse::default();
    let files = directory(&[
        ("V001__a.sql", "CREATE ${NAME}"),
        ("V002__b.sql", "-- one statement at a time\nVACUUM x; VACUUM y"),
        ("README.md", "is not looked at"),
    ]);
    let (end, said) = run(&warehouse, files.path(), &["--parameter", "NAME=orders"]).await;
    assert_eq!(end, Ok(End::UpToDate));
    assert_eq!(
        said,
        "request run-1\napplied V001__a.sql\napplied V002__b.sql, statement 1\napplied V002__b.sql, statement 2\n\
         applied V002__b.sql\nup to date at V002\n"
    );
    assert_eq!(warehouse.ran(), ["CREATE orders", "VACUUM x", "VACUUM y"]);
}

#[tokio::test(start_paused = true)]
async fn status_shows_and_applies_nothing() {
    let warehouse = FakeWarehouse::default();
    let files = directory(&[
        ("V001__a.sql", "A1"),
        ("V002__b.sql", "-- one statement at a time\nVACUUM x; VACUUM y"),
    ]);
    let (end, said) = run(&warehouse, files.path(), &["status"]).await;
    assert_eq!(end, Ok(End::NotYet));
    assert_eq!(said, "V001__a.sql: not applied\nV002__b.sql: not applied\n");
    assert!(warehouse.ran().is_empty());

    warehouse.fails("VACUUM y", usize::MAX, "no");
    let (end, _) = run(&warehouse, files.path(), &[]).await;
    assert_eq!(end, Err("V002__b.sql, statement 2: no".to_owned()));
    let (end, said) = run(&warehouse, files.path(), &["status"]).await;
    assert_eq!(end, Ok(End::NotYet));
    assert_eq!(
        said,
        "V001__a.sql: applied\nV002__b.sql: applied in part: not statement 2\n"
    );

    let warehouse = FakeWarehouse::default();
    warehouse.fails("version = 2 AND statement = 0", usize::MAX, "no");
    let (end, _) = run(&warehouse, files.path(), &[]).await;
    assert!(end.is_err());
    let (end, said) = run(&warehouse, files.path(), &["status"]).await;
    assert_eq!(end, Ok(End::NotYet));
    assert_eq!(
        said,
        "V001__a.sql: applied\nV002__b.sql: applied, and not recorded as a whole yet\n"
    );

    let older = directory(&[("V001__a.sql", "A1")]);
    let (end, said) = run(&warehouse, older.path(), &["status"]).await;
    assert_eq!(end, Ok(End::UpToDate));
    assert_eq!(
        said,
        "V001__a.sql: applied\nV002: applied, and newer than these files\n"
    );
    let (end, said) = run(&warehouse, older.path(), &[]).await;
    assert_eq!(end, Ok(End::UpToDate));
    assert!(
        said.contains("the warehouse has V002, which is newer than these files\n"),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_time_it_says_how_to_go_on() {
    let warehouse = FakeWarehouse::default();
    warehouse.runs_for(usize::MAX);
    let files = directory(&[("V001__a.sql", "A1")]);
    let (end, said) = run(&warehouse, files.path(), &["--minutes", "1"]).await;
    assert_eq!(end, Ok(End::NotYet));
    assert!(said.ends_with("; go on with --request-id run-1\n"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_named_before_a_call() {
    let warehouse = FakeWarehouse::default();
    let gap = directory(&[("V001__a.sql", "A1"), ("V003__c.sql", "C1")]);
    let bad = directory(&[("V1__a.sql", "A1")]);
    let empty = directory(&[("README.md", "")]);
    let one = directory(&[("V001__a.sql", "CREATE ${NAME}")]);
    for (files, more, expected) in [
        (
            &gap,
            &[][..],
            "V003__c.sql: the file of V002 is missing before it",
        ),
        (&bad, &[], "V1__a.sql: not a migration's name"),
        (&one, &[], "V001__a.sql, statement 1: parameter NAME has no value"),
        (
            &one,
            &["--parameter", "NAME=a'b"],
            "parameter NAME: a value has letters",
        ),
        (
            &one,
            &["--parameter", "NAME=a", "--parameter", "NAME=b"],
            "parameter NAME: given twice",
        ),
    ] {
        let (end, _) = run(&warehouse, files.path(), more).await;
        let error = end.expect_err(expected);
        assert!(error.starts_with(expected), "{error}");
    }
    let (end, _) = run(&warehouse, empty.path(), &[]).await;
    assert!(end.expect_err("no file").ends_with("it has no .sql file"));
    let (end, _) = run(&warehouse, &empty.path().join("none"), &[]).await;
    assert!(end.is_err());
    assert_eq!(warehouse.calls(), 0);
}
