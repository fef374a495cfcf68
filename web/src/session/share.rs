//! Links: making one of what is on the stage, and following one.

use super::message::{Dialog, Notice, Order, Selection, Update};
use super::{Msg, Session};
use crate::gesture::Point;
use warren_core::link::{Link, LinkError, View};
use warren_core::scenario::NodeId;
use warren_core::time::Tick;

/// A link that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The whole address.
    pub address: String,
    /// Whether it is on the clipboard; `None` while that is not known.
    pub copied: Option<bool>,
    /// What it shows besides the scenario, in words; empty when nothing.
    pub shows: String,
}

/// What stands behind the `#` of the page's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A scenario of the gallery, by its name.
    Named(String),
    /// A scenario of its own.
    Link(Box<Link>),
    /// A link that cannot be read.
    Broken(LinkError),
}

impl Address {
    pub(super) fn read(hash: &str) -> Self {
        match Link::read(hash) {
            Ok(link) => Self::Link(Box::new(link)),
            Err(LinkError::NoScenario) => Self::Named(hash.to_owned()),
            Err(error) => Self::Broken(error),
        }
    }
}

impl Session {
    pub(super) fn on_link(&mut self, msg: Msg) -> Update {
        self.menu = false;
        match msg {
            Msg::Share => self.share(),
            Msg::Shared(Ok((address, link))) => {
                let shows = shown_by(&link);
                let copy = Order::Copy(address.clone());
                self.shared = Some(Shared { address, copied: None, shows });
                self.dialog = Some(Dialog::Share);
                Update::page().with(copy).with(Order::FocusOn(".dialog .input"))
            }
            Msg::Shared(Err(why)) => {
                self.notice = Some(Notice {
                    plain: "Download the script and send the file instead.".to_owned(),
                    ..Notice::bad(sentence(&why))
                });
                Update::page()
            }
            Msg::Address(hash) => match Address::read(&hash) {
                Address::Link(link) => Update::page().with(Order::Unpack(link)),
                Address::Broken(error) => self.cannot_follow(&error.to_string()),
                Address::Named(name) => {
                    match self.filled_gallery().iter().position(|exhibit| exhibit.name == name) {
                        Some(index) if self.exhibit != Some(index) => {
                            self.take(Msg::OpenScenario(index))
                        }
                        Some(_) => Update::default(),
                        None if name.is_empty() => Update::default(),
                        None => self.cannot_follow(&unknown(&name)),
                    }
                }
            },
            Msg::Followed(link, Ok(text)) => self.follow(&link, text),
            Msg::Followed(_, Err(why)) => self.cannot_follow(&why),
            _ => Update::default(),
        }
    }

    /// What is on the stage now is to become a link.
    fn share(&mut self) -> Update {
        let (text, link) = (self.text.clone(), self.link());
        Update::page().with(Order::Pack(text, Box::new(link)))
    }

    /// What a link says besides the scenario. One that is made at the start
    /// plays, one that is made later shows that instant.
    fn link(&self) -> Link {
        let now = self.now();
        let selected = match &self.selection {
            Some(Selection::Node(node)) => Some(node.clone()),
            _ => None,
        };
        // A picture that fits by itself fits elsewhere as well.
        let own = self.moved && !self.show.is_narrow() && self.stage.0 > 0.0;
        let view = own.then(|| {
            let middle = self.unit(Point::new(self.stage.0 / 2.0, self.stage.1 / 2.0));
            let zoom = (self.camera.scale * 100.0).round().clamp(1.0, 6_553.0) as u16;
            View { x: middle.x.round() as i32, y: middle.y.round() as i32, zoom }
        });
        Link { packed: Vec::new(), at: (now > Tick::ZERO).then_some(now), selected, view }
    }

    /// A link's scenario takes the stage, as the link says it is looked at.
    fn follow(&mut self, link: &Link, text: String) -> Update {
        self.exhibit = None;
        self.dialog = None;
        let mut update = self.open_text(text);
        // It is somebody else's until it is changed.
        update.orders.retain(|order| !matches!(order, Order::Remember("draft", _)));
        self.view = link.view;
        self.fit();
        if let Some(at) = link.at {
            self.playback.pause();
            let sought = self.seek(at);
            update.orders.extend(sought.orders);
        }
        let there = |node: &NodeId| self.show.cast.nodes.iter().any(|n| n.id == *node);
        if let Some(node) = link.selected.clone().filter(there) {
            let chosen = self.take(Msg::Select(Selection::Node(node)));
            update.orders.extend(chosen.orders);
        }
        update
    }

    fn cannot_follow(&mut self, why: &str) -> Update {
        let notice = leads_nowhere(why);
        let words = notice.words.clone();
        self.notice = Some(notice);
        Update::page().with(Order::Announce(words))
    }
}

/// What a link says besides the scenario, in words.
fn shown_by(link: &Link) -> String {
    let mut words = link.at.map_or_else(String::new, |at| format!("at {at}"));
    if let Some(node) = &link.selected {
        let name = warren_core::draw::text::name(node);
        words
            .push_str(&format!("{}with {name} selected", if words.is_empty() { "" } else { ", " }));
    }
    words
}

