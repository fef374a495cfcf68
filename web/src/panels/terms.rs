//! The words of the field, each with a paragraph and RabbitMQ's own page.

use super::parts::phrase;
use yew::prelude::*;

/// A word: what it is called, what it means, where RabbitMQ explains it.
struct Term(&'static str, &'static str, &'static str);

const CONCEPTS: &str = "https://www.rabbitmq.com/tutorials/amqp-concepts";
const DOCS: &str = "https://www.rabbitmq.com/docs/";

const TERMS: [Term; 16] = [
    Term(
        "direct exchange",
        "It compares the routing key of a message with the key of each binding, letter by letter, \
         and sends a copy wherever both are equal.",
        "#exchange-direct",
    ),
    Term(
        "topic exchange",
        "It reads keys as words between dots. In a binding key * stands for exactly one word and # \
         for any number of words, none included.",
        "#exchange-topic",
    ),
    Term(
        "fanout exchange",
        "It sends a copy along every binding and looks at no key.",
        "#exchange-fanout",
    ),
    Term(
        "headers exchange",
        "It looks at the headers of a message and at no key. A binding asks for all of its headers \
         or, with x-match any, for one of them.",
        "#exchange-headers",
    ),
    Term(
        "default exchange",
        "A direct exchange without a name that every virtual host has. Every queue is bound to it \
         by its own name, and nobody can change that.",
        "#exchange-default",
    ),
    Term(
        "binding",
        "A rule at an exchange that leads to a queue or to another exchange. A queue gets one copy \
         of a message, however many of its bindings fit.",
        "#bindings",
    ),
    Term(
        "exchange-to-exchange binding",
        "A binding may lead to another exchange, which decides again, with the same routing key.",
        "e2e",
    ),
    Term("alternate exchange", "Where an exchange sends what none of its bindings fit.", "ae"),
    Term(
        "unroutable message",
        "No queue wanted it. It is dropped without a word, unless it was published as mandatory: \
         then the broker returns it.",
        "publishers#unroutable",
    ),
    Term(
        "queue",
        "Where messages wait in order until a consumer takes them. What is delivered stays the \
         queue's until it is acknowledged.",
        "queues",
    ),
    Term(
        "acknowledgement",
        "With an ack a consumer says that it is done with a message, and the queue forgets it. \
         Until then it is unacked; when the channel ends, it goes back to the queue, marked \
         redelivered.",
        "confirms",
    ),
    Term(
        "prefetch",
        "How many messages a consumer may hold unacked. At this number the broker sends it no \
         more.",
        "consumer-prefetch",
    ),
    Term(
        "publisher confirm",
        "The broker's answer that it has taken care of a message. It says nothing of consumers.",
        "confirms#publisher-confirms",
    ),
    Term(
        "channel",
        "A conversation inside a connection. Many errors end only the channel, with all its \
         consumers, and what was unacked on it goes back; graver ones end the connection.",
        "channels",
    ),
    Term(
        "dead letter",
        "A message that is rejected, too old or too many may go on to a dead-letter exchange, if \
         its queue names one.",
        "dlx",
    ),
    Term("time to live", "How long a message may wait in a queue before it expires.", "ttl"),
];

/// The words that are named, each to be unfolded; those without an entry are
/// left out.
pub(crate) fn terms(names: &[String]) -> Html {
    let known = TERMS.iter().filter(|term| names.iter().any(|name| name == term.0));
    let row = |Term(name, words, page): &Term| {
        let page = if page.starts_with('#') {
            format!("{CONCEPTS}{page}")
        } else {
            format!("{DOCS}{page}")
        };
        html! {
            <details class="more term" key={*name}>
                <summary>{ *name }</summary>
                <p>
                    { *words }{ " " }
                    <a href={page} target="_blank" rel="noopener noreferrer">
                        { "In RabbitMQ's documentation" }
                    </a>
                </p>
            </details>
        }
    };
    let rows: Vec<Html> = known.map(row).collect();
    if rows.is_empty() {
        return html! {};
    }
    html! { <div class="terms">{ phrase("h3", "", "The words for it") }{ for rows }</div> }
}
