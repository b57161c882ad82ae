//@ file 10
//! Leaders and replicas.

// roadmap: replication-partitioning

use std::collections::hash_map::RandomState;
use std::collections::BTreeMap;
use std::error::Error;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar};
use std::thread;
use std::time::{Duration, Instant};

use crate::commands::{set_command, Answer};
use crate::connection::Client;
use crate::outbox::Outbox;
//@ stage 10-10
use crate::resp::{command, encode_command, Bytes, CommandReader, Reply};
//@ end
//@ stage 11
use crate::resp::{command, encode_command, parse_integer, Bytes, CommandReader, Reply};
//@ end
use crate::server::{Server, State};

/// What a full copy begins with, as Redis does it: an RDB file. Ours is always empty, the data
/// follow as commands.
const EMPTY_RDB: &[u8] = b"REDIS0009\xff\0\0\0\0\0\0\0\0";
const MEBIBYTE: usize = 1024 * 1024;
const BEAT: Duration = Duration::from_secs(1);

/// This server's part in replication: a leader has replicas, a replica has a leader (and may have
/// replicas in turn).
pub struct Replication {
    /// Names the history of writes that begins here.
    pub id: String,
    /// The length of the stream of writes so far, which all replicas get alike.
    pub offset: i64,
    /// By the id of their client.
    pub replicas: BTreeMap<u64, Replica>,
    pub leader: Option<Leader>,
    /// How many leaders there have been.
    leaders: u64,
    //@ stage 10-10
    /// Woken when there is another leader.
    //@ end
    //@ stage 11
    /// Woken when there is another leader, or when a replica has told how far it is.
    //@ end
    pub changed: Arc<Condvar>,
}

/// What a leader knows of one of its replicas.
pub struct Replica {
    pub address: String,
    pub listening_port: u16,
    outbox: Arc<Outbox>,
    /// How many bytes it got that the others did not: its copy. The offsets that it sends count them.
    copied: i64,
    /// How much of the stream it has, as far as it told; -1 before it has its copy.
    pub acknowledged: i64,
}

/// What a replica knows of its leader.
pub struct Leader {
    /// Tells it from those before. Who reads from another one has to stop.
    number: u64,
    pub host: String,
    pub port: u16,
    /// Whether the copy is complete, so that the data here are the leader's.
    pub is_up: bool,
    /// How far this replica is in the leader's stream.
    pub offset: i64,
    stream: Option<Arc<TcpStream>>,
}

impl Replication {
    /// `leader` is a host and a port with a blank between, or empty.
    pub fn new(leader: &str) -> io::Result<Replication> {
        let mut id = String::new();
        while id.len() < 40 {
            // The standard library has no random numbers, but the seeds of its hash maps are random.
            id += &format!("{:016x}", RandomState::new().build_hasher().finish());
        }
        id.truncate(40);
        let mut replication = Replication {
            id,
            offset: 0,
            replicas: BTreeMap::new(),
            leader: None,
            leaders: 0,
            changed: Arc::default(),
        };
        if !leader.is_empty() {
            let wrong = || io::Error::other(format!("REPLICAOF is \"{leader}\": write 127.0.0.1 7001."));
            let (host, port) = leader.split_once(' ').ok_or_else(wrong)?;
            replication.follow(host.to_string(), port.trim().parse().map_err(|_| wrong())?);
        }
        Ok(replication)
    }

    fn follow(&mut self, host: String, port: u16) {
        self.hang_up();
        self.leaders += 1;
        let number = self.leaders;
        self.leader = Some(Leader { number, host, port, is_up: false, offset: 0, stream: None });
        self.changed.notify_all();
    }

