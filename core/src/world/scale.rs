//! Clients with several instances, and clients that change their pace.

use super::{Due, Phase, Record, What, World};
use crate::broker::Name;
use crate::scenario::Pause;
use std::sync::Arc;

impl World {
    /// A client has `instances` from here on: the first ones stay, further
    /// ones start, the others stop and leave the stage.
    pub(super) fn scale(&mut self, name: &Name, instances: u32, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        self.tell(record, What::Scaled { client: name.clone(), instances });
        let group = plan.clients_of(name).filter(|&c| plan.clients[c].name != *name);
        for (number, index) in group.enumerate() {
            let wanted = number < instances as usize;
            if wanted && !self.clients[index].present {
                self.clients[index].present = true;
                self.start(index, record);
            } else if !wanted && self.clients[index].present {
                self.stop(index, true, record);
            }
        }
    }

    /// A client publishes or works at another pace from here on: a message that
    /// is being worked on is finished at the old one.
    pub(super) fn change(
        &mut self,
        name: &Name,
        every: Option<Pause>,
        work: Option<Pause>,
        prefetch: Option<u16>,
        record: &mut Record,
    ) {
        let plan = Arc::clone(&self.plan);
        for index in plan.clients_of(name) {
            if let Some(every) = every
                && plan.clients[index].publisher.is_some()
            {
                self.clients[index].every = Some(every);
                self.publish_sooner(index, every);
            }
            if let Some(work) = work
                && plan.clients[index].consumer.is_some()
            {
                self.clients[index].work = Some(work);
            }
            if let Some(limit) = prefetch {
                self.limit_prefetch(index, limit);
            }
        }
        if every.is_some() || work.is_some() {
            self.tell(record, What::Changed { client: name.clone(), every, work });
        }
        if let Some(prefetch) = prefetch {
            self.tell(record, What::PrefetchChanged { client: name.clone(), prefetch });
        }
    }

    /// With a shorter pause the next message does not wait for the longer one.
    fn publish_sooner(&mut self, index: usize, every: Pause) {
        let next = self.agenda.iter().find_map(|(key, due)| match due {
            Due::Publish { client, epoch }
                if *client == index && *epoch == self.clients[index].epoch =>
            {
                Some(*key)
            }
            _ => None,
        });
        let at = self.now + self.pause(index, every);
        match next {
            Some(key) if at < key.0 => {
                let due = self.agenda.remove(&key);
                due.into_iter().for_each(|due| {
                    self.schedule(at, due);
                });
            }
            // It published only when told to, and begins now.
            None if self.clients[index].phase == Phase::Running => {
                let epoch = self.clients[index].epoch;
                self.schedule(at, Due::Publish { client: index, epoch });
            }
            _ => {}
        }
    }
}
