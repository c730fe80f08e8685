//! What is known of items, by the columns of their dataset's schema.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::datasets::Item;

/// Every item's properties, as PutItems gave them last.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    properties: HashMap<String, Map<String, Value>>,
}

impl Catalogue {
    /// Takes an item's properties; they replace what was known of it.
    pub(super) fn put(&mut self, item: &Item) {
        let text = item.properties.as_deref().unwrap_or("{}");
        // The text was checked when the call was read.
        let properties = serde_json::from_str(text).unwrap_or_default();
        self.properties.insert(item.item_id.clone(), properties);
    }

    /// The item's value in a column, if it is a text: only texts can be in a list.
    pub(super) fn text(&self, item_id: &str, column: &str) -> Option<&str> {
        self.value(item_id, column)?.as_str()
    }

    /// The item's values in these columns, each as text; a column in which it has none is left out.
    pub(super) fn metadata(&self, item_id: &str, columns: &[String]) -> Map<String, Value> {
        let values = columns.iter().filter_map(|column| {
            let value = as_text(self.value(item_id, column)?)?;
            Some((column.clone(), value))
        });
        values.collect()
    }

    fn value(&self, item_id: &str, column: &str) -> Option<&Value> {
        self.properties.get(item_id)?.get(&property_of(column))
    }
}

/// The categories of a value, which a pipe separates.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Item.html>
pub(super) fn categories(value: &str) -> impl Iterator<Item = &str> {
    value.split('|')
}

/// The name that a schema's column has in `properties`: `NUMBER_OF_RATINGS` is `numberOfRatings`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Item.html>
fn property_of(column: &str) -> String {
    let mut words = column.split('_').map(str::to_ascii_lowercase);
    let mut name = words.next().unwrap_or_default();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

fn as_text(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(_) => Some(value.clone()),
        other => Some(Value::String(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_a_property_in_camel_case() {
        for (column, property) in [
            ("GENRE", "genre"),
            ("NUMBER_OF_RATINGS", "numberOfRatings"),
            ("CATEGORY_L1", "categoryL1"),
            ("genre", "genre"),
        ] {
            assert_eq!(property_of(column), property);
        }
    }
}
