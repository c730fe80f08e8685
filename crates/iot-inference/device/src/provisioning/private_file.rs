//! A file for its owner alone, which is in its place whole or not at all.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Reading and writing, for the owner.
const OWNER: u32 = 0o600;

/// A file that is on the medium, and not yet in its place. It goes with this, unless it is kept.
#[derive(Debug)]
pub(super) struct PrivateFile {
    new: PathBuf,
    place: PathBuf,
}

impl PrivateFile {
    /// Writes a file that is to be at `place`.
    pub(super) fn write(place: &Path, bytes: &[u8]) -> Result<Self> {
        let mut new = OsString::from(place);
        new.push(".new");
        let file = Self {
            new: PathBuf::from(new),
            place: place.to_owned(),
        };
        // What a run that was ended left has its own permissions: it is not written over.
        match std::fs::remove_file(&file.new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        let mut opened = options.write(true).create_new(true).mode(OWNER).open(&file.new)?;
        opened.write_all(bytes)?;
        opened.sync_all()?;
        Ok(file)
    }

    /// Puts it in its place, for good. What is there is not replaced.
    pub(super) fn keep(self) -> Result<()> {
        if self.place.exists() {
            return Err(Error::from(ErrorKind::AlreadyExists));
        }
        std::fs::rename(&self.new, &self.place)?;
        let folder = self.place.parent().filter(|folder| *folder != Path::new(""));
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        // Once it is in its place there is nothing here to remove.
        let _ = std::fs::remove_file(&self.new);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_its_owners_alone_and_there_when_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("key.pem");
        std::fs::write(folder.path().join("key.pem.new"), "left over").unwrap();
        drop(PrivateFile::write(&place, b"first").unwrap());
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
        let file = PrivateFile::write(&place, b"second").unwrap();
        assert!(!place.exists());
        file.keep().unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"second");
        let mode = std::fs::metadata(&place).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, OWNER);
        let error = PrivateFile::write(&place, b"third").unwrap().keep().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&place).unwrap(), b"second");
    }
}
