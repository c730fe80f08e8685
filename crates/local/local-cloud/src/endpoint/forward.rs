//! One request to the emulator, over a connection of its own.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Request, Response, Uri, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What belongs to one connection and must not be passed on.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>
const HOP_BY_HOP: [HeaderName; 3] = [
    CONNECTION,
    TRANSFER_ENCODING,
    HeaderName::from_static("keep-alive"),
];

/// Sends a request and returns when the answer's head is there.
///
/// No connection is kept: one that the emulator closes while idle would fail the next call, and open ones would hold up
/// its end. On the loopback a new one costs next to nothing.
pub(crate) async fn send(
    authority: &str,
    mut request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, Box<dyn std::error::Error + Send + Sync>> {
    adapt(&mut request, authority)?;
    let stream = TcpStream::connect(authority).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends with the answer's body, or when the client drops that. An error shows at the body's reader too.
    tokio::spawn(connection);
    let mut answer = sender.send_request(request).await?;
    remove_hop_by_hop(answer.headers_mut());
    Ok(answer)
}

/// HTTP/1.1 with a host and a path. The host of the caller is kept where there is one: answers name URLs after it.
fn adapt(request: &mut Request<Full<Bytes>>, authority: &str) -> Result<(), http::Error> {
    let host = match request.uri().authority() {
        // HTTP/2 has the host in the URI.
        Some(host) => Some(HeaderValue::from_str(host.as_str())?),
        None if request.headers().contains_key(HOST) => None,
        None => Some(HeaderValue::from_str(authority)?),
    };
    if let Some(host) = host {
        request.headers_mut().insert(HOST, host);
    }
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
    *request.version_mut() = Version::HTTP_11;
    remove_hop_by_hop(request.headers_mut());
    // The body was collected, and may have been changed: its length is set anew.
    request.headers_mut().remove(CONTENT_LENGTH);
    request
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    Ok(())
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
