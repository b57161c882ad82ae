//@ file 9
//! What others send to a client.

// roadmap: graceful-degradation

use std::io::{self, Write};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// A bounded queue in front of a connection, and a thread that empties it. To put something in
/// never waits for the client: that the client does not read is nothing to others.
pub struct Outbox {
    stream: Arc<TcpStream>,
    queue: Mutex<Queue>,
    changed: Condvar,
}

struct Queue {
    bytes: Vec<u8>,
    /// How many bytes the thread has taken out and is just writing.
    in_flight: usize,
    limit: usize,
    /// Nothing more can be put in.
    closed: bool,
}

impl Queue {
    fn unsent(&self) -> usize {
        self.bytes.len() + self.in_flight
    }

    fn discard(&mut self) {
        self.closed = true;
        self.bytes = Vec::new();
    }
}

impl Outbox {
    pub fn open(stream: Arc<TcpStream>, limit: usize) -> io::Result<Arc<Outbox>> {
        //@ stage 9-12
        // One message may follow another at once. It does not wait until that is acknowledged,
        // which can take 40 ms.
        stream.set_nodelay(true)?;
        //@ end
        let queue = Queue { bytes: Vec::new(), in_flight: 0, limit, closed: false };
        let outbox = Arc::new(Outbox { stream, queue: Mutex::new(queue), changed: Condvar::new() });
        let emptying = Arc::clone(&outbox);
        thread::Builder::new().spawn(move || emptying.empty())?;
        Ok(outbox)
    }

    /// Allows the queue to become at least so long.
    pub fn allow(&self, limit: usize) {
        let mut queue = self.lock();
        queue.limit = queue.limit.max(limit);
    }

    /// Never waits. False when the client does not get it: it is dropped, because it has too much
    /// to read already.
    pub fn push(&self, bytes: &[u8]) -> bool {
        let mut queue = self.lock();
        if !queue.closed && queue.unsent() + bytes.len() > queue.limit {
            queue.discard();
            // This wakes the two threads that may wait for the client, in a read or in a write.
            let _ = self.stream.shutdown(Shutdown::Both);
        }
        if queue.closed {
            return false;
        }
        queue.bytes.extend_from_slice(bytes);
        self.changed.notify_all();
        true
    }

    /// For what the client has asked for: waits its turn, so that nobody is dropped for asking much.
    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let queue = self.lock();
        let turn = self.changed.wait_while(queue, |queue| !queue.closed && queue.unsent() > 0);
        let mut queue = turn.unwrap();
        if queue.closed {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        queue.bytes.extend_from_slice(bytes);
        self.changed.notify_all();
        Ok(())
    }

    /// Takes nothing more, and returns when everything is sent, or the client has had a second.
    pub fn finish(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        self.changed.notify_all();
        let patience = Duration::from_secs(1);
        let sent = self.changed.wait_timeout_while(queue, patience, |queue| queue.unsent() > 0);
        let (mut queue, waited) = sent.unwrap();
        if waited.timed_out() {
            queue.discard();
            let _ = self.stream.shutdown(Shutdown::Both);
        }
    }

    /// What the thread does until the outbox is closed and empty.
    fn empty(&self) {
        let mut queue = self.lock();
        loop {
            let filled = self.changed.wait_while(queue, |queue| !queue.closed && queue.bytes.is_empty());
            queue = filled.unwrap();
            if queue.bytes.is_empty() {
                return;
            }
            let bytes = mem::take(&mut queue.bytes);
            queue.in_flight = bytes.len();
            drop(queue);
            let written = (&*self.stream).write_all(&bytes);
            queue = self.lock();
            queue.in_flight = 0;
            if written.is_err() {
                queue.discard();
                // Whoever reads from the client gets to know, too.
                let _ = self.stream.shutdown(Shutdown::Both);
            }
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap()
    }
}
