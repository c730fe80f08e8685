//! Laws of the arms.

use proptest::prelude::*;
use recommendation_api::arms::Arms;
use recommendation_api::text::UserId;

use crate::support::arms;

const USERS: usize = 20_000;

fn weights() -> impl Strategy<Value = Vec<u32>> {
    let weights = prop::collection::vec(0_u32..=100, 1..=10);
    weights.prop_filter("some arm has a weight", |weights| {
        weights.iter().any(|weight| *weight > 0)
    })
}

fn experiment(weights: &[u32]) -> Arms {
    let names: Vec<_> = (0..weights.len()).map(|index| format!("arm-{index}")).collect();
    let named: Vec<_> = names
        .iter()
        .map(String::as_str)
        .zip(weights.iter().copied())
        .collect();
    arms(&named).parse().expect("arms")
}

fn user(id: &str) -> UserId {
    id.parse().expect("an id")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    /// Within five standard deviations of a fair share, which one case in a million is not.
    #[test]
    fn an_arm_gets_its_share_of_many_users(weights in weights(), salt in any::<u64>()) {
        let experiment = experiment(&weights);
        let mut shares = vec![0_usize; weights.len()];
        for id in 0..USERS {
            let arm = experiment.of(&user(&format!("{salt}-{id}")));
            let index = experiment.all().iter().position(|each| each == arm).expect("an arm");
            shares[index] += 1;
        }
        let total: u32 = weights.iter().sum();
        for (share, weight) in shares.iter().zip(&weights) {
            let fair = f64::from(*weight) / f64::from(total);
            let deviation = (USERS as f64 * fair * (1.0 - fair)).sqrt();
            let difference = (*share as f64 - USERS as f64 * fair).abs();
            prop_assert!(difference <= 5.0 * deviation + 1e-9, "{shares:?} of {weights:?}");
        }
    }

    #[test]
    fn a_user_stays_in_the_arm(weights in weights(), id in ".{1,64}", factor in 1_u32..100) {
        let (now, later) = (experiment(&weights), experiment(&weights));
        let stretched: Vec<_> = weights.iter().map(|weight| weight * factor).collect();
        let user = user(&id);
        prop_assert_eq!(now.of(&user), later.of(&user));
        let stretched = experiment(&stretched);
        prop_assert_eq!(now.of(&user).name(), stretched.of(&user).name());
    }
}
