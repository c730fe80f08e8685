//! Asks Personalize for recommendations.

use aws_sdk_personalizeruntime::Client;
use aws_sdk_personalizeruntime::error::DisplayErrorContext;

/// How many are asked for.
pub const RECOMMENDATIONS: i32 = 10;

/// There are no recommendations.
#[derive(Debug, thiserror::Error)]
#[error("recommendations for user {user}: {reason}")]
pub struct RecommendationError {
    user: String,
    reason: String,
}

/// The items that `campaign` recommends to `user`, best first.
///
/// # Errors
/// The call failed.
pub async fn recommendations(
    client: &Client,
    campaign: &str,
    user: &str,
) -> Result<Vec<String>, RecommendationError> {
    let call = client
        .get_recommendations()
        .campaign_arn(campaign)
        .user_id(user)
        .num_results(RECOMMENDATIONS);
    let answer = call.send().await.map_err(|error| RecommendationError {
        user: user.to_owned(),
        reason: DisplayErrorContext(&error).to_string(),
    })?;
    Ok(answer
        .item_list
        .into_iter()
        .flatten()
        .filter_map(|item| item.item_id)
        .collect())
}
