//@ file 9
// roadmap: event-driven-systems
package cache;

import static cache.Reply.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who listens to which channel. A message goes to those who listen now; nothing is kept. */
final class PubSub {
    static final Map<String, Commands.Spec> COMMANDS = Map.of(
        "publish", new Commands.Spec(3, call -> integer(call.server().pubsub.publish(call.bytes(0), call.bytes(1)))),
        "subscribe", new Commands.Spec(-2, PubSub::subscribe),
        "unsubscribe", new Commands.Spec(-1, PubSub::unsubscribe));

    private final Map<String, Set<Client>> subscribers = new HashMap<>();

    private void subscribe(Client client, String channel) {
        client.expectPushes();
        client.channels.add(channel);
        subscribers.computeIfAbsent(channel, name -> new LinkedHashSet<>()).add(client);
    }

    private void unsubscribe(Client client, String channel) {
        client.channels.remove(channel);
        subscribers.computeIfPresent(channel, (name, clients) -> {
            clients.remove(client);
            return clients.isEmpty() ? null : clients;
        });
    }

    void leave(Client client) {
        for (String channel : List.copyOf(client.channels)) unsubscribe(client, channel);
    }

    /** Tells to how many clients the message goes. */
    private int publish(byte[] channel, byte[] message) {
        Set<Client> clients = subscribers.get(Resp.latin1(channel));
        if (clients == null) return 0;
        byte[] bytes = Resp.encode(array(bulk("message"), bulk(channel), bulk(message)));
        for (Client client : clients) client.push(bytes);
        return clients.size();
    }

    private static Reply subscribe(Call call) {
        List<Reply> replies = new ArrayList<>();
        for (String channel : call.texts()) {
            call.server().pubsub.subscribe(call.client(), channel);
            replies.add(acknowledge("subscribe", bulk(channel), call.client()));
        }
        return new Several(replies);
    }

    private static Reply unsubscribe(Call call) {
        List<String> channels = call.count() > 0 ? call.texts() : List.copyOf(call.client().channels);
        if (channels.isEmpty()) return acknowledge("unsubscribe", NULL, call.client());
        List<Reply> replies = new ArrayList<>();
        for (String channel : channels) {
            call.server().pubsub.unsubscribe(call.client(), channel);
            replies.add(acknowledge("unsubscribe", bulk(channel), call.client()));
        }
        return new Several(replies);
    }

    private static Reply acknowledge(String what, Reply channel, Client client) {
        return array(bulk(what), channel, integer(client.channels.size()));
    }
}
