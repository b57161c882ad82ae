//@ file 9
package server

import "distributed-cache/internal/resp"

// roadmap: event-driven-systems

// mostUnread is how many bytes a subscriber may leave unread.
const mostUnread = 16 << 20

// pubsub knows who listens to which channel. A message goes to those who listen now; nothing is kept.
type pubsub map[string]map[*client]bool

func (p pubsub) subscribe(c *client, channel string) {
	if p[channel] == nil {
		p[channel] = make(map[*client]bool)
	}
	if c.channels == nil {
		c.channels = make(map[string]bool)
	}
	p[channel][c] = true
	c.channels[channel] = true
}

func (p pubsub) unsubscribe(c *client, channel string) {
	delete(p[channel], c)
	if len(p[channel]) == 0 {
		delete(p, channel)
	}
	delete(c.channels, channel)
}

func (p pubsub) leave(c *client) {
	for channel := range c.channels {
		p.unsubscribe(c, channel)
	}
}

// publish says to how many clients the message goes.
func (p pubsub) publish(channel, message []byte) int {
	subscribers := p[string(channel)]
	if len(subscribers) == 0 {
		return 0
	}
	bytes := make([]byte, 0, len(channel)+len(message)+64)
	bytes = resp.Append(bytes, resp.Array{resp.Bulk("message"), resp.Bulk(channel), resp.Bulk(message)})
	for subscriber := range subscribers {
		subscriber.outbox.push(bytes)
	}
	return len(subscribers)
}

var pubsubCommands = map[string]*spec{
	"publish":     {arity: 3, run: publish},
	"subscribe":   {arity: -2, whileSubscribed: true, run: subscribe},
	"unsubscribe": {arity: -1, whileSubscribed: true, run: unsubscribe},
}

func publish(c *client, args resp.Command) resp.Reply {
	return resp.Integer(c.server.pubsub.publish(args[0], args[1]))
}

func subscribe(c *client, channels resp.Command) resp.Reply {
	c.startOutbox(mostUnread)
	var replies resp.Several
	for _, channel := range channels {
		c.server.pubsub.subscribe(c, string(channel))
		replies = append(replies, acknowledge("subscribe", channel, c))
	}
	return replies
}

func unsubscribe(c *client, channels resp.Command) resp.Reply {
	if len(channels) == 0 {
		for channel := range c.channels {
			channels = append(channels, []byte(channel))
		}
	}
	if len(channels) == 0 {
		return acknowledge("unsubscribe", nil, c)
	}
	var replies resp.Several
	for _, channel := range channels {
		c.server.pubsub.unsubscribe(c, string(channel))
		replies = append(replies, acknowledge("unsubscribe", channel, c))
	}
	return replies
}

func acknowledge(what string, channel []byte, c *client) resp.Reply {
	return resp.Array{resp.Bulk(what), resp.Bulk(channel), resp.Integer(len(c.channels))}
}
