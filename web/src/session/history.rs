//! Undo and redo: the texts a scenario had. One entry per gesture or per
//! pause in typing.

/// The texts before and after the present one.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    past: Vec<String>,
    future: Vec<String>,
}

impl History {
    /// How many steps back are kept.
    const DEPTH: usize = 200;

    /// The text changes from `before` to something else.
    pub(crate) fn record(&mut self, before: &str) {
        if self.past.last().is_some_and(|last| last == before) {
            return;
        }
        if self.past.len() == Self::DEPTH {
            self.past.remove(0);
        }
        self.past.push(before.to_owned());
        self.future.clear();
    }

    /// The text one step back, given the present one.
    pub(crate) fn undo(&mut self, present: &str) -> Option<String> {
        let text = self.past.pop()?;
        self.future.push(present.to_owned());
        Some(text)
    }

    /// The text one step forward, given the present one.
    pub(crate) fn redo(&mut self, present: &str) -> Option<String> {
        let text = self.future.pop()?;
        self.past.push(present.to_owned());
        Some(text)
    }

    /// Whether there is a step back.
    #[must_use]
    pub(crate) fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step forward.
    #[must_use]
    pub(crate) fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Forgets everything: another scenario was opened.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_back_and_forth_and_a_new_edit_ends_the_future() {
        let mut history = History::default();
        history.record("a");
        history.record("b");
        assert_eq!(history.undo("c").as_deref(), Some("b"));
        assert_eq!(history.undo("b").as_deref(), Some("a"));
        assert_eq!(history.undo("a"), None);
        assert_eq!(history.redo("a").as_deref(), Some("b"));
        history.record("b");
        assert!(!history.can_redo());
    }

    #[test]
    fn keeps_a_limited_past() {
        let mut history = History::default();
        for n in 0..500 {
            history.record(&n.to_string());
        }
        assert_eq!(history.past.len(), History::DEPTH);
        assert_eq!(history.past.first().map(String::as_str), Some("300"));
    }
}
