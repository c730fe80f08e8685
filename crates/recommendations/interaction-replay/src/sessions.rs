//! Which session an interaction belongs to.

use std::collections::HashMap;

use crate::interaction::Interaction;

/// A pause of this many seconds or more ends a session: what web analytics commonly take for one visit.
pub const SESSION_GAP_SECONDS: i64 = 30 * 60;

/// The session of each of `interactions`, which are in the order of time: a user's interactions with shorter pauses in
/// between. A session's id is the user and the time of its first interaction, so it stays the same in every replay.
pub fn sessions(interactions: &[Interaction]) -> Vec<String> {
    let mut open: HashMap<&str, Open> = HashMap::new();
    let session = |interaction| {
        let user: &Interaction = interaction;
        let session = open.entry(&user.user).or_insert(Open {
            since: user.at,
            until: user.at,
        });
        if user.at - session.until >= SESSION_GAP_SECONDS {
            session.since = user.at;
        }
        session.until = user.at;
        format!("{}-{}", user.user, session.since)
    };
    interactions.iter().map(session).collect()
}

struct Open {
    since: i64,
    until: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(user: &str, at: i64) -> Interaction {
        Interaction {
            user: user.to_owned(),
            item: "31".to_owned(),
            event_type: "click",
            value: None,
            at,
        }
    }

    #[test]
    fn a_pause_of_half_an_hour_ends_a_session() {
        let clicks = [at("a", 0), at("a", 1_799), at("a", 3_598), at("a", 5_398)];
        assert_eq!(sessions(&clicks), ["a-0", "a-0", "a-0", "a-5398"]);
    }

    #[test]
    fn each_user_has_sessions_of_their_own() {
        let clicks = [at("a", 0), at("b", 10), at("a", 20), at("b", 4_000)];
        assert_eq!(sessions(&clicks), ["a-0", "b-10", "a-0", "b-4000"]);
    }
}
