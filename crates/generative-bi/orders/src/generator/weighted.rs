//! Choices of different likelihood.

use fastrand::Rng;

/// One of the places of `weights`, each as likely as its weight says. Zero when all weights are zero.
pub(super) fn place(rng: &mut Rng, weights: &[u32]) -> usize {
    let total: u32 = weights.iter().sum();
    let mut left = rng.u32(0..total.max(1));
    for (place, weight) in weights.iter().enumerate() {
        if left < *weight {
            return place;
        }
        left -= weight;
    }
    0
}

/// One of `choices`, each as likely as its weight says.
///
/// At least one choice must be given; arrays that are constants have one.
pub(super) fn choice<T: Copy, const N: usize>(rng: &mut Rng, choices: [(T, u32); N]) -> T {
    const { assert!(N > 0, "there is something to choose from") };
    choices[place(rng, &choices.map(|(_, weight)| weight))].0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_as_likely_as_its_weight() {
        let mut rng = Rng::with_seed(1);
        let mut counts = [0; 3];
        for _ in 0..10_000 {
            counts[place(&mut rng, &[1, 0, 3])] += 1;
        }
        assert!((2_300..2_700).contains(&counts[0]), "{counts:?}");
        assert_eq!(counts[1], 0);
        assert_eq!(place(&mut rng, &[0, 0]), 0);
        assert_eq!(choice(&mut rng, [("a", 0), ("b", 1)]), "b");
    }
}
