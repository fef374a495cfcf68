//! Reading a definitions file into a broker.

use crate::fields::{Fields, list};
use crate::{Error, Ignored, Report, topology};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use warren_core::broker::{
    Broker, Bytes, Credential, Event, Name, Permission, Policy, PolicyTarget, QueueKind, Table,
    TopicPermission, User, UserLimits, VhostLimits,
};
use warren_core::time::Tick;

/// The largest file that is read, in octets.
const LARGEST: usize = 256 << 20;

/// The settings of plugins that Warren does not have, in policies.
const PLUGINS: &[&str] = &[
    "federation-upstream",
    "federation-upstream-set",
    "federation-upstream-pattern",
    "shards-per-node",
    "routing-key",
];

/// What is said about a file, not in it.
const ABOUT: &[&str] = &[
    "bindings",
    "exchanges",
    "explanation",
    "global_parameters",
    "original_cluster_name",
    "original_vhost_name",
    "parameters",
    "permissions",
    "policies",
    "product_name",
    "product_version",
    "queues",
    "rabbit_version",
    "rabbitmq_definition_format",
    "rabbitmq_version",
    "topic_permissions",
    "users",
    "vhosts",
];

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The virtual host for a file of one virtual host, whose objects do not
    /// say where they belong. It has to be there. `None` for a file of a whole
    /// cluster.
    pub vhost: Option<String>,
}

/// An import under way.
pub(crate) struct Importer<'a> {
    pub(crate) broker: &'a mut Broker,
    pub(crate) now: Tick,
    pub(crate) events: &'a mut Vec<Event>,
    pub(crate) vhost: Option<Name>,
    pub(crate) report: Report,
    /// Virtual host and name of what was left out, and whether it is an
    /// exchange: what is bound to it is left out, too.
    pub(crate) absent: Vec<(Name, Name, bool)>,
}

/// Reads the text of a definitions file into a broker, all of it or nothing.
/// Queues and exchanges that are there stay as they are; users, permissions
/// and policies of the same name are replaced; nothing is deleted.
///
/// # Errors
///
/// The first thing that RabbitMQ would refuse, with its place in the file.
pub fn import(
    broker: &mut Broker,
    now: Tick,
    text: &str,
    options: &Import,
    events: &mut Vec<Event>,
) -> Result<Report, Error> {
    if text.len() > LARGEST {
        return Err(Error::new("$", format!("a file has {LARGEST} octets at most")));
    }
    let parsed: Json =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            let place = format!("line {} column {}", error.line(), error.column());
            Error::new(&place, format!("this is no JSON: {error}"))
        })?;
    let Json::Object(file) = &parsed else {
        return Err(Error::new("$", "a definitions file is one JSON object"));
    };
    // On a copy, so that nothing is half done.
    let mut copy = broker.clone();
    let mut news = Vec::new();
    let mut importer = Importer {
        broker: &mut copy,
        now,
        events: &mut news,
        vhost: options.vhost.as_deref().map(Name::from),
        report: Report::default(),
        absent: Vec::new(),
    };
    importer.file(file)?;
    let report = importer.report;
    *broker = copy;
    events.append(&mut news);
    Ok(report)
}

