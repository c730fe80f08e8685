//! Questions of comparison.

use std::collections::BTreeMap;

use time::Month;

use super::facts::{mean, money, revenue, revenue_by};
use super::{Cell, Row};
use crate::model::Channel;
use crate::truth::Truth;

/// How do web and mobile sales compare in each region, by channel?
pub(super) fn web_against_mobile(truth: &Truth) -> Vec<Row> {
    let mut regions: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for line in truth.lines() {
        let sums = regions.entry(&line.region).or_default();
        match line.channel {
            Channel::Web => sums.0 += revenue(line),
            Channel::Mobile => sums.1 += revenue(line),
            Channel::Store => {}
        }
    }
    pairs(regions)
}

/// How does the average unit price compare between categories?
pub(super) fn unit_price_by_category(truth: &Truth) -> Vec<Row> {
    let mut categories: BTreeMap<&str, (i128, usize)> = BTreeMap::new();
    for line in truth.lines() {
        let sums = categories.entry(&line.category).or_default();
        sums.0 += i128::from(line.unit_price.get());
        sums.1 += 1;
    }
    let row =
        |(category, (cents, lines)): (&str, (i128, usize))| vec![Cell::text(category), mean(cents, lines)];
    categories.into_iter().map(row).collect()
}

/// How do sales compare between weekend days and other days?
pub(super) fn weekend_sales(truth: &Truth) -> Vec<Row> {
    let parts = revenue_by(truth.lines(), |line| match line.placed_at.is_weekend() {
        true => "weekend",
        false => "weekday",
    });
    parts
        .into_iter()
        .map(|(part, cents)| vec![Cell::text(part), money(cents)])
        .collect()
}

/// How do the sales of the quarters in the first half of the year 2025 compare with the second half in each category?
pub(super) fn half_years(truth: &Truth) -> Vec<Row> {
    let mut categories: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for line in truth.lines().filter(|line| line.placed_at.year() == 2025) {
        let sums = categories.entry(&line.category).or_default();
        match u8::from(line.placed_at.day().month()) < u8::from(Month::July) {
            true => sums.0 += revenue(line),
            false => sums.1 += revenue(line),
        }
    }
    pairs(categories)
}

fn pairs(sums: BTreeMap<&str, (i128, i128)>) -> Vec<Row> {
    let row = |(key, (one, other)): (&str, (i128, i128))| vec![Cell::text(key), money(one), money(other)];
    sums.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{lines, placed_on, worth};
    use crate::model::{Cents, OrderLine};

    #[test]
    fn web_stands_beside_mobile_and_a_region_of_stores_is_there() {
        let of = |region: &'static str, channel, cents| {
            move |line: &mut OrderLine| {
                line.region = region.to_owned();
                line.channel = channel;
                worth(line, cents);
            }
        };
        let truth = lines(&[
            &of("Europe", Channel::Web, 1),
            &of("Europe", Channel::Mobile, 2),
            &of("Europe", Channel::Store, 4),
            &of("Asia Pacific", Channel::Store, 8),
        ]);
        let expected = [
            [Cell::text("Asia Pacific"), money(0), money(0)],
            [Cell::text("Europe"), money(1), money(2)],
        ];
        assert_eq!(web_against_mobile(&truth.into_iter().collect()), expected);
    }

    #[test]
    fn a_price_counts_once_a_line() {
        let of = |category: &'static str, price, quantity| {
            move |line: &mut OrderLine| {
                line.category = category.to_owned();
                line.unit_price = Cents::new(price);
                line.quantity = quantity;
            }
        };
        let truth = lines(&[&of("Toys", 100, 9), &of("Toys", 201, 1), &of("Garden", 5, 1)]);
        let expected = [[Cell::text("Garden"), money(5)], [Cell::text("Toys"), money(151)]];
        assert_eq!(unit_price_by_category(&truth.into_iter().collect()), expected);
    }

    #[test]
    fn a_weekend_is_saturday_and_sunday() {
        let on = |day: &'static str, cents| {
            move |line: &mut OrderLine| {
                placed_on(line, day);
                worth(line, cents);
            }
        };
        let truth = lines(&[
            &on("2025-02-28", 1),
            &on("2025-03-01", 2),
            &on("2025-03-02", 4),
            &on("2025-03-03", 8),
        ]);
        let expected = [
            [Cell::text("weekday"), money(9)],
            [Cell::text("weekend"), money(6)],
        ];
        assert_eq!(weekend_sales(&truth.into_iter().collect()), expected);
    }

    #[test]
    fn the_second_half_begins_in_july() {
        let on = |day: &'static str, cents| {
            move |line: &mut OrderLine| {
                placed_on(line, day);
                worth(line, cents);
            }
        };
        let truth = lines(&[&on("2025-06-30", 1), &on("2025-07-01", 2), &on("2024-07-01", 4)]);
        let expected = [[Cell::text("Outdoor"), money(1), money(2)]];
        assert_eq!(half_years(&truth.into_iter().collect()), expected);
    }
}
