//! Holds two accounts of the orders against each other, item by item and attribute by attribute.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::model::{Decimal, Item, OrderKey, to_item};
use crate::truth::Truth;
use crate::warehouse::{Field, Table};

/// The attributes that the warehouse holds besides the key, and their columns. Tags and time to live stay in the table.
const COLUMNS: [(&str, &str); 13] = [
    ("customerId", "customer_id"),
    ("productId", "product_id"),
    ("productName", "product_name"),
    ("category", "category"),
    ("region", "region"),
    ("channel", "channel"),
    ("status", "status"),
    ("quantity", "quantity"),
    ("unitPrice", "unit_price"),
    ("discount", "discount"),
    ("amount", "amount"),
    ("placedAt", "placed_at"),
    ("note", "note"),
];

/// Attributes that are numbers: the warehouse gives some of them as text.
const NUMBERS: [&str; 4] = ["quantity", "unitPrice", "discount", "amount"];

/// The query for the warehouse's account.
pub fn query() -> String {
    let columns = COLUMNS.map(|(_, column)| column).join(", ");
    format!("SELECT order_id, line, {columns} FROM warehouse.current_orders")
}

/// One account of all orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    items: BTreeMap<OrderKey, Attributes>,
}

type Attributes = BTreeMap<String, Value>;

/// A value as both sides can say it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Null,
    Text(String),
    Number(Decimal),
    Set(BTreeSet<String>),
    /// Something that no order line has.
    Foreign(String),
}

/// An item or a row without a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The table has an item that is not keyed as an order line.
    #[error("an item has no key of an order line")]
    Item,
    /// The warehouse answered with a row that is not keyed as an order line.
    #[error("row {0} has no key of an order line")]
    Row(usize),
    /// The warehouse has an order line twice.
    #[error("{0} is there twice")]
    Twice(OrderKey),
}

impl Account {
    /// What the table holds.
    ///
    /// # Errors
    /// An item's key is not that of an order line.
    pub fn of_items<'items>(items: impl IntoIterator<Item = &'items Item>) -> Result<Self, AccountError> {
        let items = items.into_iter().map(|item| {
            let key = key_of_item(item).ok_or(AccountError::Item)?;
            let others = item
                .iter()
                .filter(|(name, _)| *name != "orderId" && *name != "line");
            Ok((
                key,
                others
                    .map(|(name, value)| (name.clone(), of_attribute(value)))
                    .collect(),
            ))
        });
        Ok(Self {
            items: items.collect::<Result<_, _>>()?,
        })
    }

    /// What whoever wrote the items knows.
    pub fn of_truth(truth: &Truth) -> Self {
        let items: Vec<_> = truth.lines().map(to_item).collect();
        // Every line has a key.
        Self::of_items(&items).unwrap_or_default()
    }

    /// What the warehouse answers to [`query`].
    ///
    /// # Errors
    /// A row has no key, or the key of another row.
    pub fn of_warehouse(table: &Table) -> Result<Self, AccountError> {
        let mut account = Self::default();
        for (number, row) in table.rows.iter().enumerate() {
            let key = key_of_row(row).ok_or(AccountError::Row(number + 1))?;
            let fields = COLUMNS.iter().zip(&row[2..]);
            let attributes = fields.map(|((name, _), field)| ((*name).to_owned(), of_field(name, field)));
            if account.items.insert(key.clone(), attributes.collect()).is_some() {
                return Err(AccountError::Twice(key));
            }
        }
        Ok(account)
    }

    /// Only what the warehouse holds too.
    #[must_use]
    pub fn as_the_warehouse_holds_it(mut self) -> Self {
        for attributes in self.items.values_mut() {
            attributes.retain(|name, _| COLUMNS.iter().any(|(known, _)| known == name));
        }
        self
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

fn key_of_item(item: &Item) -> Option<OrderKey> {
    match (item.get("orderId")?, item.get("line")?) {
        (AttributeValue::S(order_id), AttributeValue::N(line)) => Some(OrderKey {
            order_id: order_id.clone(),
            line: line.parse().ok()?,
        }),
        _ => None,
    }
}

fn key_of_row(row: &[Field]) -> Option<OrderKey> {
    match row {
        [Field::Text(order_id), Field::Long(line), rest @ ..] if rest.len() == COLUMNS.len() => {
            Some(OrderKey {
                order_id: order_id.clone(),
                line: u32::try_from(*line).ok()?,
            })
        }
        _ => None,
    }
}

fn of_attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::S(text) => Value::Text(text.clone()),
        AttributeValue::N(digits) => number(digits),
        AttributeValue::Ss(texts) => Value::Set(texts.iter().cloned().collect()),
        other => Value::Foreign(format!("{other:?}")),
    }
}

