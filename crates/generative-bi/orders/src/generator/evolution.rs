//! What becomes of orders: each item's next change follows from what it is.

use std::collections::HashMap;

use fastrand::Rng;

use super::catalogue::{DISCOUNTS, NOTES, REGIONS, TAGS};
use super::{put, weighted};
use crate::model::{Cents, Change, Discount, OrderKey, OrderLine, Reason, Status};
use crate::truth::Truth;

/// Items under way.
#[derive(Debug)]
pub(super) struct Evolution {
    rng: Rng,
    /// In the order in which they came in first: what is chosen depends on it.
    lives: Vec<Life>,
    places: HashMap<OrderKey, usize>,
}

/// One item.
#[derive(Debug)]
struct Life {
    /// What it was last; for an item that is deleted, before.
    line: OrderLine,
    live: bool,
}

impl Evolution {
    pub fn new(rng: Rng) -> Self {
        Self {
            rng,
            lives: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// An order line comes in.
    pub fn place(&mut self, line: OrderLine) -> Change {
        let change = put(line, Reason::Placed);
        self.take(&change);
        change
    }

    /// Takes note of a change.
    pub fn take(&mut self, change: &Change) {
        match (self.places.get(&change.key), &change.line) {
            (Some(place), Some(line)) => {
                let line = line.clone();
                self.lives[*place] = Life { line, live: true };
            }
            (Some(place), None) => self.lives[*place].live = false,
            (None, Some(line)) => {
                self.places.insert(change.key.clone(), self.lives.len());
                let line = line.clone();
                self.lives.push(Life { line, live: true });
            }
            (None, None) => {}
        }
    }

    /// True in `of` out of `all` cases.
    pub fn chance(&mut self, of: usize, all: usize) -> bool {
        self.rng.usize(0..all.max(1)) < of
    }

    /// The next change of one of the items. There must be an item.
    pub fn change(&mut self) -> Change {
        let place = self.rng.usize(0..self.lives.len());
        let change = next(&self.lives[place], &mut self.rng);
        self.take(&change);
        change
    }

    pub fn into_truth(self) -> Truth {
        let live = self.lives.into_iter().filter(|life| life.live);
        live.map(|life| life.line).collect()
    }
}

fn next(life: &Life, rng: &mut Rng) -> Change {
    let line = life.line.clone();
    if !life.live {
        return restored(line, rng);
    }
    let reason = match line.status {
        Status::Placed => weighted::choice(
            rng,
            [
                (Reason::Shipped, 60),
                (Reason::Cancelled, 8),
                (Reason::Corrected, 27),
                (Reason::Deleted, 5),
            ],
        ),
        Status::Shipped => weighted::choice(
            rng,
            [
                (Reason::Delivered, 70),
                (Reason::Corrected, 27),
                (Reason::Deleted, 3),
            ],
        ),
        Status::Delivered => weighted::choice(
            rng,
            [
                (Reason::Returned, 14),
                (Reason::Corrected, 80),
                (Reason::Deleted, 6),
            ],
        ),
        Status::Returned | Status::Cancelled => {
            weighted::choice(rng, [(Reason::Corrected, 60), (Reason::Deleted, 40)])
        }
    };
    happen(line, reason, rng)
}

fn happen(mut line: OrderLine, reason: Reason, rng: &mut Rng) -> Change {
    match reason {
        Reason::Shipped => line.status = Status::Shipped,
        Reason::Delivered => line.status = Status::Delivered,
        Reason::Returned => line.status = Status::Returned,
        Reason::Cancelled => line.status = Status::Cancelled,
        Reason::Deleted => {
            return Change {
                key: line.key,
                line: None,
                reason,
            };
        }
        _ => correct(&mut line, rng),
    }
    put(line, reason)
}

/// An item that was deleted is there again, as a new order.
fn restored(mut line: OrderLine, rng: &mut Rng) -> Change {
    line.status = Status::Placed;
    let pieces = rng.u32(1..=4);
    // One piece always fits: what it costs is a price that fits.
    line.quantity = if line.of(pieces).fits() { pieces } else { 1 };
    line.price();
    put(line, Reason::Restored)
}

/// Changes one attribute, and never to what it is: DynamoDB does not report a change that changes nothing.
fn correct(line: &mut OrderLine, rng: &mut Rng) {
    let before = line.clone();
    match weighted::place(rng, &[25, 20, 15, 15, 15, 10]) {
        0 => line.quantity = another_quantity(line.quantity, rng),
        1 => line.unit_price = another_price(line.unit_price, rng),
        2 => line.discount = another_discount(line.discount, rng),
        3 => line.region = another(&REGIONS.map(|(region, _)| region), &line.region, rng).to_owned(),
        4 => line.note = another_note(line.note.as_deref(), rng),
        _ => toggle_tag(line, rng),
    }
    line.price();
    // Only a line of a file comes so close to what the warehouse's columns hold.
    if !line.fits() {
        *line = before;
        toggle_tag(line, rng);
    }
}

fn another_quantity(quantity: u32, rng: &mut Rng) -> u32 {
    match quantity {
        2.. if rng.bool() => quantity - 1,
        _ => quantity.saturating_add(rng.u32(1..=3)),
    }
}

/// Up to a twentieth more, or less where that leaves something.
fn another_price(price: Cents, rng: &mut Rng) -> Cents {
    // A price from a file may exceed what the generator makes up: such a one becomes an ordinary one.
    let Ok(cents) = u32::try_from(price.get()) else {
        return Cents::new(rng.u32(1..=100_000));
    };
    let step = rng.u32(1..=(cents / 20).max(1));
    match cents.checked_sub(step) {
        Some(less) if less > 0 && rng.bool() => Cents::new(less),
        _ => cents
            .checked_add(step)
            .map_or(Cents::new(cents - step), Cents::new),
    }
}

fn another_discount(discount: Discount, rng: &mut Rng) -> Discount {
    let others: Vec<_> = DISCOUNTS
        .iter()
        .map(|(ten_thousandths, _)| Discount::new(*ten_thousandths))
        .filter(|other| *other != discount)
        .collect();
    others[rng.usize(0..others.len())]
}

fn another<'a>(all: &[&'a str], current: &str, rng: &mut Rng) -> &'a str {
    let others: Vec<_> = all.iter().filter(|other| **other != current).collect();
    others[rng.usize(0..others.len())]
}

