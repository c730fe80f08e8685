//! The showcase over the stand-in's recommender: what newly appears goes with what was clicked.

// Helpers of tests are tests too; clippy knows functions with the attribute only.
#![allow(clippy::expect_used)]

use interaction_replay::input::{Input, clicks};
use interaction_replay::showcase::{Showcase, showcase_user};
use stand_ins::recommender::Recommender;

fn learnt(input: &Input) -> Recommender {
    let mut recommender = Recommender::default();
    for interaction in &input.interactions {
        let session = ("tracker", interaction.user.as_str());
        let visitor = recommender.visitor(session, Some(&interaction.user));
        recommender.observe(visitor, &interaction.item, interaction.at as f64);
    }
    recommender
}

fn check(input: &Input) {
    let mut recommender = learnt(input);
    let showcase = Showcase::new(&input.interactions);
    let user = showcase_user(&input.interactions).expect("a user");
    let recommend = |recommender: &Recommender| -> Vec<String> {
        recommender
            .recommend(user, 10)
            .into_iter()
            .map(|scored| scored.item_id)
            .collect()
    };
    let mut shown = recommend(&recommender);
    let mut clicked = Vec::new();
    for number in 1..=2 {
        let item = showcase.next_click(user, &shown, &clicked).expect("an item");
        assert!(!shown.contains(&item.to_owned()));
        clicked.push(item);
        let last = input.interactions.last().expect("interactions").at;
        let visitor = recommender.visitor(("tracker", "new"), Some(user));
        recommender.observe(visitor, item, (last + 60 * number) as f64);
        let now = recommend(&recommender);
        let new: Vec<_> = now.iter().filter(|item| !shown.contains(item)).collect();
        assert!(!new.is_empty(), "nothing new after {item}");
        for item in new {
            let (_, together) = showcase.evidence(item, &clicked).expect("clicks");
            assert!(
                together.is_more_than_chance(),
                "{item} after {clicked:?}: {together:?}"
            );
        }
        shown = now;
    }
}

#[test]
fn what_newly_appears_goes_with_what_was_clicked() {
    for seed in [1, 2, 3, 7] {
        check(&clicks(seed));
    }
}
