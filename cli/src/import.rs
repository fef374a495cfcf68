//! `warren import`: a scenario from RabbitMQ's definitions.
//!
//! The file is read into a broker, by the rules of [`warren_definitions`], and
//! what is in a virtual host of it becomes statements.

use crate::args::Import;
use crate::check::counted;
use crate::terminal::Terminal;
use crate::verify::nearest;
use crate::{Ending, definitions, output};
use warren_core::broker::routing::BindTarget;
use warren_core::broker::{Broker, Name, Permission, Profile, VhostLimits};
use warren_core::scenario::{
    self, BindingDecl, Destination, Diagnostic, Document, ExchangeDecl, Item, MOST_BYTES,
    MOST_STATEMENTS, QueueDecl, SourceSpan, Statement, visible,
};
use warren_core::time::Tick;

/// The user that every scenario has.
const GUEST: &str = "guest";

pub(crate) fn import(args: &Import, terminal: &mut Terminal) -> Ending {
    match imported(args, terminal) {
        Ok(()) => Ending::Fine,
        Err(why) => {
            terminal.complain(&why);
            Ending::BadInput
        }
    }
}

fn imported(args: &Import, terminal: &mut Terminal) -> Result<(), String> {
    let name = if args.file == "-" { "standard input".into() } else { visible(&args.file) };
    let text = definitions::load(&args.file)?;
    let mut lost = Vec::new();
    let mut broker = Broker::new(release(&text).unwrap_or_default());
    let read = definitions::read(&mut broker, &text, args.vhost.as_deref());
    let report = read.map_err(|why| format!("{name} was not imported. {why}"))?;
    lost.extend(report.ignored.iter().map(|one| format!("{}: {}", one.path, one.why)));
    let vhost = chosen(&broker, args.vhost.as_deref(), &mut lost)?;
    let document = document(&broker, &vhost, &mut lost);
    let count = document.items.len();
    if count > MOST_STATEMENTS {
        return Err(format!("{name} would be {count} statements; {MOST_STATEMENTS} is the most"));
    }
    let scenario = scenario::print(&document);
    if scenario.len() > MOST_BYTES {
        let size = scenario.len();
        return Err(format!(
            "{name} would be a scenario of {size} bytes; {MOST_BYTES} is the most"
        ));
    }
    let parsed = scenario::parse(&scenario);
    if let Some(error) = parsed.diagnostics.iter().find(|finding| Diagnostic::is_error(finding)) {
        let line = visible(error.span.of(&scenario));
        return Err(format!("{name} cannot be said as a scenario: {}: {line}", error.message()));
    }
    output::write(args.output.as_deref(), &scenario, terminal)?;
    if !args.quiet {
        for one in &lost {
            terminal.error(&format!("left out: {}\n", visible(one)));
        }
        terminal
            .error(&format!("{name}: {} of virtual host {vhost}\n", counted(count, "statement")));
    }
    Ok(())
}

/// The release that wrote a file, as far as it is known here.
fn release(text: &str) -> Option<Profile> {
    let file: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let version = file.get("rabbit_version").or_else(|| file.get("rabbitmq_version"))?;
    nearest(version.as_str()?)
}

/// The virtual host to import.
fn chosen(broker: &Broker, wanted: Option<&str>, lost: &mut Vec<String>) -> Result<Name, String> {
    let all: Vec<&Name> = broker.vhosts().collect();
    let filled = |vhost: &&&Name| {
        broker.queues(vhost).next().is_some()
            || broker.exchanges(vhost).any(|x| !x.name.is_empty() && !x.name.starts_with("amq."))
            || broker.policies(vhost).next().is_some()
    };
    let full: Vec<&&Name> = all.iter().filter(filled).collect();
    let names = || full.iter().map(|name| visible(name)).collect::<Vec<_>>().join(", ");
    let found = match wanted {
        Some(wanted) => all.iter().find(|name| ****name == *wanted).ok_or_else(|| {
            format!("there is no virtual host {} in it; it has {}", visible(wanted), names())
        })?,
        None => match &full[..] {
            [] => all.first().ok_or("there is no virtual host in it")?,
            [one] => one,
            _ => {
                return Err(format!(
                    "it has several virtual hosts ({}) and a scenario has one: say which with \
                     --vhost",
                    names()
                ));
            }
        },
    };
    let others = full.iter().filter(|name| ***name != *found);
    lost.extend(others.map(|name| format!("virtual host {name}: a scenario has one")));
    Ok(Name::clone(found))
}

