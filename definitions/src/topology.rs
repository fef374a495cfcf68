//! Exchanges, queues and bindings of a definitions file. They are declared as
//! a client would, by the broker's own rules.

use crate::Error;
use crate::fields::{Fields, list};
use crate::import::Importer;
use serde_json::{Map, Value as Json};
use warren_core::broker::routing::ExchangeKind;
use warren_core::broker::{Method, Name, Refusal};

/// What RabbitMQ does not import: it is there by itself.
fn is_reserved(name: &str) -> bool {
    name.is_empty() || name.starts_with("amq.")
}

pub(crate) fn exchanges(
    importer: &mut Importer<'_>,
    file: &Map<String, Json>,
) -> Result<(), Error> {
    for fields in list(file, "exchanges")? {
        let known = ["name", "vhost", "type", "durable", "auto_delete", "internal", "arguments"];
        fields.only(&known, &mut importer.report.ignored);
        let (vhost, exchange, kind) =
            (importer.home(&fields)?, fields.name("name")?, fields.name("type")?);
        if is_reserved(&exchange) {
            importer.ignore(&fields.path, "names that begin with amq. are the broker's own");
            continue;
        }
        if ExchangeKind::parse(&kind, importer.broker.profile()).is_none() {
            let why = format!("exchanges of type '{kind}' are not here");
            importer.ignore(&fields.path, &why);
            importer.absent.push((vhost, exchange, true));
            continue;
        }
        let method = Method::ExchangeDeclare {
            exchange: exchange.clone(),
            kind,
            passive: false,
            durable: fields.flag("durable", true)?,
            auto_delete: fields.flag("auto_delete", false)?,
            internal: fields.flag("internal", false)?,
            nowait: false,
            arguments: fields.table("arguments")?,
        };
        if importer.broker.exchange(&vhost, &exchange).is_none() {
            importer.apply(&fields, &vhost, method)?;
        }
    }
    Ok(())
}

pub(crate) fn queues(importer: &mut Importer<'_>, file: &Map<String, Json>) -> Result<(), Error> {
    for fields in list(file, "queues")? {
        let known = ["name", "vhost", "type", "durable", "auto_delete", "exclusive", "arguments"];
        fields.only(&known, &mut importer.report.ignored);
        let (vhost, queue) = (importer.home(&fields)?, fields.name("name")?);
        if is_reserved(&queue) {
            importer.ignore(&fields.path, "names that begin with amq. are the broker's own");
            continue;
        }
        let method = Method::QueueDeclare {
            queue: queue.clone(),
            passive: false,
            durable: fields.flag("durable", true)?,
            exclusive: false,
            auto_delete: fields.flag("auto_delete", false)?,
            nowait: false,
            arguments: fields.table("arguments")?,
        };
        if importer.broker.queue(&vhost, &queue).is_some() {
            continue;
        }
        match importer.try_apply(&vhost, method) {
            Ok(()) => {}
            Err(refusal) if refusal.text.ends_with("is not modelled here") => {
                importer.ignore(&fields.path, "queues of this type are not here");
                importer.absent.push((vhost, queue, false));
            }
            Err(refusal) => return Err(fields.error(refusal.text)),
        }
    }
    Ok(())
}

pub(crate) fn bindings(importer: &mut Importer<'_>, file: &Map<String, Json>) -> Result<(), Error> {
    for fields in list(file, "bindings")? {
        let known = [
            "source",
            "vhost",
            "destination",
            "destination_type",
            "routing_key",
            "arguments",
            "properties_key",
        ];
        fields.only(&known, &mut importer.report.ignored);
        let vhost = importer.home(&fields)?;
        let (source, destination) = (fields.name("source")?, fields.name("destination")?);
        let to_exchange = match fields.text("destination_type")? {
            "queue" => false,
            "exchange" => true,
            other => {
                let what = format!("a destination is a queue or an exchange, not '{other}'");
                return Err(Error::new(&fields.at("destination_type"), what));
            }
        };
        if source.is_empty() {
            importer.ignore(&fields.path, "the default exchange is bound by itself");
            continue;
        }
        let gone = |name: &Name, exchange: bool| {
            importer.absent.iter().any(|(v, n, x)| *v == vhost && n == name && *x == exchange)
        };
        if gone(&source, true) || gone(&destination, to_exchange) {
            importer.ignore(&fields.path, "what it binds was left out");
            continue;
        }
        let (routing_key, arguments) = (fields.name("routing_key")?, fields.table("arguments")?);
        let method = if to_exchange {
            Method::ExchangeBind { destination, source, routing_key, nowait: false, arguments }
        } else {
            let (queue, exchange) = (destination, source);
            Method::QueueBind { queue, exchange, routing_key, nowait: false, arguments }
        };
        importer.apply(&fields, &vhost, method)?;
    }
    Ok(())
}

impl Importer<'_> {
    fn try_apply(&mut self, vhost: &str, method: Method) -> Result<(), Refusal> {
        self.broker.apply_as_operator(self.now, vhost, method, self.events)
    }

    fn apply(&mut self, fields: &Fields<'_>, vhost: &str, method: Method) -> Result<(), Error> {
        self.try_apply(vhost, method).map_err(|refusal| fields.error(refusal.text))
    }
}
