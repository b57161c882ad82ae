//@ file 10
package server

import (
	//@ stage 11
	"context"
	//@ end
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	//@ stage 11
	"sync"
	//@ end
	"time"

	"distributed-cache/internal/resp"
	"distributed-cache/internal/store"
)

// roadmap: replication-partitioning

const (
	// emptyRDB is what a full copy begins with, as Redis does it. Ours is always empty, the data follow as commands.
	emptyRDB = "REDIS0009\xff\x00\x00\x00\x00\x00\x00\x00\x00"
	// mostUnsent is how many bytes of the stream a replica may be behind. Then it is dropped, and may begin again.
	mostUnsent = 256 << 20
	// mostSilence is after what time a leader counts as gone. It says something every ten seconds.
	mostSilence = time.Minute
	retryPause  = 200 * time.Millisecond
)

var (
	askForOffset = resp.AppendCommand(nil, resp.NewCommand("REPLCONF", "GETACK", "*"))
	noReply      = resp.Several(nil)
)

// replication is this server's part in it: a leader has replicas, a replica has a leader (and may have replicas in turn).
// The server's lock guards it.
type replication struct {
	server *server
	// id names the history of writes that begins here.
	id string
	// offset is the length of the stream of writes so far, which all replicas get alike.
	offset   int64
	replicas map[*client]*replica
	//@ stage 11
	// acknowledged is told whenever a replica has acknowledged something, or the time of a WAIT is over.
	acknowledged *sync.Cond
	//@ end
	// leader is nil for a leader.
	leader *leaderLink
}

// replica is what a leader knows of one of its replicas.
type replica struct {
	// copied is how many bytes it got that the others did not: its copy. The offsets that it sends count them.
	copied int64
	// acknowledged is how much of the stream it has, as far as it told; -1 before it has its copy.
	acknowledged int64
}

func newReplication(s *server) *replication {
	id := make([]byte, 20)
	rand.Read(id)
	//@ stage 10-10
	return &replication{server: s, id: hex.EncodeToString(id), replicas: make(map[*client]*replica)}
	//@ end
	//@ stage 11
	return &replication{
		server:       s,
		id:           hex.EncodeToString(id),
		replicas:     make(map[*client]*replica),
		acknowledged: sync.NewCond(&s.mu),
	}
	//@ end
}

func (r *replication) start() error {
	if leader := r.server.settings.ReplicaOf; leader != "" {
		host, port, complete := strings.Cut(leader, " ")
		if !complete {
			return fmt.Errorf("REPLICAOF is %q, where host and port should be: write 127.0.0.1 7001", leader)
		}
		r.server.mu.Lock()
		r.follow(host, port)
		r.server.mu.Unlock()
	}
	go r.beat()
	return nil
}

// beat shows replicas that this server is alive.
func (r *replication) beat() {
	ping := resp.AppendCommand(nil, resp.NewCommand("PING"))
	for range time.Tick(10 * time.Second) {
		r.server.mu.Lock()
		r.feed(ping)
		r.server.mu.Unlock()
	}
}

func (r *replication) follow(host, port string) {
	//@ stage 10-10
	r.leader = &leaderLink{server: r.server, host: host, port: port}
	r.server.store.Follows = true
	go r.leader.run()
	//@ end
	//@ stage 11
	r.lead()
	ctx, stop := context.WithCancel(context.Background())
	r.leader = &leaderLink{server: r.server, host: host, port: port, stop: stop}
	r.server.store.Follows = true
	go r.leader.run(ctx)
	//@ end
}

//@ stage 11
// lead makes the server stand on its own, with the data that it has.
func (r *replication) lead() {
	if r.leader != nil {
		r.leader.stop()
	}
	r.leader = nil
	r.server.store.Follows = false
}

//@ end
// welcome sends all data to a new replica. The lock is held, so the stream continues exactly where the copy ends.
func (r *replication) welcome(c *client) {
	var data []byte
	r.server.store.Each(func(entry *store.Entry) {
		data = resp.AppendCommand(data, setCommand(entry))
	})
	header := fmt.Sprintf("+FULLRESYNC %s %d\r\n$%d\r\n%s", r.id, r.offset, len(emptyRDB), emptyRDB)
	c.startOutbox(mostUnsent + len(header) + len(data))
	c.outbox.push([]byte(header))
	c.outbox.push(data)
	r.replicas[c] = &replica{copied: int64(len(data)), acknowledged: -1}
	// This tells the replica that the copy ends here, and its answer tells that it has arrived.
	r.feed(askForOffset)
}

// feed continues the stream.
func (r *replication) feed(bytes []byte) {
	if len(r.replicas) == 0 {
		return
	}
	r.offset += int64(len(bytes))
	for c := range r.replicas {
		c.outbox.push(bytes)
	}
}

