//! The scheduled task: fetches the popular items for all environments.

use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::arn::SourceArn;
use crate::personalize::{Call, CallError, Personalize};
use crate::popular::PopularItems;
use crate::request::Request;
use crate::serving::{Serving, no_answer};
use crate::state::{StateError, StateStore};

/// What the task may take. Less than the function's own time-out, which would end the environment, and with it the popular
/// items that it has.
pub const REFRESH_BUDGET: Duration = Duration::from_secs(4);

/// Why the popular items stay as they are. Lambda runs the task again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshError {
    /// The deployment has no source of popular items.
    NotConfigured,
    /// Personalize gave none.
    Call(CallError),
    /// It gave an empty list, which is no list to replace a good one with.
    NoItems,
    /// They could not be kept.
    State(StateError),
}

impl<P: Personalize, S: StateStore> Serving<P, S> {
    /// Fetches the popular items from `source`, keeps them in the state table unless it has newer ones, and says how
    /// many they are.
    ///
    /// # Errors
    /// See [`RefreshError`]; what was kept before stays.
    pub async fn refresh_popular(&self, source: Option<&SourceArn>) -> Result<usize, RefreshError> {
        let source = source.ok_or(RefreshError::NotConfigured)?;
        let request = Request::popular();
        let call = Call {
            source,
            request: &request,
        };
        // The earlier moment: of two tasks at once the one that asked later has the newer list.
        let asked_at = self.now();
        let end = Instant::now() + REFRESH_BUDGET;
        let recommended = self.call(call, end).await.map_err(RefreshError::Call)?;
        let items = recommended
            .items
            .iter()
            .filter_map(|item| item.item_id.parse().ok());
        let popular = PopularItems::new(items.collect(), asked_at).ok_or(RefreshError::NoItems)?;
        let put = timeout_at(end, self.state.put_popular(&popular)).await;
        let put = put.unwrap_or_else(|_| Err(no_answer("UpdateItem")));
        let is_newest = put.map_err(RefreshError::State)?;
        let fetched = popular.items().len();
        if let Some(cache) = self.popular.as_ref().filter(|_| is_newest) {
            cache.remember(Some(popular), self.now());
        }
        Ok(fetched)
    }
}

impl fmt::Display for RefreshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refresh popular items: ")?;
        match self {
            Self::NotConfigured => f.write_str("no source is configured"),
            Self::Call(error) => error.fmt(f),
            Self::NoItems => f.write_str("the source has no items"),
            Self::State(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RefreshError {}
