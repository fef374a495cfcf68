//! Building: every edit is an edit of the script's text, tried before it is
//! made. What the broker would refuse is refused here in its words.

use super::form::{FormKind, Refusal, Thing, Wrong, declaration, node_of};
use super::message::{Command, Msg, Notice, Order, Panel, Selection, Update};
use super::{Session, Show, script};
use crate::gesture::Point;
use warren_core::broker::{Name, Table};
use warren_core::scenario::{BindingDecl, Destination, Item, NodeId, SourceSpan, Statement, edit};
use warren_core::time::Tick;

/// What came of trying an edit.
pub(super) type Tried = Result<(), Refusal>;

impl Session {
    pub(super) fn on_edit(&mut self, msg: Msg) -> Update {
        match msg {
            Msg::Submit(id) => self.submit(id),
            Msg::Delete(node) => self.delete(&node),
            Msg::DeleteAll => self.delete_all(),
            Msg::Unbind(index) => self.unbind(index),
            Msg::Tell(command, NodeId::Client(name)) => {
                let statement = match command {
                    Command::Start => Statement::Start(name),
                    Command::Stop => Statement::Stop(name),
                    Command::Crash => Statement::Crash(name),
                };
                self.act(statement)
            }
            Msg::Purge(NodeId::Queue(queue)) => self.act(Statement::Purge { queue }),
            Msg::GetOne(NodeId::Queue(queue)) => self.act(Statement::Get { queue, by: None }),
            _ => Update::default(),
        }
    }

    /// Something that happens now.
    fn act(&mut self, statement: Statement) -> Update {
        let done = self.add(statement);
        let worked = done.is_ok();
        let mut update = self.after_edit(done, None);
        if worked {
            self.watch(&mut update);
        }
        update
    }

    /// Lets time run on, so that what was just done can be seen.
    fn watch(&mut self, update: &mut Update) {
        let end = self.end();
        if !self.playback.is_playing() && self.now() < end {
            self.playback.play(end);
        }
        update.page = true;
    }

    fn submit(&mut self, id: &str) -> Update {
        let Some(form) = self.forms.iter().find(|form| form.kind.id() == id).cloned() else {
            return Update::default();
        };
        if matches!(form.kind, FormKind::WhatIf(_)) {
            return self.ask(&form);
        }
        let existing = match &form.kind {
            FormKind::Settings(thing, name) => declaration(self.show.document(), *thing, name)
                .map(|(index, statement)| (index, statement.clone())),
            _ => None,
        };
        let statement = match form.statement(existing.as_ref().map(|(_, base)| base)) {
            Ok(statement) => statement,
            Err(wrong) => return self.refuse(id, Refusal::Field(wrong)),
        };
        let done = match (&form.kind, existing) {
            (FormKind::Settings(..), Some((index, _))) => self.replace(index, &statement),
            (FormKind::Bookmark, _) => self.bookmark(statement.clone()),
            _ => self.add(statement.clone()),
        };
        if let Err(refusal) = done {
            return self.refuse(id, refusal);
        }
        let mut update = self.after_edit(Ok(()), Some(&form.kind));
        if matches!(form.kind, FormKind::Publish(_)) {
            self.watch(&mut update);
        } else if form.kind == FormKind::Bookmark {
            self.start_form(FormKind::Bookmark);
        } else if let Some(node) = added_node(&form.kind, &statement) {
            self.panel = None;
            let shown = self.select(Selection::Node(node));
            update.stage |= shown.stage;
            update = update.with(Order::FocusOn(".panel.right h2"));
        }
        update
    }

    /// What somebody typed into a form.
    pub(super) fn fill(&mut self, form: &str, field: &str, value: &str) -> Update {
        match self.forms.iter_mut().find(|f| f.kind.id() == form) {
            Some(form) if form.value(field) != value => form.set(field, value),
            _ => return Update::default(),
        }
        Update::page()
    }

