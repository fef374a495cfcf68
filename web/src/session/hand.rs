//! What happens on the stage: camera, carrying, pulling lines.

use super::connect::{Meaning, meaning, targets};
use super::form::FormKind;
use super::look::Pull;
use super::message::{Msg, Notice, Order, Panel, Selection, Update};
use super::{Session, walk};
use crate::gesture::{Camera, Hit, Intent, Point};
use warren_core::scenario::{Destination, NodeId};

impl Session {
    pub(super) fn on_stage(&mut self, msg: Msg) -> Update {
        match msg {
            Msg::Resized(width, height) => {
                self.stage = (width, height);
                self.show.set_narrow(self.is_narrow());
                if self.moved {
                    return Update::stage();
                }
                self.fit()
            }
            Msg::Fit => {
                self.moved = false;
                self.fit()
            }
            Msg::Zoom(factor) => {
                self.moved = true;
                self.camera.zoom(Point::new(self.stage.0 / 2.0, self.stage.1 / 2.0), factor);
                Update::stage()
            }
            Msg::Hand(input) => {
                let intents = self.gestures.take(input);
                let mut update = Update::default();
                for intent in intents {
                    let more = self.intend(intent);
                    update.stage |= more.stage;
                    update.page |= more.page;
                    update.orders.extend(more.orders);
                }
                update
            }
            Msg::Focused(node) => {
                if let Some(place) = self.show.place(&node) {
                    let (width, height) = self.stage;
                    let insets = self.insets();
                    self.camera.reveal(place, width, height, insets);
                }
                self.cursor = Some(node);
                Update::stage()
            }
            Msg::Connect(from, to) => self.connect(&from, &to),
            _ => Update::default(),
        }
    }

    pub(super) fn fit(&mut self) -> Update {
        let (width, height) = self.stage;
        if width > 0.0 {
            if let Some(view) = self.view.take().filter(|_| !self.show.is_narrow()) {
                let (x, y) = (f64::from(view.x), f64::from(view.y));
                self.camera =
                    Camera::about(Point::new(x, y), f64::from(view.zoom) / 100.0, width, height);
                self.moved = true;
                return Update::stage();
            }
            let fit = match (self.show.is_narrow(), self.presenting) {
                (true, _) => Camera::fit_width,
                (false, true) => Camera::fit_large,
                (false, false) => Camera::fit,
            };
            self.camera = fit(self.show.area(), width, height, self.insets());
            // What is looked at closely is seen beside its panel.
            if let (Some(Panel::Inspect), Some(Selection::Node(node))) =
                (&self.panel, &self.selection)
                && let Some(place) = self.show.place(node)
            {
                self.camera.reveal(place, width, height, self.insets());
            }
        }
        Update::stage()
    }

    fn intend(&mut self, intent: Intent) -> Update {
        match intent {
            Intent::Pan(by) => {
                self.moved = true;
                self.camera.pan(by);
                Update::stage()
            }
            Intent::Zoom(about, factor) => {
                self.moved = true;
                self.camera.zoom(about, factor);
                Update::stage()
            }
            Intent::Choose(Hit::Node(node) | Hit::Handle(node)) => {
                self.take(Msg::Select(Selection::Node(node)))
            }
            Intent::Choose(Hit::Message(label)) => {
                self.take(Msg::Select(Selection::Message(label)))
            }
            Intent::Choose(Hit::Ground) => self.take(Msg::Unselect),
            // There everything is placed by itself: a hand moves the picture.
            Intent::Carry(_, by) if self.show.is_narrow() => {
                let last = core::mem::replace(&mut self.dragged, by);
                self.intend(Intent::Pan(Point::new(by.x - last.x, by.y - last.y)))
            }
            Intent::Put(..) if self.show.is_narrow() => {
                self.dragged = Point::default();
                Update::stage()
            }
            Intent::Carry(node, by) => {
                let to = self.carried_to(&node, by);
                self.show.carry(&node, to);
                self.carried = Some(node);
                Update::stage()
            }
            Intent::Put(node, by) => {
                let to = self.carried_to(&node, by);
                self.carried = None;
                self.moved = true;
                self.place(&node, to)
            }
            Intent::Pull { from, to, over } => {
                let reason = over.as_ref().and_then(|over| self.why_not(&from, over));
                let frame = self.show.frame(self.playback.now()).clone();
                let possible = targets(self.show.document(), &frame, &from);
                let news = self.pull.as_ref().is_none_or(|old| old.over != over);
                self.pull = Some(Pull { from, to: self.unit(to), over, reason, possible });
                Update { stage: true, page: news, orders: Vec::new() }
            }
            Intent::Connect(from, to) => {
                self.pull = None;
                self.connect(&from, &to)
            }
            Intent::Abandon => {
                self.dragged = Point::default();
                self.pull = None;
                if self.carried.take().is_some() {
                    self.show.let_go();
                }
                Update::all()
            }
        }
    }

