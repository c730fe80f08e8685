//! Variables, read into types, with every problem reported at once.

use std::fmt;
use std::str::FromStr;

/// The variables of a process, seen through a lookup that the caller injects.
///
/// Every getter notes what is wrong and goes on, so that one start of a badly configured function names all of its
/// problems. A variable that is set to nothing but white space counts as absent: that is what templates make of an
/// optional value.
pub struct Environment<'lookup> {
    lookup: &'lookup dyn Fn(&str) -> Option<String>,
    problems: Vec<Problem>,
}

impl<'lookup> Environment<'lookup> {
    /// Builds a configuration from the variables that `lookup` finds.
    ///
    /// `build` calls every getter first and uses `?` only where it puts the values together, since `?` at a getter
    /// would hide the problems of the variables that follow.
    ///
    /// # Errors
    /// Names every variable that is missing or not valid, with what was expected.
    pub fn read<T>(
        lookup: &'lookup dyn Fn(&str) -> Option<String>,
        build: impl FnOnce(&mut Environment<'lookup>) -> Result<T, Reported>,
    ) -> Result<T, EnvironmentError> {
        let mut environment = Environment {
            lookup,
            problems: Vec::new(),
        };
        let built = build(&mut environment);
        let problems = environment.problems;
        match built {
            Ok(value) if problems.is_empty() => Ok(value),
            _ => Err(EnvironmentError { problems }),
        }
    }

    /// A variable that must be there. `expected` completes "expected …" for the person who has to set it.
    ///
    /// # Errors
    /// [`Reported`] when the variable is absent or `T` does not parse it.
    pub fn required<T: FromStr>(
        &mut self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<T, Reported> {
        match self.optional(name, expected)? {
            Some(value) => Ok(value),
            None => Err(self.report(name, Fault::Missing, expected)),
        }
    }

    /// A variable that may be absent.
    ///
    /// # Errors
    /// [`Reported`] when the variable is there and `T` does not parse it: a typing error never turns into a default.
    pub fn optional<T: FromStr>(
        &mut self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, Reported> {
        let Some(text) = (self.lookup)(name).filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        match text.trim().parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(self.report(name, Fault::NotValid, expected)),
        }
    }

    /// A variable that has a default.
    ///
    /// # Errors
    /// [`Reported`] when the variable is there and `T` does not parse it.
    pub fn or_default<T: FromStr>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        default: impl FnOnce() -> T,
    ) -> Result<T, Reported> {
        Ok(self.optional(name, expected)?.unwrap_or_else(default))
    }

    fn report(&mut self, variable: &'static str, fault: Fault, expected: &'static str) -> Reported {
        self.problems.push(Problem {
            variable,
            fault,
            expected,
        });
        Reported(())
    }
}

/// Stands where a value would, after its problem was noted. Only a getter makes one.
#[derive(Debug)]
pub struct Reported(());

/// Every problem that was found in the environment. Holds names and expectations, never a value: it may be a secret.
#[derive(PartialEq, Eq)]
pub struct EnvironmentError {
    problems: Vec<Problem>,
}

impl EnvironmentError {
    /// What is wrong, in the order in which the variables were read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("environment: ")?;
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// As for reading: a `main` that returns the error prints this format.
impl fmt::Debug for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for EnvironmentError {}

/// One variable that is missing or not valid.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    variable: &'static str,
    fault: Fault,
    expected: &'static str,
}

impl Problem {
    /// The name of the variable.
    pub fn variable(&self) -> &'static str {
        self.variable
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::Missing => "missing",
            Fault::NotValid => "not valid",
        };
        write!(f, "{} is {fault}, expected {}", self.variable, self.expected)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Missing,
    NotValid,
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Settings {
        bucket: String,
        per_second: NonZeroU32,
        dataset: Option<String>,
    }

    fn settings(variables: &[(&str, &str)]) -> Result<Settings, EnvironmentError> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Environment::read(&lookup, |environment| {
            let bucket = environment.required("BUCKET", "a bucket's name");
            let per_second =
                environment.or_default("PER_SECOND", "a whole number from 1", || NonZeroU32::MIN);
            let dataset = environment.optional("DATASET", "an ARN");
            Ok(Settings {
                bucket: bucket?,
                per_second: per_second?,
                dataset: dataset?,
            })
        })
    }

    #[test]
    fn reads_values_and_fills_in_defaults() {
        let read = settings(&[("BUCKET", " letters "), ("DATASET", "")]);
        let expected = Settings {
            bucket: "letters".to_owned(),
            per_second: NonZeroU32::MIN,
            dataset: None,
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let error = settings(&[("PER_SECOND", "0")]).expect_err("two problems");
        assert_eq!(
            error.to_string(),
            "environment: BUCKET is missing, expected a bucket's name; \
             PER_SECOND is not valid, expected a whole number from 1"
        );
        let names: Vec<_> = error.problems().iter().map(Problem::variable).collect();
        assert_eq!(names, ["BUCKET", "PER_SECOND"]);
    }

    #[test]
    fn a_variable_of_white_space_is_missing() {
        let error = settings(&[("BUCKET", "  ")]).expect_err("no bucket");
        assert_eq!(
            error.to_string(),
            "environment: BUCKET is missing, expected a bucket's name"
        );
    }

    #[test]
    fn no_value_reaches_the_message() {
        let error = settings(&[("PER_SECOND", "hunter2")]).expect_err("not a number");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn a_problem_counts_even_when_the_caller_drops_it() {
        let lookup = |_: &str| None;
        let read = Environment::read(&lookup, |environment| {
            let _ignored: Result<String, Reported> = environment.required("BUCKET", "a name");
            Ok(())
        });
        assert!(read.is_err());
    }
}
