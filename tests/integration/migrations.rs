//! Migrations by the command, on a warehouse that the function has migrated: what is wrong is named, what is right is done
//! once, and a new definition of the streaming view loses nothing.

use std::fs;
use std::path::{Path, PathBuf};

use local_cloud::{ACCESS_KEY, ChangeCapture, REGION};
use orders::generator::{Size, generate};
use put_many::kinesis::Record;
use serde_json::json;
use tokio::process::Command;

use crate::harness::{GenerativeBi, eventually, root};

/// How many files the repository has.
fn repository_files() -> Vec<PathBuf> {
    let sql = root().join("crates/generative-bi/warehouse-migrator/sql");
    let mut files: Vec<_> = fs::read_dir(sql)
        .expect("the SQL can be read")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

/// A copy of the repository's SQL, to be changed.
fn copy_of_sql() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for file in repository_files() {
        let name = file.file_name().expect("a file has a name");
        fs::copy(&file, directory.path().join(name)).expect("a file can be copied");
    }
    directory
}

/// The name of the file that comes next.
fn next_file(number: usize, name: &str) -> String {
    format!("V{:03}__{name}.sql", repository_files().len() + number)
}

/// Runs the command on a directory: its exit code, and what it said.
async fn migrate(bi: &GenerativeBi, directory: &Path) -> (Option<i32>, String) {
    let mut command = Command::new(root().join("target/debug/migrate-warehouse"));
    command
        .args(["--workgroup", bi.output("WorkgroupName")])
        .args(["--database", bi.output("DatabaseName")])
        .arg("--directory")
        .arg(directory)
        .env("AWS_ENDPOINT_URL", bi.cloud.endpoint())
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", ACCESS_KEY)
        .env("AWS_REGION", REGION);
    for (name, value) in [
        ("ADMIN_USER", "admin"),
        ("BI_USER", "IAMR:quicksight"),
        ("INGESTION_ROLE_ARN", bi.output("IngestionRoleArn")),
        ("KINESIS_STREAM", bi.output("OrderChangeStreamName")),
        ("MONITOR_USER", "IAMR:warehouse-monitor"),
    ] {
        command.args(["--parameter", &format!("{name}={value}")]);
    }
    let output = command.output().await.expect("the command can be run");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_migration_is_named() {
    let bi = GenerativeBi::start(ChangeCapture::Forwarder).await;
    let history = "SELECT COUNT(*) FROM warehouse_migrations.history";
    let applied = bi.count(history).await;
    assert!(applied > 0, "the function has migrated the warehouse");

    let unchanged = copy_of_sql();
    let (code, said) = migrate(&bi, unchanged.path()).await;
    assert_eq!(code, Some(0), "nothing is left to do: {said}");

    let wrong = copy_of_sql();
    let name = next_file(1, "wrong");
    let text = "CREATE TABLE warehouse.first (a INTEGER);\nINSERT INTO warehouse.nowhere VALUES (1);\n";
    fs::write(wrong.path().join(&name), text).expect("a file can be written");
    let (code, said) = migrate(&bi, wrong.path()).await;
    assert_ne!(code, Some(0));
    assert!(
        said.contains(&format!("{name}, statement 2")) && said.contains("nowhere"),
        "file and statement are named: {said}"
    );

    let changed = copy_of_sql();
    let fourth = &repository_files()[3];
    let name = fourth.file_name().and_then(|name| name.to_str()).expect("a name");
    let text = fs::read_to_string(fourth).expect("a file can be read");
    fs::write(changed.path().join(name), format!("{text}\nSELECT 1;\n")).expect("a file can be written");
    let (code, said) = migrate(&bi, changed.path()).await;
    assert_ne!(code, Some(0));
    assert!(said.contains(name), "the changed file is named: {said}");

    let missing = copy_of_sql();
    fs::remove_file(missing.path().join(name)).expect("a file can be removed");
    let (code, said) = migrate(&bi, missing.path()).await;
    assert_ne!(code, Some(0));
    assert!(said.contains("V004"), "the missing file is named: {said}");

    assert_eq!(bi.count(history).await, applied, "nothing was recorded");
    let first = "SELECT COUNT(*) FROM warehouse.first";
    assert!(
        orders::warehouse::count(&bi.warehouse, first).await.is_err(),
        "what stood before the wrong statement was undone with it"
    );
}

/// The text of the file whose name has `part` in it.
fn file_with(part: &str) -> String {
    let files = repository_files();
    let file = files
        .iter()
        .find(|file| file.to_string_lossy().contains(part))
        .unwrap_or_else(|| panic!("there is a file {part}"));
    fs::read_to_string(file).expect("a file can be read")
}

/// A file that made or led over to the streaming view, for the next view and from the present one.
fn for_the_next_view(text: &str) -> String {
    text.replace("ingest.order_changes_archive", "ingest.THE_ARCHIVE")
        .replace("ingest.order_changes_v1", "ingest.THE_PRESENT")
        .replace("ingest.order_changes", "ingest.order_changes_v3")
        .replace("ingest.THE_PRESENT", "ingest.order_changes")
        .replace("ingest.THE_ARCHIVE", "ingest.order_changes_archive")
}

/// The next definition: with a column more.
fn next_definition() -> String {
    let file = file_with("V006");
    let (view, _) = file
        .split_once("-- Gets its columns")
        .expect("the archive comes behind the view");
    for_the_next_view(view).replace(
        "OCTET_LENGTH(kinesis_data) AS payload_bytes",
        "OCTET_LENGTH(kinesis_data) AS payload_bytes,\n    partition_key AS key_again",
    )
}

/// What leads over to it. The view has columns that the archive has not.
fn next_lead_over() -> String {
    for_the_next_view(&file_with("V007"))
        .replace(
            "REFRESH MATERIALIZED",
            "CALL warehouse.fold_order_changes();\nREFRESH MATERIALIZED",
        )
        .replace(
            "APPEND FROM ingest.order_changes;",
            "APPEND FROM ingest.order_changes IGNOREEXTRA;",
        )
}

/// The procedure that deletes raw changes, without the week of waiting and under another name.
fn prune_at_once(view: &str) -> String {
    let file = file_with("V008");
    let (_, procedure) = file
        .split_once("CREATE OR REPLACE PROCEDURE warehouse.prune_order_changes()")
        .expect("the file has the procedure");
    let procedure = procedure
        .replace("DATEADD(day, -7, GETDATE())", "DATEADD(day, 1, GETDATE())")
        .replace(
            "DELETE FROM ingest.order_changes\n",
            &format!("DELETE FROM {view}\n"),
        );
    format!("CREATE OR REPLACE PROCEDURE warehouse.prune_now(){procedure}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_definition_of_the_view_and_pruning_lose_nothing() {
    let bi = GenerativeBi::start(ChangeCapture::Forwarder).await;
    let history = generate(Size {
        changes: 4_000,
        items: 800,
        seed: 11,
    });
    bi.write(&history.changes).await;
    bi.put(&[Record::new("broken", "{").expect("a fit partition key")])
        .await;
    bi.everything_is_ingested(history.changes.len() + 1).await;
    bi.reconciles(&history).await;

    // Raw changes go once the state has them, and only those: here without waiting for a week.
    let directory = copy_of_sql();
    let write = |number: usize, name: &str, text: String| {
        fs::write(directory.path().join(next_file(number, name)), text).expect("a file can be written");
    };
    write(1, "prune_now", prune_at_once("ingest.order_changes"));
    let (code, said) = migrate(&bi, directory.path()).await;
    assert_eq!(code, Some(0), "{said}");
    let rows = "SELECT COUNT(*) FROM ingest.order_changes";
    let before = bi.count(rows).await;
    bi.run("CALL warehouse.prune_now()").await;
    assert_eq!(bi.count(rows).await, before, "nothing is folded, so nothing goes");
    bi.run("CALL warehouse.fold_order_changes()").await;
    bi.run("CALL warehouse.prune_now()").await;
    assert_eq!(bi.count(rows).await, 1, "what does not parse stays");
    bi.reconciles(&history).await;

    // The new view reads the stream from its beginning again; what the old one has is moved to the archive.
    write(2, "order_changes_v3", next_definition());
    write(3, "order_changes_v3_lead_over", next_lead_over());
    write(4, "prune_v3_now", prune_at_once("ingest.order_changes_v3"));
    let (code, said) = migrate(&bi, directory.path()).await;
    assert_eq!(code, Some(0), "{said}");
    let raw = "SELECT COUNT(*) FROM warehouse.raw_order_changes";
    let failed = "SELECT COUNT(*) FROM warehouse.raw_order_changes WHERE failed_payload IS NOT NULL";
    assert_eq!(
        bi.count(failed).await,
        2,
        "the broken record is read again, and was moved"
    );
    bi.reconciles(&history).await;
    bi.run("CALL warehouse.fold_order_changes()").await;
    bi.run("CALL warehouse.prune_now()").await;
    assert_eq!(
        bi.count(raw).await,
        2,
        "what is folded goes from the new view too"
    );
    bi.reconciles(&history).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_monitor_counts_what_the_view_could_not_read() {
    let bi = GenerativeBi::start(ChangeCapture::Forwarder).await;
    let broken = (0..3).map(|number| Record::new(format!("k{number}"), "{").expect("a fit partition key"));
    bi.put(&broken.collect::<Vec<_>>()).await;
    bi.everything_is_ingested(3).await;

    let lambda = aws_sdk_lambda::Client::new(&bi.cloud.sdk_config());
    let invoked = lambda
        .invoke()
        .function_name(bi.output("WarehouseMonitorFunctionName"))
        .payload(aws_sdk_lambda::primitives::Blob::new(json!({}).to_string()))
        .send()
        .await
        .expect("the function can be invoked");
    assert_eq!(invoked.function_error(), None, "the monitor measures");

    let log = bi
        .cloud
        .logs()
        .into_iter()
        .find_map(|(part, log)| (part == "emulator").then_some(log))
        .expect("the emulator has a log");
    let metrics = async || {
        let text = fs::read_to_string(&log).expect("the log can be read");
        let lines = text.lines().filter(|line| line.contains("\"_aws\""));
        let documents = lines.filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let measured = documents.filter(|document| document["View"] == "ingest.order_changes");
        // The emulator may have run the schedule too: each look counts what came since the one before.
        measured
            .filter_map(|document| document["FailedPayloads"].as_u64())
            .sum::<u64>()
    };
    eventually("the failed payloads are counted", metrics, |failed| *failed >= 3).await;
}
