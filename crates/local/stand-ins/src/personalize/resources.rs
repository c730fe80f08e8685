//! Which trackers, datasets, campaigns and filters exist.

use std::collections::{BTreeMap, BTreeSet};

use super::error::ApiError;
use super::filter::Filter;

/// The tracking id of [`Resources::local`].
pub const LOCAL_TRACKING_ID: &str = "00000000-0000-4000-8000-000000000000";
/// The Items dataset of [`Resources::local`].
pub const LOCAL_ITEMS_DATASET_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:dataset/recommendations/ITEMS";
/// The Users dataset of [`Resources::local`].
pub const LOCAL_USERS_DATASET_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:dataset/recommendations/USERS";
/// The campaign of [`Resources::local`] that recommends to a user.
pub const LOCAL_CAMPAIGN_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:campaign/user-personalization";
/// The second campaign of [`Resources::local`] that recommends to a user: the other arm of a comparison.
pub const LOCAL_CHALLENGER_CAMPAIGN_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:campaign/challenger";
/// The campaign of [`Resources::local`] that gives everybody what is popular.
pub const LOCAL_POPULAR_CAMPAIGN_ARN: &str = "arn:aws:personalize:us-east-1:000000000000:campaign/popular";
/// The campaign of [`Resources::local`] that knows what goes with an item.
pub const LOCAL_RELATED_ITEMS_CAMPAIGN_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:campaign/related-items";
/// The campaign of [`Resources::local`] that ranks.
pub const LOCAL_RANKING_CAMPAIGN_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:campaign/personalized-ranking";
/// The recommender of [`Resources::local`], recommending to a user.
pub const LOCAL_RECOMMENDER_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:recommender/recommended-for-you";

/// The filter of [`Resources::local`] that lets items of the genres `GENRE` through.
pub const LOCAL_GENRE_FILTER_ARN: &str = "arn:aws:personalize:us-east-1:000000000000:filter/of-genre";
/// The filter of [`Resources::local`] that holds back what the user has done anything to.
pub const LOCAL_UNSEEN_FILTER_ARN: &str = "arn:aws:personalize:us-east-1:000000000000:filter/unseen";
/// The filter of [`Resources::local`] that lets through what is featured: made for a promotion.
pub const LOCAL_FEATURED_FILTER_ARN: &str = "arn:aws:personalize:us-east-1:000000000000:filter/featured";

const LOCAL_FILTERS: [(&str, &str); 3] = [
    (
        LOCAL_GENRE_FILTER_ARN,
        "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)",
    ),
    (
        LOCAL_UNSEEN_FILTER_ARN,
        r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")"#,
    ),
    (
        LOCAL_FEATURED_FILTER_ARN,
        r#"INCLUDE ItemID WHERE Items.FEATURED IN ("yes")"#,
    ),
];

/// What exists in the stand-in's one dataset group. A call that names anything else is refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resources {
    /// Tracking ids that PutEvents accepts.
    pub tracking_ids: BTreeSet<String>,
    /// ARNs that PutItems accepts.
    pub items_datasets: BTreeSet<String>,
    /// ARNs that PutUsers accepts.
    pub users_datasets: BTreeSet<String>,
    /// Campaigns by ARN.
    pub campaigns: BTreeMap<String, Recipe>,
    /// Recommenders by ARN; of ranking there is none, only campaigns rank.
    pub recommenders: BTreeMap<String, Recipe>,
    /// ARNs of the campaigns and recommenders whose answers may hold item metadata.
    ///
    /// <https://docs.aws.amazon.com/personalize/latest/dg/API_CampaignConfig.html>
    pub metadata_enabled: BTreeSet<String>,
    /// Filters by ARN, for recommendations and promotions.
    pub filters: BTreeMap<String, Filter>,
}

/// What a campaign was made for: it decides which operation answers and which members it needs.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Recipe {
    /// Recommends to a user: GetRecommendations with a user id.
    UserPersonalization,
    /// The same popular items for everybody: GetRecommendations with a user id.
    ///
    /// <https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-popularity.html>
    Popularity,
    /// Finds what goes with an item: GetRecommendations with an item id.
    RelatedItems,
    /// Orders a given list: GetPersonalizedRanking.
    PersonalizedRanking,
}

