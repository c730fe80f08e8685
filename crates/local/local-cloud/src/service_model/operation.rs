//! Which operation a request calls.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request};

use super::shape::{Model, Operation};

/// An operation of a model, with what its path held.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) name: &'a str,
    pub(super) operation: &'a Operation,
    /// The values of `{Label}`s, decoded.
    pub(super) labels: BTreeMap<&'a str, String>,
}

/// Finds the operation by target header, RPC path, form body or path template, as the protocol has it.
pub(super) fn find<'a>(model: &'a Model, request: &Request<Bytes>) -> Option<Found<'a>> {
    match model.metadata.protocol.as_str() {
        "rest-json" | "rest-xml" => by_template(model, request),
        _ => {
            let name = name(request)?;
            let (name, operation) = model.operations.get_key_value(&name)?;
            Some(Found {
                name,
                operation,
                labels: BTreeMap::new(),
            })
        }
    }
}

/// A name for what has no model: the target's operation, or the method with the path's beginning. The rest of a path
/// may be somebody's data.
pub(super) fn guess(request: &Request<Bytes>) -> String {
    name(request).unwrap_or_else(|| {
        let beginning = request.uri().path().split('/').nth(1).unwrap_or_default();
        format!("{} /{beginning}", request.method())
    })
}

fn name(request: &Request<Bytes>) -> Option<String> {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    if let Some(target) = target {
        return target.rsplit('.').next().map(str::to_owned);
    }
    if let Some((_, operation)) = request.uri().path().split_once("/operation/") {
        return Some(operation.to_owned());
    }
    if request.method() != Method::POST {
        return None;
    }
    pairs(std::str::from_utf8(request.body()).ok()?)
        .find_map(|(key, value)| (key == "Action").then_some(value))
}

/// The most specific operation whose template fits: `/{Bucket}?tagging` before `/{Bucket}`, and of those that share a
/// template the one whose required headers and query members are there (CopyObject before PutObject).
fn by_template<'a>(model: &'a Model, request: &Request<Bytes>) -> Option<Found<'a>> {
    let path = request.uri().path();
    let query: Vec<_> = pairs(request.uri().query().unwrap_or_default()).collect();
    model
        .operations
        .iter()
        .filter(|(_, operation)| operation.http.method == request.method().as_str())
        .filter_map(|(name, operation)| {
            let template = Template::of(&operation.http.uri);
            let labels = template.labels(path)?;
            let specific = template.matches_query(&query)?;
            let signs = signs(model, operation, request, &query)?;
            let found = Found {
                name,
                operation,
                labels,
            };
            // Of two that nothing tells apart, the first by name.
            Some(((template.literals(), specific, signs, Reverse(name)), found))
        })
        .max_by(|(one, _), (other, _)| one.cmp(other))
        .map(|(_, found)| found)
}

/// How many of the operation's required query and header members are there; `None` when one is missing.
///
/// A request that lacks one is thus taken for another operation, or for none, and either is a violation.
fn signs(
    model: &Model,
    operation: &Operation,
    request: &Request<Bytes>,
    query: &[(String, String)],
) -> Option<usize> {
    let Some(shape) = operation
        .input
        .as_ref()
        .and_then(|input| model.shapes.get(&input.shape))
    else {
        return Some(0);
    };
    let mut found = 0;
    for name in &shape.required {
        let Some(member) = shape.members.get(name) else {
            continue;
        };
        let wire_name = member.wire_name(name);
        let there = match member.location.as_deref() {
            Some("querystring") => query.iter().any(|(key, _)| key == wire_name),
            Some("header") => request.headers().contains_key(wire_name),
            _ => continue,
        };
        if !there {
            return None;
        }
        found += 1;
    }
    Some(found)
}

/// A `requestUri`.
struct Template<'a> {
    segments: Vec<&'a str>,
    query: Vec<(&'a str, Option<&'a str>)>,
}

impl<'a> Template<'a> {
    fn of(uri: &'a str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let query = query.split('&').filter(|pair| !pair.is_empty());
        Self {
            segments: path.trim_matches('/').split('/').collect(),
            query: query
                .map(|pair| match pair.split_once('=') {
                    Some((key, value)) => (key, Some(value)),
                    None => (pair, None),
                })
                .collect(),
        }
    }

    fn literals(&self) -> usize {
        self.segments
            .iter()
            .filter(|segment| label(segment).is_none())
            .count()
    }

    /// How many pairs the template asks for; `None` when one is not there.
    fn matches_query(&self, query: &[(String, String)]) -> Option<usize> {
        let there = |(key, value): &(&str, Option<&str>)| {
            query
                .iter()
                .any(|(k, v)| k == key && value.is_none_or(|value| v == value))
        };
        self.query.iter().all(there).then_some(self.query.len())
    }

    /// The labels' values, or `None` when the path does not fit. `{Key+}` takes all that is left.
    fn labels(&self, path: &str) -> Option<BTreeMap<&'a str, String>> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let mut rest: Vec<_> = path.split('/').collect();
        // A trailing slash is none of a key's: `/bucket/` is `/bucket`.
        if rest.len() > 1 && rest.len() == self.segments.len() + 1 && rest.last() == Some(&"") {
            rest.pop();
        }
        let mut labels = BTreeMap::new();
        for (index, segment) in self.segments.iter().enumerate() {
            let here = rest.get(index)?;
            match label(segment) {
                None if segment == here => {}
                None => return None,
                Some(name) => {
                    if let Some(greedy) = name.strip_suffix('+') {
                        let all = rest[index..].join("/");
                        labels.insert(greedy, decoded(&all));
                        return (!all.is_empty()).then_some(labels);
                    }
                    if here.is_empty() {
                        return None;
                    }
                    labels.insert(name, decoded(here));
                }
            }
        }
        (rest.len() == self.segments.len()).then_some(labels)
    }
}

fn label(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The pairs of a query or a form, decoded.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(&key.replace('+', " ")), decoded(&value.replace('+', " ")))
    })
}

/// Percent-decoding; what is no escape stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = (first == b'%').then(|| after.get(..2)).flatten();
        let escape = escape.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match escape {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
