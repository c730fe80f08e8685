//! The body of a good answer, and its entity tag.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::fallback::{Link, Reason};
use crate::recommended::{Recommended, RecommendedItem};
use crate::text::{ItemId, Name};

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendation_id: Option<String>,
    source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    arm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<Fallback>,
    items: Vec<RecommendedItem>,
}

/// Where the items come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// From Personalize.
    Personalize,
    /// From the popular items.
    Popular,
    /// From nowhere.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Fallback {
    reason: Reason,
}

impl Source {
    /// The source as answers and their header name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personalize => "personalize",
            Self::Popular => "popular",
            Self::None => "none",
        }
    }
}

impl Answer {
    /// What Personalize recommends, in the user's arm where there are arms.
    pub fn personalized(recommended: Recommended, arm: Option<&Name>) -> Self {
        Self {
            recommendation_id: recommended.id,
            source: Source::Personalize,
            arm: arm.map(Name::to_string),
            fallback: None,
            items: recommended.items,
        }
    }

    /// What is answered instead.
    pub fn fallback(link: Link, reason: Reason, arm: Option<&Name>) -> Self {
        let (source, items) = match link {
            Link::Popular(items) => (Source::Popular, items),
            Link::Empty(items) => (Source::None, items),
        };
        Self {
            recommendation_id: None,
            source,
            arm: arm.map(Name::to_string),
            fallback: Some(Fallback { reason }),
            items: items
                .iter()
                .map(ItemId::as_str)
                .map(RecommendedItem::bare)
                .collect(),
        }
    }

    /// Where the items come from.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The answer as JSON.
    pub fn body(&self) -> String {
        // Texts and finite numbers serialise without fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A weak entity tag: two answers have the same one when they say the same. The recommendation id does not count,
    /// since Personalize makes a new one for the same list.
    pub fn etag(&self) -> String {
        let mut said = self.clone();
        said.recommendation_id = None;
        let digest = Sha256::digest(said.body());
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("W/\"{hex}\"")
    }
}

/// Whether the value of an `If-None-Match` header names `etag`, by the weak comparison.
/// <https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match>
pub fn matches(if_none_match: &str, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let mut tags = if_none_match.split(',').map(opaque);
    if_none_match.trim() == "*" || tags.any(|tag| tag == opaque(etag))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn list(id: &str, score: f64) -> Recommended {
        let item = RecommendedItem {
            score: Some(score),
            metadata: Some([("GENRE".to_owned(), "drama".to_owned())].into()),
            promotion: Some("featured".to_owned()),
            ..RecommendedItem::bare("31")
        };
        Recommended {
            id: Some(id.to_owned()),
            items: vec![item, RecommendedItem::bare("32")],
        }
    }

    fn json_of(answer: &Answer) -> Value {
        serde_json::from_str(&answer.body()).expect("JSON")
    }

    #[test]
    fn an_answer_of_personalize_carries_what_it_said() {
        let arm: Name = "control".parse().expect("a name");
        let expected = json!({
            "recommendationId": "RID-1",
            "source": "personalize",
            "arm": "control",
            "items": [
                {"itemId": "31", "score": 0.5, "metadata": {"GENRE": "drama"}, "promotion": "featured"},
                {"itemId": "32"},
            ],
        });
        assert_eq!(
            json_of(&Answer::personalized(list("RID-1", 0.5), Some(&arm))),
            expected
        );
    }

    #[test]
    fn a_fallback_is_marked() {
        let items: Vec<ItemId> = vec!["31".parse().expect("an id")];
        let expected = json!({
            "source": "popular",
            "fallback": {"reason": "breaker_open"},
            "items": [{"itemId": "31"}],
        });
        let answer = Answer::fallback(Link::Popular(items), Reason::BreakerOpen, None);
        assert_eq!(json_of(&answer), expected);
        let answer = Answer::fallback(Link::Empty(Vec::new()), Reason::Timeout, None);
        let expected = json!({"source": "none", "fallback": {"reason": "timeout"}, "items": []});
        assert_eq!(json_of(&answer), expected);
        assert_eq!(json!(Reason::Unavailable), json!("unavailable"));
        for source in [Source::Personalize, Source::Popular, Source::None] {
            assert_eq!(json!(source), json!(source.as_str()));
        }
    }

    #[test]
    fn the_tag_is_that_of_all_but_the_recommendation_id() {
        let tag = |id, score| Answer::personalized(list(id, score), None).etag();
        assert_eq!(tag("RID-1", 0.5), tag("RID-2", 0.5));
        assert_ne!(tag("RID-1", 0.5), tag("RID-1", 0.6));
        assert_eq!(tag("RID-1", 0.5).len(), "W/\"\"".len() + 32);
        let arm: Name = "control".parse().expect("a name");
        let in_arm = Answer::personalized(list("RID-1", 0.5), Some(&arm)).etag();
        assert_ne!(in_arm, tag("RID-1", 0.5));
    }

    #[test]
    fn a_tag_matches_by_the_weak_comparison() {
        let etag = "W/\"a1\"";
        for matching in ["W/\"a1\"", "\"a1\"", "\"b\", W/\"a1\" , \"c\"", "*", " * "] {
            assert!(matches(matching, etag), "{matching}");
        }
        for other in ["", "a1", "W/\"a\"", "\"a1", "\"*\"", "W/"] {
            assert!(!matches(other, etag), "{other}");
        }
    }
}
