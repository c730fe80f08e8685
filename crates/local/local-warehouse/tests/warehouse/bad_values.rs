//! The repository's SQL: a record with a value that nobody expects takes no other with it, and raises no error for
//! whoever reads a view.

use orders::dashboard;
use orders::generator::{Size, generate};
use orders::model::{OrderKey, OrderLine};
use orders::questions::questions;
use orders::warehouse::{Field, Table, Warehouse as Asked, WarehouseError};
use serde_json::{Value, json};

use crate::captures::{Captured, forwarded, native};
use crate::installed::Installed;

const SHARD: &str = "shard-1";

/// When a change happened, in microseconds since 1970.
const MICROS: u64 = 1_767_225_600_000_000;

/// Stands for a value until the record is text: `serde_json` would make a float of a number.
const PLACE: &str = "the value stands here";

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq)]
enum Fate {
    /// It is a version of its line, and this column has this value.
    Column(&'static str, Field),
    /// It is in `warehouse.unusable_order_changes`.
    Unusable,
}

/// A change with one value replaced.
#[derive(Debug)]
struct Case {
    /// Which value: a JSON pointer into the record.
    pointer: String,
    /// As JSON.
    value: String,
    fate: Fate,
}

fn case(pointer: &str, value: impl Into<String>, fate: Fate) -> Case {
    let pointer = pointer.to_owned();
    let value = value.into();
    Case { pointer, value, fate }
}

fn text(value: &str) -> Field {
    Field::Text(value.to_owned())
}

/// The attributes that are numbers, their columns, and numbers that these do not hold.
const NUMBERS: [(&str, &str, [&str; 4]); 4] = [
    (
        "quantity",
        "quantity",
        [
            "2147483648",
            "-2147483649",
            "1.5",
            "99999999999999999999999999999999999999",
        ],
    ),
    (
        "unitPrice",
        "unit_price",
        ["100000000000", "-100000000000", "1E+125", "99999999999.995"],
    ),
    (
        "discount",
        "discount",
        ["100000000000000", "1E+125", "-1E+38", "99999999999999.99995"],
    ),
    (
        "amount",
        "amount",
        [
            "100000000000",
            "-9999999999999999.99",
            "1E+125",
            "99999999999.995",
        ],
    ),
];

/// The attributes that are texts of at most 2,048 bytes, and their columns.
const TEXTS: [(&str, &str); 7] = [
    ("customerId", "customer_id"),
    ("productId", "product_id"),
    ("productName", "product_name"),
    ("category", "category"),
    ("region", "region"),
    ("channel", "channel"),
    ("status", "status"),
];

const NO_TIMES: [&str; 8] = [
    "soon",
    "",
    " ",
    "T",
    "2025-02-30T00:00:00Z",
    "2025-13-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "1735689600",
];

/// A text of so many bytes, whose last character has two.
fn long(bytes: usize) -> String {
    format!("{}{}", "x".repeat(bytes % 2), "é".repeat(bytes / 2))
}

/// What can stand in an image of either capture: `place` is where its attributes are, `of` is how it writes a value of a
/// type, `others` are values that no column has.
fn in_the_image(place: &str, of: impl Fn(&str, &str) -> String, others: &[&str]) -> Vec<Case> {
    let at = |attribute: &str| format!("{place}/{attribute}");
    let quoted = |text: &str| of("S", &json!(text).to_string());
    let mut cases = Vec::new();
    for (attribute, column, numbers) in NUMBERS {
        let values = numbers.into_iter().map(|digits| of("N", digits));
        let values = values
            .chain([quoted("many"), quoted(""), quoted(" ")])
            .chain(others.iter().map(|other| (*other).to_owned()));
        cases.extend(values.map(|value| case(&at(attribute), value, Fate::Column(column, Field::Null))));
    }
    for (attribute, column) in TEXTS {
        let nulls = others
            .iter()
            .map(|other| case(&at(attribute), *other, Fate::Column(column, Field::Null)));
        cases.extend(nulls);
        let (most, more) = (long(2048), long(2049));
        cases.push(case(
            &at(attribute),
            quoted(&most),
            Fate::Column(column, text(&most)),
        ));
        cases.push(case(&at(attribute), quoted(&more), Fate::Unusable));
    }
    for value in NO_TIMES.map(quoted).into_iter().chain([others[0].to_owned()]) {
        cases.push(case(
            &at("placedAt"),
            value,
            Fate::Column("placed_at", Field::Null),
        ));
    }
    let most = of("N", "2147483647");
    cases.push(case(
        &at("quantity"),
        most,
        Fate::Column("quantity", Field::Long(2_147_483_647)),
    ));
    let most = of("N", "99999999999.99");
    cases.push(case(
        &at("amount"),
        most,
        Fate::Column("amount", text("99999999999.99")),
    ));
    for other in others {
        cases.push(case(&at("note"), *other, Fate::Column("note", Field::Null)));
        cases.push(case(&at("orderId"), *other, Fate::Unusable));
    }
    cases.push(case(place, "null", Fate::Unusable));
    cases
}

fn of_the_forwarder() -> Vec<Case> {
    let plain = |_: &str, value: &str| value.to_owned();
    let mut cases = in_the_image("/newImage", plain, &["null", "[1]", r#"{"a":1}"#]);
    let unusable = [
        ("/schemaVersion", r#"2"#.to_owned()),
        ("/schemaVersion", "[]".to_owned()),
        ("/eventTime", r#""soon""#.to_owned()),
        ("/eventTime", r#""""#.to_owned()),
        ("/eventTime", "1.5".to_owned()),
        ("/eventTime", "-1".to_owned()),
        ("/eventTime", "9007199254740992".to_owned()),
        ("/eventTime", "1E+400".to_owned()),
        ("/eventTime", "null".to_owned()),
        ("/eventName", r#""UPSERT""#.to_owned()),
        ("/eventName", "1".to_owned()),
        ("/eventId", "null".to_owned()),
        ("/eventId", json!(long(65)).to_string()),
        ("/sequenceNumber", json!("9".repeat(41)).to_string()),
        ("/sequenceNumber", json!(long(41)).to_string()),
        ("/keys/orderId", "null".to_owned()),
        ("/keys/orderId", json!(long(2049)).to_string()),
        ("/keys/line", r#"" ""#.to_owned()),
        ("/keys/line", "1.5".to_owned()),
        ("/keys/line", r#""first""#.to_owned()),
        ("/keys/line", "2147483648".to_owned()),
        ("/keys/line", "1E+125".to_owned()),
        ("/keys/line", "{}".to_owned()),
        ("/keys", "17".to_owned()),
    ];
    cases.extend(unusable.map(|(pointer, value)| case(pointer, value, Fate::Unusable)));
    let most = "9".repeat(40);
    let taken = Fate::Column("sequence_number", text(&most));
    cases.push(case("/sequenceNumber", json!(most).to_string(), taken));
    let latest = Fate::Column("event_time", Field::Long(9_007_199_254_740_991));
    cases.push(case("/eventTime", "9007199254740991", latest));
    let without = Fate::Column("sequence_number", text(""));
    cases.push(case("/sequenceNumber", "null", without));
    cases
}

fn of_the_destination() -> Vec<Case> {
    let typed = |name: &str, value: &str| match name {
        "N" => format!(r#"{{"N":"{value}"}}"#),
        _ => format!(r#"{{"{name}":{value}}}"#),
    };
    let others = [
        r#"{"NULL":true}"#,
        "17",
        r#"{"L":[{"N":"1"}]}"#,
        r#"{"S":{"N":"1"}}"#,
        "null",
    ];
    let mut cases = in_the_image("/dynamodb/NewImage", typed, &others);
    let time = "/dynamodb/ApproximateCreationDateTime";
    let precision = "/dynamodb/ApproximateCreationDateTimePrecision";
    let unusable = [
        (time, r#""soon""#.to_owned()),
        (time, r#"" ""#.to_owned()),
        (time, "1.5".to_owned()),
        (time, "-1".to_owned()),
        (time, "9007199254740992".to_owned()),
        (time, "1E+400".to_owned()),
        (time, "null".to_owned()),
        // Microseconds that are read as milliseconds.
        (precision, "null".to_owned()),
        (precision, r#""NANOSECOND""#.to_owned()),
        ("/eventName", "null".to_owned()),
        ("/eventID", "{}".to_owned()),
        ("/eventID", json!(long(65)).to_string()),
        ("/dynamodb", "null".to_owned()),
        ("/dynamodb", "17".to_owned()),
        ("/dynamodb/Keys/orderId", r#"{"N":"1"}"#.to_owned()),
        ("/dynamodb/Keys/orderId", json!({ "S": long(2049) }).to_string()),
        ("/dynamodb/Keys/line", r#"{"N":""}"#.to_owned()),
        ("/dynamodb/Keys/line", r#"{"S":"1"}"#.to_owned()),
        ("/dynamodb/Keys/line", r#"{"N":"1E+125"}"#.to_owned()),
        ("/dynamodb/Keys/line", r#"{"N":"2147483648"}"#.to_owned()),
    ];
    cases.extend(unusable.map(|(pointer, value)| case(pointer, value, Fate::Unusable)));
    cases
}

/// An order line that nothing is wrong with.
fn good(number: usize) -> OrderLine {
    let history = generate(Size {
        changes: 1,
        items: 1,
        seed: 7,
    });
    let key = OrderKey {
        order_id: format!("o-{number:04}"),
        line: 1,
    };
    OrderLine {
        key,
        ..history.truth.lines().next().unwrap().clone()
    }
}

/// The record of a line with the value of a case in it.
fn record(case: &Case, number: usize) -> Vec<u8> {
    let line = good(number);
    let change = Captured::new("INSERT", &line.key, Some(&line));
    let is_native = case.pointer.starts_with("/dynamodb") || case.pointer == "/eventID";
    let whole = if is_native {
        native(&change, MICROS, "e").to_string()
    } else {
        String::from_utf8(forwarded(&[change]).remove(0)).unwrap()
    };
    let mut record: Value = serde_json::from_str(&whole).unwrap();
    *record
        .pointer_mut(&case.pointer)
        .unwrap_or_else(|| panic!("{}", case.pointer)) = json!(PLACE);
    let placed = record.to_string().replace(&json!(PLACE).to_string(), &case.value);
    placed.into_bytes()
}

/// Every view that reads changes, and every question of the dashboard and of the question set.
async fn everything_can_be_read(installed: &Installed) {
    for view in [
        "warehouse.raw_order_changes",
        "warehouse.forwarded_order_changes",
        "warehouse.captured_order_changes",
        "warehouse.order_versions",
        "warehouse.unusable_order_changes",
        "warehouse.newest_orders",
        "warehouse.current_orders",
        "bi.order_lines",
        "bi.products",
        "bi.regions",
        "bi.daily_sales",
        "bi.yearly_growth",
    ] {
        // Every column of every row.
        installed
            .warehouse
            .succeed(&format!("CREATE TEMP TABLE everything AS SELECT * FROM {view}"))
            .await;
    }
    for question in questions().unwrap() {
        installed.query(&question.sql).await.unwrap();
    }
    dashboard::take(&WithoutRows(installed)).await.unwrap();
}

/// Answers each query with its columns alone: what the dashboard makes of the rows is not this test's.
struct WithoutRows<'a>(&'a Installed);

impl Asked for WithoutRows<'_> {
    async fn query(&self, sql: &str) -> Result<Table, WarehouseError> {
        let Table { columns, .. } = self.0.query(sql).await?;
        let rows = Vec::new();
        Ok(Table { columns, rows })
    }

    async fn run(&self, sql: &str) -> Result<(), WarehouseError> {
        self.0.run(sql).await
    }
}

const COLUMNS: &str = "SELECT order_id, line, customer_id, product_id, product_name, category, region, channel, status, \
     quantity, unit_price, discount, amount, placed_at, note, event_time, sequence_number \
     FROM warehouse.current_orders ORDER BY order_id";

/// What the warehouse has of each case: its row, or nothing.
async fn each_has_its_fate(installed: &Installed, cases: &[Case]) {
    let found = installed.query(COLUMNS).await.unwrap();
    let place = |column: &str| found.columns.iter().position(|name| name == column).unwrap();
    let row = |number: usize| {
        let key = Field::Text(good(number).key.order_id);
        found.rows.iter().find(|row| row[0] == key)
    };
    let whole = [row(cases.len()).unwrap(), row(cases.len() + 1).unwrap()];
    for (number, case) in cases.iter().enumerate() {
        let shown = format!("{} {:.80}", case.pointer, case.value);
        let Fate::Column(column, value) = &case.fate else {
            assert_eq!(row(number), None, "{shown}");
            continue;
        };
        let is_native = case.pointer.starts_with("/dynamodb");
        let mut expected = whole[usize::from(is_native)].clone();
        expected[0] = Field::Text(good(number).key.order_id);
        expected[place(column)] = value.clone();
        assert_eq!(row(number), Some(&expected), "{shown}");
    }
    let unusable = cases.iter().filter(|case| case.fate == Fate::Unusable).count();
    let count = "SELECT COUNT(*) FROM warehouse.unusable_order_changes";
    assert_eq!(installed.query(count).await.unwrap().count(), Ok(unusable as u64));
}

#[tokio::test]
async fn a_bad_value_takes_no_other_with_it() {
    let installed = Installed::over(&[SHARD]).await;
    let cases: Vec<_> = of_the_forwarder()
        .into_iter()
        .chain(of_the_destination())
        .collect();
    for (number, case) in cases.iter().enumerate() {
        installed.put(SHARD, &record(case, number));
    }
    // Beside them, one line by each capture that nothing is wrong with.
    for number in [cases.len(), cases.len() + 1] {
        let line = good(number);
        let change = Captured::new("INSERT", &line.key, Some(&line));
        let data = match number == cases.len() {
            true => forwarded(&[change]).remove(0),
            false => native(&change, MICROS, "e").to_string().into_bytes(),
        };
        installed.put(SHARD, &data);
    }
    installed.refresh().await;
    everything_can_be_read(&installed).await;
    each_has_its_fate(&installed, &cases).await;
    installed.fold().await;
    everything_can_be_read(&installed).await;
    each_has_its_fate(&installed, &cases).await;
}

/// A text of more than 65,535 bytes does not fit into SUPER, and its record into no view.
/// <https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html>
#[tokio::test]
async fn a_note_is_there_whole_or_its_record_is_put_aside() {
    let installed = Installed::over(&[SHARD]).await;
    for (number, bytes) in [(0, 65_535), (1, 65_536)] {
        let mut line = good(number);
        line.note = Some(long(bytes));
        let change = Captured::new("INSERT", &line.key, Some(&line));
        installed.put(SHARD, &forwarded(&[change]).remove(0));
    }
    installed.refresh().await;
    let lengths = "SELECT OCTET_LENGTH(note) AS bytes FROM warehouse.current_orders";
    let aside = "SELECT COUNT(*) FROM warehouse.unusable_order_changes WHERE failed_payload IS NOT NULL";
    for _ in 0..2 {
        let found = installed.query(lengths).await.unwrap();
        assert_eq!(found.rows, [[Field::Long(65_535)]]);
        assert_eq!(installed.query(aside).await.unwrap().count(), Ok(1));
        installed.fold().await;
    }
}
