# A shop, told in six languages
#
# Made from story.warren by `warren export`.
# Needs Python 3.9 or newer and pika (pip install pika).
# Run it: python FILE [CLIENT ...]
# Every client takes part, or those who are named. AMQP_URL says where the broker is.
#
# What the scenario says and this program does not do:
# - at 5s restart broker
# - asker: one connection for what it publishes and consumes
# - shop: weight F64(1.5); the library has no such type

import copy
import decimal
import itertools
import os
import random
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


# The names that the broker makes up.
queues = {}


def shop_publishes():
    connection, channel = connect()
    for n in range(1, 7):
        key = [f"order.{n}.eu", "order.paid.us"][(n - 1) % 2]
        text = f"order {n} with {key}"
        channel.basic_publish("orders", key, text.encode(), pika.BasicProperties(headers={"rush": True, "weight": decimal.Decimal("1.5")}, delivery_mode=2, priority=3, message_id=f"shop-{n}"))
        say("shop sends", text)
        connection.sleep(0.05)
    connection.close()


def careful_publishes():
    connection, channel = connect()
    channel.confirm_delivery()
    channel.add_on_return_callback(
        lambda channel, method, properties, body: say("careful", "gets back", body.decode())
    )
    for n in range(1, 3):
        text = f"nobody wants {n}"
        try:
            channel.basic_publish("docs", "nowhere", text.encode(), mandatory=True)
            say("careful sends", text)
        except (pika.exceptions.NackError, pika.exceptions.UnroutableError) as refused:
            say("careful sends", text, "in vain:", repr(refused))
        connection.sleep(0.05)
    connection.close()


def ledger_publishes():
    connection, channel = connect()
    channel.tx_select()
    for n in range(1, 5):
        text = f"wish {n}"
        channel.basic_publish("", "wishes", text.encode())
        say("ledger sends", text)
        if n % 2 == 0:
            channel.tx_commit()
        if n % 2 == 0:
            connection.sleep(0.01)
    connection.close()


def scanner_publishes():
    connection, channel = connect()
    waits = [0, 0.1]
    for n in range(1, 3):
        connection.sleep(waits[n - 1])
        text = f"page {n}"
        channel.basic_publish("docs", "", text.encode(), pika.BasicProperties(headers={"format": "pdf", "pages": 3, "draft": True}, expiration="60000", content_type="text/plain", timestamp=1700000000, app_id="till", type="scan"))
        say("scanner sends", text)
    connection.close()


def asker_publishes():
    connection, channel = connect()
    for n in range(1, 2):
        text = f"what is {n}?"
        channel.basic_publish("", "requests", text.encode(), pika.BasicProperties(reply_to=queues["answers"], correlation_id=f"E{n}"))
        say("asker sends", text)
    connection.close()


def asker_consumes():
    connection, channel = connect()
    queues["answers"] = channel.queue_declare("", durable=True, exclusive=True).method.queue

    def on_message(channel, method, properties, body):
        text = body.decode(errors="replace")
        say("asker gets", text)

    channel.basic_consume(queues["answers"], on_message, auto_ack=True, consumer_tag="asker")
    return channel


def packer_consumes():
    connection, channel = connect()
    channel.basic_qos(prefetch_count=2)
    turns = itertools.count()

    def on_message(channel, method, properties, body):
        text = body.decode(errors="replace")
        say("packer gets", text)
        connection.sleep(0.02)
        turn = next(turns) % 3
        if turn == 0:
            channel.basic_ack(method.delivery_tag)
        if turn == 1:
            channel.basic_reject(method.delivery_tag, requeue=False)
        if turn == 2:
            channel.basic_nack(method.delivery_tag)

    channel.basic_consume("billing", on_message, consumer_tag="packer")
    return channel


def clerk_consumes():
    connection, channel = connect()
    channel.basic_qos(prefetch_count=5)

    def on_message(channel, method, properties, body):
        text = body.decode(errors="replace")
        say("clerk gets", text)
        connection.sleep(random.uniform(0.005, 0.01))
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume("archive", on_message, consumer_tag="clerk", arguments={"x-priority": 2})
    channel.basic_consume("wishes", on_message, consumer_tag="clerk-2", arguments={"x-priority": 2})
    return channel


def reader_consumes(name):
    connection, channel = connect()

    def on_message(channel, method, properties, body):
        text = body.decode(errors="replace")
        say(name, "gets", text)
        passed = copy.copy(properties)
        passed.expiration = None
        passed.headers = dict(properties.headers or {})
        passed.headers.pop("draft", None)
        passed.headers["words"] = 250
        passed.headers["from"] = name
        passed.content_type = "text/markdown"
        channel.basic_publish("", "text", f"text of {text}".encode(), passed)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume("scanned", on_message, consumer_tag=name)
    return channel


def server_consumes():
    connection, channel = connect()
    numbers = itertools.count(1)

    def on_message(channel, method, properties, body):
        text = body.decode(errors="replace")
        say("server gets", text)
        connection.sleep(0.01)
        n = next(numbers)
        if properties.reply_to:
            same = pika.BasicProperties(correlation_id=properties.correlation_id)
            channel.basic_publish("", properties.reply_to, f"server says {n}".encode(), same)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume("requests", on_message, consumer_tag="server")
    return channel


def main():
    connection, channel = connect()
    channel.exchange_declare("orders", "topic", durable=True)
    channel.exchange_declare("late", "fanout")
    channel.exchange_declare("docs", "headers", durable=True, arguments={"x-note": "kept"})
    channel.exchange_declare("dead", "fanout", durable=True)
    channel.queue_declare("billing", durable=True, arguments={"x-dead-letter-exchange": "dead", "x-max-length": 100, "x-note": "mine"})
    channel.queue_declare("archive", durable=True)
    channel.queue_declare("scanned", durable=True)
    channel.queue_declare("text", durable=True)
    channel.queue_declare("grave", durable=True)
    channel.queue_declare("wishes", durable=True)
    channel.queue_declare("requests", durable=True)
    channel.queue_bind("billing", "orders", routing_key="order.*.eu")
    channel.exchange_bind("late", "orders", routing_key="#")
    channel.queue_bind("archive", "late", routing_key="")
    channel.queue_bind("scanned", "docs", routing_key="", arguments={"x-match": "all", "format": "pdf", "pages": 3})
    channel.queue_bind("grave", "dead", routing_key="")
    if not only or "asker" in only:
        start(asker_consumes().start_consuming)
    if not only or "packer" in only:
        start(packer_consumes().start_consuming)
    if not only or "clerk" in only:
        start(clerk_consumes().start_consuming)
    if not only or "reader" in only:
        for n in range(1, 3):
            start(reader_consumes(f"reader-{n}").start_consuming)
    if not only or "server" in only:
        start(server_consumes().start_consuming)
    if not only or "shop" in only:
        start(shop_publishes)
    if not only or "careful" in only:
        start(careful_publishes)
    if not only or "ledger" in only:
        start(ledger_publishes)
    if not only or "scanner" in only:
        start(scanner_publishes)
    if not only or "asker" in only:
        start(asker_publishes)
    connection.sleep(3)
    for n in range(1, 3):
        channel.basic_publish("orders", "order.9.eu", f"by hand {n}".encode())
        say("operator sends", f"by hand {n}")
    connection.sleep(0.5)
    channel.queue_unbind("archive", "late", routing_key="")
    connection.sleep(0.5)
    channel.queue_declare("late-queue", durable=True, arguments={"x-message-ttl": 60000})
    for thread in threads:
        while thread.is_alive():
            connection.sleep(0.1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
