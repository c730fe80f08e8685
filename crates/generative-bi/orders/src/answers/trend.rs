//! Questions of development over time.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::facts::{mean, money, revenue, revenue_by};
use super::{Cell, Row};
use crate::truth::Truth;

/// How did monthly sales develop in the year 2025?
pub(super) fn monthly_sales(truth: &Truth) -> Vec<Row> {
    let months = months_of(truth, 2025);
    months
        .into_iter()
        .map(|(month, cents)| vec![Cell::Date(month), money(cents)])
        .collect()
}

/// How did the sales of each channel develop from quarter to quarter?
pub(super) fn quarterly_channel_sales(truth: &Truth) -> Vec<Row> {
    let sums = revenue_by(truth.lines(), |line| {
        (line.placed_at.quarter(), line.channel.as_str())
    });
    let row = |((quarter, channel), cents): ((Date, &str), i128)| {
        vec![Cell::Date(quarter), Cell::text(channel), money(cents)]
    };
    sums.into_iter().map(row).collect()
}

/// How did revenue per order develop from quarter to quarter?
pub(super) fn order_value(truth: &Truth) -> Vec<Row> {
    let mut quarters: BTreeMap<Date, (i128, BTreeSet<&str>)> = BTreeMap::new();
    for line in truth.lines() {
        let quarter = quarters.entry(line.placed_at.quarter()).or_default();
        quarter.0 += revenue(line);
        quarter.1.insert(&line.key.order_id);
    }
    let row = |(quarter, (cents, orders)): (Date, (i128, BTreeSet<&str>))| {
        vec![Cell::Date(quarter), mean(cents, orders.len())]
    };
    quarters.into_iter().map(row).collect()
}

/// What was the running total of sales at the end of each month of the year 2024?
pub(super) fn running_total(truth: &Truth) -> Vec<Row> {
    let mut total = 0;
    let row = |(month, cents)| {
        total += cents;
        vec![Cell::Date(month), money(total)]
    };
    months_of(truth, 2024).into_iter().map(row).collect()
}

fn months_of(truth: &Truth, year: i32) -> BTreeMap<Date, i128> {
    let lines = truth.lines().filter(|line| line.placed_at.year() == year);
    revenue_by(lines, |line| line.placed_at.month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{line, lines, placed_on, worth};
    use crate::model::{Channel, OrderLine, Status};

    fn sold(day: &'static str, cents: u32) -> impl Fn(&mut OrderLine) {
        move |line| {
            placed_on(line, day);
            worth(line, cents);
        }
    }

    fn shown(rows: Vec<Row>) -> Vec<String> {
        let row = |row: Row| row.iter().map(Cell::to_string).collect::<Vec<_>>().join(" ");
        rows.into_iter().map(row).collect()
    }

    #[test]
    fn months_are_those_of_the_year() {
        let truth = lines(&[
            &sold("2025-02-28", 1),
            &sold("2025-02-01", 2),
            &sold("2025-12-31", 4),
            &sold("2026-01-01", 8),
            &sold("2024-12-31", 16),
        ]);
        let truth = truth.into_iter().collect();
        assert_eq!(
            shown(monthly_sales(&truth)),
            ["2025-02-01 0.03", "2025-12-01 0.04"]
        );
    }

    #[test]
    fn quarters_and_channels_are_listed_that_have_a_line() {
        let returned = |line: &mut OrderLine| {
            sold("2025-06-30", 8)(line);
            (line.channel, line.status) = (Channel::Store, Status::Returned);
        };
        let truth = lines(&[
            &sold("2025-03-31", 1),
            &sold("2025-04-01", 2),
            &sold("2025-05-01", 4),
            &returned,
        ]);
        let truth = truth.into_iter().collect();
        assert_eq!(
            shown(quarterly_channel_sales(&truth)),
            [
                "2025-01-01 web 0.01",
                "2025-04-01 store 0.00",
                "2025-04-01 web 0.06"
            ]
        );
    }

    #[test]
    fn an_order_with_two_lines_is_one_order() {
        let mut second = line("o-1", 2);
        worth(&mut second, 501);
        let mut other = line("o-2", 1);
        other.status = Status::Cancelled;
        let mut first = line("o-1", 1);
        worth(&mut first, 500);
        let truth = [first, second, other].into_iter().collect();
        assert_eq!(shown(order_value(&truth)), ["2025-01-01 5.01"]);
    }

    #[test]
    fn a_running_total_runs_over_the_year() {
        let truth = lines(&[
            &sold("2024-01-31", 1),
            &sold("2024-03-01", 2),
            &sold("2023-12-31", 9),
        ]);
        let truth = truth.into_iter().collect();
        assert_eq!(
            shown(running_total(&truth)),
            ["2024-01-01 0.01", "2024-03-01 0.03"]
        );
    }
}
