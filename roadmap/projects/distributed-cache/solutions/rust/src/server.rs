//! Answers commands over TCP.

// roadmap: tcp-udp-dns
// roadmap: io-and-ipc

//@ stage 1-2
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
//@ stage 2-2
use std::thread;
use std::time::Duration;
//@ end

use crate::resp::{encode, parse_command, Bytes, ProtocolError, Reply};
//@ end
//@ stage 3-3
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crate::resp::{encode, Bytes, CommandReader, Reply};
//@ end
//@ stage 4-7
use std::io;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
//@ stage 4-4
use std::time::Duration;
//@ end
//@ stage 5-7
use std::time::{Duration, SystemTime, UNIX_EPOCH};
//@ end

use crate::connection::Connection;
use crate::store::Store;
//@ end
//@ stage 8
//@ stage 14
use std::collections::HashMap;
//@ end
use std::io;
use std::mem;
//@ stage 8-13
use std::net::{TcpListener, TcpStream};
//@ end
//@ stage 14
use std::net::{Shutdown, TcpListener, TcpStream};
//@ end
use std::path::PathBuf;
//@ stage 9
use std::sync::atomic::{AtomicU64, Ordering};
//@ end
//@ stage 8-13
use std::sync::{Arc, Mutex, MutexGuard};
//@ end
//@ stage 14
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
//@ end
use std::thread;
//@ stage 8-13
use std::time::{Duration, SystemTime, UNIX_EPOCH};
//@ end
//@ stage 14
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
//@ end

use crate::aof::AppendOnlyFile;
//@ stage 12
use crate::cluster::Cluster;
//@ end
use crate::commands;
use crate::connection::{Client, Connection};
//@ stage 9
use crate::pubsub::PubSub;
//@ end
//@ stage 10
use crate::replication::{self, Replication};
//@ end
use crate::resp::{command, encode, encode_command, Command, Reply};
use crate::store::Store;
//@ end

pub struct Settings {
    pub host: String,
    pub port: u16,
    /// Where stage 8 keeps what must survive.
    //@ stage 4-7
    #[allow(dead_code)]
    //@ end
    pub data_dir: PathBuf,
    //@ stage 7
    /// In bytes; 0 means without limit.
    pub max_memory: usize,
    /// Whether keys are evicted when the limit is reached; else writes are refused.
    pub evicts: bool,
    //@ end
    //@ stage 8
    /// Whether every write is on disk before its reply.
    pub append_only: bool,
    //@ end
    //@ stage 10
    /// The leader's host and port with a blank between; empty for a leader.
    pub replica_of: String,
    //@ end
    //@ stage 12
    /// Which node has which slots; empty for a server that has all keys.
    pub cluster_nodes: String,
    //@ end
    //@ stage 14
    pub max_clients: usize,
    //@ end
}

//@ stage 1-3
/// Listens and answers for as long as the program runs; it returns only when it can't.
pub fn serve(settings: Settings) -> io::Result<()> {
    let listener = TcpListener::bind((settings.host.as_str(), settings.port))?;
    for stream in listener.incoming() {
        //@ stage 1-1
        // A client may leave at any moment, also by a reset: that is no reason to end.
        let _ = stream.and_then(converse);
        //@ end
        //@ stage 2
        // Each client has a thread of its own, so the silence of one is nothing to the others.
        let started = stream.and_then(|stream| {
            // A reset connection is the client's way of leaving.
            thread::Builder::new().spawn(|| converse(stream).unwrap_or_default())
        });
        if let Err(error) = started {
            eprintln!("A client can't be served: {error}");
            // Too many threads or open files: that gets better when clients leave, not by haste.
            thread::sleep(Duration::from_millis(100));
        }
        //@ end
    }
    Ok(())
}

//@ stage 1-2
/// Takes commands off the bytes that arrive, and answers them in their order, until the client leaves.
fn converse(mut stream: TcpStream) -> io::Result<()> {
    let mut pending = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        pending.extend_from_slice(&piece[..count]);
        loop {
            match parse_command(&pending) {
                Ok(Some((command, used))) => {
                    pending.drain(..used);
                    if !command.is_empty() {
                        send(&mut stream, &answer(&command))?;
                    }
                }
                Ok(None) => break,
                Err(ProtocolError(reason)) => {
                    let message = format!("ERR Protocol error: {reason}");
                    return send(&mut stream, &Reply::Error(message));
                }
            }
        }
    }
}
//@ end
//@ stage 3
/// Takes commands off the bytes that arrive, and answers them in their order, until the client leaves.
fn converse(mut stream: TcpStream) -> io::Result<()> {
    let mut reader = CommandReader::default();
    while reader.read_from(&mut stream)? > 0 {
        loop {
            match reader.next_command() {
                Ok(Some(command)) => send(&mut stream, &answer(&command))?,
                Ok(None) => break,
                Err(error) => {
                    send(&mut stream, &Reply::Error(format!("ERR {error}")))?;
                    return hang_up(stream);
                }
            }
        }
    }
    Ok(())
}

