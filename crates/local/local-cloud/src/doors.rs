//! The app's two doors on this machine, and the storefront that uses them.
//!
//! The recommendation API is the emulator's: it runs authorizers, user pools and functions. It has no way from API
//! Gateway to Kinesis, so the collector's routes are served here, natively, from the schema that is deployed.

mod authorizer;
mod collector;
mod storefront;

use std::path::{Path, PathBuf};

use aws_types::SdkConfig;
use bytes::Bytes;
use http::{HeaderValue, Request, Response};

use self::collector::NativeCollector;
use crate::Error;
use crate::deploy::Outputs;

/// The header in which an answer says that no API Gateway gave it.
const SERVED_BY: &str = "x-served-by";

/// What a deployed stack's doors are called, and who serves them.
#[derive(Debug)]
pub(crate) struct Doors {
    urls: DoorUrls,
    collector_path: String,
    collector: NativeCollector,
    storefront: PathBuf,
}

/// Where the app finds its two APIs, each with a slash at its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DoorUrls {
    /// Takes interactions.
    pub collector: String,
    /// Issues sessions and recommends.
    pub recommendation_api: String,
}

/// A request as the doors answer it, with the name under which it is recorded.
pub(crate) struct Answered {
    pub(crate) operation: String,
    pub(crate) answer: Response<Bytes>,
}

impl Doors {
    /// The doors of the stack with these outputs; none for a stack without them.
    pub(crate) fn of(
        outputs: &Outputs,
        endpoint: &str,
        project: &Path,
        config: &SdkConfig,
    ) -> Result<Option<Self>, Error> {
        let (Some(collector), Some(recommendation_api), Some(stage)) = (
            outputs.get("CollectorApiId"),
            outputs.get("RecommendationApiId"),
            outputs.get("ApiStage"),
        ) else {
            return Ok(None);
        };
        let path = |api: &str| format!("/_aws/execute-api/{api}/{stage}/");
        Ok(Some(Self {
            urls: DoorUrls {
                collector: format!("{endpoint}{}", path(collector)),
                recommendation_api: format!("{endpoint}{}", path(recommendation_api)),
            },
            collector_path: path(collector),
            collector: NativeCollector::of(outputs, collector, stage, config)?,
            storefront: project.join("storefront"),
        }))
    }

    pub(crate) fn urls(&self) -> &DoorUrls {
        &self.urls
    }

    /// The answer to a request for the collector or the storefront, or `None` when it is for somebody else.
    pub(crate) async fn answer(&self, request: &Request<Bytes>) -> Option<Answered> {
        let path = request.uri().path();
        let (operation, mut answer) = if let Some(route) = path.strip_prefix(&self.collector_path) {
            let operation = format!("{} /{route}", request.method());
            (operation, self.collector.answer(route, request).await)
        } else {
            let file = path.strip_prefix("/_storefront/")?;
            let answer = storefront::answer(&self.storefront, file, &self.urls);
            (format!("{} /_storefront/", request.method()), answer)
        };
        answer
            .headers_mut()
            .insert(SERVED_BY, HeaderValue::from_static("local-cloud"));
        Some(Answered { operation, answer })
    }
}
