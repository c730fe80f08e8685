//! How good the recommendations are: the hit rate, beside popularity's.

use super::{Recommender, Scored};
use crate::mix::{fraction, mix};

/// The length of the lists in which a hit is looked for.
pub const LIST_LENGTH: usize = 10;

/// Who took what, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Click {
    /// The person.
    pub user_id: String,
    /// What was taken.
    pub item_id: String,
    /// When, in seconds.
    pub at: f64,
}

/// How many of the items that people took were among the ten recommended to them just before.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HitRates {
    /// Clicks that were asked about.
    pub asked: u32,
    /// Hits of [`Recommender::recommend`].
    pub recommended: u32,
    /// Hits of [`Recommender::popular`].
    pub popular: u32,
}

impl HitRates {
    /// Replays the clicks in the order of time. The first `learnt_first` of them are learnt; of each later one it is
    /// asked first whether it was recommended, and whether it was popular, and then it is learnt too. Both lists leave
    /// out what the person has taken, and both know the same clicks.
    #[must_use]
    pub fn of(mut clicks: Vec<Click>, learnt_first: f64) -> Self {
        in_order_of_time(&mut clicks);
        let split = (clicks.len() as f64 * learnt_first) as usize;
        let mut recommender = Recommender::default();
        let mut rates = Self::default();
        for (place, click) in clicks.iter().enumerate() {
            if place >= split {
                rates.ask(&recommender, click);
            }
            let visitor = recommender.visitor(("replay", &click.user_id), Some(&click.user_id));
            recommender.observe(visitor, &click.item_id, click.at);
        }
        rates
    }

    /// The share of hits among the recommended.
    #[must_use]
    pub fn recommended_rate(&self) -> f64 {
        f64::from(self.recommended) / f64::from(self.asked)
    }

    /// The share of hits among the popular.
    #[must_use]
    pub fn popular_rate(&self) -> f64 {
        f64::from(self.popular) / f64::from(self.asked)
    }

    /// How many times as often the recommended are hit as the popular.
    #[must_use]
    pub fn lift(&self) -> f64 {
        f64::from(self.recommended) / f64::from(self.popular)
    }

    fn ask(&mut self, recommender: &Recommender, click: &Click) {
        let hit = |list: Vec<Scored>| u32::from(list.iter().any(|each| each.item_id == click.item_id));
        self.asked += 1;
        self.recommended += hit(recommender.recommend(&click.user_id, LIST_LENGTH));
        self.popular += hit(recommender.popular(&click.user_id, LIST_LENGTH));
    }
}

/// Clicks with structure in them: each person has a taste, four of five clicks follow it, and every taste has items of
/// its own; the fifth is one of all items, the first ones more often.
#[must_use]
pub fn clicks_with_tastes(
    seed: u64,
    tastes: u64,
    items_per_taste: u64,
    people: u64,
    clicks: u64,
) -> Vec<Click> {
    let draw = |click: u64, what: u64, below: u64| (fraction(seed, &[click, what]) * below as f64) as u64;
    let one = |click: u64| {
        let person = draw(click, 0, people);
        let taste = mix(person) % tastes;
        let item = if draw(click, 1, 5) < 4 {
            taste * items_per_taste + draw(click, 2, items_per_taste)
        } else {
            // The square makes small numbers likely.
            (fraction(seed, &[click, 3]).powi(2) * (tastes * items_per_taste) as f64) as u64
        };
        Click {
            user_id: format!("user-{person}"),
            item_id: format!("item-{item}"),
            at: click as f64,
        }
    };
    (0..clicks).map(one).collect()
}

/// Sorts by time, and what has the same time by chance: a file's own order of such clicks says nothing about people.
fn in_order_of_time(clicks: &mut [Click]) {
    let chance = |click: &Click| {
        let text = click.user_id.bytes().chain([0]).chain(click.item_id.bytes());
        text.fold(0, |state, byte| mix(state ^ u64::from(byte)))
    };
    clicks.sort_by(|one, other| {
        one.at
            .total_cmp(&other.at)
            .then_with(|| chance(one).cmp(&chance(other)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn co_occurrence_beats_popularity_where_people_have_tastes() {
        let rates = HitRates::of(clicks_with_tastes(7, 8, 30, 60, 1_200), 0.8);
        assert_eq!(rates.asked, 240);
        assert!(rates.lift() > 1.5, "{rates:?}");
    }

    #[test]
    fn the_file_order_of_equal_times_does_not_matter() {
        let mut clicks = clicks_with_tastes(7, 4, 20, 20, 400);
        clicks
            .iter_mut()
            .for_each(|click| click.at = (click.at / 10.0).floor());
        let backwards = clicks.iter().rev().cloned().collect();
        assert_eq!(HitRates::of(clicks, 0.8), HitRates::of(backwards, 0.8));
    }
}
