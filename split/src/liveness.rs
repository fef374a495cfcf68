//! Which locals are looked at again, at every place of a function.

use crate::region::Code;
use std::collections::BTreeMap;
use wasmparser::Operator;

/// A set of locals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Locals(Vec<u64>);

impl Locals {
    fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    pub(crate) fn has(&self, local: u32) -> bool {
        self.0.get(local as usize / 64).is_some_and(|word| word >> (local % 64) & 1 == 1)
    }

    fn add(&mut self, local: u32) {
        self.0[local as usize / 64] |= 1 << (local % 64);
    }

    fn remove(&mut self, local: u32) {
        self.0[local as usize / 64] &= !(1 << (local % 64));
    }

    fn add_all(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(word, other)| *word |= other);
    }
}

/// What is looked at again.
pub(crate) struct Liveness {
    /// From each place on.
    pub(crate) at: Vec<Locals>,
    /// After a jump to the construct that opens there.
    pub(crate) jump: BTreeMap<usize, Locals>,
    /// After the construct that opens there.
    pub(crate) after: BTreeMap<usize, Locals>,
    count: usize,
}

impl Liveness {
    /// Follows the code backwards. `None` where it has jumps of unknown kinds.
    pub(crate) fn of(code: &Code<'_>) -> Option<Self> {
        let odd = |operator: &Operator<'_>| {
            matches!(
                operator,
                Operator::TryTable { .. }
                    | Operator::Throw { .. }
                    | Operator::ThrowRef
                    | Operator::Try { .. }
                    | Operator::Catch { .. }
                    | Operator::CatchAll
                    | Operator::Delegate { .. }
                    | Operator::Rethrow { .. }
                    | Operator::ReturnCall { .. }
                    | Operator::ReturnCallIndirect { .. }
                    | Operator::ReturnCallRef { .. }
                    | Operator::BrOnNull { .. }
                    | Operator::BrOnNonNull { .. }
                    | Operator::BrOnCast { .. }
                    | Operator::BrOnCastFail { .. }
            )
        };
        if code.operators.iter().any(odd) {
            return None;
        }
        let count = code.locals.len();
        let mut liveness = Self {
            at: vec![Locals::none(count); code.operators.len()],
            jump: BTreeMap::new(),
            after: BTreeMap::new(),
            count,
        };
        let end = code.operators.len() - 1;
        let nothing = Locals::none(count);
        liveness.row(code, 0, end, nothing.clone(), &mut vec![nothing]);
        Some(liveness)
    }

    /// What is looked at from `begin` on, when after `end` it is `after`.
    fn row(
        &mut self,
        code: &Code<'_>,
        begin: usize,
        end: usize,
        after: Locals,
        labels: &mut Vec<Locals>,
    ) -> Locals {
        let mut live = after;
        let mut at = end;
        while at > begin {
            at -= 1;
            match &code.operators[at] {
                Operator::End => {
                    let opener = code.opened[at];
                    live = self.construct(code, opener, at, live, labels);
                    at = opener;
                }
                Operator::LocalGet { local_index } => live.add(*local_index),
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    live.remove(*local_index);
                }
                Operator::Br { relative_depth } => live.clone_from(label(labels, *relative_depth)),
                Operator::BrIf { relative_depth } => live.add_all(label(labels, *relative_depth)),
                Operator::BrTable { targets } => {
                    live.clone_from(label(labels, targets.default()));
                    for target in targets.targets().flatten() {
                        live.add_all(label(labels, target));
                    }
                }
                Operator::Return | Operator::Unreachable => live = Locals::none(self.count),
                _ => {}
            }
            self.at[at].clone_from(&live);
        }
        live
    }

    fn construct(
        &mut self,
        code: &Code<'_>,
        opener: usize,
        end: usize,
        after: Locals,
        labels: &mut Vec<Locals>,
    ) -> Locals {
        self.after.insert(opener, after.clone());
        if matches!(code.operators[opener], Operator::Loop { .. }) {
            // What an earlier, smaller answer found stays true.
            let mut head = self.jump.get(&opener).cloned().unwrap_or(Locals::none(self.count));
            loop {
                labels.push(head.clone());
                let found = self.row(code, opener + 1, end, after.clone(), labels);
                labels.pop();
                let before = head.clone();
                head.add_all(&found);
                if head == before {
                    self.jump.insert(opener, head.clone());
                    return head;
                }
            }
        }
        self.jump.insert(opener, after.clone());
        labels.push(after.clone());
        let live = match code.operators[opener] {
            Operator::If { .. } => {
                let first_end = code.row_end[opener + 1];
                let mut live = self.row(code, opener + 1, first_end, after.clone(), labels);
                if first_end < end {
                    live.add_all(&self.row(code, first_end + 1, end, after, labels));
                } else {
                    live.add_all(&after);
                }
                live
            }
            _ => self.row(code, opener + 1, end, after, labels),
        };
        labels.pop();
        live
    }
}

fn label(labels: &[Locals], depth: u32) -> &Locals {
    // A valid module jumps to nothing else.
    &labels[labels.len() - 1 - depth as usize]
}
