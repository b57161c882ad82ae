//@ file 6
//! MULTI and EXEC.

// roadmap: transactions-consistency

use std::mem;

use crate::commands::{call, Answer, Run};
use crate::connection::Client;
use crate::resp::{Bytes, Command, Reply};
use crate::server::State;

/// What a client has queued since MULTI.
#[derive(Default)]
pub struct Transaction {
    /// A command could not be queued: the rest must not run without it.
    pub broken: bool,
    queue: Vec<(Run, Command)>,
}

impl Transaction {
    pub fn add(&mut self, run: Run, words: Command) -> Reply {
        self.queue.push((run, words));
        Reply::Simple("QUEUED")
    }
}

/// Whether a command acts on the transaction or the connection itself, and so is not queued.
pub fn is_control(name: &str) -> bool {
    matches!(name, "multi" | "exec" | "discard" | "quit")
}

pub fn multi(_args: &[Bytes], _state: &mut State, client: &mut Client) -> Answer {
    if client.transaction.is_some() {
        return Err("ERR MULTI calls can not be nested".to_string());
    }
    client.transaction = Some(Transaction::default());
    Ok(Reply::Simple("OK"))
}

/// Nothing comes between the commands: the lock is held from the first to the last.
pub fn exec(_args: &[Bytes], state: &mut State, client: &mut Client) -> Answer {
    let transaction = client.transaction.as_mut().ok_or("ERR EXEC without MULTI")?;
    let queue = mem::take(&mut transaction.queue);
    if transaction.broken {
        client.transaction = None;
        return Err("EXECABORT Transaction discarded because of previous errors.".to_string());
    }
    let replies = queue.iter().map(|(run, words)| call(*run, words, state, client)).collect();
    client.transaction = None;
    Ok(Reply::Array(replies))
}

pub fn discard(_args: &[Bytes], _state: &mut State, client: &mut Client) -> Answer {
    match client.transaction.take() {
        Some(_) => Ok(Reply::Simple("OK")),
        None => Err("ERR DISCARD without MULTI".to_string()),
    }
}
