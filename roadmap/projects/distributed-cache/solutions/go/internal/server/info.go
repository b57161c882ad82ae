//@ file 10
package server

import (
	"fmt"
	//@ stage 14
	"os"
	//@ end
	"strings"
	//@ stage 14
	"time"
	//@ end

	"distributed-cache/internal/resp"
)
//@ stage 14

// roadmap: observability

var started = time.Now()
//@ end

var infoCommands = map[string]*spec{
	"info": {arity: -1, run: info},
}

// section is a part of what INFO tells: field is called with each name and its value.
type section struct {
	name string
	tell func(s *server, field func(name string, value any))
}

var sections = []section{
	//@ stage 14
	{"Server", tellServer},
	{"Clients", tellClients},
	{"Memory", tellMemory},
	{"Persistence", tellPersistence},
	{"Stats", tellStats},
	//@ end
	{"Replication", tellReplication},
	//@ stage 12
	{"Cluster", tellCluster},
	//@ end
	//@ stage 14
	{"Keyspace", tellKeyspace},
	//@ end
}

func info(c *client, args resp.Command) resp.Reply {
	asked := make(map[string]bool)
	for _, name := range args {
		asked[strings.ToLower(string(name))] = true
	}
	all := len(asked) == 0 || asked["all"] || asked["default"] || asked["everything"]
	var text []byte
	for _, section := range sections {
		if !all && !asked[strings.ToLower(section.name)] {
			continue
		}
		if len(text) > 0 {
			text = append(text, "\r\n"...)
		}
		text = fmt.Appendf(text, "# %s\r\n", section.name)
		section.tell(c.server, func(name string, value any) {
			text = fmt.Appendf(text, "%s:%v\r\n", name, value)
		})
	}
	return resp.Bulk(text)
}
//@ stage 14

func tellServer(s *server, field func(string, any)) {
	field("redis_version", "7.0.15")
	field("process_id", os.Getpid())
	field("tcp_port", s.settings.Port)
	field("uptime_in_seconds", int(time.Since(started).Seconds()))
}

func tellClients(s *server, field func(string, any)) {
	field("connected_clients", len(s.clients)-len(s.replication.replicas))
	field("maxclients", s.settings.MaxClients)
}

func tellMemory(s *server, field func(string, any)) {
	policy := "noeviction"
	if s.settings.Evicts {
		policy = "allkeys-lru"
	}
	field("used_memory", s.store.Memory())
	field("maxmemory", s.settings.MaxMemory)
	field("maxmemory_policy", policy)
}

func tellPersistence(s *server, field func(string, any)) {
	field("aof_enabled", flag(s.settings.AppendOnly))
}

func tellStats(s *server, field func(string, any)) {
	field("total_connections_received", s.counts.connections)
	field("total_commands_processed", s.counts.commands)
	field("rejected_connections", s.counts.rejected)
	field("expired_keys", s.store.Expired)
	field("evicted_keys", s.store.Evicted)
	field("keyspace_hits", s.counts.hits)
	field("keyspace_misses", s.counts.misses)
}
//@ end

func tellReplication(s *server, field func(string, any)) {
	r := s.replication
	offset := r.offset
	if r.leader == nil {
		field("role", "master")
	} else {
		status := "down"
		if r.leader.up {
			status = "up"
		}
		offset = r.leader.offset
		field("role", "slave")
		field("master_host", r.leader.host)
		field("master_port", r.leader.port)
		field("master_link_status", status)
		field("slave_repl_offset", offset)
		field("slave_read_only", 1)
	}
	field("connected_slaves", len(r.replicas))
	number := 0
	for c, replica := range r.replicas {
		state := "online"
		if replica.acknowledged < 0 {
			state = "send_bulk"
		}
		field(fmt.Sprintf("slave%d", number), fmt.Sprintf("ip=%s,port=%s,state=%s,offset=%d",
			c.address(), c.listeningPort, state, max(0, replica.acknowledged)))
		number++
	}
	field("master_replid", r.id)
	field("master_repl_offset", offset)
}
//@ stage 12

func tellCluster(s *server, field func(string, any)) {
	field("cluster_enabled", flag(s.cluster != nil))
}

func flag(is bool) int {
	if is {
		return 1
	}
	return 0
}
//@ end
//@ stage 14

func tellKeyspace(s *server, field func(string, any)) {
	if s.store.Len() > 0 {
		field("db0", fmt.Sprintf("keys=%d,expires=%d,avg_ttl=0", s.store.Len(), s.store.Expiring()))
	}
}
//@ end
