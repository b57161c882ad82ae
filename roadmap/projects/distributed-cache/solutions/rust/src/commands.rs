//@ file 4
//! The commands: which there are, whether one may run, and what it does.

//@ stage 12
use crate::cluster;
//@ end
use crate::connection::Client;
//@ stage 10
use crate::info;
//@ end
//@ stage 9
use crate::pubsub;
//@ end
//@ stage 10
use crate::replication;
//@ end
//@ stage 4-7
use crate::resp::{parse_integer, Bytes, Command, Reply};
//@ end
//@ stage 8
use crate::resp::{command, parse_integer, Bytes, Command, Reply};
//@ end
//@ stage 4-4
use crate::server::State;
//@ end
//@ stage 5
use crate::server::{now, State};
//@ end
//@ stage 4-7
use crate::store::Store;
//@ end
//@ stage 8
use crate::store::{Entry, Store};
//@ end
//@ stage 6
use crate::transactions;
//@ end

/// What a command answers, or the message that says why it can't be done.
pub type Answer = Result<Reply, String>;

/// What a command does with the words behind its name. As many as it demands are there.
pub type Run = fn(&[Bytes], &mut State, &mut Client) -> Answer;

struct Spec {
    /// The number of words, the name included: exactly so many or, when negative, at least so many.
    arity: isize,
    run: Run,
}

fn find(name: &str) -> Option<Spec> {
    let spec = |arity, run| Some(Spec { arity, run });
    match name {
        "ping" => spec(-1, ping as Run),
        "echo" => spec(2, echo),
        "quit" => spec(-1, quit),
        "select" => spec(2, select),
        // What client programs ask before their user does: they make do with these answers.
        "client" => spec(-2, ok),
        "command" => spec(-1, nothing),
        //@ stage 4-12
        "config" => spec(-2, nothing),
        //@ end
        //@ stage 13
        "config" => spec(-2, config),
        //@ end

        "get" => spec(2, get),
        "set" => spec(-3, set),
        "mget" => spec(-2, mget),
        "mset" => spec(-3, mset),
        "del" => spec(-2, del),
        "exists" => spec(-2, exists),
        "type" => spec(2, type_of),
        "incr" => spec(2, incr),
        "incrby" => spec(3, incrby),
        "decr" => spec(2, decr),
        "decrby" => spec(3, decrby),
        "dbsize" => spec(1, dbsize),
        "flushall" | "flushdb" => spec(-1, flush),
        //@ stage 5

        "ttl" => spec(2, ttl),
        "pttl" => spec(2, pttl),
        "persist" => spec(2, persist),
        "expire" => spec(3, expire),
        "pexpire" => spec(3, pexpire),
        //@ stage 8
        "expireat" => spec(3, expireat),
        "pexpireat" => spec(3, pexpireat),
        //@ end
        //@ end
        //@ stage 6

        "multi" => spec(1, transactions::multi),
        "exec" => spec(1, transactions::exec),
        "discard" => spec(1, transactions::discard),
        //@ end
        //@ stage 9

        "publish" => spec(3, pubsub::publish),
        "subscribe" => spec(-2, pubsub::subscribe),
        "unsubscribe" => spec(-1, pubsub::unsubscribe),
        //@ end
        //@ stage 10

        "info" => spec(-1, info::info),
        "replconf" => spec(-1, replication::replconf),
        "psync" => spec(3, replication::psync),
        //@ stage 11
        "replicaof" | "slaveof" => spec(3, replication::replicaof),
        "wait" => spec(3, replication::start_wait),
        //@ end
        //@ end
        //@ stage 12

        "cluster" => spec(-2, cluster::cluster),
        // A client says this before it reads from a replica. Here, every node is a leader.
        "readonly" | "readwrite" => spec(1, cluster::readonly),
        //@ end
        _ => None,
    }
}

//@ stage 7
/// Commands that may take more memory.
fn grows(name: &str) -> bool {
    matches!(name, "set" | "mset" | "incr" | "incrby" | "decr" | "decrby")
}

