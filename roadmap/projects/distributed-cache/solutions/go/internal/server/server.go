// Package server answers commands over TCP.
package server

import (
	//@ stage 14
	"context"
	"errors"
	//@ end
	"fmt"
	"net"
	//@ stage 4
	"sync"
	//@ end
	//@ stage 2
	"time"
	//@ end
	//@ stage 4-7

	"distributed-cache/internal/store"
	//@ end
	//@ stage 8

	"distributed-cache/internal/resp"
	"distributed-cache/internal/store"
	//@ end
)

// roadmap: tcp-udp-dns
// roadmap: io-and-ipc

type Settings struct {
	Host, Port string
	// DataDir is where stage 8 keeps what must survive.
	DataDir string
	//@ stage 7
	// MaxMemory is in bytes; 0 means without limit.
	MaxMemory int
	// Evicts says whether keys are evicted when the limit is reached; else writes are refused.
	Evicts bool
	//@ end
	//@ stage 8
	// AppendOnly says whether every write is on disk before its reply.
	AppendOnly bool
	//@ end
	//@ stage 10
	// ReplicaOf is the leader's host and port with a blank between; empty for a leader.
	ReplicaOf string
	//@ end
	//@ stage 12
	// ClusterNodes says which node has which slots; empty for a server that has all keys.
	ClusterNodes string
	//@ end
	//@ stage 14
	// MaxClients is how many may be connected at the same time.
	MaxClients int
	//@ end
}
//@ stage 1-1

// Serve listens and answers, one client after another, until it can't; it returns why.
func Serve(settings Settings) error {
	listener, err := listen(settings)
	if err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		serve(conn)
	}
}
//@ end
//@ stage 2-3

// Serve listens and answers; it returns when it can't listen, and why.
func Serve(settings Settings) error {
	listener, err := listen(settings)
	if err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			// Mostly too many open files: when a client leaves, the next one can enter.
			time.Sleep(10 * time.Millisecond)
			continue
		}
		//@ stage 2-2
		go serve(conn)
		//@ end
		//@ stage 3
		go newClient(conn).serve()
		//@ end
	}
}
//@ end
//@ stage 4-13

// Serve listens and answers; it returns when it can't, and why.
func Serve(settings Settings) error {
	//@ stage 4-6
	s := newServer()
	//@ end
	//@ stage 7-7
	s := newServer(settings)
	//@ end
	//@ stage 8
	s, err := newServer(settings)
	if err != nil {
		return err
	}
	//@ end
	listener, err := listen(settings)
	if err != nil {
		return err
	}
	//@ stage 5
	go s.expire()
	//@ end
	//@ stage 10
	if err := s.replication.start(); err != nil {
		return err
	}
	//@ end
	for {
		conn, err := listener.Accept()
		if err != nil {
			// Mostly too many open files: when a client leaves, the next one can enter.
			time.Sleep(10 * time.Millisecond)
			continue
		}
		go newClient(s, conn).serve()
	}
}
//@ end
//@ stage 14

// Serve listens and answers until ctx ends. Then it lets what was asked be answered, and returns nil; any error is why it can't serve.
func Serve(ctx context.Context, settings Settings) error {
	s, err := newServer(settings)
	if err != nil {
		return err
	}
	listener, err := listen(settings)
	if err != nil {
		return err
	}
	go s.expire()
	if err := s.replication.start(); err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { listener.Close() })
	s.accept(listener)
	s.stop()
	return nil
}
//@ end

func listen(settings Settings) (net.Listener, error) {
	address := net.JoinHostPort(settings.Host, settings.Port)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("can't listen on %s; is the port in use? %w", address, err)
	}
	return listener, nil
}
//@ stage 4

// server is what all clients share.
type server struct {
	//@ stage 7
	settings Settings
	//@ end
	commands map[string]*spec
	//@ stage 8
	// log is nil when none is kept.
	log *appendOnlyFile
	//@ end
	//@ stage 12
	// cluster is nil for a server that has all keys.
	cluster *cluster
	//@ end
	//@ stage 14
	// serving counts the connections that have not ended.
	serving sync.WaitGroup
	//@ end

	// mu guards all below. Whoever runs a command holds it from the beginning to the end, so a command takes place as one step.
	mu    sync.Mutex
	store *store.Store
	//@ stage 8
	// effects is what the present command has changed so far, in the words of the log.
	effects []resp.Command
	//@ end
	//@ stage 9
	// pubsub knows who listens to what.
	pubsub pubsub
	//@ end
	//@ stage 10
	// replication knows the replicas, or the leader.
	replication *replication
	//@ end
	//@ stage 14
	// clients are those that are connected.
	clients map[*client]bool
	counts  struct{ connections, rejected, commands, hits, misses int }
	//@ end
}
//@ stage 4-6

func newServer() *server {
	return &server{commands: commandTable(), store: store.New()}
}
//@ end
//@ stage 7-7

func newServer(settings Settings) *server {
	return &server{settings: settings, commands: commandTable(), store: store.New()}
}
//@ end
//@ stage 8

