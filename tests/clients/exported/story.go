// A shop, told in six languages
//
// Made from story.warren by `warren export`.
// Needs Go 1.19 or newer and github.com/rabbitmq/amqp091-go.
// Run it: go run FILE [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.
//
// What the scenario says and this program does not do:
// - at 5s restart broker
// - asker: one connection for what it publishes and consumes

package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"
	"os"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func connect() (*amqp.Connection, *amqp.Channel) {
	url := os.Getenv("AMQP_URL")
	if url == "" {
		url = "amqp://guest:guest@localhost:5672/%2F"
	}
	connection := try(amqp.Dial(url))
	return connection, try(connection.Channel())
}

func try[T any](value T, err error) T {
	must(err)
	return value
}

// Whether a client takes part: all that do not wait, or those who are named.
func wanted(name string, waits bool) bool {
	for _, one := range os.Args[1:] {
		if one == name {
			return true
		}
	}
	return len(os.Args) == 1 && !waits
}

func merge(all ...<-chan amqp.Delivery) <-chan amqp.Delivery {
	merged := make(chan amqp.Delivery)
	for _, one := range all {
		go func(messages <-chan amqp.Delivery) {
			for message := range messages {
				merged <- message
			}
		}(one)
	}
	return merged
}

// The names that the broker makes up.
var queues = map[string]string{}

// What is published when a message is passed on: all but its time to live.
func passed(from amqp.Delivery, body []byte) amqp.Publishing {
	headers := amqp.Table{}
	for key, value := range from.Headers {
		headers[key] = value
	}
	return amqp.Publishing{
		Headers: headers, ContentType: from.ContentType, ContentEncoding: from.ContentEncoding,
		DeliveryMode: from.DeliveryMode, Priority: from.Priority, CorrelationId: from.CorrelationId,
		ReplyTo: from.ReplyTo, MessageId: from.MessageId, Timestamp: from.Timestamp,
		Type: from.Type, UserId: from.UserId, AppId: from.AppId, Body: body,
	}
}

func shopPublishes() {
	connection, channel := connect()
	defer connection.Close()
	for n := 1; n < 7; n++ {
		key := []string{fmt.Sprintf("order.%d.eu", n), "order.paid.us"}[(n-1)%2]
		text := fmt.Sprintf("order %d with %s", n, key)
		must(channel.PublishWithContext(context.Background(), "orders", key, false, false, amqp.Publishing{Body: []byte(text), Headers: amqp.Table{"rush": true, "weight": float64(1.5)}, DeliveryMode: 2, Priority: 3, MessageId: fmt.Sprintf("shop-%d", n)}))
		fmt.Println("shop sends", text)
		time.Sleep(50 * time.Millisecond)
	}
}

func carefulPublishes() {
	connection, channel := connect()
	defer connection.Close()
	must(channel.Confirm(false))
	go func(returns chan amqp.Return) {
		for message := range returns {
			fmt.Println("careful", "gets back", string(message.Body))
		}
	}(channel.NotifyReturn(make(chan amqp.Return)))
	for n := 1; n < 3; n++ {
		text := fmt.Sprintf("nobody wants %d", n)
		confirmed := try(channel.PublishWithDeferredConfirmWithContext(context.Background(), "docs", "nowhere", true, false, amqp.Publishing{Body: []byte(text)}))
		fmt.Println("careful sends", text, confirmed.Wait())
		time.Sleep(50 * time.Millisecond)
	}
}

