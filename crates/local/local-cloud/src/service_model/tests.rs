//! Requests against models: a small one that has each rule once, and AWS's own.

mod aws;
mod bodies;
mod limits;
mod operations;

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::Request;
use serde_json::{Value, json};

use super::ServiceModels;
use super::load::Loaded;

/// Models of one service called `service`, as if botocore had it.
struct Models {
    models: ServiceModels,
    _directory: tempfile::TempDir,
}

impl Models {
    fn of(model: &Value) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let version = directory.path().join("service/2020-01-01");
        std::fs::create_dir_all(&version).unwrap();
        let file = std::fs::File::create(version.join("service-2.json.gz")).unwrap();
        let mut writer = GzEncoder::new(file, Compression::fast());
        writer.write_all(model.to_string().as_bytes()).unwrap();
        writer.finish().unwrap();
        Self {
            models: ServiceModels {
                loaded: Loaded::new(directory.path().to_owned()),
            },
            _directory: directory,
        }
    }

    /// The operation's name, and each violation as `member problem`.
    fn check(&self, request: &Request<Bytes>) -> (String, Vec<String>) {
        told(self.models.check("service", request))
    }
}

fn told((operation, violations): (String, Vec<super::Violation>)) -> (String, Vec<String>) {
    let lines = violations
        .iter()
        .map(|violation| format!("{} {}", violation.member, violation.problem));
    (operation, lines.collect())
}

/// A call in the JSON protocol.
fn json_call(operation: &str, body: &Value) -> Request<Bytes> {
    Request::post("/")
        .header("x-amz-target", format!("Prefix_2020.{operation}"))
        .header("content-type", "application/x-amz-json-1.1")
        .body(Bytes::from(body.to_string()))
        .unwrap()
}

/// A model with one operation `Call`, whose input has the member `M` of the shape given.
fn one_member(protocol: &str, shape: Value, more: Value) -> Value {
    let mut shapes = json!({
        "Input": { "type": "structure", "members": { "M": { "shape": "S" } } },
        "S": shape,
        "Text": { "type": "string" },
    });
    for (name, shape) in more.as_object().unwrap() {
        shapes[name] = shape.clone();
    }
    json!({
        "metadata": { "protocol": protocol },
        "operations": { "Call": { "http": { "method": "POST", "requestUri": "/" }, "input": { "shape": "Input" } } },
        "shapes": shapes,
    })
}
