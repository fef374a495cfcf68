"""The programs of RabbitMQ's seven tutorials, with pika.

    tutorials.py URL ROLE ARGUMENT...

A program that waits says `ready` first; what it hears it prints line by line.
"""

import sys
import time
import uuid

import pika


def say(text):
    print(text, flush=True)


def hear(channel, queue, on_message, auto_ack):
    say("ready")
    channel.basic_consume(queue=queue, on_message_callback=on_message, auto_ack=auto_ack)
    channel.start_consuming()


def declare_hello(channel):
    channel.queue_declare(queue="hello")


def send(channel, text):
    declare_hello(channel)
    channel.basic_publish(exchange="", routing_key="hello", body=text)


def receive(channel):
    declare_hello(channel)
    hear(channel, "hello", lambda _ch, _m, _p, body: say(body.decode()), auto_ack=True)


def new_task(channel, *texts):
    channel.queue_declare(queue="task_queue", durable=True)
    persistent = pika.BasicProperties(delivery_mode=2)
    for text in texts:
        channel.basic_publish("", "task_queue", text, properties=persistent)


def worker(channel):
    def work(ch, method, _properties, body):
        time.sleep(body.count(b".") * 0.1)
        say(body.decode())
        ch.basic_ack(delivery_tag=method.delivery_tag)

    channel.queue_declare(queue="task_queue", durable=True)
    channel.basic_qos(prefetch_count=1)
    hear(channel, "task_queue", work, auto_ack=False)


def emit(channel, exchange, kind, key, text):
    channel.exchange_declare(exchange=exchange, exchange_type=kind)
    channel.basic_publish(exchange=exchange, routing_key=key, body=text)


def listen(channel, exchange, kind, keys):
    channel.exchange_declare(exchange=exchange, exchange_type=kind)
    queue = channel.queue_declare(queue="", exclusive=True).method.queue
    for key in keys:
        channel.queue_bind(exchange=exchange, queue=queue, routing_key=key)

    def on_message(_ch, method, _properties, body):
        say(f"{method.routing_key}:{body.decode()}")

    hear(channel, queue, on_message, auto_ack=True)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def rpc_server(channel):
    def answer(ch, method, properties, body):
        reply = pika.BasicProperties(correlation_id=properties.correlation_id)
        to = properties.reply_to
        ch.basic_publish(exchange="", routing_key=to, properties=reply, body=str(fib(int(body))))
        ch.basic_ack(delivery_tag=method.delivery_tag)

    channel.queue_declare(queue="rpc_queue")
    channel.basic_qos(prefetch_count=1)
    hear(channel, "rpc_queue", answer, auto_ack=False)


def rpc_client(channel, number):
    expected = str(uuid.uuid4())
    queue = channel.queue_declare(queue="", exclusive=True).method.queue
    properties = pika.BasicProperties(reply_to=queue, correlation_id=expected)

    def on_message(ch, _method, properties, body):
        if properties.correlation_id == expected:
            say(body.decode())
            ch.stop_consuming()

    channel.basic_consume(queue=queue, on_message_callback=on_message, auto_ack=True)
    channel.basic_publish(exchange="", routing_key="rpc_queue", properties=properties, body=number)
    channel.start_consuming()


def publisher_confirms(channel, count):
    queue = channel.queue_declare(queue="", exclusive=True).method.queue
    channel.confirm_delivery()
    for number in range(int(count)):
        channel.basic_publish(exchange="", routing_key=queue, body=str(number), mandatory=True)
    say(f"{count} confirmed one by one")
    try:
        channel.basic_publish(exchange="", routing_key="nobody", body="x", mandatory=True)
        say("nobody has it")
    except pika.exceptions.UnroutableError as error:
        [returned] = error.messages
        say(f"returned {returned.method.reply_code} {returned.method.reply_text}")
    left = channel.queue_declare(queue=queue, passive=True).method.message_count
    say(f"{left} in the queue")


ROLES = {
    "send": send,
    "receive": receive,
    "new_task": new_task,
    "worker": worker,
    "emit_log": lambda c, text: emit(c, "logs", "fanout", "", text),
    "receive_logs": lambda c: listen(c, "logs", "fanout", [""]),
    "emit_log_direct": lambda c, key, text: emit(c, "direct_logs", "direct", key, text),
    "receive_logs_direct": lambda c, *keys: listen(c, "direct_logs", "direct", keys),
    "emit_log_topic": lambda c, key, text: emit(c, "topic_logs", "topic", key, text),
    "receive_logs_topic": lambda c, *keys: listen(c, "topic_logs", "topic", keys),
    "rpc_server": rpc_server,
    "rpc_client": rpc_client,
    "publisher_confirms": publisher_confirms,
}


def main():
    url, role, *arguments = sys.argv[1:]
    connection = pika.BlockingConnection(pika.URLParameters(url))
    ROLES[role](connection.channel(), *arguments)
    connection.close()


main()
