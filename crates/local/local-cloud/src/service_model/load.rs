//! Models out of botocore's data directory.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::GzDecoder;

use super::Directory;
use super::shape::Model;
use crate::Error;

/// What was loaded so far; `None` for a name that has no model.
#[derive(Debug)]
pub(super) struct Loaded {
    directory: Directory,
    models: Mutex<HashMap<String, Option<Arc<Model>>>>,
}

impl Loaded {
    pub(super) fn new(directory: Directory) -> Self {
        Self {
            directory,
            models: Mutex::default(),
        }
    }

    /// A service's model, by the name of botocore's directory.
    pub(super) fn model(&self, service: &str) -> Option<Arc<Model>> {
        // Nobody panics while holding it with a half-made entry: an insert is whole.
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = models.get(service) {
            return known.clone();
        }
        let model = read(&self.directory, service).map(Arc::new);
        models.insert(service.to_owned(), model.clone());
        model
    }
}

/// `lib/python3.X/site-packages/botocore/data` of a virtual environment.
pub(super) fn directory(venv: &Path) -> Result<Directory, Error> {
    let missing = || {
        Error::argument(format!(
            "{} has no botocore, whose service models every request is checked against: run scripts/setup",
            venv.display()
        ))
    };
    subdirectories(&venv.join("lib"))
        .into_iter()
        .map(|python| python.join("site-packages/botocore/data"))
        .find(|data| data.is_dir())
        .ok_or_else(missing)
}

/// The newest version of a service's model.
fn read(directory: &Path, service: &str) -> Option<Model> {
    // The name comes from a request.
    let plain = !service.is_empty() && service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let newest = plain
        .then(|| subdirectories(&directory.join(service)))
        .into_iter()
        .flatten()
        .max()?;
    let file = std::fs::File::open(newest.join("service-2.json.gz")).ok()?;
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn subdirectories(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect()
}
