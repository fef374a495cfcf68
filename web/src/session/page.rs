//! What is open on the page: selection, panels, dialogs.

use super::Session;
use super::form::{Form, FormKind};
use super::message::{Dialog, Msg, Order, Panel, Selection, Update};

impl Session {
    pub(super) fn on_page(&mut self, msg: Msg) -> Update {
        self.menu &= matches!(msg, Msg::Fade(_));
        match msg {
            Msg::Select(selection) => self.select(selection),
            Msg::Unselect => {
                self.selection = None;
                if self.panel == Some(Panel::Inspect) {
                    self.close_panel();
                }
                Update::all()
            }
            Msg::ToggleScript => {
                self.script_open = !self.script_open;
                if self.script_open && self.is_crowded() {
                    self.close_panel();
                }
                self.lanes_open &= !(self.script_open && self.is_small());
                let focus = if self.script_open { "#script" } else { "#toggle-script" };
                Update::all().with(Order::FocusOn(focus))
            }
            Msg::Open(panel) if self.panel.as_ref() == Some(&panel) => {
                self.close_panel();
                Update::all()
            }
            Msg::Open(panel) => self.open(panel),
            Msg::ClosePanel => {
                self.close_panel();
                Update::all().with(Order::FocusNode)
            }
            Msg::SetDialog(dialog) => self.set_dialog(dialog),
            Msg::SetMenu(open) => {
                self.menu = open;
                Update::page()
            }
            Msg::Present(on) => {
                self.presenting = on;
                self.moved = false;
                if on {
                    self.close_panel();
                    self.lanes_open = false;
                    self.script_open = false;
                    self.selection = None;
                    self.hint = false;
                }
                self.fit();
                let focus = if on { "#leave" } else { "#menu-button" };
                Update::all().with(Order::FocusOn(focus))
            }
            Msg::SetLetters(on) => {
                self.letters = on;
                let value = if on { "" } else { "off" };
                Update::page().with(Order::Remember("letters", value.to_owned()))
            }
            Msg::DismissHint => {
                self.hint = false;
                Update::page().with(Order::Remember("visited", "yes".to_owned()))
            }
            Msg::Fade(number) if number != self.notices => Update::default(),
            _ => {
                self.notice = None;
                Update::page()
            }
        }
    }

    fn set_dialog(&mut self, dialog: Option<Dialog>) -> Update {
        if dialog == Some(Dialog::Gallery) {
            self.filled_gallery();
        }
        let closed = core::mem::replace(&mut self.dialog, dialog);
        self.doomed = None;
        // The focus goes back to where it came from.
        let back = match closed {
            Some(Dialog::Share) => "#share",
            Some(Dialog::Honest | Dialog::Keys) => "#menu-button",
            Some(Dialog::Delete) => return Update::page().with(Order::FocusNode),
            Some(Dialog::Gallery) | None => "#choose",
        };
        let focus = if dialog.is_some() { ".dialog button" } else { back };
        Update::page().with(Order::FocusOn(focus))
    }

    pub(super) fn is_crowded(&self) -> bool {
        self.stage.0 < Self::ROOM_FOR_ANOTHER
    }

    /// There is room for a panel or for the lanes beside the picture, not for
    /// both.
    pub(super) fn is_small(&self) -> bool {
        self.stage.0 < 560.0
    }

    pub(super) fn open(&mut self, panel: Panel) -> Update {
        self.forms.clear();
        self.lanes_open &= !self.is_small();
        if self.is_crowded() {
            self.script_open = false;
        }
        let mut update = Update::all();
        match &panel {
            Panel::Form(kind) => {
                if matches!(kind, FormKind::Publish(_)) {
                    self.hint = false;
                    update = update.with(Order::Remember("visited", "yes".to_owned()));
                }
                self.start_form(kind.clone());
                update = update.with(Order::FocusOn(".panel.right .form .input"));
            }
            Panel::Checks | Panel::Charts => {
                self.want_all();
                update = update.with(Order::FocusOn(".panel.right h2"));
            }
            Panel::Time => {
                self.start_form(FormKind::Bookmark);
                update = update.with(Order::FocusOn(".panel.right h2"));
            }
            Panel::Events | Panel::Inspect => {
                update = update.with(Order::FocusOn(".panel.right h2"));
            }
        }
        self.panel = Some(panel);
        update
    }

    pub(super) fn close_panel(&mut self) {
        self.panel = None;
        self.forms.clear();
    }

    pub(super) fn select(&mut self, selection: Selection) -> Update {
        if self.selection.as_ref() == Some(&selection) && self.panel == Some(Panel::Inspect) {
            return Update::all();
        }
        if let Selection::Node(node) = &selection {
            self.cursor = Some(node.clone());
        }
        self.selection = Some(selection);
        self.forms.clear();
        self.lanes_open &= !self.is_small();
        if self.is_crowded() {
            self.script_open = false;
        }
        self.panel = Some(Panel::Inspect);
        self.start_inspector_forms();
        Update::all()
    }

    /// Starts a form with what is known now.
    pub(super) fn start_form(&mut self, kind: FormKind) {
        let frame = self.show.frame(self.playback.now()).clone();
        let form = Form::new(kind, self.show.document(), &frame);
        self.forms.retain(|old| old.kind.id() != form.kind.id());
        self.forms.push(form);
    }
}
