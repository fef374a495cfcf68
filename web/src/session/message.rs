//! What can be asked of a session, and what it asks of the page in return.

use super::branches::ForBranch;
use super::form::FormKind;
use super::lanes::LaneMove;
use super::playback::{Motion, Rate};
use crate::gesture::Input;
use warren_core::link::Link;
use warren_core::scenario::NodeId;
use warren_core::time::Tick;

/// A thing that is looked at closely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// A client, an exchange or a queue.
    Node(NodeId),
    /// A message, by its label.
    Message(String),
}

/// What the panel on the right shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The selection.
    Inspect,
    /// Everything that happened.
    Events,
    /// What the scenario expects.
    Checks,
    /// How full queues are over time.
    Charts,
    /// Bookmarks and branches.
    Time,
    /// A form: a new thing, a binding, a message by hand.
    Form(FormKind),
}

/// What lies over everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The scenarios to choose from.
    Gallery,
    /// Which RabbitMQ this is, and what is simplified.
    Honest,
    /// The keys.
    Keys,
    /// What goes along with the thing that is deleted.
    Delete,
    /// A link to what is on the stage.
    Share,
}

/// The four ways of an arrow key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// Where the keyboard focus is, as far as keys care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// In a field that takes letters.
    Typing,
    /// On a button, link or list: letters are free, space and enter are not.
    Control,
    /// On the stage's ground, or nowhere.
    Ground,
    /// On a node of the stage.
    Node,
}

/// A key that went down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The browser's name for it: `a`, `Enter`, `ArrowLeft`.
    pub name: String,
    /// Control, or command on a Mac.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// Where the focus is.
    pub focus: Focus,
}

/// What a client can be made to do by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Start it.
    Start,
    /// Close its connection in good order.
    Stop,
    /// Cut its connection.
    Crash,
}

/// What can be asked of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// An animation frame was shown for so many milliseconds.
    Frame(f64),
    /// Play or pause.
    Toggle,
    /// Another rate.
    SetRate(Rate),
    /// The next visible event.
    StepForward,
    /// The last visible event before now.
    StepBack,
    /// An exact instant.
    Seek(Tick),
    /// To the first instant.
    ToStart,
    /// To the last instant.
    ToEnd,
    /// Do not wait any more for what is being computed.
    Cancel,
    /// A hand takes the scrubber, or lets it go.
    Hold(bool),
    /// How things move.
    SetMotion(Motion),
    /// Unfold or fold what happens to each client and queue.
    ToggleLanes,
    /// To another event in the lane with this number.
    Lane(usize, LaneMove),
    /// To the next bookmark, or to the one before.
    ToBookmark(bool),
    /// Take the bookmark that is this statement out of the script.
    RemoveBookmark(usize),
    /// Do something with the branch with this number.
    Branch(u32, ForBranch),

    /// The stage has this size, in pixels.
    Resized(f64, f64),
    /// Show all of it.
    Fit,
    /// Zoom about the middle.
    Zoom(f64),
    /// A hand did something on the stage.
    Hand(Input),
    /// A node got the keyboard focus.
    Focused(NodeId),
    /// A key went down.
    Key(Key),

    /// Look closely at something.
    Select(Selection),
    /// Look at nothing in particular.
    Unselect,
    /// Show or hide the script.
    ToggleScript,
    /// Open this panel; close it when it is open.
    Open(Panel),
    /// Close the panel on the right.
    ClosePanel,
    /// Open or close what lies over the page.
    SetDialog(Option<Dialog>),
    /// Open or close the menu.
    SetMenu(bool),
    /// Show nothing but the picture, its words and the time, large; or the
    /// whole page again.
    Present(bool),
    /// Let single letters act, or not.
    SetLetters(bool),
    /// The notice was read.
    DismissNotice,
    /// The notice with this number was shown for a while.
    Fade(u64),
    /// The first visit's suggestion was read.
    DismissHint,

    /// The script was typed in.
    Typed(String),
    /// A pause in typing after the edit with this number.
    Settle(u64),
    /// Lay the script out.
    Format,
    /// Back to the text before.
    Undo,
    /// Forward again.
    Redo,
    /// Show the place of a finding.
    ShowFault(usize),
    /// A file was opened: name and text, or why not.
    Opened(Result<(String, String), String>),
    /// A scenario of the gallery.
    OpenScenario(usize),

    /// A field was filled in.
    Fill(&'static str, &'static str, String),
    /// A form was sent.
    Submit(&'static str),
    /// Connect two things.
    Connect(NodeId, NodeId),
    /// Remove a thing.
    Delete(NodeId),
    /// Remove what was asked about, with all that hangs on it.
    DeleteAll,
    /// Remove the binding with this number in the inspector.
    Unbind(usize),
    /// Make a client start, stop or crash.
    Tell(Command, NodeId),
    /// Drop a queue's ready messages.
    Purge(NodeId),
    /// Take one message of a queue.
    GetOne(NodeId),

    /// Let the person choose a file.
    ChooseFile,
    /// Save the script.
    Download,
    /// Put the script on the clipboard.
    CopyScript,
    /// Put the link that was made on the clipboard.
    CopyLink,
    /// Put the picture on the clipboard.
    CopyPicture,
    /// Save the picture.
    DownloadPicture,
    /// Something was put on the clipboard, or not.
    Copied(bool),

    /// Make a link of what is on the stage.
    Share,
    /// An address was made with this link in it, or why not.
    Shared(Result<(String, Box<Link>), String>),
    /// The page's address has this behind its `#` now.
    Address(String),
    /// A link's scenario was unpacked, or why not.
    Followed(Box<Link>, Result<String, String>),
}

