//! GetRecommendations and GetPersonalizedRanking: their requests.

use serde::Deserialize;

use super::check;
use super::error::ApiError;
use super::filter::BoundFilter;
use super::limits::{DEFAULT_RESULTS, RUNTIME_ID_LENGTH_MAX};
use super::options::{Promotion, WireOptions, WirePromotion, check_promotions};
use super::request;
use super::resources::{Recipe, Resources};

/// A GetRecommendations call that keeps every limit and names a source that exists.
#[derive(Debug)]
pub(crate) struct GetRecommendations {
    pub(crate) subject: Subject,
    /// Whom the answer is for, and whose interactions a filter looks at.
    pub(crate) user_id: Option<String>,
    pub(crate) results: usize,
    pub(crate) filter: Option<BoundFilter>,
    pub(crate) promotion: Option<Promotion>,
    /// Item columns that the answer is to hold.
    pub(crate) metadata: Option<Vec<String>>,
}

/// What the recommendations are for.
#[derive(Debug)]
pub(crate) enum Subject {
    /// For this user.
    User(String),
    /// For everybody.
    Everybody,
    /// To go with this item.
    Item(String),
}

/// A GetPersonalizedRanking call that keeps every limit and names a campaign that exists.
#[derive(Debug)]
pub(crate) struct GetPersonalizedRanking {
    pub(crate) user_id: String,
    pub(crate) items: Vec<String>,
    pub(crate) filter: Option<BoundFilter>,
    /// Item columns that the answer is to hold.
    pub(crate) metadata: Option<Vec<String>>,
}

impl GetRecommendations {
    /// Reads and checks the body.
    pub(crate) fn parse(body: &[u8], resources: &Resources) -> Result<Self, ApiError> {
        let mut wire: WireRequest = request::parse(body)?;
        wire.check_ids()?;
        let results = wire.results()?;
        wire.options.check()?;
        let promotions = wire.promotions.take().unwrap_or_default();
        check_promotions(&promotions)?;
        let (arn, recipe) = source(wire.campaign_arn, wire.recommender_arn, resources)?;
        let mut promotions = promotions.into_iter();
        let promotion = promotions.next().map(|promotion| promotion.bind(resources));
        let call = Self {
            subject: subject(recipe, wire.user_id.clone(), wire.item_id)?,
            user_id: wire.user_id,
            results,
            filter: wire.options.filter(resources)?,
            promotion: promotion.transpose()?,
            metadata: wire.options.metadata(&arn, resources)?,
        };
        call.check_user()?;
        Ok(call)
    }

    /// A filter that looks at interactions needs somebody who had them.
    ///
    /// <https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html>
    fn check_user(&self) -> Result<(), ApiError> {
        let promoting = self.promotion.as_ref().map(|promotion| &promotion.filter);
        let mut filters = self.filter.iter().chain(promoting);
        if self.user_id.is_none() && filters.any(BoundFilter::needs_user) {
            return check::required(None, "userId");
        }
        Ok(())
    }
}

impl Subject {
    /// Whether the recipe shows how well an item fits.
    ///
    /// <https://docs.aws.amazon.com/personalize/latest/dg/recommendations.html>
    pub(crate) const fn has_scores(&self) -> bool {
        matches!(self, Self::User(_))
    }
}

impl GetPersonalizedRanking {
    /// Reads and checks the body.
    pub(crate) fn parse(body: &[u8], resources: &Resources) -> Result<Self, ApiError> {
        let mut wire: WireRequest = request::parse(body)?;
        wire.check_ids()?;
        let arn = check::required(wire.campaign_arn, "campaignArn")?;
        let items = check::required(wire.input_list, "inputList")?;
        check::count(items.len(), &(1..=wire.options.results_max()), "inputList")?;
        for (item, position) in items.iter().zip(1..) {
            check::length(
                item,
                &(0..=RUNTIME_ID_LENGTH_MAX),
                &format!("inputList.{position}.member"),
            )?;
        }
        let user_id = check::required(wire.user_id, "userId")?;
        wire.options.check()?;
        if resources.campaign(&arn)? != Recipe::PersonalizedRanking {
            return Err(wrong_recipe(
                "GetPersonalizedRanking needs a campaign of a ranking recipe",
            ));
        }
        Ok(Self {
            user_id,
            items,
            filter: wire.options.filter(resources)?,
            metadata: wire.options.metadata(&arn, resources)?,
        })
    }
}

/// Both requests: they share most members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest {
    campaign_arn: Option<String>,
    recommender_arn: Option<String>,
    user_id: Option<String>,
    item_id: Option<String>,
    num_results: Option<i64>,
    input_list: Option<Vec<String>>,
    promotions: Option<Vec<WirePromotion>>,
    #[serde(flatten)]
    options: WireOptions,
}

impl WireRequest {
    fn check_ids(&self) -> Result<(), ApiError> {
        for (arn, member) in [
            (&self.campaign_arn, "campaignArn"),
            (&self.recommender_arn, "recommenderArn"),
        ] {
            arn.as_deref().map_or(Ok(()), |arn| check::arn(arn, member))?;
        }
        for (id, member) in [(&self.user_id, "userId"), (&self.item_id, "itemId")] {
            id.as_deref().map_or(Ok(()), |id| {
                check::length(id, &(0..=RUNTIME_ID_LENGTH_MAX), member)
            })?;
        }
        Ok(())
    }

    fn results(&self) -> Result<usize, ApiError> {
        let Some(asked) = self.num_results else {
            return Ok(DEFAULT_RESULTS);
        };
        let most = self.options.results_max();
        match usize::try_from(asked) {
            Err(_) => Err(check::violation(
                "numResults",
                "Member must have value greater than or equal to 0",
            )),
            Ok(asked) if asked > most => {
                let rule = format!("Member must have value less than or equal to {most}");
                Err(check::violation("numResults", &rule))
            }
            Ok(asked) => Ok(asked),
        }
    }
}

/// The campaign or recommender asked, and its recipe.
fn source(
    campaign: Option<String>,
    recommender: Option<String>,
    resources: &Resources,
) -> Result<(String, Recipe), ApiError> {
    match (campaign, recommender) {
        (Some(arn), None) => resources.campaign(&arn).map(|recipe| (arn, recipe)),
        (None, Some(arn)) => resources.recommender(&arn).map(|recipe| (arn, recipe)),
        _ => Err(ApiError::InvalidInput(
            "give either campaignArn or recommenderArn".to_owned(),
        )),
    }
}

fn subject(recipe: Recipe, user: Option<String>, item: Option<String>) -> Result<Subject, ApiError> {
    match recipe {
        Recipe::UserPersonalization => check::required(user, "userId").map(Subject::User),
        Recipe::Popularity => check::required(user, "userId").map(|_| Subject::Everybody),
        Recipe::RelatedItems => check::required(item, "itemId").map(Subject::Item),
        Recipe::PersonalizedRanking => Err(wrong_recipe(
            "a campaign of a ranking recipe answers GetPersonalizedRanking",
        )),
    }
}

fn wrong_recipe(message: &str) -> ApiError {
    ApiError::InvalidInput(message.to_owned())
}
