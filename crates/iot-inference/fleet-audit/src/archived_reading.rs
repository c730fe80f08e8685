//! A reading as the archive answers it.

use telemetry::MeasuredAt;

use crate::truth::SentReading;

/// The columns that are asked for, in the order of [`ArchivedReading::of`].
pub const COLUMNS: [&str; 4] = ["readingid", "measuredat", "sequence", "value"];

/// A row of the archive's view.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchivedReading {
    /// What tells a repeat from another reading.
    pub reading_id: String,
    /// When it was measured, if the row has a time.
    pub measured_at: Option<MeasuredAt>,
    /// The sensor's count, if the row has one.
    pub sequence: Option<u64>,
    /// What was measured, as near as a double comes, if the row has a number.
    pub value: Option<f64>,
}

impl ArchivedReading {
    /// The row of [`COLUMNS`]; NULL is none.
    ///
    /// # Errors
    /// The row has other columns, or no id.
    pub fn of(row: &[Option<String>]) -> Result<Self, String> {
        let [reading_id, measured_at, sequence, value] = row else {
            return Err(format!(
                "a row has {} columns, expected {}",
                row.len(),
                COLUMNS.len()
            ));
        };
        Ok(Self {
            reading_id: reading_id.clone().ok_or("column readingid: NULL")?,
            measured_at: parsed(measured_at.as_ref()),
            sequence: parsed(sequence.as_ref()),
            value: parsed(value.as_ref()),
        })
    }

    /// Whether it is this reading, as far as a double tells.
    pub fn is(&self, sent: &SentReading) -> bool {
        self.reading_id == sent.reading_id()
            && self.measured_at == Some(sent.version.measured_at)
            && self.sequence == Some(sent.version.sequence)
            && self.value == Some(sent.value.to_f64())
    }
}

fn parsed<T: std::str::FromStr>(text: Option<&String>) -> Option<T> {
    text.and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::reading;

    fn row(value: &str) -> ArchivedReading {
        let row =
            ["d-1/temperature-1/3", "2026-11-25T01:00:03.100Z", "3", value].map(|text| Some(text.to_owned()));
        ArchivedReading::of(&row).unwrap()
    }

    #[test]
    fn a_double_stands_for_the_number() {
        let sent = SentReading::from(&reading("d-1", 3, "0.00021500"));
        for text in ["2.15E-4", "0.000215"] {
            assert!(row(text).is(&sent), "{text}");
        }
        assert!(!row("2.16E-4").is(&sent));
        assert!(!row("").is(&sent));
        assert!(!row("2.15E-4").is(&SentReading::from(&reading("d-1", 4, "0.000215"))));
    }

    #[test]
    fn a_row_without_an_id_is_told() {
        let error = ArchivedReading::of(&[None, None, None, None]).unwrap_err();
        assert_eq!(error, "column readingid: NULL");
        assert_eq!(
            ArchivedReading::of(&[None]).unwrap_err(),
            "a row has 1 columns, expected 4"
        );
    }
}