/// All that a scenario can say of a virtual host.
fn document(broker: &Broker, vhost: &str, lost: &mut Vec<String>) -> Document {
    let mut document = Document { profile: broker.profile(), ..Document::default() };
    let mut say = |what| {
        document.items.push(Item { at: Tick::ZERO, span: SourceSpan::default(), what });
    };
    let own = |name: &str| !name.is_empty() && !name.starts_with("amq.");
    for exchange in broker.exchanges(vhost).filter(|exchange| own(&exchange.name)) {
        say(Statement::Exchange(ExchangeDecl {
            name: exchange.name.clone(),
            kind: Name::from(exchange.kind.name()),
            durable: exchange.durable,
            auto_delete: exchange.auto_delete,
            internal: exchange.internal,
            arguments: exchange.arguments.clone(),
        }));
    }
    for queue in broker.queues(vhost) {
        let mut arguments = queue.arguments().clone();
        // What newer brokers note of every queue goes without saying.
        if arguments.get("x-queue-type").and_then(|kind| kind.as_str()) == Some("classic") {
            arguments.remove("x-queue-type");
        }
        say(Statement::Queue(QueueDecl {
            durable: queue.durable(),
            auto_delete: queue.auto_delete(),
            arguments,
            ..QueueDecl::new(queue.name().clone())
        }));
    }
    for binding in broker.bindings(vhost).filter(|binding| !binding.source.is_empty()) {
        let destination = match &binding.destination {
            BindTarget::Queue(_, name) => Destination::Queue(name.clone()),
            BindTarget::Exchange(name) => Destination::Exchange(name.clone()),
        };
        let (source, key) = (binding.source.clone(), binding.key.clone());
        let arguments = binding.arguments.clone();
        say(Statement::Bind(BindingDecl { source, destination, key, arguments }));
    }
    for policy in broker.policies(vhost) {
        say(Statement::Policy { operator: false, policy: policy.clone() });
    }
    for policy in broker.operator_policies(vhost) {
        say(Statement::Policy { operator: true, policy: policy.clone() });
    }
    access(broker, vhost, &mut say, lost);
    let limits = broker.vhost_limits(vhost).unwrap_or_default();
    if limits != VhostLimits::default() {
        say(Statement::Limit(limits));
    }
    document
}

/// Users and what they may do there.
fn access(broker: &Broker, vhost: &str, say: &mut impl FnMut(Statement), lost: &mut Vec<String>) {
    for (name, user) in broker.users().filter(|(name, _)| ***name != *GUEST) {
        let (name, tags, limits) = (name.clone(), user.tags.clone(), user.limits);
        lost.push(format!("user {name}: the password; a scenario's users have none"));
        say(Statement::User { name, tags, limits });
    }
    let all = || ".*".to_owned();
    let everything = Permission { configure: all(), write: all(), read: all() };
    for (user, permission) in broker.permissions(vhost) {
        if **user != *GUEST || *permission != everything {
            say(Statement::Permit { user: user.clone(), permission: permission.clone() });
        }
    }
    for (user, exchange, permission) in broker.topic_permissions(vhost) {
        let (user, exchange) = (user.clone(), exchange.clone());
        say(Statement::PermitTopic { user, exchange, permission: permission.clone() });
    }
}
