//! Changes as CSV: read from a file, and written into one.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::{Read, Write};
use std::path::Path;
use std::str::FromStr;

use csv::{ReaderBuilder, StringRecord};

use super::line::{Cents, OrderKey, OrderLine, amount};
use super::{Change, Reason};

/// The columns, in the order in which they are written. In a file they may stand in any order.
pub const COLUMNS: [&str; 17] = [
    "change",
    "orderId",
    "line",
    "customerId",
    "productId",
    "productName",
    "category",
    "region",
    "channel",
    "status",
    "quantity",
    "unitPrice",
    "discount",
    "amount",
    "placedAt",
    "tags",
    "note",
];

/// A column that only some files have, besides those of [`COLUMNS`].
const EXPIRES_AT: &str = "expiresAt";

/// Columns that a file may leave out.
const OPTIONAL: [&str; 6] = ["change", "discount", "amount", "tags", "note", EXPIRES_AT];

/// What stands between two tags.
const TAG_SEPARATOR: char = '|';

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// It cannot be read or written.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// Its columns are others.
    #[error("{file}, line 1: {fault}")]
    Header {
        /// The file.
        file: String,
        /// Which column is wrong.
        fault: String,
    },
    /// A line is no change.
    #[error("{file}, line {line}{}: {fault}", of_field(.field.as_deref()))]
    Line {
        /// The file.
        file: String,
        /// The line, from 1; the header is line 1.
        line: u64,
        /// The column, where it is one column's fault.
        field: Option<String>,
        /// What is wrong.
        fault: String,
    },
    /// It has no line besides the header.
    #[error("{file}: no line holds an order")]
    Empty {
        /// The file.
        file: String,
    },
}

fn of_field(field: Option<&str>) -> String {
    field.map_or_else(String::new, |field| format!(", field {field}"))
}

/// Reads a file of changes.
///
/// # Errors
/// It cannot be read, or it is not what [`parse_changes`] takes.
pub fn read_changes(path: &Path) -> Result<Vec<Change>, InputError> {
    let file = path.display().to_string();
    let opened = std::fs::File::open(path).map_err(|error| InputError::Unreadable {
        file: file.clone(),
        reason: error.to_string(),
    })?;
    parse_changes(&file, opened)
}

/// Reads changes. `file` is what errors call it.
///
/// # Errors
/// Names the column, or the line and its field.
pub fn parse_changes(file: &str, csv: impl Read) -> Result<Vec<Change>, InputError> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(csv);
    let header = reader.headers().map_err(|error| unreadable(file, &error))?;
    let columns = Columns::of(header).map_err(|fault| InputError::Header {
        file: file.to_owned(),
        fault,
    })?;
    let (mut changes, mut products, mut live) = (Vec::new(), HashMap::new(), HashMap::new());
    for row in reader.into_records() {
        let row = row.map_err(|error| unreadable(file, &error))?;
        let at = |(field, fault): Fault| InputError::Line {
            file: file.to_owned(),
            line: row.position().map_or(0, csv::Position::line),
            field,
            fault,
        };
        let change = Row {
            columns: &columns,
            row: &row,
        }
        .change()
        .map_err(at)?;
        fits(&change, &mut products, &mut live).map_err(at)?;
        changes.push(change);
    }
    if changes.is_empty() {
        return Err(InputError::Empty {
            file: file.to_owned(),
        });
    }
    Ok(changes)
}

/// Writes changes, as [`parse_changes`] reads them.
///
/// # Errors
/// The writer's.
pub fn write_changes(changes: &[Change], to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(COLUMNS.iter().chain(&[EXPIRES_AT]))?;
    for change in changes {
        writer.write_record(fields(change))?;
    }
    writer.flush()?;
    Ok(())
}

