//! Which items the same people take, counted from the input alone: what the recommender's answers are held against.

use std::collections::{HashMap, HashSet};

use crate::interaction::Interaction;

/// Who took what.
#[derive(Debug)]
pub struct CoOccurrence<'input> {
    people: HashMap<&'input str, HashSet<&'input str>>,
    everybody: usize,
}

/// How often two items are taken by the same people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Together {
    /// People who took both.
    pub both: usize,
    /// People who took the first.
    pub first: usize,
    /// People who took the second.
    pub second: usize,
    /// How many times as many took both as would by chance.
    pub lift: f64,
}

impl Together {
    /// Whether people who took the one took the other more often than people do in general.
    pub fn is_more_than_chance(&self) -> bool {
        self.both > 0 && self.lift > 1.0
    }
}

impl<'input> CoOccurrence<'input> {
    /// Counts the people of each item.
    pub fn of(interactions: &'input [Interaction]) -> Self {
        let mut people: HashMap<&str, HashSet<&str>> = HashMap::new();
        for interaction in interactions {
            people
                .entry(&interaction.item)
                .or_default()
                .insert(&interaction.user);
        }
        let everybody: HashSet<_> = interactions.iter().map(|interaction| &interaction.user).collect();
        Self {
            people,
            everybody: everybody.len(),
        }
    }

    /// How two items go together.
    pub fn together(&self, one: &str, other: &str) -> Together {
        let none = HashSet::new();
        let first = self.people.get(one).unwrap_or(&none);
        let second = self.people.get(other).unwrap_or(&none);
        let both = first.intersection(second).count();
        let by_chance = first.len() as f64 * second.len() as f64 / self.everybody.max(1) as f64;
        Together {
            both,
            first: first.len(),
            second: second.len(),
            lift: if both == 0 { 0.0 } else { both as f64 / by_chance },
        }
    }

    /// How many people there are.
    pub fn everybody(&self) -> usize {
        self.everybody
    }

    /// How many people took `item`.
    pub fn takers(&self, item: &str) -> usize {
        self.people.get(item).map_or(0, HashSet::len)
    }

    /// Items that at least `people` took, without an order.
    pub fn items_taken_by(&self, people: usize) -> impl Iterator<Item = &'input str> {
        let often = self
            .people
            .iter()
            .filter(move |(_, takers)| takers.len() >= people);
        often.map(|(item, _)| *item)
    }

    /// Of `others` those that go best with `item`, best first: that most took with it, held against how many took each.
    pub fn companions<'other>(&self, item: &str, others: &[&'other str], count: usize) -> Vec<&'other str> {
        let mut scored: Vec<(f64, &str)> = others
            .iter()
            .filter(|other| **other != item)
            .map(|other| (cosine(self.together(item, other)), *other))
            .filter(|(score, _)| *score > 0.0)
            .collect();
        scored.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(other.1)));
        scored.into_iter().take(count).map(|(_, item)| item).collect()
    }
}

fn cosine(together: Together) -> f64 {
    together.both as f64 / ((together.first * together.second) as f64).sqrt().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(pairs: &[(&str, &str)]) -> Vec<Interaction> {
        let interaction = |(at, (user, item)): (usize, &(&str, &str))| Interaction {
            user: (*user).to_owned(),
            item: (*item).to_owned(),
            event_type: "click",
            value: None,
            at: at as i64,
        };
        pairs.iter().enumerate().map(interaction).collect()
    }

    #[test]
    fn people_who_took_both_are_counted_once() {
        let taken = taken(&[
            ("a", "1"),
            ("a", "2"),
            ("a", "1"),
            ("b", "1"),
            ("c", "2"),
            ("d", "3"),
        ]);
        let counted = CoOccurrence::of(&taken).together("1", "2");
        assert_eq!((counted.both, counted.first, counted.second), (1, 2, 2));
        // By chance: two of four, times two of four, is one person.
        assert_eq!(counted.lift, 1.0);
        assert!(!counted.is_more_than_chance());
    }

    #[test]
    fn what_nobody_took_together_has_no_lift() {
        let taken = taken(&[("a", "1"), ("b", "2")]);
        let counted = CoOccurrence::of(&taken);
        assert_eq!(counted.together("1", "2").lift, 0.0);
        assert_eq!(counted.together("1", "unknown").both, 0);
    }

    #[test]
    fn the_best_companion_is_the_one_that_goes_with_nothing_else() {
        let taken = taken(&[
            ("a", "1"),
            ("a", "2"),
            ("a", "popular"),
            ("b", "1"),
            ("b", "2"),
            ("b", "popular"),
            ("c", "popular"),
            ("d", "popular"),
            ("e", "popular"),
        ]);
        assert_eq!(
            CoOccurrence::of(&taken).companions("1", &["1", "2", "popular", "unknown"], 5),
            ["2", "popular"]
        );
    }
}
