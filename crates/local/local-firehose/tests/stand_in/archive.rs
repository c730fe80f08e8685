//! Parquet by a table's columns.

use parquet::basic::Compression;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::json;

use crate::firehose::{Firehose, archive, patient, table};

async fn start() -> Firehose {
    let firehose = Firehose::start(patient(), archive()).await;
    firehose
        .emulator
        .state()
        .tables
        .insert("lines".to_owned(), table());
    firehose
}

#[tokio::test]
async fn readings_become_rows() {
    let firehose = start().await;
    let reading = json!({
        "readingId": "d/t/1", "site": "a", "measuredAt": "2026-11-25T01:02:03Z", "value": 21.5, "sequence": 1,
        "firmware": "1.2",
    });
    firehose
        .accepted(&[format!("{reading}\n"), reading.to_string()])
        .await;
    firehose.stand_in.flush().await;
    let objects = firehose
        .emulator
        .objects("readings/day=2026-11-25/site=a/archive-1-");
    assert_eq!(objects.len(), 1);
    assert!(objects[0].0.ends_with(".parquet"));
    let reader = SerializedFileReader::new(objects[0].1.clone()).unwrap();
    assert_eq!(
        reader.metadata().row_group(0).column(0).compression(),
        Compression::SNAPPY
    );
    let rows: Vec<_> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().to_string())
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[0],
        r#"{readingid: "d/t/1", site: "a", measuredat: "2026-11-25T01:02:03Z", value: 21.5, sequence: 1}"#
    );
}

#[tokio::test]
async fn what_does_not_fit_the_table_is_an_error() {
    let firehose = start().await;
    let wrong = json!({ "site": "a", "measuredAt": "2026-11-25T", "sequence": u64::MAX });
    firehose.accepted(&[wrong.to_string()]).await;
    firehose.stand_in.flush().await;
    assert!(firehose.emulator.objects("readings/").is_empty());
    let lines = firehose.lines("errors/format-conversion-failed/archive-1-");
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["ErrorMessage"], "column sequence: is no bigint");
    assert_eq!(lines[0]["ErrorCode"], "DataFormatConversion.MalformedData");
    assert_eq!(lines[0]["dataCatalogTable"]["tableName"], "lines");
    assert_eq!((firehose.count("errors"), firehose.count("objects")), (1, 0));
    assert_eq!(
        (firehose.count("buffered"), firehose.count("active_partitions")),
        (0, 0)
    );
}

#[tokio::test]
async fn a_column_that_is_added_is_filled_from_the_next_file_on() {
    let firehose = start().await;
    let reading = json!({ "site": "a", "measuredAt": "2026-11-25T", "unit": "Cel" }).to_string();
    firehose.accepted(&[&reading]).await;
    let mut wider = table();
    let columns = wider["StorageDescriptor"]["Columns"].as_array_mut().unwrap();
    columns.push(json!({ "Name": "unit", "Type": "string" }));
    firehose.emulator.state().tables.insert("lines".to_owned(), wider);
    firehose.accepted(&[&reading]).await;
    firehose.stand_in.flush().await;
    let objects = firehose.emulator.objects("readings/");
    let mut widths: Vec<_> = objects
        .into_iter()
        .map(|(_, body)| {
            SerializedFileReader::new(body)
                .unwrap()
                .metadata()
                .file_metadata()
                .schema()
                .get_fields()
                .len()
        })
        .collect();
    widths.sort_unstable();
    assert_eq!(widths, [5, 6]);
}
