//@ file 8
//! The append-only file.

// roadmap: io-and-ipc

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Condvar, Mutex};

use crate::connection::Client;
use crate::resp::{CommandReader, Reply};
use crate::server::State;

/// Every write, as a command, in the order in which they took place.
pub struct AppendOnlyFile {
    path: PathBuf,
    file: File,
    progress: Mutex<Progress>,
    synced: Condvar,
}

#[derive(Default)]
struct Progress {
    /// Records that are not written yet.
    waiting: Vec<u8>,
    /// How many bytes were ever appended, and how many of them are on disk.
    appended: u64,
    durable: u64,
    /// Somebody is bringing records to disk, without the lock.
    busy: bool,
}

impl AppendOnlyFile {
    pub fn open(folder: &Path) -> io::Result<AppendOnlyFile> {
        fs::create_dir_all(folder)?;
        let path = folder.join("appendonly.aof");
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        Ok(AppendOnlyFile { path, file, progress: Mutex::default(), synced: Condvar::new() })
    }

    /// Does again all that the file tells.
    pub fn replay(&self, state: &mut State) -> io::Result<()> {
        let mut file = &self.file;
        let mut client = Client::trusted();
        let mut reader = CommandReader::default();
        let mut size = 0;
        let mut whole = 0;
        loop {
            match reader.read_from(&mut file)? {
                0 => break,
                count => size += count as u64,
            }
            while let Some(words) = reader.next_command().map_err(|error| self.damaged(whole, error))? {
                if let Reply::Error(message) = state.execute(&words, &mut client) {
                    return Err(self.damaged(whole, message));
                }
                // Half a transaction is as good as none.
                if client.transaction.is_none() {
                    whole = reader.position();
                }
            }
        }
        if whole < size {
            // The last write was cut off, and its client got no reply: it never took place.
            let rest = size - whole;
            eprintln!("{}: cut off {rest} bytes at its end, which are no whole record.", self.path.display());
            file.set_len(whole)?;
        }
        file.seek(SeekFrom::Start(whole))?;
        Ok(())
    }

    fn damaged(&self, position: u64, reason: impl ToString) -> io::Error {
        let path = self.path.display();
        io::Error::other(format!("{path} is damaged behind byte {position}: {}", reason.to_string()))
    }

    pub fn append(&self, record: &[u8]) {
        let mut progress = self.progress.lock().unwrap();
        progress.waiting.extend_from_slice(record);
        progress.appended += record.len() as u64;
    }

    /// Returns when all records so far are on disk. The first who comes brings everything there
    /// that is waiting, and the others wait for that: so one fsync serves them all.
    pub fn sync(&self) {
        let mut progress = self.progress.lock().unwrap();
        let wanted = progress.appended;
        while progress.durable < wanted {
            if progress.busy {
                progress = self.synced.wait(progress).unwrap();
                continue;
            }
            progress.busy = true;
            let records = mem::take(&mut progress.waiting);
            let end = progress.appended;
            drop(progress);
            self.write(&records);
            progress = self.progress.lock().unwrap();
            progress.durable = end;
            progress.busy = false;
            self.synced.notify_all();
        }
    }

    /// A failure ends the process: no client may get a reply that is not true.
    fn write(&self, records: &[u8]) {
        let mut file = &self.file;
        let written = file.write_all(records).and_then(|()| file.sync_data());
        if let Err(error) = written {
            eprintln!("{}: {error}", self.path.display());
            process::exit(1);
        }
    }
}