fn fields(change: &Change) -> Vec<String> {
    let key = [change.key.order_id.clone(), change.key.line.to_string()];
    let Some(line) = &change.line else {
        let nothing = vec![String::new(); COLUMNS.len() - 2];
        return [vec!["DELETE".to_owned()], key.to_vec(), nothing].concat();
    };
    let tags: Vec<_> = line.tags.iter().map(String::as_str).collect();
    let rest = [
        line.customer_id.clone(),
        line.product_id.clone(),
        line.product_name.clone(),
        line.category.clone(),
        line.region.clone(),
        line.channel.as_str().to_owned(),
        line.status.as_str().to_owned(),
        line.quantity.to_string(),
        line.unit_price.to_string(),
        line.discount.to_string(),
        line.amount.to_string(),
        line.placed_at.to_string(),
        tags.join(&TAG_SEPARATOR.to_string()),
        line.note.clone().unwrap_or_default(),
        line.expires_at
            .map(|seconds| seconds.to_string())
            .unwrap_or_default(),
    ];
    [vec!["PUT".to_owned()], key.to_vec(), rest.to_vec()].concat()
}

/// The field and what is wrong with it.
type Fault = (Option<String>, String);

/// A change that the answers could not be held against: a product under two names, or one that DynamoDB would not
/// report, since it changes nothing.
fn fits(
    change: &Change,
    products: &mut HashMap<String, (String, String)>,
    live: &mut HashMap<OrderKey, OrderLine>,
) -> Result<(), Fault> {
    let Some(line) = &change.line else {
        let deleted = live.remove(&change.key);
        return deleted
            .map(drop)
            .ok_or((None, "deletes what is not there".to_owned()));
    };
    let named = (line.product_name.clone(), line.category.clone());
    let known = products.entry(line.product_id.clone()).or_insert(named);
    if known.0 != line.product_name {
        return Err((
            Some("productName".to_owned()),
            "another name than before for this product".to_owned(),
        ));
    }
    if known.1 != line.category {
        return Err((
            Some("category".to_owned()),
            "another category than before for this product".to_owned(),
        ));
    }
    match live.insert(change.key.clone(), line.clone()) {
        Some(before) if before == *line => Err((None, "the same as before".to_owned())),
        _ => Ok(()),
    }
}

fn unreadable(file: &str, error: &csv::Error) -> InputError {
    let fault = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => {
            let (file, reason) = (file.to_owned(), error.to_string());
            return InputError::Unreadable { file, reason };
        }
        _ => error.to_string(),
    };
    InputError::Line {
        file: file.to_owned(),
        line: error.position().map_or(0, csv::Position::line),
        field: None,
        fault,
    }
}

/// Where each column stands.
struct Columns {
    places: HashMap<String, usize>,
    count: usize,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let mut places = HashMap::new();
        for (place, name) in header.iter().enumerate() {
            let name = name.trim_start_matches('\u{feff}').trim();
            if !COLUMNS.contains(&name) && name != EXPIRES_AT {
                return Err(format!("unknown column {name:?}"));
            }
            if places.insert(name.to_owned(), place).is_some() {
                return Err(format!("column {name} is there twice"));
            }
        }
        let missing = COLUMNS
            .iter()
            .find(|name| !OPTIONAL.contains(name) && !places.contains_key(**name));
        match missing {
            Some(name) => Err(format!("column {name} is missing")),
            None => Ok(Self {
                places,
                count: header.len(),
            }),
        }
    }
}

struct Row<'row> {
    columns: &'row Columns,
    row: &'row StringRecord,
}

