// A shop, told in six languages
//
// Made from story.warren by `warren export`.
// Needs Java 11 or newer and com.rabbitmq:amqp-client 5.
// Run it: java -cp amqp-client.jar:slf4j-api.jar FILE [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.
//
// What the scenario says and this program does not do:
// - at 5s restart broker
// - asker: one connection for what it publishes and consumes

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

public class Program {
    static List<String> only;

    static Channel connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        String url = System.getenv("AMQP_URL");
        factory.setUri(url == null ? "amqp://guest:guest@localhost:5672/%2F" : url);
        return factory.newConnection().createChannel();
    }

    static synchronized void say(String... words) {
        System.out.println(String.join(" ", words));
    }

    static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    interface Client {
        void run() throws Exception;
    }

    static void start(Client client) {
        new Thread(() -> {
            try {
                client.run();
            } catch (Exception error) {
                System.err.println(error);
            }
        }).start();
    }

    interface Work {
        void on(Delivery message) throws Exception;
    }

    static DeliverCallback deliver(Work work) {
        return (tag, message) -> {
            try {
                work.on(message);
            } catch (Exception error) {
                System.err.println(error);
            }
        };
    }

    static Map<String, Object> table(Object... items) {
        Map<String, Object> table = new HashMap<>();
        for (int i = 0; i < items.length; i += 2) {
            table.put((String) items[i], items[i + 1]);
        }
        return table;
    }

    // The names that the broker makes up.
    static final Map<String, String> queues = new ConcurrentHashMap<>();

    static void shopPublishes() throws Exception {
        Channel channel = connect();
        for (int n = 1; n < 7; n++) {
            String key = new String[] {"order." + n + ".eu", "order.paid.us"}[(n - 1) % 2];
            String text = "order " + n + " with " + key;
            channel.basicPublish("orders", key, new AMQP.BasicProperties.Builder().headers(table("rush", true, "weight", 1.5)).deliveryMode(2).priority(3).messageId("shop-" + n).build(), octets(text));
            say("shop sends", text);
            Thread.sleep(50);
        }
        channel.getConnection().close();
    }

    static void carefulPublishes() throws Exception {
        Channel channel = connect();
        channel.confirmSelect();
        channel.addReturnListener((code, reason, exchange, key, properties, body) ->
            say("careful", "gets back", new String(body, StandardCharsets.UTF_8)));
        for (int n = 1; n < 3; n++) {
            String text = "nobody wants " + n;
            channel.basicPublish("docs", "nowhere", true, null, octets(text));
            say("careful sends", text);
            if (!channel.waitForConfirms()) {
                say("careful sends", text, "in vain");
            }
            Thread.sleep(50);
        }
        channel.getConnection().close();
    }

    static void ledgerPublishes() throws Exception {
        Channel channel = connect();
        channel.txSelect();
        for (int n = 1; n < 5; n++) {
            String text = "wish " + n;
            channel.basicPublish("", "wishes", null, octets(text));
            say("ledger sends", text);
            if (n % 2 == 0) {
                channel.txCommit();
            }
            if (n % 2 == 0) {
                Thread.sleep(10);
            }
        }
        channel.getConnection().close();
    }

    static void scannerPublishes() throws Exception {
        Channel channel = connect();
        long[] waits = {0, 100};
        for (int n = 1; n < 3; n++) {
            Thread.sleep(waits[n - 1]);
            String text = "page " + n;
            channel.basicPublish("docs", "", new AMQP.BasicProperties.Builder().headers(table("format", "pdf", "pages", 3, "draft", true)).expiration("60000").contentType("text/plain").timestamp(new Date(1700000000L * 1000)).appId("till").type("scan").build(), octets(text));
            say("scanner sends", text);
        }
        channel.getConnection().close();
    }

    static void askerPublishes() throws Exception {
        Channel channel = connect();
        for (int n = 1; n < 2; n++) {
            String text = "what is " + n + "?";
            channel.basicPublish("", "requests", new AMQP.BasicProperties.Builder().replyTo(queues.get("answers")).correlationId("E" + n).build(), octets(text));
            say("asker sends", text);
        }
        channel.getConnection().close();
    }

    static void askerConsumes() throws Exception {
        Channel channel = connect();
        queues.put("answers", channel.queueDeclare("", true, true, false, null).getQueue());
        DeliverCallback work = deliver((message) -> {
            String text = new String(message.getBody(), StandardCharsets.UTF_8);
            say("asker gets", text);
        });
        channel.basicConsume(queues.get("answers"), true, "asker", false, false, null, work, (gone) -> { });
    }

    static void packerConsumes() throws Exception {
        Channel channel = connect();
        channel.basicQos(2);
        int[] turns = {0};
        DeliverCallback work = deliver((message) -> {
            String text = new String(message.getBody(), StandardCharsets.UTF_8);
            say("packer gets", text);
            Thread.sleep(20);
            int turn = turns[0]++ % 3;
            if (turn == 0) {
                channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
            }
            if (turn == 1) {
                channel.basicReject(message.getEnvelope().getDeliveryTag(), false);
            }
            if (turn == 2) {
                channel.basicNack(message.getEnvelope().getDeliveryTag(), false, true);
            }
        });
        channel.basicConsume("billing", false, "packer", false, false, null, work, (gone) -> { });
    }

    static void clerkConsumes() throws Exception {
        Channel channel = connect();
        channel.basicQos(5);
        DeliverCallback work = deliver((message) -> {
            String text = new String(message.getBody(), StandardCharsets.UTF_8);
            say("clerk gets", text);
            Thread.sleep(ThreadLocalRandom.current().nextLong(5, 11));
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
        });
        channel.basicConsume("archive", false, "clerk", false, false, table("x-priority", 2), work, (gone) -> { });
        channel.basicConsume("wishes", false, "clerk-2", false, false, table("x-priority", 2), work, (gone) -> { });
    }

    static void readerConsumes(String name) throws Exception {
        Channel channel = connect();
        DeliverCallback work = deliver((message) -> {
            String text = new String(message.getBody(), StandardCharsets.UTF_8);
            say(name, "gets", text);
            {
                Map<String, Object> headers = new HashMap<>();
                if (message.getProperties().getHeaders() != null) {
                    headers.putAll(message.getProperties().getHeaders());
                }
                headers.remove("draft");
                headers.put("words", 250);
                headers.put("from", name);
                AMQP.BasicProperties passed = message.getProperties().builder().expiration(null).headers(headers).contentType("text/markdown").build();
                channel.basicPublish("", "text", passed, octets("text of " + text));
            }
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
        });
        channel.basicConsume("scanned", false, name, false, false, null, work, (gone) -> { });
    }

    static void serverConsumes() throws Exception {
        Channel channel = connect();
        int[] sent = {0};
        DeliverCallback work = deliver((message) -> {
            String text = new String(message.getBody(), StandardCharsets.UTF_8);
            say("server gets", text);
            Thread.sleep(10);
            int n = ++sent[0];
            String replyTo = message.getProperties().getReplyTo();
            if (replyTo != null) {
                String id = message.getProperties().getCorrelationId();
                AMQP.BasicProperties same = new AMQP.BasicProperties.Builder().correlationId(id).build();
                channel.basicPublish("", replyTo, same, octets("server says " + n));
            }
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
        });
        channel.basicConsume("requests", false, "server", false, false, null, work, (gone) -> { });
    }

    public static void main(String[] names) throws Exception {
        only = Arrays.asList(names);
        Channel channel = connect();
        channel.exchangeDeclare("orders", "topic", true, false, false, null);
        channel.exchangeDeclare("late", "fanout", false, false, false, null);
        channel.exchangeDeclare("docs", "headers", true, false, false, table("x-note", "kept"));
        channel.exchangeDeclare("dead", "fanout", true, false, false, null);
        channel.queueDeclare("billing", true, false, false, table("x-dead-letter-exchange", "dead", "x-max-length", 100, "x-note", "mine"));
        channel.queueDeclare("archive", true, false, false, null);
        channel.queueDeclare("scanned", true, false, false, null);
        channel.queueDeclare("text", true, false, false, null);
        channel.queueDeclare("grave", true, false, false, null);
        channel.queueDeclare("wishes", true, false, false, null);
        channel.queueDeclare("requests", true, false, false, null);
        channel.queueBind("billing", "orders", "order.*.eu");
        channel.exchangeBind("late", "orders", "#");
        channel.queueBind("archive", "late", "");
        channel.queueBind("scanned", "docs", "", table("x-match", "all", "format", "pdf", "pages", 3));
        channel.queueBind("grave", "dead", "");
        if (only.isEmpty() || only.contains("asker")) {
            askerConsumes();
        }
        if (only.isEmpty() || only.contains("packer")) {
            packerConsumes();
        }
        if (only.isEmpty() || only.contains("clerk")) {
            clerkConsumes();
        }
        if (only.isEmpty() || only.contains("reader")) {
            for (int n = 1; n < 3; n++) {
                readerConsumes("reader-" + n);
            }
        }
        if (only.isEmpty() || only.contains("server")) {
            serverConsumes();
        }
        if (only.isEmpty() || only.contains("shop")) {
            start(Program::shopPublishes);
        }
        if (only.isEmpty() || only.contains("careful")) {
            start(Program::carefulPublishes);
        }
        if (only.isEmpty() || only.contains("ledger")) {
            start(Program::ledgerPublishes);
        }
        if (only.isEmpty() || only.contains("scanner")) {
            start(Program::scannerPublishes);
        }
        if (only.isEmpty() || only.contains("asker")) {
            start(Program::askerPublishes);
        }
        Thread.sleep(3000);
        for (int n = 1; n < 3; n++) {
            channel.basicPublish("orders", "order.9.eu", null, octets("by hand " + n));
            say("operator sends", "by hand " + n);
        }
        Thread.sleep(500);
        channel.queueUnbind("archive", "late", "");
        Thread.sleep(500);
        channel.queueDeclare("late-queue", true, false, false, table("x-message-ttl", 60000));
    }
}
