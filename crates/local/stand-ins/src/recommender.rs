//! A small recommender that learns with every interaction: which items the same people take close together, weighed
//! by how recent they are in a person's history, over plain popularity.

mod candidates;
mod history;
pub mod hit_rate;
mod item_table;
mod recent_events;

use std::collections::{HashMap, HashSet};

pub use self::candidates::Candidates;
pub use self::recent_events::{EVENTS_OF_A_TYPE_CONSIDERED, EventTypes};

use self::history::History;
use self::item_table::ItemTable;
use self::recent_events::RecentEvents;

/// How many of a person's latest items a new one is paired with.
pub const PAIRING_WINDOW: usize = 20;

/// How many of a person's latest items speak for a recommendation.
pub const HISTORY_CONSIDERED: usize = 50;

/// How much less an item counts than the one that came after it.
const RECENCY_DECAY: f64 = 0.9;

/// How strongly a popular candidate is held back: 0 not at all, 1 by all its popularity.
const CANDIDATE_DAMPING: f64 = 0.3;

/// How strongly a popular item of the history is held back as a witness.
const WITNESS_DAMPING: f64 = 0.5;

/// Popularity's weight beside co-occurrence: enough to order what co-occurrence cannot tell apart.
const POPULARITY_WEIGHT: f64 = 1e-3;

/// Item-to-item co-occurrence, updated one interaction at a time.
///
/// The same interactions in the same order give the same recommendations.
#[derive(Debug, Default)]
pub struct Recommender {
    items: ItemTable,
    histories: Vec<History>,
    /// By visitor, as the histories are.
    events: Vec<RecentEvents>,
    users: HashMap<String, VisitorIndex>,
    sessions: HashMap<(String, String), Session>,
    /// Who a session was before it named its user, by the session's id alone: nothing is left of that afterwards.
    anonymous: HashMap<String, VisitorIndex>,
}

/// Whose history an interaction belongs to: a user's, or that of a session whose user is not known yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VisitorIndex(usize);

/// An item, and how well it fits; the scores of all items that could have been chosen sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The item.
    pub item_id: String,
    /// Between 0 and 1.
    pub score: f64,
}

#[derive(Clone, Copy, Debug)]
enum Session {
    Anonymous(VisitorIndex),
    Of(VisitorIndex),
}

impl Recommender {
    /// Whom an interaction belongs to. The first user that a session names takes over what the session did before;
    /// what follows in it without a user is that user's too.
    pub fn visitor(&mut self, session: (&str, &str), user_id: Option<&str>) -> VisitorIndex {
        let key = (session.0.to_owned(), session.1.to_owned());
        let known = self.sessions.get(&key).copied();
        let (visitor, session) = match (user_id, known) {
            (None, Some(Session::Anonymous(visitor) | Session::Of(visitor))) => return visitor,
            (None, None) => {
                let visitor = self.new_history();
                self.anonymous.insert(key.1.clone(), visitor);
                (visitor, Session::Anonymous(visitor))
            }
            (Some(user_id), known) => {
                let user = self.user(user_id);
                if let Some(Session::Anonymous(before)) = known {
                    self.join(before, user);
                }
                (user, Session::Of(user))
            }
        };
        self.sessions.insert(key, session);
        visitor
    }

    /// Learns that the visitor took the item at this time, in seconds.
    pub fn observe(&mut self, visitor: VisitorIndex, item_id: &str, at: f64) {
        let item = self.items.index(item_id);
        let history = &mut self.histories[visitor.0];
        if !history.add(item, at) {
            return;
        }
        self.items.count(item);
        for (other, gap) in history.around(item, at, PAIRING_WINDOW) {
            self.items.pair(item, other, 1.0 / (gap as f32).sqrt());
        }
    }

    /// Notes an event's type, for [`Recommender::items_of_events`].
    pub fn note(&mut self, visitor: VisitorIndex, event_type: &str, item_id: &str, at: f64) {
        let item = self.items.index(item_id);
        self.events[visitor.0].add(event_type, item, at);
    }

    /// Makes an item known that nobody has taken yet, so that it can be recommended after all others.
    pub fn know(&mut self, item_id: &str) {
        self.items.index(item_id);
    }