    /// Wakes the thread that reads from the leader: its connection ends.
    fn hang_up(&mut self) {
        if let Some(stream) = self.leader.take().and_then(|leader| leader.stream) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// The leader that was the present one when it got this number, if it still is.
    fn leader(&mut self, number: u64) -> Option<&mut Leader> {
        self.leader.as_mut().filter(|leader| leader.number == number)
    }

    /// Notes that the connection to a leader is lost. False when it was closed on purpose, because
    /// there is another leader by now, or none.
    fn lose(&mut self, number: u64) -> bool {
        let Some(leader) = self.leader(number) else {
            return false;
        };
        leader.is_up = false;
        leader.stream = None;
        true
    }

    /// Continues the stream.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.replicas.is_empty() {
            return;
        }
        self.offset += bytes.len() as i64;
        for replica in self.replicas.values() {
            replica.outbox.push(bytes);
        }
    }

    fn ask_for_offsets(&mut self) {
        let mut bytes = Vec::new();
        encode_command(&command(&[b"REPLCONF", b"GETACK", b"*"]), &mut bytes);
        self.feed(&bytes);
    }

    pub fn leave(&mut self, client: &Client) {
        self.replicas.remove(&client.id);
    }
    //@ stage 11

    fn count_up_to(&self, offset: i64) -> usize {
        self.replicas.values().filter(|replica| replica.acknowledged >= offset).count()
    }
    //@ end
}

/// What a replica tells of itself.
pub fn replconf(args: &[Bytes], state: &mut State, client: &mut Client) -> Answer {
    if args.is_empty() || args.len() % 2 != 0 {
        return Err("ERR syntax error".to_string());
    }
    let [option, value] = [&args[0], &args[1]].map(|word| String::from_utf8_lossy(word));
    match option.to_ascii_lowercase().as_str() {
        "listening-port" => client.listening_port = value.parse().unwrap_or_default(),
        "ack" => {
            if let Some(replica) = state.replication.replicas.get_mut(&client.id) {
                replica.acknowledged = value.parse().unwrap_or(-1_i64).saturating_sub(replica.copied);
                //@ stage 11
                state.replication.changed.notify_all();
                //@ end
            }
            return Ok(Reply::Several(Vec::new()));
        }
        _ => {}
    }
    Ok(Reply::Simple("OK"))
}

/// Sends all data to a new replica. Nothing can be written meanwhile, so the stream continues
/// exactly where the copy ends.
pub fn psync(_args: &[Bytes], state: &mut State, client: &mut Client) -> Answer {
    let mut copy = Vec::new();
    for (key, entry) in state.store.entries() {
        encode_command(&set_command(key, entry), &mut copy);
    }
    // With more unread bytes it is dropped, and may begin again.
    let outbox = client.open_outbox(256 * MEBIBYTE + copy.len())?;
    // What it was answered before comes first.
    state.hand_over(client);
    let Replication { id, offset, .. } = &state.replication;
    let length = EMPTY_RDB.len();
    outbox.push(format!("+FULLRESYNC {id} {offset}\r\n${length}\r\n").as_bytes());
    outbox.push(EMPTY_RDB);
    outbox.push(&copy);
    let replica = Replica {
        address: client.address(),
        listening_port: client.listening_port,
        outbox,
        copied: copy.len() as i64,
        acknowledged: -1,
    };
    state.replication.replicas.insert(client.id, replica);
    // This tells the replica that the copy ends here, and its answer tells that it has arrived.
    state.replication.ask_for_offsets();
    Ok(Reply::Several(Vec::new()))
}
//@ stage 11

pub fn replicaof(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let [host, port] = [&args[0], &args[1]].map(|word| String::from_utf8_lossy(word));
    if host.eq_ignore_ascii_case("no") && port.eq_ignore_ascii_case("one") {
        // It stands on its own from now on, with the data that it has.
        state.replication.hang_up();
    } else {
        let port = port.parse().map_err(|_| "ERR Invalid master port")?;
        state.replication.follow(host.into_owned(), port);
    }
    Ok(Reply::Simple("OK"))
}

/// What a client's WAIT waits for.
pub struct Wait {
    replicas: usize,
    /// Where in the stream the client's last write is.
    offset: i64,
    /// None for as long as it takes.
    deadline: Option<Instant>,
}

