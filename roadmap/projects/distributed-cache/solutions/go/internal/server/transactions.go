//@ file 6
package server

import "distributed-cache/internal/resp"

// roadmap: transactions-consistency

// transaction is what a client has queued since MULTI.
type transaction struct {
	// broken says that a command could not be queued: the rest must not run without it.
	broken bool
	queue  []queued
}

type queued struct {
	spec    *spec
	command resp.Command
}

func (t *transaction) add(spec *spec, command resp.Command) resp.Reply {
	t.queue = append(t.queue, queued{spec, command})
	return resp.Simple("QUEUED")
}

var transactionCommands = map[string]*spec{
	"multi":   {arity: 1, control: true, run: multi},
	"exec":    {arity: 1, control: true, run: exec},
	"discard": {arity: 1, control: true, run: discard},
}

func multi(c *client, _ resp.Command) resp.Reply {
	if c.transaction != nil {
		return resp.Error("ERR MULTI calls can not be nested")
	}
	c.transaction = &transaction{}
	return ok
}

// exec comes with the lock held and keeps it, so nothing comes between the commands.
func exec(c *client, _ resp.Command) resp.Reply {
	if c.transaction == nil {
		return resp.Error("ERR EXEC without MULTI")
	}
	defer func() { c.transaction = nil }()
	if c.transaction.broken {
		return resp.Error("EXECABORT Transaction discarded because of previous errors.")
	}
	replies := make(resp.Array, len(c.transaction.queue))
	for i, each := range c.transaction.queue {
		//@ stage 6-7
		replies[i] = each.spec.run(c, each.command[1:])
		//@ end
		//@ stage 8
		replies[i] = c.server.call(c, each.spec, each.command)
		//@ end
	}
	return replies
}

func discard(c *client, _ resp.Command) resp.Reply {
	if c.transaction == nil {
		return resp.Error("ERR DISCARD without MULTI")
	}
	c.transaction = nil
	return ok
}
