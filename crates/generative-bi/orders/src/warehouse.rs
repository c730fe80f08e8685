//! The warehouse: a query in, a table out.

mod redshift;

use crate::model::Decimal;

pub use redshift::Redshift;
pub use redshift_data::Field;

/// What is asked of the warehouse.
pub trait Warehouse {
    /// The rows that a query answers with.
    fn query(&self, sql: &str) -> impl Future<Output = Result<Table, WarehouseError>>;

    /// Runs a statement that answers with no rows.
    fn run(&self, sql: &str) -> impl Future<Output = Result<(), WarehouseError>>;
}

/// The rows of a query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows; each has a value for each column.
    pub rows: Vec<Vec<Field>>,
}

/// A statement was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{statement}: {reason}")]
pub struct WarehouseError {
    /// How the statement begins.
    pub statement: String,
    /// Why, in the warehouse's words.
    pub reason: String,
}

/// As much of a statement as tells which one it is.
const SHOWN: usize = 80;

impl WarehouseError {
    /// Why `sql` was not answered.
    pub fn new(sql: &str, reason: impl ToString) -> Self {
        let mut statement: String = sql.chars().take(SHOWN).collect();
        if statement.len() < sql.len() {
            statement.push('…');
        }
        let reason = reason.to_string();
        Self { statement, reason }
    }
}

impl Table {
    /// The one whole number of a query that counts.
    ///
    /// # Errors
    /// There is another number of rows or columns, or the value is no whole number.
    pub fn count(&self) -> Result<u64, String> {
        let [row] = self.rows.as_slice() else {
            return Err(format!("{} rows, expected one", self.rows.len()));
        };
        let count = match row.as_slice() {
            [Field::Long(count)] => u64::try_from(*count).ok(),
            [Field::Text(digits)] => digits.parse().ok(),
            _ => None,
        };
        count.ok_or_else(|| "the answer is no count".to_owned())
    }
}

/// How many rows a query counts.
///
/// # Errors
/// It is not answered, or not with a count.
pub async fn count(warehouse: &impl Warehouse, sql: &str) -> Result<u64, WarehouseError> {
    let table = warehouse.query(sql).await?;
    table.count().map_err(|reason| WarehouseError::new(sql, reason))
}

/// The number that a field holds, in whatever form it comes. DECIMAL comes as text.
pub fn number(field: &Field) -> Option<Decimal> {
    match field {
        Field::Long(number) => Some(Decimal::new(i128::from(*number), 0)),
        Field::Text(digits) => digits.parse().ok(),
        // The shortest digits that give this float: a float that is not exactly the decimal is not it.
        Field::Double(float) => float.to_string().parse().ok(),
        Field::Null | Field::Boolean(_) | Field::Bytes(_) => None,
    }
}

/// A field as text.
pub fn show(field: &Field) -> String {
    match field {
        Field::Null => "NULL".to_owned(),
        Field::Text(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::Double(float) => float.to_string(),
        Field::Boolean(boolean) => boolean.to_string(),
        Field::Bytes(bytes) => format!("{} bytes", bytes.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: Vec<Vec<Field>>) -> Table {
        let columns = vec!["items".to_owned()];
        Table { columns, rows }
    }

    #[test]
    fn a_count_is_one_whole_number() {
        assert_eq!(table(vec![vec![Field::Long(3)]]).count(), Ok(3));
        assert_eq!(table(vec![vec![Field::Text("3".to_owned())]]).count(), Ok(3));
        for rows in [
            vec![],
            vec![vec![Field::Null]],
            vec![vec![Field::Long(-1)]],
            vec![vec![Field::Long(1)]; 2],
        ] {
            assert!(table(rows).count().is_err());
        }
    }

    #[test]
    fn an_error_tells_which_statement_it_is_about() {
        let error = WarehouseError::new("SELECT 1", "no");
        assert_eq!(error.to_string(), "SELECT 1: no");
        let long = WarehouseError::new(&"x".repeat(81), "no");
        assert_eq!(long.to_string(), format!("{}…: no", "x".repeat(80)));
    }
}
