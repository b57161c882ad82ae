//@ file 12
package server

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"distributed-cache/internal/resp"
)

// roadmap: load-balancing-strategies

const slotCount = 16384

// cluster is who has which slots, as all nodes were told at their start.
type cluster struct {
	nodes []*node
	self  *node
}

type node struct {
	id, host            string
	port                int
	firstSlot, lastSlot int
}

// newCluster reads a layout like 127.0.0.1:7001=0-5460,127.0.0.1:7002=5461-16383; this node is the one at port.
func newCluster(layout, port string) (*cluster, error) {
	c := &cluster{}
	for _, text := range strings.Split(layout, ",") {
		n, err := parseNode(text)
		if err != nil {
			return nil, err
		}
		c.nodes = append(c.nodes, n)
		if strconv.Itoa(n.port) == port {
			c.self = n
		}
	}
	if c.self == nil {
		return nil, fmt.Errorf("CLUSTER_NODES is %q, where no node has the port %s of this one", layout, port)
	}
	return c, nil
}

var nodePattern = regexp.MustCompile(`^(.+):(\d{1,5})=(\d{1,5})-(\d{1,5})$`)

func parseNode(text string) (*node, error) {
	match := nodePattern.FindStringSubmatch(text)
	if match == nil {
		return nil, fmt.Errorf("CLUSTER_NODES has %q where a node should be: write 127.0.0.1:7001=0-5460", text)
	}
	// The pattern allows for digits only, and few of them.
	number := func(digits string) int {
		value, _ := strconv.Atoi(digits)
		return value
	}
	return &node{
		// Every node gives every node the same name, without a word between them.
		id:        fmt.Sprintf("%x", sha1.Sum([]byte(match[1]+":"+match[2]))),
		host:      match[1],
		port:      number(match[2]),
		firstSlot: number(match[3]),
		lastSlot:  number(match[4]),
	}, nil
}

// redirect says why a command is not for this node; nil if it is.
func (c *cluster) redirect(name string, command resp.Command) resp.Reply {
	keys := keysOf(name, command)
	if len(keys) == 0 {
		return nil
	}
	slot := keySlot(keys[0])
	for _, key := range keys[1:] {
		if keySlot(key) != slot {
			return resp.Error("CROSSSLOT Keys in request don't hash to the same slot")
		}
	}
	for _, owner := range c.nodes {
		switch {
		case slot < owner.firstSlot || slot > owner.lastSlot:
		case owner == c.self:
			return nil
		default:
			return resp.Error(fmt.Sprintf("MOVED %d %s:%d", slot, owner.host, owner.port))
		}
	}
	return resp.Error("CLUSTERDOWN Hash slot not served")
}

func keysOf(name string, command resp.Command) resp.Command {
	switch name {
	case "get", "set", "type", "incr", "incrby", "decr", "decrby", "ttl", "pttl", "persist", "expire", "pexpire", "expireat", "pexpireat":
		return command[1:2]
	case "mget", "del", "exists":
		return command[1:]
	case "mset":
		var keys resp.Command
		for i := 1; i < len(command); i += 2 {
			keys = append(keys, command[i])
		}
		return keys
	default:
		return nil
	}
}

// keySlot hashes only what is between the first { and the next }, if that is anything: so related keys can be kept together.
func keySlot(key []byte) int {
	if _, rest, found := bytes.Cut(key, []byte("{")); found {
		if tag, _, found := bytes.Cut(rest, []byte("}")); found && len(tag) > 0 {
			key = tag
		}
	}
	return int(crc16(key)) % slotCount
}

// crc16 is CRC-16/XMODEM: the polynomial 0x1021, beginning with 0.
func crc16(bytes []byte) uint16 {
	var crc uint16
	for _, b := range bytes {
		crc = crc<<8 ^ crcTable[byte(crc>>8)^b]
	}
	return crc
}

