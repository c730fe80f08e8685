//! `${NAME}` in the SQL: what differs from deployment to deployment.

use std::collections::BTreeMap;
use std::str::FromStr;

/// The values of parameters. A value has only characters that can neither end a literal nor a quoted name, so that it
/// cannot become SQL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, String>);

/// A parameter that cannot be used. Its value is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Not upper-case letters, digits and underscores.
    #[error("parameter {0:?}: a name has upper-case letters, digits and underscores, a letter first")]
    Name(String),
    /// A character that could end a literal, or none at all.
    #[error("parameter {0}: a value has letters, digits and _ : / . @ + = , - and is not empty")]
    Value(String),
    /// Given twice.
    #[error("parameter {0}: given twice")]
    Twice(String),
}

impl Parameters {
    /// Adds a parameter.
    ///
    /// # Errors
    /// Its name or its value is not valid, or it is there already.
    pub fn add(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        if !is_name(name) {
            return Err(ParameterError::Name(name.to_owned()));
        }
        if value.is_empty() || !value.chars().all(is_harmless) {
            return Err(ParameterError::Value(name.to_owned()));
        }
        match self.0.insert(name.to_owned(), value.to_owned()) {
            None => Ok(()),
            Some(_) => Err(ParameterError::Twice(name.to_owned())),
        }
    }

    /// `text` with its parameters replaced by their values.
    ///
    /// # Errors
    /// What is wrong with a parameter in it, for a person.
    pub fn replace(&self, text: &str) -> Result<String, String> {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after
                .split_once('}')
                .filter(|(name, _)| is_name(name))
                .ok_or_else(|| "`${` without a parameter's name and `}`".to_owned())?;
            let value = self
                .0
                .get(name)
                .ok_or_else(|| format!("parameter {name} has no value"))?;
            replaced.push_str(before);
            replaced.push_str(value);
            rest = behind;
        }
        replaced.push_str(rest);
        Ok(replaced)
    }
}

fn is_name(name: &str) -> bool {
    let begins_well = name.starts_with(|c: char| c.is_ascii_uppercase());
    begins_well
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_harmless(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_:/.@+=,-".contains(c)
}

/// A JSON object of text, such as `{"KINESIS_STREAM":"orders"}`: how a function is given them.
impl FromStr for Parameters {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let values: BTreeMap<String, String> =
            serde_json::from_str(text).map_err(|_| "not a JSON object of text".to_owned())?;
        let mut parameters = Self::default();
        for (name, value) in values {
            parameters.add(&name, &value).map_err(|error| error.to_string())?;
        }
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(values: &[(&str, &str)]) -> Parameters {
        let mut parameters = Parameters::default();
        for (name, value) in values {
            parameters.add(name, value).expect("valid");
        }
        parameters
    }

    #[test]
    fn a_parameter_is_replaced_wherever_it_stands() {
        let given = parameters(&[
            ("STREAM", "orders"),
            ("ROLE_ARN", "arn:aws:iam::1:role/a,arn=+@b"),
        ]);
        let cases = [
            ("FROM kinesis.\"${STREAM}\"", "FROM kinesis.\"orders\""),
            (
                "'${ROLE_ARN}' ${STREAM}",
                "'arn:aws:iam::1:role/a,arn=+@b' orders",
            ),
            ("$1 $$ body $$ {x}", "$1 $$ body $$ {x}"),
        ];
        for (text, expected) in cases {
            assert_eq!(given.replace(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_value_is_not_looked_through_again() {
        // No value can hold `${`; that is what keeps this simple.
        let mut given = Parameters::default();
        assert!(given.add("A", "${B}").is_err());
    }

    #[test]
    fn what_cannot_be_replaced_is_named() {
        let given = parameters(&[("STREAM", "orders")]);
        for (text, fault) in [
            ("${ROLE}", "parameter ROLE has no value"),
            ("${STREAM", "`${` without a parameter's name and `}`"),
            ("${}", "`${` without a parameter's name and `}`"),
            ("${stream}", "`${` without a parameter's name and `}`"),
        ] {
            assert_eq!(given.replace(text).expect_err(text), fault);
        }
    }

    #[test]
    fn a_value_cannot_become_sql() {
        for value in ["", "a'b", "a\"b", "a;b", "a b", "a\\b", "a$b", "a(b", "é", "a\n"] {
            let error = Parameters::default().add("ROLE", value).expect_err(value);
            assert_eq!(error, ParameterError::Value("ROLE".to_owned()));
        }
        let every = "AZaz09_:/.@+=,-";
        assert!(Parameters::default().add("ROLE", every).is_ok());
    }

    #[test]
    fn a_name_is_upper_case_and_given_once() {
        for name in ["", "role", "1ROLE", "_ROLE", "ROLE-ARN"] {
            let error = Parameters::default().add(name, "x").expect_err(name);
            assert_eq!(error, ParameterError::Name(name.to_owned()));
        }
        let error = parameters(&[("ROLE", "a")]).add("ROLE", "b").expect_err("twice");
        assert_eq!(error.to_string(), "parameter ROLE: given twice");
    }

    #[test]
    fn a_function_is_given_json() {
        let parsed: Parameters = r#"{"STREAM":"orders"}"#.parse().expect("valid");
        assert_eq!(parsed, parameters(&[("STREAM", "orders")]));
        for text in [
            "",
            "[]",
            r#"{"STREAM":1}"#,
            r#"{"STREAM":"a'b"}"#,
            r#"{"stream":"a"}"#,
        ] {
            assert!(text.parse::<Parameters>().is_err(), "{text}");
        }
    }
}
