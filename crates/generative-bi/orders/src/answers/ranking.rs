//! Questions of rank.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::facts::{money, revenue_by};
use super::{Cell, Row};
use crate::model::{OrderLine, Status};
use crate::truth::Truth;

/// Which ten products had the highest sales in the year 2025?
pub(super) fn top_products(truth: &Truth) -> Vec<Row> {
    let lines = truth.lines().filter(|line| line.placed_at.year() == 2025);
    let products = highest_first(revenue_by(lines, product));
    let row = |((_, name), cents): ((&str, &str), i128)| vec![Cell::text(name), money(cents)];
    products.into_iter().take(10).map(row).collect()
}

/// Which product has the highest sales in each region?
pub(super) fn best_product_by_region(truth: &Truth) -> Vec<Row> {
    let mut regions: BTreeMap<&str, Vec<&OrderLine>> = BTreeMap::new();
    for line in truth.lines() {
        regions.entry(&line.region).or_default().push(line);
    }
    let row = |(region, lines): (&str, Vec<&OrderLine>)| {
        let products = highest_first(revenue_by(lines.into_iter(), product));
        let best = products.into_iter().next();
        best.map(|((_, name), cents)| vec![Cell::text(region), Cell::text(name), money(cents)])
    };
    regions.into_iter().filter_map(row).collect()
}

/// Which five customers bring the most revenue?
pub(super) fn top_customers(truth: &Truth) -> Vec<Row> {
    let customers = highest_first(revenue_by(truth.lines(), |line| line.customer_id.as_str()));
    let row = |(customer, cents): (&str, i128)| vec![Cell::text(customer), money(cents)];
    customers.into_iter().take(5).map(row).collect()
}

/// How do the regions rank by units sold?
pub(super) fn regions_by_units(truth: &Truth) -> Vec<Row> {
    let mut regions: BTreeMap<&str, i128> = BTreeMap::new();
    for line in truth.lines() {
        *regions.entry(&line.region).or_default() += i128::from(units(line));
    }
    let ranked = highest_first(regions);
    let row = |(region, units): &(&str, i128)| {
        let ahead = ranked.iter().filter(|(_, others)| others > units).count();
        let units = i64::try_from(*units).unwrap_or(i64::MAX);
        vec![Cell::text(*region), Cell::Integer(units), Cell::count(ahead + 1)]
    };
    ranked.iter().map(row).collect()
}

/// Which three days had the highest revenue?
pub(super) fn best_days(truth: &Truth) -> Vec<Row> {
    let days = highest_first(revenue_by(truth.lines(), |line| line.placed_at.day()));
    let row = |(day, cents)| vec![Cell::Date(day), money(cents)];
    days.into_iter().take(3).map(row).collect()
}

/// The id first: of two products with equal sales the lower one comes first.
fn product(line: &OrderLine) -> (&str, &str) {
    (&line.product_id, &line.product_name)
}

fn units(line: &OrderLine) -> u32 {
    match line.status {
        Status::Cancelled | Status::Returned => 0,
        Status::Placed | Status::Shipped | Status::Delivered => line.quantity,
    }
}

