//! What a hand means: pointers and wheels in, intentions out. Knows nothing of
//! the browser, so that every gesture is tested natively.

mod camera;

pub use camera::{Area, Camera, Insets, Point};

use warren_core::scenario::NodeId;

/// What lies under a pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hit {
    /// Nothing.
    #[default]
    Ground,
    /// A node's body.
    Node(NodeId),
    /// The handle of a node, from which a line can be pulled.
    Handle(NodeId),
    /// A message, by its label.
    Message(String),
}

/// What kind of pointer it is; fingers tremble more than mice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// Mouse or pen.
    #[default]
    Mouse,
    /// A finger.
    Touch,
}

/// What a hand did.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A pointer went down.
    Down {
        /// Which pointer.
        pointer: i32,
        /// Where.
        at: Point,
        /// On what.
        hit: Hit,
        /// With what.
        device: Device,
    },
    /// A pointer that is down moved.
    Move {
        /// Which pointer.
        pointer: i32,
        /// Where to.
        at: Point,
        /// Over what it is now.
        over: Hit,
    },
    /// A pointer went up.
    Up {
        /// Which pointer.
        pointer: i32,
        /// Over what.
        over: Hit,
    },
    /// The system took the pointer away.
    Cancel {
        /// Which pointer.
        pointer: i32,
    },
    /// A wheel turned.
    Wheel {
        /// Where the pointer is.
        at: Point,
        /// How far, in pixels.
        by: Point,
        /// Whether it means zoom (control is down, or a trackpad pinch).
        zoom: bool,
    },
}

/// What the hand means by it.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Move the picture by so many pixels.
    Pan(Point),
    /// Zoom by a factor about a pixel.
    Zoom(Point, f64),
    /// Select this; the ground clears the selection.
    Choose(Hit),
    /// A node is held, this many pixels from where it was.
    Carry(NodeId, Point),
    /// A node was let go, this many pixels from where it was.
    Put(NodeId, Point),
    /// A line is pulled out of a node to a pixel, over a node perhaps.
    Pull {
        /// Out of which node.
        from: NodeId,
        /// To which pixel.
        to: Point,
        /// Over which node.
        over: Option<NodeId>,
    },
    /// The pulled line was let go over a node.
    Connect(NodeId, NodeId),
    /// Whatever was going on is off.
    Abandon,
}

/// What is going on.
#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    #[default]
    Idle,
    /// Down, and not yet far enough to be a drag.
    Pressed {
        start: Point,
        hit: Hit,
        device: Device,
    },
    Panning {
        last: Point,
    },
    Carrying {
        node: NodeId,
        start: Point,
        last: Point,
    },
    Pulling {
        from: NodeId,
    },
    Pinching {
        apart: f64,
        middle: Point,
    },
}

/// The gestures of one stage.
#[derive(Clone, Debug, Default)]
pub struct Gestures {
    state: State,
    /// Pointers that are down, in the order they went down.
    down: Vec<(i32, Point)>,
}

impl Gestures {
    /// Pixels a mouse may move while it clicks.
    const SLACK: f64 = 4.0;
    /// Pixels a finger may move while it taps.
    const TOUCH_SLACK: f64 = 9.0;