fn another_note(note: Option<&str>, rng: &mut Rng) -> Option<String> {
    match note {
        Some(_) if rng.bool() => None,
        note => Some(another(&NOTES, note.unwrap_or_default(), rng).to_owned()),
    }
}

fn toggle_tag(line: &mut OrderLine, rng: &mut Rng) {
    let tag = TAGS[rng.usize(0..TAGS.len())];
    if !line.tags.remove(tag) {
        line.tags.insert(tag.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::line;

    #[test]
    fn a_correction_of_an_extreme_is_another_value_within_the_limits() {
        let mut rng = Rng::with_seed(3);
        for price in [Cents::new(1), Cents::new(u32::MAX), Cents::MOST] {
            for _ in 0..100 {
                let other = another_price(price, &mut rng);
                assert!(
                    other != price && other > Cents::ZERO && other <= Cents::MOST,
                    "{price} -> {other}"
                );
            }
        }
        for quantity in [1, 2, 12] {
            let other = another_quantity(quantity, &mut rng);
            assert!(other >= 1 && other != quantity);
        }
    }

    #[test]
    fn what_is_at_the_columns_limits_stays_within_them() {
        let mut rng = Rng::with_seed(5);
        let mut largest = line("o-1", 1);
        (largest.quantity, largest.unit_price) = (1, Cents::MOST);
        largest.price();
        for _ in 0..200 {
            let mut corrected = largest.clone();
            correct(&mut corrected, &mut rng);
            assert!(corrected.fits() && corrected != largest);
            assert!(restored(largest.clone(), &mut rng).line.unwrap().fits());
        }
    }

    #[test]
    fn a_deleted_item_is_placed_again() {
        let life = Life {
            line: line("o-1", 1),
            live: false,
        };
        let change = next(&life, &mut Rng::with_seed(1));
        assert_eq!(change.reason, Reason::Restored);
        assert_eq!(change.line.unwrap().status, Status::Placed);
    }
}
