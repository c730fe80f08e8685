//! The edge to Amazon Personalize: one call, and what its error means.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_personalizeruntime::Client;
use aws_sdk_personalizeruntime::config::http::HttpResponse;
use aws_sdk_personalizeruntime::error::{ConnectorError, ProvideErrorMetadata, SdkError};
use aws_sdk_personalizeruntime::types::{PredictedItem, Promotion as WirePromotion};

use crate::arn::{SourceArn, SourceKind};
use crate::options::{Filter, Options};
use crate::recommended::{Recommended, RecommendedItem};
use crate::request::{List, Promotion, Request, Subject};
use crate::text::ItemId;

/// One call: a request, and where its answer comes from.
#[derive(Debug, Clone, Copy)]
pub struct Call<'request> {
    /// The campaign or recommender.
    pub source: &'request SourceArn,
    /// What is asked.
    pub request: &'request Request,
}

/// What the function needs of Personalize.
pub trait Personalize: Send + Sync {
    /// Makes one call, without a retry of its own.
    ///
    /// # Errors
    /// There are no recommendations, for the reason given.
    fn recommend(&self, call: Call<'_>) -> impl Future<Output = Result<Recommended, CallError>> + Send;
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// What that means.
    pub kind: CallErrorKind,
    /// The service's error code, or what happened to the connection. Never the service's words: they may quote a value.
    pub code: String,
}

/// What an error means for the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallErrorKind {
    /// The source has more to do than it was provisioned for.
    Throttled,
    /// No answer came in time.
    TimedOut,
    /// The service answered that it cannot.
    Unavailable,
    /// The connection could not be made, or broke. It may have been one that the service closed while the environment
    /// was frozen: once more may help.
    Broken,
    /// Something in the request will never be taken.
    Refused,
    /// Access is denied, the source does not exist, or the deployment is wrong in another way.
    Misconfigured,
}

impl CallError {
    /// No answer came in time.
    pub fn timed_out() -> Self {
        Self::new(CallErrorKind::TimedOut, "no answer in time")
    }

