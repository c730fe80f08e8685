//! The question set: what people ask, the SQL for it, and whether that answers right.

use std::fmt;

use serde::Deserialize;

use crate::answers::{Cell, Row, answer};
use crate::model::Decimal;
use crate::truth::Truth;
use crate::warehouse::{Field, Table, Warehouse, WarehouseError, number, show};

/// A business question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Question {
    /// Its name.
    pub id: String,
    /// As somebody asks it.
    pub question: String,
    /// What kind of question it is.
    pub kind: Kind,
    /// The SQL that answers it.
    pub sql: String,
    /// The columns that are needed for it, with view and schema.
    pub columns: Vec<String>,
}

/// What kind of question it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// How much more.
    Growth,
    /// Which are the first.
    Ranking,
    /// What part.
    Share,
    /// How over time.
    Trend,
    /// Which ones.
    Filter,
    /// One beside another.
    Comparison,
}

/// The question set does not fit this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("questions.json: {0}")]
pub struct SetError(String);

/// The question set. Every question of it has a right answer here.
///
/// # Errors
/// It cannot be read, or a question has no answer of this program.
pub fn questions() -> Result<Vec<Question>, SetError> {
    parse(include_str!("../questions.json"))
}

fn parse(text: &str) -> Result<Vec<Question>, SetError> {
    let questions: Vec<Question> = serde_json::from_str(text).map_err(|error| SetError(error.to_string()))?;
    let unknown = questions
        .iter()
        .find(|question| answer(&question.id, &Truth::default()).is_none());
    match unknown {
        Some(question) => Err(SetError(format!("question {} has no right answer", question.id))),
        None => Ok(questions),
    }
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What is right.
    pub expected: Vec<Row>,
    /// What the warehouse says.
    pub found: Table,
    /// Where the two differ; nowhere, if the warehouse is right.
    pub differences: Vec<Difference>,
}

/// Asks the warehouse, and holds its answer against the truth.
///
/// # Errors
/// The warehouse does not answer.
pub async fn ask(
    question: &Question,
    truth: &Truth,
    warehouse: &impl Warehouse,
) -> Result<Asked, WarehouseError> {
    let found = warehouse.query(&question.sql).await?;
    let expected = answer(&question.id, truth).unwrap_or_default();
    Ok(Asked {
        differences: differences(&expected, &found),
        expected,
        found,
    })
}

/// A cell that is not as expected, or a number of rows or columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub place: String,
    /// What is right.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, found {}",
            self.place, self.expected, self.found
        )
    }
}

/// Holds an answer against the right one, row by row and cell by cell. Their order counts.
pub fn differences(expected: &[Row], found: &Table) -> Vec<Difference> {
    let count = |place: &str, expected: usize, found: usize| Difference {
        place: place.to_owned(),
        expected: expected.to_string(),
        found: found.to_string(),
    };
    let mut differences = Vec::new();
    if expected.len() != found.rows.len() {
        differences.push(count("rows", expected.len(), found.rows.len()));
    }
    for (number, (right, row)) in expected.iter().zip(&found.rows).enumerate() {
        if right.len() != row.len() {
            differences.push(count(
                &format!("columns of row {}", number + 1),
                right.len(),
                row.len(),
            ));
            continue;
        }
        let cells = right.iter().zip(row).zip(&found.columns);
        differences.extend(cells.filter(|((right, field), _)| !is(right, field)).map(
            |((right, field), column)| Difference {
                place: format!("row {}, column {column}", number + 1),
                expected: right.to_string(),
                found: show(field),
            },
        ));
    }
    differences
}

