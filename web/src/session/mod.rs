//! The playground without the browser: what is shown, what a person did, and
//! what follows from it. `update` is the only way in; what it cannot do by
//! itself it gives back as orders.

mod ahead;
mod bookmarks;
mod branches;
mod charts;
mod connect;
mod delete;
mod edit;
pub mod form;
mod gallery;
mod hand;
mod history;
mod keys;
mod lanes;
mod look;
mod marks;
mod message;
mod opening;
mod page;
mod playback;
mod script;
mod share;
mod show;
mod time;
mod walk;

pub use ahead::Goal;
pub use bookmarks::Bookmark;
pub use branches::{Branch, ForBranch, Parting, Rest};
pub use charts::{CHART_HIGH, CHART_WIDE, Chart};
pub use connect::{Meaning, meaning, targets};
pub use delete::Doomed;
pub use gallery::{Exhibit, exhibits};
pub use keys::KEYS;
pub use lanes::{LANE_HIGH, LANE_WIDE, Lane, LaneMove};
pub use look::{Check, Pull, Seen, spoken};
pub use message::{
    Command, Dialog, Direction, Focus, Key, Msg, Notice, Order, Panel, Selection, Update,
};
pub use playback::{Motion, Playback, Rate};
pub use script::Fault;
pub use share::Shared;
pub use show::Show;

use crate::gesture::{Camera, Gestures, Point};
use form::Form;
use history::History;
use opening::{Opening, empty_show};
use warren_core::link::View;
use warren_core::scenario::NodeId;
use warren_core::time::Tick;

/// How a session starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// What the address names: a scenario of the gallery, or a link.
    pub scenario: Option<String>,
    /// A script that was being worked on when the page was left.
    pub draft: Option<String>,
    /// The branches that were kept with it.
    pub branches: Option<String>,
    /// Less motion is wanted.
    pub calm: bool,
    /// Nobody was here before on this machine.
    pub first_visit: bool,
    /// Single letters shall not act.
    pub no_letters: bool,
}

/// Everything one playground is.
pub struct Session {
    /// The script as it is written, faults and all.
    pub text: String,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// The last good state.
    pub show: Show,
    /// The playhead.
    pub playback: Playback,
    /// What is looked at closely.
    pub selection: Option<Selection>,
    /// The node with the tab stop.
    pub cursor: Option<NodeId>,
    /// Whether the script is open.
    pub script_open: bool,
    /// The panel on the right.
    pub panel: Option<Panel>,
    /// What lies over the page.
    pub dialog: Option<Dialog>,
    /// Whether the menu is open.
    pub menu: bool,
    /// Whether what happens to each client and queue is unfolded.
    pub lanes_open: bool,
    /// Whether only the picture, its words and the time are shown.
    pub presenting: bool,
    /// Whether single letters act.
    pub letters: bool,
    /// The forms that are on the page.
    pub forms: Vec<Form>,
    /// What is to be told.
    pub notice: Option<Notice>,
    /// Whether the first visit's suggestion is shown.
    pub hint: bool,
    /// What part of the picture is seen.
    pub camera: Camera,
    /// The scenarios to choose from; none before somebody asked for them.
    pub gallery: Vec<Exhibit>,
    /// Which of them was opened last.
    pub exhibit: Option<usize>,
    /// Whether the script began as one of them.
    from_gallery: bool,
    /// What is to be deleted, once that was confirmed.
    pub doomed: Option<Doomed>,
    /// The link that was made last.
    pub shared: Option<Shared>,
    /// All that the page shows of the present instant.
    pub seen: Seen,
    marks: marks::Marks,
    charts: charts::Charts,
    lanes: lanes::Lanes,
    branches: branches::Branches,
    /// What of the run is waited for.
    goal: Option<Goal>,
    /// Refusals that the findings tell.
    refused: usize,
    /// Whether the page knows the run to its end.
    complete: bool,
    /// The progress the page shows.
    told_progress: u8,
    history: History,
    gestures: Gestures,
    carried: Option<NodeId>,
    /// How far a hand has moved the picture by a thing on it.
    dragged: Point,
    pull: Option<Pull>,
    stage: (f64, f64),
    /// The person has moved the picture: it is not fitted by itself any more.
    moved: bool,
    /// What a link wants to be seen, until the size of the stage is known.
    view: Option<View>,
    revision: u64,
    told: Tick,
    since_page: f64,
    since_told: f64,
    notices: u64,
}

