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
