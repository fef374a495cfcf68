//! Why a message goes where it goes: the tree of exchanges, and for each
//! binding the words that fit and the word that does not.

use super::parts::phrase;
use super::terms::terms;
use crate::session::{form::value_text, spoken};
use warren_core::broker::routing::{
    AlternateUse, Effect, Explanation, HeaderCheck, HeaderOutcome, HeadersBecause, HeadersReason,
    Judgement, QueueLookup, Reason, TopicMiss, TopicReason, Visit,
};
use yew::prelude::*;

pub(crate) fn explanation(explanation: &Explanation) -> Html {
    let result = match explanation.queues.as_slice() {
        [] => "No queue takes it: it is dropped, or comes back when it is mandatory.".to_owned(),
        [one] => format!("It goes to queue {one}."),
        queues => format!("It goes to {} queues: {}.", queues.len(), queues.join(", ")),
    };
    if explanation.visits.is_empty() {
        return html! {
            <p class="refusal">{ format!("There is no exchange {}.", explanation.exchange) }</p>
        };
    }
    let key = explanation.keys.first().map_or("", |key| key);
    html! {
        <>
            <p key="result"><b>{ result }</b></p>
            { visit(explanation, 0, key, 0) }
            <div key="terms">{ terms(&words_for(explanation)) }</div>
        </>
    }
}

/// The words of the field that a decision is told with.
fn words_for(explanation: &Explanation) -> Vec<String> {
    let mut words = vec!["binding".to_owned()];
    for visit in &explanation.visits {
        words.push(if visit.exchange.is_empty() {
            "default exchange".to_owned()
        } else {
            format!("{} exchange", visit.kind.name())
        });
        if !matches!(visit.alternate, AlternateUse::None) {
            words.push("alternate exchange".to_owned());
        }
    }
    if explanation.visits.len() > 1 {
        words.push("exchange-to-exchange binding".to_owned());
    }
    if explanation.queues.is_empty() {
        words.push("unroutable message".to_owned());
    }
    words
}

fn visit(explanation: &Explanation, index: usize, key: &str, depth: usize) -> Html {
    let Some(visit) = explanation.visits.get(index) else { return html! {} };
    let name = spoken(&visit.exchange);
    let body = html! {
        <>
            <p class="lead" key="at">
                { format!("At {name} ({})", visit.kind.name()) }
            </p>
            { for visit.lookups.iter().enumerate().map(|(i, l)| lookup(i, l)) }
            { for visit.judgements.iter().enumerate().map(|(i, j)| {
                judgement(explanation, i, j, key, depth)
            }) }
            if let Some(waits) = visit.waits() {
                <p key="held">{ waits }</p>
            } else if visit.judgements.is_empty() && visit.lookups.is_empty() {
                <p class="empty" key="none">{ "It has no bindings." }</p>
            }
            <div key="alternate">{ alternate(explanation, visit, key, depth) }</div>
        </>
    };
    if depth == 0 {
        html! { <div key={index}>{ body }</div> }
    } else {
        html! { <div class="tree" key={index}>{ body }</div> }
    }
}

fn lookup(index: usize, lookup: &QueueLookup) -> Html {
    let fits = lookup.found.is_some();
    let words = if fits {
        format!("There is a queue called {}: it gets the message.", lookup.key)
    } else {
        format!("There is no queue called {}.", lookup.key)
    };
    html! { <div key={format!("lookup-{index}")} class={classes("verdict", fits)}>{ words }</div> }
}

fn classes(base: &'static str, fits: bool) -> Classes {
    classes!(base, if fits { "matched" } else { "missed" })
}

fn judgement(
    explanation: &Explanation,
    index: usize,
    judgement: &Judgement,
    key: &str,
    depth: usize,
) -> Html {
    let fits = judgement.reason.fits();
    let target = &judgement.binding.destination;
    let kind = if target.is_exchange() { "exchange" } else { "queue" };
    let sign = if fits { "✓" } else { "✕" };
    let spoken = if fits { "matches" } else { "does not match" };
    let onward = match judgement.effect {
        // Circles end in `BeenThere`, so this goes no deeper than there are visits.
        Effect::Onward(next) => visit(explanation, next, key, depth + 1),
        _ => html! {},
    };
    html! {
        <div key={index} class={classes("verdict", fits)}>
            <div class="head">
                <span role="img" aria-label={spoken}>{ sign }</span>
                { phrase("b", "", format!("{kind} {}", target.name())) }
                <span>{ pattern(judgement) }</span>
            </div>
            <div>{ reason(judgement, key) }</div>
            { effect(judgement.effect) }
            { onward }
        </div>
    }
}

fn effect(effect: Effect) -> Html {
    let words = match effect {
        Effect::CopyAlready => "It has its copy already: a queue never gets two of one message.",
        Effect::BeenThere(_) => "The message has been to that exchange, so it does not go again.",
        Effect::Nothing | Effect::Copy | Effect::Onward(_) => return html! {},
    };
    phrase("div", "soft", words)
}

/// The binding key, with the words that fit and the one that does not marked.
fn pattern(judgement: &Judgement) -> Html {
    let key = &judgement.binding.key;
    match &judgement.reason {
        Reason::Topic(reasons) => {
            let best = reasons.iter().find(|r| r.fits()).or(reasons.first());
            match best {
                Some(reason) => topic_words(key, reason),
                None => phrase("code", "", key.to_string()),
            }
        }
        Reason::Direct(found) => {
            let class = if found.is_some() { "word hit" } else { "word miss" };
            let words = if key.is_empty() { "(empty)" } else { key };
            phrase("span", class, words.to_owned())
        }
        Reason::Picked(picked) if picked.buckets.1 > 0 => html! { <code>{ &**key }</code> },
        Reason::Headers(_) | Reason::Fanout | Reason::Picked(_) => html! {},
    }
}

