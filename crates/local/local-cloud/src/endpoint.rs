//! The one endpoint: every call of a function, a test, the demo, the driver and the CDK comes through here.

mod emulator_api;
pub(crate) mod forward;
mod record;
mod route;
mod state;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use local_firehose::LocalFirehose;
use local_warehouse::LocalWarehouse;
use stand_ins::faults::{Call, Decision, Faults};
use stand_ins::personalize::Personalize;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub use self::record::RequestCount;
pub(crate) use self::record::Requests;
use self::route::{Backend, Route};
use crate::Error;
use crate::athena_views;
use crate::doors::{Answered, Doors};
use crate::service_model::ServiceModels;

/// A body that is passed on as it comes: an event stream has no end for minutes.
pub(crate) type Body = UnsyncBoxBody<Bytes, BoxError>;
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What stands behind the endpoint.
#[derive(Debug)]
pub(crate) struct Services {
    /// Host and port of the base emulator, once it is known.
    pub(crate) emulator: OnceLock<String>,
    /// The doors of the stack, once one with doors is deployed.
    pub(crate) doors: OnceLock<Doors>,
    /// The warehouse, once a stack with one is deployed.
    pub(crate) warehouse: OnceLock<LocalWarehouse>,
    /// Firehose, once the emulator that keeps its streams is known.
    pub(crate) firehose: OnceLock<LocalFirehose>,
    pub(crate) personalize: Personalize,
    pub(crate) faults: Faults,
    pub(crate) models: ServiceModels,
    pub(crate) requests: Requests,
}

/// A listening endpoint. Dropping it closes every connection.
#[derive(Debug)]
pub(crate) struct Endpoint {
    address: SocketAddr,
    accepting: JoinHandle<Infallible>,
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed on purpose")]
struct Dropped;

impl Endpoint {
    /// Listens on 127.0.0.1.
    pub(crate) async fn start(port: Option<u16>, services: Arc<Services>) -> Result<Self, Error> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0)));
        let listening = async {
            let listener = TcpListener::bind(wanted).await?;
            Ok((listener.local_addr()?, listener))
        };
        let (address, listener) = listening
            .await
            .map_err(Error::machine(format!("listen on {wanted}")))?;
        let accepting = tokio::spawn(accept(listener, services));
        Ok(Self { address, accepting })
    }

    /// For `AWS_ENDPOINT_URL`. A numeric host keeps the SDKs from putting a bucket's name in front of it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The connections' tasks end with this one.
async fn accept(listener: TcpListener, services: Arc<Services>) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // An error is the client's (it went away) or too many open files, which pass too.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(converse(stream, Arc::clone(&services)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// HTTP/1.1, or HTTP/2 with prior knowledge: some SDKs want the latter for event streams.
async fn converse(stream: TcpStream, services: Arc<Services>) {
    // Answers are small and awaited: without this they would wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let services = Arc::clone(&services);
        async move { services.answer(request).await }
    });
    // What goes wrong here is the client's: it sees it and reports it.
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

impl Services {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Dropped> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
        let request = Request::from_parts(parts, body);
        if let Some(answer) = self.own(&request).await {
            return Ok(answer.map(whole));
        }
        if let Some(answer) = self.at_the_doors(&request).await {
            return Ok(answer.map(whole));
        }
        let route = route::of(&request);
        let (operation, violations) = self.models.check(&route.service, &request);
        self.requests.violated(violations);
        let started = Instant::now();
        let answer = self.carry(&route, &operation, request).await;
        let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        self.requests
            .answered(&route.service, &operation, status, started.elapsed());
        answer
    }

    /// The answer of a door that is served here. What it asks of services comes through the endpoint again.
    async fn at_the_doors(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let started = Instant::now();
        let Answered { operation, answer } = self.doors.get()?.answer(request).await?;
        let status = answer.status().as_u16();
        self.requests
            .answered("execute-api", &operation, Some(status), started.elapsed());
        Some(answer)
    }

    /// Does what the fault plan says, and mostly it says nothing.
    async fn carry(
        &self,
        route: &Route,
        operation: &str,
        request: Request<Bytes>,
    ) -> Result<Response<Body>, Dropped> {
        let call = Call {
            service: &route.signed,
            operation,
        };
        match self.faults.decide(call, &request) {
            Decision::Forward => Ok(self.forward(route, request).await),
            Decision::DelayThenForward { hold } => {
                tokio::time::sleep(hold).await;
                Ok(self.forward(route, request).await)
            }
            Decision::Answer(answer) => Ok(answer.map(whole)),
            Decision::SplitThenMerge(split) => {
                let answer = self.forward(route, request.map(|_| split.forwarded())).await;
                Ok(split.merge(collected(answer).await?).map(whole))
            }
            Decision::ForwardThenDrop { hold } => {
                collected(self.forward(route, request).await).await?;
                tokio::time::sleep(hold).await;
                Err(Dropped)
            }
            Decision::HoldThenDrop { hold } => {
                tokio::time::sleep(hold).await;
                Err(Dropped)
            }
            Decision::Reset => Err(Dropped),
        }
    }

    async fn forward(&self, route: &Route, request: Request<Bytes>) -> Response<Body> {
        match route.backend {
            Backend::Personalize => self.personalize.handle(request).await.map(whole),
            Backend::Warehouse => match self.warehouse.get() {
                Some(warehouse) => warehouse.handle(request).await.map(whole),
                None => unavailable("no warehouse is running"),
            },
            Backend::Firehose => match self.firehose.get() {
                Some(firehose) => firehose.handle(request).await.map(whole),
                None => unavailable("the emulator is starting"),
            },
            Backend::Emulator => self.emulate(athena_views::expand(self, request).await).await,
        }
    }

    async fn emulate(&self, request: Request<Bytes>) -> Response<Body> {
        let Some(emulator) = self.emulator.get() else {
            return unavailable("the emulator is starting");
        };
        match forward::send(emulator, request.map(Full::new)).await {
            Ok(answer) => answer.map(|body| body.map_err(Into::into).boxed_unsync()),
            Err(error) => unavailable(&format!("the emulator does not answer: {error}")),
        }
    }
}

/// What an SDK takes for a service that is down: worth retrying.
fn unavailable(reason: &str) -> Response<Body> {
    let body = serde_json::json!({ "__type": "ServiceUnavailableException", "message": reason });
    let mut answer = Response::new(whole(Bytes::from(body.to_string())));
    *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    answer
}

fn whole(body: Bytes) -> Body {
    Full::new(body).map_err(|never| match never {}).boxed_unsync()
}

async fn collected(answer: Response<Body>) -> Result<Response<Bytes>, Dropped> {
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?;
    Ok(Response::from_parts(parts, body.to_bytes()))
}
