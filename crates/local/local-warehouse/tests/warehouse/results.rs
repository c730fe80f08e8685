//! What comes back: types, digits, NULL and the empty text, pages.

use serde_json::{Value, json};

use crate::support::{Warehouse, rows};

async fn result(warehouse: &Warehouse, sql: &str) -> Value {
    let finished = warehouse.succeed(sql).await;
    warehouse
        .call("GetStatementResult", json!({ "Id": finished["Id"] }))
        .await
        .unwrap()
}

#[tokio::test]
async fn every_type_has_its_member() {
    let warehouse = Warehouse::new().await;
    warehouse
        .succeed(
            "CREATE TABLE t (s SMALLINT, i INTEGER NOT NULL, b BIGINT, d DECIMAL(38,4), r REAL, f DOUBLE PRECISION, \
             o BOOLEAN, c CHAR(3), v VARCHAR(10), y DATE, m TIMESTAMP, z TIMESTAMPTZ, j SUPER, x VARBYTE)",
        )
        .await;
    warehouse
        .succeed(
            "INSERT INTO t SELECT 1, 2, 9223372036854775807, 1234567890123456789012345678901234.5678, 1.5, 0.1, TRUE, 'a', \
             'v', '2025-01-02'::DATE, '2025-01-02 03:04:05'::TIMESTAMP, '2025-01-02 03:04:05+00'::TIMESTAMPTZ, \
             JSON_PARSE('{\"a\":[1, \"x y\"],\"n\":12345678901234567890123456789012345678}'), NULL",
        )
        .await;
    let result = result(&warehouse, "SELECT * FROM t").await;
    assert_eq!(
        result["Records"][0],
        json!([
            { "longValue": 1 }, { "longValue": 2 }, { "longValue": i64::MAX },
            { "stringValue": "1234567890123456789012345678901234.5678" },
            { "doubleValue": 1.5 }, { "doubleValue": 0.1 }, { "booleanValue": true }, { "stringValue": "a  " },
            { "stringValue": "v" }, { "stringValue": "2025-01-02" }, { "stringValue": "2025-01-02 03:04:05" },
            { "stringValue": "2025-01-02 03:04:05+00" },
            { "stringValue": "{\"a\":[1,\"x y\"],\"n\":12345678901234567890123456789012345678}" },
            { "isNull": true },
        ])
    );
    let columns = result["ColumnMetadata"].as_array().unwrap();
    let names: Vec<_> = columns
        .iter()
        .map(|column| column["typeName"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "int2",
            "int4",
            "int8",
            "numeric",
            "float4",
            "float8",
            "bool",
            "bpchar",
            "varchar",
            "date",
            "timestamp",
            "timestamptz",
            "super",
            "varbyte"
        ]
    );
    let decimal = &columns[3];
    assert_eq!(
        (&decimal["name"], &decimal["precision"], &decimal["scale"]),
        (&json!("d"), &json!(38), &json!(4))
    );
    assert_eq!(
        (&columns[0]["nullable"], &columns[1]["nullable"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(
        (&decimal["tableName"], &decimal["schemaName"]),
        (&json!("t"), &json!("public"))
    );
    assert_eq!(columns[8]["precision"], 10);
}

#[tokio::test]
async fn null_is_not_the_empty_text() {
    let warehouse = Warehouse::new().await;
    let result = result(&warehouse, "SELECT NULL::VARCHAR AS a, ''::VARCHAR AS b").await;
    assert_eq!(
        result["Records"],
        json!([[{ "isNull": true }, { "stringValue": "" }]])
    );
}

#[tokio::test]
async fn text_compares_byte_by_byte() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (v VARCHAR(10))").await;
    warehouse
        .succeed("INSERT INTO t VALUES ('b'), ('B'), ('a'), ('ž'), ('Z')")
        .await;
    let sorted = warehouse.rows("SELECT v FROM t ORDER BY v").await;
    assert_eq!(sorted, [["B"], ["Z"], ["a"], ["b"], ["ž"]]);
}

#[tokio::test]
async fn a_result_comes_in_pages() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (n INTEGER)").await;
    let values: Vec<_> = (0..1001).map(|n| format!("({n})")).collect();
    warehouse
        .succeed(&format!("INSERT INTO t VALUES {}", values.join(", ")))
        .await;
    for (sql, sizes) in [
        ("SELECT n FROM t WHERE n < 1000 ORDER BY n", vec![1000]),
        ("SELECT n FROM t ORDER BY n", vec![1000, 1]),
        ("SELECT n FROM t WHERE n < 0", vec![0]),
    ] {
        let id = warehouse.succeed(sql).await["Id"].clone();
        let (mut seen, mut token) = (Vec::new(), Value::Null);
        for size in &sizes {
            let mut body = json!({ "Id": id });
            if token.is_string() {
                body["NextToken"] = token;
            }
            let page = warehouse.call("GetStatementResult", body).await.unwrap();
            assert_eq!(page["Records"].as_array().unwrap().len(), *size, "{sql}");
            assert_eq!(page["TotalNumRows"], sizes.iter().sum::<usize>());
            seen.extend(rows(&page));
            token = page["NextToken"].clone();
        }
        assert_eq!(token, Value::Null, "{sql}");
        let expected: Vec<_> = (0..seen.len()).map(|n| vec![json!(n)]).collect();
        assert_eq!(seen, expected);
    }
    let other = warehouse.succeed("SELECT n FROM t").await["Id"].clone();
    let body = json!({ "Id": other, "NextToken": "bm9uc2Vuc2U" });
    let refused = warehouse.call("GetStatementResult", body).await.unwrap_err();
    assert_eq!(refused.kind, "ValidationException");
}

#[tokio::test]
async fn a_row_of_sixty_four_kilobytes_is_the_longest() {
    let warehouse = Warehouse::new().await;
    warehouse
        .succeed("CREATE TABLE t (a VARCHAR(65535), b VARCHAR(65535))")
        .await;
    warehouse
        .succeed("INSERT INTO t SELECT REPEAT('x', 65535), 'y'")
        .await;
    warehouse.succeed("SELECT a, b FROM t").await;
    let error = warehouse.fail("SELECT a, b, 1 AS c FROM t").await;
    assert!(error.contains("65537 bytes"), "{error}");
}