impl Msg {
    /// Whether it asks for nothing but to watch: to play, to stop, to go
    /// elsewhere in time. That much the first page does alone.
    #[must_use]
    pub fn only_watches(&self) -> bool {
        match self {
            Self::Frame(_)
            | Self::Toggle
            | Self::SetRate(_)
            | Self::StepForward
            | Self::StepBack
            | Self::Seek(_)
            | Self::ToStart
            | Self::ToEnd
            | Self::Cancel
            | Self::Hold(_)
            | Self::Resized(..)
            | Self::Fade(_)
            | Self::Settle(_) => true,
            Self::Key(key) if key.command => false,
            Self::Key(key) => match (key.name.as_str(), key.focus) {
                ("k" | "." | "," | "[" | "]", focus) => focus != Focus::Typing,
                (" " | "Home" | "End", Focus::Control | Focus::Ground) => true,
                // What moves the focus, or belongs to the control that has it.
                ("Escape" | "Delete" | "Backspace", _) => false,
                (name, Focus::Control) => name.len() > 1,
                _ => false,
            },
            _ => false,
        }
    }
}

/// What a session asks of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Send [`Msg::Settle`] with this number after a pause.
    SettleLater(u64),
    /// Send [`Msg::Fade`] with this number after a while.
    FadeLater(u64),
    /// Keep this under this name.
    Remember(&'static str, String),
    /// Save a file: name, type, content.
    Save(String, &'static str, String),
    /// Put this on the clipboard and answer with [`Msg::Copied`].
    Copy(String),
    /// Let the person choose a file and answer with [`Msg::Opened`].
    PickFile,
    /// Say this to people who listen.
    Announce(String),
    /// Select this piece of the script (UTF-16 units) in this line from 0.
    MarkScript(u32, u32, u32),
    /// Move the focus to the node with the tab stop.
    FocusNode,
    /// Move the focus to the first element of this selector.
    FocusOn(&'static str),
    /// Name the tab.
    NameTab(String),
    /// Put this after the `#` of the address.
    SetHash(String),
    /// Pack this text into this link and answer with [`Msg::Shared`].
    Pack(String, Box<Link>),
    /// Unpack the scenario of this link and answer with [`Msg::Followed`].
    Unpack(Box<Link>),
}

/// What has to be drawn again, and what else is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The picture.
    pub stage: bool,
    /// The page around it.
    pub page: bool,
    /// In this order.
    pub orders: Vec<Order>,
}

impl Update {
    pub(super) fn stage() -> Self {
        Self { stage: true, ..Self::default() }
    }

    pub(super) fn all() -> Self {
        Self { stage: true, page: true, orders: Vec::new() }
    }

    pub(super) fn page() -> Self {
        Self { page: true, ..Self::default() }
    }

    pub(super) fn with(mut self, order: Order) -> Self {
        self.orders.push(order);
        self
    }
}

/// Something to tell at the top of the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The broker's reply code, when the broker said no.
    pub code: Option<u16>,
    /// The words; the broker's own when there is a code.
    pub words: String,
    /// What it means for the person; may be empty.
    pub plain: String,
    /// Whether something went wrong.
    pub bad: bool,
}

impl Notice {
    pub(super) fn calm(words: impl Into<String>) -> Self {
        Self { code: None, words: words.into(), plain: String::new(), bad: false }
    }

    pub(super) fn bad(words: impl Into<String>) -> Self {
        Self { bad: true, ..Self::calm(words) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, command: bool, focus: Focus) -> Msg {
        Msg::Key(Key { name: name.to_owned(), command, shift: false, focus })
    }

    #[test]
    fn playing_is_watching_and_editing_is_not() {
        let watching = [
            Msg::Toggle,
            Msg::Seek(Tick(1)),
            key("k", false, Focus::Node),
            key(" ", false, Focus::Ground),
            key("Tab", false, Focus::Control),
            key("ArrowLeft", false, Focus::Control),
        ];
        assert!(watching.iter().all(Msg::only_watches), "{watching:?}");
        let more = [
            Msg::ToggleScript,
            Msg::Typed(String::new()),
            key("s", false, Focus::Control),
            key("z", true, Focus::Control),
            key("Delete", false, Focus::Control),
            key(" ", false, Focus::Node),
            key("Enter", false, Focus::Node),
        ];
        assert!(!more.iter().any(Msg::only_watches), "{more:?}");
    }
}
