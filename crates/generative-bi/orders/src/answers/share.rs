//! Questions of shares.

use std::collections::BTreeMap;

use super::facts::{rate, revenue, revenue_by};
use super::{Cell, Row};
use crate::model::{Discount, OrderLine, Status};
use crate::truth::Truth;

/// What share of sales does each channel have?
pub(super) fn of_channels(truth: &Truth) -> Vec<Row> {
    let channels = revenue_by(truth.lines(), |line| line.channel.as_str());
    let all = channels.values().sum();
    let row = |(channel, cents): (&str, i128)| vec![Cell::text(channel), rate(cents, all)];
    channels.into_iter().map(row).collect()
}

/// What share of the order lines of each category has the status returned?
pub(super) fn of_returns(truth: &Truth) -> Vec<Row> {
    let returned = |line: &OrderLine| i128::from(line.status == Status::Returned);
    by(truth, |line| &line.category, returned, |_| 1)
}

/// What share of the sales of each region is of the category Outdoor?
pub(super) fn of_outdoor(truth: &Truth) -> Vec<Row> {
    let outdoor = |line: &OrderLine| {
        if line.category == "Outdoor" {
            revenue(line)
        } else {
            0
        }
    };
    by(truth, |line| &line.region, outdoor, revenue)
}

/// What share of sales was made with a discount?
pub(super) fn of_discounted(truth: &Truth) -> Vec<Row> {
    let discounted = truth.lines().filter(|line| line.discount > Discount::NONE);
    let all = truth.lines().map(revenue).sum();
    vec![vec![rate(discounted.map(revenue).sum(), all)]]
}

/// The share of `part` in `whole` for each key.
fn by<'truth>(
    truth: &'truth Truth,
    key: impl Fn(&'truth OrderLine) -> &'truth str,
    part: impl Fn(&OrderLine) -> i128,
    whole: impl Fn(&OrderLine) -> i128,
) -> Vec<Row> {
    let mut shares: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for line in truth.lines() {
        let share = shares.entry(key(line)).or_default();
        share.0 += part(line);
        share.1 += whole(line);
    }
    let row = |(key, (part, whole)): (&str, (i128, i128))| vec![Cell::text(key), rate(part, whole)];
    shares.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{lines, worth};
    use crate::model::Channel;

    #[test]
    fn channels_share_what_is_sold() {
        let of = |channel, status, cents| {
            move |line: &mut OrderLine| {
                line.channel = channel;
                line.status = status;
                worth(line, cents);
            }
        };
        let truth: Truth = lines(&[
            &of(Channel::Web, Status::Placed, 200),
            &of(Channel::Mobile, Status::Placed, 100),
            &of(Channel::Store, Status::Returned, 700),
        ])
        .into_iter()
        .collect();
        let expected = [
            vec![Cell::text("mobile"), rate(3_333, 10_000)],
            vec![Cell::text("store"), rate(0, 1)],
            vec![Cell::text("web"), rate(6_667, 10_000)],
        ];
        assert_eq!(of_channels(&truth), expected);
    }

    #[test]
    fn returns_are_counted_by_lines() {
        let of = |category: &'static str, status| {
            move |line: &mut OrderLine| {
                line.category = category.to_owned();
                line.status = status;
            }
        };
        let truth: Truth = lines(&[
            &of("Toys", Status::Returned),
            &of("Toys", Status::Delivered),
            &of("Toys", Status::Cancelled),
            &of("Garden", Status::Delivered),
        ])
        .into_iter()
        .collect();
        let expected = [
            vec![Cell::text("Garden"), rate(0, 1)],
            vec![Cell::text("Toys"), rate(1, 3)],
        ];
        assert_eq!(of_returns(&truth), expected);
    }

    #[test]
    fn outdoor_is_a_part_of_its_region_and_no_part_of_nothing() {
        let of = |category: &'static str, region: &'static str, status| {
            move |line: &mut OrderLine| {
                line.category = category.to_owned();
                line.region = region.to_owned();
                line.status = status;
            }
        };
        let truth: Truth = lines(&[
            &of("Outdoor", "Europe", Status::Delivered),
            &of("Toys", "Europe", Status::Placed),
            &of("Outdoor", "Europe", Status::Returned),
            &of("Outdoor", "Asia Pacific", Status::Cancelled),
        ])
        .into_iter()
        .collect();
        let expected = [
            vec![Cell::text("Asia Pacific"), Cell::Null],
            vec![Cell::text("Europe"), rate(1, 2)],
        ];
        assert_eq!(of_outdoor(&truth), expected);
    }

    #[test]
    fn what_has_a_discount_is_a_part_of_all() {
        let truth: Truth = lines(&[
            &|line| {
                line.discount = Discount::new(1);
                worth(line, 100);
            },
            &|line| worth(line, 200),
        ])
        .into_iter()
        .collect();
        assert_eq!(of_discounted(&truth), [[rate(1, 3)]]);
    }
}