    fn new(kind: CallErrorKind, code: impl Into<String>) -> Self {
        let code = code.into();
        Self { kind, code }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

impl std::error::Error for CallError {}

/// Personalize through the AWS SDK. The client's own retries must be off: they know nothing of the time budget.
#[derive(Debug, Clone)]
pub struct PersonalizeRuntime {
    client: Client,
}

impl PersonalizeRuntime {
    /// Calls through `client`.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    async fn get_recommendations(
        &self,
        call: Call<'_>,
        item: Option<&ItemId>,
        list: &List,
    ) -> Result<Recommended, CallError> {
        let Call { source, request } = call;
        let promotions = list.promotion().map(|promotion| vec![wire_promotion(promotion)]);
        let options = request.options();
        let output = self
            .client
            .get_recommendations()
            .set_campaign_arn(arn_of(source, SourceKind::Campaign))
            .set_recommender_arn(arn_of(source, SourceKind::Recommender))
            .user_id(request.user().as_str())
            .set_item_id(item.map(ItemId::to_string))
            .set_num_results(i32::try_from(list.results()).ok())
            .set_promotions(promotions)
            .set_context(context(options))
            .set_filter_arn(filter_arn(options))
            .set_filter_values(filter_values(options))
            .set_metadata_columns(metadata_columns(options))
            .send()
            .await
            .map_err(classify)?;
        Ok(Recommended {
            id: output.recommendation_id,
            items: items(output.item_list.unwrap_or_default()),
        })
    }

    async fn get_personalized_ranking(
        &self,
        call: Call<'_>,
        ranked: &[ItemId],
    ) -> Result<Recommended, CallError> {
        let Call { source, request } = call;
        let options = request.options();
        let output = self
            .client
            .get_personalized_ranking()
            .campaign_arn(source.as_str())
            .user_id(request.user().as_str())
            .set_input_list(Some(ranked.iter().map(ItemId::to_string).collect()))
            .set_context(context(options))
            .set_filter_arn(filter_arn(options))
            .set_filter_values(filter_values(options))
            .set_metadata_columns(metadata_columns(options))
            .send()
            .await
            .map_err(classify)?;
        Ok(Recommended {
            id: output.recommendation_id,
            items: items(output.personalized_ranking.unwrap_or_default()),
        })
    }
}

impl Personalize for PersonalizeRuntime {
    async fn recommend(&self, call: Call<'_>) -> Result<Recommended, CallError> {
        match call.request.subject() {
            Subject::Recommendations(list) => self.get_recommendations(call, None, list).await,
            Subject::Related(item, list) => self.get_recommendations(call, Some(item), list).await,
            Subject::Ranking(items) => self.get_personalized_ranking(call, items).await,
        }
    }
}

fn arn_of(source: &SourceArn, kind: SourceKind) -> Option<String> {
    (source.kind() == kind).then(|| source.to_string())
}

fn wire_promotion(promotion: &Promotion) -> WirePromotion {
    WirePromotion::builder()
        .name(promotion.name().as_str())
        .percent_promoted_items(promotion.percent().into())
        .filter_arn(promotion.filter().as_str())
        .build()
}

fn context(options: &Options) -> Option<HashMap<String, String>> {
    let context = options.context();
    let entries = context
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    (!context.is_empty()).then(|| entries.collect())
}

fn filter_arn(options: &Options) -> Option<String> {
    options.filter().map(|filter| filter.arn().as_str().to_owned())
}

fn filter_values(options: &Options) -> Option<HashMap<String, String>> {
    let values = options.filter().map(Filter::values)?;
    let entries = values
        .iter()
        .map(|(name, values)| (name.to_string(), values.as_str().to_owned()));
    (!values.is_empty()).then(|| entries.collect())
}

/// The one dataset whose columns an answer can hold.
const ITEMS_DATASET: &str = "ITEMS";

fn metadata_columns(options: &Options) -> Option<HashMap<String, Vec<String>>> {
    let columns: Vec<_> = options.columns().iter().map(ToString::to_string).collect();
    (!columns.is_empty()).then(|| HashMap::from([(ITEMS_DATASET.to_owned(), columns)]))
}

/// An item without an id is none that a client could show.
fn items(predicted: Vec<PredictedItem>) -> Vec<RecommendedItem> {
    let items = predicted.into_iter().filter_map(|item| {
        Some(RecommendedItem {
            item_id: item.item_id?,
            // JSON has no other numbers.
            score: item.score.filter(|score| score.is_finite()),
            metadata: item.metadata.map(|metadata| metadata.into_iter().collect()),
            promotion: item.promotion_name,
        })
    });
    items.collect()
}

fn classify<E: ProvideErrorMetadata>(error: SdkError<E, HttpResponse>) -> CallError {
    match &error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("no error code");
            CallError::new(kind_of(code, service.raw().status().as_u16()), code)
        }
        SdkError::ConstructionFailure(_) => {
            CallError::new(CallErrorKind::Misconfigured, "the request could not be built")
        }
        SdkError::TimeoutError(_) => CallError::timed_out(),
        SdkError::DispatchFailure(failure) => failure.as_connector_error().map_or_else(broken, of_connection),
        _ => CallError::new(CallErrorKind::Unavailable, "an answer that is not the service's"),
    }
}

fn of_connection(error: &ConnectorError) -> CallError {
    if error.is_timeout() {
        CallError::timed_out()
    } else if error.is_user() {
        CallError::new(CallErrorKind::Misconfigured, "a request that cannot be sent")
    } else {
        broken()
    }
}

fn broken() -> CallError {
    CallError::new(CallErrorKind::Broken, "the connection broke")
}

/// <https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html>
fn kind_of(code: &str, status: u16) -> CallErrorKind {
    match (code, status) {
        ("InvalidInputException" | "ValidationException", _) => CallErrorKind::Refused,
        ("ThrottlingException" | "TooManyRequestsException" | "LimitExceededException", _) => {
            CallErrorKind::Throttled
        }
        (_, 429) => CallErrorKind::Throttled,
        // A success that cannot be read is no success.
        (_, ..400 | 408 | 500..) => CallErrorKind::Unavailable,
        _ => CallErrorKind::Misconfigured,
    }
}
