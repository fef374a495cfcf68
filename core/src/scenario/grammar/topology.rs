//! `exchange`, `queue`, `bind`, `unbind`, `policy`, `delete`.

use crate::broker::{Name, Policy, PolicyTarget, Table, Value};
use crate::scenario::cursor::{Cursor, MOST_SETTINGS, Part, Role};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::document::{
    BindingDecl, Destination, ExchangeDecl, QueueDecl, SourceSpan, Statement,
};
use crate::scenario::lexer::TokenKind;
use crate::scenario::literal::LONGEST_TTL;
use crate::scenario::rules::{
    BAD_PATTERN, EMPTY_NAME, LIST_TOO_LONG, REPEATED_SETTING, UNKNOWN_EXCHANGE_TYPE,
};
use crate::scenario::values;
use crate::scenario::words::{
    ArgumentWord, BIND, DELETE, EXCHANGE, EXCHANGE_ARGUMENTS, EXCHANGE_TYPES, MATCHES, POLICY,
    POLICY_ARGUMENTS, POLICY_TARGETS, QUEUE, QUEUE_ARGUMENTS, Shape, dead_letter_key,
};

pub(super) fn exchange(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let name = c.named("an exchange's name", Role::NewExchange)?;
    let bare = c.peek().is_some_and(|token| token.kind == TokenKind::Word);
    if c.peek().is_none() {
        return c.expected("its type (direct, fanout, topic, headers …)");
    }
    let (kind, span) = c.name("an exchange type")?;
    if bare && !EXCHANGE_TYPES.contains(&&*kind) {
        let near = c.near(&kind, EXCHANGE_TYPES);
        c.report(Diagnostic::new(&UNKNOWN_EXCHANGE_TYPE, span, &[&kind]).meant(near));
    }
    c.clause("head".into(), head);
    let mut decl = ExchangeDecl {
        name,
        kind,
        durable: true,
        auto_delete: false,
        internal: false,
        arguments: Table::new(),
    };
    c.settings("an exchange", EXCHANGE, |c, word| {
        match word {
            "transient" => decl.durable = false,
            "auto-delete" => decl.auto_delete = true,
            "internal" => decl.internal = true,
            _ => return argument(c, word, EXCHANGE_ARGUMENTS, &mut decl.arguments),
        }
        Some(word.into())
    });
    Some(Statement::Exchange(decl))
}

pub(super) fn queue(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let span = c.here();
    let (name, _) = c.name("a queue's name")?;
    if name.is_empty() {
        let finding = Diagnostic::new(&EMPTY_NAME, span, &["a queue's name"]);
        c.report(finding.help("call it something here and add `server-named`"));
    }
    c.clause("head".into(), head);
    let mut decl = QueueDecl::new(name.clone());
    c.settings("a queue", QUEUE, |c, word| {
        match word {
            "for" => decl.owner = Some(c.some_named("a client's name", Role::Client)?),
            "transient" => decl.durable = false,
            "exclusive" => decl.exclusive = true,
            "auto-delete" => decl.auto_delete = true,
            "server-named" => decl.server_named = true,
            "temporary" => {
                (decl.server_named, decl.exclusive, decl.auto_delete) = (true, true, true);
                decl.durable = false;
            }
            _ => return argument(c, word, QUEUE_ARGUMENTS, &mut decl.arguments),
        }
        Some(word.into())
    });
    let role = if decl.owner.is_some() { Role::NewOwnedQueue } else { Role::NewQueue };
    c.note(role, &name, span);
    Some(Statement::Queue(decl))
}

/// A word that sets an argument, or `arg NAME VALUE`.
pub(super) fn argument(
    c: &mut Cursor<'_>,
    word: &'static str,
    words: &[ArgumentWord],
    table: &mut Table,
) -> Option<Part> {
    let start = c.index() - 1;
    let known = words.iter().find(|(known, ..)| *known == word);
    let (name, value) = match known {
        None => {
            let (name, _) = c.name("an argument's name")?;
            (name, c.value("the argument's value")?)
        }
        Some((_, name, shape)) => (Name::from(*name), shaped(c, word, *shape)?),
    };
    set(c, table, &name, value, start)?;
    if word == "dead-letter" && c.has("key") {
        let (key, _) = c.name("a routing key")?;
        set(c, table, dead_letter_key(&name), Value::str(&key), start)?;
    }
    Some(format!("arg {name}").into())
}

fn set(
    c: &mut Cursor<'_>,
    table: &mut Table,
    name: &str,
    value: Value,
    start: usize,
) -> Option<()> {
    if table.get(name).is_some() {
        let part = format!("arg {name}");
        let said = c.clauses.iter().find(|clause| clause.part == part).map(|clause| clause.span);
        let finding = Diagnostic::new(&REPEATED_SETTING, c.since(start), &[name]);
        c.report(finding.beside_any(said, "first given here"));
        return None;
    }
    table.0.push((Name::from(name), value));
    Some(())
}

