// /u{202e}"; import os; */ /u{2028} /u000a System.exit(1); // 🐇/u{a}""" ${process.exit()}
//
// Made from hostile.warren by `warren export`.
// Needs Java 11 or newer and com.rabbitmq:amqp-client 5.
// Run it: java -cp amqp-client.jar:slf4j-api.jar FILE [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    static void classX1Publishes() throws Exception {
        Channel channel = connect();
        for (int n = 1; n < 3; n++) {
            String text = "$" + n + " " + n + " {" + n + "} `\\` \"\"\" '%d' $$ \\" + n + " 🐇\u2029\000end";
            channel.basicPublish("a \"b\" \\ $ {x} %s 🐇", "k\"\n'`$", new AMQP.BasicProperties.Builder().headers(table("__proto__", "it's {n} \"${n}\" \\")).build(), octets(text));
            say("class \"x\" 1 sends", text);
            Thread.sleep(10);
        }
        channel.getConnection().close();
    }

    static void importPublishes() throws Exception {
        Channel channel = connect();
        for (int n = 1; n < 2; n++) {
            String text = "\\u000a\r\n";
            channel.basicPublish("", "\\u0022 \000 \177", null, octets(text));
            say("import sends", text);
        }
        channel.getConnection().close();
    }

    static void defConsumes() throws Exception {
        Channel channel = connect();
        DeliverCallback work = deliver((message) -> {
            String text = new String(message.getBody(), StandardCharsets.UTF_8);
            say("def gets", text);
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
        });
        channel.basicConsume("q'uote line \u202e `${1}` {n} #{2}", false, "def", false, false, null, work, (gone) -> { });
    }

    static void clientConsumes() throws Exception {
        Channel channel = connect();
        DeliverCallback work = deliver((message) -> {
            String text = new String(message.getBody(), StandardCharsets.UTF_8);
            say("🐇 gets", text);
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
        });
        channel.basicConsume("\\u0022 \000 \177", false, "🐇", false, false, null, work, (gone) -> { });
    }

    public static void main(String[] names) throws Exception {
        only = Arrays.asList(names);
        Channel channel = connect();
        channel.exchangeDeclare("a \"b\" \\ $ {x} %s 🐇", "topic", true, false, false, null);
        channel.queueDeclare("q'uote line \u202e `${1}` {n} #{2}", true, false, false, null);
        channel.queueDeclare("\\u0022 \000 \177", true, false, false, null);
        channel.queueBind("q'uote line \u202e `${1}` {n} #{2}", "a \"b\" \\ $ {x} %s 🐇", "k\"\n'`$");
        if (only.isEmpty() || only.contains("def")) {
            defConsumes();
        }
        if (only.isEmpty() || only.contains("🐇")) {
            clientConsumes();
        }
        if (only.isEmpty() || only.contains("class \"x\" 1")) {
            start(Program::classX1Publishes);
        }
        if (only.isEmpty() || only.contains("import")) {
            start(Program::importPublishes);
        }
    }
}
