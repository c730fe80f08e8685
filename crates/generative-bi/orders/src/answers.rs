//! The right answers to the question set, computed from the truth and not by SQL.

mod cell;
mod comparison;
mod facts;
mod filter;
mod growth;
mod ranking;
mod share;
mod trend;

pub use cell::{Cell, Row};

use crate::truth::Truth;

/// Computes one answer.
pub type Answer = fn(&Truth) -> Vec<Row>;

/// The answer to each question, by the question's id.
pub const ANSWERS: [(&str, Answer); 25] = [
    ("region-growth", growth::of_regions),
    ("category-growth-europe", growth::of_categories_in_europe),
    ("monthly-growth", growth::of_months),
    ("customer-growth", growth::of_customers),
    ("top-products", ranking::top_products),
    ("best-product-by-region", ranking::best_product_by_region),
    ("top-customers", ranking::top_customers),
    ("regions-by-units", ranking::regions_by_units),
    ("best-days", ranking::best_days),
    ("channel-share", share::of_channels),
    ("return-share", share::of_returns),
    ("outdoor-share", share::of_outdoor),
    ("discount-share", share::of_discounted),
    ("monthly-sales", trend::monthly_sales),
    ("quarterly-channel-sales", trend::quarterly_channel_sales),
    ("order-value-trend", trend::order_value),
    ("running-total", trend::running_total),
    (
        "large-cancelled-store-orders",
        filter::large_cancelled_store_orders,
    ),
    ("delivered-web-orders", filter::delivered_web_orders),
    ("never-returned", filter::never_returned),
    ("toys-in-december", filter::toys_in_december),
    ("web-against-mobile", comparison::web_against_mobile),
    ("unit-price-by-category", comparison::unit_price_by_category),
    ("weekend-sales", comparison::weekend_sales),
    ("half-years", comparison::half_years),
];

/// The right answer to the question of this id.
pub fn answer(id: &str, truth: &Truth) -> Option<Vec<Row>> {
    let found = ANSWERS.iter().find(|(known, _)| *known == id);
    found.map(|(_, answer)| answer(truth))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::generator::{Size, generate};

    fn truth(seed: u64) -> Truth {
        let (changes, items) = (900, 300);
        generate(Size { changes, items, seed }).truth
    }

    fn cents(truth: &Truth, counts: impl Fn(&crate::model::OrderLine) -> bool) -> i128 {
        let counted = truth.lines().filter(|line| counts(line));
        counted.map(|line| i128::from(line.revenue().get())).sum()
    }

    /// The sum of a column of decimals, in units of `scale`.
    fn column(id: &str, truth: &Truth, column: usize, scale: u32) -> i128 {
        let rows = answer(id, truth).unwrap();
        let units = rows.iter().map(|row| match &row[column] {
            Cell::Decimal(decimal) => decimal.units_at(scale).unwrap(),
            other => panic!("{id}: {other} is no decimal"),
        });
        units.sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn groups_sum_to_the_total(seed: u64) {
            let truth = truth(seed);
            let of_year = |year| cents(&truth, |line| line.placed_at.year() == year);
            prop_assert_eq!(column("region-growth", &truth, 1, 2), of_year(2024));
            prop_assert_eq!(column("region-growth", &truth, 2, 2), of_year(2025));
            prop_assert_eq!(column("monthly-growth", &truth, 1, 2), of_year(2025));
            prop_assert_eq!(column("monthly-sales", &truth, 1, 2), of_year(2025));
            prop_assert_eq!(column("quarterly-channel-sales", &truth, 2, 2), cents(&truth, |_| true));
            prop_assert_eq!(column("weekend-sales", &truth, 1, 2), cents(&truth, |_| true));
            let halves = column("half-years", &truth, 1, 2) + column("half-years", &truth, 2, 2);
            prop_assert_eq!(halves, of_year(2025));
        }

        #[test]
        fn shares_sum_to_one_but_for_rounding(seed: u64) {
            let sum = column("channel-share", &truth(seed), 1, 4);
            prop_assert!((9_998..=10_002).contains(&sum), "{sum}");
        }

        #[test]
        fn the_last_running_total_is_the_years_total(seed: u64) {
            let truth = truth(seed);
            let rows = answer("running-total", &truth).unwrap();
            let total = cents(&truth, |line| line.placed_at.year() == 2024);
            prop_assert_eq!(&rows[rows.len() - 1][1], &facts::money(total));
        }
    }

    #[test]
    fn an_empty_truth_has_answers_too() {
        for (id, answer) in ANSWERS {
            let rows = answer(&Truth::default());
            let expected = match id {
                "discount-share" => vec![vec![Cell::Null]],
                "delivered-web-orders" => vec![vec![Cell::Integer(0)]],
                _ => vec![],
            };
            assert_eq!(rows, expected, "{id}");
        }
    }

    #[test]
    fn an_answer_is_found_by_its_question() {
        assert!(answer("region-growth", &Truth::default()).is_some());
        assert!(answer("no-such-question", &Truth::default()).is_none());
    }
}
