//! Which records go into one request.

use std::collections::{HashMap, VecDeque};

/// How many sessions are sent side by side.
///
/// A request holds at most one record of a session, or a retry of one could overtake the next. More sessions make fewer
/// and fuller requests; fewer keep a session's records together in the stream, which the forwarder needs to fill its
/// calls. MovieLens' 100,836 ratings take 1,838 requests with 100 sessions and no fewer than 1,019 with any number, the
/// length of its longest session; with 500 sessions the forwarder would make twice as many calls of it.
pub const SESSIONS_SIDE_BY_SIDE: usize = 100;

/// Rounds of places in `sessions`, which names the session of each record in the order of time: sessions begin in the
/// order of time, and a round holds the next record of each that is under way.
pub fn rounds(sessions: &[&str]) -> Vec<Vec<usize>> {
    let mut waiting = VecDeque::from(by_session(sessions));
    let mut under_way: Vec<VecDeque<usize>> = Vec::new();
    let mut rounds = Vec::new();
    loop {
        let room = SESSIONS_SIDE_BY_SIDE - under_way.len();
        under_way.extend(waiting.drain(..room.min(waiting.len())));
        if under_way.is_empty() {
            return rounds;
        }
        rounds.push(under_way.iter_mut().filter_map(VecDeque::pop_front).collect());
        under_way.retain(|session| !session.is_empty());
    }
}

/// The places of each session's records; the sessions in the order in which they begin.
fn by_session(sessions: &[&str]) -> Vec<VecDeque<usize>> {
    let mut places: Vec<VecDeque<usize>> = Vec::new();
    let mut number_of = HashMap::new();
    for (place, session) in sessions.iter().enumerate() {
        let number = *number_of.entry(session).or_insert_with(|| {
            places.push(VecDeque::new());
            places.len() - 1
        });
        places[number].push_back(place);
    }
    places
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_session_goes_record_by_record() {
        assert_eq!(rounds(&["a", "a", "b", "a"]), [vec![0, 2], vec![1], vec![3]]);
        assert_eq!(rounds(&[]), [[0; 0]; 0]);
    }

    #[test]
    fn every_record_goes_once_in_the_order_of_its_session_and_never_two_of_one() {
        let names: Vec<_> = (0..250).map(|number| format!("s{number}")).collect();
        let sessions: Vec<_> = (0..5_000_usize)
            .map(|place| names[place * place % 250].as_str())
            .collect();
        let mut last = HashMap::new();
        let mut count = 0;
        for round in rounds(&sessions) {
            let of_round: HashSet<_> = round.iter().map(|place| sessions[*place]).collect();
            assert_eq!(of_round.len(), round.len());
            assert!(round.len() <= SESSIONS_SIDE_BY_SIDE);
            count += round.len();
            for place in round {
                let before = last.insert(sessions[place], place);
                assert!(before.is_none_or(|before| before < place));
            }
        }
        assert_eq!(count, sessions.len());
    }

    #[test]
    fn the_next_session_begins_when_one_ends() {
        let names: Vec<_> = (0..=SESSIONS_SIDE_BY_SIDE)
            .map(|number| number.to_string())
            .collect();
        let mut sessions: Vec<_> = names.iter().map(String::as_str).collect();
        sessions.push("0");
        let rounds = rounds(&sessions);
        assert_eq!(rounds.len(), 2);
        assert_eq!(rounds[1], [SESSIONS_SIDE_BY_SIDE + 1, SESSIONS_SIDE_BY_SIDE]);
    }
}
