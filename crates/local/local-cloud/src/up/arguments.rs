//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::{ChangeCapture, Emulator, Error, Options, Pattern};

/// How to call the command.
pub const USAGE: &str = "\
local-cloud up [options] [-- COMMAND …]

Starts the local cloud, deploys a pattern's stack and runs its event source mappings. With COMMAND: runs it with
AWS_ENDPOINT_URL, credentials, region and STACK_OUTPUTS (a JSON file) set, then stops everything and exits with its
code. Without: runs until Ctrl-C.

  --pattern NAME       what to deploy: recommendations, generative-bi, iot-inference; default: nothing
  --change-capture HOW how generative-bi's changes come onto the stream: forwarder (default), native
  --port N             port of the endpoint on 127.0.0.1; default: a free one
  --endpoint URL       use the LocalStack-compatible emulator that runs there, in place of ministack
  --no-mappings        leave the mappings to the emulator of --endpoint
  --functions-dir DIR  holds NAME/bootstrap of each function; default: target/functions/debug
  --state-dir DIR      keep logs and state there; default: logs only, below .local/
  --project-dir DIR    the checkout; default: the current directory
";

/// What the command was asked to do.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) options: Options,
    pub(super) command: Vec<OsString>,
}

impl Arguments {
    /// Reads the arguments behind the program's name.
    pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let mut arguments = arguments.into_iter();
        match arguments.next().as_deref().and_then(|verb| verb.to_str()) {
            Some("up") => {}
            Some(verb) => return Err(usage(&format!("there is no command {verb:?}"))),
            None => return Err(usage("the command is missing")),
        }
        let mut given = Given::default();
        while let Some(name) = arguments.next() {
            if name == "--" {
                given.command = arguments.collect();
                break;
            }
            given.take(&name.to_string_lossy(), &mut arguments)?;
        }
        given.complete()
    }
}

#[derive(Default)]
struct Given {
    pattern: Option<Pattern>,
    change_capture: Option<ChangeCapture>,
    port: Option<u16>,
    emulator: Emulator,
    no_mappings: bool,
    functions_directory: Option<PathBuf>,
    state_directory: Option<PathBuf>,
    project_directory: Option<PathBuf>,
    command: Vec<OsString>,
}

impl Given {
    fn take(&mut self, name: &str, rest: &mut impl Iterator<Item = OsString>) -> Result<(), Error> {
        let mut value = || rest.next().ok_or_else(|| usage(&format!("{name} needs a value")));
        match name {
            "--pattern" => self.pattern = Some(named(name, value()?.to_string_lossy().parse())?),
            "--change-capture" => {
                self.change_capture = Some(named(name, value()?.to_string_lossy().parse())?);
            }
            "--port" => self.port = Some(port(name, &value()?.to_string_lossy())?),
            "--endpoint" => self.emulator = named(name, Emulator::at(&value()?.to_string_lossy()))?,
            "--no-mappings" => self.no_mappings = true,
            "--functions-dir" => self.functions_directory = Some(value()?.into()),
            "--state-dir" => self.state_directory = Some(value()?.into()),
            "--project-dir" => self.project_directory = Some(value()?.into()),
            _ => return Err(usage(&format!("there is no argument {name:?}"))),
        }
        Ok(())
    }

    fn complete(self) -> Result<Arguments, Error> {
        if self.no_mappings && self.emulator == Emulator::Ministack {
            return Err(usage(
                "--no-mappings needs --endpoint: ministack does not run them",
            ));
        }
        if self.change_capture.is_some() && self.pattern != Some(Pattern::GenerativeBi) {
            return Err(usage("--change-capture needs --pattern generative-bi"));
        }
        let mut options = Options::new(self.project_directory.unwrap_or_else(|| ".".into()));
        options.deploy = self.pattern;
        options.change_capture = self.change_capture.unwrap_or_default();
        options.port = self.port;
        options.emulator = self.emulator;
        options.run_mappings = !self.no_mappings;
        options.state_directory = self.state_directory;
        if let Some(directory) = self.functions_directory {
            options.functions_directory = directory;
        }
        Ok(Arguments {
            options,
            command: self.command,
        })
    }
}

fn port(name: &str, text: &str) -> Result<u16, Error> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(usage(&format!("{name} {text:?} is no port, 1 to 65535"))),
    }
}

/// Puts the argument's name in front of what is wrong with its value.
fn named<T>(name: &str, parsed: Result<T, Error>) -> Result<T, Error> {
    parsed.map_err(|error| usage(&format!("{name}: {error}")))
}

fn usage(problem: &str) -> Error {
    Error::argument(format!("{problem}\n\n{USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, Error> {
        Arguments::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn everything_given() {
        let line = "up --pattern recommendations --port 4600 --endpoint http://127.0.0.1:4566 --no-mappings \
                    --functions-dir f --state-dir s --project-dir p -- replay --port 1";
        let Arguments { options, command } = parse(line).unwrap();
        assert_eq!(options.deploy, Some(Pattern::Recommendations));
        assert_eq!(options.port, Some(4600));
        assert_eq!(options.emulator, Emulator::Running("127.0.0.1:4566".to_owned()));
        assert!(!options.run_mappings);
        assert_eq!(options.functions_directory, PathBuf::from("f"));
        assert_eq!(options.state_directory, Some(PathBuf::from("s")));
        assert_eq!(options.project_directory, PathBuf::from("p"));
        assert_eq!(command, ["replay", "--port", "1"]);
    }

    #[test]
    fn a_capture_for_the_pattern_that_has_one() {
        let given = parse("up --pattern generative-bi --change-capture native").unwrap();
        assert_eq!(given.options.deploy, Some(Pattern::GenerativeBi));
        assert_eq!(given.options.change_capture, ChangeCapture::Native);
    }

    #[test]
    fn defaults() {
        let Arguments { options, command } = parse("up").unwrap();
        assert_eq!(options.deploy, None);
        assert_eq!(options.emulator, Emulator::Ministack);
        assert_eq!(options.port, None);
        assert!(options.run_mappings);
        assert!(command.is_empty());
    }

    #[test]
    fn an_error_names_the_argument() {
        let cases = [
            ("", "the command is missing"),
            ("down", "there is no command \"down\""),
            ("up --pattern", "--pattern needs a value"),
            (
                "up --pattern movies",
                "--pattern: no pattern is called \"movies\"",
            ),
            ("up --pattern recommendations --port 0", "--port \"0\" is no port"),
            (
                "up --pattern recommendations --port 65536",
                "--port \"65536\" is no port",
            ),
            (
                "up --pattern recommendations --endpoint 127.0.0.1",
                "--endpoint: \"127.0.0.1\" is not a URL",
            ),
            (
                "up --pattern recommendations --no-mappings",
                "--no-mappings needs --endpoint",
            ),
            (
                "up --pattern recommendations --change-capture native",
                "--change-capture needs --pattern generative-bi",
            ),
            (
                "up --pattern generative-bi --change-capture stream",
                "--change-capture: no capture is called \"stream\"",
            ),
            ("up --patern recommendations", "there is no argument \"--patern\""),
        ];
        for (line, expected) in cases {
            let error = parse(line).unwrap_err();
            assert!(matches!(error, Error::Argument(_)));
            assert!(error.to_string().starts_with(expected), "{line}: {error}");
        }
    }

    #[test]
    fn the_limits_of_a_port() {
        for (text, port) in [("1", 1), ("65535", 65535)] {
            assert_eq!(
                parse(&format!("up --pattern recommendations --port {text}"))
                    .unwrap()
                    .options
                    .port,
                Some(port)
            );
        }
    }
}
