//! Metrics that can be read back.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use telemetry_emf::{Metrics, MetricsSource};

#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    pub fn metrics(&self) -> Metrics {
        let source = MetricsSource {
            namespace: "KinesisAiPatterns".to_owned(),
            service: "put-events-forwarder".to_owned(),
            function: "staging-put-events-forwarder".to_owned(),
        };
        Metrics::to(source, self.clone())
    }

    /// One document a line.
    pub fn documents(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "a line is not ended: {text}"
        );
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub fn document(&self) -> Value {
        let mut documents = self.documents();
        assert_eq!(documents.len(), 1);
        documents.remove(0)
    }
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
