//! One line of an order.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::date::PlacedAt;
use super::decimal::{BadDecimal, Decimal};

/// Which item: the table's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey {
    /// The order.
    pub order_id: String,
    /// The line of the order, from 1.
    pub line: u32,
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}", self.order_id, self.line)
    }
}

/// One line of an order, as the table holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// Which item.
    pub key: OrderKey,
    /// Who ordered.
    pub customer_id: String,
    /// What was ordered.
    pub product_id: String,
    /// How it is called.
    pub product_name: String,
    /// What kind of product it is.
    pub category: String,
    /// Where it was sold.
    pub region: String,
    /// How it was sold.
    pub channel: Channel,
    /// How far it is.
    pub status: Status,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub unit_price: Cents,
    /// What is taken off.
    pub discount: Discount,
    /// What the line costs: [`amount`] of the three before.
    pub amount: Cents,
    /// When it was ordered.
    pub placed_at: PlacedAt,
    /// Words; an item without any has no such attribute.
    pub tags: BTreeSet<String>,
    /// A remark; NULL when there is none.
    pub note: Option<String>,
    /// When the table may forget it, in seconds since 1970.
    pub expires_at: Option<i64>,
}

impl OrderLine {
    /// What the line brings: nothing when it is cancelled or returned.
    pub fn revenue(&self) -> Cents {
        match self.status {
            Status::Cancelled | Status::Returned => Cents::ZERO,
            Status::Placed | Status::Shipped | Status::Delivered => self.amount,
        }
    }

    /// The line with so many pieces, and what they cost.
    #[must_use]
    pub fn of(&self, quantity: u32) -> Self {
        let mut line = Self {
            quantity,
            ..self.clone()
        };
        line.price();
        line
    }

    /// Whether the warehouse takes quantity and amount: INTEGER, and [`Cents::MOST`].
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html>
    pub fn fits(&self) -> bool {
        i32::try_from(self.quantity).is_ok() && self.amount <= Cents::MOST
    }

    /// Sets the amount to what quantity, price and discount make.
    pub fn price(&mut self) {
        self.amount = amount(self.quantity, self.unit_price, self.discount);
    }
}

/// `quantity * unit_price * (1 - discount)`, to the cent, half up.
pub fn amount(quantity: u32, unit_price: Cents, discount: Discount) -> Cents {
    let left = i128::from(ONE - discount.0);
    let exact = i128::from(quantity) * i128::from(unit_price.0) * left;
    let cents = (exact + i128::from(ONE) / 2) / i128::from(ONE);
    Cents(i64::try_from(cents).unwrap_or(i64::MAX))
}

/// Hundredths: an amount of money with two digits after the point, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cents(i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// What a line may cost at most: DECIMAL(13,2). The warehouse adds them up in DECIMAL(18,2), and has NULL for more,
    /// since one line that overflows a sum is an error for every reader (`warehouse.order_versions`).
    pub const MOST: Self = Self(9_999_999_999_999);

    /// So many hundredths, at most [`Cents::MOST`].
    pub const fn new(cents: u32) -> Self {
        Self(cents as i64)
    }

    /// How many hundredths.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// As a decimal number.
    pub fn decimal(self) -> Decimal {
        Decimal::new(i128::from(self.0), 2)
    }
}

impl FromStr for Cents {
    type Err = BadAmount;

    fn from_str(text: &str) -> Result<Self, BadAmount> {
        let decimal: Decimal = text.parse().map_err(|BadDecimal| BadAmount)?;
        let cents = decimal.units_at(2).ok_or(BadAmount)?;
        let cents = i64::try_from(cents).map_err(|_| BadAmount)?;
        (0..=Self::MOST.0)
            .contains(&cents)
            .then_some(Self(cents))
            .ok_or(BadAmount)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

/// A text that is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount of at most 11 digits and two after the point")]
pub struct BadAmount;

/// A share from 0 to 1 with four digits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Discount(u32);

/// A discount of everything.
const ONE: u32 = 10_000;

impl Discount {
    /// Nothing off.
    pub const NONE: Self = Self(0);

    /// So many ten-thousandths; more than all of them is all.
    pub const fn new(ten_thousandths: u32) -> Self {
        Self(if ten_thousandths > ONE {
            ONE
        } else {
            ten_thousandths
        })
    }

    /// As a decimal number.
    pub fn decimal(self) -> Decimal {
        Decimal::new(i128::from(self.0), 4)
    }
}

impl FromStr for Discount {
    type Err = BadDiscount;

    fn from_str(text: &str) -> Result<Self, BadDiscount> {
        let decimal: Decimal = text.parse().map_err(|BadDecimal| BadDiscount)?;
        let units = decimal.units_at(4).and_then(|units| u32::try_from(units).ok());
        units.filter(|units| *units <= ONE).map(Self).ok_or(BadDiscount)
    }
}

impl fmt::Display for Discount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

/// A text that is no discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number from 0 to 1 with at most four digits after the point")]
pub struct BadDiscount;

/// How a line was sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// In an app.
    Mobile,
    /// In a shop.
    Store,
    /// On the site.
    Web,
}

impl Channel {
    /// As the table writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Store => "store",
            Self::Web => "web",
        }
    }
}

