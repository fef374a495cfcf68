//! What is kept of a recording while it goes on.

use super::Event;

/// The most that is kept of one recording: a scenario has no room for more.
const MOST_EVENTS: usize = 1_000_000;

/// What crossed the connections, as far as there is room.
pub(super) struct Notes {
    events: Vec<Event>,
    most: usize,
    missed: u64,
    over: bool,
}

impl Default for Notes {
    fn default() -> Self {
        Self::with_room(MOST_EVENTS)
    }
}

impl Notes {
    /// Room for so many events.
    pub(super) const fn with_room(most: usize) -> Self {
        Self { events: Vec::new(), most, missed: 0, over: false }
    }

    /// Keeps an event, or counts it as missed; nothing after the end. True for
    /// the first that is missed.
    pub(super) fn keep(&mut self, event: Event) -> bool {
        if self.over {
            return false;
        }
        if self.events.len() < self.most {
            self.events.push(event);
            return false;
        }
        self.missed += 1;
        self.missed == 1
    }

    /// The recording is over: what follows is the end of the port, not the
    /// clients' doing.
    pub(super) const fn end(&mut self) {
        self.over = true;
    }

    /// What is not in it, in words; `None` when all is.
    pub(super) fn missing(&self) -> Option<String> {
        let Self { most, missed, .. } = self;
        let s = if *missed == 1 { "" } else { "s" };
        (*missed > 0).then(|| format!("what came after {most} events: {missed} more event{s}"))
    }

    /// The events, in the order in which they came.
    pub(super) fn events(self) -> Vec<Event> {
        self.events
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::super::{Event, What};
    use super::Notes;
    use warren_core::broker::{
        Broker, Bytes, ConnectionId, Login, Method, Name, Profile, Properties,
    };
    use warren_core::scenario::{self, MOST_BYTES, MOST_STATEMENTS};
    use warren_core::time::Tick;

    fn publish() -> What {
        What::Method(
            1,
            Box::new(Method::Publish {
                exchange: Name::from(""),
                routing_key: Name::from("q"),
                mandatory: false,
                immediate: false,
                properties: Properties::default(),
                body: Bytes::from(b"x".to_vec()),
            }),
        )
    }

    /// A client that comes, publishes so often, one message in a millisecond,
    /// and goes.
    fn session(mut notes: Notes, messages: u64) -> (Notes, usize) {
        let mut warnings = 0;
        let login = What::Opened(Login::default(), "shop".to_owned());
        let published = (0..messages).map(|_| publish());
        for (n, what) in (0..).zip([login].into_iter().chain(published).chain([What::Gone])) {
            let event = Event { tick: Tick(n * 1_000), connection: ConnectionId(1), what };
            warnings += usize::from(notes.keep(event));
        }
        (notes, warnings)
    }

    fn told(notes: Notes) -> (String, Vec<String>) {
        let (text, lost) =
            Story::new(&Broker::new(Profile::default())).told(notes).expect("a scenario");
        assert!(!scenario::parse(&text).has_errors(), "{text:.2000}");
        (text, lost)
    }

    #[test]
    fn what_there_is_no_room_for_is_told() {
        let (notes, warnings) = session(Notes::with_room(4), 5);
        assert_eq!(warnings, 1);
        let (text, lost) = told(notes);
        assert_eq!(text.matches("publish shop -> queue q").count(), 3, "{text}");
        assert_eq!(lost, ["what came after 4 events: 3 more events"]);
        assert!(text.contains("// what came after 4 events: 3 more events\n"), "{text}");
        let (notes, warnings) = session(Notes::with_room(7), 5);
        assert_eq!((warnings, notes.missing()), (0, None));
        assert_eq!(told(notes).1, Vec::<String>::new());
    }

    #[test]
    fn nothing_is_kept_after_the_end() {
        let mut notes = Notes::default();
        notes.end();
        let (notes, warnings) = session(notes, 5);
        assert_eq!((warnings, notes.missing(), notes.events().len()), (0, None, 0));
    }

    /// A session that is too long for a scenario gives its beginning.
    #[test]
    fn a_scenario_is_as_long_as_one_may_be() {
        let (notes, _) = session(Notes::default(), MOST_STATEMENTS as u64 + 5);
        let (text, lost) = told(notes);
        let published = text.matches("publish shop -> queue q").count();
        assert!(published < MOST_STATEMENTS, "{published}");
        assert!((MOST_BYTES * 9 / 10..=MOST_BYTES).contains(&text.len()), "{}", text.len());
        let [lost] = &lost[..] else { panic!("{lost:?}") };
        assert!(lost.starts_with("what happened after "), "{lost}");
        assert!(text.contains(&format!("// {lost}\n")), "{text:.300}");
    }
}
