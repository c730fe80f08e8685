//! Questions of selection.

use std::collections::{BTreeMap, BTreeSet};

use time::Month;

use super::facts::{money, revenue_by};
use super::{Cell, Row};
use crate::model::{Channel, Status};
use crate::truth::Truth;

/// Which order lines of the channel store with a quantity above 5 have the status cancelled?
pub(super) fn large_cancelled_store_orders(truth: &Truth) -> Vec<Row> {
    let found = truth.lines().filter(|line| {
        line.channel == Channel::Store && line.quantity > 5 && line.status == Status::Cancelled
    });
    let row = |line: &crate::model::OrderLine| {
        let (number, quantity) = (i64::from(line.key.line), i64::from(line.quantity));
        vec![
            Cell::text(&line.key.order_id),
            Cell::Integer(number),
            Cell::Integer(quantity),
        ]
    };
    found.map(row).collect()
}

/// How many orders of the region Europe and the channel web have the status delivered?
pub(super) fn delivered_web_orders(truth: &Truth) -> Vec<Row> {
    let found = truth.lines().filter(|line| {
        line.region == "Europe" && line.channel == Channel::Web && line.status == Status::Delivered
    });
    let orders: BTreeSet<_> = found.map(|line| &line.key.order_id).collect();
    vec![vec![Cell::count(orders.len())]]
}

/// Which products have no line with the status returned?
pub(super) fn never_returned(truth: &Truth) -> Vec<Row> {
    let returned: BTreeSet<_> = truth
        .lines()
        .filter(|line| line.status == Status::Returned)
        .map(|line| &line.product_id)
        .collect();
    let products: BTreeMap<_, _> = truth
        .lines()
        .filter(|line| !returned.contains(&line.product_id))
        .map(|line| (&line.product_id, &line.product_name))
        .collect();
    products
        .into_iter()
        .map(|(id, name)| vec![Cell::text(id), Cell::text(name)])
        .collect()
}

/// What were the sales of each product of the category Toys on the days of December of the year 2024?
pub(super) fn toys_in_december(truth: &Truth) -> Vec<Row> {
    let found = truth.lines().filter(|line| {
        let day = line.placed_at.day();
        line.category == "Toys" && day.year() == 2024 && day.month() == Month::December
    });
    let products = revenue_by(found, |line| (&line.product_id, &line.product_name));
    let row = |((_, name), cents): ((&String, &String), i128)| vec![Cell::text(name), money(cents)];
    products.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{line, lines, of_product, placed_on, worth};
    use crate::model::OrderLine;

    #[test]
    fn all_three_conditions_must_hold() {
        let of = |channel, quantity, status| {
            move |line: &mut OrderLine| {
                (line.channel, line.quantity, line.status) = (channel, quantity, status)
            }
        };
        let truth = lines(&[
            &of(Channel::Store, 6, Status::Cancelled),
            &of(Channel::Store, 5, Status::Cancelled),
            &of(Channel::Web, 6, Status::Cancelled),
            &of(Channel::Store, 6, Status::Returned),
        ]);
        let expected = [[Cell::text("o-1"), Cell::Integer(1), Cell::Integer(6)]];
        assert_eq!(
            large_cancelled_store_orders(&truth.into_iter().collect()),
            expected
        );
    }

    #[test]
    fn orders_are_counted_and_not_lines() {
        let mut elsewhere = line("o-3", 1);
        elsewhere.region = "Asia Pacific".to_owned();
        let mut shipped = line("o-4", 1);
        shipped.status = Status::Shipped;
        let truth = [line("o-1", 1), line("o-1", 2), line("o-2", 1), elsewhere, shipped];
        assert_eq!(
            delivered_web_orders(&truth.into_iter().collect()),
            [[Cell::Integer(2)]]
        );
    }

    #[test]
    fn one_return_takes_a_product_from_the_list() {
        let of = |id: &'static str, status| {
            move |line: &mut OrderLine| {
                of_product(line, id, &format!("Product {id}"), "Toys");
                line.status = status;
            }
        };
        let truth = lines(&[
            &of("p-2", Status::Delivered),
            &of("p-1", Status::Delivered),
            &of("p-1", Status::Returned),
            &of("p-3", Status::Cancelled),
        ]);
        let expected = [
            [Cell::text("p-2"), Cell::text("Product p-2")],
            [Cell::text("p-3"), Cell::text("Product p-3")],
        ];
        assert_eq!(never_returned(&truth.into_iter().collect()), expected);
    }

    #[test]
    fn december_is_the_whole_month_of_that_year() {
        let of = |id: &'static str, category: &'static str, day: &'static str| {
            move |line: &mut OrderLine| {
                of_product(line, id, &format!("Product {id}"), category);
                placed_on(line, day);
                worth(line, 100);
            }
        };
        let truth = lines(&[
            &of("p-2", "Toys", "2024-12-01"),
            &of("p-1", "Toys", "2024-12-31"),
            &of("p-2", "Toys", "2024-12-31"),
            &of("p-3", "Toys", "2024-11-30"),
            &of("p-4", "Toys", "2025-12-01"),
            &of("p-5", "Garden", "2024-12-01"),
        ]);
        let expected = [
            [Cell::text("Product p-1"), money(100)],
            [Cell::text("Product p-2"), money(200)],
        ];
        assert_eq!(toys_in_december(&truth.into_iter().collect()), expected);
    }
}