/// Answers at once if that is possible. If not, it leaves a Wait for the client's own thread,
/// which must not hold the lock while it waits.
pub fn start_wait(args: &[Bytes], state: &mut State, client: &mut Client) -> Answer {
    if state.replication.leader.is_some() {
        return Err("ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated.".to_string());
    }
    let replicas = parse_integer(&args[0]).ok_or("ERR value is not an integer or out of range")?;
    let milliseconds = parse_integer(&args[1]).ok_or("ERR timeout is not an integer or out of range")?;
    let milliseconds = u64::try_from(milliseconds).map_err(|_| "ERR timeout is negative")?;
    let replicas = usize::try_from(replicas).unwrap_or(0);
    let offset = client.last_write;
    let count = state.replication.count_up_to(offset);
    // In a transaction, nobody can wait.
    if count >= replicas || client.transaction.is_some() {
        return Ok(Reply::Integer(count as i64));
    }
    state.replication.ask_for_offsets();
    let timeout = Duration::from_millis(milliseconds);
    let deadline = Instant::now().checked_add(timeout).filter(|_| !timeout.is_zero());
    client.wait = Some(Wait { replicas, offset, deadline });
    Ok(Reply::Several(Vec::new()))
}

/// Waits for up to `patience`. Says how many replicas have what the client has written, or None
/// when it is too early to say. The condition gives the lock to others meanwhile.
pub fn wait(server: &Server, wait: &Wait, patience: Duration) -> Option<i64> {
    let left = wait.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    let patience = left.map_or(patience, |left| left.min(patience));
    let state = server.lock();
    let changed = Arc::clone(&state.replication.changed);
    //@ stage 11-13
    let is_early = |state: &mut State| state.replication.count_up_to(wait.offset) < wait.replicas;
    //@ end
    //@ stage 14
    let is_early =
        |state: &mut State| !state.stopping && state.replication.count_up_to(wait.offset) < wait.replicas;
    //@ end
    let waited = changed.wait_timeout_while(state, patience, is_early);
    let (state, result) = waited.unwrap();
    let is_over = wait.deadline.is_some_and(|deadline| deadline <= Instant::now());
    let count = state.replication.count_up_to(wait.offset);
    (is_over || !result.timed_out()).then_some(count as i64)
}
//@ end

/// So that replicas can tell a leader that has nothing to say from one that is gone.
pub fn ping_replicas(server: &Server) {
    let mut ping = Vec::new();
    encode_command(&command(&[b"PING"]), &mut ping);
    loop {
        thread::sleep(10 * BEAT);
        server.lock().replication.feed(&ping);
    }
}

/// Follows the leader that there is, if there is one, and connects again whenever the connection
/// is lost.
pub fn follow_leaders(server: &Server) {
    let mut complaint = String::new();
    loop {
        let (number, host, port) = next_leader(server);
        let Err(error) = follow(server, number, &host, port) else {
            continue;
        };
        if !server.lock().replication.lose(number) {
            continue;
        }
        let reason = format!("The leader {host}:{port}: {error}");
        // Once is enough, however often it is tried.
        if reason != complaint {
            eprintln!("{reason}");
            complaint = reason;
        }
        thread::sleep(BEAT / 5);
    }
}

/// Waits until there is a leader to follow.
fn next_leader(server: &Server) -> (u64, String, u16) {
    let mut state = server.lock();
    let changed = Arc::clone(&state.replication.changed);
    loop {
        if let Some(leader) = &state.replication.leader {
            return (leader.number, leader.host.clone(), leader.port);
        }
        state = changed.wait(state).unwrap();
    }
}

