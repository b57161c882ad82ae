//@ file 5
//! A file that only grows. An entry that was written is on disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::order::{Item, Step};
use crate::shared::run::Failure;

/// A line: an order's new step. The first one of an order says all of it.
#[derive(Deserialize, Serialize)]
pub struct Entry {
    pub id: String,
    pub step: Step,
    /// The status code of a rejection, 0 in others.
    #[serde(default)]
    pub code: i32,
    #[serde(default)]
    pub customer: String,
    //@ stage 8
    /// What the customer calls the order.
    #[serde(default)]
    pub key: String,
    //@ end
    #[serde(default)]
    pub items: Vec<Item>,
}

pub struct Journal {
    queue: Sender<Line>,
}

/// What is to be written, and who waits for it.
struct Line {
    text: Vec<u8>,
    written: oneshot::Sender<Result<(), String>>,
}

impl Journal {
    /// Reads what is there. A last line that was cut by a crash is taken away: its step had not been promised to anybody.
    pub fn open(folder: &Path) -> Result<(Self, Vec<Entry>), Failure> {
        fs::create_dir_all(folder)
            .map_err(|error| format!("can't keep orders in {}: {error}; DATA_DIR names the folder", folder.display()))?;
        let path = folder.join("orders.jsonl");
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        let mut entries = Vec::new();
        for (index, line) in text[..whole].split(|&byte| byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            let entry = serde_json::from_slice(line);
            entries.push(entry.map_err(|error| format!("{}, line {} is damaged: {error}", path.display(), index + 1))?);
        }
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        file.set_len(whole as u64)?;
        // The file's name has to be on disk, too.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        let (queue, lines) = mpsc::channel();
        thread::spawn(move || write_all(file, whole as u64, lines));
        Ok((Journal { queue }, entries))
    }

    /// Returns when the entry is on disk.
    pub async fn write(&self, entry: &Entry) -> Result<(), String> {
        let mut text = serde_json::to_vec(entry).map_err(|error| error.to_string())?;
        text.push(b'\n');
        let (written, answer) = oneshot::channel();
        let ended = "the journal has ended";
        self.queue.send(Line { text, written }).map_err(|_| ended)?;
        answer.await.map_err(|_| ended)?
    }
}

/// Writes what has come together, with one wait for the disk, until nobody can send any more.
fn write_all(mut file: File, mut size: u64, lines: Receiver<Line>) {
    while let Ok(first) = lines.recv() {
        let batch: Vec<Line> = std::iter::once(first).chain(lines.try_iter()).collect();
        let text: Vec<u8> = batch.iter().flat_map(|line| line.text.iter().copied()).collect();
        // At the end of what is whole: half a line of a full disk is written over by the next one.
        let outcome = append(&mut file, size, &text).map_err(|error| error.to_string());
        if outcome.is_ok() {
            size += text.len() as u64;
        }
        for line in batch {
            // Who has gone needs no answer.
            let _ = line.written.send(outcome.clone());
        }
    }
}

fn append(file: &mut File, at: u64, text: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.write_all(text)?;
    file.sync_data()
}
