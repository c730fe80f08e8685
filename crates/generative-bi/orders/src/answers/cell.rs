//! One cell of a right answer.

use std::fmt;

use time::Date;

use crate::model::Decimal;

/// A row of an answer.
pub type Row = Vec<Cell>;

/// A typed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// NULL.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An exact decimal number.
    Decimal(Decimal),
    /// A day.
    Date(Date),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A count.
    pub fn count(count: usize) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.pad("NULL"),
            Self::Text(text) => f.pad(text),
            Self::Integer(number) => number.fmt(f),
            Self::Decimal(decimal) => decimal.fmt(f),
            Self::Date(date) => f.pad(&date.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_shows_its_value() {
        let day = Date::from_calendar_date(2025, time::Month::March, 1).unwrap();
        let cells = [
            (Cell::Null, "NULL"),
            (Cell::text("a"), "a"),
            (Cell::count(3), "3"),
            (Cell::Decimal(Decimal::new(-150, 2)), "-1.50"),
            (Cell::Date(day), "2025-03-01"),
        ];
        for (cell, shown) in cells {
            assert_eq!(cell.to_string(), shown);
        }
    }
}
