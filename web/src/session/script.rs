//! The script: typing, findings, undo, files.

use super::message::{Dialog, Msg, Notice, Order, Update};
use super::{Session, Show};
use warren_core::draw::{Options, Theme, layout, scene, to_svg};
use warren_core::scenario::{Diagnostic, Document, LineIndex, SourceSpan, format, parse};
use warren_core::time::Tick;
use warren_core::timeline::Refusal;

/// Something that is wrong with a script, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
    /// Where, in bytes.
    pub span: SourceSpan,
    /// What; for a refusal the broker's own words.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The broker's reply code, when it is the broker that refuses.
    pub code: Option<u16>,
    /// When, in the run; `None` for what is wrong with the text.
    pub at: Option<Tick>,
    /// Whether the last good state stays on the stage because of it.
    pub is_error: bool,
}

/// Findings of the parser as rows.
pub(super) fn findings(text: &str, found: &[Diagnostic]) -> Vec<Fault> {
    let index = LineIndex::new(text);
    let rows = found.iter().map(|diagnostic| {
        let (line, column) = index.position(diagnostic.span.start);
        let mut help = diagnostic.help.clone();
        for related in &diagnostic.related {
            let (line, column) = index.position(related.span.start);
            let help = help.get_or_insert_default();
            help.push_str(&format!(" ({line}:{column} {})", related.words));
        }
        Fault {
            line,
            column,
            span: diagnostic.span,
            message: diagnostic.message(),
            help,
            code: None,
            at: None,
            is_error: diagnostic.is_error(),
        }
    });
    rows.collect()
}

/// Findings of the parser, then what the broker refuses, as rows.
pub(super) fn faults(text: &str, found: &[Diagnostic], show: &Show) -> Vec<Fault> {
    let mut rows = findings(text, found);
    rows.extend(refused(text, show.document(), show.timeline.refusals()));
    rows
}

/// What the broker refuses, as rows beside the statements it refuses.
pub(super) fn refused(text: &str, document: &Document, refusals: &[Refusal]) -> Vec<Fault> {
    if refusals.is_empty() {
        return Vec::new();
    }
    let index = LineIndex::new(text);
    let rows = refusals.iter().filter_map(|refusal| {
        let item = document.items.get(refusal.item)?;
        let (line, column) = index.position(item.span.start);
        Some(Fault {
            line,
            column,
            span: item.span,
            message: refusal.text.clone(),
            help: None,
            code: Some(refusal.code),
            at: Some(refusal.tick),
            is_error: false,
        })
    });
    rows.collect()
}

impl Session {
    /// How long a person pauses before what they typed is applied.
    pub const PAUSE_MS: u32 = 300;

    /// How long a notice that asks for nothing stays.
    pub const NOTICE_MS: u32 = 5_000;

    pub(super) fn on_script(&mut self, msg: Msg) -> Update {
        self.menu = false;
        match msg {
            Msg::Typed(text) if text == self.text => Update::default(),
            Msg::Typed(text) => {
                self.text = text;
                self.revision += 1;
                Update::page().with(Order::SettleLater(self.revision))
            }
            Msg::Settle(revision) if revision == self.revision => self.settle(),
            Msg::Settle(_) => Update::default(),
            Msg::Format => self.format(),
            Msg::Undo | Msg::Redo => {
                let present = self.show.text.clone();
                let text = if msg == Msg::Undo {
                    self.history.undo(&present)
                } else {
                    self.history.redo(&present)
                };
                match text {
                    Some(text) => self.put_text(text),
                    None => Update::default(),
                }
            }
            Msg::ShowFault(index) => self.show_fault(index),
            Msg::Opened(Ok((_, text))) => {
                self.exhibit = None;
                self.open_text(text)
            }
            Msg::Opened(Err(why)) => {
                self.notice = Some(Notice::bad(why));
                Update::page()
            }
            Msg::OpenScenario(index) => match self.filled_gallery().get(index) {
                Some(exhibit) => {
                    let (name, text) = (exhibit.name.to_owned(), exhibit.text.to_owned());
                    self.exhibit = Some(index);
                    self.dialog = None;
                    let update = self.open_text(text);
                    update.with(Order::SetHash(name)).with(Order::FocusOn("#choose"))
                }
                None => Update::default(),
            },
            Msg::ChooseFile => Update::page().with(Order::PickFile),
            Msg::CopyLink => {
                let address = self.shared.as_ref().map(|shared| shared.address.clone());
                address.map_or_else(Update::default, |link| Update::page().with(Order::Copy(link)))
            }
            Msg::CopyScript => Update::page().with(Order::Copy(self.text.clone())),
            Msg::CopyPicture => {
                let svg = self.picture();
                Update::page().with(Order::Copy(svg))
            }
            Msg::Download => {
                let name = format!("{}.warren", self.file_name());
                Update::page().with(Order::Save(name, "text/plain", self.text.clone()))
            }
            Msg::DownloadPicture => {
                let name = format!("{}.svg", self.file_name());
                let svg = self.picture();
                Update::page().with(Order::Save(name, "image/svg+xml", svg))
            }
            Msg::Copied(worked) => self.copied(worked),
            _ => Update::default(),
        }
    }

    fn copied(&mut self, worked: bool) -> Update {
        let words = if worked { "Copied." } else { "The browser did not allow copying here." };
        if let (Some(Dialog::Share), Some(shared)) = (self.dialog, &mut self.shared) {
            shared.copied = Some(worked);
        } else {
            self.notice = Some(if worked { Notice::calm(words) } else { Notice::bad(words) });
        }
        Update::page().with(Order::Announce(words.to_owned()))
    }