impl Importer<'_> {
    /// In the order of `rabbit_definitions:apply_defs`.
    fn file(&mut self, file: &Map<String, Json>) -> Result<(), Error> {
        let single = ["metadata", "description", "limits"];
        for name in file.keys().filter(|name| !ABOUT.contains(&name.as_str())) {
            if self.vhost.is_none() || !single.contains(&name.as_str()) {
                self.ignore(&format!("$.{name}"), "not known here");
            }
        }
        if let Some(vhost) = &self.vhost
            && self.broker.vhost_limits(vhost).is_none()
        {
            let what = format!("create virtual host '{vhost}' before importing into it");
            return Err(Error::new("$", what));
        }
        if self.vhost.is_none() {
            for part in ["queues", "exchanges", "bindings"] {
                if let Some(orphan) = list(file, part)?.iter().find(|o| o.get("vhost").is_none()) {
                    return Err(orphan.error(
                        "this does not say its virtual host: the file is of a single virtual \
                         host, so say which one to import it into",
                    ));
                }
            }
            self.cluster(file)?;
        }
        for global in list(file, "global_parameters")? {
            self.ignore(&global.path, "Warren has no global parameters");
        }
        for policy in list(file, "policies")? {
            self.policy(&policy)?;
        }
        for parameter in list(file, "parameters")? {
            self.parameter(&parameter)?;
        }
        topology::exchanges(self, file)?;
        topology::queues(self, file)?;
        topology::bindings(self, file)
    }

    /// What a file of one virtual host does not have.
    fn cluster(&mut self, file: &Map<String, Json>) -> Result<(), Error> {
        for user in list(file, "users")? {
            self.user(&user)?;
        }
        for vhost in list(file, "vhosts")? {
            self.virtual_host(&vhost)?;
        }
        for row in list(file, "permissions")? {
            row.only(&["user", "vhost", "configure", "write", "read"], &mut self.report.ignored);
            let pattern = |name| row.text(name).map(str::to_owned);
            let permission = Permission {
                configure: pattern("configure")?,
                write: pattern("write")?,
                read: pattern("read")?,
            };
            let (user, vhost) = (row.text("user")?, row.text("vhost")?);
            let set = self.broker.set_permission(user, vhost, permission);
            set.map_err(|what| row.error(what))?;
        }
        for row in list(file, "topic_permissions")? {
            let known = ["user", "vhost", "exchange", "write", "read"];
            row.only(&known, &mut self.report.ignored);
            let pattern = |name| row.text(name).map(str::to_owned);
            let permission = TopicPermission { write: pattern("write")?, read: pattern("read")? };
            let (user, vhost) = (row.text("user")?, row.text("vhost")?);
            let exchange = row.name("exchange")?;
            let set = self.broker.set_topic_permission(user, vhost, &exchange, permission);
            set.map_err(|what| row.error(what))?;
        }
        Ok(())
    }

    pub(crate) fn ignore(&mut self, path: &str, why: &str) {
        self.report.ignored.push(Ignored { path: path.to_owned(), why: why.to_owned() });
    }

    /// The virtual host an object belongs to.
    pub(crate) fn home(&self, fields: &Fields<'_>) -> Result<Name, Error> {
        if let Some(vhost) = &self.vhost {
            return Ok(vhost.clone());
        }
        let vhost = fields.name("vhost")?;
        if self.broker.vhost_limits(&vhost).is_none() {
            let what = format!("there is no virtual host '{vhost}': add it to $.vhosts");
            return Err(Error::new(&fields.at("vhost"), what));
        }
        Ok(vhost)
    }

    fn user(&mut self, user: &Fields<'_>) -> Result<(), Error> {
        let known = ["name", "password_hash", "password", "hashing_algorithm", "tags", "limits"];
        user.only(&known, &mut self.report.ignored);
        let name = user.name("name")?;
        let credential = if let Some(Json::String(password)) = user.get("password") {
            Credential::Password(Name::from(password.as_str()))
        } else {
            let hash = user.text_or("password_hash", "")?;
            let hash = STANDARD.decode(hash).map_err(|error| {
                Error::new(&user.at("password_hash"), format!("this is no base64: {error}"))
            })?;
            let otherwise = "rabbit_password_hashing_sha256";
            let algorithm = Name::from(user.text_or("hashing_algorithm", otherwise)?);
            match hash.is_empty() {
                true => Credential::None,
                false => Credential::Hash { algorithm, hash: Bytes::from(hash) },
            }
        };
        self.report.users.push(name.to_string());
        if credential == Credential::None {
            self.report.without_password.push(name.to_string());
        }
        let mut limits = UserLimits::default();
        if let Some(inner) = user.inner("limits")? {
            inner.only(&["max-connections", "max-channels"], &mut self.report.ignored);
            limits.max_connections = inner.limit("max-connections")?;
            limits.max_channels = inner.limit("max-channels")?;
        }
        self.broker.set_user(&name, User { tags: user.tags("tags")?, credential, limits });
        Ok(())
    }

    fn virtual_host(&mut self, vhost: &Fields<'_>) -> Result<(), Error> {
        let known = ["name", "limits", "metadata", "description", "tags", "default_queue_type"];
        vhost.only(&known, &mut self.report.ignored);
        let name = vhost.name("name")?;
        self.broker.add_vhost(&name);
        let mut metadata = self.broker.vhost_metadata(&name).cloned().unwrap_or_default();
        let inner = vhost.inner("metadata")?;
        if let Some(inner) = &inner {
            let known = ["description", "tags", "default_queue_type"];
            inner.only(&known, &mut self.report.ignored);
        }
        for place in [Some(vhost), inner.as_ref()].into_iter().flatten() {
            if place.get("description").is_some() {
                metadata.description = place.text("description")?.to_owned();
            }
            if place.get("tags").is_some() {
                metadata.tags = place.tags("tags")?;
            }
            let beside = core::ptr::eq(place, vhost);
            match place.text_or("default_queue_type", "")? {
                "" | "undefined" => {}
                // 4.0 writes what holds without a setting beside the metadata.
                "classic" if beside => {}
                kind => match QueueKind::parse(kind) {
                    Some(kind) => metadata.default_queue_type = Some(kind),
                    None if kind == "stream" => self
                        .ignore(&place.at("default_queue_type"), "streams are not modelled here"),
                    None => {
                        let what = format!("{kind} is not a valid queue type");
                        return Err(Error::new(&place.at("default_queue_type"), what));
                    }
                },
            }
        }
        let set = self.broker.set_vhost_metadata(&name, metadata);
        set.map_err(|what| vhost.error(what))?;
        if let Some(Json::Array(pairs)) = vhost.get("limits") {
            // 3.10 writes pairs, and says it again among the parameters.
            let pair = |pair: &Json| match pair {
                Json::Array(pair) if pair.len() == 2 => {
                    Some((pair[0].as_str()?.to_owned(), pair[1].clone()))
                }
                _ => None,
            };
            let Some(object) = pairs.iter().map(pair).collect::<Option<Map<_, _>>>() else {
                let what = "this should be an object or a list of pairs";
                return Err(Error::new(&vhost.at("limits"), what));
            };
            return self.limits(&name, &Fields::new(vhost.at("limits"), &object));
        }
        match vhost.inner("limits")? {
            Some(limits) => self.limits(&name, &limits),
            None => Ok(()),
        }
    }

    fn limits(&mut self, vhost: &str, fields: &Fields<'_>) -> Result<(), Error> {
        fields.only(&["max-connections", "max-queues"], &mut self.report.ignored);
        let (max_connections, max_queues) =
            (fields.limit("max-connections")?, fields.limit("max-queues")?);
        let limits = VhostLimits { max_connections, max_queues };
        self.broker.set_vhost_limits(vhost, limits).map_err(|what| fields.error(what))
    }

    fn policy(&mut self, fields: &Fields<'_>) -> Result<(), Error> {
        let known = ["vhost", "name", "pattern", "apply-to", "priority", "definition"];
        fields.only(&known, &mut self.report.ignored);
        let (vhost, name) = (self.home(fields)?, fields.name("name")?);
        let Some(policy) = self.read_policy(name, fields)? else { return Ok(()) };
        let set = self.broker.set_policy(self.now, &vhost, policy, self.events);
        set.map_err(|what| fields.error(what))
    }

    /// `None` when there is nothing in it but settings of plugins.
    fn read_policy(&mut self, name: Name, fields: &Fields<'_>) -> Result<Option<Policy>, Error> {
        let definition = fields.table("definition")?;
        let (plugins, own): (Vec<_>, Vec<_>) =
            definition.0.into_iter().partition(|(key, _)| PLUGINS.contains(&&**key));
        for (key, _) in &plugins {
            let path = format!("{}.{key}", fields.at("definition"));
            self.ignore(&path, "a setting of a plugin that is not here");
        }
        if own.is_empty() && !plugins.is_empty() {
            return Ok(None);
        }
        let target = fields.text_or("apply-to", "all")?;
        let apply_to = target.parse::<PolicyTarget>();
        Ok(Some(Policy {
            name,
            pattern: fields.text("pattern")?.to_owned(),
            definition: Table(own),
            priority: fields.integer("priority", 0)?,
            apply_to: apply_to.map_err(|what| Error::new(&fields.at("apply-to"), what))?,
        }))
    }

    fn parameter(&mut self, fields: &Fields<'_>) -> Result<(), Error> {
        fields.only(&["vhost", "component", "name", "value"], &mut self.report.ignored);
        match fields.text("component")? {
            "operator_policy" => {
                let (vhost, name) = (self.home(fields)?, fields.name("name")?);
                let Some(value) = fields.inner("value")? else {
                    return Err(Error::new(&fields.at("value"), "this is missing"));
                };
                let known = ["pattern", "apply-to", "priority", "definition"];
                value.only(&known, &mut self.report.ignored);
                let Some(policy) = self.read_policy(name, &value)? else { return Ok(()) };
                let set = self.broker.set_operator_policy(self.now, &vhost, policy, self.events);
                set.map_err(|what| value.error(what))
            }
            "vhost-limits" => {
                let vhost = self.home(fields)?;
                match fields.inner("value")? {
                    Some(value) => self.limits(&vhost, &value),
                    None => Ok(()),
                }
            }
            other => {
                self.ignore(&fields.path, &format!("a parameter of '{other}', which is not here"));
                Ok(())
            }
        }
    }
}
