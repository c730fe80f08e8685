//! What environments share: the popular items, and what they know of the breakers. One DynamoDB table, an item each.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};

use crate::arn::SourceArn;
use crate::breaker::{Probe, Shared};
use crate::popular::PopularItems;
use crate::unix_time::UnixTime;

/// What the function needs of the shared state.
pub trait StateStore: Send + Sync {
    /// Reads the popular items. What is read may lag behind what was written by a second or so.
    ///
    /// # Errors
    /// The store cannot say.
    fn popular(&self) -> impl Future<Output = Result<Option<PopularItems>, StateError>> + Send;

    /// Writes the popular items, unless there are some that were fetched no earlier.
    ///
    /// # Errors
    /// The store cannot say whether it has them.
    fn put_popular(&self, popular: &PopularItems) -> impl Future<Output = Result<bool, StateError>> + Send;

    /// Reads what is known of a source's breaker, as [`popular`](Self::popular) reads.
    ///
    /// # Errors
    /// The store cannot say.
    fn breaker(&self, source: &SourceArn) -> impl Future<Output = Result<Shared, StateError>> + Send;

    /// Opens a breaker until then, unless it is open for longer or somebody else's probe is under way.
    ///
    /// # Errors
    /// The store cannot say whether it did.
    fn open(
        &self,
        source: &SourceArn,
        until: UnixTime,
        by: &Writer<'_>,
    ) -> impl Future<Output = Result<Written, StateError>> + Send;

    /// Lets the writer probe, if the breaker was open until the moment that the probe names, and nobody else probes.
    ///
    /// # Errors
    /// The store cannot say whether it did.
    fn take_probe(
        &self,
        source: &SourceArn,
        probe: Probe,
        by: &Writer<'_>,
    ) -> impl Future<Output = Result<Written, StateError>> + Send;

    /// Closes a breaker, if the writer's probe is the one that is under way.
    ///
    /// # Errors
    /// The store cannot say whether it did.
    fn close(
        &self,
        source: &SourceArn,
        by: &Writer<'_>,
    ) -> impl Future<Output = Result<Written, StateError>> + Send;
}

/// Who writes, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writer<'request> {
    /// The id of the Lambda request, which no other request has.
    pub request_id: &'request str,
    /// The time.
    pub now: UnixTime,
}

/// What became of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was made.
    Done,
    /// It was not, because of what is known.
    Refused(Shared),
}

/// The store failed. Nobody tells failures apart: it is worked without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateError {
    /// The operation.
    pub operation: &'static str,
    /// The service's error code, or what happened to the connection.
    pub code: String,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.operation, self.code)
    }
}

impl std::error::Error for StateError {}

/// The state in a DynamoDB table with the partition key `key`.
#[derive(Debug, Clone)]
pub struct DynamoDbState {
    client: Client,
    table: String,
}

const KEY: &str = "key";
const POPULAR_KEY: &str = "popular";
const ITEM_IDS: &str = "itemIds";
const FETCHED_AT: &str = "fetchedAt";
const OPEN_UNTIL: &str = "openUntil";
const PROBE_UNTIL: &str = "probeUntil";

type Attributes = HashMap<String, AttributeValue>;

