//! A result as typed rows.

use std::fmt;

/// One value of a result. DECIMAL, dates and times, and SUPER come as text.
/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_Field.html>
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// NULL.
    Null,
    /// Text, and every type without a form of its own.
    Text(String),
    /// SMALLINT, INTEGER and BIGINT.
    Long(i64),
    /// REAL and DOUBLE PRECISION.
    Double(f64),
    /// BOOLEAN.
    Boolean(bool),
    /// Bytes. Nothing here reads them.
    Bytes(Vec<u8>),
}

impl Field {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Text(_) => "text",
            Self::Long(_) => "long",
            Self::Double(_) => "double",
            Self::Boolean(_) => "boolean",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// All rows of a result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Field>>,
}

impl Rows {
    /// Rows with these columns.
    pub fn new(columns: Vec<String>, rows: Vec<Vec<Field>>) -> Self {
        Self { columns, rows }
    }

    /// The rows, in the order of the result.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        let columns = &self.columns;
        let rows = self.rows.iter().enumerate();
        rows.map(|(index, fields)| Row {
            columns,
            fields,
            number: index + 1,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The one row of a result that must have one.
    ///
    /// # Errors
    /// There is none, or more.
    pub fn only(&self) -> Result<Row<'_>, ColumnError> {
        match (self.iter().next(), self.len()) {
            (Some(row), 1) => Ok(row),
            (_, rows) => Err(ColumnError(format!("{rows} rows, expected one"))),
        }
    }

    pub(crate) fn append(&mut self, columns: Vec<String>, rows: Vec<Vec<Field>>) {
        // A later page may leave the columns out.
        if self.columns.is_empty() {
            self.columns = columns;
        }
        self.rows.extend(rows);
    }
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'rows> {
    columns: &'rows [String],
    fields: &'rows [Field],
    number: usize,
}

impl<'rows> Row<'rows> {
    /// The value of a column. `Option<T>` for one that may be NULL.
    ///
    /// # Errors
    /// There is no such column, or its value is of another type.
    pub fn get<T: FromField<'rows>>(&self, column: &str) -> Result<T, ColumnError> {
        let index = self.columns.iter().position(|name| name == column);
        let field = index.and_then(|index| self.fields.get(index));
        let Some(field) = field else {
            return Err(self.error(column, "is not in the result"));
        };
        let of_another_type = || {
            let fault = format!("{} where {} is expected", field.kind(), T::EXPECTED);
            self.error(column, &fault)
        };
        T::from_field(field).ok_or_else(of_another_type)
    }

    fn error(&self, column: &str, fault: &str) -> ColumnError {
        ColumnError(format!("column {column} of row {}: {fault}", self.number))
    }
}

/// A result is not what was expected. Names the column and the row, counted from 1, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnError(String);

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ColumnError {}

/// A type that a field can be read as.
pub trait FromField<'field>: Sized {
    /// What the field must be, for a person.
    const EXPECTED: &'static str;

    /// The value; none where the field is of another type.
    fn from_field(field: &'field Field) -> Option<Self>;
}

impl<'field> FromField<'field> for &'field str {
    const EXPECTED: &'static str = "text";

    fn from_field(field: &'field Field) -> Option<Self> {
        match field {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl FromField<'_> for i64 {
    const EXPECTED: &'static str = "a long";

    fn from_field(field: &Field) -> Option<Self> {
        match field {
            Field::Long(number) => Some(*number),
            _ => None,
        }
    }
}

impl FromField<'_> for f64 {
    const EXPECTED: &'static str = "a double";

    fn from_field(field: &Field) -> Option<Self> {
        match field {
            Field::Double(number) => Some(*number),
            _ => None,
        }
    }
}

impl FromField<'_> for bool {
    const EXPECTED: &'static str = "a boolean";

    fn from_field(field: &Field) -> Option<Self> {
        match field {
            Field::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }
}

impl<'field, T: FromField<'field>> FromField<'field> for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_field(field: &'field Field) -> Option<Self> {
        match field {
            Field::Null => Some(None),
            other => T::from_field(other).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        let columns = ["day", "orders", "growth", "open", "raw"].map(str::to_owned);
        let first = vec![
            Field::Text("2025-03-01".to_owned()),
            Field::Long(3),
            Field::Double(0.5),
            Field::Boolean(true),
            Field::Bytes(vec![1]),
        ];
        Rows::new(columns.into(), vec![first, vec![Field::Null; 5]])
    }

    #[test]
    fn a_value_is_read_by_its_columns_name_and_type() {
        let rows = rows();
        let row = rows.iter().next().expect("a row");
        assert_eq!(row.get::<&str>("day"), Ok("2025-03-01"));
        assert_eq!(row.get::<i64>("orders"), Ok(3));
        assert_eq!(row.get::<f64>("growth"), Ok(0.5));
        assert_eq!(row.get::<bool>("open"), Ok(true));
        assert_eq!(row.get::<Option<i64>>("orders"), Ok(Some(3)));
    }

    #[test]
    fn null_is_read_where_it_may_be() {
        let rows = rows();
        let row = rows.iter().nth(1).expect("a row");
        assert_eq!(row.get::<Option<&str>>("day"), Ok(None));
        let error = row.get::<i64>("orders").expect_err("NULL");
        assert_eq!(
            error.to_string(),
            "column orders of row 2: NULL where a long is expected"
        );
    }

    #[test]
    fn an_error_names_column_and_row_and_no_value() {
        let rows = rows();
        let row = rows.iter().next().expect("a row");
        let messages = [
            row.get::<i64>("day").expect_err("text").to_string(),
            row.get::<&str>("orders").expect_err("long").to_string(),
            row.get::<bool>("growth").expect_err("double").to_string(),
            row.get::<f64>("open").expect_err("boolean").to_string(),
            row.get::<Option<&str>>("raw").expect_err("bytes").to_string(),
            row.get::<i64>("week").expect_err("missing").to_string(),
        ];
        let expected = [
            "column day of row 1: text where a long is expected",
            "column orders of row 1: long where text is expected",
            "column growth of row 1: double where a boolean is expected",
            "column open of row 1: boolean where a double is expected",
            "column raw of row 1: bytes where text is expected",
            "column week of row 1: is not in the result",
        ];
        assert_eq!(messages, expected);
    }

    #[test]
    fn one_row_is_one_row() {
        assert_eq!(
            rows().only().expect_err("two").to_string(),
            "2 rows, expected one"
        );
        assert_eq!(
            Rows::default().only().expect_err("none").to_string(),
            "0 rows, expected one"
        );
        assert!(Rows::default().is_empty());
        let one = Rows::new(vec!["a".to_owned()], vec![vec![Field::Long(1)]]);
        assert_eq!(one.only().and_then(|row| row.get::<i64>("a")), Ok(1));
    }
}