var crcTable = func() (table [256]uint16) {
	for i := range table {
		crc := uint16(i) << 8
		for range 8 {
			if crc&0x8000 == 0 {
				crc <<= 1
			} else {
				crc = crc<<1 ^ 0x1021
			}
		}
		table[i] = crc
	}
	return table
}()

var clusterCommands = map[string]*spec{
	"cluster": {arity: -2, run: runCluster},
	// A client says this before it reads from a replica. Here, every node is a leader.
	"readonly":  {arity: 1, run: inCluster},
	"readwrite": {arity: 1, run: inCluster},
}

const clusterDisabled = resp.Error("ERR This instance has cluster support disabled")

func inCluster(c *client, _ resp.Command) resp.Reply {
	if c.server.cluster == nil {
		return clusterDisabled
	}
	return ok
}

func runCluster(c *client, args resp.Command) resp.Reply {
	cluster := c.server.cluster
	if cluster == nil {
		return clusterDisabled
	}
	switch name := string(args[0]); strings.ToLower(name) {
	case "keyslot":
		if len(args) != 2 {
			return wrongArity("cluster|keyslot")
		}
		return resp.Integer(keySlot(args[1]))
	case "myid":
		return resp.Bulk(cluster.self.id)
	case "info":
		return cluster.info()
	case "nodes":
		return cluster.describeNodes()
	case "slots":
		return cluster.slots()
	case "shards":
		return cluster.shards()
	default:
		return resp.Error("ERR unknown subcommand '" + head(args[0], 128) + "'. Try CLUSTER HELP.")
	}
}

func (c *cluster) info() resp.Reply {
	assigned := 0
	for _, n := range c.nodes {
		assigned += n.lastSlot - n.firstSlot + 1
	}
	state := "ok"
	if assigned != slotCount {
		state = "fail"
	}
	return resp.Bulk(fmt.Sprintf("cluster_state:%s\r\ncluster_slots_assigned:%d\r\ncluster_slots_ok:%d\r\n"+
		"cluster_slots_pfail:0\r\ncluster_slots_fail:0\r\ncluster_known_nodes:%d\r\ncluster_size:%d\r\n",
		state, assigned, assigned, len(c.nodes), len(c.nodes)))
}

func (c *cluster) describeNodes() resp.Reply {
	var text []byte
	for _, n := range c.nodes {
		flags := "master"
		if n == c.self {
			flags = "myself,master"
		}
		text = fmt.Appendf(text, "%s %s:%d@%d %s - 0 0 1 connected %d-%d\n",
			n.id, n.host, n.port, n.port+10_000, flags, n.firstSlot, n.lastSlot)
	}
	return resp.Bulk(text)
}

func (c *cluster) slots() resp.Reply {
	ranges := make(resp.Array, len(c.nodes))
	for i, n := range c.nodes {
		owner := resp.Array{resp.Bulk(n.host), resp.Integer(n.port), resp.Bulk(n.id), resp.Array{}}
		ranges[i] = resp.Array{resp.Integer(n.firstSlot), resp.Integer(n.lastSlot), owner}
	}
	return ranges
}

func (c *cluster) shards() resp.Reply {
	shards := make(resp.Array, len(c.nodes))
	for i, n := range c.nodes {
		shards[i] = resp.Array{
			resp.Bulk("slots"), resp.Array{resp.Integer(n.firstSlot), resp.Integer(n.lastSlot)},
			resp.Bulk("nodes"), resp.Array{resp.Array{
				resp.Bulk("id"), resp.Bulk(n.id),
				resp.Bulk("port"), resp.Integer(n.port),
				resp.Bulk("ip"), resp.Bulk(n.host),
				resp.Bulk("endpoint"), resp.Bulk(n.host),
				resp.Bulk("role"), resp.Bulk("master"),
				resp.Bulk("replication-offset"), resp.Integer(0),
				resp.Bulk("health"), resp.Bulk("online"),
			}},
		}
	}
	return shards
}
