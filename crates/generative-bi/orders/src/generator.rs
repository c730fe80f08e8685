//! Orders that are made up, and what becomes of them: from a seed, always the same.

pub mod catalogue;
mod evolution;
mod placing;
mod weighted;

use fastrand::Rng;

use crate::model::{Change, OrderLine, Reason};
use crate::truth::Truth;
use evolution::Evolution;
use placing::place;

/// How much is made up, and from what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Changes in all, the first writing of each item included.
    pub changes: usize,
    /// Items: one at least, and at most as many as changes.
    pub items: usize,
    /// What everything follows from.
    pub seed: u64,
}

/// Changes in their order, and what they lead to.
#[derive(Debug, Clone)]
pub struct History {
    /// In the order in which they are to be written.
    pub changes: Vec<Change>,
    /// How many of the first are the stock of orders that the rest changes.
    pub opening: usize,
    /// The items that exist at the end.
    pub truth: Truth,
}

/// One order line in so many comes in while others already change.
const ONE_LATE_IN: usize = 10;

/// Makes up orders and their changes. A change of an item depends on the earlier ones of it and on nothing later.
pub fn generate(size: Size) -> History {
    let mut rng = Rng::with_seed(size.seed);
    let items = size.items.max(1).min(size.changes);
    let mut placed = place(items, &mut rng);
    let late = placed.split_off(items - items / ONE_LATE_IN);
    let opening = placed.len();
    let mut evolution = Evolution::new(rng);
    let mut changes: Vec<_> = placed.into_iter().map(|line| evolution.place(line)).collect();
    let mut late = late.into_iter();
    while changes.len() < size.changes {
        let left = size.changes - changes.len();
        let comes_in = evolution.chance(late.len(), left);
        let line = if comes_in { late.next() } else { None };
        changes.push(match line {
            Some(line) => evolution.place(line),
            None => evolution.change(),
        });
    }
    History {
        opening,
        truth: evolution.into_truth(),
        changes,
    }
}

/// Makes up `count` changes to follow those of a file.
pub fn continue_from(mut changes: Vec<Change>, count: usize, seed: u64) -> History {
    let mut evolution = Evolution::new(Rng::with_seed(seed));
    changes.iter().for_each(|change| evolution.take(change));
    let opening = changes.len();
    changes.extend((0..count).map(|_| evolution.change()));
    History {
        opening,
        truth: evolution.into_truth(),
        changes,
    }
}

