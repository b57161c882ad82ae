//@ file 4
//! One client's connection.

//@ stage 9
use std::collections::HashSet;
//@ end
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

//@ stage 4-7
use crate::commands::execute;
//@ end
//@ stage 9
use crate::outbox::Outbox;
//@ end
//@ stage 11
use crate::replication::{self, Wait};
//@ end
//@ stage 4-8
use crate::resp::{encode, CommandReader, Reply};
//@ end
//@ stage 9
use crate::resp::{encode, Bytes, CommandReader, Reply};
//@ end
use crate::server::Server;
//@ stage 6
use crate::transactions::Transaction;
//@ end

/// What commands know of the client that sends them.
#[derive(Default)]
pub struct Client {
    /// It gets no more answers after those that it has.
    pub closing: bool,
    //@ stage 6
    /// What it has queued since MULTI.
    pub transaction: Option<Transaction>,
    //@ end
    //@ stage 8
    /// Its commands took place already: nobody is there, and there is nothing to refuse.
    pub trusted: bool,
    /// The replies that are not sent yet.
    pub output: Vec<u8>,
    //@ end
    //@ stage 9
    pub id: u64,
    pub channels: HashSet<Bytes>,
    /// Where others put what they have for it, if they ever have something.
    pub outbox: Option<Arc<Outbox>>,
    stream: Option<Arc<TcpStream>>,
    //@ end
    //@ stage 10
    /// If it is a replica, where it listens itself.
    pub listening_port: u16,
    //@ end
    //@ stage 11
    /// Where in the stream of writes its last one is.
    pub last_write: i64,
    /// What its command waits for, and those behind it for that command.
    pub wait: Option<Wait>,
    //@ end
}

//@ stage 8
impl Client {
    //@ stage 8-9
    /// The log.
    //@ end
    //@ stage 10
    /// The log, or the leader.
    //@ end
    pub fn trusted() -> Client {
        Client { trusted: true, ..Client::default() }
    }
    //@ stage 9

    /// Opens its outbox, unless it is open. From now on its replies go there, too.
    pub fn open_outbox(&mut self, limit: usize) -> Result<Arc<Outbox>, String> {
        if let Some(outbox) = &self.outbox {
            outbox.allow(limit);
            return Ok(Arc::clone(outbox));
        }
        let stream = self.stream.as_ref().ok_or("ERR there is no connection")?;
        let outbox = Outbox::open(Arc::clone(stream), limit).map_err(|error| format!("ERR {error}"))?;
        self.outbox = Some(Arc::clone(&outbox));
        Ok(outbox)
    }
    //@ stage 10

    pub fn address(&self) -> String {
        let address = self.stream.as_ref().and_then(|stream| stream.peer_addr().ok());
        address.map_or(String::new(), |address| address.ip().to_string())
    }
    //@ end
    //@ end

    fn refuse(&mut self, message: String) {
        encode(&Reply::Error(message), &mut self.output);
        self.closing = true;
    }
}

//@ end
//@ stage 13
/// Replies to commands that come together are sent together, unless they are so many bytes.
const LARGEST_BATCH: usize = 64 * 1024;

//@ end
/// Takes commands off the bytes that arrive, and answers them in their order.
pub struct Connection {
    server: Arc<Server>,
    //@ stage 4-8
    stream: TcpStream,
    //@ end
    //@ stage 9
    stream: Arc<TcpStream>,
    //@ end
    reader: CommandReader,
    client: Client,
}

impl Connection {
    //@ stage 4-8
    pub fn new(server: Arc<Server>, stream: TcpStream) -> Connection {
        Connection { server, stream, reader: CommandReader::default(), client: Client::default() }
    }

    /// Serves the client until it leaves.
    pub fn run(mut self) {
        // A reset connection is the client's way of leaving.
        let _ = self.converse();
        if self.client.closing {
            let _ = self.hang_up();
        }
    }
    //@ end
    //@ stage 9
    pub fn new(server: Arc<Server>, id: u64, stream: TcpStream) -> Connection {
        let stream = Arc::new(stream);
        let client = Client { id, stream: Some(Arc::clone(&stream)), ..Client::default() };
        Connection { server, stream, reader: CommandReader::default(), client }
    }