func newServer(settings Settings) (*server, error) {
	//@ stage 8-13
	s := &server{settings: settings, commands: commandTable()}
	//@ end
	//@ stage 14
	s := &server{settings: settings, commands: commandTable(), clients: make(map[*client]bool)}
	//@ end
	s.store = store.New(func(key string) {
		s.record(func() resp.Command { return resp.NewCommand("DEL", key) })
	})
	//@ stage 9
	s.pubsub = make(pubsub)
	//@ end
	//@ stage 10
	s.replication = newReplication(s)
	//@ end
	//@ stage 12
	if settings.ClusterNodes != "" {
		cluster, err := newCluster(settings.ClusterNodes, settings.Port)
		if err != nil {
			return nil, err
		}
		s.cluster = cluster
	}
	//@ end
	if settings.AppendOnly {
		log, err := openLog(settings.DataDir)
		if err != nil {
			return nil, err
		}
		// Without the lock, because nobody else is here yet.
		if err := log.replay(s); err != nil {
			return nil, err
		}
		s.log = log
		go log.run()
	}
	return s, nil
}
//@ end
//@ stage 8-9

// record notes what a command changed, if there is a log to tell it to.
func (s *server) record(effect func() resp.Command) {
	if s.log != nil {
		s.effects = append(s.effects, effect())
	}
}

// commit logs what has changed: several effects as one transaction, so that a replay does all or nothing.
func (s *server) commit() {
	if len(s.effects) == 0 {
		return
	}
	s.log.append(s.takeEffects())
}
//@ end
//@ stage 10

// record notes what a command changed, if there is anyone to tell it to.
func (s *server) record(effect func() resp.Command) {
	if s.log != nil || len(s.replication.replicas) > 0 {
		s.effects = append(s.effects, effect())
	}
}
//@ stage 10-10

// commit tells the log and the replicas what has changed.
func (s *server) commit() {
	if len(s.effects) == 0 {
		return
	}
	bytes := s.takeEffects()
	if s.log != nil {
		s.log.append(bytes)
	}
	s.replication.feed(bytes)
}
//@ end
//@ stage 11

// commit tells the log and the replicas what has changed, if anything has.
func (s *server) commit() (changed bool) {
	if len(s.effects) == 0 {
		return false
	}
	bytes := s.takeEffects()
	if s.log != nil {
		s.log.append(bytes)
	}
	s.replication.feed(bytes)
	return true
}
//@ end
//@ end
//@ stage 8

// takeEffects encodes the effects: several as one transaction, so that who does them again does all or nothing.
func (s *server) takeEffects() (bytes []byte) {
	several := len(s.effects) > 1
	if several {
		bytes = resp.AppendCommand(bytes, resp.NewCommand("MULTI"))
	}
	for _, effect := range s.effects {
		bytes = resp.AppendCommand(bytes, effect)
	}
	if several {
		bytes = resp.AppendCommand(bytes, resp.NewCommand("EXEC"))
	}
	clear(s.effects)
	s.effects = s.effects[:0]
	return bytes
}

// sync waits until all that has changed so far is on disk. The lock must not be held.
func (s *server) sync() {
	if s.log != nil {
		s.log.sync()
	}
}
//@ end
//@ stage 7

// makeRoom evicts keys until the memory limit is kept, if keys may be evicted; it says whether the limit is kept.
func (s *server) makeRoom() bool {
	limit := s.settings.MaxMemory
	if limit == 0 {
		return true
	}
	if s.settings.Evicts {
		s.store.Evict(limit)
	}
	return s.store.Memory() <= limit
}
//@ end
//@ stage 5

// expire removes expired keys that nobody asks for, some at a time, so that clients have their turns in between.
func (s *server) expire() {
	for {
		s.mu.Lock()
		s.store.Now = time.Now().UnixMilli()
		more := s.store.RemoveExpired(1000)
		//@ stage 8
		s.commit()
		//@ end
		s.mu.Unlock()
		if more {
			time.Sleep(time.Millisecond)
		} else {
			time.Sleep(100 * time.Millisecond)
		}
	}
}
//@ end
//@ stage 14

// accept lets clients in until the listener is closed.
func (s *server) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Mostly too many open files: when a client leaves, the next one can enter.
			time.Sleep(10 * time.Millisecond)
			continue
		}
		c := newClient(s, conn)
		if s.enter(c) {
			go c.serve()
		} else {
			go c.refuse("ERR max number of clients reached")
		}
	}
}

// enter says whether there is room for one client more, and counts it in.
func (s *server) enter(c *client) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.connections++
	if len(s.clients) >= s.settings.MaxClients {
		s.counts.rejected++
		return false
	}
	s.clients[c] = true
	s.serving.Add(1)
	return true
}

// stop reads nothing more, answers what was read, and returns when everything is sent and saved.
func (s *server) stop() {
	s.mu.Lock()
	for c := range s.clients {
		c.stop()
	}
	s.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(3 * time.Second):
		// One that waits, or does not read its replies, can't hold up the others.
	}
	s.sync()
}
//@ end
//@ end
