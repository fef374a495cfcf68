# /u{202e}"; import os; */ /u{2028} /u000a System.exit(1); // 🐇/u{a}""" ${process.exit()}
#
# Made from hostile.warren by `warren export`.
# Needs Python 3.9 or newer and pika (pip install pika).
# Run it: python FILE [CLIENT ...]
# Every client takes part, or those who are named. AMQP_URL says where the broker is.

import os
import sys
import threading

import pika

URL = os.environ.get("AMQP_URL", "amqp://guest:guest@localhost:5672/%2F")
only = sys.argv[1:]
threads = []


def connect():
    connection = pika.BlockingConnection(pika.URLParameters(URL))
    return connection, connection.channel()


def start(work):
    threads.append(threading.Thread(target=work, daemon=True))
    threads[-1].start()


def say(*words):
    print(" ".join(words) + "\n", end="", flush=True)


def class_x_1_publishes():
    connection, channel = connect()
    for n in range(1, 3):
        text = f"${n} {n} {{{n}}} `\\` \"\"\" '%d' $$ \\{n} 🐇\u2029\x00end"
        channel.basic_publish("a \"b\" \\ $ {x} %s 🐇", "k\"\n'`$", text.encode(), pika.BasicProperties(headers={"__proto__": "it's {n} \"${n}\" \\"}))
        say("class \"x\" 1 sends", text)
        connection.sleep(0.01)
    connection.close()


def import_publishes():
    connection, channel = connect()
    for _ in range(1, 2):
        text = "\\u000a\r\n"
        channel.basic_publish("", "\\u0022 \x00 \x7f", text.encode())
        say("import sends", text)
    connection.close()


def def_consumes():
    connection, channel = connect()

    def on_message(channel, method, properties, body):
        text = body.decode(errors="replace")
        say("def gets", text)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume("q'uote line \u202e `${1}` {n} #{2}", on_message, consumer_tag="def")
    return channel


def client_consumes():
    connection, channel = connect()

    def on_message(channel, method, properties, body):
        text = body.decode(errors="replace")
        say("🐇 gets", text)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume("\\u0022 \x00 \x7f", on_message, consumer_tag="🐇")
    return channel


def main():
    connection, channel = connect()
    channel.exchange_declare("a \"b\" \\ $ {x} %s 🐇", "topic", durable=True)
    channel.queue_declare("q'uote line \u202e `${1}` {n} #{2}", durable=True)
    channel.queue_declare("\\u0022 \x00 \x7f", durable=True)
    channel.queue_bind("q'uote line \u202e `${1}` {n} #{2}", "a \"b\" \\ $ {x} %s 🐇", routing_key="k\"\n'`$")
    if not only or "def" in only:
        start(def_consumes().start_consuming)
    if not only or "🐇" in only:
        start(client_consumes().start_consuming)
    if not only or "class \"x\" 1" in only:
        start(class_x_1_publishes)
    if not only or "import" in only:
        start(import_publishes)
    for thread in threads:
        while thread.is_alive():
            connection.sleep(0.1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
