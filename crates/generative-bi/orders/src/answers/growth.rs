//! Questions of growth.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{growth, money, revenue, revenue_by};
use super::{Cell, Row};
use crate::truth::Truth;

/// How much did sales grow in each region from the year 2024 to the year 2025?
pub(super) fn of_regions(truth: &Truth) -> Vec<Row> {
    let mut regions: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for line in truth.lines() {
        match line.placed_at.year() {
            2024 => regions.entry(&line.region).or_default().0 += revenue(line),
            2025 => regions.entry(&line.region).or_default().1 += revenue(line),
            _ => {}
        }
    }
    let row = |(region, (before, now)): (&str, (i128, i128))| {
        vec![Cell::text(region), money(before), money(now), growth(before, now)]
    };
    regions.into_iter().map(row).collect()
}

/// What growth over the year before did each category have in the region Europe in 2025?
pub(super) fn of_categories_in_europe(truth: &Truth) -> Vec<Row> {
    let of_year = |year| {
        let lines = truth
            .lines()
            .filter(move |line| line.region == "Europe" && line.placed_at.year() == year);
        revenue_by(lines, |line| line.category.as_str())
    };
    let before = of_year(2024);
    let row = |(category, now)| match before.get(category) {
        Some(before) => vec![Cell::text(category), growth(*before, now)],
        None => vec![Cell::text(category), Cell::Null],
    };
    of_year(2025).into_iter().map(row).collect()
}

/// By which rate did sales change from each month to the next in the year 2025?
pub(super) fn of_months(truth: &Truth) -> Vec<Row> {
    let lines = truth.lines().filter(|line| line.placed_at.year() == 2025);
    let mut before = None;
    let row = |(month, now)| {
        let change = before.map_or(Cell::Null, |before| growth(before, now));
        before = Some(now);
        vec![Cell::Date(month), money(now), change]
    };
    revenue_by(lines, |line| line.placed_at.month())
        .into_iter()
        .map(row)
        .collect()
}

/// How many customers did each year have, and how many more than the year before?
pub(super) fn of_customers(truth: &Truth) -> Vec<Row> {
    let mut years: BTreeMap<i32, BTreeSet<&str>> = BTreeMap::new();
    for line in truth.lines() {
        years
            .entry(line.placed_at.year())
            .or_default()
            .insert(&line.customer_id);
    }
    let mut before = None;
    let row = |(year, customers): (i32, BTreeSet<&str>)| {
        let now = i64::try_from(customers.len()).unwrap_or(i64::MAX);
        let more = before.map_or(Cell::Null, |before| Cell::Integer(now - before));
        before = Some(now);
        vec![Cell::Integer(i64::from(year)), Cell::Integer(now), more]
    };
    years.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::facts::rate;
    use crate::fixtures::{lines, placed_on, worth};
    use crate::model::{OrderLine, Status};

    fn sold(day: &'static str, region: &'static str, cents: u32) -> impl Fn(&mut OrderLine) {
        move |line| {
            placed_on(line, day);
            worth(line, cents);
            line.region = region.to_owned();
        }
    }

    #[test]
    fn a_region_grows_from_one_year_to_the_next() {
        let truth: Truth = lines(&[
            &sold("2024-02-01", "Europe", 300),
            &sold("2024-12-31", "Europe", 300),
            &sold("2025-01-01", "Europe", 1_000),
            &sold("2025-05-05", "Asia Pacific", 500),
            &sold("2023-05-05", "Latin America", 500),
        ])
        .into_iter()
        .collect();
        let expected = [
            vec![Cell::text("Asia Pacific"), money(0), money(500), Cell::Null],
            vec![
                Cell::text("Europe"),
                money(600),
                money(1_000),
                rate(6_667, 10_000),
            ],
        ];
        assert_eq!(of_regions(&truth), expected);
    }

    #[test]
    fn a_category_grows_in_europe_alone() {
        let of = |category: &'static str, day, region, cents| {
            move |line: &mut OrderLine| {
                sold(day, region, cents)(line);
                line.category = category.to_owned();
            }
        };
        let returned = |line: &mut OrderLine| {
            of("Toys", "2024-05-05", "Europe", 500)(line);
            line.status = Status::Returned;
        };
        let truth: Truth = lines(&[
            &of("Garden", "2024-05-05", "Europe", 200),
            &of("Garden", "2025-05-05", "Europe", 100),
            &of("Garden", "2025-05-05", "Asia Pacific", 900),
            &of("Office", "2025-05-05", "Europe", 100),
            &of("Kitchen", "2024-05-05", "Europe", 100),
            &returned,
            &of("Toys", "2025-05-05", "Europe", 100),
        ])
        .into_iter()
        .collect();
        let expected = [
            vec![Cell::text("Garden"), rate(-1, 2)],
            vec![Cell::text("Office"), Cell::Null],
            vec![Cell::text("Toys"), Cell::Null],
        ];
        assert_eq!(of_categories_in_europe(&truth), expected);
    }

    #[test]
    fn a_month_is_compared_with_the_one_listed_before() {
        let truth: Truth = lines(&[
            &sold("2025-01-31", "Europe", 100),
            &sold("2025-04-01", "Europe", 150),
            &sold("2024-12-31", "Europe", 999),
        ])
        .into_iter()
        .collect();
        let day = |index: usize| Cell::Date(truth.lines().nth(index).unwrap().placed_at.month());
        let expected = [
            vec![day(0), money(100), Cell::Null],
            vec![day(1), money(150), rate(1, 2)],
        ];
        assert_eq!(of_months(&truth), expected);
    }

    #[test]
    fn a_customer_counts_once_a_year() {
        let of = |customer: &'static str, day| {
            move |line: &mut OrderLine| {
                placed_on(line, day);
                line.customer_id = customer.to_owned();
                line.status = Status::Cancelled;
            }
        };
        let truth: Truth = lines(&[
            &of("a", "2023-01-01"),
            &of("a", "2023-01-02"),
            &of("b", "2023-01-02"),
            &of("a", "2025-01-01"),
        ])
        .into_iter()
        .collect();
        let expected = [
            vec![Cell::Integer(2023), Cell::Integer(2), Cell::Null],
            vec![Cell::Integer(2025), Cell::Integer(1), Cell::Integer(-1)],
        ];
        assert_eq!(of_customers(&truth), expected);
    }
}
