//! Which trackers, datasets and campaigns exist.

use std::collections::{BTreeMap, BTreeSet};

use super::error::ApiError;

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
/// The campaign of [`Resources::local`] that knows what goes with an item.
pub const LOCAL_RELATED_ITEMS_CAMPAIGN_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:campaign/related-items";
/// The campaign of [`Resources::local`] that ranks.
pub const LOCAL_RANKING_CAMPAIGN_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:campaign/personalized-ranking";
/// The recommender of [`Resources::local`], recommending to a user.
pub const LOCAL_RECOMMENDER_ARN: &str =
    "arn:aws:personalize:us-east-1:000000000000:recommender/recommended-for-you";

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
}

/// What a campaign was made for: it decides which operation answers and which members it needs.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Recipe {
    /// Recommends to a user: GetRecommendations with a user id.
    UserPersonalization,
    /// Finds what goes with an item: GetRecommendations with an item id.
    RelatedItems,
    /// Orders a given list: GetPersonalizedRanking.
    PersonalizedRanking,
}

impl Resources {
    /// One of each, under the names that the `LOCAL_…` constants hold.
    #[must_use]
    pub fn local() -> Self {
        Self {
            tracking_ids: BTreeSet::from([LOCAL_TRACKING_ID.to_owned()]),
            items_datasets: BTreeSet::from([LOCAL_ITEMS_DATASET_ARN.to_owned()]),
            users_datasets: BTreeSet::from([LOCAL_USERS_DATASET_ARN.to_owned()]),
            campaigns: BTreeMap::from([
                (LOCAL_CAMPAIGN_ARN.to_owned(), Recipe::UserPersonalization),
                (LOCAL_RELATED_ITEMS_CAMPAIGN_ARN.to_owned(), Recipe::RelatedItems),
                (LOCAL_RANKING_CAMPAIGN_ARN.to_owned(), Recipe::PersonalizedRanking),
            ]),
            recommenders: BTreeMap::from([(LOCAL_RECOMMENDER_ARN.to_owned(), Recipe::UserPersonalization)]),
        }
    }

    /// Adds what `others` hold.
    pub(crate) fn extend(&mut self, others: Self) {
        self.tracking_ids.extend(others.tracking_ids);
        self.items_datasets.extend(others.items_datasets);
        self.users_datasets.extend(others.users_datasets);
        self.campaigns.extend(others.campaigns);
        self.recommenders.extend(others.recommenders);
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
}

fn not_found(kind: &str, arn: &str) -> ApiError {
    ApiError::ResourceNotFound(format!("{kind} does not exist: {arn}"))
}