/// A change that sets an item.
fn put(line: OrderLine, reason: Reason) -> Change {
    Change {
        key: line.key.clone(),
        line: Some(line),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashMap};

    use proptest::prelude::*;

    use super::*;
    use crate::model::{Cents, Discount, OrderKey, Status, amount};

    fn of(changes: usize, items: usize, seed: u64) -> History {
        generate(Size { changes, items, seed })
    }

    /// The changes applied in order, by other means than the generator's.
    fn replayed(changes: &[Change]) -> BTreeMap<OrderKey, OrderLine> {
        let mut items = BTreeMap::new();
        for change in changes {
            items.remove(&change.key);
            items.extend(change.line.clone().map(|line| (line.key.clone(), line)));
        }
        items
    }

    fn lines(truth: &Truth) -> BTreeMap<OrderKey, OrderLine> {
        truth
            .lines()
            .map(|line| (line.key.clone(), line.clone()))
            .collect()
    }

    proptest! {
        #[test]
        fn the_changes_in_order_give_the_truth(seed: u64, items in 1..80usize, more in 0..400usize) {
            let history = of(items + more, items, seed);
            prop_assert_eq!(history.changes.len(), items + more);
            prop_assert_eq!(replayed(&history.changes), lines(&history.truth));
        }

        #[test]
        fn the_stock_of_orders_does_not_depend_on_what_follows(seed: u64, fewer in 100..200usize) {
            let (long, short) = (of(200, 40, seed), of(fewer, 40, seed));
            prop_assert_eq!(&long.changes[..long.opening], &short.changes[..short.opening]);
        }

        #[test]
        fn every_change_changes_something_and_prices_are_right(seed: u64) {
            let mut items: HashMap<OrderKey, OrderLine> = HashMap::new();
            for change in of(600, 30, seed).changes {
                let before = items.remove(&change.key);
                // DynamoDB Streams does not report a put of what is there, nor a delete of what is not.
                prop_assert!(before != change.line, "{} {}", change.key, change.reason);
                if let Some(line) = change.line {
                    prop_assert_eq!(line.amount, amount(line.quantity, line.unit_price, line.discount));
                    prop_assert!(line.quantity >= 1 && line.unit_price > Cents::ZERO);
                    items.insert(change.key, line);
                }
            }
        }

        #[test]
        fn a_status_only_moves_forward(seed: u64) {
            let mut items: HashMap<OrderKey, Status> = HashMap::new();
            for change in of(600, 30, seed).changes {
                let status = change.line.as_ref().map(|line| line.status);
                let before = items.remove(&change.key);
                let expected = match change.reason {
                    Reason::Placed | Reason::Restored => (None, Some(Status::Placed)),
                    Reason::Shipped => (Some(Status::Placed), Some(Status::Shipped)),
                    Reason::Delivered => (Some(Status::Shipped), Some(Status::Delivered)),
                    Reason::Returned => (Some(Status::Delivered), Some(Status::Returned)),
                    Reason::Cancelled => (Some(Status::Placed), Some(Status::Cancelled)),
                    Reason::Deleted => (before, None),
                    _ => (before, before),
                };
                prop_assert_eq!((before, status), expected, "{}", change.reason);
                items.extend(status.map(|status| (change.key, status)));
            }
        }
    }

    #[test]
    fn a_seed_gives_always_the_same() {
        assert_eq!(of(500, 100, 7).changes, of(500, 100, 7).changes);
        assert_ne!(of(500, 100, 7).changes, of(500, 100, 8).changes);
    }

    #[test]
    fn all_that_can_happen_happens() {
        let history = of(5_000, 1_000, 7);
        assert_eq!(history.opening, 900);
        let reasons: BTreeSet<_> = history.changes.iter().map(|change| change.reason).collect();
        assert_eq!(reasons.len(), 8, "{reasons:?}");
        let lines: Vec<_> = history
            .changes
            .iter()
            .filter_map(|change| change.line.as_ref())
            .collect();
        let some = |what: &dyn Fn(&OrderLine) -> bool| lines.iter().any(|line| what(line));
        assert!(some(&|line| line.tags.len() > 1));
        assert!(some(&|line| line.note.is_none()));
        assert!(some(&|line| line
            .note
            .as_ref()
            .is_some_and(|note| !note.is_ascii())));
        assert!(some(
            &|line| line.unit_price.to_string().len() > 6 && line.discount > Discount::new(9_860)
        ));
        assert!(some(&|line| line.expires_at.is_some()));
    }

    #[test]
    fn names_and_category_go_by_the_product() {
        let mut known = HashMap::new();
        for line in of(2_000, 1_000, 5).truth.lines() {
            let named = (&line.product_name, &line.category);
            assert_eq!(*known.entry(&line.product_id).or_insert(named), named);
        }
    }

    #[test]
    fn regions_grow_differently_and_categories_have_seasons() {
        let history = of(20_000, 20_000, 7);
        let count = |what: &dyn Fn(&OrderLine) -> bool| {
            history.truth.lines().filter(|line| what(line)).count() as f64
        };
        let growth = |region: &str, year: i32| {
            let of_year = |year| count(&|line| line.region == region && line.placed_at.year() == year);
            of_year(year) / of_year(year - 1)
        };
        assert!(growth("Asia Pacific", 2025) > 1.4);
        assert!(growth("Latin America", 2024) < 0.95);
        assert!(growth("North America", 2025) < 0.95 && growth("North America", 2024) > 1.1);
        let in_month = |category: &str, month: u8| {
            count(&|line| line.category == category && u8::from(line.placed_at.month().month()) == month)
        };
        assert!(in_month("Toys", 12) > 2.0 * in_month("Toys", 6));
        assert!(in_month("Outdoor", 6) > 2.0 * in_month("Outdoor", 1));
        assert!(in_month("Garden", 4) > 2.0 * in_month("Garden", 12));
    }

    #[test]
    fn a_file_is_followed_by_changes_of_its_orders() {
        let given = of(100, 100, 7).changes;
        let history = continue_from(given.clone(), 50, 9);
        assert_eq!((history.opening, history.changes.len()), (100, 150));
        assert_eq!(history.changes[..100], given);
        assert_eq!(replayed(&history.changes), lines(&history.truth));
    }
}
