//! Whose recommendations are shown, what that user clicks, and whether what newly appears goes with it.

use std::collections::{BTreeMap, HashSet};

use crate::cooccurrence::{CoOccurrence, Together};
use crate::interaction::Interaction;

/// An item that only few took says little about what goes with it: one in twenty people must have.
const ONE_IN: usize = 20;
/// How many items are considered for a click, those that most people took.
const CANDIDATES: usize = 60;
/// How many companions of an item are looked at.
const COMPANIONS: usize = 10;

/// How many interactions the user must have whose recommendations are shown.
const INTERACTIONS: usize = 12;

/// The user with the fewest interactions, but a dozen at least: with many more a click changes little, with fewer there
/// is little to recommend by.
pub fn showcase_user(interactions: &[Interaction]) -> Option<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for interaction in interactions {
        *counts.entry(&interaction.user).or_default() += 1;
    }
    let often = counts.into_iter().filter(|(_, count)| *count >= INTERACTIONS);
    often.min_by_key(|(_, count)| *count).map(|(user, _)| user)
}

/// What is counted from the input for choosing clicks and for checking what they change.
#[derive(Debug)]
pub struct Showcase<'input> {
    interactions: &'input [Interaction],
    counted: CoOccurrence<'input>,
    /// Items that are often enough taken, those that most took first.
    candidates: Vec<&'input str>,
}

impl<'input> Showcase<'input> {
    /// Counts the input.
    pub fn new(interactions: &'input [Interaction]) -> Self {
        let counted = CoOccurrence::of(interactions);
        let mut candidates: Vec<_> = counted
            .items_taken_by((counted.everybody() / ONE_IN).max(2))
            .collect();
        candidates.sort_by_key(|item| (std::cmp::Reverse(counted.takers(item)), *item));
        candidates.truncate(CANDIDATES);
        Self {
            interactions,
            counted,
            candidates,
        }
    }

    /// The item that `user` clicks next: one that is not recommended yet, and whose companions are not either, since
    /// these are what a click should bring.
    pub fn next_click(&self, user: &str, shown: &[String], clicked: &[&str]) -> Option<&'input str> {
        let of_user = self
            .interactions
            .iter()
            .filter(|interaction| interaction.user == user);
        let mut known: HashSet<&str> = of_user.map(|interaction| interaction.item.as_str()).collect();
        known.extend(shown.iter().map(String::as_str));
        known.extend(clicked);
        let unknown = self.candidates.iter().filter(|item| !known.contains(**item));
        unknown
            .max_by(|one, other| self.promise(one, &known).total_cmp(&self.promise(other, &known)))
            .copied()
    }

    /// What a click on `item` may bring: how strongly its companions go with it, as far as they are new.
    fn promise(&self, item: &str, known: &HashSet<&str>) -> f64 {
        let companions = self.counted.companions(item, &self.candidates, COMPANIONS);
        let new = companions
            .into_iter()
            .filter(|companion| !known.contains(companion));
        new.map(|companion| self.counted.together(item, companion).lift)
            .sum()
    }

    /// How `item` goes with the one of `clicked` that it goes best with.
    pub fn evidence<'click>(&self, item: &str, clicked: &[&'click str]) -> Option<(&'click str, Together)> {
        let pairs = clicked
            .iter()
            .map(|click| (*click, self.counted.together(click, item)));
        pairs.max_by(|one, other| one.1.lift.total_cmp(&other.1.lift))
    }
}