impl DynamoDbState {
    /// The state in `table`, read and written through `client`.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let table = table.into();
        Self { client, table }
    }

    async fn get(&self, key: String) -> Result<Option<Attributes>, StateError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, AttributeValue::S(key))
            .send()
            .await
            .map_err(|error| failed("GetItem", &error))?;
        Ok(output.item)
    }

    /// An update that is made if `condition` holds; both in DynamoDB's words.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html>
    fn update(&self, key: String, update: &str, condition: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(KEY, AttributeValue::S(key))
            .update_expression(update)
            .condition_expression(condition)
            // So that a refusal says why, without another call.
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

impl StateStore for DynamoDbState {
    async fn popular(&self) -> Result<Option<PopularItems>, StateError> {
        let attributes = self.get(POPULAR_KEY.to_owned()).await?;
        Ok(attributes.as_ref().and_then(popular_items))
    }

    async fn put_popular(&self, popular: &PopularItems) -> Result<bool, StateError> {
        let items = popular
            .items()
            .iter()
            .map(|item| AttributeValue::S(item.to_string()));
        let update = self
            .update(
                POPULAR_KEY.to_owned(),
                "SET fetchedAt = :at, itemIds = :items",
                "attribute_not_exists(fetchedAt) OR fetchedAt < :at",
            )
            .expression_attribute_values(":at", number(popular.fetched_at()))
            .expression_attribute_values(":items", AttributeValue::L(items.collect()));
        Ok(write(update).await? == Written::Done)
    }

    async fn breaker(&self, source: &SourceArn) -> Result<Shared, StateError> {
        let attributes = self.get(breaker_key(source)).await?;
        Ok(attributes.as_ref().map(shared).unwrap_or_default())
    }

    async fn open(
        &self,
        source: &SourceArn,
        until: UnixTime,
        by: &Writer<'_>,
    ) -> Result<Written, StateError> {
        let update = self
            .update(
                breaker_key(source),
                "SET openUntil = :until REMOVE probeUntil, probeOwner",
                "(attribute_not_exists(openUntil) OR openUntil < :until) \
                 AND (attribute_not_exists(probeUntil) OR probeUntil <= :now OR probeOwner = :owner)",
            )
            .expression_attribute_values(":until", number(until))
            .expression_attribute_values(":now", number(by.now))
            .expression_attribute_values(":owner", text(by.request_id));
        write(update).await
    }

    async fn take_probe(
        &self,
        source: &SourceArn,
        probe: Probe,
        by: &Writer<'_>,
    ) -> Result<Written, StateError> {
        let update = self
            .update(
                breaker_key(source),
                "SET probeUntil = :lease, probeOwner = :owner",
                "openUntil = :seen AND openUntil <= :now \
                 AND (attribute_not_exists(probeUntil) OR probeUntil <= :now)",
            )
            .expression_attribute_values(":seen", number(probe.open_until))
            .expression_attribute_values(":lease", number(probe.lease_until))
            .expression_attribute_values(":now", number(by.now))
            .expression_attribute_values(":owner", text(by.request_id));
        write(update).await
    }

    async fn close(&self, source: &SourceArn, by: &Writer<'_>) -> Result<Written, StateError> {
        let update = self
            .update(
                breaker_key(source),
                "REMOVE openUntil, probeUntil, probeOwner",
                "probeOwner = :owner",
            )
            .expression_attribute_values(":owner", text(by.request_id));
        write(update).await
    }
}

fn breaker_key(source: &SourceArn) -> String {
    format!("breaker#{source}")
}

async fn write(update: UpdateItemFluentBuilder) -> Result<Written, StateError> {
    let error = match update.send().await {
        Ok(_) => return Ok(Written::Done),
        Err(error) => error,
    };
    match error.as_service_error() {
        // No old item is one of which nothing is known.
        Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
            Ok(Written::Refused(refusal.item().map(shared).unwrap_or_default()))
        }
        _ => Err(failed("UpdateItem", &error)),
    }
}

fn popular_items(attributes: &Attributes) -> Option<PopularItems> {
    let ids = attributes.get(ITEM_IDS)?.as_l().ok()?;
    let items = ids.iter().filter_map(|id| id.as_s().ok()?.parse().ok());
    PopularItems::new(items.collect(), time(attributes, FETCHED_AT)?)
}

fn shared(attributes: &Attributes) -> Shared {
    Shared {
        open_until: time(attributes, OPEN_UNTIL),
        probe_until: time(attributes, PROBE_UNTIL),
    }
}

fn time(attributes: &Attributes, name: &str) -> Option<UnixTime> {
    let milliseconds = attributes.get(name)?.as_n().ok()?.parse().ok()?;
    Some(UnixTime::from_millis(milliseconds))
}

fn number(time: UnixTime) -> AttributeValue {
    AttributeValue::N(time.as_millis().to_string())
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn failed<E: ProvideErrorMetadata>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> StateError {
    let code = match error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("no error code").to_owned(),
        _ => error.to_string(),
    };
    StateError { operation, code }
}
