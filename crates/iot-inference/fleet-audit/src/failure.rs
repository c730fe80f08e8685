//! How a run ends that does not end well.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// Why the program ends with an error.
#[derive(Debug)]
pub enum Failure {
    /// What was given to it cannot be used: 2, as for a wrong argument.
    Usage(Box<dyn Error>),
    /// Something failed, or does not add up: 1.
    Failed(Box<dyn Error>),
}

impl Failure {
    /// What was given cannot be used.
    pub fn usage(error: impl Into<Box<dyn Error>>) -> Self {
        Self::Usage(error.into())
    }

    /// What the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(error) | Self::Failed(error) => error.fmt(f),
        }
    }
}

impl<E: Into<Box<dyn Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
