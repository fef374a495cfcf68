//! How a session begins.

use super::message::{Notice, Order};
use super::share::{Address, leads_nowhere, unknown};
use super::{Exhibit, Show, gallery as scenarios};
use warren_core::scenario::{Document, print};

/// What a session begins with.
pub(super) struct Opening {
    pub(super) text: String,
    /// Which scenario of the gallery it is.
    pub(super) exhibit: Option<usize>,
    /// Whether it is what was being worked on.
    pub(super) drafted: bool,
    pub(super) orders: Vec<Order>,
    pub(super) notice: Option<Notice>,
}

impl Opening {
    /// By what stands behind the address's `#`, else by what was being worked
    /// on, else by the scenario that visitors see first. A link begins with an
    /// empty stage, until it is unpacked.
    pub(super) fn new(hash: Option<&str>, draft: Option<String>, gallery: &[Exhibit]) -> Self {
        let empty = |orders, notice| Self {
            text: print(&Document::default()),
            exhibit: None,
            drafted: false,
            orders,
            notice,
        };
        let name = match hash.map(Address::read) {
            Some(Address::Link(link)) => return empty(vec![Order::Unpack(link)], None),
            Some(Address::Broken(error)) => {
                return empty(Vec::new(), Some(leads_nowhere(&error.to_string())));
            }
            Some(Address::Named(name)) => Some(name),
            None => None,
        };
        let of_name = |name: &String| gallery.iter().position(|exhibit| exhibit.name == *name);
        let named = name.as_ref().and_then(of_name);
        let stranger = name.filter(|_| named.is_none());
        let notice = stranger.map(|name| leads_nowhere(&unknown(&name)));
        let draft = draft.filter(|text| named.is_none() && !text.trim().is_empty());
        let orders = Vec::new();
        match (draft, named) {
            (Some(text), _) => Self { text, exhibit: None, drafted: true, orders, notice },
            (None, named) => {
                let first = || scenarios::first();
                let (at, text) = named.map_or_else(first, |at| (at, gallery[at].text));
                let (text, exhibit) = (text.to_owned(), Some(at));
                Self { text, exhibit, drafted: false, orders, notice }
            }
        }
    }
}

pub(super) fn empty_show() -> Show {
    match Show::read(&print(&Document::default())) {
        Ok((show, _)) => show,
        Err(_) => unreachable!("a document that was printed has no fault"),
    }
}