impl Session {
    /// A stage narrower than this is not narrowed by a second panel.
    const ROOM_FOR_ANOTHER: f64 = 1_040.0;

    /// On a stage no wider than this, words and buttons stand above and below
    /// the picture and not over it; the style sheet has the same number.
    const WORDS_BESIDE: f64 = 760.0;

    /// A session at its start, playing unless less motion is wanted.
    #[must_use]
    pub fn new(start: Start) -> (Self, Vec<Order>) {
        let gallery = start.scenario.as_ref().map_or_else(Vec::new, |_| exhibits());
        let opening = Opening::new(start.scenario.as_deref(), start.draft, &gallery);
        let Opening { text, exhibit, drafted, mut orders, notice } = opening;
        let kept = start.branches.filter(|_| drafted);
        let (show, faults) = match Show::read(&text) {
            Ok((show, findings)) => {
                let faults = script::faults(&text, &findings, &show);
                (show, faults)
            }
            Err(findings) => (empty_show(), script::findings(&text, &findings)),
        };
        let mut playback = Playback::default();
        playback.motion = if start.calm { Motion::Stepped } else { Motion::Smooth };
        let script_open = faults.iter().any(|fault| fault.is_error);
        let mut session = Self {
            text,
            faults,
            show,
            playback,
            selection: None,
            cursor: None,
            script_open,
            panel: None,
            dialog: None,
            menu: false,
            lanes_open: false,
            presenting: false,
            letters: !start.no_letters,
            forms: Vec::new(),
            notice,
            hint: start.first_visit,
            camera: Camera::default(),
            gallery,
            exhibit,
            from_gallery: exhibit.is_some(),
            doomed: None,
            shared: None,
            seen: Seen::default(),
            marks: marks::Marks::default(),
            charts: charts::Charts::default(),
            lanes: lanes::Lanes::default(),
            branches: kept.as_deref().map(branches::Branches::read).unwrap_or_default(),
            goal: None,
            refused: 0,
            complete: false,
            told_progress: 0,
            history: History::default(),
            gestures: Gestures::default(),
            carried: None,
            dragged: Point::default(),
            pull: None,
            stage: (0.0, 0.0),
            moved: false,
            view: None,
            revision: 0,
            told: Tick::ZERO,
            since_page: 0.0,
            since_told: 0.0,
            notices: 0,
        };
        if session.playback.motion == Motion::Smooth {
            session.playback.play(session.show.timeline.end());
        }
        session.begin();
        session.refresh();
        orders.push(Order::NameTab(session.title()));
        (session, orders)
    }

    /// The scenarios to choose from, also when nobody asked for them before.
    fn filled_gallery(&mut self) -> &[Exhibit] {
        if self.gallery.is_empty() {
            self.gallery = exhibits();
        }
        &self.gallery
    }

    /// The instant that is shown.
    #[must_use]
    pub fn now(&self) -> Tick {
        self.playback.now()
    }

    /// Where the run ends.
    #[must_use]
    pub fn end(&self) -> Tick {
        self.show.timeline.end()
    }

    /// The scenario's title, or what to call it without one.
    #[must_use]
    pub fn title(&self) -> String {
        self.show.document().title.clone().unwrap_or_else(|| "Untitled scenario".to_owned())
    }