    /// Serves the client until it leaves.
    pub fn run(mut self) {
        //@ stage 9-13
        // A reset connection is the client's way of leaving.
        let _ = self.converse();
        self.server.lock().leave(&mut self.client);
        //@ end
        //@ stage 14
        match self.server.admit(self.client.id, &self.stream) {
            Ok(()) => {
                // A reset connection is the client's way of leaving.
                let _ = self.converse();
                self.server.lock().leave(&mut self.client);
            }
            Err(reason) => {
                self.client.refuse(reason);
                let _ = self.flush();
            }
        }
        //@ end
        if let Some(outbox) = &self.client.outbox {
            outbox.finish();
        }
        if self.client.closing {
            let _ = self.hang_up();
        }
        //@ stage 14
        self.server.dismiss(self.client.id);
        //@ end
    }
    //@ end

    fn converse(&mut self) -> io::Result<()> {
        //@ stage 13
        // A small packet does not wait until the one before it is acknowledged, which can take 40 ms.
        self.stream.set_nodelay(true)?;
        //@ end
        while !self.client.closing {
            //@ stage 4-8
            if self.reader.read_from(&mut self.stream)? == 0 {
            //@ end
            //@ stage 9
            if self.reader.read_from(&mut &*self.stream)? == 0 {
            //@ end
                break;
            }
            self.work()?;
        }
        Ok(())
    }

    //@ stage 4-7
    /// Answers what has arrived in full.
    fn work(&mut self) -> io::Result<()> {
        while !self.client.closing {
            let reply = match self.reader.next_command() {
                Ok(Some(words)) => execute(&words, &mut self.server.lock(), &mut self.client),
                Ok(None) => break,
                Err(error) => {
                    self.client.closing = true;
                    Reply::Error(format!("ERR {error}"))
                }
            };
            let mut bytes = Vec::new();
            encode(&reply, &mut bytes);
            self.stream.write_all(&bytes)?;
        }
        Ok(())
    }
    //@ end
    //@ stage 8
    /// Answers what has arrived in full.
    fn work(&mut self) -> io::Result<()> {
        while !self.client.closing {
            match self.reader.next_command() {
                //@ stage 13
                // The lock is taken for each command anew: so it is held so shortly that hardly anybody
                // has to wait for it. To hold it for all that came together was measured to be slower.
                //@ end
                Ok(Some(words)) => self.server.lock().answer(&words, &mut self.client),
                Ok(None) => break,
                Err(error) => self.client.refuse(format!("ERR {error}")),
            }
            //@ stage 11
            self.wait()?;
            //@ end
            //@ stage 13
            if self.client.output.len() >= LARGEST_BATCH {
                self.flush()?;
            }
            //@ end
        }
        self.flush()
    }
    //@ end
    //@ stage 8

    /// Sends the replies, as soon as what they promise is kept. One fsync serves all clients that
    /// want one at that time.
    fn flush(&mut self) -> io::Result<()> {
        if self.client.output.is_empty() {
            return Ok(());
        }
        self.server.sync();
        //@ stage 8-8
        self.stream.write_all(&self.client.output)?;
        //@ end
        //@ stage 9
        match &self.client.outbox {
            Some(outbox) => outbox.send(&self.client.output)?,
            None => (&*self.stream).write_all(&self.client.output)?,
        }
        //@ end
        self.client.output.clear();
        //@ stage 13
        self.client.output.shrink_to(LARGEST_BATCH);
        //@ end
        Ok(())
    }
    //@ end
    //@ stage 11

    /// Waits for what a WAIT waits for, if there was one. The replies before it are sent first.
    fn wait(&mut self) -> io::Result<()> {
        let Some(wait) = self.client.wait.take() else {
            return Ok(());
        };
        self.flush()?;
        loop {
            if let Some(count) = replication::wait(&self.server, &wait, Duration::from_secs(1)) {
                encode(&Reply::Integer(count), &mut self.client.output);
                return Ok(());
            }
            self.notice_that_it_left()?;
        }
    }

    /// Nobody reads during a WAIT, which may have no limit, so nobody would notice.
    fn notice_that_it_left(&self) -> io::Result<()> {
        self.stream.set_read_timeout(Some(Duration::from_millis(1)))?;
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(None)?;
        match peeked {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
    //@ end

    /// Closes so that the last reply arrives: while something is unread, a plain close is a reset,
    /// which may overtake it.
    fn hang_up(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        let patience = Duration::from_secs(1);
        self.stream.set_read_timeout(Some(patience))?;
        let start = Instant::now();
        //@ stage 4-8
        while start.elapsed() < patience && self.stream.read(&mut [0; 4096])? > 0 {}
        //@ end
        //@ stage 9
        while start.elapsed() < patience && (&*self.stream).read(&mut [0; 4096])? > 0 {}
        //@ end
        Ok(())
    }
}
