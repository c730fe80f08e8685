//! What is answered when the source does not: popular items, or else nothing, and why.

use serde::Serialize;

use crate::popular::PopularItems;
use crate::request::{Request, Subject};
use crate::text::ItemId;

/// Why Personalize has no part in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It did not answer in time.
    Timeout,
    /// It answered with an error of its own, could not be reached, or the deployment is wrong.
    Unavailable,
    /// It failed so often of late that it is left alone.
    BreakerOpen,
}

/// A link of the fallback chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Popular items, the most popular first.
    Popular(Vec<ItemId>),
    /// Nothing is known: of a ranking the items as they came, of all else no items.
    Empty(Vec<ItemId>),
}

impl Link {
    /// The first link that has something for the request.
    pub fn of(request: &Request, popular: Option<&PopularItems>) -> Self {
        let ordered = popular.and_then(|popular| order(request, popular));
        ordered.map_or_else(|| Self::Empty(as_given(request)), Self::Popular)
    }
}

/// The request's part of the popular items; `None` when there is none.
fn order(request: &Request, popular: &PopularItems) -> Option<Vec<ItemId>> {
    let items: Vec<_> = match request.subject() {
        Subject::Recommendations(list) => popular.items().iter().take(list.results()).cloned().collect(),
        Subject::Related(item, list) => {
            let others = popular.items().iter().filter(|other| *other != item);
            others.take(list.results()).cloned().collect()
        }
        Subject::Ranking(items) => popular.order(items),
    };
    (!items.is_empty()).then_some(items)
}

fn as_given(request: &Request) -> Vec<ItemId> {
    match request.subject() {
        Subject::Ranking(items) => items.clone(),
        Subject::Recommendations(_) | Subject::Related(..) => Vec::new(),
    }
}
