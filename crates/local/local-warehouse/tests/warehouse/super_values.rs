//! What a SUPER does not hold: strings that are too long, and objects with a name twice.

use crate::support::Warehouse;

/// Bytes of the longest string.
const LONGEST: usize = 65_535;

/// JSON, and whether it is one that a SUPER holds.
fn cases() -> Vec<(String, bool)> {
    let text = |bytes: usize| "x".repeat(bytes);
    vec![
        (format!("\"{}\"", text(LONGEST)), true),
        (format!("\"{}\"", text(LONGEST + 1)), false),
        (format!("[{{\"a\":[1,\"{}\"]}}]", text(LONGEST + 1)), false),
        // Bytes, not characters.
        (format!("\"{}\"", "ü".repeat(LONGEST / 2 + 1)), false),
        // Many short ones are as long as they like.
        (format!("[{}1]", "\"a short one\",".repeat(LONGEST)), true),
        ("{\"a\":1,\"b\":{\"a\":1}}".to_owned(), true),
        ("{\"a\":1,\"a\":1}".to_owned(), false),
        ("[{\"b\":{\"a\":1,\"\\u0061\":2}}]".to_owned(), false),
    ]
}

#[tokio::test]
async fn a_record_that_a_super_does_not_hold_is_no_json() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    for (json, _) in cases() {
        warehouse.streams.put("orders", "shard-1", json);
    }
    warehouse.succeed("REFRESH MATERIALIZED VIEW changes").await;
    let taken = warehouse
        .rows("SELECT payload IS NOT NULL, failed_payload IS NOT NULL FROM changes ORDER BY sequence_number")
        .await;
    for ((json, expected), row) in cases().iter().zip(&taken) {
        assert_eq!(row, &[*expected, !expected], "{:.60}", json);
    }
    assert_eq!(taken.len(), cases().len());
}

#[tokio::test]
async fn json_parse_says_what_is_wrong() {
    let warehouse = Warehouse::new().await;
    for (sql, reason) in [
        (
            "SELECT JSON_PARSE('{\"a\":\"' || REPEAT('x', 65536) || '\"}')",
            "ERROR: a string in SUPER is longer than 65535 bytes",
        ),
        (
            "SELECT JSON_PARSE('{\"a\":1,\"a\":2}')",
            "ERROR: an object in JSON has a name twice",
        ),
    ] {
        assert_eq!(warehouse.fail(sql).await, reason);
    }
}
