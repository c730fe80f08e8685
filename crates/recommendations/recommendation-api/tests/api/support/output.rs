//! Metrics that can be read back.

use std::io;
use std::sync::{Arc, Mutex};

use recommendation_api::config::Config;
use serde_json::Value;
use telemetry_emf::Metrics;

#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    pub fn metrics(&self, config: &Config) -> Metrics {
        Metrics::to(config.metrics.clone(), self.clone())
    }

    /// The last line that was written.
    pub fn last(&self) -> Value {
        let text = String::from_utf8(self.0.lock().expect("no panic").clone()).expect("UTF-8");
        let line = text.lines().last().expect("a line of metrics");
        serde_json::from_str(line).expect("JSON")
    }
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
