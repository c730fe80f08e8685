//! A folder for as long as a run.

use std::io;
use std::path::{Path, PathBuf};

/// A folder that is gone when this is dropped.
#[derive(Debug)]
pub struct Workspace {
    path: PathBuf,
}

impl Workspace {
    /// Makes a folder of this process in `directory`.
    ///
    /// # Errors
    /// It cannot be made, or is there already.
    pub fn in_directory(directory: &Path) -> io::Result<Self> {
        let path = directory.join(format!("fleet-audit-{}", std::process::id()));
        std::fs::create_dir(&path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        Ok(Self { path })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What is left over is in a folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::in_directory(folder.path()).unwrap();
        std::fs::write(workspace.path().join("truth.jsonl"), "x").unwrap();
        let again = Workspace::in_directory(folder.path()).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        let path = workspace.path().to_owned();
        drop(workspace);
        assert!(!path.exists());
    }
}
