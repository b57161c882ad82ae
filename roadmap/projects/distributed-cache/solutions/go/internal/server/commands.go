//@ file 4
package server

import (
	//@ stage 9
	"bytes"
	//@ end
	"maps"
	"math"
	"strconv"
	"strings"
	//@ stage 5
	"time"
	//@ end

	"distributed-cache/internal/resp"
	//@ stage 5
	"distributed-cache/internal/store"
	//@ end
)

// spec is what the server knows of a command.
type spec struct {
	name string
	// arity is the number of words, the name included: exactly so many or, when negative, at least so many.
	arity int
	//@ stage 6
	// control says that it acts on the connection or its transaction, and so is not queued in one.
	control bool
	//@ end
	//@ stage 7
	// grows says that it may take more memory.
	grows bool
	//@ end
	//@ stage 8
	// writes says that it may change a key.
	writes bool
	//@ end
	//@ stage 9
	// whileSubscribed says that a client which has subscribed to channels may send it.
	whileSubscribed bool
	//@ end
	// run gets what follows the name; the arity was checked.
	run func(c *client, args resp.Command) resp.Reply
}

const (
	ok = resp.Simple("OK")

	syntaxError  = resp.Error("ERR syntax error")
	notAnInteger = resp.Error("ERR value is not an integer or out of range")
)

// commandTable has every command by its name.
func commandTable() map[string]*spec {
	table := make(map[string]*spec)
	for _, commands := range []map[string]*spec{
		connectionCommands,
		stringCommands,
		//@ stage 5
		expiryCommands,
		//@ end
		//@ stage 6
		transactionCommands,
		//@ end
		//@ stage 9
		pubsubCommands,
		//@ end
		//@ stage 10
		replicationCommands,
		infoCommands,
		//@ end
		//@ stage 12
		clusterCommands,
		//@ end
	} {
		maps.Copy(table, commands)
	}
	for name, spec := range table {
		spec.name = name
	}
	//@ stage 7
	for _, name := range []string{"set", "mset", "incr", "incrby", "decr", "decrby"} {
		table[name].grows = true
		//@ stage 8
		table[name].writes = true
		//@ end
	}
	//@ end
	//@ stage 8
	for _, name := range []string{"del", "flushall", "flushdb", "persist", "expire", "pexpire", "expireat", "pexpireat"} {
		table[name].writes = true
	}
	//@ end
	return table
}

// execute gives a client's reply to a command. The lock is held.
func (s *server) execute(c *client, command resp.Command) resp.Reply {
	//@ stage 5-7
	s.store.Now = time.Now().UnixMilli()
	//@ end
	//@ stage 8-10
	defer s.commit()
	//@ end
	//@ stage 11
	defer func() {
		if s.commit() {
			c.lastWrite = s.replication.offset
		}
	}()
	//@ end
	//@ stage 8
	// What the log says took place long ago: nothing had expired at that moment, unless the log says so.
	s.store.Now = 0
	if !c.trusted {
		s.store.Now = time.Now().UnixMilli()
	}
	//@ end
	//@ stage 14
	s.counts.commands++
	//@ end
	//@ stage 4-12
	spec := s.commands[strings.ToLower(string(command[0]))]
	//@ end
	//@ stage 13
	spec := s.lookUp(command[0])
	//@ end
	//@ stage 4-5
	if refusal := s.refuse(spec, command); refusal != nil {
		return refusal
	}
	return spec.run(c, command[1:])
	//@ end
	//@ stage 6-6
	refusal := s.refuse(spec, command)
	//@ end
	//@ stage 7
	refusal := s.refuse(c, spec, command)
	//@ end
	//@ stage 6
	switch {
	case refusal != nil:
		if c.transaction != nil {
			c.transaction.broken = true
		}
		return refusal
	case c.transaction != nil && !spec.control:
		return c.transaction.add(spec, command)
	default:
		//@ stage 6-7
		return spec.run(c, command[1:])
		//@ end
		//@ stage 8
		return s.call(c, spec, command)
		//@ end
	}
	//@ end
}

