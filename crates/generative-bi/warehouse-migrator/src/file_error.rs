//! What is wrong with a file.

use std::fmt;

/// A file that cannot be applied, or must not be. Names the file, and the statement (from 1) where one is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    file: String,
    statement: Option<usize>,
    fault: String,
}

impl FileError {
    /// The file as a whole is at fault. `fault` reads after its name.
    pub fn new(file: impl Into<String>, fault: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            statement: None,
            fault: fault.into(),
        }
    }

    /// A statement of the file is at fault.
    pub fn at(file: impl Into<String>, statement: usize, fault: impl Into<String>) -> Self {
        Self {
            statement: Some(statement),
            ..Self::new(file, fault)
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement {
            Some(statement) => write!(f, "{}, statement {statement}: {}", self.file, self.fault),
            None => write!(f, "{}: {}", self.file, self.fault),
        }
    }
}

impl std::error::Error for FileError {}
