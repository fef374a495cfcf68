//! Bookmarks: instants with a name. They stand in the script, so they travel
//! with the file and with a link.

use super::message::{Order, Update};
use super::{Session, form::Refusal};
use warren_core::scenario::{Item, SourceSpan, Statement, edit};
use warren_core::time::Tick;

/// An instant with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// The statement's index in the document.
    pub item: usize,
    /// When.
    pub at: Tick,
    /// What somebody calls it.
    pub name: String,
}

impl Session {
    /// The bookmarks of the script, earliest first.
    #[must_use]
    pub fn bookmarks(&self) -> Vec<Bookmark> {
        let items = self.show.document().items.iter().enumerate();
        let named = items.filter_map(|(item, statement)| match &statement.what {
            Statement::Bookmark(name) => {
                Some(Bookmark { item, at: statement.at, name: name.clone() })
            }
            _ => None,
        });
        let mut all: Vec<Bookmark> = named.collect();
        warren_core::order::sort_by_key(&mut all, |bookmark| bookmark.at);
        all
    }

    /// Whether there is one.
    #[must_use]
    pub fn has_bookmarks(&self) -> bool {
        let items = &self.show.document().items;
        items.iter().any(|item| matches!(item.what, Statement::Bookmark(_)))
    }

    /// Writes a bookmark of the present instant into the script.
    pub(super) fn bookmark(&mut self, what: Statement) -> Result<(), Refusal> {
        // A hundredth up, so that what has just happened has happened there.
        const HUNDREDTH: u64 = 10_000;
        let at = Tick(self.now().0.div_ceil(HUNDREDTH) * HUNDREDTH).min(self.end());
        let item = Item { at, span: SourceSpan::default(), what };
        self.apply(|text, _| edit::add_statement(text, &item))
    }

    /// To the next bookmark, or to the one before.
    pub(super) fn go_to_bookmark(&mut self, later: bool) -> Update {
        let (all, now) = (self.bookmarks(), self.now());
        let found = match later {
            true => all.iter().find(|bookmark| bookmark.at > now),
            false => all.iter().rfind(|bookmark| bookmark.at < now),
        };
        let Some(found) = found else {
            let words =
                if later { "There is no later bookmark." } else { "There is no bookmark before." };
            return Update::default().with(Order::Announce(words.to_owned()));
        };
        self.playback.pause();
        let words = format!("{}, at {}", found.name, found.at);
        self.seek(found.at).with(Order::Announce(words))
    }

    /// Takes a bookmark out of the script.
    pub(super) fn remove_bookmark(&mut self, item: usize) -> Update {
        let done = self.apply(|text, show| {
            let found = show.document().items.get(item);
            let found = found.filter(|item| matches!(item.what, Statement::Bookmark(_)));
            found.and_then(|item| edit::remove(text, item.span)).unwrap_or_else(|| text.to_owned())
        });
        self.after_edit(done, None).with(Order::FocusOn(".panel.right h2"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::FormKind;
    use super::super::tests::{SMALL, open};
    use super::super::{Focus, Key, Msg, Panel, Session};
    use super::*;

    fn name_it(session: &mut Session, at: u64, name: &str) -> Update {
        session.update(Msg::Seek(Tick(at)));
        session.panel = None;
        session.update(Msg::Open(Panel::Time));
        session.update(Msg::Fill("bookmark", "name", name.to_owned()));
        session.update(Msg::Submit("bookmark"))
    }

    fn press(session: &mut Session, name: &str) -> Update {
        let name = name.to_owned();
        session.update(Msg::Key(Key { name, command: false, shift: true, focus: Focus::Ground }))
    }

    #[test]
    fn an_instant_is_named_in_the_script_and_found_again() {
        let mut session = open(SMALL);
        let digest = session.show.timeline.digest(Tick(9_000_000));
        name_it(&mut session, 3_000_000, "three are sent");
        let update = name_it(&mut session, 1_234_567, "the \"first\" one");
        let line = |words: &str| session.text.lines().position(|line| line == words);
        let first = line("at 1.24s bookmark \"the \\\"first\\\" one\"");
        assert!(first.is_some() && first < line("at 3s bookmark \"three are sent\""));
        assert!(update.orders.contains(&Order::Remember("draft", session.text.clone())));
        let names: Vec<_> = session.bookmarks().into_iter().map(|b| (b.at.0, b.name)).collect();
        assert_eq!(
            names,
            [(1_240_000, "the \"first\" one".into()), (3_000_000, "three are sent".into())]
        );
        assert_eq!(session.show.timeline.digest(Tick(9_000_000)), digest, "nothing else changes");
        let form = session.forms.iter().find(|form| form.kind == FormKind::Bookmark);
        assert_eq!(form.expect("it is there for the next").value("name"), "");
        session.update(Msg::Undo);
        assert_eq!(session.bookmarks().len(), 1);
    }

    #[test]
    fn keys_go_from_one_to_the_next_and_say_when_there_is_none() {
        let text = format!("{SMALL}at 1s bookmark \"one\"\nat 2s bookmark \"two\"\n");
        let mut session = open(&text);
        press(&mut session, ">");
        let update = press(&mut session, ">");
        assert_eq!(session.now(), Tick(2_000_000));
        assert!(update.orders.contains(&Order::Announce("two, at 2s".to_owned())));
        let update = press(&mut session, ">");
        assert_eq!(update.orders, [Order::Announce("There is no later bookmark.".to_owned())]);
        press(&mut session, "<");
        assert_eq!(session.now(), Tick(1_000_000));
        let first = session.bookmarks().remove(0);
        session.update(Msg::RemoveBookmark(first.item));
        assert_eq!(session.text, text.replace("at 1s bookmark \"one\"\n", ""));
    }

    #[test]
    fn a_bookmark_without_a_name_is_refused_and_one_at_the_end_is_not() {
        let mut session = open(&format!("{SMALL}end 5s\n"));
        name_it(&mut session, 1_000_000, "  ");
        assert!(session.forms.iter().any(|form| form.refusal.is_some()));
        assert!(session.bookmarks().is_empty());
        name_it(&mut session, 5_000_000, "over");
        assert_eq!(session.bookmarks()[0].at, Tick(5_000_000));
        assert!(session.faults.is_empty(), "{:?}", session.faults);
    }
}
