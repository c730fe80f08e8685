//! What answers are made of: sums by a key, money, rates.

use std::collections::BTreeMap;

use super::Cell;
use crate::model::{Decimal, OrderLine};

/// Digits after the point of a rate.
const RATE: u32 = 4;

/// What a line brings, in cents.
pub(super) fn revenue(line: &OrderLine) -> i128 {
    i128::from(line.revenue().get())
}

/// The revenue of each key, in cents. A key is there as soon as it has a line, whatever that brings.
pub(super) fn revenue_by<'truth, K: Ord>(
    lines: impl Iterator<Item = &'truth OrderLine>,
    key: impl Fn(&'truth OrderLine) -> K,
) -> BTreeMap<K, i128> {
    let mut sums = BTreeMap::new();
    for line in lines {
        *sums.entry(key(line)).or_default() += revenue(line);
    }
    sums
}

/// Cents as money.
pub(super) fn money(cents: i128) -> Cell {
    Cell::Decimal(Decimal::new(cents, 2))
}

/// A rate of four digits, NULL where it is a rate of nothing.
pub(super) fn rate(part: i128, whole: i128) -> Cell {
    Decimal::quotient(part, whole, RATE).map_or(Cell::Null, Cell::Decimal)
}

/// By which rate `now` is more than `before`.
pub(super) fn growth(before: i128, now: i128) -> Cell {
    rate(now - before, before)
}

/// Cents shared among `count`, to the cent.
pub(super) fn mean(cents: i128, count: usize) -> Cell {
    let divisor = i128::try_from(count).unwrap_or(i128::MAX);
    Decimal::quotient(cents, divisor.saturating_mul(100), 2).map_or(Cell::Null, Cell::Decimal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{lines, worth};
    use crate::model::Status;

    #[test]
    fn revenue_is_nothing_for_what_is_cancelled_or_returned() {
        let of = |status| lines(&[&move |line| line.status = status]);
        for (status, cents) in [
            (Status::Placed, 2_000),
            (Status::Shipped, 2_000),
            (Status::Delivered, 2_000),
            (Status::Cancelled, 0),
            (Status::Returned, 0),
        ] {
            let sums = revenue_by(of(status).iter(), |line| line.region.clone());
            assert_eq!(sums, BTreeMap::from([("Europe".to_owned(), cents)]));
        }
    }

    #[test]
    fn rates_and_means_round_half_away_from_zero() {
        let decimal = |text: &str| Cell::Decimal(text.parse().unwrap());
        assert_eq!(growth(300, 100), decimal("-0.6667"));
        assert_eq!(growth(0, 100), Cell::Null);
        assert_eq!(rate(1, 20_000), decimal("0.0001"));
        assert_eq!(mean(1_001, 2), decimal("5.01"));
        assert_eq!(mean(1, 0), Cell::Null);
        assert_eq!(money(1_050), decimal("10.5"));
    }

    #[test]
    fn revenues_add_up_by_key() {
        let lines = lines(&[&|line| worth(line, 150), &|line| worth(line, 250)]);
        assert_eq!(
            revenue_by(lines.iter(), |line| &line.region)[&"Europe".to_owned()],
            400
        );
    }
}
