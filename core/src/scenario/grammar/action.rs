//! What clients are told to do: `publish`, `get`, `cancel`, `consume`, `scale`,
//! `change`.

use super::client::{
    body, count, expiration, header, instances, keys, limit, priority, property, routing_key,
    target,
};
use crate::scenario::cursor::{Cursor, Role};
use crate::scenario::document::{Pause, PublishAction, Statement};
use crate::scenario::lexer::TokenKind;
use crate::scenario::rules::ENDLESS;
use crate::scenario::words::{CHANGE, PUBLISH};
use crate::time::Span;

/// `cancel NAME`, `consume NAME`, both with `<- QUEUE` behind it or without.
pub(super) fn consuming(c: &mut Cursor<'_>, head: usize, on: bool) -> Option<Statement> {
    let client = c.some_named("a consumer's name", Role::Consumer)?;
    c.clause("head".into(), head);
    let start = c.index();
    let mut queue = None;
    if c.sign(TokenKind::BackArrow) {
        queue = Some(c.some_named("a queue", Role::Queue)?);
        c.clause("from".into(), start);
    }
    Some(Statement::Consuming { client, queue, on })
}

/// `get QUEUE`, `get QUEUE by CONSUMER`
pub(super) fn get(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let at = c.uses.len();
    let queue = c.some_named("a queue", Role::QueueNow)?;
    c.clause("head".into(), head);
    let mut by = None;
    c.settings("`get`", &["by"], |c, word| {
        by = Some(c.some_named("a consumer's name", Role::Consumer)?);
        Some(word.into())
    });
    if by.is_some() {
        c.uses[at].role = Role::Queue;
    }
    Some(Statement::Get { queue, by })
}

/// `scale NAME to N`
pub(super) fn scale(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let client = c.some_named("a client's name", Role::Scaled)?;
    c.clause("head".into(), head);
    let start = c.index();
    c.one_of("`to`", &["to"])?;
    let instances = instances(c)?;
    c.clause("to".into(), start);
    Some(Statement::Scale { client, instances })
}

/// `change NAME every D` or `change NAME work D`
pub(super) fn change(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let at = c.uses.len();
    let client = c.some_named("a client's name", Role::Client)?;
    c.clause("head".into(), head);
    if c.peek().is_none() {
        return c.expected("`every`, `rate`, `work` or `prefetch`");
    }
    let (mut every, mut work, mut prefetch) = (None, None, None);
    c.settings("`change`", CHANGE, |c, word| {
        match word {
            "every" => every = Some(c.pause("a pause like 500ms")?),
            "rate" => {
                every = Some(c.rate()?);
                return Some("every".into());
            }
            "prefetch" => prefetch = Some(limit(c)?),
            _ => work = Some(c.pause("a duration like 800ms")?),
        }
        Some(word.into())
    });
    if let Some(Pause::Fixed(Span::ZERO) | Pause::Between(_, Span::ZERO)) = every {
        let span = c.since(head);
        return c.fault(&ENDLESS, span, &[]);
    }
    c.uses[at].role = match (every, work.is_some() || prefetch.is_some()) {
        (Some(_), false) => Role::Publisher,
        (None, true) => Role::Consumer,
        _ => Role::Client,
    };
    Some(Statement::Change { client, every, work, prefetch })
}

pub(super) fn publish(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let by = if c.peek().is_some_and(|token| token.kind == TokenKind::Arrow) {
        None
    } else {
        Some(c.some_named("a publisher or `->`", Role::Publisher)?)
    };
    c.must_sign(TokenKind::Arrow, "`->`")?;
    let (exchange, queues) = target(c)?;
    if queues.as_ref().is_some_and(|queues| queues.len() > 1) {
        return c.expected("one queue");
    }
    c.clause("head".into(), head);
    let mut action = PublishAction::new(by, exchange);
    let mut given = Vec::new();
    c.settings("`publish`", PUBLISH, |c, word| {
        match word {
            "key" => given = vec![routing_key(c)?],
            "body" => action.body = body(c)?,
            "header" => return header(c, &mut action.headers),
            "mandatory" => action.mandatory = true,
            "persistent" => action.persistent = true,
            "priority" => action.priority = Some(priority(c)?),
            "expiration" => action.expiration = Some(expiration(c)?),
            "count" => action.count = count(c)?,
            _ => return property(c, word, &mut action.properties),
        }
        Some(word.into())
    });
    action.key = keys(c, queues, given).swap_remove(0);
    Some(Statement::Publish(action))
}