/// What follows a word that sets an argument.
fn shaped(c: &mut Cursor<'_>, word: &str, shape: Shape) -> Option<Value> {
    match shape {
        Shape::Number => c.argument_number("a number"),
        Shape::Millis => {
            let span = c.duration("a duration like 5s", LONGEST_TTL)?;
            i64::try_from(span.as_millis()).ok().map(values::integer)
        }
        Shape::Text if matches!(word, "dead-letter" | "alternate") => {
            c.named("an exchange", Role::Exchange).map(|name| Value::str(&name))
        }
        Shape::Text => c.name("a word").map(|(text, _)| Value::str(&text)),
        Shape::Flag => Some(Value::Bool(true)),
        Shape::Fixed(text) => Some(Value::str(text)),
    }
}

pub(super) fn binding(c: &mut Cursor<'_>, head: usize) -> Option<BindingDecl> {
    let source = c.named("the exchange to bind from", Role::ExchangeNow)?;
    c.must_sign(TokenKind::Arrow, "`->`")?;
    let destination = if c.has("exchange") {
        Destination::Exchange(c.named("an exchange", Role::ExchangeNow)?)
    } else {
        let _ = c.has("queue");
        Destination::Queue(c.some_named("a queue", Role::QueueNow)?)
    };
    c.clause("head".into(), head);
    let mut decl =
        BindingDecl { source, destination, key: Name::from(""), arguments: Table::new() };
    c.settings("a binding", BIND, |c, word| {
        match word {
            "key" => decl.key = c.name("a binding key")?.0,
            "match" => matches(c, &mut decl.arguments)?,
            _ => return argument(c, word, &[], &mut decl.arguments),
        }
        Some(word.into())
    });
    Some(decl)
}

/// `match all NAME VALUE NAME VALUE …` to the end of the statement.
fn matches(c: &mut Cursor<'_>, table: &mut Table) -> Option<()> {
    let start = c.index() - 1;
    let how = c.one_of("all, any, all-with-x or any-with-x", MATCHES)?;
    set(c, table, "x-match", Value::str(how), start)?;
    while c.peek().is_some() {
        let (name, span) = c.name("a header's name")?;
        let value = c.value("the header's value")?;
        if table.get(&name).is_some() {
            return c.fault(&REPEATED_SETTING, span, &[&name]);
        }
        if table.len() == MOST_SETTINGS {
            return c.fault(&LIST_TOO_LONG, span, &[&MOST_SETTINGS.to_string()]);
        }
        table.0.push((name, value));
        let _ = c.sign(TokenKind::Comma);
    }
    Some(())
}

/// `policy NAME PATTERN …`: words of queues and exchanges say what it defines.
pub(super) fn policy(c: &mut Cursor<'_>, head: usize, operator: bool) -> Option<Statement> {
    let name = c.some_name("the policy's name")?;
    let (pattern, span) = c.any_text("a pattern for names")?;
    c.clause("head".into(), head);
    let mut policy = Policy {
        name,
        pattern,
        definition: Table::new(),
        priority: 0,
        apply_to: PolicyTarget::All,
    };
    if let Err(reason) = policy.check() {
        return c.fault(&BAD_PATTERN, span, &[&policy.pattern, &reason]);
    }
    c.settings("a policy", POLICY, |c, word| {
        match word {
            "apply-to" => {
                let known = POLICY_TARGETS.map(|(name, _)| name);
                let word = c.one_of("what it applies to, like queues", &known)?;
                let target = POLICY_TARGETS.iter().find(|(name, _)| *name == word)?;
                policy.apply_to = target.1;
            }
            "priority" => {
                let number = c.number("a priority", i32::MIN.into()..=i32::MAX.into())?;
                policy.priority = i64::try_from(number).ok()?;
            }
            _ => return argument(c, word, POLICY_ARGUMENTS, &mut policy.definition),
        }
        Some(word.into())
    });
    Some(Statement::Policy { operator, policy })
}

pub(super) fn delete(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let kind = c.one_of("`queue`, `exchange` or `policy`", DELETE)?;
    let (of, known) = match kind {
        "queue" => ("`delete queue`", &["if-unused", "if-empty"][..]),
        "exchange" => ("`delete exchange`", &["if-unused"][..]),
        _ => ("this `delete`", &[][..]),
    };
    let name = match kind {
        "queue" => c.some_named("a queue", Role::QueueNow)?,
        "exchange" => c.named("an exchange", Role::ExchangeNow)?,
        "user" => c.some_named("a user", Role::User)?,
        _ => c.some_name("a policy")?,
    };
    c.clause("head".into(), head);
    let (mut if_unused, mut if_empty) = (false, false);
    c.settings(of, known, |_, word| {
        if_unused |= word == "if-unused";
        if_empty |= word == "if-empty";
        Some(word.into())
    });
    Some(match kind {
        "queue" => Statement::DeleteQueue { queue: name, if_unused, if_empty },
        "exchange" => Statement::DeleteExchange { exchange: name, if_unused },
        "user" => Statement::DeleteUser(name),
        _ => Statement::DeletePolicy { operator: kind != "policy", name },
    })
}

impl Cursor<'_> {
    fn note(&mut self, role: Role, name: &Name, span: SourceSpan) {
        self.uses.push(crate::scenario::cursor::Use { role, name: name.clone(), span });
    }
}
