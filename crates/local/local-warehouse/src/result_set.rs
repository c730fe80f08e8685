//! The rows that a statement answers with, typed as the Data API types them.

use std::collections::HashMap;

use tokio_postgres::types::{Kind, Type};
use tokio_postgres::{Client, Column as PostgresColumn, SimpleQueryRow};

use crate::failure::Failure;
use crate::limits::{RESULT_BYTES_MAX, ROW_BYTES_MAX};

/// Rows with their columns.
#[derive(Debug, Default)]
pub(crate) struct ResultSet {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    bytes: usize,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Long(i64),
    Double(f64),
    Text(String),
}

/// What is known of a column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// Redshift's name of the type.
    pub(crate) type_name: &'static str,
    pub(crate) nullable: bool,
    pub(crate) precision: i32,
    pub(crate) scale: i32,
    pub(crate) is_text: bool,
    pub(crate) is_signed: bool,
    pub(crate) schema: String,
    pub(crate) table: String,
    form: Form,
}

/// How PostgreSQL's text becomes a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Boolean,
    Long,
    Double,
    /// `\x…` without its mark.
    Hexadecimal,
    /// JSON without blanks.
    Json,
    AsItIs,
}

impl ResultSet {
    /// A result without rows yet.
    pub(crate) async fn begin(client: &Client, columns: &[PostgresColumn]) -> Result<Self, Failure> {
        let origins = origins(client, columns).await?;
        let columns = columns.iter().map(|column| {
            let key = column.table_oid().zip(column.column_id());
            Column::new(column, key.and_then(|key| origins.get(&key)))
        });
        Ok(Self {
            columns: columns.collect(),
            ..Self::default()
        })
    }

    /// Adds a row, if it and the result are not too large then.
    pub(crate) fn push(&mut self, row: &SimpleQueryRow) -> Result<(), Failure> {
        let mut cells = Vec::with_capacity(self.columns.len());
        let mut bytes = 0;
        for (column, place) in self.columns.iter().zip(0..) {
            let text = row.try_get(place)?;
            let cell = cell(column.form, text);
            bytes += text.map_or(0, |text| match &cell {
                Cell::Text(shown) => shown.len(),
                _ => text.len(),
            });
            cells.push(cell);
        }
        self.bytes += bytes;
        check_size(bytes, self.bytes)?;
        self.rows.push(cells);
        Ok(())
    }

    /// Bytes of all cells' texts.
    pub(crate) fn size(&self) -> i64 {
        i64::try_from(self.bytes).unwrap_or(i64::MAX)
    }
}

fn check_size(row: usize, result: usize) -> Result<(), Failure> {
    if row > ROW_BYTES_MAX {
        return Err(Failure::error(format!(
            "a row of the result has {row} bytes, the maximum is {ROW_BYTES_MAX}"
        )));
    }
    if result > RESULT_BYTES_MAX {
        return Err(Failure::error(format!(
            "the result exceeds the maximum of {RESULT_BYTES_MAX} bytes"
        )));
    }
    Ok(())
}

/// Where a column comes from.
struct Origin {
    schema: String,
    table: String,
    not_null: bool,
}

/// The origins of those columns that are a table's.
async fn origins(
    client: &Client,
    columns: &[PostgresColumn],
) -> Result<HashMap<(u32, i16), Origin>, Failure> {
    let tables: Vec<u32> = columns.iter().filter_map(PostgresColumn::table_oid).collect();
    if tables.is_empty() {
        return Ok(HashMap::new());
    }
    let query = "SELECT a.attrelid, a.attnum, n.nspname::text, c.relname::text, a.attnotnull \
                 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE a.attnum > 0 AND a.attrelid = ANY($1)";
    let mut origins = HashMap::new();
    for row in client.query(query, &[&tables]).await? {
        let origin = Origin {
            schema: row.try_get(2)?,
            table: row.try_get(3)?,
            not_null: row.try_get(4)?,
        };
        origins.insert((row.try_get(0)?, row.try_get(1)?), origin);
    }
    Ok(origins)
}

impl Column {
    fn new(column: &PostgresColumn, origin: Option<&Origin>) -> Self {
        let (type_name, form) = shown(column.type_());
        let (precision, scale) = digits(column.type_(), column.type_modifier());
        Self {
            name: column.name().to_owned(),
            type_name,
            nullable: origin.is_none_or(|origin| !origin.not_null),
            precision,
            scale,
            is_text: matches!(type_name, "varchar" | "bpchar" | "super"),
            is_signed: matches!(form, Form::Long | Form::Double) || type_name == "numeric",
            schema: origin.map(|origin| origin.schema.clone()).unwrap_or_default(),
            table: origin.map(|origin| origin.table.clone()).unwrap_or_default(),
            form,
        }
    }
}