impl FromStr for Channel {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let all = [Self::Mobile, Self::Store, Self::Web];
        let found = all.into_iter().find(|channel| channel.as_str() == text);
        found.ok_or(UnknownWord("web, mobile or store"))
    }
}

/// How far a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Ordered.
    Placed,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Sent back.
    Returned,
    /// Called off.
    Cancelled,
}

impl Status {
    /// As the table writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "PLACED",
            Self::Shipped => "SHIPPED",
            Self::Delivered => "DELIVERED",
            Self::Returned => "RETURNED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl FromStr for Status {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let all = [
            Self::Placed,
            Self::Shipped,
            Self::Delivered,
            Self::Returned,
            Self::Cancelled,
        ];
        let found = all.into_iter().find(|status| status.as_str() == text);
        found.ok_or(UnknownWord("PLACED, SHIPPED, DELIVERED, RETURNED or CANCELLED"))
    }
}

/// A text that is none of the words that may stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct UnknownWord(pub &'static str);

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(text: &str) -> Cents {
        text.parse().unwrap()
    }

    fn discount(text: &str) -> Discount {
        text.parse().unwrap()
    }

    #[test]
    fn an_amount_is_exact_to_the_cent_half_up() {
        let cases = [
            ((1, "19.99", "0"), "19.99"),
            ((3, "0.05", "0.5"), "0.08"),
            ((1, "0.01", "0.5"), "0.01"),
            ((1, "0.01", "0.5001"), "0.00"),
            ((7, "123456.78", "0.9987"), "1123.46"),
            ((1, "99999999999.99", "0"), "99999999999.99"),
            ((2, "10.00", "1"), "0.00"),
        ];
        for ((quantity, price, off), expected) in cases {
            let amount = amount(quantity, cents(price), discount(off));
            assert_eq!(amount.to_string(), expected, "{quantity} * {price} - {off}");
        }
        assert!(amount(2, Cents::MOST, Discount::NONE) > Cents::MOST);
    }

    #[test]
    fn money_and_discounts_have_limits() {
        assert_eq!(cents("99999999999.99"), Cents::MOST);
        for text in ["100000000000.00", "0.001", "-0.01", "x"] {
            assert_eq!(text.parse::<Cents>(), Err(BadAmount), "{text}");
        }
        assert_eq!(discount("1"), Discount::new(10_000));
        assert_eq!(Discount::new(10_001), Discount::new(10_000));
        for text in ["1.0001", "0.00001", "-0.1", "x"] {
            assert_eq!(text.parse::<Discount>(), Err(BadDiscount), "{text}");
        }
    }

    #[test]
    fn a_line_fits_the_warehouses_columns_or_not() {
        let mut line = crate::fixtures::line("o-1", 1);
        line.unit_price = Cents::new(1);
        assert!(line.of(2_147_483_647).fits() && !line.of(2_147_483_648).fits());
        line.unit_price = Cents::MOST;
        assert!(line.of(1).fits() && !line.of(2).fits());
    }

    #[test]
    fn words_are_the_tables_and_no_others() {
        for word in ["web", "mobile", "store"] {
            assert_eq!(word.parse::<Channel>().unwrap().as_str(), word);
        }
        for word in ["PLACED", "SHIPPED", "DELIVERED", "RETURNED", "CANCELLED"] {
            assert_eq!(word.parse::<Status>().unwrap().as_str(), word);
        }
        assert!("Web".parse::<Channel>().is_err());
        assert_eq!(
            "placed".parse::<Status>().unwrap_err().to_string(),
            "not PLACED, SHIPPED, DELIVERED, RETURNED or CANCELLED"
        );
    }
}