fn of_field(name: &str, field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Text(digits) if NUMBERS.contains(&name) => number(digits),
        Field::Text(time) if name == "placedAt" => Value::Text(as_the_table_writes(time)),
        Field::Text(text) => Value::Text(text.clone()),
        Field::Long(number) => Value::Number(Decimal::new(i128::from(*number), 0)),
        other => Value::Foreign(format!("{other:?}")),
    }
}

fn number(digits: &str) -> Value {
    digits
        .parse()
        .map_or_else(|_| Value::Foreign(digits.to_owned()), Value::Number)
}

/// `2025-03-01 12:34:56` or `2025-03-01 12:34:56.000` as `2025-03-01T12:34:56Z`. A fraction of a second stays.
fn as_the_table_writes(time: &str) -> String {
    let seconds = match time.split_once('.') {
        Some((seconds, fraction)) if fraction.bytes().all(|digit| digit == b'0') => seconds,
        _ => time,
    };
    format!("{}Z", seconds.replacen(' ', "T", 1))
}

/// Where two accounts differ. Keys and names of attributes; values are nobody's business.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many items both have.
    pub common: usize,
    /// Items that are expected and not there.
    pub missing: Vec<OrderKey>,
    /// Items that are there and not expected.
    pub unexpected: Vec<OrderKey>,
    /// Items that are there with other values, and the attributes that have them.
    pub different: Vec<(OrderKey, Vec<String>)>,
}

/// Holds `found` against `expected`. An attribute that is not there is NULL.
pub fn reconcile(expected: &Account, found: &Account) -> Report {
    let only = |these: &Account, those: &Account| {
        let keys = these.items.keys().filter(|key| !those.items.contains_key(key));
        keys.cloned().collect::<Vec<_>>()
    };
    let mut report = Report {
        missing: only(expected, found),
        unexpected: only(found, expected),
        ..Report::default()
    };
    for (key, attributes) in &expected.items {
        let Some(others) = found.items.get(key) else {
            continue;
        };
        report.common += 1;
        let different = different(attributes, others);
        if !different.is_empty() {
            report.different.push((key.clone(), different));
        }
    }
    report
}

fn different(expected: &Attributes, found: &Attributes) -> Vec<String> {
    let names: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let differs = |name: &&String| value(expected, name) != value(found, name);
    names.into_iter().filter(differs).cloned().collect()
}

fn value<'side>(attributes: &'side Attributes, name: &str) -> &'side Value {
    attributes.get(name).unwrap_or(&Value::Null)
}

impl Report {
    /// How many items are not as expected.
    pub fn differences(&self) -> usize {
        self.missing.len() + self.unexpected.len() + self.different.len()
    }
}