    /// Applies what was typed; a faulty text leaves the stage as it is.
    fn settle(&mut self) -> Update {
        let update = Update::all().with(Order::Remember("draft", self.text.clone()));
        if self.text == self.show.text {
            self.faults = self.faults_now();
            return update;
        }
        match Show::read(&self.text) {
            Ok((show, found)) => {
                self.leave(&show);
                self.faults = faults(&self.text, &found, &show);
                self.put_show(show);
                self.exhibit = None;
                update.with(Order::NameTab(self.title()))
            }
            Err(found) => {
                self.faults = findings(&self.text, &found);
                let count = self.faults.iter().filter(|fault| fault.is_error).count();
                let words = match count {
                    1 => "The script has a fault. The stage shows the last good state.".to_owned(),
                    n => format!("The script has {n} faults. The stage shows the last good state."),
                };
                update.with(Order::Announce(words))
            }
        }
    }

    fn faults_now(&self) -> Vec<Fault> {
        let found = parse(&self.text).diagnostics;
        if self.text == self.show.text {
            faults(&self.text, &found, &self.show)
        } else {
            findings(&self.text, &found)
        }
    }

    /// Another run takes the stage; the playhead stays where it is, or comes
    /// back to there as soon as that is computed.
    pub(super) fn put_show(&mut self, show: Show) {
        let now = self.heading();
        self.show = show;
        self.show.set_narrow(self.is_narrow());
        self.carried = None;
        self.begin();
        if self.want(now) {
            self.playback.seek(self.show.timeline.known(), self.end());
        } else {
            self.playback.seek(now, self.end());
        }
        if !self.moved {
            self.fit();
        }
        let gone = |id: &warren_core::scenario::NodeId, show: &Show| {
            !show.cast.nodes.iter().any(|node| node.id == *id)
        };
        if self.cursor.as_ref().is_some_and(|id| gone(id, &self.show)) {
            self.cursor = None;
        }
        if let Some(super::Selection::Node(id)) = &self.selection
            && gone(id, &self.show)
        {
            self.selection = None;
            if self.panel == Some(super::Panel::Inspect) {
                self.panel = None;
                self.forms.clear();
            }
        }
    }

    /// Shows a text that is known to have been good once.
    pub(super) fn put_text(&mut self, text: String) -> Update {
        match Show::read(&text) {
            Ok((show, found)) => {
                self.faults = faults(&text, &found, &show);
                self.put_show(show);
            }
            Err(found) => self.faults = findings(&text, &found),
        }
        self.text = text;
        self.revision += 1;
        self.start_inspector_forms();
        Update::all()
            .with(Order::Remember("draft", self.text.clone()))
            .with(Order::NameTab(self.title()))
    }

    pub(super) fn open_text(&mut self, text: String) -> Update {
        self.history.clear();
        self.branches.clear();
        self.from_gallery = self.exhibit.is_some();
        self.selection = None;
        self.cursor = None;
        self.moved = false;
        self.notice = None;
        self.close_panel();
        self.goal = None;
        self.playback.pause();
        self.playback.seek(Tick::ZERO, Tick::ZERO);
        self.told = Tick::ZERO;
        let good = Show::read(&text).is_ok();
        if !good {
            self.show = super::opening::empty_show();
            self.script_open = true;
        }
        let mut update = self.put_text(text);
        self.fit();
        if good && self.playback.motion == super::Motion::Smooth {
            self.playback.play(self.show.timeline.end());
        }
        if self.exhibit.is_some() {
            update.orders.retain(|order| !matches!(order, Order::Remember("draft", _)));
            update = update.with(Order::Remember("draft", String::new()));
        }
        let title = self.title();
        update.with(Order::Announce(format!("{title} is on the stage.")))
    }

    fn format(&mut self) -> Update {
        let formatted = format(&self.text);
        if formatted == self.text {
            return Update::page();
        }
        if let Ok((show, _)) = Show::read(&formatted) {
            self.leave(&show);
            return self.put_text(formatted);
        }
        self.text = formatted;
        self.faults = self.faults_now();
        Update::page()
    }

    fn show_fault(&mut self, index: usize) -> Update {
        let Some(fault) = self.faults.get(index) else { return Update::default() };
        let units = |byte: u32| {
            let byte = (byte as usize).min(self.text.len());
            let before = self.text.get(..byte).unwrap_or(&self.text);
            u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
        };
        let (start, end) = (units(fault.span.start), units(fault.span.end));
        Update::page().with(Order::MarkScript(start, end.max(start), fault.line - 1))
    }

    /// The present instant as a picture of its own.
    #[must_use]
    pub fn picture(&mut self) -> String {
        let frame = self.show.frame(self.playback.now()).clone();
        let scene = scene(&frame, &layout(&self.show.cast), &Options::file(Theme::Light));
        let title = self.title();
        let about = format!("{title}, {} after the start", frame.now);
        to_svg(&scene, &title, &about)
    }

    /// The title as the name of a file.
    fn file_name(&self) -> String {
        let title = self.title();
        let mut name = String::new();
        for c in title.chars().take(60) {
            if c.is_alphanumeric() {
                name.push(c.to_ascii_lowercase());
            } else if !name.ends_with('-') && !name.is_empty() {
                name.push('-');
            }
        }
        let name = name.trim_matches('-');
        if name.is_empty() { "scenario".to_owned() } else { name.to_owned() }
    }
}
