//! What consumers do.

use super::super::cast::{Consumer, numbered_forward};
use super::super::text::{Part, parts};
use super::super::tongue::{Consume, Pass};
use super::Writer;
use warren_core::scenario::{Forward, Outcome, Pause};
use warren_core::time::Span;

impl Writer<'_> {
    pub(super) fn consumer(&mut self, consumer: &Consumer<'_>) {
        let (decl, tongue) = (consumer.decl, self.tongue);
        let one = decl.instances.is_none();
        let name = tongue.string(&decl.name);
        self.code.open(tongue.consumer(&consumer.words, one.then_some(&*name)));
        self.own(&consumer.owned);
        if decl.prefetch > 0 || decl.global {
            self.code.line(tongue.prefetch(decl.prefetch, decl.global));
        }
        self.code.line(tongue.counters(consumer.takes_turns(), consumer.uses_number()));
        let consumes: Vec<Consume> = (1..=decl.queues.len())
            .zip(&decl.queues)
            .map(|(number, queue)| {
                let suffix = if number > 1 { format!("-{number}") } else { String::new() };
                let mut tag = parts("{client}", one.then_some(&*decl.name), None);
                tag.extend((!suffix.is_empty()).then_some(Part::Text(suffix)));
                let tag = match &tag[..] {
                    [Part::Text(a), Part::Text(b)] => vec![Part::Text(format!("{a}{b}"))],
                    _ => tag,
                };
                Consume {
                    queue: self.queue(queue),
                    tag: tongue.filled(&tag),
                    automatic: consumer.automatic(),
                    exclusive: decl.exclusive,
                    arguments: consumer.arguments(),
                }
            })
            .collect();
        self.code.open(tongue.message(&consumes));
        self.code.deeper(tongue.message_depth() - 1);
        match one {
            true => {
                let gets = tongue.string(&format!("{} gets", decl.name));
                self.code.line(tongue.say(&[&gets, "text"]));
            }
            false => self.code.line(tongue.say(&["name", &tongue.string("gets"), "text"])),
        }
        if decl.work != Pause::Fixed(Span::ZERO) {
            self.code.line(tongue.pause(decl.work));
        }
        self.finish(consumer);
        self.code.shallower(tongue.message_depth() - 1);
        self.code.close(&tongue.message_end(&consumes));
        self.end();
    }

    /// What follows the work on a message.
    fn finish(&mut self, consumer: &Consumer<'_>) {
        let (decl, tongue) = (consumer.decl, self.tongue);
        let outcomes = &decl.outcomes;
        let alone = outcomes.len() == 1;
        let settles = outcomes.iter().any(|outcome| tongue.settle(*outcome).is_some());
        if !alone && (consumer.crashes() || (settles && !consumer.automatic())) {
            self.code.line(tongue.turn(outcomes.len()));
        }
        for turn in (0..outcomes.len()).filter(|turn| outcomes[*turn] == Outcome::Crash) {
            match alone {
                true => return self.code.line(tongue.crash()),
                false => {
                    self.inside(tongue.when(&format!("turn == {turn}")), &tongue.crash());
                }
            }
        }
        let client = decl.instances.is_none().then_some(&*decl.name);
        if consumer.uses_key() {
            self.code.line(tongue.key());
        }
        for forward in &decl.forwards {
            self.forward(client, forward);
        }
        if let Some(reply) = &decl.reply {
            if parts(reply, client, None).contains(&Part::Number) {
                self.code.line(tongue.number());
            }
            self.code.line(tongue.reply(&self.filled(reply, client, None)));
        }
        if consumer.automatic() {
            return;
        }
        for (turn, outcome) in outcomes.iter().enumerate() {
            match tongue.settle(*outcome) {
                Some(line) if alone => self.code.line(line),
                Some(line) => self.inside(tongue.when(&format!("turn == {turn}")), &line),
                None => {}
            }
        }
    }

    fn forward(&mut self, client: Option<&str>, forward: &Forward) {
        let tongue = self.tongue;
        let places = |text: &str| tongue.filled(&parts(text, client, None));
        let key = forward.key.as_ref().map(|key| match forward.exchange.is_empty() {
            true if self.plan.server_named.contains(key.as_str()) => self.queue(key),
            _ => places(key),
        });
        let headers = forward.headers.iter().map(|(name, item)| {
            let item = item.as_str().map_or_else(
                || tongue.value(item),
                |text| match parts(text, client, None)
                    .iter()
                    .all(|part| matches!(part, Part::Text(_)))
                {
                    true => tongue.value(item),
                    false => tongue.filled_value(&parts(text, client, None)),
                },
            );
            (tongue.string(name), item)
        });
        let pass = Pass {
            exchange: tongue.string(&forward.exchange),
            key,
            body: forward.body.as_deref().map(places),
            dropped: forward.dropped.iter().map(|name| tongue.string(name)).collect(),
            headers: headers.collect(),
            properties: self.properties(&forward.properties, &places),
        };
        if numbered_forward(forward) {
            self.code.line(tongue.number());
        }
        self.code.line(tongue.pass(&pass));
    }
}