//@ stage 13
// lookUp finds a command by its name in any case. This takes place for each command: so it makes no strings.
func (s *server) lookUp(name []byte) *spec {
	var lower [16]byte
	if len(name) > len(lower) {
		return nil
	}
	for i, char := range name {
		if 'A' <= char && char <= 'Z' {
			char += 'a' - 'A'
		}
		lower[i] = char
	}
	return s.commands[string(lower[:len(name)])]
}

//@ end
//@ stage 4-6
// refuse says why a command can't run; nil if it can.
func (s *server) refuse(spec *spec, command resp.Command) resp.Reply {
	if spec == nil {
		return unknownCommand(command)
	}
	if len(command) != spec.arity && (spec.arity > 0 || len(command) < -spec.arity) {
		return wrongArity(spec.name)
	}
	return nil
}

//@ end
//@ stage 7
// refuse says why a command can't run; nil if it can.
func (s *server) refuse(c *client, spec *spec, command resp.Command) resp.Reply {
	if spec == nil {
		return unknownCommand(command)
	}
	if len(command) != spec.arity && (spec.arity > 0 || len(command) < -spec.arity) {
		return wrongArity(spec.name)
	}
	//@ stage 8
	if c.trusted {
		return nil
	}
	//@ end
	//@ stage 12
	if s.cluster != nil {
		if redirection := s.cluster.redirect(spec.name, command); redirection != nil {
			return redirection
		}
	}
	//@ end
	//@ stage 10
	if spec.writes && s.replication.leader != nil {
		return resp.Error("READONLY You can't write against a read only replica.")
	}
	//@ end
	if spec.grows && !s.makeRoom() {
		return resp.Error("OOM command not allowed when used memory > 'maxmemory'.")
	}
	//@ stage 9
	if len(c.channels) > 0 && !spec.whileSubscribed {
		return resp.Error("ERR Can't execute '" + spec.name + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context")
	}
	//@ end
	return nil
}

//@ end
//@ stage 8
// call runs a command and records what it has changed.
func (s *server) call(c *client, spec *spec, command resp.Command) resp.Reply {
	before := s.store.Changes
	reply := spec.run(c, command[1:])
	if spec.writes && s.store.Changes != before {
		s.record(func() resp.Command { return s.effect(spec, command) })
	}
	return reply
}

// effect tells what a command did so that it means the same at any later time: every time to live becomes a moment.
func (s *server) effect(spec *spec, command resp.Command) resp.Command {
	switch spec.name {
	case "set", "expire", "pexpire", "expireat", "pexpireat":
		key := string(command[1])
		entry := s.store.Peek(key)
		switch {
		case entry == nil:
			return resp.NewCommand("DEL", key)
		case spec.name == "set":
			return setCommand(entry)
		default:
			return resp.NewCommand("PEXPIREAT", key, strconv.FormatInt(entry.ExpiresAt, 10))
		}
	default:
		return command
	}
}

//@ end
func unknownCommand(command resp.Command) resp.Reply {
	var shown strings.Builder
	for _, arg := range command[1:] {
		if shown.Len() >= 128 {
			break
		}
		shown.WriteString("'" + head(arg, 128-shown.Len()) + "' ")
	}
	text := "ERR unknown command '" + head(command[0], 128) + "', with args beginning with: " + shown.String()
	// A line end would end the reply.
	return resp.Error(strings.NewReplacer("\r", " ", "\n", " ").Replace(text))
}

func head(text []byte, length int) string {
	return string(text[:min(length, len(text))])
}

func wrongArity(name string) resp.Reply {
	return resp.Error("ERR wrong number of arguments for '" + name + "' command")
}

var connectionCommands = map[string]*spec{
	//@ stage 4-8
	"ping":   {arity: -1, run: ping},
	//@ end
	//@ stage 9
	"ping":   {arity: -1, whileSubscribed: true, run: ping},
	//@ end
	"echo":   {arity: 2, run: func(_ *client, args resp.Command) resp.Reply { return resp.Bulk(args[0]) }},
	//@ stage 4-5
	"quit":   {arity: -1, run: quit},
	//@ end
	//@ stage 6-8
	"quit":   {arity: -1, control: true, run: quit},
	//@ end
	//@ stage 9
	"quit":   {arity: -1, control: true, whileSubscribed: true, run: quit},
	//@ end
	"select": {arity: 2, run: selectDatabase},
	// What client programs ask before their user does: they make do with these answers.
	"client":  {arity: -2, run: func(*client, resp.Command) resp.Reply { return ok }},
	"command": {arity: -1, run: func(*client, resp.Command) resp.Reply { return resp.Array{} }},
	//@ stage 4-12
	"config":  {arity: -2, run: func(*client, resp.Command) resp.Reply { return resp.Array{} }},
	//@ end
	//@ stage 13
	"config":  {arity: -2, run: config},
	//@ end
}

func ping(c *client, args resp.Command) resp.Reply {
	switch {
	case len(args) > 1:
		return wrongArity("ping")
	//@ stage 9
	case len(c.channels) > 0:
		// A subscriber reads nothing but arrays.
		return resp.Array{resp.Bulk("pong"), resp.Bulk(bytes.Join(args, nil))}
	//@ end
	case len(args) == 1:
		return resp.Bulk(args[0])
	default:
		return resp.Simple("PONG")
	}
}

func quit(c *client, _ resp.Command) resp.Reply {
	c.closing = true
	return ok
}

func selectDatabase(_ *client, args resp.Command) resp.Reply {
	index, valid := resp.ParseInteger(args[0])
	switch {
	case !valid:
		return notAnInteger
	case index != 0:
		return resp.Error("ERR DB index is out of range")
	default:
		return ok
	}
}

//@ stage 13
// config tells what redis-benchmark notes beside its figures, and nothing else.
func config(c *client, args resp.Command) resp.Reply {
	if len(args) < 2 {
		return resp.Array{}
	}
	switch name := strings.ToLower(string(args[1])); {
	case name == "save":
		return resp.Array{resp.Bulk(name), resp.Bulk("")}
	case name == "appendonly" && c.server.settings.AppendOnly:
		return resp.Array{resp.Bulk(name), resp.Bulk("yes")}
	case name == "appendonly":
		return resp.Array{resp.Bulk(name), resp.Bulk("no")}
	default:
		return resp.Array{}
	}
}

//@ end
var stringCommands = map[string]*spec{
	"get":      {arity: 2, run: func(c *client, args resp.Command) resp.Reply { return get(c, args[0]) }},
	"set":      {arity: -3, run: set},
	"mget":     {arity: -2, run: mget},
	"mset":     {arity: -3, run: mset},
	"del":      {arity: -2, run: del},
	"exists":   {arity: -2, run: exists},
	"type":     {arity: 2, run: typeOf},
	"incr":     {arity: 2, run: func(c *client, args resp.Command) resp.Reply { return add(c, args[0], 1) }},
	"incrby":   {arity: 3, run: incrBy},
	"decr":     {arity: 2, run: func(c *client, args resp.Command) resp.Reply { return add(c, args[0], -1) }},
	"decrby":   {arity: 3, run: decrBy},
	"dbsize":   {arity: 1, run: dbSize},
	"flushall": {arity: -1, run: flush},
	"flushdb":  {arity: -1, run: flush},
}

func get(c *client, key []byte) resp.Reply {
	//@ stage 4-13
	value, _ := c.server.store.Get(string(key))
	//@ end
	//@ stage 14
	value, found := c.server.store.Get(string(key))
	if found {
		c.server.counts.hits++
	} else {
		c.server.counts.misses++
	}
	//@ end
	return resp.Bulk(value)
}

//@ stage 4-4
func set(c *client, args resp.Command) resp.Reply {
	store := c.server.store
	key, value := string(args[0]), args[1]
	var condition string
	var wantsOld bool
	for _, word := range args[2:] {
		switch option := strings.ToUpper(string(word)); {
		case (option == "NX" || option == "XX") && (condition == "" || condition == option):
			condition = option
		case option == "GET":
			wantsOld = true
		default:
			return syntaxError
		}
	}

	var done, refused resp.Reply = ok, resp.Bulk(nil)
	if wantsOld {
		done = get(c, args[0])
		refused = done
	}
	if condition != "" && store.Has(key) != (condition == "XX") {
		return refused
	}
	store.Set(key, value)
	return done
}

//@ end
//@ stage 5
// lifetimes are the options of SET that say how long a key lives, with their unit.
var lifetimes = map[string]struct {
	milliseconds int64
	//@ stage 8
	// isMoment says that they name the time at which it ends, not its length.
	isMoment bool
	//@ end
}{
	//@ stage 5-7
	"EX": {milliseconds: 1000},
	"PX": {milliseconds: 1},
	//@ end
	//@ stage 8
	"EX":   {milliseconds: 1000},
	"PX":   {milliseconds: 1},
	"EXAT": {milliseconds: 1000, isMoment: true},
	"PXAT": {milliseconds: 1, isMoment: true},
	//@ end
}

func set(c *client, args resp.Command) resp.Reply {
	st := c.server.store
	key, value := string(args[0]), args[1]
	var condition, lifetime string
	var wantsOld bool
	var amount []byte
	for options := args[2:]; len(options) > 0; options = options[1:] {
		option := strings.ToUpper(string(options[0]))
		_, isLifetime := lifetimes[option]
		switch {
		case (option == "NX" || option == "XX") && (condition == "" || condition == option):
			condition = option
		case option == "GET":
			wantsOld = true
		case option == "KEEPTTL" && (lifetime == "" || lifetime == option):
			lifetime = option
		case isLifetime && lifetime == "" && len(options) > 1:
			lifetime, amount = option, options[1]
			options = options[1:]
		default:
			return syntaxError
		}
	}

	expiresAt := int64(store.Never)
	if lifetime == "KEEPTTL" {
		expiresAt, _ = st.ExpiresAt(key)
	} else if lifetime != "" {
		//@ stage 5-7
		start := st.Now
		//@ end
		//@ stage 8
		start := st.Now
		if lifetimes[lifetime].isMoment {
			start = 0
		}
		//@ end
		var refusal resp.Reply
		if expiresAt, refusal = toMoment("set", amount, lifetimes[lifetime].milliseconds, start); refusal != nil {
			return refusal
		}
		if expiresAt <= start {
			return invalidExpiry("set")
		}
	}

	var done, refused resp.Reply = ok, resp.Bulk(nil)
	if wantsOld {
		done = get(c, args[0])
		refused = done
	}
	if condition != "" && st.Has(key) != (condition == "XX") {
		return refused
	}
	st.Set(key, value, expiresAt)
	return done
}

//@ end
func mget(c *client, keys resp.Command) resp.Reply {
	values := make(resp.Array, len(keys))
	for i, key := range keys {
		values[i] = get(c, key)
	}
	return values
}

func mset(c *client, pairs resp.Command) resp.Reply {
	if len(pairs)%2 != 0 {
		return wrongArity("mset")
	}
	for ; len(pairs) > 0; pairs = pairs[2:] {
		//@ stage 4-4
		c.server.store.Set(string(pairs[0]), pairs[1])
		//@ end
		//@ stage 5
		c.server.store.Set(string(pairs[0]), pairs[1], store.Never)
		//@ end
	}
	return ok
}

func del(c *client, keys resp.Command) resp.Reply {
	return count(keys, c.server.store.Delete)
}

func exists(c *client, keys resp.Command) resp.Reply {
	return count(keys, c.server.store.Has)
}

func count(keys resp.Command, counts func(key string) bool) resp.Reply {
	var sum resp.Integer
	for _, key := range keys {
		if counts(string(key)) {
			sum++
		}
	}
	return sum
}

func typeOf(c *client, args resp.Command) resp.Reply {
	if c.server.store.Has(string(args[0])) {
		return resp.Simple("string")
	}
	return resp.Simple("none")
}

func incrBy(c *client, args resp.Command) resp.Reply {
	by, valid := resp.ParseInteger(args[1])
	if !valid {
		return notAnInteger
	}
	return add(c, args[0], by)
}

func decrBy(c *client, args resp.Command) resp.Reply {
	by, valid := resp.ParseInteger(args[1])
	switch {
	case !valid:
		return notAnInteger
	case by == math.MinInt64:
		// The least integer has no counterpart.
		return resp.Error("ERR decrement would overflow")
	default:
		return add(c, args[0], -by)
	}
}

func add(c *client, key []byte, by int64) resp.Reply {
	value, found := c.server.store.Get(string(key))
	if !found {
		value = []byte("0")
	}
	old, valid := resp.ParseInteger(value)
	if !valid {
		return notAnInteger
	}
	sum := old + by
	// Go's integers wrap around: then the sum lies on the wrong side.
	if (sum < old) != (by < 0) {
		return resp.Error("ERR increment or decrement would overflow")
	}
	//@ stage 4-4
	c.server.store.Set(string(key), strconv.AppendInt(nil, sum, 10))
	//@ end
	//@ stage 5
	expiresAt, _ := c.server.store.ExpiresAt(string(key))
	c.server.store.Set(string(key), strconv.AppendInt(nil, sum, 10), expiresAt)
	//@ end
	return resp.Integer(sum)
}

func dbSize(c *client, _ resp.Command) resp.Reply {
	return resp.Integer(c.server.store.Len())
}

func flush(c *client, _ resp.Command) resp.Reply {
	c.server.store.Clear()
	return ok
}
//@ stage 5

var expiryCommands = map[string]*spec{
	"ttl":     {arity: 2, run: func(c *client, args resp.Command) resp.Reply { return timeToLive(c, args[0], 1000) }},
	"pttl":    {arity: 2, run: func(c *client, args resp.Command) resp.Reply { return timeToLive(c, args[0], 1) }},
	"persist": {arity: 2, run: persist},
	"expire":  {arity: 3, run: expireAfter("expire", 1000)},
	"pexpire": {arity: 3, run: expireAfter("pexpire", 1)},
	//@ stage 8
	// As the log tells them.
	"expireat":  {arity: 3, run: expireAt("expireat", 1000)},
	"pexpireat": {arity: 3, run: expireAt("pexpireat", 1)},
	//@ end
}

// timeToLive is what is left, in a unit of so many milliseconds; -1 for a key that stays, -2 for none.
func timeToLive(c *client, key []byte, unit int64) resp.Reply {
	expiresAt, found := c.server.store.ExpiresAt(string(key))
	switch {
	case !found:
		return resp.Integer(-2)
	case expiresAt == store.Never:
		return resp.Integer(-1)
	default:
		return resp.Integer((expiresAt - c.server.store.Now + unit/2) / unit)
	}
}

func persist(c *client, args resp.Command) resp.Reply {
	key := string(args[0])
	if expiresAt, _ := c.server.store.ExpiresAt(key); expiresAt == store.Never {
		return resp.Integer(0)
	}
	c.server.store.ExpireAt(key, store.Never)
	return resp.Integer(1)
}

// expireAfter takes a time to live, in a unit of so many milliseconds.
func expireAfter(name string, unit int64) func(*client, resp.Command) resp.Reply {
	return func(c *client, args resp.Command) resp.Reply {
		return expire(c, args, name, unit, c.server.store.Now)
	}
}

//@ stage 8
// expireAt takes a moment, in a unit of so many milliseconds since 1970.
func expireAt(name string, unit int64) func(*client, resp.Command) resp.Reply {
	return func(c *client, args resp.Command) resp.Reply {
		return expire(c, args, name, unit, 0)
	}
}

//@ end
func expire(c *client, args resp.Command, name string, unit, start int64) resp.Reply {
	moment, refusal := toMoment(name, args[1], unit, start)
	if refusal != nil {
		return refusal
	}
	if c.server.store.ExpireAt(string(args[0]), moment) {
		return resp.Integer(1)
	}
	return resp.Integer(0)
}

// toMoment is what lies amount times unit milliseconds after start.
func toMoment(name string, amount []byte, unit, start int64) (moment int64, refusal resp.Reply) {
	value, valid := resp.ParseInteger(amount)
	switch {
	case !valid:
		return 0, notAnInteger
	case value > (math.MaxInt64-start)/unit || value < math.MinInt64/unit:
		return 0, invalidExpiry(name)
	default:
		return start + value*unit, nil
	}
}

func invalidExpiry(name string) resp.Reply {
	return resp.Error("ERR invalid expire time in '" + name + "' command")
}
//@ end