/// Closes so that the last reply arrives: while something is unread, a plain close is a reset,
/// which may overtake it.
fn hang_up(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    let patience = Duration::from_secs(1);
    stream.set_read_timeout(Some(patience))?;
    let start = Instant::now();
    while start.elapsed() < patience && stream.read(&mut [0; 4096])? > 0 {}
    Ok(())
}
//@ end

fn send(stream: &mut TcpStream, reply: &Reply) -> io::Result<()> {
    let mut bytes = Vec::new();
    encode(reply, &mut bytes);
    stream.write_all(&bytes)
}

fn answer(command: &[Bytes]) -> Reply {
    match command {
        [name] if name.eq_ignore_ascii_case(b"PING") => Reply::Simple("PONG"),
        [name, text] if name.eq_ignore_ascii_case(b"PING") => Reply::Bulk(text.clone()),
        [name, ..] if name.eq_ignore_ascii_case(b"PING") => {
            Reply::Error("ERR wrong number of arguments for 'ping' command".to_string())
        }
        [name, ..] => Reply::Error(format!("ERR unknown command '{}'", name.escape_ascii())),
        [] => Reply::Error("ERR unknown command ''".to_string()),
    }
}
//@ end
//@ stage 4-7
/// Listens and answers for as long as the program runs; it returns only when it can't.
pub fn serve(settings: Settings) -> io::Result<()> {
    let listener = TcpListener::bind((settings.host.as_str(), settings.port))?;
    //@ stage 4-6
    let server = Arc::new(Server::default());
    //@ end
    //@ stage 7
    let server = Arc::new(Server::new(settings));
    //@ end
    //@ stage 5
    let expiring = Arc::clone(&server);
    thread::spawn(move || expiring.expire());
    //@ end
    server.accept(&listener);
    Ok(())
}
//@ end
//@ stage 8-13
/// Listens and answers for as long as the program runs; it returns only when it can't.
pub fn serve(settings: Settings) -> io::Result<()> {
    let address = (settings.host.clone(), settings.port);
    let server = Arc::new(Server::open(settings)?);
    let listener = TcpListener::bind(address)?;
    server.start_tasks();
    server.accept(&listener);
    Ok(())
}
//@ end
//@ stage 14
/// Returns when the server listens, or can't.
pub fn serve(settings: Settings) -> io::Result<Arc<Server>> {
    let address = (settings.host.clone(), settings.port);
    let server = Arc::new(Server::open(settings)?);
    let listener = TcpListener::bind(address)?;
    server.start_tasks();
    let accepting = Arc::clone(&server);
    thread::spawn(move || accepting.accept(&listener));
    Ok(server)
}
//@ end
//@ stage 4

/// What all clients share. Whoever has the lock around it has it all to itself: that makes every
/// command atomic.
//@ stage 4-6
#[derive(Default)]
pub struct State {
    pub store: Store,
}
//@ end
//@ stage 7
pub struct State {
    pub settings: Settings,
    pub store: Store,
    //@ stage 9
    pub pubsub: PubSub,
    //@ end
    //@ stage 10
    pub replication: Replication,
    //@ end
    //@ stage 12
    pub cluster: Option<Cluster>,
    //@ end
    //@ stage 14
    pub clients: HashMap<u64, Arc<TcpStream>>,
    pub counts: Counts,
    pub started: Instant,
    pub stopping: bool,
    //@ end
    //@ stage 8
    /// What the present command has changed so far, in the words of the log.
    effects: Vec<Command>,
    log: Option<Arc<AppendOnlyFile>>,
    //@ end
}
//@ stage 14

#[derive(Default)]
pub struct Counts {
    pub connections: u64,
    pub rejected: u64,
    pub commands: u64,
}
//@ end

impl State {
    //@ stage 8
    fn new(settings: Settings) -> io::Result<State> {
        Ok(State {
            store: Store::default(),
            //@ stage 9
            pubsub: PubSub::default(),
            //@ end
            //@ stage 10
            replication: Replication::new(&settings.replica_of)?,
            //@ end
            //@ stage 12
            cluster: Cluster::new(&settings.cluster_nodes, settings.port)?,
            //@ end
            //@ stage 14
            clients: HashMap::new(),
            counts: Counts::default(),
            started: Instant::now(),
            stopping: false,
            //@ end
            effects: Vec::new(),
            log: None,
            settings,
        })
    }

