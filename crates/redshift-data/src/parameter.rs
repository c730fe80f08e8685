//! A value for a `:name` of a statement.

/// A named parameter. Its value is text, which Redshift converts. There is no way to say NULL, in the service neither: it
/// takes the text `NULL` as text.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html#data-api-calling-considerations-parameters>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    name: String,
    value: String,
}

/// A parameter that the service would refuse. Holds its name, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter {name}: {fault}")]
pub struct ParameterError {
    name: String,
    fault: &'static str,
}

impl Parameter {
    /// `None` stands for NULL and is refused, as the empty text is.
    ///
    /// # Errors
    /// The name is not of letters, digits and underscores, or the value is NULL or empty.
    pub fn new<'v>(name: &str, value: impl Into<Option<&'v str>>) -> Result<Self, ParameterError> {
        let refused = |fault| ParameterError {
            name: name.to_owned(),
            fault,
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(refused("a name has letters, digits and underscores"));
        }
        match value.into() {
            None => Err(refused("NULL cannot be sent")),
            Some("") => Err(refused("an empty text cannot be sent")),
            Some(value) => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
        }
    }

    /// The name, without its colon.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<'v>(name: &str, value: impl Into<Option<&'v str>>) -> String {
        Parameter::new(name, value).expect_err("refused").to_string()
    }

    #[test]
    fn a_value_is_neither_empty_nor_null() {
        assert_eq!(refused("day", None), "parameter day: NULL cannot be sent");
        assert_eq!(refused("day", ""), "parameter day: an empty text cannot be sent");
        let day = Parameter::new("day", "x").expect("a value of one character");
        assert_eq!((day.name(), day.value()), ("day", "x"));
    }

    #[test]
    fn a_name_is_a_name() {
        for name in ["", "a-b", "a b", ":a", "é"] {
            let message = refused(name, "x");
            assert!(
                message.ends_with("a name has letters, digits and underscores"),
                "{name}"
            );
        }
        assert!(Parameter::new("Day_1", "x").is_ok());
    }
}