    fn refuse(&mut self, id: &str, refusal: Refusal) -> Update {
        let words = match &refusal {
            Refusal::Broker { code, text } => format!("RabbitMQ refuses: {code} {text}"),
            Refusal::Field(wrong) => wrong.why.clone(),
            Refusal::Script(words) => words.clone(),
        };
        if let Some(form) = self.forms.iter_mut().find(|form| form.kind.id() == id) {
            form.refusal = Some(refusal);
        }
        Update::page().with(Order::Announce(words))
    }

    /// What the page does when an edit was tried.
    pub(super) fn after_edit(&mut self, done: Tried, kind: Option<&FormKind>) -> Update {
        match done {
            Ok(()) => {
                self.exhibit = None;
                self.notice = None;
                if matches!(kind, Some(FormKind::Bind(..))) {
                    self.panel = None;
                    self.forms.clear();
                }
                self.start_inspector_forms();
                Update::all().with(Order::Remember("draft", self.text.clone()))
            }
            Err(refusal) => {
                let notice = match refusal {
                    Refusal::Broker { code, text } => Notice {
                        code: Some(code),
                        plain: "RabbitMQ would refuse this, so nothing was changed.".to_owned(),
                        ..Notice::bad(text)
                    },
                    Refusal::Field(Wrong { why, .. }) => Notice::bad(why),
                    Refusal::Script(words) => Notice::bad(words),
                };
                let words = notice.words.clone();
                self.notice = Some(notice);
                Update::all().with(Order::Announce(words))
            }
        }
    }

    /// Adds a statement: to the declarations at the start, `at` now later.
    pub(super) fn add(&mut self, statement: Statement) -> Tried {
        let at = rounded(self.now());
        if at > Tick::ZERO && self.document_ends_at(at) {
            return Err(Refusal::Script(format!(
                "The script ends the run at {at}. Go back a little, or take `end` out."
            )));
        }
        let item = Item { at, span: SourceSpan::default(), what: statement };
        self.apply(|text, _| edit::add_statement(text, &item))
    }

    fn document_ends_at(&self, at: Tick) -> bool {
        self.show.document().end.is_some_and(|end| at >= end)
    }

    fn replace(&mut self, index: usize, statement: &Statement) -> Tried {
        self.apply(|text, show| {
            let Some(old) = show.document().items.get(index) else { return text.to_owned() };
            let item = Item { what: statement.clone(), ..old.clone() };
            edit::replace(text, old.span, &item).unwrap_or_else(|| text.to_owned())
        })
    }

    /// A declaration takes another's place, or is added.
    pub(super) fn declare(&mut self, index: Option<usize>, statement: Statement) -> Tried {
        match index {
            Some(index) => self.replace(index, &statement),
            None => self.add(statement),
        }
    }

    /// A person put a node somewhere.
    pub(super) fn place(&mut self, node: &NodeId, to: Point) -> Update {
        let (x, y) = (to.x.round() as i32, to.y.round() as i32);
        let done = self.apply(|text, _| edit::set_place(text, node, x, y));
        if done.is_err() {
            self.show.let_go();
        }
        self.after_edit(done, None)
    }

    /// Tries an edit of the text, and makes it when nothing speaks against it.
    pub(super) fn apply(&mut self, change: impl FnOnce(&str, &Show) -> String) -> Tried {
        if self.text != self.show.text {
            let line = self.faults.iter().find(|f| f.is_error).map_or(1, |f| f.line);
            return Err(Refusal::Script(format!(
                "The script has a fault in line {line}. Mend it first, so that nothing of it is \
                 lost."
            )));
        }
        let text = change(&self.show.text, &self.show);
        let (show, found) = Show::read(&text).map_err(|found| {
            let first = found.iter().find(|d| d.is_error());
            Refusal::Script(first.map_or_else(String::new, |d| match &d.help {
                Some(help) => format!("{}: {help}", d.message()),
                None => d.message(),
            }))
        })?;
        if let Some(refusal) = show.new_refusal(&self.show) {
            return Err(Refusal::Broker { code: refusal.code, text: refusal.text });
        }
        self.leave(&show);
        self.faults = script::faults(&text, &found, &show);
        self.text = text;
        self.revision += 1;
        self.put_show(show);
        Ok(())
    }