impl Resources {
    /// What the `LOCAL_…` constants name. All campaigns and the recommender have metadata enabled.
    #[must_use]
    pub fn local() -> Self {
        let resources = Self {
            tracking_ids: BTreeSet::from([LOCAL_TRACKING_ID.to_owned()]),
            items_datasets: BTreeSet::from([LOCAL_ITEMS_DATASET_ARN.to_owned()]),
            users_datasets: BTreeSet::from([LOCAL_USERS_DATASET_ARN.to_owned()]),
            campaigns: BTreeMap::from([
                (LOCAL_CAMPAIGN_ARN.to_owned(), Recipe::UserPersonalization),
                (
                    LOCAL_CHALLENGER_CAMPAIGN_ARN.to_owned(),
                    Recipe::UserPersonalization,
                ),
                (LOCAL_POPULAR_CAMPAIGN_ARN.to_owned(), Recipe::Popularity),
                (LOCAL_RELATED_ITEMS_CAMPAIGN_ARN.to_owned(), Recipe::RelatedItems),
                (LOCAL_RANKING_CAMPAIGN_ARN.to_owned(), Recipe::PersonalizedRanking),
            ]),
            recommenders: BTreeMap::from([(LOCAL_RECOMMENDER_ARN.to_owned(), Recipe::UserPersonalization)]),
            metadata_enabled: BTreeSet::new(),
            filters: local_filters(),
        };
        let sources = resources.campaigns.keys().chain(resources.recommenders.keys());
        Self {
            metadata_enabled: sources.cloned().collect(),
            ..resources
        }
    }

    /// Adds what `others` hold.
    pub(crate) fn extend(&mut self, others: Self) {
        self.tracking_ids.extend(others.tracking_ids);
        self.items_datasets.extend(others.items_datasets);
        self.users_datasets.extend(others.users_datasets);
        self.campaigns.extend(others.campaigns);
        self.recommenders.extend(others.recommenders);
        self.metadata_enabled.extend(others.metadata_enabled);
        self.filters.extend(others.filters);
    }

    /// PutEvents declares no ResourceNotFoundException: a tracking id that nobody issued is invalid input.
    ///
    /// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html#API_UBS_PutEvents_Errors>
    pub(crate) fn check_tracking_id(&self, id: &str) -> Result<(), ApiError> {
        if self.tracking_ids.contains(id) {
            return Ok(());
        }
        Err(ApiError::InvalidInput(
            "no event tracker has this tracking id".to_owned(),
        ))
    }

    pub(crate) fn check_items_dataset(&self, arn: &str) -> Result<(), ApiError> {
        if self.items_datasets.contains(arn) {
            Ok(())
        } else {
            Err(not_found("Items dataset", arn))
        }
    }

    pub(crate) fn check_users_dataset(&self, arn: &str) -> Result<(), ApiError> {
        if self.users_datasets.contains(arn) {
            Ok(())
        } else {
            Err(not_found("Users dataset", arn))
        }
    }

    pub(crate) fn campaign(&self, arn: &str) -> Result<Recipe, ApiError> {
        self.campaigns
            .get(arn)
            .copied()
            .ok_or_else(|| not_found("campaign", arn))
    }

    pub(crate) fn recommender(&self, arn: &str) -> Result<Recipe, ApiError> {
        self.recommenders
            .get(arn)
            .copied()
            .ok_or_else(|| not_found("recommender", arn))
    }

    pub(crate) fn filter(&self, arn: &str) -> Result<&Filter, ApiError> {
        self.filters.get(arn).ok_or_else(|| not_found("filter", arn))
    }

    pub(crate) fn check_metadata_enabled(&self, source_arn: &str) -> Result<(), ApiError> {
        if self.metadata_enabled.contains(source_arn) {
            return Ok(());
        }
        Err(ApiError::InvalidInput(
            "metadata is not enabled for the campaign or recommender".to_owned(),
        ))
    }
}

/// The expressions are read without fail, which a test holds.
fn local_filters() -> BTreeMap<String, Filter> {
    let filters = LOCAL_FILTERS.iter().filter_map(|(arn, expression)| {
        let filter = Filter::parse(expression).ok()?;
        Some(((*arn).to_owned(), filter))
    });
    filters.collect()
}

fn not_found(kind: &str, arn: &str) -> ApiError {
    ApiError::ResourceNotFound(format!("{kind} does not exist: {arn}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_local_filter_exists() {
        let local = Resources::local();
        let arns: Vec<_> = local.filters.keys().map(String::as_str).collect();
        assert_eq!(
            arns,
            [
                LOCAL_FEATURED_FILTER_ARN,
                LOCAL_GENRE_FILTER_ARN,
                LOCAL_UNSEEN_FILTER_ARN
            ]
        );
    }
}