    /// Whether something is held, so that the cursor can show it.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !matches!(self.state, State::Idle)
    }

    /// Whether the ground is being moved.
    #[must_use]
    pub fn is_panning(&self) -> bool {
        matches!(self.state, State::Panning { .. } | State::Pinching { .. })
    }

    /// Takes what a hand did; says what it means.
    pub fn take(&mut self, input: Input) -> Vec<Intent> {
        match input {
            Input::Down { pointer, at, hit, device } => self.press(pointer, at, hit, device),
            Input::Move { pointer, at, over } => self.shift(pointer, at, over),
            Input::Up { pointer, over } => self.release(pointer, over),
            Input::Cancel { pointer } => self.cancel(pointer),
            Input::Wheel { at, by, zoom: true } => {
                let turn = by.y.clamp(-120.0, 120.0);
                vec![Intent::Zoom(at, (-turn * 0.004).exp())]
            }
            Input::Wheel { by, zoom: false, .. } => vec![Intent::Pan(Point::new(-by.x, -by.y))],
        }
    }

    fn press(&mut self, pointer: i32, at: Point, hit: Hit, device: Device) -> Vec<Intent> {
        self.down.retain(|(id, _)| *id != pointer);
        self.down.push((pointer, at));
        match self.down.as_slice() {
            [_] => {
                self.state = State::Pressed { start: at, hit, device };
                Vec::new()
            }
            [(_, a), (_, b)] => {
                let held = matches!(self.state, State::Carrying { .. } | State::Pulling { .. });
                self.state = State::Pinching { apart: a.distance(*b), middle: a.middle(*b) };
                if held { vec![Intent::Abandon] } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    fn shift(&mut self, pointer: i32, at: Point, over: Hit) -> Vec<Intent> {
        let Some(entry) = self.down.iter_mut().find(|(id, _)| *id == pointer) else {
            return Vec::new();
        };
        entry.1 = at;
        match &mut self.state {
            State::Idle => Vec::new(),
            State::Pressed { start, hit, device } => {
                let slack = match device {
                    Device::Mouse => Self::SLACK,
                    Device::Touch => Self::TOUCH_SLACK,
                };
                let start = *start;
                if start.distance(at) < slack {
                    return Vec::new();
                }
                self.state = match core::mem::take(hit) {
                    Hit::Node(node) => State::Carrying { node, start, last: start },
                    Hit::Handle(from) => State::Pulling { from },
                    Hit::Ground | Hit::Message(_) => State::Panning { last: start },
                };
                self.shift(pointer, at, over)
            }
            State::Panning { last } => {
                let by = Point::new(at.x - last.x, at.y - last.y);
                *last = at;
                vec![Intent::Pan(by)]
            }
            State::Carrying { node, start, last } => {
                *last = at;
                vec![Intent::Carry(node.clone(), Point::new(at.x - start.x, at.y - start.y))]
            }
            State::Pulling { from } => {
                let over = node_of(over).filter(|node| node != from);
                vec![Intent::Pull { from: from.clone(), to: at, over }]
            }
            State::Pinching { apart, middle } => {
                let [(_, a), (_, b), ..] = self.down.as_slice() else { return Vec::new() };
                let (now_apart, now_middle) = (a.distance(*b), a.middle(*b));
                let by = Point::new(now_middle.x - middle.x, now_middle.y - middle.y);
                let factor = if *apart > 1.0 { now_apart / *apart } else { 1.0 };
                (*apart, *middle) = (now_apart, now_middle);
                vec![Intent::Pan(by), Intent::Zoom(now_middle, factor)]
            }
        }
    }

    fn release(&mut self, pointer: i32, over: Hit) -> Vec<Intent> {
        let known = self.down.len();
        self.down.retain(|(id, _)| *id != pointer);
        if self.down.len() == known {
            return Vec::new();
        }
        match core::mem::take(&mut self.state) {
            State::Pressed { hit, .. } => vec![Intent::Choose(match hit {
                Hit::Handle(node) => Hit::Node(node),
                other => other,
            })],
            State::Carrying { node, start, last } => {
                vec![Intent::Put(node, Point::new(last.x - start.x, last.y - start.y))]
            }
            State::Pulling { from } => match node_of(over) {
                Some(to) if to != from => vec![Intent::Connect(from, to)],
                _ => vec![Intent::Abandon],
            },
            // The finger that stays goes on moving the ground.
            State::Pinching { .. } => {
                if let [(_, last)] = self.down.as_slice() {
                    self.state = State::Panning { last: *last };
                }
                Vec::new()
            }
            State::Idle | State::Panning { .. } => Vec::new(),
        }
    }

    fn cancel(&mut self, pointer: i32) -> Vec<Intent> {
        self.down.retain(|(id, _)| *id != pointer);
        match core::mem::take(&mut self.state) {
            State::Idle => Vec::new(),
            _ => vec![Intent::Abandon],
        }
    }

    /// Lets go of everything (Escape).
    pub fn abandon(&mut self) -> Vec<Intent> {
        match core::mem::take(&mut self.state) {
            State::Carrying { .. } | State::Pulling { .. } => vec![Intent::Abandon],
            _ => Vec::new(),
        }
    }
}

fn node_of(hit: Hit) -> Option<NodeId> {
    match hit {
        Hit::Node(node) | Hit::Handle(node) => Some(node),
        Hit::Ground | Hit::Message(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(name: &str) -> NodeId {
        NodeId::Queue(name.into())
    }
    fn exchange(name: &str) -> NodeId {
        NodeId::Exchange(name.into())
    }
    fn at(x: f64, y: f64) -> Point {
        Point::new(x, y)
    }
    fn down(hit: Hit, x: f64, y: f64) -> Input {
        Input::Down { pointer: 1, at: at(x, y), hit, device: Device::Mouse }
    }
    fn to(over: Hit, x: f64, y: f64) -> Input {
        Input::Move { pointer: 1, at: at(x, y), over }
    }
    fn up(over: Hit) -> Input {
        Input::Up { pointer: 1, over }
    }
    fn play(inputs: impl IntoIterator<Item = Input>) -> Vec<Intent> {
        let mut gestures = Gestures::default();
        let out = inputs.into_iter().flat_map(|input| gestures.take(input)).collect();
        assert!(!gestures.is_busy(), "something is still held");
        out
    }

    #[test]
    fn a_trembling_click_selects() {
        let q = || Hit::Node(queue("q"));
        assert_eq!(
            play([down(q(), 10.0, 10.0), to(q(), 12.0, 11.0), up(q())]),
            [Intent::Choose(q())]
        );
        assert_eq!(
            play([down(Hit::Ground, 0.0, 0.0), up(Hit::Ground)]),
            [Intent::Choose(Hit::Ground)]
        );
    }

    #[test]
    fn a_finger_may_tremble_more_than_a_mouse() {
        let mut gestures = Gestures::default();
        let hit = Hit::Node(queue("q"));
        let device = Device::Touch;
        gestures.take(Input::Down { pointer: 7, at: at(0.0, 0.0), hit: hit.clone(), device });
        assert_eq!(
            gestures.take(Input::Move { pointer: 7, at: at(6.0, 5.0), over: Hit::Ground }),
            []
        );
        assert_eq!(
            gestures.take(Input::Up { pointer: 7, over: hit.clone() }),
            [Intent::Choose(hit)]
        );
    }

    #[test]
    fn dragging_the_ground_pans() {
        assert_eq!(
            play([
                down(Hit::Ground, 0.0, 0.0),
                to(Hit::Ground, 10.0, 0.0),
                to(Hit::Ground, 15.0, 5.0),
                up(Hit::Ground)
            ]),
            [Intent::Pan(at(10.0, 0.0)), Intent::Pan(at(5.0, 5.0))]
        );
    }

    #[test]
    fn dragging_a_node_carries_and_puts_it() {
        let hit = Hit::Node(queue("q"));
        assert_eq!(
            play([down(hit.clone(), 5.0, 5.0), to(Hit::Ground, 25.0, 5.0), up(Hit::Ground)]),
            [Intent::Carry(queue("q"), at(20.0, 0.0)), Intent::Put(queue("q"), at(20.0, 0.0))]
        );
    }

    #[test]
    fn pulling_a_handle_onto_a_node_connects() {
        let q = || Hit::Node(queue("q"));
        assert_eq!(
            play([
                down(Hit::Handle(exchange("x")), 0.0, 0.0),
                to(Hit::Ground, 50.0, 0.0),
                to(q(), 90.0, 0.0),
                up(q()),
            ]),
            [
                Intent::Pull { from: exchange("x"), to: at(50.0, 0.0), over: None },
                Intent::Pull { from: exchange("x"), to: at(90.0, 0.0), over: Some(queue("q")) },
                Intent::Connect(exchange("x"), queue("q")),
            ]
        );
    }

    #[test]
    fn letting_go_over_nothing_connects_nothing() {
        assert_eq!(
            play([
                down(Hit::Handle(exchange("x")), 0.0, 0.0),
                to(Hit::Ground, 50.0, 0.0),
                up(Hit::Ground),
            ])
            .last(),
            Some(&Intent::Abandon)
        );
    }

    #[test]
    fn two_fingers_zoom_about_their_middle() {
        let mut gestures = Gestures::default();
        let touch = |pointer, x| Input::Down {
            pointer,
            at: at(x, 100.0),
            hit: Hit::Ground,
            device: Device::Touch,
        };
        gestures.take(touch(1, 100.0));
        gestures.take(touch(2, 200.0));
        let out =
            gestures.take(Input::Move { pointer: 2, at: at(300.0, 100.0), over: Hit::Ground });
        assert_eq!(out, [Intent::Pan(at(50.0, 0.0)), Intent::Zoom(at(200.0, 100.0), 2.0)]);
        gestures.take(Input::Up { pointer: 1, over: Hit::Ground });
        let out =
            gestures.take(Input::Move { pointer: 2, at: at(310.0, 100.0), over: Hit::Ground });
        assert_eq!(out, [Intent::Pan(at(10.0, 0.0))]);
        gestures.take(Input::Up { pointer: 2, over: Hit::Ground });
        assert!(!gestures.is_busy());
    }

    #[test]
    fn a_second_finger_lets_go_of_what_the_first_carries() {
        let mut gestures = Gestures::default();
        gestures.take(down(Hit::Node(queue("q")), 0.0, 0.0));
        gestures.take(to(Hit::Ground, 40.0, 0.0));
        let second =
            Input::Down { pointer: 2, at: at(90.0, 0.0), hit: Hit::Ground, device: Device::Touch };
        assert_eq!(gestures.take(second), [Intent::Abandon]);
    }

    #[test]
    fn the_wheel_pans_and_with_control_zooms() {
        let wheel = |zoom| Input::Wheel { at: at(5.0, 5.0), by: at(3.0, 40.0), zoom };
        assert_eq!(play([wheel(false)]), [Intent::Pan(at(-3.0, -40.0))]);
        let out = play([wheel(true)]);
        assert!(matches!(out.as_slice(), [Intent::Zoom(_, f)] if *f < 1.0 && *f > 0.8), "{out:?}");
    }

    #[test]
    fn strange_pointers_are_ignored() {
        assert_eq!(play([to(Hit::Ground, 4.0, 4.0), up(Hit::Ground)]), []);
        let mut gestures = Gestures::default();
        gestures.take(down(Hit::Node(queue("q")), 0.0, 0.0));
        assert_eq!(gestures.take(Input::Cancel { pointer: 1 }), [Intent::Abandon]);
        assert!(!gestures.is_busy());
    }
}