//@ end
//@ stage 10
/// Commands that a replica takes from its leader only.
fn writes(name: &str) -> bool {
    let others = ["del", "flushall", "flushdb", "persist", "expire", "pexpire", "expireat", "pexpireat"];
    grows(name) || others.contains(&name)
}

//@ end
/// What a client gets for a command.
pub fn execute(words: &Command, state: &mut State, client: &mut Client) -> Reply {
    let name = name_of(words);
    //@ stage 5-7
    state.store.now = now();
    //@ end
    //@ stage 8
    // What the log says took place long ago: nothing had expired at that moment, unless the log
    // says so.
    state.store.now = if client.trusted { 0 } else { now() };
    //@ end
    //@ stage 10
    state.store.follows = state.replication.leader.is_some();
    //@ end
    //@ stage 4-5
    match admit(&name, words) {
        Ok(run) => call(run, words, state, client),
        Err(reason) => Reply::Error(reason),
    }
    //@ end
    //@ stage 6
    //@ stage 6-6
    let admitted = admit(&name, words);
    //@ end
    //@ stage 7-7
    let admitted = admit(&name, words, state);
    //@ end
    //@ stage 8
    let admitted = admit(&name, words, state, client);
    //@ end
    match (admitted, &mut client.transaction) {
        (Ok(run), Some(transaction)) if !transactions::is_control(&name) => {
            transaction.add(run, words.clone())
        }
        (Ok(run), _) => call(run, words, state, client),
        (Err(reason), transaction) => {
            if let Some(transaction) = transaction {
                transaction.broken = true;
            }
            Reply::Error(reason)
        }
    }
    //@ end
}

fn name_of(words: &Command) -> String {
    String::from_utf8_lossy(&words[0]).to_ascii_lowercase()
}

