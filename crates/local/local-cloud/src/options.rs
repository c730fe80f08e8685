//! What to start, and where things are.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::Error;

/// What to start. [`Options::new`] has everything at its default: ministack on a free port, nothing deployed.
#[derive(Clone, Debug)]
pub struct Options {
    /// The checkout: `.venv/` and `infra/node_modules/` are in it (`scripts/setup` makes both).
    pub project_directory: PathBuf,
    /// Port of the endpoint on 127.0.0.1; a free one when `None`.
    pub port: Option<u16>,
    /// What answers for the services that have no stand-in.
    pub emulator: Emulator,
    /// The pattern whose stack is deployed; an empty cloud when `None`.
    pub deploy: Option<Pattern>,
    /// How the changes of generative BI's table come onto its stream.
    pub change_capture: ChangeCapture,
    /// Holds `<function>/bootstrap` for each function; `target/functions/debug` of the checkout by default.
    pub functions_directory: PathBuf,
    /// Whether our driver runs the event source mappings. Off for an emulator that runs them itself.
    pub run_mappings: bool,
    /// Where logs and the emulator's state go. When `None`: a new directory under `.local/` of the checkout, of which
    /// the logs stay and the state goes at the end.
    pub state_directory: Option<PathBuf>,
}

/// The base emulator.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Emulator {
    /// ministack out of the checkout's `.venv`, started and stopped by the local cloud.
    #[default]
    Ministack,
    /// One that runs already: its authority, such as `127.0.0.1:4566`. Nothing of it is stopped at the end.
    Running(String),
}

/// An architecture of this repository that can be deployed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pattern {
    /// Interactions through Kinesis and the forwarder into Personalize.
    Recommendations,
    /// Changes of orders through Kinesis into the warehouse.
    GenerativeBi,
    /// Readings of devices through Kinesis into state and archive.
    IotInference,
}

/// How changes of a table come onto a stream: one way at a time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ChangeCapture {
    /// `dynamodb-stream-forwarder` on the table's DynamoDB stream.
    #[default]
    Forwarder,
    /// The table's own Kinesis destination.
    Native,
}

impl Options {
    /// The defaults for a checkout.
    #[must_use]
    pub fn new(project_directory: impl Into<PathBuf>) -> Self {
        let project_directory = project_directory.into();
        Self {
            functions_directory: project_directory.join("target/functions/debug"),
            project_directory,
            port: None,
            emulator: Emulator::default(),
            deploy: None,
            change_capture: ChangeCapture::default(),
            run_mappings: true,
            state_directory: None,
        }
    }
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Self; 3] = [Self::Recommendations, Self::GenerativeBi, Self::IotInference];

    /// Its name as an argument.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recommendations => "recommendations",
            Self::GenerativeBi => "generative-bi",
            Self::IotInference => "iot-inference",
        }
    }

    /// The CDK app's id of its stack.
    #[must_use]
    pub const fn stack(self) -> &'static str {
        match self {
            Self::Recommendations => "Recommendations",
            Self::GenerativeBi => "GenerativeBi",
            Self::IotInference => "IotInference",
        }
    }
}

impl FromStr for Pattern {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|pattern| pattern.name() == name)
            .ok_or_else(|| Error::argument(format!("no pattern is called {name:?}; there are: {names}")))
    }
}

impl ChangeCapture {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::Forwarder, Self::Native];

    /// Its name, as an argument and for the CDK app.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forwarder => "forwarder",
            Self::Native => "native",
        }
    }
}

impl FromStr for ChangeCapture {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|capture| capture.name() == name)
            .ok_or_else(|| Error::argument(format!("no capture is called {name:?}; there are: {names}")))
    }
}

impl Emulator {
    /// The emulator at a URL such as `http://127.0.0.1:4566`.
    ///
    /// # Errors
    /// When it is no URL with `http`, a host and nothing behind the port.
    pub fn at(url: &str) -> Result<Self, Error> {
        let uri: Option<http::Uri> = url.parse().ok();
        uri.filter(|uri| {
            uri.scheme_str() == Some("http") && matches!(uri.path(), "" | "/") && uri.query().is_none()
        })
        .and_then(|uri| {
            let port = uri.port_u16().unwrap_or(80);
            Some(Self::Running(format!("{}:{port}", uri.host()?)))
        })
        .ok_or_else(|| Error::argument(format!("{url:?} is not a URL like http://127.0.0.1:4566")))
    }
}

/// A directory that must be there, with what to do when it is not.
pub(crate) fn present(path: &Path, remedy: &str) -> Result<(), Error> {
    if path.exists() {
        Ok(())
    } else {
        Err(Error::argument(format!(
            "{} is missing: {remedy}",
            path.display()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_found_by_its_name() {
        for pattern in Pattern::ALL {
            assert_eq!(pattern.name().parse::<Pattern>().unwrap(), pattern);
        }
        let error = "recomendations".parse::<Pattern>().unwrap_err().to_string();
        assert_eq!(
            error,
            "no pattern is called \"recomendations\"; there are: recommendations, generative-bi, iot-inference"
        );
    }

    #[test]
    fn a_capture_is_found_by_its_name() {
        for capture in ChangeCapture::ALL {
            assert_eq!(capture.name().parse::<ChangeCapture>().unwrap(), capture);
        }
        let error = "stream".parse::<ChangeCapture>().unwrap_err().to_string();
        assert_eq!(
            error,
            "no capture is called \"stream\"; there are: forwarder, native"
        );
    }

    #[test]
    fn an_emulators_url() {
        let cases = [
            ("http://127.0.0.1:4566", Some("127.0.0.1:4566")),
            ("http://localhost:4566/", Some("localhost:4566")),
            ("http://emulator", Some("emulator:80")),
            ("http://[::1]:4566", Some("[::1]:4566")),
            ("https://127.0.0.1:4566", None),
            ("127.0.0.1:4566", None),
            ("http://127.0.0.1:4566/path", None),
            ("", None),
        ];
        for (url, authority) in cases {
            let found = Emulator::at(url).ok();
            assert_eq!(
                found,
                authority.map(|authority| Emulator::Running(authority.to_owned())),
                "{url}"
            );
        }
    }
}