    fn unbind(&mut self, index: usize) -> Update {
        let row = self.seen.details.as_ref().and_then(|d| d.bindings.get(index)).cloned();
        let Some(row) = row else { return Update::default() };
        let destination = match &row.destination {
            NodeId::Queue(name) => Destination::Queue(name.clone()),
            NodeId::Exchange(name) => Destination::Exchange(name.clone()),
            NodeId::Client(_) => return Update::default(),
        };
        let found = self.show.document().items.iter().position(|item| {
            matches!(&item.what, Statement::Bind(bind)
                if *bind.source == *row.source
                    && bind.destination == destination
                    && *bind.key == *row.key
                    && same_arguments(&bind.arguments, &row.table))
        });
        let done = match (self.now(), found) {
            (Tick::ZERO, Some(found)) => self.apply(|text, show| {
                let item = show.document().items.get(found);
                item.and_then(|item| edit::remove(text, item.span))
                    .unwrap_or_else(|| text.to_owned())
            }),
            _ => self.add(Statement::Unbind(BindingDecl {
                source: Name::from(row.source.as_str()),
                destination,
                key: Name::from(row.key.as_str()),
                arguments: row.table,
            })),
        };
        self.after_edit(done, None)
    }

    /// The forms that belong to what is inspected.
    pub(super) fn start_inspector_forms(&mut self) {
        if self.panel != Some(Panel::Inspect) {
            return;
        }
        let Some(Selection::Node(node)) = self.selection.clone() else { return };
        let document = self.show.document();
        let kinds: Vec<FormKind> = match &node {
            NodeId::Client(name) => [Thing::Publisher, Thing::Consumer]
                .into_iter()
                .filter(|thing| declaration(document, *thing, name).is_some())
                .map(|thing| FormKind::Settings(thing, name.clone()))
                .collect(),
            NodeId::Exchange(name) => {
                let declared = declaration(document, Thing::Exchange, name).is_some();
                let settings = FormKind::Settings(Thing::Exchange, name.clone());
                let question = FormKind::WhatIf(name.clone());
                if declared { vec![settings, question] } else { vec![question] }
            }
            NodeId::Queue(name) => declaration(document, Thing::Queue, name)
                .map(|_| FormKind::Settings(Thing::Queue, name.clone()))
                .into_iter()
                .collect(),
        };
        for kind in kinds {
            self.start_form(kind);
        }
    }
}

/// An instant as a person would write it: down to hundredths of a second, so
/// that what is done now has happened at the instant that is shown.
fn rounded(at: Tick) -> Tick {
    const HUNDREDTH: u64 = 10_000;
    if at.0 < HUNDREDTH { at } else { Tick(at.0 / HUNDREDTH * HUNDREDTH) }
}

/// The node a form puts on the stage, to look at when it is there.
fn added_node(kind: &FormKind, statement: &Statement) -> Option<NodeId> {
    let FormKind::Add(thing) = kind else { return None };
    let name = match statement {
        Statement::Publisher(decl) => &decl.name,
        Statement::Consumer(decl) => &decl.name,
        Statement::Exchange(decl) => &decl.name,
        Statement::Queue(decl) => &decl.name,
        _ => return None,
    };
    Some(node_of(*thing, name))
}

/// Whether a script's arguments are those of a binding of the broker, which
/// keeps them sorted by name.
fn same_arguments(written: &Table, kept: &Table) -> bool {
    let sorted = |table: &Table| {
        let mut entries: Vec<_> =
            table.0.iter().map(|(name, value)| (name.clone(), value)).collect();
        warren_core::order::sort_by(&mut entries, |a, b| a.0.cmp(&b.0));
        entries.into_iter().map(|(name, value)| (name, value.clone())).collect::<Vec<_>>()
    };
    sorted(written) == sorted(kept)
}