func ledgerPublishes() {
	connection, channel := connect()
	defer connection.Close()
	must(channel.Tx())
	for n := 1; n < 5; n++ {
		text := fmt.Sprintf("wish %d", n)
		must(channel.PublishWithContext(context.Background(), "", "wishes", false, false, amqp.Publishing{Body: []byte(text)}))
		fmt.Println("ledger sends", text)
		if n % 2 == 0 {
			must(channel.TxCommit())
		}
		if n % 2 == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func scannerPublishes() {
	connection, channel := connect()
	defer connection.Close()
	waits := []time.Duration{0 * time.Millisecond, 100 * time.Millisecond}
	for n := 1; n < 3; n++ {
		time.Sleep(waits[n-1])
		text := fmt.Sprintf("page %d", n)
		must(channel.PublishWithContext(context.Background(), "docs", "", false, false, amqp.Publishing{Body: []byte(text), Headers: amqp.Table{"format": "pdf", "pages": int32(3), "draft": true}, Expiration: "60000", ContentType: "text/plain", Timestamp: time.Unix(1700000000, 0), AppId: "till", Type: "scan"}))
		fmt.Println("scanner sends", text)
	}
}

func askerPublishes() {
	connection, channel := connect()
	defer connection.Close()
	for n := 1; n < 2; n++ {
		text := fmt.Sprintf("what is %d?", n)
		must(channel.PublishWithContext(context.Background(), "", "requests", false, false, amqp.Publishing{Body: []byte(text), ReplyTo: queues["answers"], CorrelationId: fmt.Sprintf("E%d", n)}))
		fmt.Println("asker sends", text)
	}
}

func askerConsumes() {
	connection, channel := connect()
	queues["answers"] = try(channel.QueueDeclare("", true, false, true, false, nil)).Name
	messages := try(channel.Consume(queues["answers"], "asker", true, false, false, false, nil))
	go func() {
		defer connection.Close()
		for message := range messages {
			text := string(message.Body)
			fmt.Println("asker gets", text)
		}
	}()
}

func packerConsumes() {
	connection, channel := connect()
	must(channel.Qos(2, 0, false))
	turns := 0
	messages := try(channel.Consume("billing", "packer", false, false, false, false, nil))
	go func() {
		defer connection.Close()
		for message := range messages {
			text := string(message.Body)
			fmt.Println("packer gets", text)
			time.Sleep(20 * time.Millisecond)
			turn := turns % 3
			turns++
			if turn == 0 {
				must(message.Ack(false))
			}
			if turn == 1 {
				must(message.Reject(false))
			}
			if turn == 2 {
				must(message.Nack(false, true))
			}
		}
	}()
}

func clerkConsumes() {
	connection, channel := connect()
	must(channel.Qos(5, 0, false))
	messages := merge(try(channel.Consume("archive", "clerk", false, false, false, false, amqp.Table{"x-priority": int32(2)})), try(channel.Consume("wishes", "clerk-2", false, false, false, false, amqp.Table{"x-priority": int32(2)})))
	go func() {
		defer connection.Close()
		for message := range messages {
			text := string(message.Body)
			fmt.Println("clerk gets", text)
			time.Sleep(time.Duration(5+rand.Intn(6)) * time.Millisecond)
			must(message.Ack(false))
		}
	}()
}

func readerConsumes(name string) {
	connection, channel := connect()
	messages := try(channel.Consume("scanned", name, false, false, false, false, nil))
	go func() {
		defer connection.Close()
		for message := range messages {
			text := string(message.Body)
			fmt.Println(name, "gets", text)
			{
				message := passed(message, []byte(fmt.Sprintf("text of %s", text)))
				delete(message.Headers, "draft")
				message.Headers["words"] = int32(250)
				message.Headers["from"] = name
				message.ContentType = "text/markdown"
				must(channel.PublishWithContext(context.Background(), "", "text", false, false, message))
			}
			must(message.Ack(false))
		}
	}()
}

func serverConsumes() {
	connection, channel := connect()
	sent := 0
	messages := try(channel.Consume("requests", "server", false, false, false, false, nil))
	go func() {
		defer connection.Close()
		for message := range messages {
			text := string(message.Body)
			fmt.Println("server gets", text)
			time.Sleep(10 * time.Millisecond)
			sent++
			n := sent
			if message.ReplyTo != "" {
				same := amqp.Publishing{CorrelationId: message.CorrelationId, Body: []byte(fmt.Sprintf("server says %d", n))}
				must(channel.PublishWithContext(context.Background(), "", message.ReplyTo, false, false, same))
			}
			must(message.Ack(false))
		}
	}()
}

func main() {
	connection, channel := connect()
	defer connection.Close()
	var clients sync.WaitGroup
	must(channel.ExchangeDeclare("orders", "topic", true, false, false, false, nil))
	must(channel.ExchangeDeclare("late", "fanout", false, false, false, false, nil))
	must(channel.ExchangeDeclare("docs", "headers", true, false, false, false, amqp.Table{"x-note": "kept"}))
	must(channel.ExchangeDeclare("dead", "fanout", true, false, false, false, nil))
	try(channel.QueueDeclare("billing", true, false, false, false, amqp.Table{"x-dead-letter-exchange": "dead", "x-max-length": int32(100), "x-note": "mine"}))
	try(channel.QueueDeclare("archive", true, false, false, false, nil))
	try(channel.QueueDeclare("scanned", true, false, false, false, nil))
	try(channel.QueueDeclare("text", true, false, false, false, nil))
	try(channel.QueueDeclare("grave", true, false, false, false, nil))
	try(channel.QueueDeclare("wishes", true, false, false, false, nil))
	try(channel.QueueDeclare("requests", true, false, false, false, nil))
	must(channel.QueueBind("billing", "order.*.eu", "orders", false, nil))
	must(channel.ExchangeBind("late", "#", "orders", false, nil))
	must(channel.QueueBind("archive", "", "late", false, nil))
	must(channel.QueueBind("scanned", "", "docs", false, amqp.Table{"x-match": "all", "format": "pdf", "pages": int32(3)}))
	must(channel.QueueBind("grave", "", "dead", false, nil))
	if wanted("asker", false) {
		askerConsumes()
	}
	if wanted("packer", false) {
		packerConsumes()
	}
	if wanted("clerk", false) {
		clerkConsumes()
	}
	if wanted("reader", false) {
		for n := 1; n < 3; n++ {
			readerConsumes(fmt.Sprintf("reader-%d", n))
		}
	}
	if wanted("server", false) {
		serverConsumes()
	}
	if wanted("shop", false) {
		clients.Add(1)
		go func() {
			defer clients.Done()
			shopPublishes()
		}()
	}
	if wanted("careful", false) {
		clients.Add(1)
		go func() {
			defer clients.Done()
			carefulPublishes()
		}()
	}
	if wanted("ledger", false) {
		clients.Add(1)
		go func() {
			defer clients.Done()
			ledgerPublishes()
		}()
	}
	if wanted("scanner", false) {
		clients.Add(1)
		go func() {
			defer clients.Done()
			scannerPublishes()
		}()
	}
	if wanted("asker", false) {
		clients.Add(1)
		go func() {
			defer clients.Done()
			askerPublishes()
		}()
	}
	time.Sleep(3000 * time.Millisecond)
	for n := 1; n < 3; n++ {
		must(channel.PublishWithContext(context.Background(), "orders", "order.9.eu", false, false, amqp.Publishing{Body: []byte(fmt.Sprintf("by hand %d", n))}))
		fmt.Println("operator sends", fmt.Sprintf("by hand %d", n))
	}
	time.Sleep(500 * time.Millisecond)
	must(channel.QueueUnbind("archive", "", "late", nil))
	time.Sleep(500 * time.Millisecond)
	try(channel.QueueDeclare("late-queue", true, false, false, false, amqp.Table{"x-message-ttl": int32(60000)}))
	select {}
}
