//! Bookmarks and branches: as a list, and as marks on the scrubber.

use super::parts::{button, phrase, sign};
use super::{clock, forms};
use crate::port;
use crate::session::form::FormKind;
use crate::session::{Bookmark, Branch, ForBranch, Msg, Parting, Rest, Session};
use warren_core::draw::number;
use warren_core::time::Tick;
use yew::prelude::*;

/// The panel.
pub(crate) fn time(session: &Session, send: &Callback<Msg>) -> Html {
    let form = session.forms.iter().find(|form| form.kind == FormKind::Bookmark);
    html! {
        <>
            { phrase("h3", "", "Bookmarks") }
            { bookmarks(session, send) }
            if let Some(form) = form {
                <div key="form">{ forms::form(form, send) }</div>
            }
            { phrase("h3", "", "Branches") }
            { branches(session, send) }
        </>
    }
}

fn bookmarks(session: &Session, send: &Callback<Msg>) -> Html {
    let (all, now) = (session.bookmarks(), session.now());
    if all.is_empty() {
        return phrase(
            "p",
            "empty",
            "None yet. Give this instant a name: it is written into the script, and the keys < \
             and > go from one to the next.",
        );
    }
    let last = all.iter().rposition(|bookmark| bookmark.at <= now);
    let row = |(index, Bookmark { item, at, name }): (usize, &Bookmark)| {
        let (item, at) = (*item, *at);
        html! {
            <li key={item} class="with-sign">
                <button type="button" class="row"
                    aria-current={(last == Some(index)).then_some("true")}
                    onclick={send.reform(move |_| Msg::Seek(at))}>
                    <time>{ clock(at) }</time>{ phrase("span", "grow", name.clone()) }
                </button>
                { sign(format!("Remove {name}"), "trash", Msg::RemoveBookmark(item), send) }
            </li>
        }
    };
    html! {
        <ul class="row-list" key="bookmarks" aria-label="Bookmarks">
            { for all.iter().enumerate().map(row) }
        </ul>
    }
}

fn branches(session: &Session, send: &Callback<Msg>) -> Html {
    let mut all = session.branches().peekable();
    if all.peek().is_none() {
        return phrase(
            "p",
            "empty",
            "None yet. Go back and change something that you have already seen: the run as it was \
             is kept here, to compare it or to bring it back.",
        );
    }
    let staged = session.staged().map(|name| format!("On the stage now: {name}."));
    html! {
        <>
            if let Some(staged) = staged {
                { phrase("p", "lead", staged) }
            }
            <ul class="branches" key="branches" aria-label="Branches">
                { for all.map(|one| branch(session, one, send)) }
            </ul>
            { phrase("p", "empty", Session::kept_limit()) }
        </>
    }
}

fn branch(session: &Session, branch: &Branch, send: &Callback<Msg>) -> Html {
    let number = branch.number;
    let name =
        send.reform(move |event: Event| Msg::Branch(number, ForBranch::Name(port::value(&event))));
    let compares = session.compares(number);
    let shown = branch.parting.as_ref().filter(|_| compares);
    let does = |what: ForBranch| Msg::Branch(number, what);
    html! {
        <li key={number} class="branch">
            <div class="with-sign">
                <input type="text" class="input name" aria-label="Name of the branch"
                    autocomplete="off" spellcheck="false" value={branch.name.clone()}
                    onchange={name} />
                { sign(format!("Forget {}", branch.name), "trash", does(ForBranch::Forget), send) }
            </div>
            { phrase("p", "soft", where_it_parts(branch.parting.as_ref())) }
            <div class="actions">
                <button type="button" class="button line small"
                    aria-label={format!("Compare {}", branch.name)}
                    aria-expanded={compares.to_string()}
                    onclick={send.reform(move |_| Msg::Branch(number, ForBranch::Compare))}>
                    { "Compare" }
                </button>
                <button type="button" class="button line small"
                    aria-label={format!("Put {} on the stage", branch.name)}
                    onclick={send.reform(move |_| Msg::Branch(number, ForBranch::Promote))}>
                    { "Put on the stage" }
                </button>
            </div>
            if let Some(parting) = shown {
                { comparison(branch, parting, send) }
            }
        </li>
    }
}

fn where_it_parts(parting: Option<&Parting>) -> String {
    match parting {
        None => "Being compared …".to_owned(),
        Some(Parting { at: Some(at), .. }) => format!("Parts from the stage at {}.", clock(*at)),
        Some(Parting { unfinished: true, .. }) => {
            "Alike as far as it was compared: it is a long run.".to_owned()
        }
        Some(_) => "Tells the same as the stage.".to_owned(),
    }
}

fn comparison(branch: &Branch, parting: &Parting, send: &Callback<Msg>) -> Html {
    let same = match parting.same {
        0 => "From the first event on they differ.".to_owned(),
        1 => "One event is alike.".to_owned(),
        n => format!("The first {n} events are alike."),
    };
    let Some(at) = parting.at else { return phrase("p", "soft", same) };
    html! {
        <div class="comparison" key="comparison">
            { phrase("p", "soft", same) }
            { rest("On the stage, then", &parting.here) }
            { rest(format!("In {}, then", branch.name), &parting.there) }
            { button("line small", format!("Go to {}", clock(at)), Msg::Seek(at), send) }
        </div>
    }
}

fn rest(title: impl Into<AttrValue>, rest: &Rest) -> Html {
    let title = title.into();
    let row = |(index, (at, words)): (usize, &(Tick, String))| {
        html! {
            <li key={index} class="told">
                <time>{ clock(*at) }</time>{ phrase("span", "grow", words.clone()) }
            </li>
        }
    };
    let more = match (rest.first.len(), rest.more) {
        (0, _) => "nothing more".to_owned(),
        (_, 0) => String::new(),
        (_, n) => format!("and {n} more"),
    };
    html! {
        <>
            { phrase("b", "", title.clone()) }
            <ol aria-label={title}>{ for rest.first.iter().enumerate().map(row) }</ol>
            if !more.is_empty() {
                { phrase("p", "soft", more) }
            }
        </>
    }
}

/// How far from the left an instant is, as a style.
pub(super) fn across(at: Tick, end: Tick) -> String {
    let part = at.min(end).0 as f64 * 100.0 / end.0.max(1) as f64;
    format!("--x:{}%", number(part))
}

/// Flags and forks on the scrubber. The list says the same in words.
pub(super) fn points(session: &Session) -> Html {
    let end = session.end();
    let flag = |bookmark: Bookmark| {
        html! { <i class="flag" key={bookmark.item} style={across(bookmark.at, end)}></i> }
    };
    let fork = |branch: &Branch| {
        let at = branch.parting.as_ref().and_then(|parting| parting.at)?;
        let key = format!("b{}", branch.number);
        Some(html! { <i class="fork" {key} style={across(at, end)}></i> })
    };
    html! {
        <div class="points" aria-hidden="true" key="points">
            { for session.bookmarks().into_iter().map(flag) }
            { for session.branches().filter_map(fork) }
        </div>
    }
}
