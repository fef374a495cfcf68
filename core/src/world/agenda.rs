//! What happens next.

use super::{Due, World};
use crate::scenario::Statement;
use crate::time::Tick;
use std::sync::Arc;

impl World {
    /// Puts every statement on the agenda. Of those at the start, policies
    /// come first, then exchanges, queues and bindings, whatever their order in the
    /// file, so that a reader may put the story before the plumbing.
    pub(super) fn schedule_statements(&mut self) {
        let plan = Arc::clone(&self.plan);
        let rank = |statement: &Statement| match statement {
            Statement::User { .. }
            | Statement::Limit(_)
            | Statement::Permit { .. }
            | Statement::PermitTopic { .. }
            | Statement::Policy { .. } => 0,
            Statement::Exchange(_) => 1,
            Statement::Queue(_) => 2,
            Statement::Bind(_) => 3,
            Statement::Consumer(_) => 4,
            Statement::Publisher(_) => 5,
            _ => 6,
        };
        let mut order: Vec<usize> = (0..plan.document.items.len()).collect();
        crate::order::sort_by_key(&mut order, |&i| {
            let item = &plan.document.items[i];
            (item.at, if item.at == Tick::ZERO { rank(&item.what) } else { 0 }, i)
        });
        for index in order {
            let item = &plan.document.items[index];
            match &item.what {
                Statement::Expect(expectation) => {
                    if let Some(at) = expectation.at {
                        // After everything else of that tick.
                        self.agenda.insert((at, u64::MAX / 2 + index as u64), Due::Check(index));
                    }
                }
                Statement::Place { .. } | Statement::Bookmark(_) => {}
                _ => {
                    self.schedule(item.at, Due::Statement(index));
                }
            }
        }
    }

    pub(crate) fn schedule(&mut self, at: Tick, due: Due) -> u64 {
        let sequence = self.next;
        self.next += 1;
        self.agenda.insert((at.max(self.now), sequence), due);
        sequence
    }

    /// When the next thing happens; `None` when nothing is left to happen.
    #[must_use]
    pub fn next_tick(&self) -> Option<Tick> {
        let agenda = self.agenda.keys().next().map(|&(tick, _)| tick);
        match (agenda, self.broker.deadline()) {
            (Some(a), Some(b)) => Some(a.min(b.max(self.now))),
            (a, b) => a.or(b.map(|b| b.max(self.now))),
        }
    }
}
