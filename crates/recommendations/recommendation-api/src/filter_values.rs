//! The values of one parameter of a filter, as Personalize wants them: each in quotes, with commas between.
//! <https://docs.aws.amazon.com/personalize/latest/dg/filter-real-time.html>

use crate::invalid::Fault;
use crate::limits::FILTER_VALUES_CHARACTERS;

/// Quoted values, such as `"drama","comedy"`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilterValues {
    quoted: String,
    characters: usize,
}

impl FilterValues {
    /// Adds a value, given as plain text.
    ///
    /// # Errors
    /// The value is empty, or too long with those before it. Or it holds a quote or a backslash: Personalize documents
    /// no way to escape one, and with a quote inside a client could end its value and begin another.
    pub fn push(&mut self, value: &str) -> Result<(), Fault> {
        if value.is_empty() {
            return Err(Fault::new("empty"));
        }
        if value.contains(['"', '\\']) {
            return Err(Fault::new("a quote or a backslash in a filter's value"));
        }
        let comma = if self.quoted.is_empty() { "" } else { "," };
        self.characters += comma.len() + value.chars().count() + 2;
        if self.characters > FILTER_VALUES_CHARACTERS {
            let fault = format!("with quotes and commas more than {FILTER_VALUES_CHARACTERS} characters");
            return Err(Fault::new(fault));
        }
        self.quoted.extend([comma, "\"", value, "\""]);
        Ok(())
    }

    /// The values in their quotes.
    pub fn as_str(&self) -> &str {
        &self.quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(values: &[&str]) -> Result<String, Fault> {
        let mut all = FilterValues::default();
        values.iter().try_for_each(|value| all.push(value))?;
        Ok(all.as_str().to_owned())
    }

    #[test]
    fn values_stand_in_quotes() {
        assert_eq!(quoted(&["drama"]).expect("a value"), r#""drama""#);
        assert_eq!(
            quoted(&["drama", "sci-fi, old"]).expect("values"),
            r#""drama","sci-fi, old""#
        );
    }

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        for wrong in [r#"a","b"#, "\"", "\\", ""] {
            assert!(quoted(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_limit_counts_quotes_and_commas() {
        assert!(quoted(&["é".repeat(998).as_str()]).is_ok());
        assert!(quoted(&["é".repeat(999).as_str()]).is_err());
        let half = "é".repeat(497);
        assert!(quoted(&[&half, &format!("{half}é")]).is_ok());
        assert!(quoted(&[&half, &format!("{half}éé")]).is_err());
    }
}
