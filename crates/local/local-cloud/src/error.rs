//! Why the local cloud did not start, or stopped.

use std::path::{Path, PathBuf};

/// A failure of the local cloud. The variants differ in who has to act.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller: an argument is missing or wrong. The text names it.
    #[error("{0}")]
    Argument(String),
    /// A part died, or never became ready. The text holds the end of its log.
    #[error("{part}: {reason}; its log {} ends with\n{tail}", log.display())]
    Part {
        /// The part's name, such as `emulator`.
        part: String,
        /// What happened to it.
        reason: String,
        /// Where its output went.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// The machine: a file, port or program could not be used.
    #[error("failed to {attempt}: {source}")]
    Machine {
        /// What was tried, as a fragment.
        attempt: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

/// How much of a log an error shows.
const TAIL_LINES: usize = 20;

impl Error {
    pub(crate) fn argument(text: impl Into<String>) -> Self {
        Self::Argument(text.into())
    }

    /// For `map_err`: what was tried when the machine refused.
    pub(crate) fn machine(attempt: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let attempt = attempt.into();
        move |source| Self::Machine { attempt, source }
    }

    pub(crate) fn part(part: &str, reason: impl Into<String>, log: &Path) -> Self {
        Self::Part {
            part: part.to_owned(),
            reason: reason.into(),
            log: log.to_owned(),
            tail: tail(&std::fs::read_to_string(log).unwrap_or_default()),
        }
    }
}

/// The last lines of a log, indented so that they stand out in a terminal.
fn tail(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    let from = lines.len().saturating_sub(TAIL_LINES);
    lines[from..]
        .iter()
        .map(|line| format!("  | {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_the_end_of_the_log_only() {
        let log: String = (1..=TAIL_LINES + 1)
            .map(|line| format!("line {line}\n"))
            .collect();
        let tail = tail(&log);
        assert!(tail.starts_with("  | line 2\n"), "{tail}");
        assert!(tail.ends_with(&format!("  | line {}", TAIL_LINES + 1)), "{tail}");
    }
}
