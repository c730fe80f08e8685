//! One invocation: a request, or the scheduled task.

use aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use http::StatusCode;
use lambda_runtime::{Error, LambdaEvent};
use telemetry_emf::{Metrics, RequestCount, RequestMetrics};
use tracing::info;

use crate::answer::Answer;
use crate::breaker::Policy;
use crate::caller::Caller;
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::event::{Event, Reply, body, caller, header, query};
use crate::invalid::Field;
use crate::path::decode;
use crate::personalize::{Call, Personalize};
use crate::problem::Problem;
use crate::request::{Refusal, Request};
use crate::response::{SOURCE_HEADER, of_answer, of_no_route, of_problem, of_tagged_answer};
use crate::route::Route;
use crate::serving::{Clock, Outcome, Served, Serving};
use crate::sources::Sources;
use crate::state::StateStore;

/// The name of the task that fetches the popular items.
pub const REFRESH_POPULAR: &str = "refresh-popular";

/// The function, apart from the runtime that invokes it. Several invocations may use it at once.
pub struct Handler<P, S> {
    serving: Serving<P, S>,
    sources: Sources,
    catalogue: Catalogue,
    metrics: Metrics,
}

impl<P: Personalize, S: StateStore> Handler<P, S> {
    /// A function that asks `personalize`, shares `state` with other environments and writes its counts to `metrics`.
    pub fn new(config: &Config, personalize: P, state: S, metrics: Metrics, clock: Clock) -> Self {
        let policy = Policy {
            failures: config.breaker.failures,
            open_for: config.breaker.open_for,
            lease: config.time_budget.lease(),
        };
        let has_popular = config.sources.popular.is_some();
        Self {
            serving: Serving::new(personalize, state, policy, config.time_budget, has_popular, clock),
            sources: config.sources.clone(),
            catalogue: config.catalogue.clone(),
            metrics,
        }
    }

    /// Handles an event.
    ///
    /// # Errors
    /// The task failed or is unknown; Lambda runs it again. A request never ends so, whatever is in it.
    pub async fn handle(&self, event: LambdaEvent<Event>) -> Result<Reply, Error> {
        let request_id = &event.context.request_id;
        match event.payload {
            Event::Request(request) => Ok(Reply::Response(self.respond(&request, request_id).await.into())),
            Event::Malformed => Ok(Reply::Response(self.respond_to_malformed().into())),
            Event::Task(task) if task == REFRESH_POPULAR => self.refresh_popular().await,
            Event::Task(_) => Err("unknown task".into()),
            Event::Unknown => Err("neither a request nor a task".into()),
        }
    }

    async fn refresh_popular(&self) -> Result<Reply, Error> {
        // Boxed, as in `respond_at`.
        let items = Box::pin(self.serving.refresh_popular(self.sources.popular.as_ref())).await?;
        info!(popular.items = items, "popular items refreshed");
        Ok(Reply::Task { items })
    }

    async fn respond(&self, http: &ApiGatewayProxyRequest, request_id: &str) -> ApiGatewayProxyResponse {
        let metrics = self.metrics.request();
        let route = Route::of(
            http.http_method.as_str(),
            http.resource.as_deref().unwrap_or_default(),
        );
        let response = match route {
            Ok(route) => self.respond_at(route, http, request_id, &metrics).await,
            Err(no_route) => of_no_route(no_route),
        };
        tell(route.map_or("none", Route::resource), &response, &metrics);
        response
    }

    fn respond_to_malformed(&self) -> ApiGatewayProxyResponse {
        let response = of_problem(&Problem::malformed());
        tell("none", &response, &self.metrics.request());
        response
    }

    async fn respond_at(
        &self,
        route: Route,
        http: &ApiGatewayProxyRequest,
        request_id: &str,
        metrics: &RequestMetrics<'_>,
    ) -> ApiGatewayProxyResponse {
        let Some(caller) = caller(http) else {
            return of_problem(&Problem::unauthorized());
        };
        let request = match self.parse(route, http, &caller) {
            Ok(request) => request,
            Err(refusal) => return of_problem(&refusal.into()),
        };
        let Some(target) = self.sources.of(&request) else {
            return of_problem(&Problem::not_configured());
        };
        if let Some(arm) = target.arm {
            metrics.arm(arm.as_str());
        }
        let call = Call {
            source: target.source,
            request: &request,
        };
        // Boxed: the SDK's futures are nested so deeply that the compiler gives up on one more.
        let served = Box::pin(self.serving.serve(call, request_id)).await;
        count(&served, metrics);
        let answer = match served.outcome {
            Outcome::Recommended(recommended) => Answer::personalized(recommended, target.arm),
            Outcome::Fallback(reason, link) => Answer::fallback(link, reason, target.arm),
            Outcome::Throttled => return of_problem(&Problem::throttled()),
            Outcome::Refused => return of_problem(&Problem::refused()),
        };
        match route {
            Route::Recommendations | Route::Related => {
                of_tagged_answer(&answer, header(http, "If-None-Match"))
            }
            // The answer to a POST is not cached, so that nobody asks whether it still holds.
            Route::Rankings => of_answer(&answer),
        }
    }

    fn parse(
        &self,
        route: Route,
        http: &ApiGatewayProxyRequest,
        caller: &Caller,
    ) -> Result<Request, Refusal> {
        let (query, catalogue) = (query(http), &self.catalogue);
        match route {
            Route::Recommendations => Request::recommendations(query, caller, catalogue),
            Route::Related => {
                let id = decode(http.path_parameters.get("id").map_or("", String::as_str));
                let id = id.map_err(|fault| Field::path("id").invalid(fault))?;
                Request::related(id, query, caller, catalogue)
            }
            Route::Rankings => {
                let body = body(http).ok_or_else(|| Field::body("").invalid("not text"))?;
                Request::ranking(body, query, caller, catalogue)
            }
        }
    }
}

fn count(served: &Served, metrics: &RequestMetrics<'_>) {
    match served.outcome {
        Outcome::Fallback(..) => metrics.add(RequestCount::Fallbacks),
        Outcome::Throttled => metrics.add(RequestCount::Throttled),
        Outcome::Recommended(_) | Outcome::Refused => {}
    }
    if served.opened_breaker {
        metrics.add(RequestCount::BreakerOpened);
    }
    if let Some(latency) = served.personalize_latency {
        metrics.personalize_latency(latency);
    }
    if let Some(age) = served.popular_age {
        metrics.popular_age(age);
    }
}

/// Writes how a request was answered, and nothing of what was in it.
fn tell(route: &'static str, response: &ApiGatewayProxyResponse, metrics: &RequestMetrics<'_>) {
    if response.status_code == i64::from(StatusCode::BAD_REQUEST.as_u16()) {
        metrics.add(RequestCount::BadRequests);
    }
    info!(
        request.route = route,
        response.status = response.status_code,
        response.source = response
            .headers
            .get(SOURCE_HEADER)
            .and_then(|source| source.to_str().ok()),
        "request answered"
    );
}
