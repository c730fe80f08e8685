//! Cells and columns of a result on the wire.

use serde_json::{Value, json};

use crate::result_set::{Cell, Column};

/// A cell as a member of the union `Field`.
pub(super) fn field(cell: &Cell) -> Value {
    match cell {
        Cell::Null => json!({ "isNull": true }),
        Cell::Boolean(value) => json!({ "booleanValue": value }),
        Cell::Long(value) => json!({ "longValue": value }),
        // JSON has no word for these; the protocol has.
        Cell::Double(value) if value.is_nan() => json!({ "doubleValue": "NaN" }),
        Cell::Double(value) if value.is_infinite() => {
            json!({ "doubleValue": if *value > 0.0 { "Infinity" } else { "-Infinity" } })
        }
        Cell::Double(value) => json!({ "doubleValue": value }),
        Cell::Text(value) => json!({ "stringValue": value }),
    }
}

/// A column as `ColumnMetadata`.
pub(super) fn column(column: &Column) -> Value {
    json!({
        "name": column.name,
        "label": column.name,
        "typeName": column.type_name,
        "nullable": i32::from(column.nullable),
        "precision": column.precision,
        "scale": column.scale,
        "length": 0,
        "isCaseSensitive": column.is_text,
        "isCurrency": false,
        "isSigned": column.is_signed,
        "schemaName": column.schema,
        "tableName": column.table,
    })
}
