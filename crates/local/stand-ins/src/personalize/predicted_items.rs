//! The items of an answer, as the service writes them.

use serde_json::{Value, json};

use super::catalogue::Catalogue;
use super::selection::Selected;

/// What an answer tells of its items.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_PredictedItem.html>
pub(super) struct Shown<'a> {
    /// Whether it tells how well they fit.
    pub(super) scores: bool,
    /// Which columns of the Items dataset it holds.
    pub(super) metadata: Option<&'a [String]>,
    /// What the promotion is called.
    pub(super) promotion: Option<&'a str>,
}

impl Shown<'_> {
    /// An item of the answer's list.
    pub(super) fn row(&self, item: &Selected, catalogue: &Catalogue) -> Value {
        let item_id = &item.scored.item_id;
        let mut row = json!({ "itemId": item_id });
        if self.scores {
            row["score"] = json!(item.scored.score);
        }
        if let Some(columns) = self.metadata {
            row["metadata"] = Value::Object(catalogue.metadata(item_id, columns));
        }
        if let Some(name) = self.promotion.filter(|_| item.promoted) {
            row["promotionName"] = json!(name);
        }
        row
    }
}
