//! What Personalize recommends.

use std::collections::BTreeMap;

use serde::Serialize;

/// Recommendations, the best first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recommended {
    /// The list's id: clients send it with what the user does next, so that Personalize learns from it.
    pub id: Option<String>,
    /// The items.
    pub items: Vec<RecommendedItem>,
}

/// One item, as the answer carries it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecommendedItem {
    /// The item.
    pub item_id: String,
    /// How sure Personalize is, from 0 to 1; not every recipe says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The columns that were asked for, where the item has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The promotion that brought the item here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<String>,
}

impl RecommendedItem {
    /// An item of which nothing else is known.
    pub fn bare(item_id: impl Into<String>) -> Self {
        Self {
            item_id: item_id.into(),
            score: None,
            metadata: None,
            promotion: None,
        }
    }
}