    /// Whether this is a scenario of the gallery that was changed.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        self.from_gallery && self.exhibit.is_none()
    }

    /// Whether animation frames are wanted.
    #[must_use]
    pub fn wants_frames(&self) -> bool {
        // One more frame takes notice of the end of the run.
        self.playback.wants_frames() || !self.complete || self.goal.is_some() || self.compares_on()
    }

    /// Whether there is a text to go back to.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether there is a text to go forward to.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// Whether the stage is so narrow and high that things stand below each
    /// other. A panel that takes most of its height changes nothing about it.
    fn is_narrow(&self) -> bool {
        let beside = self.panel.is_some() || self.script_open || self.lanes_open;
        let (width, height) = self.stage;
        width > 0.0 && width < 560.0 && (beside || height > 0.8 * width)
    }

    /// Takes a message; says what has to be drawn and done.
    pub fn update(&mut self, msg: Msg) -> Update {
        let mut update = self.take(msg);
        self.after_leaving(&mut update);
        if update.page {
            self.since_page = 0.0;
            self.refresh();
        }
        if update.stage {
            self.keep_cursor();
        }
        if update.page && self.notice.as_ref().is_some_and(|notice| !notice.bad) {
            self.notices += 1;
            update.orders.push(Order::FadeLater(self.notices));
        }
        // What was changed is no scenario of the gallery any more.
        let kept =
            |order: &Order| matches!(order, Order::Remember("draft", text) if !text.is_empty());
        if update.orders.iter().any(kept) {
            update.orders.push(Order::SetHash(String::new()));
        }
        update.orders.dedup();
        update
    }

    fn take(&mut self, msg: Msg) -> Update {
        match msg {
            Msg::Frame(elapsed) => self.frame(elapsed),
            Msg::Toggle => self.toggle(),
            Msg::SetRate(rate) => {
                self.playback.rate = rate;
                Update::page()
            }
            Msg::StepForward => self.step(true),
            Msg::StepBack => self.step(false),
            Msg::Seek(to) => self.seek(to),
            Msg::ToStart => self.seek(Tick::ZERO),
            Msg::ToEnd => self.seek(Tick::MAX),
            Msg::Cancel => self.give_up(),
            Msg::Hold(held) => {
                self.playback.hold(held);
                Update::page()
            }
            Msg::SetMotion(_)
            | Msg::ToggleLanes
            | Msg::Lane(..)
            | Msg::ToBookmark(_)
            | Msg::RemoveBookmark(_)
            | Msg::Branch(..) => self.on_time(msg),
            Msg::Resized(..)
            | Msg::Fit
            | Msg::Zoom(_)
            | Msg::Hand(_)
            | Msg::Focused(_)
            | Msg::Connect(..) => self.on_stage(msg),
            Msg::Key(key) => self.key(&key),
            Msg::Typed(_)
            | Msg::Settle(_)
            | Msg::Format
            | Msg::Undo
            | Msg::Redo
            | Msg::ShowFault(_)
            | Msg::Opened(_)
            | Msg::OpenScenario(_)
            | Msg::ChooseFile
            | Msg::Download
            | Msg::CopyScript
            | Msg::CopyLink
            | Msg::CopyPicture
            | Msg::DownloadPicture
            | Msg::Copied(_) => self.on_script(msg),
            Msg::Share | Msg::Shared(_) | Msg::Address(_) | Msg::Followed(..) => self.on_link(msg),
            Msg::Fill(form, field, value) => self.fill(form, field, &value),
            Msg::Submit(_)
            | Msg::Delete(_)
            | Msg::DeleteAll
            | Msg::Unbind(_)
            | Msg::Tell(..)
            | Msg::Purge(_)
            | Msg::GetOne(_) => self.on_edit(msg),
            Msg::Select(_)
            | Msg::Unselect
            | Msg::ToggleScript
            | Msg::Open(_)
            | Msg::ClosePanel
            | Msg::SetDialog(_)
            | Msg::SetMenu(_)
            | Msg::Present(_)
            | Msg::SetLetters(_)
            | Msg::DismissNotice
            | Msg::Fade(_)
            | Msg::DismissHint => self.on_page(msg),
        }
    }
}

#[cfg(test)]
mod tests;