/// Asks for a copy, then does as the leader does, until the connection is lost, or another leader
/// is to be followed.
fn follow(server: &Server, number: u64, host: &str, port: u16) -> Result<(), Box<dyn Error>> {
    let mut link = Link::open(host, port)?;
    let own_port = {
        let mut state = server.lock();
        let Some(leader) = state.replication.leader(number) else {
            return Ok(());
        };
        leader.stream = Some(Arc::clone(&link.stream));
        state.settings.port.to_string()
    };
    link.ask(&[b"PING"])?;
    link.ask(&[b"REPLCONF", b"listening-port", own_port.as_bytes()])?;
    link.ask(&[b"REPLCONF", b"capa", b"eof", b"capa", b"psync2"])?;
    let answer = link.ask(&[b"PSYNC", b"?", b"-1"])?;
    let offset: i64 = answer.split(' ').nth(2).unwrap_or_default().parse()?;
    link.skip_rdb()?;

    // Here the offset counts from.
    let start = offset - link.reader.position() as i64;
    let mut client = Client::trusted();
    // What this server has may be from another time, or never have reached the leader. The copy
    // takes its place.
    let mut batch = vec![command(&[b"FLUSHALL"])];
    let mut last_told = Instant::now();
    link.stream.set_read_timeout(Some(BEAT))?;
    loop {
        while let Some(words) = link.reader.next_command()? {
            batch.push(words);
        }
        let mut is_asked = false;
        let is_up = {
            let mut state = server.lock();
            if state.replication.leader(number).is_none() {
                return Ok(());
            }
            let mut is_present = false;
            for words in batch.drain(..) {
                match words[0].to_ascii_uppercase().as_slice() {
                    // These two the leader says of the present, so the copy is behind us.
                    b"PING" => is_present = true,
                    b"REPLCONF" => (is_present, is_asked) = (true, true),
                    _ => drop(state.execute(&words, &mut client)),
                }
            }
            let Some(leader) = state.replication.leader(number) else {
                return Ok(());
            };
            leader.offset = start + link.reader.position() as i64;
            leader.is_up |= is_present;
            leader.is_up
        };
        // A replica with a log promises no more than a leader does.
        server.sync();
        if is_asked || is_up && last_told.elapsed() >= BEAT {
            link.acknowledge(start)?;
            last_told = Instant::now();
        }
        link.receive()?;
    }
}

/// A replica's connection to its leader.
struct Link {
    stream: Arc<TcpStream>,
    reader: CommandReader,
}

impl Link {
    fn open(host: &str, port: u16) -> io::Result<Link> {
        let stream = TcpStream::connect((host, port))?;
        stream.set_nodelay(true)?;
        Ok(Link { stream: Arc::new(stream), reader: CommandReader::default() })
    }

    fn send(&mut self, words: &[&[u8]]) -> io::Result<()> {
        let mut bytes = Vec::new();
        encode_command(&command(words), &mut bytes);
        (&*self.stream).write_all(&bytes)
    }

    /// Returns when something has come, or after a time without anything.
    fn receive(&mut self) -> io::Result<()> {
        match self.reader.read_from(&mut &*self.stream) {
            Ok(0) => Err(io::Error::other("it has closed the connection")),
            Ok(_) => Ok(()),
            Err(error) => match error.kind() {
                // A read with a time limit is also interrupted when the process was held and goes on.
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(()),
                _ => Err(error),
            },
        }
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(line) = self.reader.take_line() {
                return Ok(line);
            }
            self.receive()?;
        }
    }

    fn ask(&mut self, words: &[&[u8]]) -> io::Result<String> {
        self.send(words)?;
        let answer = self.line()?;
        if answer.starts_with('+') {
            Ok(answer)
        } else {
            Err(io::Error::other(format!("it answers {answer}")))
        }
    }

    fn skip_rdb(&mut self) -> io::Result<()> {
        if self.line()? != format!("${}", EMPTY_RDB.len()) {
            return Err(io::Error::other("its copy has an RDB file with data, which is not read here"));
        }
        while !self.reader.skip(EMPTY_RDB.len()) {
            self.receive()?;
        }
        Ok(())
    }

    /// Tells how far this replica is in a stream of which the reader's first byte is at `start`.
    fn acknowledge(&mut self, start: i64) -> io::Result<()> {
        let offset = start + self.reader.position() as i64;
        self.send(&[b"REPLCONF", b"ACK", offset.to_string().as_bytes()])
    }
}
