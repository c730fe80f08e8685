//! A click stream that is made up, with structure in it: people of one taste click the same items.

use std::collections::HashMap;

use fastrand::Rng;

use super::Input;
use crate::interaction::Interaction;

/// What people have a taste for. Each is a group of items that are clicked together.
pub const TASTES: [&str; 8] = [
    "garden",
    "kitchen",
    "camping",
    "music",
    "painting",
    "cycling",
    "sewing",
    "astronomy",
];
/// How many clicks are made; the few that repeat another are left out.
pub const CLICKS: usize = 5_000;

const ITEMS_PER_TASTE: usize = 15;
const PEOPLE: usize = 240;
/// This share of the clicks follows the person's taste; the others are of any.
const OF_TASTE: f64 = 0.95;
/// 2026-01-01T00:00:00Z.
const FROM: i64 = 1_767_225_600;

/// Clicks by seed: the same seed, the same clicks. Of a person's visits each is a few clicks, minutes apart.
pub fn clicks(seed: u64) -> Input {
    let mut random = Rng::with_seed(seed);
    let mut interactions = Vec::with_capacity(CLICKS);
    let mut begin = FROM;
    while interactions.len() < CLICKS {
        begin += random.i64(10..120);
        let person = random.usize(0..PEOPLE);
        visit(person, begin, &mut random, &mut interactions);
    }
    interactions.truncate(CLICKS);
    Input {
        titles: titles(),
        ..Input::of(interactions)
    }
}

fn visit(person: usize, begin: i64, random: &mut Rng, clicks: &mut Vec<Interaction>) {
    let mut at = begin;
    for _ in 0..random.usize(2..8) {
        let taste = match random.f64() < OF_TASTE {
            true => person % TASTES.len(),
            false => random.usize(0..TASTES.len()),
        };
        clicks.push(Interaction {
            user: format!("person-{person}"),
            item: item(TASTES[taste], random.usize(0..ITEMS_PER_TASTE)),
            event_type: "click",
            value: None,
            at,
        });
        at += random.i64(20..300);
    }
}

fn item(taste: &str, number: usize) -> String {
    format!("{taste}-{number}")
}

fn titles() -> HashMap<String, String> {
    let of_taste = |taste: &'static str| {
        (0..ITEMS_PER_TASTE).map(move |number| (item(taste, number), format!("{taste}, article {number}")))
    };
    TASTES.into_iter().flat_map(of_taste).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_clicks_again() {
        assert_eq!(clicks(7).interactions, clicks(7).interactions);
        assert_ne!(clicks(7).interactions, clicks(8).interactions);
    }

    #[test]
    fn clicks_are_in_order_and_enough_to_train_on() {
        let clicks = clicks(7).interactions;
        assert!(clicks.len() > CLICKS * 99 / 100, "{} clicks", clicks.len());
        assert!(clicks.is_sorted_by_key(|click| click.at));
        let people: std::collections::HashSet<_> = clicks.iter().map(|click| &click.user).collect();
        assert!(people.len() >= 25, "{} people", people.len());
    }

    #[test]
    fn people_keep_to_their_taste() {
        let clicks = clicks(7).interactions;
        let of_taste = clicks.iter().filter(|click| {
            let person: usize = click
                .user
                .trim_start_matches("person-")
                .parse()
                .expect("a number");
            click.item.starts_with(TASTES[person % TASTES.len()])
        });
        let share = of_taste.count() as f64 / clicks.len() as f64;
        assert!(share > 0.85, "{share}");
    }
}
