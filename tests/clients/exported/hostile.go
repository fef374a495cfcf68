// /u{202e}"; import os; */ /u{2028} /u000a System.exit(1); // 🐇/u{a}""" ${process.exit()}
//
// Made from hostile.warren by `warren export`.
// Needs Go 1.19 or newer and github.com/rabbitmq/amqp091-go.
// Run it: go run FILE [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.

package main

import (
	"context"
	"fmt"
	"log"
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

func classX1Publishes() {
	connection, channel := connect()
	defer connection.Close()
	for n := 1; n < 3; n++ {
		text := fmt.Sprintf("$%d %d {%d} `\\` \"\"\" '%%d' $$ \\%d 🐇\u2029\u0000end", n, n, n, n)
		must(channel.PublishWithContext(context.Background(), "a \"b\" \\ $ {x} %s 🐇", "k\"\n'`$", false, false, amqp.Publishing{Body: []byte(text), Headers: amqp.Table{"__proto__": "it's {n} \"${n}\" \\"}}))
		fmt.Println("class \"x\" 1 sends", text)
		time.Sleep(10 * time.Millisecond)
	}
}

func importPublishes() {
	connection, channel := connect()
	defer connection.Close()
	for n := 1; n < 2; n++ {
		text := "\\u000a\r\n"
		must(channel.PublishWithContext(context.Background(), "", "\\u0022 \u0000 \u007f", false, false, amqp.Publishing{Body: []byte(text)}))
		fmt.Println("import sends", text)
	}
}

func defConsumes() {
	connection, channel := connect()
	messages := try(channel.Consume("q'uote line \u202e `${1}` {n} #{2}", "def", false, false, false, false, nil))
	go func() {
		defer connection.Close()
		for message := range messages {
			text := string(message.Body)
			fmt.Println("def gets", text)
			must(message.Ack(false))
		}
	}()
}

func clientConsumes() {
	connection, channel := connect()
	messages := try(channel.Consume("\\u0022 \u0000 \u007f", "🐇", false, false, false, false, nil))
	go func() {
		defer connection.Close()
		for message := range messages {
			text := string(message.Body)
			fmt.Println("🐇 gets", text)
			must(message.Ack(false))
		}
	}()
}

func main() {
	connection, channel := connect()
	defer connection.Close()
	var clients sync.WaitGroup
	must(channel.ExchangeDeclare("a \"b\" \\ $ {x} %s 🐇", "topic", true, false, false, false, nil))
	try(channel.QueueDeclare("q'uote line \u202e `${1}` {n} #{2}", true, false, false, false, nil))
	try(channel.QueueDeclare("\\u0022 \u0000 \u007f", true, false, false, false, nil))
	must(channel.QueueBind("q'uote line \u202e `${1}` {n} #{2}", "k\"\n'`$", "a \"b\" \\ $ {x} %s 🐇", false, nil))
	if wanted("def", false) {
		defConsumes()
	}
	if wanted("🐇", false) {
		clientConsumes()
	}
	if wanted("class \"x\" 1", false) {
		clients.Add(1)
		go func() {
			defer clients.Done()
			classX1Publishes()
		}()
	}
	if wanted("import", false) {
		clients.Add(1)
		go func() {
			defer clients.Done()
			importPublishes()
		}()
	}
	select {}
}
