//! An order line: what the table holds of it, exactly.

mod date;
mod decimal;
mod input;
mod item;
mod line;

pub use date::{BadTime, PlacedAt};
pub use decimal::{BadDecimal, Decimal};
pub use input::{COLUMNS, InputError, parse_changes, read_changes, write_changes};
pub use item::{Item, ItemError, from_item, key_of, to_item};
pub use line::{Cents, Channel, Discount, OrderKey, OrderLine, Status, UnknownWord, amount};

/// What an item is after a change, and why it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which item.
    pub key: OrderKey,
    /// What it is from now on; nothing when it is deleted.
    pub line: Option<OrderLine>,
    /// Why.
    pub reason: Reason,
}

/// Why an item changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The order came in.
    Placed,
    /// The line is on its way.
    Shipped,
    /// The line has arrived.
    Delivered,
    /// The line came back.
    Returned,
    /// The line was called off.
    Cancelled,
    /// Something was wrong: quantity, price, discount, region, note or tags.
    Corrected,
    /// The item was deleted.
    Deleted,
    /// An item that was deleted is there again.
    Restored,
    /// A file says so.
    Given,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Placed => "placed",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
            Self::Corrected => "corrected",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::Given => "given",
        })
    }
}