    pub fn execute(&mut self, words: &Command, client: &mut Client) -> Reply {
        //@ stage 14
        self.counts.commands += 1;
        //@ end
        let reply = commands::execute(words, self, client);
        //@ stage 8-10
        self.commit();
        //@ end
        //@ stage 11
        if self.commit() {
            client.last_write = self.replication.offset;
        }
        //@ end
        reply
    }

    /// Executes a command, and puts the reply where what goes to the client is collected.
    pub fn answer(&mut self, words: &Command, client: &mut Client) {
        let reply = self.execute(words, client);
        encode(&reply, &mut client.output);
        //@ stage 9
        if !client.channels.is_empty() {
            // A message may follow as soon as the lock is free, and the replies belong before it.
            self.hand_over(client);
        }
        //@ end
    }
    //@ stage 9

    /// Puts the replies of a client into its outbox, as soon as what they promise is kept. That it
    /// waits for the disk while it has the lock is rare: a subscriber does not write.
    pub fn hand_over(&self, client: &mut Client) {
        if let Some(log) = &self.log {
            log.sync();
        }
        if let Some(outbox) = &client.outbox {
            outbox.push(&client.output);
            client.output.clear();
        }
    }
    //@ end

    /// Notes what a command changed, if there is anyone to tell it to.
    pub fn record(&mut self, words: &Command) {
        self.record_removals();
        if self.is_told() {
            self.effects.push(commands::effect(words, &self.store));
        }
    }

    /// The store removes keys by itself, too, which no command says.
    fn record_removals(&mut self) {
        let removed = mem::take(&mut self.store.removed);
        if self.is_told() {
            let effects = removed.iter().map(|key| command(&[b"DEL", key]));
            self.effects.extend(effects);
        }
    }

    fn is_told(&self) -> bool {
        //@ stage 8-9
        self.log.is_some()
        //@ end
        //@ stage 10
        self.log.is_some() || !self.replication.replicas.is_empty()
        //@ end
    }

    //@ stage 8-9
    /// Logs what has changed: several effects as one transaction, so that a replay does all or nothing.
    fn commit(&mut self) {
        self.record_removals();
        if self.effects.is_empty() {
            return;
        }
        let mut effects = mem::take(&mut self.effects);
        if effects.len() > 1 {
            effects.insert(0, command(&[b"MULTI"]));
            effects.push(command(&[b"EXEC"]));
        }
        let mut bytes = Vec::new();
        effects.iter().for_each(|effect| encode_command(effect, &mut bytes));
        if let Some(log) = &self.log {
            log.append(&bytes);
        }
    }
    //@ end
    //@ stage 10
    //@ stage 10-10
    /// Tells the log and the replicas what has changed: several effects as one transaction, so
    /// that they do all or nothing.
    fn commit(&mut self) {
        self.record_removals();
        if self.effects.is_empty() {
            return;
        }
    //@ end
    //@ stage 11
    /// Tells the log and the replicas what has changed: several effects as one transaction, so
    /// that they do all or nothing. True when anything has.
    fn commit(&mut self) -> bool {
        self.record_removals();
        if self.effects.is_empty() {
            return false;
        }
    //@ end
        let mut effects = mem::take(&mut self.effects);
        if effects.len() > 1 {
            effects.insert(0, command(&[b"MULTI"]));
            effects.push(command(&[b"EXEC"]));
        }
        let mut bytes = Vec::new();
        effects.iter().for_each(|effect| encode_command(effect, &mut bytes));
        if let Some(log) = &self.log {
            log.append(&bytes);
        }
        self.replication.feed(&bytes);
        //@ stage 11
        true
        //@ end
    }
    //@ end

    //@ end
    /// Evicts keys until the memory limit is kept, if keys may be evicted. True when it is kept.
    pub fn make_room(&mut self) -> bool {
        let limit = self.settings.max_memory;
        if limit == 0 {
            return true;
        }
        if self.settings.evicts {
            self.store.evict(limit);
        }
        self.store.memory <= limit
    }
    //@ stage 9

    /// Forgets a client whose connection has ended.
    pub fn leave(&mut self, client: &mut Client) {
        self.pubsub.leave(client);
        //@ stage 10
        self.replication.leave(client);
        //@ end
    }
    //@ end
}
//@ end

//@ stage 4-6
#[derive(Default)]
//@ end
pub struct Server {
    state: Mutex<State>,
    //@ stage 8
    log: Option<Arc<AppendOnlyFile>>,
    //@ end
    //@ stage 9
    clients_so_far: AtomicU64,
    //@ end
    //@ stage 14
    left: Condvar,
    //@ end
}

impl Server {
    //@ stage 7-7
    fn new(settings: Settings) -> Server {
        let store = Store::default();
        Server { state: Mutex::new(State { settings, store }) }
    }