/// Whether a field holds the right value. Numbers are compared as exact decimals, whatever form they come in.
fn is(right: &Cell, field: &Field) -> bool {
    match (right, field) {
        (Cell::Null, Field::Null) => true,
        (Cell::Text(right), Field::Text(found)) => right == found,
        (Cell::Date(right), Field::Text(found)) => right.to_string() == *found,
        (Cell::Integer(right), field) => number(field) == Some(Decimal::new(i128::from(*right), 0)),
        (Cell::Decimal(right), field) => number(field) == Some(*right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use time::{Date, Month};

    use super::*;
    use crate::answers::ANSWERS;

    #[test]
    fn each_of_the_25_questions_has_an_answer_and_the_other_way_round() {
        let questions = questions().unwrap();
        assert_eq!(questions.len(), 25);
        let asked: BTreeSet<_> = questions.iter().map(|question| question.id.as_str()).collect();
        let answered: BTreeSet<_> = ANSWERS.iter().map(|(id, _)| *id).collect();
        assert_eq!(asked, answered);
    }

    #[test]
    fn there_are_questions_of_every_kind() {
        let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
        for question in questions().unwrap() {
            assert!(
                question.question.ends_with('?') && !question.columns.is_empty(),
                "{}",
                question.id
            );
            *kinds.entry(question.kind).or_default() += 1;
        }
        assert_eq!(kinds.len(), 6);
        assert!(kinds.values().all(|count| *count >= 4), "{kinds:?}");
    }

    #[test]
    fn a_question_without_an_answer_is_named() {
        let text = r#"[{"id":"why","question":"Why?","kind":"trend","sql":"SELECT 1","columns":[]}]"#;
        let error = parse(text).unwrap_err().to_string();
        assert_eq!(error, "questions.json: question why has no right answer");
        assert!(
            parse("[{}]")
                .unwrap_err()
                .to_string()
                .contains("missing field `id`")
        );
    }

    fn text(text: &str) -> Field {
        Field::Text(text.to_owned())
    }

    fn decimal(text: &str) -> Cell {
        Cell::Decimal(text.parse().unwrap())
    }

    #[test]
    fn a_number_is_right_in_any_form_and_only_exactly() {
        let right = [
            (decimal("1.50"), text("1.5")),
            (decimal("2.00"), Field::Long(2)),
            (decimal("0.5"), Field::Double(0.5)),
            (Cell::Integer(7), Field::Long(7)),
            (Cell::Integer(7), text("7.00")),
            (Cell::Null, Field::Null),
            (Cell::text("a"), text("a")),
            (
                Cell::Date(Date::from_calendar_date(2025, Month::May, 1).unwrap()),
                text("2025-05-01"),
            ),
        ];
        for (cell, field) in right {
            assert!(is(&cell, &field), "{cell}: {field:?}");
        }
        let wrong = [
            (decimal("1.50"), text("1.51")),
            (decimal("0.3"), Field::Double(0.1 + 0.2)),
            (decimal("0.00"), Field::Null),
            (Cell::Null, text("")),
            (Cell::text("a"), text("a ")),
            (Cell::text("1"), Field::Long(1)),
            (Cell::Integer(7), text("7.01")),
            (
                Cell::Date(Date::from_calendar_date(2025, Month::May, 1).unwrap()),
                text("2025-05-01 00:00:00"),
            ),
        ];
        for (cell, field) in wrong {
            assert!(!is(&cell, &field), "{cell}: {field:?}");
        }
    }

    #[test]
    fn a_difference_names_row_and_column() {
        let found = Table {
            columns: vec!["region".to_owned(), "sales".to_owned()],
            rows: vec![
                vec![text("Europe"), text("1.00")],
                vec![text("Asia Pacific"), Field::Null],
                vec![text("Latin America")],
                vec![text("North America"), text("1.00")],
            ],
        };
        let row = |region: &str| vec![Cell::text(region), decimal("1")];
        let expected = [row("Europe"), row("Asia Pacific"), row("Latin America")];
        let shown: Vec<_> = differences(&expected, &found)
            .iter()
            .map(Difference::to_string)
            .collect();
        assert_eq!(
            shown,
            [
                "rows: expected 3, found 4",
                "row 2, column sales: expected 1, found NULL",
                "columns of row 3: expected 2, found 1",
            ]
        );
    }

    #[test]
    fn the_order_of_rows_counts() {
        let found = Table {
            columns: vec!["a".to_owned()],
            rows: vec![vec![Field::Long(2)], vec![Field::Long(1)]],
        };
        let expected = [vec![Cell::Integer(1)], vec![Cell::Integer(2)]];
        assert_eq!(differences(&expected, &found).len(), 2);
    }
}