/// How many items of a kind are named.
const SHOWN: usize = 5;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} items compared, {} differences",
            self.common,
            self.differences()
        )?;
        let lines = self
            .missing
            .iter()
            .map(|key| format!("missing: {key}"))
            .take(SHOWN);
        let lines = lines.chain(
            self.unexpected
                .iter()
                .map(|key| format!("unexpected: {key}"))
                .take(SHOWN),
        );
        let different =
            |(key, names): &(OrderKey, Vec<String>)| format!("different: {key}: {}", names.join(", "));
        for line in lines.chain(self.different.iter().map(different).take(SHOWN)) {
            write!(f, "\n    {line}")?;
        }
        if self.differences() > SHOWN {
            write!(
                f,
                "\n    in all {} missing, {} unexpected, {} different",
                self.missing.len(),
                self.unexpected.len(),
                self.different.len()
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::line;
    use crate::model::OrderLine;

    /// The row that the warehouse has of a line.
    fn row(line: &OrderLine) -> Vec<Field> {
        let text = |text: &str| Field::Text(text.to_owned());
        vec![
            text(&line.key.order_id),
            Field::Long(i64::from(line.key.line)),
            text(&line.customer_id),
            text(&line.product_id),
            text(&line.product_name),
            text(&line.category),
            text(&line.region),
            text(line.channel.as_str()),
            text(line.status.as_str()),
            Field::Long(i64::from(line.quantity)),
            text(&line.unit_price.to_string()),
            text(&line.discount.to_string()),
            text(&line.amount.to_string()),
            text("2025-03-01 12:34:56"),
            line.note.as_deref().map_or(Field::Null, text),
        ]
    }

    fn warehouse(rows: Vec<Vec<Field>>) -> Account {
        let table = Table {
            columns: vec![],
            rows,
        };
        Account::of_warehouse(&table).unwrap()
    }

    fn table(lines: &[OrderLine]) -> Account {
        let items: Vec<_> = lines.iter().map(to_item).collect();
        Account::of_items(&items).unwrap()
    }

    #[test]
    fn the_same_orders_do_not_differ() {
        let mut tagged = line("o-1", 1);
        tagged.tags.insert("gift".to_owned());
        tagged.expires_at = Some(1);
        tagged.note = Some("½".to_owned());
        let lines = [tagged, line("o-1", 2)];
        let report = reconcile(
            &table(&lines).as_the_warehouse_holds_it(),
            &warehouse(lines.iter().map(row).collect()),
        );
        assert_eq!(report.to_string(), "2 items compared, 0 differences");
        let truth = lines.clone().into_iter().collect();
        assert_eq!(
            reconcile(&Account::of_truth(&truth), &table(&lines)).differences(),
            0
        );
    }

    #[test]
    fn every_attribute_counts_and_no_value_is_shown() {
        let right = line("o-1", 1);
        for (place, (name, _)) in COLUMNS.iter().enumerate() {
            let mut row = row(&right);
            row[place + 2] = Field::Text("7777".to_owned());
            let report = reconcile(
                &table(std::slice::from_ref(&right)).as_the_warehouse_holds_it(),
                &warehouse(vec![row]),
            );
            let expected = format!("1 items compared, 1 differences\n    different: o-1 line 1: {name}");
            assert_eq!(report.to_string(), expected);
        }
    }

    #[test]
    fn what_only_the_table_has_counts_against_the_truth() {
        let mut tagged = line("o-1", 1);
        tagged.tags.insert("gift".to_owned());
        let truth = [tagged].into_iter().collect();
        let report = reconcile(&Account::of_truth(&truth), &table(&[line("o-1", 1)]));
        assert_eq!(report.different[0].1, ["tags"]);
        let mut item = to_item(&line("o-1", 1));
        item.insert("colour".to_owned(), AttributeValue::S("red".to_owned()));
        let truth = [line("o-1", 1)].into_iter().collect();
        let report = reconcile(&Account::of_truth(&truth), &Account::of_items(&[item]).unwrap());
        assert_eq!(report.different[0].1, ["colour"]);
    }

    #[test]
    fn missing_and_unexpected_items_are_named() {
        let report = reconcile(
            &table(&[line("o-1", 1), line("o-2", 1)]),
            &table(&[line("o-2", 1), line("o-3", 1)]),
        );
        assert_eq!(
            report.to_string(),
            "1 items compared, 2 differences\n    missing: o-1 line 1\n    unexpected: o-3 line 1"
        );
    }

    #[test]
    fn of_many_differences_a_few_are_named_and_all_are_counted() {
        let lines: Vec<_> = (1..=9).map(|number| line("o-1", number)).collect();
        let shown = reconcile(&table(&lines), &Account::default()).to_string();
        assert_eq!(shown.lines().count(), 1 + 5 + 1);
        assert!(
            shown.ends_with("in all 9 missing, 0 unexpected, 0 different"),
            "{shown}"
        );
    }

    #[test]
    fn a_row_twice_or_without_a_key_is_an_error() {
        let of = |rows| {
            Account::of_warehouse(&Table {
                columns: vec![],
                rows,
            })
            .unwrap_err()
            .to_string()
        };
        let good = row(&line("o-1", 1));
        assert_eq!(of(vec![good.clone(), good.clone()]), "o-1 line 1 is there twice");
        assert_eq!(
            of(vec![good.clone(), vec![Field::Null; 15]]),
            "row 2 has no key of an order line"
        );
        assert_eq!(of(vec![good[..14].to_vec()]), "row 1 has no key of an order line");
        assert_eq!(Account::of_items(&[Item::new()]).unwrap_err(), AccountError::Item);
    }

    #[test]
    fn a_time_is_the_same_with_and_without_a_fraction_of_nothing() {
        assert_eq!(
            as_the_table_writes("2025-03-01 12:34:56.000"),
            "2025-03-01T12:34:56Z"
        );
        assert_ne!(
            as_the_table_writes("2025-03-01 12:34:56.001"),
            "2025-03-01T12:34:56Z"
        );
    }

    #[test]
    fn the_query_asks_for_key_and_columns() {
        assert!(query().starts_with("SELECT order_id, line, customer_id, product_id,"));
        assert!(query().ends_with(", placed_at, note FROM warehouse.current_orders"));
    }
}
