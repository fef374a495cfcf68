//! Any form, drawn from its data.

use crate::port;
use crate::session::Msg;
use crate::session::form::{Field, FieldKind, Form, Refusal};
use yew::prelude::*;

pub(crate) fn form(form: &Form, send: &Callback<Msg>) -> Html {
    let id = form.kind.id();
    let submit = send.reform(move |event: SubmitEvent| {
        event.prevent_default();
        Msg::Submit(id)
    });
    let (more, plain): (Vec<&Field>, Vec<&Field>) =
        form.fields.iter().filter(|f| form.applies(f)).partition(|f| f.more);
    html! {
        <form class="form" onsubmit={submit} autocomplete="off"
            aria-label={form.kind.submit_words()}>
            { for plain.into_iter().map(|f| field(form, f, send)) }
            if !more.is_empty() {
                <details class="more" key="more">
                    <summary>{ "More settings" }</summary>
                    <div class="form">{ for more.into_iter().map(|f| field(form, f, send)) }</div>
                </details>
            }
            <div class="refusal-place" key="refusal">{ refusal(form) }</div>
            <div class="actions" key="actions">
                <button type="submit" class="button main">{ form.kind.submit_words() }</button>
            </div>
        </form>
    }
}

/// Why the form was not accepted.
fn refusal(form: &Form) -> Html {
    match &form.refusal {
        None => html! {},
        Some(Refusal::Field(wrong)) => {
            html! { <p class="refusal" role="alert">{ &wrong.why }</p> }
        }
        Some(Refusal::Script(words)) => html! { <p class="refusal" role="alert">{ words }</p> },
        Some(Refusal::Broker { code, text }) => html! {
            <p class="refusal" role="alert">
                { "RabbitMQ would refuse this, so nothing was changed:" }
                <code>{ format!("{code} {text}") }</code>
            </p>
        },
    }
}

fn field(form: &Form, field: &Field, send: &Callback<Msg>) -> Html {
    let (form_id, name) = (form.kind.id(), field.name);
    let id = format!("{form_id}-{name}");
    let wrong = matches!(&form.refusal, Some(Refusal::Field(w)) if w.field == name);
    let help = (!field.help.is_empty()).then(|| format!("{id}-help"));
    if field.kind == FieldKind::Switch {
        let change = send.reform(move |event: Event| {
            let on = port::is_checked(&event);
            Msg::Fill(form_id, name, if on { Field::ON } else { "" }.to_owned())
        });
        return html! {
            <label class="check" key={name}>
                <input type="checkbox" checked={field.value == Field::ON} onchange={change} />
                <span>{ field.label }</span>
            </label>
        };
    }
    html! {
        <div class={classes!("field", wrong.then_some("wrong"))} key={name}>
            <label for={id.clone()}>{ field.label }</label>
            { control(field, form_id, id, help.clone(), send) }
            if let Some(help) = help {
                <span class="help" id={help}>{ field.help }</span>
            }
        </div>
    }
}

fn control(
    field: &Field,
    form_id: &'static str,
    id: String,
    help: Option<String>,
    send: &Callback<Msg>,
) -> Html {
    let name = field.name;
    let value = field.value.clone();
    let input = send.reform(move |e: InputEvent| Msg::Fill(form_id, name, port::value(&e)));
    let change = send.reform(move |e: Event| Msg::Fill(form_id, name, port::value(&e)));
    match &field.kind {
        FieldKind::Choice(choices) => {
            let options = choices.iter().enumerate().map(|(index, (value, words))| {
                html! {
                    <option key={index} value={value.clone()} selected={*value == field.value}>
                        { words }
                    </option>
                }
            });
            html! {
                <select class="select input" {id} aria-describedby={help} onchange={change}>
                    { for options }
                </select>
            }
        }
        FieldKind::Lines => {
            html! {
                <textarea class="input mono" {id} {value} rows="3" spellcheck="false"
                    aria-describedby={help} oninput={input} onchange={change} />
            }
        }
        FieldKind::Text | FieldKind::Code | FieldKind::Switch => {
            let mono = (field.kind == FieldKind::Code).then_some("mono");
            html! {
                <input type="text" class={classes!("input", mono)} {id} {value} spellcheck="false"
                    autocapitalize="off" autocomplete="off" aria-describedby={help}
                    oninput={input} onchange={change} />
            }
        }
    }
}