    /// Makes a user known who has taken nothing yet.
    pub fn know_user(&mut self, user_id: &str) {
        self.user(user_id);
    }

    /// The items that fit the user best, best first, without those that the user has taken. Who is not known gets
    /// what is popular. An anonymous session's id stands for the user that it does not name yet, unless a user has
    /// this id.
    #[must_use]
    pub fn recommend(&self, user_id: &str, count: usize) -> Vec<Scored> {
        self.for_user(user_id).best(count, |_| true)
    }

    /// As [`Recommender::recommend`], with the choice left open.
    #[must_use]
    pub fn for_user(&self, user_id: &str) -> Candidates<'_> {
        let history = self.history(user_id);
        Candidates::new(&self.items, self.scores(history)).without(history)
    }

    /// The items that most people have taken, the same for everybody.
    #[must_use]
    pub fn for_everybody(&self) -> Candidates<'_> {
        let popularity = self.items.indices().map(|item| self.items.popularity(item));
        Candidates::new(&self.items, popularity.collect())
    }

    /// What is popular, without what the user has taken: the yardstick for [`Recommender::recommend`].
    #[must_use]
    pub fn popular(&self, user_id: &str, count: usize) -> Vec<Scored> {
        let candidates = self.for_everybody().without(self.history(user_id));
        candidates.best(count, |_| true)
    }

    /// The items that go best with this one, best first, without it.
    #[must_use]
    pub fn related(&self, item_id: &str, count: usize) -> Vec<Scored> {
        self.for_item(item_id).best(count, |_| true)
    }

    /// As [`Recommender::related`], with the choice left open.
    #[must_use]
    pub fn for_item(&self, item_id: &str) -> Candidates<'_> {
        let mut only = History::default();
        if let Some(item) = self.items.find(item_id) {
            only.add(item, 0.0);
        }
        Candidates::new(&self.items, self.scores(Some(&only))).without(Some(&only))
    }

    /// The items of the user's latest events of these types, a hundred of each type.
    #[must_use]
    pub fn items_of_events(&self, user_id: &str, types: &EventTypes) -> HashSet<&str> {
        let events = self.find_visitor(user_id).map(|visitor| &self.events[visitor.0]);
        let items = events.into_iter().flat_map(|events| events.items(types));
        items.map(|item| self.items.id(item)).collect()
    }

    /// The given items in the order in which they fit the user; unknown ones at the end, in the order given.
    #[must_use]
    pub fn rank(&self, user_id: &str, item_ids: &[String]) -> Vec<Scored> {
        let scores = self.scores(self.history(user_id));
        let score = |item_id: &String| self.items.find(item_id).map_or(-1.0, |item| scores[item.0]);
        let known: f64 = item_ids.iter().map(score).filter(|score| *score > 0.0).sum();
        let mut ranked: Vec<_> = item_ids.iter().map(|id| (id.clone(), score(id))).collect();
        ranked.sort_by(|(_, left), (_, right)| right.total_cmp(left));
        let share = |score: f64| if score > 0.0 { score / known } else { 0.0 };
        ranked
            .into_iter()
            .map(|(item_id, score)| Scored {
                item_id,
                score: share(score),
            })
            .collect()
    }

    fn user(&mut self, user_id: &str) -> VisitorIndex {
        if let Some(user) = self.users.get(user_id) {
            return *user;
        }
        let user = self.new_history();
        self.users.insert(user_id.to_owned(), user);
        user
    }

    fn new_history(&mut self) -> VisitorIndex {
        self.histories.push(History::default());
        self.events.push(RecentEvents::default());
        VisitorIndex(self.histories.len() - 1)
    }

    /// Moves an anonymous history into a user's. Pairs within it are learnt already; an item that both have taken was
    /// counted for two people and is one person's.
    fn join(&mut self, before: VisitorIndex, user: VisitorIndex) {
        let events = std::mem::take(&mut self.events[before.0]);
        self.events[user.0].join(events);
        let history = std::mem::take(&mut self.histories[before.0]);
        for (item, at) in history.into_items() {
            if !self.histories[user.0].add(item, at) {
                self.items.uncount(item);
            }
        }
    }

    fn history(&self, user_id: &str) -> Option<&History> {
        self.find_visitor(user_id)
            .map(|visitor| &self.histories[visitor.0])
    }

    /// The user of this name; where there is none, the anonymous session of this name.
    fn find_visitor(&self, user_id: &str) -> Option<VisitorIndex> {
        let user = self.users.get(user_id);
        user.or_else(|| self.anonymous.get(user_id)).copied()
    }

    /// A score for each item, by its index.
    fn scores(&self, history: Option<&History>) -> Vec<f64> {
        let mut scores = self.co_occurrence(history);
        let most = self
            .items
            .indices()
            .map(|item| self.items.popularity(item))
            .fold(1.0, f64::max);
        for (score, item) in scores.iter_mut().zip(self.items.indices()) {
            let popularity = self.items.popularity(item);
            // What nobody took has no partners: nothing is divided there.
            *score =
                *score / popularity.max(1.0).powf(CANDIDATE_DAMPING) + POPULARITY_WEIGHT * popularity / most;
        }
        scores
    }

    /// How much each item was taken with what the history holds, later items of it counting more.
    fn co_occurrence(&self, history: Option<&History>) -> Vec<f64> {
        let mut sums = vec![0.0; self.items.indices().len()];
        let mut weight = 1.0;
        for witness in history
            .into_iter()
            .flat_map(|history| history.latest(HISTORY_CONSIDERED))
        {
            let trust = weight / self.items.popularity(witness).powf(WITNESS_DAMPING);
            for (candidate, together) in self.items.partners(witness) {
                sums[candidate.0] += trust * f64::from(*together);
            }
            weight *= RECENCY_DECAY;
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_session_and_user_both_took_counts_for_one_person() {
        let mut recommender = Recommender::default();
        for (session, user, item) in [
            ("a", Some("u"), "both"),
            ("b", None, "both"),
            ("c", Some("v"), "other"),
        ] {
            let visitor = recommender.visitor(("", session), user);
            recommender.observe(visitor, item, 1.0);
        }
        let scores = |recommender: &Recommender| {
            recommender
                .popular("nobody", 2)
                .into_iter()
                .map(|each| each.score)
                .collect::<Vec<_>>()
        };
        assert_eq!(scores(&recommender), [2.0 / 3.0, 1.0 / 3.0]);
        recommender.visitor(("", "b"), Some("u"));
        assert_eq!(scores(&recommender), [0.5, 0.5]);
    }

    #[test]
    fn a_session_that_names_another_user_keeps_what_was_the_firsts() {
        let mut recommender = Recommender::default();
        for (user, item) in [(None, "1"), (Some("u"), "2"), (Some("v"), "3"), (None, "4")] {
            let visitor = recommender.visitor(("", "shared"), user);
            recommender.observe(visitor, item, 1.0);
        }
        let unseen = |user: &str| {
            let mut items: Vec<_> = recommender
                .recommend(user, 9)
                .into_iter()
                .map(|each| each.item_id)
                .collect();
            items.sort();
            items
        };
        assert_eq!(unseen("u"), ["3", "4"]);
        assert_eq!(unseen("v"), ["1", "2"]);
    }

    #[test]
    fn what_was_taken_last_speaks_loudest() {
        let mut recommender = Recommender::default();
        for (user, item) in [
            ("a", "1"),
            ("a", "2"),
            ("b", "3"),
            ("b", "4"),
            ("u", "1"),
            ("u", "3"),
            ("v", "3"),
            ("v", "1"),
        ] {
            let visitor = recommender.visitor(("", user), Some(user));
            recommender.observe(visitor, item, 1.0);
        }
        let best = |user: &str| recommender.recommend(user, 1).remove(0).item_id;
        assert_eq!((best("u").as_str(), best("v").as_str()), ("4", "2"));
    }

    #[test]
    fn an_unknown_item_is_related_to_what_is_popular() {
        let mut recommender = Recommender::default();
        for (user, item) in [("a", "1"), ("a", "2"), ("b", "2")] {
            let visitor = recommender.visitor(("", user), Some(user));
            recommender.observe(visitor, item, 1.0);
        }
        assert_eq!(recommender.related("unknown", 1)[0].item_id, "2");
    }
}