impl Row<'_> {
    fn change(&self) -> Result<Change, Fault> {
        if self.row.len() != self.columns.count {
            let fault = format!("{} fields, expected {}", self.row.len(), self.columns.count);
            return Err((None, fault));
        }
        let key = OrderKey {
            order_id: self.text("orderId")?,
            line: self.positive("line")?,
        };
        let line = match self.field("change") {
            "" | "PUT" => Some(self.line(key.clone())?),
            "DELETE" => None,
            _ => return Err(fault("change", "neither PUT nor DELETE")),
        };
        Ok(Change {
            key,
            line,
            reason: Reason::Given,
        })
    }

    fn line(&self, key: OrderKey) -> Result<OrderLine, Fault> {
        let mut line = OrderLine {
            key,
            customer_id: self.text("customerId")?,
            product_id: self.text("productId")?,
            product_name: self.text("productName")?,
            category: self.text("category")?,
            region: self.text("region")?,
            channel: self.parsed("channel")?,
            status: self.parsed("status")?,
            quantity: self.positive("quantity")?,
            unit_price: self.parsed("unitPrice")?,
            discount: self.optional("discount")?.unwrap_or_default(),
            amount: Default::default(),
            placed_at: self.parsed("placedAt")?,
            tags: self
                .field("tags")
                .split(TAG_SEPARATOR)
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .collect(),
            note: Some(self.field("note").to_owned()).filter(|note| !note.is_empty()),
            expires_at: self.optional("expiresAt")?,
        };
        line.amount = amount(line.quantity, line.unit_price, line.discount);
        if !line.fits() {
            return Err(fault("amount", "more than 11 digits before the point"));
        }
        match self.optional::<Cents>("amount")? {
            Some(given) if given != line.amount => Err(fault(
                "amount",
                "not quantity * unitPrice * (1 - discount), to the cent",
            )),
            _ => Ok(line),
        }
    }

    fn field(&self, name: &str) -> &str {
        let place = self.columns.places.get(name);
        place.and_then(|place| self.row.get(*place)).unwrap_or_default()
    }

    fn text(&self, name: &str) -> Result<String, Fault> {
        match self.field(name) {
            "" => Err(fault(name, "empty")),
            text if text.len() > TEXT_BYTES => Err(fault(name, "longer than 1024 bytes")),
            text => Ok(text.to_owned()),
        }
    }

    fn positive(&self, name: &str) -> Result<u32, Fault> {
        let number = self.field(name).parse().ok();
        let positive = number.filter(|number| (1..=LARGEST).contains(number));
        positive.ok_or_else(|| fault(name, "not a whole number from 1 to 2147483647"))
    }

    fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, Fault> {
        let parsed = self.field(name).parse();
        parsed.map_err(|error: T::Err| fault(name, &error.to_string()))
    }

    fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Fault> {
        match self.field(name) {
            "" => Ok(None),
            _ => self.parsed(name).map(Some),
        }
    }
}

/// What fits a key of the table and a column of the warehouse.
const TEXT_BYTES: usize = 1024;

/// What INTEGER holds.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html>
const LARGEST: u32 = i32::MAX as u32;