fn topic_words(key: &str, reason: &TopicReason) -> Html {
    let missed = match &reason.miss {
        Some(
            TopicMiss::Differs { word, .. }
            | TopicMiss::NothingLeft { word, .. }
            | TopicMiss::NotAfterHash { word, .. },
        ) => Some(*word),
        _ => None,
    };
    let word = |(index, word): (usize, &str)| {
        let class = if missed == Some(index) {
            "word miss"
        } else if index < reason.steps.len() {
            "word hit"
        } else {
            "word"
        };
        html! {
            <span key={index}>
                if index > 0 { { "." } }
                { phrase("span", class, word.to_owned()) }
            </span>
        }
    };
    html! { <span>{ for key.split('.').enumerate().map(word) }</span> }
}

fn reason(judgement: &Judgement, key: &str) -> Html {
    match &judgement.reason {
        Reason::Fanout => html! { { "Every binding gets it." } },
        Reason::Direct(Some(_)) => html! { { "The routing key equals the binding key." } },
        Reason::Direct(None) => html! {
            { format!("The key is {}, not {}.", quoted(key), quoted(&judgement.binding.key)) }
        },
        Reason::Topic(reasons) => {
            let best = reasons.iter().find(|r| r.fits()).or(reasons.first());
            html! { { best.map(topic_sentence).unwrap_or_default() } }
        }
        Reason::Headers(reason) => headers(reason),
        Reason::Picked(picked) => html! { { picked.sentence() } },
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "empty".to_owned() } else { text.to_owned() }
}

fn ordinal(n: usize) -> String {
    const WORDS: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    WORDS.get(n).map_or_else(|| format!("word {}", n + 1), |word| format!("{word} word"))
}

fn topic_sentence(reason: &TopicReason) -> String {
    match &reason.miss {
        None => {
            let took = reason.steps.iter().filter(|step| &*step.word == "#").map(|step| step.count);
            match took.sum::<usize>() {
                _ if !reason.steps.iter().any(|s| matches!(&*s.word, "#" | "*")) => {
                    "Every word is the same.".to_owned()
                }
                0 => "Every word fits.".to_owned(),
                1 => "Every word fits; # takes one.".to_owned(),
                n => format!("Every word fits; # takes {n}."),
            }
        }
        Some(TopicMiss::Differs { expected, at, found, .. }) => {
            format!("It misses at the {}: {found} is not {expected}.", ordinal(*at))
        }
        Some(TopicMiss::NothingLeft { expected, .. }) => {
            format!("The routing key ends too early: no word is left for {expected}.")
        }
        Some(TopicMiss::NotAfterHash { expected, from, .. }) => {
            format!("From the {} on, none is {expected}.", ordinal(*from))
        }
        Some(TopicMiss::LeftOver { found, .. }) => {
            let words: Vec<&str> = found.iter().map(|word| &**word).collect();
            format!("The routing key goes on after the pattern: {}.", words.join("."))
        }
    }
}

fn headers(reason: &HeadersReason) -> Html {
    let words = match reason.because {
        HeadersBecause::AllHold => "All of them hold.",
        HeadersBecause::OneFails(_) => "All would have to hold, and one does not.",
        HeadersBecause::NothingAsked => "It asks for nothing, so every message fits.",
        HeadersBecause::OneHolds(_) => "One of them holds, which is enough.",
        HeadersBecause::NoneHolds => "One would have to hold, and none does.",
        HeadersBecause::NothingToHold => "There is nothing that could hold, so no message fits.",
    };
    html! {
        <>
            <ul key="checks">{ for reason.checks.iter().enumerate().map(header_check) }</ul>
            <p key="because">{ words }</p>
        </>
    }
}

fn header_check((index, check): (usize, &HeaderCheck)) -> Html {
    let (class, words) = match check.outcome {
        HeaderOutcome::NotLookedAt => return html! {},
        HeaderOutcome::Absent => ("word miss", "the message has no such header".to_owned()),
        HeaderOutcome::Present => ("word hit", "it is there".to_owned()),
        HeaderOutcome::Equal => ("word hit", "equal".to_owned()),
        HeaderOutcome::Differs => {
            let found = check.found.as_ref().map(value_text).unwrap_or_default();
            ("word miss", format!("the message says {found}"))
        }
    };
    html! {
        <li key={index}>
            { phrase("span", class, format!("{}: {}", check.name, value_text(&check.wanted))) }
            { phrase("span", "soft", format!(" {words}")) }
        </li>
    }
}

fn alternate(explanation: &Explanation, visit_: &Visit, key: &str, depth: usize) -> Html {
    let (words, next) = match &visit_.alternate {
        AlternateUse::None => return html! {},
        AlternateUse::NotNeeded(name) => {
            (format!("The alternate exchange {name} is not needed."), None)
        }
        AlternateUse::Taken(name, next) => {
            (format!("Nothing fits, so it goes to the alternate exchange {name}."), Some(*next))
        }
        AlternateUse::BeenThere(name, _) => {
            (format!("The alternate exchange {name} has been asked already."), None)
        }
        AlternateUse::Missing(name) => {
            (format!("The alternate exchange {name} does not exist."), None)
        }
        AlternateUse::DefaultExchange => {
            ("The default exchange routes nothing as an alternate.".to_owned(), None)
        }
    };
    html! {
        <>
            <p class="soft" key="words">{ words }</p>
            if let Some(next) = next {
                { visit(explanation, next, key, depth + 1) }
            }
        </>
    }
}
