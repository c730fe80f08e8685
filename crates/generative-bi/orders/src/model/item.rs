//! An order line as an item of the table, and back.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;

use super::line::{OrderKey, OrderLine};

/// Attribute values by name.
pub type Item = HashMap<String, AttributeValue>;

/// An item that is no order line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("attribute {attribute}: {fault}")]
pub struct ItemError {
    /// The attribute.
    pub attribute: &'static str,
    /// What is wrong; never the value.
    pub fault: String,
}

/// The item of an order line.
pub fn to_item(line: &OrderLine) -> Item {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: &dyn Display| AttributeValue::N(number.to_string());
    let mut item = key_of(&line.key);
    item.extend(
        [
            ("customerId", text(&line.customer_id)),
            ("productId", text(&line.product_id)),
            ("productName", text(&line.product_name)),
            ("category", text(&line.category)),
            ("region", text(&line.region)),
            ("channel", text(line.channel.as_str())),
            ("status", text(line.status.as_str())),
            ("quantity", number(&line.quantity)),
            ("unitPrice", number(&line.unit_price)),
            ("discount", number(&line.discount)),
            ("amount", number(&line.amount)),
            ("placedAt", text(&line.placed_at.to_string())),
            (
                "note",
                line.note.as_deref().map_or(AttributeValue::Null(true), text),
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    if !line.tags.is_empty() {
        let tags = line.tags.iter().cloned().collect();
        item.insert("tags".to_owned(), AttributeValue::Ss(tags));
    }
    if let Some(seconds) = &line.expires_at {
        item.insert("expiresAt".to_owned(), number(seconds));
    }
    item
}

/// The key attributes of an order line.
pub fn key_of(key: &OrderKey) -> Item {
    Item::from([
        ("orderId".to_owned(), AttributeValue::S(key.order_id.clone())),
        ("line".to_owned(), AttributeValue::N(key.line.to_string())),
    ])
}

/// The order line of an item.
///
/// # Errors
/// Names the attribute that is missing or not what it should be.
pub fn from_item(item: &Item) -> Result<OrderLine, ItemError> {
    Ok(OrderLine {
        key: OrderKey {
            order_id: text(item, "orderId")?.to_owned(),
            line: number(item, "line")?,
        },
        customer_id: text(item, "customerId")?.to_owned(),
        product_id: text(item, "productId")?.to_owned(),
        product_name: text(item, "productName")?.to_owned(),
        category: text(item, "category")?.to_owned(),
        region: text(item, "region")?.to_owned(),
        channel: parsed("channel", text(item, "channel")?)?,
        status: parsed("status", text(item, "status")?)?,
        quantity: number(item, "quantity")?,
        unit_price: number(item, "unitPrice")?,
        discount: number(item, "discount")?,
        amount: number(item, "amount")?,
        placed_at: parsed("placedAt", text(item, "placedAt")?)?,
        tags: match item.get("tags") {
            None => Default::default(),
            Some(AttributeValue::Ss(tags)) => tags.iter().cloned().collect(),
            Some(_) => return Err(fault("tags", "not a set of texts")),
        },
        note: match item.get("note") {
            None | Some(AttributeValue::Null(_)) => None,
            Some(AttributeValue::S(note)) => Some(note.clone()),
            Some(_) => return Err(fault("note", "neither a text nor NULL")),
        },
        expires_at: match item.get("expiresAt") {
            None => None,
            Some(_) => Some(number(item, "expiresAt")?),
        },
    })
}

fn text<'item>(item: &'item Item, attribute: &'static str) -> Result<&'item str, ItemError> {
    match item.get(attribute) {
        Some(AttributeValue::S(text)) => Ok(text),
        Some(_) => Err(fault(attribute, "not a text")),
        None => Err(fault(attribute, "missing")),
    }
}

fn number<N: FromStr<Err: Display>>(item: &Item, attribute: &'static str) -> Result<N, ItemError> {
    match item.get(attribute) {
        Some(AttributeValue::N(digits)) => parsed(attribute, digits),
        Some(_) => Err(fault(attribute, "not a number")),
        None => Err(fault(attribute, "missing")),
    }
}

fn parsed<T: FromStr<Err: Display>>(attribute: &'static str, text: &str) -> Result<T, ItemError> {
    text.parse()
        .map_err(|error: T::Err| fault(attribute, &error.to_string()))
}

fn fault(attribute: &'static str, fault: &str) -> ItemError {
    ItemError {
        attribute,
        fault: fault.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::line;
    use crate::model::Cents;

    #[test]
    fn an_item_comes_back_as_it_was() {
        let mut full = line("o-1", 1);
        full.tags = ["gift".to_owned(), "première".to_owned()].into();
        full.note = Some("お誕生日 \"🎁\"\n".to_owned());
        full.expires_at = Some(1_900_000_000);
        full.unit_price = Cents::MOST;
        for line in [full.of(1), line("o-2", 3)] {
            assert_eq!(from_item(&to_item(&line)), Ok(line));
        }
    }

    #[test]
    fn what_is_absent_is_absent_and_a_note_is_null() {
        let item = to_item(&line("o-1", 1));
        assert_eq!(item.get("note"), Some(&AttributeValue::Null(true)));
        assert!(!item.contains_key("tags") && !item.contains_key("expiresAt"));
        assert_eq!(item["amount"], AttributeValue::N("20.00".to_owned()));
    }

    #[test]
    fn an_error_names_the_attribute_and_not_the_value() {
        let text = |text: &str| Some(AttributeValue::S(text.to_owned()));
        let digits = |text: &str| Some(AttributeValue::N(text.to_owned()));
        let cases = [
            ("orderId", None, "attribute orderId: missing"),
            ("region", digits("7"), "attribute region: not a text"),
            ("amount", text("7"), "attribute amount: not a number"),
            (
                "quantity",
                digits("1.5"),
                "attribute quantity: invalid digit found in string",
            ),
            (
                "channel",
                text("secret"),
                "attribute channel: not web, mobile or store",
            ),
            ("tags", text("a"), "attribute tags: not a set of texts"),
            ("note", digits("7"), "attribute note: neither a text nor NULL"),
            (
                "placedAt",
                text("now"),
                "attribute placedAt: not a time such as 2025-03-01T12:34:56Z",
            ),
        ];
        for (attribute, value, expected) in cases {
            let mut item = to_item(&line("o-1", 1));
            item.remove(attribute);
            item.extend(value.map(|value| (attribute.to_owned(), value)));
            assert_eq!(from_item(&item).unwrap_err().to_string(), expected);
        }
    }
}
