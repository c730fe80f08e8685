//! The arms of an experiment: who gets recommendations from which source.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::arn::SourceArn;
use crate::invalid::Fault;
use crate::text::{Name, UserId};

/// Arms of one experiment.
pub const ARMS: usize = 10;
/// The highest weight of an arm. Only the weights' proportions count.
pub const WEIGHT: u32 = 1_000_000;

/// One arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    name: Name,
    weight: u32,
    source: SourceArn,
}

impl Arm {
    /// Its name, in answers and metrics.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Where its recommendations come from.
    pub fn source(&self) -> &SourceArn {
        &self.source
    }
}

/// One to ten arms, at least one of which has a weight.
///
/// A user's arm is found so: the first 8 bytes of the SHA-256 of the user id in UTF-8 are a big-endian number, `point`;
/// `point` times the sum of the weights, divided by 2^64 and rounded down, is the user's place; the arms follow one
/// another in the configured order, each as long as its weight, and the arm at that place is the user's.
///
/// So the arm depends on the user and the configuration alone. A changed weight moves those users only who stand
/// between the old and the new boundaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arms(Vec<Arm>);

impl Arms {
    /// Every arm, in the configured order.
    pub fn all(&self) -> &[Arm] {
        &self.0
    }

    /// The user's arm.
    pub fn of(&self, user: &UserId) -> &Arm {
        let mut place = place(point(user), self.0.iter().map(|arm| u64::from(arm.weight)).sum());
        let at_place = self
            .0
            .iter()
            .find(|arm| match place.checked_sub(arm.weight.into()) {
                Some(behind) => {
                    place = behind;
                    false
                }
                None => true,
            });
        // There is at least one arm, and the place lies before the sum of the weights.
        at_place.unwrap_or(&self.0[0])
    }
}

/// Where a user stands among all, from 0 up to 2^64.
pub fn point(user: &UserId) -> u64 {
    let digest = Sha256::digest(user.as_str());
    digest
        .iter()
        .take(8)
        .fold(0, |point, byte| point << 8 | u64::from(*byte))
}

/// `point` stretched from 2^64 to `length`.
fn place(point: u64, length: u64) -> u64 {
    let product = u128::from(point) * u128::from(length);
    (product >> 64) as u64
}

impl FromStr for Arms {
    type Err = Fault;

    /// Reads `[{"name":"control","weight":50,"sourceArn":"arn:…"},…]`.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let wire: Vec<WireArm> = serde_json::from_str(text).map_err(|_| Fault::new("not a list of arms"))?;
        let arms = wire.into_iter().map(Arm::parse).collect::<Result<Vec<_>, _>>()?;
        let names: BTreeSet<_> = arms.iter().map(|arm| &arm.name).collect();
        if !(1..=ARMS).contains(&arms.len()) {
            return Err(Fault::new("not 1 to 10 arms"));
        }
        if names.len() < arms.len() {
            return Err(Fault::new("two arms of one name"));
        }
        if arms.iter().all(|arm| arm.weight == 0) {
            return Err(Fault::new("no arm has a weight"));
        }
        Ok(Self(arms))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireArm {
    name: String,
    weight: u32,
    source_arn: String,
}

impl Arm {
    fn parse(wire: WireArm) -> Result<Self, Fault> {
        if wire.weight > WEIGHT {
            return Err(Fault::new("a weight is above 1000000"));
        }
        Ok(Self {
            name: wire.name.parse()?,
            weight: wire.weight,
            source: wire.source_arn.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(weights: &[(&str, u32)]) -> Result<Arms, Fault> {
        let arms: Vec<_> = weights
            .iter()
            .map(|(name, weight)| {
                serde_json::json!({
                    "name": name,
                    "weight": weight,
                    "sourceArn": format!("arn:aws:personalize:us-east-1:000000000000:campaign/{name}"),
                })
            })
            .collect();
        serde_json::Value::from(arms).to_string().parse()
    }

    fn user(id: &str) -> UserId {
        id.parse().expect("an id")
    }

    /// The vectors of the README.
    #[test]
    fn a_users_point_never_changes() {
        let vectors = [
            ("1", 0x6b86_b273_ff34_fce1),
            ("user-1", 0xc6c2_89e4_9e9c_05b2),
            ("00112233445566778899aabbccddeeff", 0x5947_d7c3_3d78_3f94),
            ("žluťoučký", 0xebde_13e6_2a6c_7cbe),
        ];
        for (id, expected) in vectors {
            assert_eq!(point(&user(id)), expected, "{id}");
        }
    }

    #[test]
    fn a_place_is_before_the_length() {
        for length in [1, 3, 100, u64::from(WEIGHT) * 10] {
            assert_eq!(place(0, length), 0);
            assert_eq!(place(u64::MAX, length), length - 1);
        }
        assert_eq!(place(1 << 63, 100), 50);
    }

    #[test]
    fn a_weight_of_none_gets_nobody() {
        let arms = arms(&[("off", 0), ("on", 1), ("off-too", 0)]).expect("arms");
        for id in 0..100 {
            assert_eq!(arms.of(&user(&id.to_string())).name().as_str(), "on");
        }
    }

    #[test]
    fn a_moved_boundary_moves_only_those_between() {
        let before = arms(&[("a", 50), ("b", 50)]).expect("arms");
        let after = arms(&[("a", 60), ("b", 40)]).expect("arms");
        for id in 0..1_000 {
            let user = user(&id.to_string());
            let (was, is) = (before.of(&user).name(), after.of(&user).name());
            assert!(was == is || (was.as_str(), is.as_str()) == ("b", "a"), "{id}");
        }
    }

    #[test]
    fn what_is_no_experiment_is_refused() {
        assert!(arms(&[("control", 1); 1]).is_ok());
        let ten: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
            .map(|name| (name, WEIGHT))
            .into();
        assert!(arms(&ten).is_ok());
        let eleven = [ten, vec![("k", 1)]].concat();
        for wrong in [
            &[][..],
            &eleven,
            &[("a", 1), ("a", 1)],
            &[("a", 0)],
            &[("a b", 1)],
            &[("a", WEIGHT + 1)],
        ] {
            assert!(arms(wrong).is_err(), "{wrong:?}");
        }
        for wrong in [
            "",
            "{}",
            "[1]",
            r#"[{"name":"a","weight":1}]"#,
            r#"[{"name":"a","weight":-1,"sourceArn":""}]"#,
        ] {
            assert!(wrong.parse::<Arms>().is_err(), "{wrong}");
        }
    }
}
