//! `TRY_CAST`: what is none of the type is NULL, and a blank text is an error.

use serde_json::Value;

use crate::support::Warehouse;

const TYPES: [&str; 6] = [
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "DECIMAL(18,2)",
    "DATE",
    "TIMESTAMP",
];

#[tokio::test]
async fn a_blank_text_is_not_tried() {
    let warehouse = Warehouse::new().await;
    for of in TYPES {
        for blank in ["''", "'  '"] {
            let error = warehouse.fail(&format!("SELECT TRY_CAST({blank} AS {of})")).await;
            assert_eq!(error, "ERROR: TRY_CAST of a blank text", "{blank} {of}");
            let guarded = format!("SELECT TRY_CAST(NULLIF(TRIM({blank}), '') AS {of})");
            assert_eq!(warehouse.value(&guarded).await, Value::Null, "{blank} {of}");
        }
        for other in ["'x'", "' x '", "'-'", "NULL"] {
            let tried = warehouse
                .value(&format!("SELECT TRY_CAST({other} AS {of})"))
                .await;
            assert_eq!(tried, Value::Null, "{other} {of}");
        }
    }
}