func (r *replication) acknowledge(c *client, offset int64) {
	if replica := r.replicas[c]; replica != nil {
		replica.acknowledged = offset - replica.copied
		//@ stage 11
		r.acknowledged.Broadcast()
		//@ end
	}
}

func (r *replication) leave(c *client) {
	delete(r.replicas, c)
}

//@ stage 11
// wait waits until so many replicas have all that the client has written, or until the time is over; 0 means no limit.
// Meanwhile others have the lock. It says how many replicas there are.
func (r *replication) wait(c *client, replicas int, timeout time.Duration) int {
	target := c.lastWrite
	// In a transaction, nobody can wait.
	if r.countUpTo(target) >= replicas || c.transaction != nil {
		return r.countUpTo(target)
	}
	r.feed(askForOffset)
	over := false
	if timeout > 0 {
		timer := time.AfterFunc(timeout, func() {
			r.server.mu.Lock()
			over = true
			r.server.mu.Unlock()
			r.acknowledged.Broadcast()
		})
		defer timer.Stop()
	}

	// The replies to what the client asked before must not wait with this one.
	r.server.mu.Unlock()
	c.flush()
	r.server.mu.Lock()
	for r.countUpTo(target) < replicas && !over {
		r.acknowledged.Wait()
	}
	return r.countUpTo(target)
}

func (r *replication) countUpTo(offset int64) int {
	count := 0
	for _, replica := range r.replicas {
		if replica.acknowledged >= offset {
			count++
		}
	}
	return count
}

//@ end
// leaderLink is a replica's connection to its leader, made anew whenever it is lost. The server's lock guards up and offset.
type leaderLink struct {
	server     *server
	host, port string
	//@ stage 11
	// stop ends the context of run. It is called with the lock held.
	stop context.CancelFunc
	//@ end
	// up says that the copy is complete, so that the data here are the leader's.
	up bool
	// offset is how far this replica is in the leader's stream.
	offset int64
}

//@ stage 10-10
func (l *leaderLink) run() {
//@ end
//@ stage 11
func (l *leaderLink) run(ctx context.Context) {
//@ end
	var complaint string
	for {
		//@ stage 10-10
		err := l.follow()
		//@ end
		//@ stage 11
		err := l.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		//@ end
		l.server.mu.Lock()
		l.up = false
		l.server.mu.Unlock()
		if text := fmt.Sprintf("Leader %s:%s: %v", l.host, l.port, err); text != complaint {
			fmt.Fprintln(os.Stderr, text)
			complaint = text
		}
		time.Sleep(retryPause)
	}
}

//@ stage 10-10
// follow asks for a copy, then does as the leader does until the connection is lost, and says why it is.
func (l *leaderLink) follow() error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(l.host, l.port), 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
//@ end
//@ stage 11
// follow asks for a copy, then does as the leader does until the connection is lost or ctx ends, and says why it is.
func (l *leaderLink) follow(ctx context.Context) error {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(l.host, l.port))
	if err != nil {
		return err
	}
	defer conn.Close()
	// A read that waits ends only with the connection.
	defer context.AfterFunc(ctx, func() { conn.Close() })()
//@ end

	reader := resp.NewReader(conn)
	conn.SetReadDeadline(time.Now().Add(mostSilence))
	offset, err := l.ask(conn, reader)
	if err != nil {
		return err
	}
	// What this server has may be from another time, or never have reached the leader. The copy takes its place.
	session := &client{server: l.server, trusted: true}
	start := offset - reader.Position()
	//@ stage 10-10
	l.obey(session, resp.NewCommand("FLUSHALL"), offset)
	//@ end
	//@ stage 11
	if err := l.obey(ctx, session, resp.NewCommand("FLUSHALL"), offset); err != nil {
		return err
	}
	//@ end

	done := make(chan struct{})
	defer close(done)
	go l.beat(conn, done)
	for {
		conn.SetReadDeadline(time.Now().Add(mostSilence))
		command, err := reader.ReadCommand()
		if err != nil {
			return err
		}
		//@ stage 10-10
		l.obey(session, command, start+reader.Position())
		//@ end
		//@ stage 11
		if err := l.obey(ctx, session, command, start+reader.Position()); err != nil {
			return err
		}
		//@ end
		if isCommand(command, "REPLCONF") {
			l.acknowledge(conn)
		}
	}
}