//@ stage 4-6
/// What `name` stands for, or why the command is refused.
fn admit(name: &str, words: &Command) -> Result<Run, String> {
//@ end
//@ stage 7-7
/// What `name` stands for, or why the command is refused.
fn admit(name: &str, words: &Command, state: &mut State) -> Result<Run, String> {
//@ end
//@ stage 8
/// What `name` stands for, or why the command is refused.
fn admit(name: &str, words: &Command, state: &mut State, client: &Client) -> Result<Run, String> {
//@ end
    let Some(Spec { arity, run }) = find(name) else {
        return Err(unknown_command(words));
    };
    let count = words.len() as isize;
    let is_right = if arity < 0 { count >= -arity } else { count == arity };
    if !is_right {
        return Err(wrong_arity(name));
    }
    //@ stage 8
    if client.trusted {
        return Ok(run);
    }
    //@ end
    //@ stage 12
    if let Some(cluster) = &state.cluster {
        cluster.check(name, words)?;
    }
    //@ end
    //@ stage 10
    if state.replication.leader.is_some() && writes(name) {
        return Err("READONLY You can't write against a read only replica.".to_string());
    }
    //@ end
    //@ stage 7
    if grows(name) && !state.make_room() {
        return Err("OOM command not allowed when used memory > 'maxmemory'.".to_string());
    }
    //@ end
    //@ stage 9
    if !client.channels.is_empty() && !pubsub::is_for_subscribers(name) {
        return Err(format!(
            "ERR Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
        ));
    }
    //@ end
    Ok(run)
}

//@ stage 4-7
pub fn call(run: Run, words: &Command, state: &mut State, client: &mut Client) -> Reply {
    run(&words[1..], state, client).unwrap_or_else(Reply::Error)
}
//@ end
//@ stage 8
pub fn call(run: Run, words: &Command, state: &mut State, client: &mut Client) -> Reply {
    let changes_before = state.store.changes;
    let reply = run(&words[1..], state, client).unwrap_or_else(Reply::Error);
    // What EXEC changed was recorded for each command of its transaction.
    if state.store.changes != changes_before && !transactions::is_control(&name_of(words)) {
        state.record(words);
    }
    reply
}

/// What a command did, so told that it means the same at any later time: every time to live
/// becomes a moment.
pub fn effect(words: &Command, store: &Store) -> Command {
    let (name, key) = (name_of(words), words.get(1));
    match (name.as_str(), key, key.and_then(|key| store.peek(key))) {
        ("set", Some(key), Some(entry)) => set_command(key, entry),
        ("expire" | "pexpire" | "expireat" | "pexpireat", Some(key), entry) => {
            match entry.and_then(|entry| entry.expires_at) {
                Some(moment) => command(&[b"PEXPIREAT", key, moment.to_string().as_bytes()]),
                None => command(&[b"DEL", key]),
            }
        }
        _ => words.clone(),
    }
}

/// The command that makes an entry what it is.
pub fn set_command(key: &Bytes, entry: &Entry) -> Command {
    let mut words = command(&[b"SET", key, &entry.value]);
    if let Some(moment) = entry.expires_at {
        words.extend(command(&[b"PXAT", moment.to_string().as_bytes()]));
    }
    words
}
//@ end

fn unknown_command(words: &Command) -> String {
    let shown = |word: &Bytes| word[..word.len().min(128)].escape_ascii().to_string();
    let mut message = format!("ERR unknown command '{}', with args beginning with: ", shown(&words[0]));
    for word in &words[1..] {
        if message.len() > 256 {
            break;
        }
        message += &format!("'{}' ", shown(word));
    }
    message
}

fn wrong_arity(name: &str) -> String {
    format!("ERR wrong number of arguments for '{name}' command")
}

const SYNTAX_ERROR: &str = "ERR syntax error";

fn ok(_args: &[Bytes], _state: &mut State, _client: &mut Client) -> Answer {
    Ok(Reply::Simple("OK"))
}

fn nothing(_args: &[Bytes], _state: &mut State, _client: &mut Client) -> Answer {
    Ok(Reply::Array(Vec::new()))
}

//@ stage 4-8
fn ping(args: &[Bytes], _state: &mut State, _client: &mut Client) -> Answer {
    match args {
        [] => Ok(Reply::Simple("PONG")),
        [text] => Ok(Reply::Bulk(Bytes::clone(text))),
        _ => Err(wrong_arity("ping")),
    }
}
//@ end
//@ stage 9
fn ping(args: &[Bytes], _state: &mut State, client: &mut Client) -> Answer {
    let text = match args {
        [] => None,
        [text] => Some(Reply::Bulk(Bytes::clone(text))),
        _ => return Err(wrong_arity("ping")),
    };
    // A subscriber reads nothing but arrays.
    if !client.channels.is_empty() {
        let text = text.unwrap_or_else(|| Reply::bulk(""));
        return Ok(Reply::Array(vec![Reply::bulk("pong"), text]));
    }
    Ok(text.unwrap_or(Reply::Simple("PONG")))
}
//@ end

fn echo(args: &[Bytes], _state: &mut State, _client: &mut Client) -> Answer {
    Ok(Reply::Bulk(Bytes::clone(&args[0])))
}

fn quit(_args: &[Bytes], _state: &mut State, client: &mut Client) -> Answer {
    client.closing = true;
    Ok(Reply::Simple("OK"))
}

fn select(args: &[Bytes], _state: &mut State, _client: &mut Client) -> Answer {
    match to_integer(&args[0])? {
        0 => Ok(Reply::Simple("OK")),
        _ => Err("ERR DB index is out of range".to_string()),
    }
}

//@ stage 13
/// What redis-benchmark notes beside its figures; nothing else is told.
fn config(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let Some(name) = args.get(1) else {
        return Ok(Reply::Array(Vec::new()));
    };
    let value = match name.to_ascii_lowercase().as_slice() {
        b"save" => "",
        b"appendonly" if state.settings.append_only => "yes",
        b"appendonly" => "no",
        _ => return Ok(Reply::Array(Vec::new())),
    };
    Ok(Reply::Array(vec![Reply::Bulk(Bytes::clone(name)), Reply::bulk(value)]))
}

//@ end
fn get(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    Ok(value_of(&args[0], &mut state.store))
}

fn value_of(key: &[u8], store: &mut Store) -> Reply {
    store.get(key).map_or(Reply::Null, Reply::Bulk)
}

//@ stage 4-4
fn set(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let store = &mut state.store;
    let (key, value) = (&args[0], &args[1]);
    let mut only_if_there = None;
    let mut wants_old = false;
    for option in &args[2..] {
        match option.to_ascii_uppercase().as_slice() {
            b"NX" if only_if_there != Some(true) => only_if_there = Some(false),
            b"XX" if only_if_there != Some(false) => only_if_there = Some(true),
            b"GET" => wants_old = true,
            _ => return Err(SYNTAX_ERROR.to_string()),
        }
    }
    let old = wants_old.then(|| value_of(key, store));
    if only_if_there.is_some_and(|wanted| wanted != store.contains(key)) {
        return Ok(old.unwrap_or(Reply::Null));
    }
    store.set(key, value);
    Ok(old.unwrap_or(Reply::Simple("OK")))
}
//@ end
//@ stage 5
/// What the options of SET say about how long the key lives.
enum Lifetime {
    Forever,
    AsBefore,
    Until(i64),
}

fn set(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let store = &mut state.store;
    let (key, value) = (&args[0], &args[1]);
    let mut only_if_there = None;
    let mut wants_old = false;
    let mut lifetime = Lifetime::Forever;
    let mut options = args[2..].iter();
    while let Some(option) = options.next() {
        let is_open = matches!(lifetime, Lifetime::Forever);
        match option.to_ascii_uppercase().as_slice() {
            b"NX" if only_if_there != Some(true) => only_if_there = Some(false),
            b"XX" if only_if_there != Some(false) => only_if_there = Some(true),
            b"GET" => wants_old = true,
            b"KEEPTTL" if is_open => lifetime = Lifetime::AsBefore,
            //@ stage 5-7
            name @ (b"EX" | b"PX") if is_open => {
            //@ end
            //@ stage 8
            name @ (b"EX" | b"PX" | b"EXAT" | b"PXAT") if is_open => {
            //@ end
                let amount = to_integer(options.next().ok_or(SYNTAX_ERROR)?)?;
                let unit = if name.starts_with(b"EX") { 1000 } else { 1 };
                //@ stage 5-7
                let moment = to_moment("set", amount, unit, store.now)?;
                //@ end
                //@ stage 8
                let start = if name.ends_with(b"AT") { 0 } else { store.now };
                let moment = to_moment("set", amount, unit, start)?;
                //@ end
                if amount <= 0 {
                    return Err(invalid_expiry("set"));
                }
                lifetime = Lifetime::Until(moment);
            }
            _ => return Err(SYNTAX_ERROR.to_string()),
        }
    }
    let old = wants_old.then(|| value_of(key, store));
    if only_if_there.is_some_and(|wanted| wanted != store.contains(key)) {
        return Ok(old.unwrap_or(Reply::Null));
    }
    let expires_at = match lifetime {
        Lifetime::Forever => None,
        Lifetime::AsBefore => store.expiry(key).flatten(),
        Lifetime::Until(moment) => Some(moment),
    };
    store.set(key, value, expires_at);
    Ok(old.unwrap_or(Reply::Simple("OK")))
}
//@ end

fn mget(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let values = args.iter().map(|key| value_of(key, &mut state.store));
    Ok(Reply::Array(values.collect()))
}

fn mset(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    if args.len() % 2 != 0 {
        return Err(wrong_arity("mset"));
    }
    for pair in args.chunks_exact(2) {
        //@ stage 4-4
        state.store.set(&pair[0], &pair[1]);
        //@ end
        //@ stage 5
        state.store.set(&pair[0], &pair[1], None);
        //@ end
    }
    Ok(Reply::Simple("OK"))
}

fn del(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let deleted = args.iter().filter(|key| state.store.delete(key)).count();
    Ok(Reply::Integer(deleted as i64))
}

fn exists(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let found = args.iter().filter(|key| state.store.contains(key)).count();
    Ok(Reply::Integer(found as i64))
}

fn type_of(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let there = state.store.contains(&args[0]);
    Ok(Reply::Simple(if there { "string" } else { "none" }))
}

fn incr(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    add(&mut state.store, &args[0], 1)
}

fn incrby(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    add(&mut state.store, &args[0], to_integer(&args[1])?)
}

fn decr(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    add(&mut state.store, &args[0], -1)
}

fn decrby(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    // The least integer has no counterpart.
    let by = to_integer(&args[1])?.checked_neg().ok_or("ERR decrement would overflow")?;
    add(&mut state.store, &args[0], by)
}

fn add(store: &mut Store, key: &Bytes, by: i64) -> Answer {
    //@ stage 4-13
    let before = store.get(key).map_or(Ok(0), |value| to_integer(&value))?;
    //@ end
    //@ stage 14
    // Not get(): nobody looks the value up, so it is neither a hit nor a miss.
    let before = match store.contains(key).then(|| store.peek(key)).flatten() {
        Some(entry) => to_integer(&entry.value)?,
        None => 0,
    };
    //@ end
    let sum = before.checked_add(by).ok_or("ERR increment or decrement would overflow")?;
    let value = Bytes::from(sum.to_string().as_bytes());
    //@ stage 4-4
    store.set(key, &value);
    //@ end
    //@ stage 5
    let expires_at = store.expiry(key).flatten();
    store.set(key, &value, expires_at);
    //@ end
    Ok(Reply::Integer(sum))
}

fn dbsize(_args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    Ok(Reply::Integer(state.store.len() as i64))
}

fn flush(_args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    state.store.clear();
    Ok(Reply::Simple("OK"))
}

fn to_integer(text: &[u8]) -> Result<i64, String> {
    parse_integer(text).ok_or("ERR value is not an integer or out of range".to_string())
}
//@ stage 5

fn ttl(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    // Rounded, not cut off: a key that has just got 10 seconds has 10, not 9.
    time_to_live(&mut state.store, &args[0], |left| (left + 500) / 1000)
}

fn pttl(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    time_to_live(&mut state.store, &args[0], |left| left)
}

/// What is left; -1 for a key that stays, -2 for none.
fn time_to_live(store: &mut Store, key: &[u8], in_unit: fn(i64) -> i64) -> Answer {
    Ok(Reply::Integer(match store.expiry(key) {
        None => -2,
        Some(None) => -1,
        Some(Some(moment)) => in_unit(moment - store.now),
    }))
}

fn persist(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let expires = state.store.expiry(&args[0]).flatten().is_some();
    Ok(Reply::Integer(i64::from(expires && state.store.set_expiry(&args[0], None))))
}

fn expire(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let now = state.store.now;
    expire_at(&mut state.store, args, to_moment("expire", to_integer(&args[1])?, 1000, now)?)
}

fn pexpire(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let now = state.store.now;
    expire_at(&mut state.store, args, to_moment("pexpire", to_integer(&args[1])?, 1, now)?)
}

//@ stage 8
fn expireat(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    expire_at(&mut state.store, args, to_moment("expireat", to_integer(&args[1])?, 1000, 0)?)
}

fn pexpireat(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    expire_at(&mut state.store, args, to_moment("pexpireat", to_integer(&args[1])?, 1, 0)?)
}

//@ end
fn expire_at(store: &mut Store, args: &[Bytes], moment: i64) -> Answer {
    Ok(Reply::Integer(i64::from(store.set_expiry(&args[0], Some(moment)))))
}

/// The moment that lies `amount` times `unit` milliseconds after `start`.
fn to_moment(name: &str, amount: i64, unit: i64, start: i64) -> Result<i64, String> {
    let moment = amount.checked_mul(unit).and_then(|time| time.checked_add(start));
    moment.ok_or_else(|| invalid_expiry(name))
}

fn invalid_expiry(name: &str) -> String {
    format!("ERR invalid expire time in '{name}' command")
}
//@ end
