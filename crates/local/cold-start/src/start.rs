//! A Runtime API that only waits for the first poll.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A function that has not polled by then never will.
const LONGEST_START: Duration = Duration::from_secs(10);

const POLL: &str = "GET /2018-06-01/runtime/invocation/next ";

/// One start of a function.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// From the call that spawns the process to the arrival of its first poll.
    pub to_first_poll: Duration,
    /// The peak of the resident set up to then.
    pub peak_memory_bytes: u64,
}

/// The endpoint that functions poll.
pub(crate) struct RuntimeApi {
    listener: TcpListener,
    address: SocketAddr,
}

impl RuntimeApi {
    pub(crate) fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Starts a function, waits for its first poll, and ends it.
    pub(crate) fn start(&self, bootstrap: &Path) -> io::Result<Start> {
        let (polled, waiting) = mpsc::channel::<()>();
        let address = self.address;
        let watchdog = thread::spawn(move || {
            if waiting.recv_timeout(LONGEST_START) == Err(mpsc::RecvTimeoutError::Timeout) {
                // A connection without a request ends the wait below.
                drop(TcpStream::connect(address));
            }
        });
        let begin = Instant::now();
        let mut function = self.spawn(bootstrap)?;
        let poll = self.first_poll();
        let to_first_poll = begin.elapsed();
        drop(polled);
        let peak = peak_memory_bytes(&function);
        let ended = end(&mut function);
        let _ = watchdog.join();
        let (_connection, line) = poll?;
        match line {
            line if line.starts_with(POLL) => Ok(Start {
                to_first_poll,
                peak_memory_bytes: peak?,
            }),
            line => Err(no_poll(bootstrap, &line, ended)),
        }
    }

    /// The variables are those that Lambda sets, and those that this process was given for the function's own.
    fn spawn(&self, bootstrap: &Path) -> io::Result<Child> {
        Command::new(bootstrap)
            .env("AWS_LAMBDA_RUNTIME_API", self.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "measured")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/measured")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "measured")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            // Measured is the start on AWS, where there is no endpoint of one's own.
            .env_remove("AWS_ENDPOINT_URL")
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", bootstrap.display())))
    }

    /// The first line of the first request, with the connection: a function whose poll breaks off ends.
    fn first_poll(&self) -> io::Result<(TcpStream, String)> {
        let (connection, _) = self.listener.accept()?;
        let mut line = String::new();
        BufReader::new(&connection).read_line(&mut line)?;
        Ok((connection, line))
    }
}

/// Kills the function, and says how it had ended by itself, if it had.
fn end(function: &mut Child) -> io::Result<Option<std::process::ExitStatus>> {
    let ended = function.try_wait();
    function.kill()?;
    function.wait()?;
    ended
}

fn no_poll(bootstrap: &Path, line: &str, ended: io::Result<Option<std::process::ExitStatus>>) -> io::Error {
    let bootstrap = bootstrap.display();
    io::Error::other(match ended {
        Ok(Some(status)) => format!("{bootstrap} ended before its first poll: {status}"),
        _ => format!("{bootstrap} did not poll, its first request is {line:?}"),
    })
}

/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn peak_memory_bytes(function: &Child) -> io::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", function.id()))?;
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|number| number.parse::<u64>().ok());
    kibibytes
        .map(|kibibytes| kibibytes * 1024)
        .ok_or_else(|| io::Error::other("/proc names no VmHWM"))
}