fn fault(name: &str, fault: &str) -> Fault {
    (Some(name.to_owned()), fault.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::line;
    use crate::generator::{Size, generate};

    const HEADER: &str = "orderId,line,customerId,productId,productName,category,region,channel,status,quantity,unitPrice,placedAt";
    const GOOD: &str = "o-1,1,c-1,p-101,Tent,Outdoor,Europe,web,DELIVERED,2,10.00,2025-03-01T12:34:56Z";

    fn parse(header: &str, lines: &[&str]) -> Result<Vec<Change>, InputError> {
        let csv = [&[header], lines].concat().join("\n");
        parse_changes("orders.csv", csv.as_bytes())
    }

    fn error(header: &str, lines: &[&str]) -> String {
        parse(header, lines).expect_err("bad input").to_string()
    }

    #[test]
    fn a_line_is_a_put_with_what_is_optional_left_out() {
        let changes = parse(HEADER, &[GOOD]).unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].line, Some(line("o-1", 1)));
    }

    #[test]
    fn columns_stand_in_any_order_and_some_are_optional() {
        let header = format!("note,tags,expiresAt,discount,amount,change,{HEADER}");
        let changes = parse(
            &header,
            &[
                &format!("\"a, b\",x|y,1900000000,0.5,10.00,PUT,{GOOD}"),
                ",,,,,DELETE,o-1,1,,,,,,,,,,",
            ],
        );
        let changes = changes.unwrap();
        let first = changes[0].line.as_ref().unwrap();
        assert_eq!(first.note.as_deref(), Some("a, b"));
        assert_eq!(first.tags.len(), 2);
        assert_eq!(first.expires_at, Some(1_900_000_000));
        assert_eq!(first.amount.to_string(), "10.00");
        assert_eq!(changes[1].line, None);
    }

    #[test]
    fn what_is_generated_is_read_back() {
        let history = generate(Size {
            changes: 400,
            items: 60,
            seed: 3,
        });
        let mut csv = Vec::new();
        write_changes(&history.changes, &mut csv).unwrap();
        let read = parse_changes("orders.csv", csv.as_slice()).unwrap();
        let of = |changes: &[Change]| {
            changes
                .iter()
                .map(|change| change.line.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&read), of(&history.changes));
    }

    #[test]
    fn a_bad_header_is_named_by_its_column() {
        let cases = [
            (
                HEADER.replace("region", "country"),
                "orders.csv, line 1: unknown column \"country\"",
            ),
            (
                HEADER.replace(",region", ""),
                "orders.csv, line 1: column region is missing",
            ),
            (
                format!("{HEADER},line"),
                "orders.csv, line 1: column line is there twice",
            ),
        ];
        for (header, expected) in cases {
            assert_eq!(error(&header, &[GOOD]), expected);
        }
    }

    #[test]
    fn a_bad_line_is_named_by_line_and_field() {
        let cases = [
            (
                GOOD.replace("o-1,1", "o-2,0"),
                "line 3, field line: not a whole number from 1 to 2147483647",
            ),
            (GOOD.replace("o-1,1", ",1"), "line 3, field orderId: empty"),
            (
                GOOD.replace("web", "phone"),
                "line 3, field channel: not web, mobile or store",
            ),
            (
                GOOD.replace("10.00", "10.001"),
                "line 3, field unitPrice: not an amount of at most 11 digits and two after the point",
            ),
            (
                GOOD.replace("10.00", "99999999999"),
                "line 3, field amount: more than 11 digits before the point",
            ),
            (
                GOOD.replace("T12", " 12"),
                "line 3, field placedAt: not a time such as 2025-03-01T12:34:56Z",
            ),
            (
                GOOD.replace("Tent", "Tents"),
                "line 3, field productName: another name than before for this product",
            ),
            (
                GOOD.replace("Outdoor", "Toys"),
                "line 3, field category: another category than before for this product",
            ),
            (GOOD.replace(",web", ""), "line 3: 11 fields, expected 12"),
            (GOOD.to_owned(), "line 3: the same as before"),
        ];
        for (bad, expected) in cases {
            assert_eq!(error(HEADER, &[GOOD, &bad]), format!("orders.csv, {expected}"));
        }
        let header = format!("{HEADER},change,amount");
        let cases = [
            (
                format!("{GOOD},UPSERT,"),
                "line 2, field change: neither PUT nor DELETE",
            ),
            (
                format!("{GOOD},PUT,20.01"),
                "line 2, field amount: not quantity * unitPrice * (1 - discount), to the cent",
            ),
            (
                "o-1,1,,,,,,,,,,,DELETE,".to_owned(),
                "line 2: deletes what is not there",
            ),
        ];
        for (bad, expected) in cases {
            assert_eq!(error(&header, &[&bad]), format!("orders.csv, {expected}"));
        }
    }

    #[test]
    fn a_text_is_as_long_as_a_sort_key_at_most() {
        let of = |bytes: usize| parse(HEADER, &[&GOOD.replace("Tent", &"x".repeat(bytes))]).is_ok();
        assert!(of(TEXT_BYTES) && !of(TEXT_BYTES + 1));
    }

    #[test]
    fn a_file_without_orders_or_that_is_not_there_is_an_error() {
        assert_eq!(error(HEADER, &[]), "orders.csv: no line holds an order");
        let missing = read_changes(Path::new("no/such/orders.csv")).expect_err("missing");
        assert!(
            missing.to_string().starts_with("no/such/orders.csv: "),
            "{missing}"
        );
        let csv = [HEADER.as_bytes(), b"\n\xff"].concat();
        let error = parse_changes("orders.csv", csv.as_slice()).expect_err("not UTF-8");
        assert_eq!(error.to_string(), "orders.csv, line 2: not UTF-8");
    }
}
