//! Log lines as JSON, one an event.

use tracing::Subscriber;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

pub use tracing::level_filters::LevelFilter;

/// Starts JSON logs to standard output at `level`. A second call in a process changes nothing.
///
/// A field's name is what the code wrote, dots included: `stream.shard`, `batch.records`.
pub fn start_logs(level: LevelFilter) {
    let _ = tracing::subscriber::set_global_default(subscriber(level, std::io::stdout));
}

/// Libraries that print whole requests and events below this level. A payload would be among them.
const QUIET: [(&str, LevelFilter); 7] = [
    ("aws_", LevelFilter::WARN),
    ("h2", LevelFilter::WARN),
    ("hyper", LevelFilter::WARN),
    ("lambda_runtime", LevelFilter::INFO),
    ("rustls", LevelFilter::WARN),
    ("tokio", LevelFilter::WARN),
    ("tower", LevelFilter::WARN),
];

fn subscriber<W>(level: LevelFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'line> MakeWriter<'line> + Send + Sync + 'static,
{
    let quiet = QUIET.map(|(target, most)| (target, most.min(level)));
    let targets = Targets::new().with_default(level).with_targets(quiet);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(targets).with(lines)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};

    use super::*;

    #[derive(Clone, Default)]
    struct Output(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: LevelFilter, work: impl FnOnce()) -> Vec<Value> {
        let output = Output::default();
        let writer = output.clone();
        tracing::subscriber::with_default(subscriber(level, move || writer.clone()), work);
        let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_field_keeps_its_dotted_name() {
        let lines = logged(LevelFilter::INFO, || {
            tracing::info!(stream.shard = "shardId-0", batch.records = 3, "batch delivered");
        });
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line["stream.shard"], "shardId-0");
        assert_eq!(line["batch.records"], json!(3));
        assert_eq!(line["message"], "batch delivered");
        assert_eq!(line["level"], "INFO");
        assert!(line["timestamp"].is_string());
    }

    #[test]
    fn the_level_decides_what_is_written() {
        let write = || {
            tracing::debug!("detail");
            tracing::info!("event");
            tracing::error!("failure");
        };
        for (level, lines) in [
            (LevelFilter::OFF, 0),
            (LevelFilter::ERROR, 1),
            (LevelFilter::INFO, 2),
            (LevelFilter::DEBUG, 3),
        ] {
            assert_eq!(logged(level, write).len(), lines, "{level}");
        }
    }

    /// The SDK logs request bodies, and the runtime whole events, below these levels.
    #[test]
    fn libraries_that_log_payloads_stay_quiet_at_every_level() {
        let lines = logged(LevelFilter::TRACE, || {
            tracing::trace!(target: "aws_smithy_runtime::client::orchestrator", "request body");
            tracing::info!(target: "aws_sdk_personalizeevents", "request body");
            tracing::trace!(target: "hyper_util::client", "bytes");
            tracing::trace!(target: "lambda_runtime::layers::api_client", "event body");
            tracing::debug!(target: "h2::codec", "frame");
        });
        assert_eq!(lines, Vec::<Value>::new());
    }

    #[test]
    fn a_library_is_not_louder_than_the_level() {
        let lines = logged(LevelFilter::ERROR, || tracing::warn!(target: "hyper", "retried"));
        assert_eq!(lines, Vec::<Value>::new());
    }
}
