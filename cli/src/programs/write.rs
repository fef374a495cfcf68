//! A program from a plan, in any language.

mod consumer;

use super::cast::{Consumer, Owned, Publisher};
use super::plan::{Act, Plan, has_numbers};
use super::text::{Code, Part, parts, without_body};
use super::tongue::{Field, Publish, Tongue};
use warren_core::broker::{Name, Table, Value};
use warren_core::scenario::{Destination, Pause, Property, PublishAction, Template};
use warren_core::time::{Span, Tick};

pub(super) struct Writer<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) tongue: &'a dyn Tongue,
    pub(super) code: Code,
}

impl Writer<'_> {
    pub(super) fn program(mut self) -> String {
        let (plan, tongue) = (self.plan, self.tongue);
        self.code.deeper(tongue.depth());
        for publisher in &plan.publishers {
            self.code.line(tongue.gap());
            self.publisher(publisher);
        }
        for consumer in &plan.consumers {
            self.code.line(tongue.gap());
            self.consumer(consumer);
        }
        self.code.line(tongue.gap());
        self.main();
        self.code.shallower(tongue.depth());
        self.code.line(tongue.ending());
        let code = self.code.finish();
        tongue.prelude(&code) + &code
    }

    fn end(&mut self) {
        self.code.close(self.tongue.end());
    }

    fn inside(&mut self, open: String, line: &str) {
        self.code.open(open);
        self.code.line(line);
        self.end();
    }

    fn queue(&self, name: &str) -> String {
        match self.plan.server_named.contains(name) {
            true => self.tongue.made_up(name),
            false => self.tongue.string(name),
        }
    }

    /// A text in which the client and maybe the key are known.
    fn filled(&self, text: &str, client: Option<&str>, key: Option<&str>) -> String {
        self.tongue.filled(&without_body(parts(text, client, key)))
    }

    fn act(&mut self, act: &Act<'_>) {
        let tongue = self.tongue;
        let line = match act {
            Act::Exchange(decl) => tongue.exchange(decl),
            Act::Queue(decl) => tongue.queue(decl),
            Act::Bind(decl) => tongue.bind(decl, &self.target(&decl.destination), true),
            Act::Unbind(decl) => tongue.bind(decl, &self.target(&decl.destination), false),
            Act::DeleteQueue { queue, if_unused, if_empty } => {
                tongue.delete_queue(&self.queue(queue), *if_unused, *if_empty)
            }
            Act::DeleteExchange { exchange, if_unused } => {
                tongue.delete_exchange(&tongue.string(exchange), *if_unused)
            }
            Act::Purge(queue) => tongue.purge(&self.queue(queue)),
            Act::Get(queue) => tongue.get(&self.queue(queue)),
            Act::Publish(action, first) => return self.by_hand(action, *first),
            Act::Publisher(number) => {
                let publisher = &self.plan.publishers[*number];
                let open = tongue.wanted(&tongue.string(&publisher.decl.name), publisher.waits);
                return self.inside(open, &tongue.start_publisher(&publisher.words));
            }
            Act::Consume(number) => return self.start(&self.plan.consumers[*number]),
        };
        self.code.line(line);
    }

    fn target(&self, destination: &Destination) -> String {
        match destination {
            Destination::Queue(queue) => self.queue(queue),
            Destination::Exchange(exchange) => self.tongue.string(exchange),
        }
    }

    fn start(&mut self, consumer: &Consumer<'_>) {
        let (tongue, name) = (self.tongue, &consumer.decl.name);
        self.code.open(tongue.wanted(&tongue.string(name), consumer.waits));
        match consumer.decl.instances {
            None => self.code.line(tongue.start_consumer(&consumer.words, None)),
            Some(count) => {
                let one = tongue.filled(&[Part::Text(format!("{name}-")), Part::Number]);
                let open = tongue.count(1, Some(u64::from(count) + 1), true);
                self.inside(open, &tongue.start_consumer(&consumer.words, Some(&one)));
            }
        }
        self.end();
    }

    fn by_hand(&mut self, action: &PublishAction, first: u64) {
        let by = action.by.clone().unwrap_or_else(|| Name::from("operator"));
        let places = |text: &str| self.filled(text, Some(&by), Some(&action.key));
        let key = match action.exchange.is_empty() {
            true if self.plan.server_named.contains(&*action.key) => self.queue(&action.key),
            _ => places(&action.key),
        };
        let base = (&action.headers, action.persistent, action.priority, action.expiration);
        let mut properties = self.basics(base);
        properties.extend(self.properties(&action.properties, &places));
        let publish = Publish {
            exchange: self.tongue.string(&action.exchange),
            key,
            body: places(&action.body),
            properties,
            mandatory: action.mandatory,
            sends: self.tongue.string(&format!("{by} sends")),
            confirms: false,
        };
        let line = self.tongue.publish(&publish);
        let uses = has_numbers(action);
        match (action.count, uses) {
            (1, false) => self.code.line(line),
            (count, uses) => {
                self.inside(self.tongue.count(first, Some(first + count), uses), &line);
            }
        }
    }

    fn basics(
        &self,
        (headers, persistent, priority, expiration): (&Table, bool, Option<u8>, Option<Span>),
    ) -> Vec<(Field, String)> {
        let tongue = self.tongue;
        let mut all = Vec::new();
        if !headers.is_empty() {
            all.push((Field::Headers, tongue.value(&Value::Table(headers.clone()))));
        }
        all.extend(persistent.then(|| (Field::DeliveryMode, "2".to_owned())));
        all.extend(priority.map(|priority| (Field::Priority, priority.to_string())));
        let millis = expiration.map(|span| tongue.string(&span.as_millis().to_string()));
        all.extend(millis.map(|millis| (Field::Expiration, millis)));
        all
    }

    fn properties(
        &self,
        list: &[(Property, Template)],
        places: &impl Fn(&str) -> String,
    ) -> Vec<(Field, String)> {
        let one = |(property, text): &(Property, Template)| {
            let field = match property {
                Property::ContentType => Field::ContentType,
                Property::ContentEncoding => Field::ContentEncoding,
                Property::CorrelationId => Field::CorrelationId,
                Property::MessageId => Field::MessageId,
                // A text that is no number sets nothing.
                Property::Timestamp => {
                    return Some((Field::Timestamp, text.parse::<u64>().ok()?.to_string()));
                }
                Property::Type => Field::Type,
                Property::UserId => Field::UserId,
                Property::AppId => Field::AppId,
            };
            Some((field, places(text)))
        };
        list.iter().filter_map(one).collect()
    }

    fn own(&mut self, owned: &Owned<'_>) {
        for queue in &owned.queues {
            self.act(&Act::Queue(queue));
        }
        for binding in &owned.bindings {
            self.act(&Act::Bind(binding));
        }
    }

    fn publisher(&mut self, publisher: &Publisher<'_>) {
        let (decl, pace, tongue) = (publisher.decl, publisher.pace(), self.tongue);
        let name = tongue.string(&decl.name);
        self.code.open(tongue.publisher(&publisher.words, &name, decl.confirms));
        self.own(&publisher.owned);
        if decl.confirms {
            self.code.line(tongue.confirms());
        }
        if decl.mandatory {
            self.code.line(tongue.returns(&name));
        }
        let transaction = decl.transaction.filter(|_| tongue.has_transactions());
        if transaction.is_some() {
            self.code.line(tongue.transactions());
        }
        if pace.after > Span::ZERO {
            self.code.line(tongue.pause(Pause::Fixed(pace.after)));
        }
        if !pace.waits.is_empty() {
            self.code.line(tongue.waits(&pace.waits));
        }
        let last = pace.count.map(|count| count.saturating_add(1));
        self.code.open(tongue.count(1, last, publisher.uses_number() || !pace.waits.is_empty()));
        if !pace.waits.is_empty() && decl.burst > 1 {
            let open = tongue.when(&format!("(n - 1) % {} == 0", decl.burst));
            self.inside(open, &tongue.wait(decl.burst));
        } else if !pace.waits.is_empty() {
            self.code.line(tongue.wait(1));
        }
        self.one(publisher);
        if let Some(many) = transaction {
            self.inside(tongue.when(&format!("n % {many} == 0")), &tongue.commit());
        }
        if let Some(every) = pace.every {
            match decl.burst {
                1 => self.code.line(tongue.pause(every)),
                burst => {
                    let open = tongue.when(&format!("n % {burst} == 0"));
                    self.inside(open, &tongue.pause(every));
                }
            }
        }
        self.end();
        self.code.line(tongue.close(pace.count.is_some()));
        self.end();
    }

    /// The publish of one message.
    fn one(&mut self, publisher: &Publisher<'_>) {
        let (decl, tongue) = (publisher.decl, self.tongue);
        let key = |key: &Template| match decl.exchange.is_empty() {
            true if self.plan.server_named.contains(key.as_str()) => self.queue(key),
            _ => self.filled(key, Some(&decl.name), Some("")),
        };
        let keys: Vec<String> = decl.keys.iter().map(key).collect();
        let key = match &keys[..] {
            [key] => key.clone(),
            _ => tongue.choice(&keys, decl.random),
        };
        // A key that is one text stands where it is used.
        let known = publisher.only_key();
        let places = |text: &str| self.filled(text, Some(&decl.name), known);
        let base = (&decl.headers, decl.persistent, decl.priority, decl.expiration);
        let mut properties = self.basics(base);
        if let Some(queue) = &decl.reply_to {
            properties.push((Field::ReplyTo, self.queue(queue)));
            if !decl.properties.iter().any(|(p, _)| *p == Property::CorrelationId) {
                properties.push((Field::CorrelationId, tongue.filled(&publisher.label)));
            }
        }
        properties.extend(self.properties(&decl.properties, &places));
        let body = places(&decl.body);
        let publish = Publish {
            exchange: tongue.string(&decl.exchange),
            key: if known.is_some() { key.clone() } else { "key".to_owned() },
            body: "text".to_owned(),
            properties,
            mandatory: decl.mandatory,
            sends: tongue.string(&format!("{} sends", decl.name)),
            confirms: decl.confirms,
        };
        if known.is_none() {
            self.code.line(tongue.set("key", &key));
        }
        self.code.line(tongue.set("text", &body));
        self.code.line(tongue.publish(&publish));
    }

    fn main(&mut self) {
        self.code.open(self.tongue.main());
        let mut now = Tick::ZERO;
        for turn in &self.plan.turns {
            if turn.at > now {
                self.code.line(self.tongue.pause(Pause::Fixed(turn.at.since(now))));
                now = turn.at;
            }
            self.act(&turn.act);
        }
        self.code.line(self.tongue.main_end(!self.plan.consumers.is_empty()));
        self.end();
    }
}
