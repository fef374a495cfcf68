//! `user`, `permit`, `permit-topic`, `limit`, `alarm`.

use crate::broker::{Permission, TopicPermission, UserLimits, VhostLimits};
use crate::scenario::cursor::{Cursor, Role};
use crate::scenario::document::Statement;
use crate::scenario::words::{ALARMS, LIMIT, PERMIT, USER};

fn limit_number(c: &mut Cursor<'_>) -> Option<u32> {
    let number = c.number("a limit", 0..=u32::MAX.into())?;
    u32::try_from(number).ok()
}

/// `limit max-connections N max-queues N`
pub(super) fn limit(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    c.clause("head".into(), head);
    if c.peek().is_none() {
        return c.expected("`max-connections` or `max-queues`");
    }
    let mut limits = VhostLimits::default();
    c.settings("`limit`", LIMIT, |c, word| {
        let number = Some(limit_number(c)?);
        match word {
            "max-queues" => limits.max_queues = number,
            _ => limits.max_connections = number,
        }
        Some(word.into())
    });
    Some(Statement::Limit(limits))
}

/// `user NAME tags T, T max-connections N max-channels N`
pub(super) fn user(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let name = c.some_named("the user's name", Role::NewUser)?;
    c.clause("head".into(), head);
    let (mut tags, mut limits) = (Vec::new(), UserLimits::default());
    c.settings("a user", USER, |c, word| {
        match word {
            "tags" => tags = c.list(|c| c.some_name("a tag like administrator"))?,
            "max-channels" => limits.max_channels = Some(limit_number(c)?),
            _ => limits.max_connections = Some(limit_number(c)?),
        }
        Some(word.into())
    });
    Some(Statement::User { name, tags, limits })
}

/// `permit USER configure P write P read P`, or for routing keys
/// `permit-topic USER EXCHANGE write P read P`. What is not named is denied.
pub(super) fn permit(c: &mut Cursor<'_>, head: usize, topic: bool) -> Option<Statement> {
    let user = c.some_named("a user", Role::User)?;
    let exchange = if topic { Some(c.named("an exchange", Role::Exchange)?) } else { None };
    c.clause("head".into(), head);
    let [mut configure, mut write, mut read] = [(); 3].map(|()| String::new());
    let (of, known) = if topic { ("`permit-topic`", &PERMIT[1..]) } else { ("`permit`", PERMIT) };
    c.settings(of, known, |c, word| {
        let (text, _) = c.any_text("a pattern like .*")?;
        match word {
            "configure" => configure = text,
            "write" => write = text,
            _ => read = text,
        }
        Some(word.into())
    });
    Some(match exchange {
        Some(exchange) => {
            Statement::PermitTopic { user, exchange, permission: TopicPermission { write, read } }
        }
        None => Statement::Permit { user, permission: Permission { configure, write, read } },
    })
}

/// `alarm memory`, `clear memory`
pub(super) fn alarm(c: &mut Cursor<'_>, head: usize, on: bool) -> Option<Statement> {
    let word = c.one_of("`memory` or `disk`", &ALARMS.map(|(word, _)| word))?;
    c.clause("head".into(), head);
    let (_, alarm) = *ALARMS.iter().find(|(known, _)| *known == word)?;
    Some(Statement::Alarm { alarm, on })
}