/// By value, the highest first; equal ones in the order of their keys.
fn highest_first<K: Ord>(sums: BTreeMap<K, i128>) -> Vec<(K, i128)> {
    let mut ranked: Vec<_> = sums.into_iter().collect();
    ranked.sort_by_key(|(_, sum)| Reverse(*sum));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{lines, of_product, placed_on, worth};

    fn sold(id: &'static str, region: &'static str, cents: u32) -> impl Fn(&mut OrderLine) {
        move |line| {
            of_product(line, id, &format!("Product {id}"), "Toys");
            line.region = region.to_owned();
            worth(line, cents);
        }
    }

    #[test]
    fn products_with_equal_sales_are_in_the_order_of_their_ids() {
        let late = |line: &mut OrderLine| {
            sold("p-9", "Europe", 9_000)(line);
            placed_on(line, "2024-12-31");
        };
        let truth: Truth = lines(&[
            &sold("p-3", "Europe", 100),
            &sold("p-1", "Europe", 100),
            &sold("p-2", "Europe", 60),
            &sold("p-2", "Asia Pacific", 60),
            &late,
        ])
        .into_iter()
        .collect();
        let expected = [
            vec![Cell::text("Product p-2"), money(120)],
            vec![Cell::text("Product p-1"), money(100)],
            vec![Cell::text("Product p-3"), money(100)],
        ];
        assert_eq!(top_products(&truth), expected);
    }

    #[test]
    fn ten_products_are_listed_and_no_more() {
        let makers: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]
            .map(|id| sold(id, "Europe", 100))
            .into_iter()
            .collect();
        let makers: Vec<&dyn Fn(&mut OrderLine)> = makers.iter().map(|maker| maker as _).collect();
        let rows = top_products(&lines(&makers).into_iter().collect());
        assert_eq!(rows.len(), 10);
        assert_eq!(rows[9][0], Cell::text("Product j"));
    }

    #[test]
    fn each_region_has_one_best_product() {
        let truth: Truth = lines(&[
            &sold("p-2", "Europe", 100),
            &sold("p-1", "Europe", 100),
            &sold("p-1", "Asia Pacific", 60),
            &sold("p-2", "Asia Pacific", 61),
        ])
        .into_iter()
        .collect();
        let expected = [
            vec![Cell::text("Asia Pacific"), Cell::text("Product p-2"), money(61)],
            vec![Cell::text("Europe"), Cell::text("Product p-1"), money(100)],
        ];
        assert_eq!(best_product_by_region(&truth), expected);
    }

    #[test]
    fn customers_rank_by_revenue_and_five_are_listed() {
        let of = |customer: &'static str, cents| {
            move |line: &mut OrderLine| {
                line.customer_id = customer.to_owned();
                worth(line, cents);
            }
        };
        let truth: Truth = lines(&[
            &of("f", 1),
            &of("b", 7),
            &of("a", 7),
            &of("c", 5),
            &of("d", 4),
            &of("e", 3),
        ])
        .into_iter()
        .collect();
        let customers: Vec<_> = top_customers(&truth)
            .into_iter()
            .map(|row| row[0].to_string())
            .collect();
        assert_eq!(customers, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn equal_units_share_a_rank_and_leave_a_gap() {
        let of = |region: &'static str, quantity, status| {
            move |line: &mut OrderLine| {
                line.region = region.to_owned();
                line.quantity = quantity;
                line.status = status;
            }
        };
        let truth: Truth = lines(&[
            &of("Europe", 3, Status::Placed),
            &of("Asia Pacific", 3, Status::Delivered),
            &of("Latin America", 2, Status::Shipped),
            &of("Latin America", 9, Status::Returned),
            &of("North America", 9, Status::Cancelled),
        ])
        .into_iter()
        .collect();
        let rank =
            |region: &str, units, rank| vec![Cell::text(region), Cell::Integer(units), Cell::Integer(rank)];
        let expected = [
            rank("Asia Pacific", 3, 1),
            rank("Europe", 3, 1),
            rank("Latin America", 2, 3),
            rank("North America", 0, 4),
        ];
        assert_eq!(regions_by_units(&truth), expected);
    }

    #[test]
    fn three_days_are_listed_and_the_earlier_comes_first() {
        let on = |day: &'static str, cents| {
            move |line: &mut OrderLine| {
                placed_on(line, day);
                worth(line, cents);
            }
        };
        let truth: Truth = lines(&[
            &on("2025-01-03", 5),
            &on("2025-01-02", 5),
            &on("2023-07-07", 9),
            &on("2024-01-01", 1),
        ])
        .into_iter()
        .collect();
        let days: Vec<_> = best_days(&truth)
            .into_iter()
            .map(|row| row[0].to_string())
            .collect();
        assert_eq!(days, ["2023-07-07", "2025-01-02", "2025-01-03"]);
    }
}
