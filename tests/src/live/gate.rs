//! Sessions that are played at the same time share one restart of the broker.

use super::server::Server;
use std::sync::{Condvar, Mutex, MutexGuard};

/// Where sessions wait until all that are still under way want a restart.
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Sessions under way, those that wait among them.
    under_way: usize,
    waiting: usize,
    restarts: u64,
    trouble: Option<String>,
}

/// A session that is under way; dropped, it is over.
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    server: &'a Server,
}

impl Gate {
    /// A gate for so many sessions, each of which takes a pass.
    pub(super) fn new(sessions: usize) -> Self {
        let state = State { under_way: sessions, ..State::default() };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// One of the sessions begins.
    pub(super) const fn pass<'a>(&'a self, server: &'a Server) -> Pass<'a> {
        Pass { gate: self, server }
    }

    /// Restarts when nobody is missing any more.
    fn look(&self, mut state: MutexGuard<'_, State>, server: &Server) {
        if state.waiting > 0 && state.waiting == state.under_way {
            state.trouble = server.restart().err();
            state.restarts += 1;
            state.waiting = 0;
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with it")
    }
}

impl Pass<'_> {
    /// The broker the session is played on.
    pub(super) const fn server(&self) -> &Server {
        self.server
    }

    /// Waits for the others; then the broker stops and starts again.
    pub(super) fn restart(&self) -> Result<(), String> {
        let mut state = self.gate.lock();
        state.waiting += 1;
        let before = state.restarts;
        self.gate.look(state, self.server);
        let mut state = self.gate.lock();
        while state.restarts == before {
            state = self.gate.changed.wait(state).expect("nobody panics with it");
        }
        state.trouble.clone().map_or(Ok(()), Err)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        state.under_way -= 1;
        self.gate.look(state, self.server);
    }
}
