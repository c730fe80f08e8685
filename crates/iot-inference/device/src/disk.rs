//! What the store asks of a disk: few operations, each with a meaning that outlives a crash.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

/// A folder of small files.
pub trait Disk {
    /// The names of all files.
    fn list(&self) -> Result<Vec<String>>;

    /// A file's bytes; none if there is no such file.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Writes to the end of a file. Until [`Disk::sync`] a power cut may leave any part of the bytes.
    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<()>;

    /// Brings what was appended to a file to the medium.
    fn sync(&mut self, name: &str) -> Result<()>;

    /// Makes `bytes` a file's content, at once and for good: a crash leaves the old content or the new.
    fn replace(&mut self, name: &str, bytes: &[u8]) -> Result<()>;

    /// Removes a file. A crash leaves it, or does not.
    fn remove(&mut self, name: &str) -> Result<()>;
}

/// A folder of the file system, locked against other processes.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The file that was appended to last.
    open: Option<(String, File)>,
    _lock: File,
}

/// Locked while a process uses the folder.
const LOCK: &str = "lock";

/// Ends the name of a file that is not yet in its place.
const NEW: &str = ".new";

impl Folder {
    /// Opens a folder, or makes it.
    ///
    /// # Errors
    /// It cannot be made or locked, or another process has locked it.
    pub fn open(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path)?;
        let lock = File::create(path.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::new(ErrorKind::ResourceBusy, "another process uses it"),
            TryLockError::Error(error) => error,
        })?;
        Ok(Self {
            path: path.to_owned(),
            open: None,
            _lock: lock,
        })
    }

    fn opened(&mut self, name: &str) -> Result<&mut File> {
        let is_open = self.open.as_ref().is_some_and(|(open, _)| open == name);
        if !is_open {
            let file = OpenOptions::new()
                .append(true)
                .create(true)
                .open(self.path.join(name))?;
            self.open = Some((name.to_owned(), file));
        }
        let open = self.open.as_mut().map(|(_, file)| file);
        open.ok_or_else(|| Error::from(ErrorKind::NotFound))
    }

    /// A name is on the medium when its folder is.
    fn sync_names(&self) -> Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

impl Disk for Folder {
    fn list(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for file in std::fs::read_dir(&self.path)? {
            let name = file?.file_name().to_string_lossy().into_owned();
            if name != LOCK && !name.ends_with(NEW) {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match std::fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.opened(name)?.write_all(bytes)
    }

    fn sync(&mut self, name: &str) -> Result<()> {
        self.opened(name)?.sync_data()
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        // An open file would go on being the one that is replaced.
        self.open = self.open.take().filter(|(open, _)| open != name);
        let new = self.path.join(format!("{name}{NEW}"));
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, self.path.join(name))?;
        self.sync_names()
    }

    fn remove(&mut self, name: &str) -> Result<()> {
        self.open = self.open.take().filter(|(open, _)| open != name);
        std::fs::remove_file(self.path.join(name))
    }
}

/// A disk that ends with its process.
#[derive(Debug, Default, Clone)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Disk for Memory {
    fn list(&self) -> Result<Vec<String>> {
        Ok(self.files.keys().cloned().collect())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.files.get(name).cloned())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.files
            .entry(name.to_owned())
            .or_default()
            .extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.files.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<()> {
        self.files.remove(name);
        Ok(())
    }
}

impl<D: Disk + ?Sized> Disk for Box<D> {
    fn list(&self) -> Result<Vec<String>> {
        (**self).list()
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        (**self).read(name)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        (**self).append(name, bytes)
    }

    fn sync(&mut self, name: &str) -> Result<()> {
        (**self).sync(name)
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        (**self).replace(name, bytes)
    }

    fn remove(&mut self, name: &str) -> Result<()> {
        (**self).remove(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every disk does.
    fn check(disk: &mut impl Disk) {
        assert!(disk.list().unwrap().is_empty());
        assert_eq!(disk.read("a").unwrap(), None);
        disk.append("a", b"1").unwrap();
        disk.append("b", b"x").unwrap();
        disk.append("a", b"2").unwrap();
        disk.sync("a").unwrap();
        assert_eq!(disk.read("a").unwrap().unwrap(), b"12");
        disk.replace("a", b"3").unwrap();
        disk.append("a", b"4").unwrap();
        assert_eq!(disk.read("a").unwrap().unwrap(), b"34");
        disk.remove("b").unwrap();
        assert_eq!(disk.list().unwrap(), ["a"]);
    }

    #[test]
    fn a_folder_and_a_memory_do_the_same() {
        check(&mut Memory::default());
        let folder = tempfile::tempdir().unwrap();
        check(&mut Folder::open(&folder.path().join("made/here")).unwrap());
    }

    #[test]
    fn a_folder_belongs_to_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Folder::open(folder.path()).unwrap();
        let error = Folder::open(folder.path()).unwrap_err();
        assert_eq!(error.to_string(), "another process uses it");
        drop(first);
        assert!(Folder::open(folder.path()).is_ok());
    }

    #[test]
    fn what_is_not_yet_in_its_place_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Folder::open(folder.path()).unwrap();
        std::fs::write(folder.path().join("state.new"), "half").unwrap();
        assert!(disk.list().unwrap().is_empty());
    }
}