/// Redshift's name of a type, and how its values are shown.
fn shown(of: &Type) -> (&'static str, Form) {
    if let Kind::Domain(inner) = of.kind() {
        return shown(inner);
    }
    match *of {
        Type::BOOL => ("bool", Form::Boolean),
        Type::INT2 => ("int2", Form::Long),
        Type::INT4 => ("int4", Form::Long),
        Type::INT8 => ("int8", Form::Long),
        Type::OID => ("oid", Form::Long),
        Type::FLOAT4 => ("float4", Form::Double),
        Type::FLOAT8 => ("float8", Form::Double),
        Type::NUMERIC => ("numeric", Form::AsItIs),
        Type::BPCHAR => ("bpchar", Form::AsItIs),
        Type::DATE => ("date", Form::AsItIs),
        Type::TIME => ("time", Form::AsItIs),
        Type::TIMESTAMP => ("timestamp", Form::AsItIs),
        Type::TIMESTAMPTZ => ("timestamptz", Form::AsItIs),
        Type::INTERVAL => ("interval", Form::AsItIs),
        Type::BYTEA => ("varbyte", Form::Hexadecimal),
        Type::JSONB | Type::JSON => ("super", Form::Json),
        _ => ("varchar", Form::AsItIs),
    }
}

/// Precision and scale: digits of a number, else a text's length.
fn digits(of: &Type, modifier: i32) -> (i32, i32) {
    match *of {
        Type::BOOL => (1, 0),
        Type::INT2 => (5, 0),
        Type::INT4 => (10, 0),
        Type::INT8 => (19, 0),
        Type::FLOAT4 => (8, 8),
        Type::FLOAT8 => (17, 17),
        // PostgreSQL keeps both in one number, above its header's 4.
        Type::NUMERIC if modifier >= 4 => (((modifier - 4) >> 16) & 0xffff, (modifier - 4) & 0x7ff),
        Type::NUMERIC => (38, 0),
        Type::VARCHAR | Type::BPCHAR if modifier >= 4 => (modifier - 4, 0),
        Type::DATE => (13, 0),
        Type::TIMESTAMP => (29, 6),
        Type::TIMESTAMPTZ => (35, 6),
        _ => (0, 0),
    }
}

/// PostgreSQL's text as a cell.
fn cell(form: Form, text: Option<&str>) -> Cell {
    let Some(text) = text else {
        return Cell::Null;
    };
    let typed = match form {
        Form::Boolean => Some(Cell::Boolean(text == "t")),
        Form::Long => text.parse().ok().map(Cell::Long),
        Form::Double => text.parse().ok().map(Cell::Double),
        Form::Hexadecimal => text
            .strip_prefix("\\x")
            .map(|digits| Cell::Text(digits.to_owned())),
        Form::Json => Some(Cell::Text(without_blanks(text))),
        Form::AsItIs => None,
    };
    typed.unwrap_or_else(|| Cell::Text(text.to_owned()))
}

/// JSON without the blanks between its tokens: as Redshift shows a SUPER. Digits stay as they are.
fn without_blanks(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    let (mut in_text, mut escaped) = (false, false);
    for each in json.chars() {
        if in_text {
            in_text = escaped || each != '"';
            escaped = !escaped && each == '\\';
        } else if each.is_ascii_whitespace() {
            continue;
        } else {
            in_text = each == '"';
        }
        shown.push(each);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_types_of_the_data_api() {
        let text = |text: &str| Cell::Text(text.to_owned());
        for (form, given, expected) in [
            (Form::Boolean, "t", Cell::Boolean(true)),
            (Form::Boolean, "f", Cell::Boolean(false)),
            (Form::Long, "-9223372036854775808", Cell::Long(i64::MIN)),
            (Form::Double, "1.5", Cell::Double(1.5)),
            (Form::Hexadecimal, "\\x6162", text("6162")),
            (Form::AsItIs, "", text("")),
            (
                Form::Json,
                r#"{"a b": [1, "x \" y"], "c": 1}"#,
                text(r#"{"a b":[1,"x \" y"],"c":1}"#),
            ),
            (Form::Json, r#""\\" "#, text(r#""\\""#)),
        ] {
            assert_eq!(cell(form, Some(given)), expected, "{given}");
            assert_eq!(cell(form, None), Cell::Null);
        }
        assert!(matches!(cell(Form::Double, Some("NaN")), Cell::Double(nan) if nan.is_nan()));
    }

    #[test]
    fn sizes_hold_at_their_edge() {
        assert!(check_size(ROW_BYTES_MAX, ROW_BYTES_MAX).is_ok());
        assert!(check_size(ROW_BYTES_MAX + 1, ROW_BYTES_MAX + 1).is_err());
        assert!(check_size(1, RESULT_BYTES_MAX).is_ok());
        assert!(check_size(1, RESULT_BYTES_MAX + 1).is_err());
    }

    #[test]
    fn a_decimals_digits_are_told() {
        let modifier = (38 << 16 | 4) + 4;
        assert_eq!(digits(&Type::NUMERIC, modifier), (38, 4));
        assert_eq!(digits(&Type::VARCHAR, 260), (256, 0));
    }
}
