//! The states of a statement.

/// A statement's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Waits for a slot.
    Submitted,
    /// Has a slot, and gets a connection.
    Picked,
    /// Runs.
    Started,
    /// Has run.
    Finished,
    /// Was stopped by the user.
    Aborted,
    /// Ended with an error.
    Failed,
}

impl Status {
    /// All of them, in the order in which a statement may pass them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Submitted,
        Self::Picked,
        Self::Started,
        Self::Finished,
        Self::Aborted,
        Self::Failed,
    ];

    /// The state of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "SUBMITTED",
            Self::Picked => "PICKED",
            Self::Started => "STARTED",
            Self::Finished => "FINISHED",
            Self::Aborted => "ABORTED",
            Self::Failed => "FAILED",
        }
    }

    pub(crate) const fn is_final(self) -> bool {
        matches!(self, Self::Finished | Self::Aborted | Self::Failed)
    }
}
