//! Numbers that look random and are a pure function of what they are made from.

/// SplitMix64's finaliser: a bijection, so that different inputs give different outputs, with every output bit
/// depending on every input bit.
///
/// Reference: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// <https://doi.org/10.1145/2714064.2660195>.
pub(crate) const fn mix(input: u64) -> u64 {
    let mut state = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// A number in `[0, 1)` from the seed and the place where it is drawn.
pub(crate) fn fraction(seed: u64, place: &[u64]) -> f64 {
    let bits = place
        .iter()
        .fold(mix(seed), |state, part| mix(state ^ mix(*part)));
    // 53 bits: what an f64 holds without rounding.
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_fill_the_unit_interval_evenly() {
        let mut tenths = [0_u32; 10];
        for draw in 0..10_000 {
            let fraction = fraction(7, &[3, draw]);
            assert!((0.0..1.0).contains(&fraction));
            tenths[(fraction * 10.0) as usize] += 1;
        }
        assert!(
            tenths.iter().all(|count| (900..1_100).contains(count)),
            "{tenths:?}"
        );
    }

    #[test]
    fn a_fraction_depends_on_seed_and_place() {
        assert_eq!(fraction(1, &[2, 3]), fraction(1, &[2, 3]));
        assert_ne!(fraction(1, &[2, 3]), fraction(2, &[2, 3]));
        assert_ne!(fraction(1, &[2, 3]), fraction(1, &[3, 2]));
    }
}