/// What is told about an address that cannot be followed.
pub(super) fn leads_nowhere(why: &str) -> Notice {
    let plain = "Ask for the link again, or choose a scenario.".to_owned();
    Notice { plain, ..Notice::bad(sentence(why)) }
}

/// Words that begin a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// What is told about a name that no scenario has.
pub(super) fn unknown(name: &str) -> String {
    let name: String = name.chars().take(60).collect();
    format!("there is no scenario called {name} here")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SMALL, node, open};
    use super::*;
    use crate::session::Start;

    fn started(hash: &str) -> (Session, Vec<Order>) {
        let draft = Some("warren 1\nqueue mine\n".to_owned());
        let scenario = Some(hash.to_owned());
        Session::new(Start { scenario, draft, ..Start::default() })
    }

    #[test]
    fn what_is_shared_is_what_is_followed() {
        let mut session = open(SMALL);
        session.update(Msg::Seek(Tick(2_500_000)));
        session.update(Msg::Select(Selection::Node(node("q:billing"))));
        session.update(Msg::Zoom(1.25));
        let update = session.update(Msg::Share);
        let [Order::Pack(text, link)] = &update.orders[..] else { panic!("{:?}", update.orders) };
        assert_eq!((&**text, link.at), (SMALL, Some(Tick(2_500_000))));
        assert_eq!(link.selected, Some(node("q:billing")));
        let camera = session.camera;
        // Time may run on while the text is packed; the words tell what is shared.
        session.update(Msg::Seek(Tick(3_000_000)));
        session.update(Msg::Shared(Ok(("https://here/#w1.x".to_owned(), link.clone()))));
        assert_eq!(session.dialog, Some(Dialog::Share));
        assert_eq!(session.shared.as_ref().unwrap().shows, "at 2.5s, with queue billing selected");
        session.update(Msg::Copied(true));
        assert_eq!(session.shared.as_ref().unwrap().copied, Some(true));
        assert_eq!(session.notice, None);

        let (mut other, orders) = started("w1.");
        assert!(other.show.cast.nodes.is_empty(), "nothing is shown before it is unpacked");
        assert!(orders.iter().any(|order| matches!(order, Order::Unpack(_))));
        other.update(Msg::Resized(1000.0, 600.0));
        let update = other.update(Msg::Followed(link.clone(), Ok(SMALL.to_owned())));
        assert_eq!((&*other.text, other.now()), (SMALL, Tick(2_500_000)));
        assert_eq!(other.selection, Some(Selection::Node(node("q:billing"))));
        assert!(!other.playback.is_playing());
        assert!((other.camera.scale - camera.scale).abs() < 0.006, "{:?}", other.camera);
        let middle = Point::new(500.0, 300.0);
        assert!(other.camera.unit(middle).distance(camera.unit(middle)) < 3.0);
        let keeps = |order: &Order| matches!(order, Order::Remember("draft", _));
        assert!(!update.orders.iter().any(keeps), "a draft stays until something is changed");
    }

    #[test]
    fn a_link_made_at_the_start_plays() {
        let link = open(SMALL).link();
        assert_eq!(link, Link::default());
        let (mut session, _) = started("w1.");
        session.update(Msg::Followed(Box::new(link), Ok(SMALL.to_owned())));
        assert!(session.playback.is_playing());
    }

    #[test]
    fn a_link_that_cannot_be_read_gives_a_message_and_an_empty_stage() {
        for hash in ["w1.*", "w9.abc", "w1.abcd&at=soon", "w1.A"] {
            let (session, orders) = started(hash);
            assert!(session.notice.as_ref().is_some_and(|notice| notice.bad), "{hash}");
            assert!(session.show.cast.nodes.is_empty(), "{hash}");
            assert!(!orders.iter().any(|order| matches!(order, Order::Unpack(_))), "{hash}");
        }
        let (mut session, _) = started("w1.AAAA");
        session.update(Msg::Followed(Box::default(), Err("it is damaged".to_owned())));
        assert_eq!(session.notice.as_ref().unwrap().words, "It is damaged");
        assert!(session.show.cast.nodes.is_empty());
        // What is not there is not selected.
        let selected = Some(node("q:nowhere"));
        let link = Box::new(Link { selected, ..Link::default() });
        session.update(Msg::Followed(link, Ok(SMALL.to_owned())));
        assert_eq!(session.selection, None);
    }

    #[test]
    fn a_name_in_the_address_opens_that_scenario_and_an_unknown_one_is_told() {
        let (session, _) = started("01-hello-world");
        assert_eq!(session.exhibit, Some(0));
        let (mut session, _) = started("99-nothing");
        assert!(session.notice.as_ref().unwrap().words.contains("99-nothing"));
        session.update(Msg::Address("02-work-queues".to_owned()));
        assert_eq!(session.exhibit, Some(1));
        let text = session.text.clone();
        session.update(Msg::Address("w1.*".to_owned()));
        assert_eq!(session.text, text, "what is there stays");
    }
}