    //@ end
    //@ stage 8
    /// Does again what the log tells, if there is one.
    fn open(settings: Settings) -> io::Result<Server> {
        let mut state = State::new(settings)?;
        if state.settings.append_only {
            let log = AppendOnlyFile::open(&state.settings.data_dir)?;
            log.replay(&mut state)?;
            // From here on, not before: what the log tells must not be logged again.
            state.log = Some(Arc::new(log));
        }
        Ok(Server {
            log: state.log.clone(),
            state: Mutex::new(state),
            //@ stage 9
            clients_so_far: AtomicU64::new(0),
            //@ end
            //@ stage 14
            left: Condvar::new(),
            //@ end
        })
    }

    fn start_tasks(self: &Arc<Server>) {
        let server = Arc::clone(self);
        thread::spawn(move || server.expire());
        //@ stage 10
        let server = Arc::clone(self);
        thread::spawn(move || replication::follow_leaders(&server));
        let server = Arc::clone(self);
        thread::spawn(move || replication::ping_replicas(&server));
        //@ end
    }

    //@ end
    /// A panic of whoever has the lock may leave half a command behind. Then nobody may go on, so
    /// here and elsewhere what `lock` returns is unwrapped.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Accepts clients for as long as the program runs. Each has a thread of its own, so the
    /// silence of one is nothing to the others.
    fn accept(self: &Arc<Server>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if let Err(error) = stream.and_then(|stream| self.welcome(stream)) {
                eprintln!("A client can't be served: {error}");
                // Too many threads or open files: that gets better when clients leave, not by haste.
                thread::sleep(Duration::from_millis(100));
            }
        }
    }

    fn welcome(self: &Arc<Server>, stream: TcpStream) -> io::Result<()> {
        //@ stage 4-8
        let connection = Connection::new(Arc::clone(self), stream);
        //@ end
        //@ stage 9
        let id = self.clients_so_far.fetch_add(1, Ordering::Relaxed);
        let connection = Connection::new(Arc::clone(self), id, stream);
        //@ end
        thread::Builder::new().spawn(|| connection.run())?;
        Ok(())
    }
    //@ stage 5

    /// Removes expired keys that nobody asks for, some at a time, so that clients have their
    /// turns in between.
    fn expire(&self) {
        loop {
            let more = {
                let mut state = self.lock();
                state.store.now = now();
                //@ stage 10
                state.store.follows = state.replication.leader.is_some();
                //@ end
                //@ stage 5-7
                state.store.remove_expired(1000)
                //@ end
                //@ stage 8
                let more = state.store.remove_expired(1000);
                state.commit();
                more
                //@ end
            };
            thread::sleep(Duration::from_millis(if more { 1 } else { 100 }));
        }
    }
    //@ end
    //@ stage 8

    /// Returns when everything that has changed so far is on disk. Nobody may see what could
    /// still be lost, so this comes before any reply is sent.
    pub fn sync(&self) {
        if let Some(log) = &self.log {
            log.sync();
        }
    }
    //@ end
    //@ stage 14

    /// Lets a client in, or says why not.
    pub fn admit(&self, id: u64, stream: &Arc<TcpStream>) -> Result<(), String> {
        let mut state = self.lock();
        state.counts.connections += 1;
        if state.stopping {
            return Err("ERR the server is stopping".to_string());
        }
        if state.clients.len() >= state.settings.max_clients {
            state.counts.rejected += 1;
            return Err("ERR max number of clients reached".to_string());
        }
        state.clients.insert(id, Arc::clone(stream));
        Ok(())
    }

    /// Counts a client out.
    pub fn dismiss(&self, id: u64) {
        self.lock().clients.remove(&id);
        self.left.notify_all();
    }

    /// Accepts nobody any more, answers what has arrived, and returns when everything is sent
    /// and saved.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        state.replication.changed.notify_all();
        // A connection's thread still reads what is there already, and then finds the end.
        for stream in state.clients.values() {
            let _ = stream.shutdown(Shutdown::Read);
        }
        // One that does not read its replies can't hold up the others.
        let patience = Duration::from_secs(2);
        let left = self.left.wait_timeout_while(state, patience, |state| !state.clients.is_empty());
        drop(left);
        self.sync();
    }
    //@ end
}
//@ end
//@ stage 5

/// In milliseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_millis() as i64
}
//@ end