    /// Where a node that is held stands; on the picture's grid.
    fn carried_to(&self, node: &NodeId, by: Point) -> Point {
        let cast = self.show.cast.nodes.iter().find(|n| n.id == *node);
        let placed = cast.and_then(|n| n.placed);
        let home = placed.map(|(x, y)| Point::new(f64::from(x), f64::from(y)));
        let automatic = || warren_core::draw::layout(&self.show.cast);
        let home = home.unwrap_or_else(|| {
            let place = automatic().nodes.get(node).map(|place| place.centre);
            place.map_or_else(Point::default, |c| Point::new(c.x, c.y))
        });
        let snap = |value: f64| (value / 8.0).round() * 8.0;
        let scale = self.camera.scale;
        Point::new(snap(home.x + by.x / scale), snap(home.y + by.y / scale))
    }

    fn why_not(&mut self, from: &NodeId, to: &NodeId) -> Option<&'static str> {
        let frame = self.show.frame(self.playback.now()).clone();
        match meaning(self.show.document(), &frame, from, to) {
            Meaning::Nothing(reason) => Some(reason),
            _ => None,
        }
    }

    fn connect(&mut self, from: &NodeId, to: &NodeId) -> Update {
        let frame = self.show.frame(self.playback.now()).clone();
        match meaning(self.show.document(), &frame, from, to) {
            Meaning::Nothing(reason) => {
                self.notice = Some(Notice::calm(reason));
                Update::all().with(Order::Announce(reason.to_owned()))
            }
            Meaning::Bind(source, destination) => self.start_binding(source, destination),
            Meaning::Declare(index, statement) => {
                let done = self.declare(index, *statement);
                self.after_edit(done, None)
            }
        }
    }

    /// Some types have no use for a key; the others are asked for one.
    fn start_binding(
        &mut self,
        source: warren_core::broker::Name,
        destination: Destination,
    ) -> Update {
        let frame = self.show.frame(self.playback.now());
        let any_key = frame.nodes.iter().any(|node| {
            matches!(&node.body, warren_core::frame::NodeBody::Exchange { kind, .. }
                if warren_core::frame::ignores_key(kind))
                && node.id == NodeId::Exchange(source.clone())
        });
        let kind = FormKind::Bind(source, destination);
        if any_key {
            self.start_form(kind);
            return self.take(Msg::Submit("bind"));
        }
        self.panel = None;
        self.open(Panel::Form(kind))
    }

    /// The tab stop stays where it is, as long as there is something: without
    /// one, the things on the stage are out of a keyboard's reach.
    pub(super) fn keep_cursor(&mut self) {
        let (now, cursor) = (self.playback.now(), self.cursor.take());
        self.cursor = self.show.with_frame(now, |frame, place| {
            let there = |id: &NodeId| frame.nodes.iter().any(|node| node.id == *id);
            cursor.filter(there).or_else(|| walk::first(frame, place))
        });
    }

    pub(super) fn walk(&mut self, direction: super::Direction) -> Update {
        let (now, cursor) = (self.playback.now(), self.cursor.clone());
        let to = self.show.with_frame(now, |frame, place| {
            match cursor.filter(|c| frame.nodes.iter().any(|n| n.id == *c)) {
                Some(from) => walk::neighbour(frame, place, &from, direction),
                None => walk::first(frame, place),
            }
        });
        match to {
            Some(to) => {
                self.cursor = Some(to);
                Update::stage().with(Order::FocusNode)
            }
            None => Update::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SMALL, node, open};
    use super::super::{Msg, Panel, Selection};
    use crate::gesture::{Device, Hit, Input, Point};
    use warren_core::time::Tick;

    #[test]
    fn there_is_a_tab_stop_at_every_instant() {
        let mut session = open("warren 1\nqueue a\nat 1s queue b\nend 3s\n");
        session.update(Msg::Seek(Tick(2_000_000)));
        session.update(Msg::Focused(node("q:b")));
        session.update(Msg::Delete(node("q:b")));
        assert!(session.text.contains("at 2s delete queue b"), "{}", session.text);
        assert_eq!(session.cursor, Some(node("q:a")));
        session.update(Msg::Seek(Tick(1_500_000)));
        session.update(Msg::Focused(node("q:b")));
        session.update(Msg::Seek(Tick::ZERO));
        assert_eq!(session.cursor, Some(node("q:a")));
    }

    #[test]
    fn every_connection_is_named() {
        let mut session = open("warren 1\nqueue q\npublisher p -> queue q once body \"x\"\n");
        session.update(Msg::Select(Selection::Node(node("x:"))));
        let names = |session: &super::Session| {
            let all = session.seen.connections.iter();
            all.map(|(_, _, words)| words.clone()).collect::<Vec<_>>().join("; ")
        };
        let words = names(&session);
        assert!(words.contains("bind the default exchange to queue q"), "{words}");
        session.update(Msg::Connect(node("x:"), node("q:q")));
        session.update(Msg::Submit("bind"));
        let refused = format!("{:?}", session.forms[0].refusal);
        assert!(refused.contains("operation not permitted on the default exchange"), "{refused}");
    }

    #[test]
    fn on_a_phone_things_stand_below_each_other_and_a_hand_moves_the_picture() {
        let placed = format!("{SMALL}place queue billing 900 40\n");
        let mut session = open(&placed);
        assert_eq!(session.show.place(&node("q:billing")), Some(Point::new(900.0, 40.0)));
        session.update(Msg::Resized(390.0, 680.0));
        let place = |session: &super::Session, name| session.show.place(&node(name)).unwrap();
        let (shop, billing) = (place(&session, "c:shop"), place(&session, "q:billing"));
        assert!(billing.y > shop.y && billing.x < 390.0, "{shop:?} {billing:?}");

        let before = session.camera.offset;
        let hit = || Hit::Node(node("q:billing"));
        let (pointer, at) = (1, Point::new(100.0, 300.0));
        session.update(Msg::Hand(Input::Down { pointer, at, hit: hit(), device: Device::Touch }));
        for y in [250.0, 200.0, 150.0] {
            let at = Point::new(100.0, y);
            session.update(Msg::Hand(Input::Move { pointer, at, over: hit() }));
        }
        session.update(Msg::Hand(Input::Up { pointer, over: hit() }));
        assert_eq!(session.text, placed, "nothing is put anywhere");
        assert_eq!(place(&session, "q:billing"), billing);
        assert!((session.camera.offset.y - (before.y - 150.0)).abs() < 1.0);

        session.update(Msg::Hand(Input::Down { pointer, at, hit: hit(), device: Device::Touch }));
        session.update(Msg::Hand(Input::Up { pointer, over: hit() }));
        assert_eq!(session.panel, Some(Panel::Inspect), "a tap still chooses");

        session.update(Msg::Resized(844.0, 300.0));
        assert_eq!(place(&session, "q:billing"), Point::new(900.0, 40.0));
    }
}
