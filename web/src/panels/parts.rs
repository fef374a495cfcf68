//! What panels are made of, each compiled once: an element that is written out
//! at every place where it stands weighs three times as much as a call.

use super::icons::icon;
use crate::session::Msg;
use yew::prelude::*;

/// A button with words on it. `class` is `main`, `line` or `line small`.
pub(crate) fn button(
    class: &'static str,
    words: impl Into<AttrValue>,
    msg: Msg,
    send: &Callback<Msg>,
) -> Html {
    word_button(class, words.into(), msg, send)
}

fn word_button(class: &'static str, words: AttrValue, msg: Msg, send: &Callback<Msg>) -> Html {
    html! {
        <button type="button" class={classes!("button", class)}
            onclick={send.reform(move |_| msg.clone())}>{ words }</button>
    }
}

/// A button that is a drawing; `label` is what it is called.
pub(crate) fn sign(
    label: impl Into<AttrValue>,
    drawing: &'static str,
    msg: Msg,
    send: &Callback<Msg>,
) -> Html {
    sign_button(label.into(), drawing, msg, false, send)
}

/// The same; `off` while there is nothing for it to do.
pub(crate) fn sign_button(
    label: AttrValue,
    drawing: &'static str,
    msg: Msg,
    off: bool,
    send: &Callback<Msg>,
) -> Html {
    html! {
        <button type="button" class="icon-button" aria-label={label.clone()} title={label}
            disabled={off} onclick={send.reform(move |_| msg.clone())}>{ icon(drawing) }</button>
    }
}

/// One element with words in it; without a class when that is empty.
pub(crate) fn phrase(tag: &'static str, class: &'static str, words: impl Into<AttrValue>) -> Html {
    element(tag, class, words.into())
}

fn element(tag: &'static str, class: &'static str, words: AttrValue) -> Html {
    let class = (!class.is_empty()).then_some(class);
    html! { <@{tag} {class}>{ words }</@> }
}