// ask goes through the handshake, up to where the copy begins; offset is where the stream begins behind it.
func (l *leaderLink) ask(conn net.Conn, reader *resp.Reader) (offset int64, err error) {
	var answer string
	for _, request := range []resp.Command{
		resp.NewCommand("PING"),
		resp.NewCommand("REPLCONF", "listening-port", l.server.settings.Port),
		resp.NewCommand("REPLCONF", "capa", "eof", "capa", "psync2"),
		resp.NewCommand("PSYNC", "?", "-1"),
	} {
		if _, err := conn.Write(resp.AppendCommand(nil, request)); err != nil {
			return 0, err
		}
		if answer, err = reader.ReadLine(); err != nil {
			return 0, err
		}
		if !strings.HasPrefix(answer, "+") {
			return 0, fmt.Errorf("it answers %q", answer)
		}
	}
	if _, err := fmt.Sscanf(answer, "+FULLRESYNC %s %d", new(string), &offset); err != nil {
		return 0, fmt.Errorf("it answers %q", answer)
	}
	length, err := reader.ReadLine()
	if err != nil {
		return 0, err
	}
	if length != "$"+strconv.Itoa(len(emptyRDB)) {
		return 0, fmt.Errorf("its copy is an RDB file with data, which this server does not read")
	}
	return offset, reader.Skip(len(emptyRDB))
}

//@ stage 10-10
// obey does what the leader did; offset is what this replica has then.
func (l *leaderLink) obey(session *client, command resp.Command, offset int64) {
	l.server.mu.Lock()
	defer l.server.mu.Unlock()
//@ end
//@ stage 11
// obey does what the leader did, if it is the leader still; offset is what this replica has then.
func (l *leaderLink) obey(ctx context.Context, session *client, command resp.Command, offset int64) error {
	l.server.mu.Lock()
	defer l.server.mu.Unlock()
	// Who ends ctx has the lock, too: not one command of the old leader takes place after that.
	if err := ctx.Err(); err != nil {
		return err
	}
//@ end
	// These two a leader says of the present, so the copy is behind us.
	if isCommand(command, "PING") || isCommand(command, "REPLCONF") {
		l.up = true
	} else {
		l.server.execute(session, command)
	}
	l.offset = offset
	//@ stage 11
	return nil
	//@ end
}

// beat shows the leader once a second that this replica is alive, and how far it is.
func (l *leaderLink) beat(conn net.Conn, done <-chan struct{}) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			l.acknowledge(conn)
		}
	}
}

func (l *leaderLink) acknowledge(conn net.Conn) {
	l.server.mu.Lock()
	up, offset := l.up, l.offset
	l.server.mu.Unlock()
	if up {
		conn.Write(resp.AppendCommand(nil, resp.NewCommand("REPLCONF", "ACK", strconv.FormatInt(offset, 10))))
	}
}

func isCommand(command resp.Command, name string) bool {
	return strings.EqualFold(string(command[0]), name)
}

var replicationCommands = map[string]*spec{
	"replconf": {arity: -1, run: replConf},
	"psync":    {arity: 3, run: psync},
	//@ stage 11
	// For clients, not for replicas.
	"wait":      {arity: 3, run: wait},
	"replicaof": {arity: 3, run: replicaOf},
	"slaveof":   {arity: 3, run: replicaOf},
	//@ end
}

func replConf(c *client, args resp.Command) resp.Reply {
	if len(args)%2 != 0 {
		return syntaxError
	}
	for ; len(args) > 0; args = args[2:] {
		switch {
		case isCommand(args, "listening-port"):
			c.listeningPort = string(args[1])
		case isCommand(args, "ack"):
			offset, valid := resp.ParseInteger(args[1])
			if valid {
				c.server.replication.acknowledge(c, offset)
			}
			return noReply
		}
	}
	return ok
}

func psync(c *client, _ resp.Command) resp.Reply {
	c.server.replication.welcome(c)
	return noReply
}
//@ stage 11

func wait(c *client, args resp.Command) resp.Reply {
	if c.server.replication.leader != nil {
		return resp.Error("ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is " +
			"configured to be writable (which is not the default) writes to replicas are just local and are not propagated.")
	}
	replicas, valid := resp.ParseInteger(args[0])
	if !valid {
		return notAnInteger
	}
	milliseconds, valid := resp.ParseInteger(args[1])
	switch {
	case !valid:
		return resp.Error("ERR timeout is not an integer or out of range")
	case milliseconds < 0:
		return resp.Error("ERR timeout is negative")
	}
	timeout := time.Duration(min(milliseconds, int64(longestWait/time.Millisecond))) * time.Millisecond
	return resp.Integer(c.server.replication.wait(c, int(replicas), timeout))
}

// longestWait keeps a time from running over the end of time.Duration.
const longestWait = 365 * 24 * time.Hour

func replicaOf(c *client, args resp.Command) resp.Reply {
	host, port := string(args[0]), string(args[1])
	if strings.EqualFold(host, "no") && strings.EqualFold(port, "one") {
		c.server.replication.lead()
		return ok
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return resp.Error("ERR Invalid master port")
	}
	c.server.replication.follow(host, port)
	return ok
}
//@ end
