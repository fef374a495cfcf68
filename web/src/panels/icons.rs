//! Small drawings on buttons: lines in the colour of the words around them.

use yew::prelude::*;

/// The drawing called `name`; nothing when there is none.
pub(crate) fn icon(name: &str) -> Html {
    let path = match name {
        "play" => "M7 4.500v15l12.500-7.500z",
        "pause" => "M7 5h3.600v14H7zM13.400 5H17v14h-3.600z",
        "step" => "M6 5v14l9-7zM18.500 5v14",
        "back" => "M18 5v14l-9-7zM5.500 5v14",
        "start" => "M5 5v14M19 6l-8 6 8 6",
        "end" => "M19 5v14M5 6l8 6-8 6",
        "script" => "M8 7l-5 5 5 5M16 7l5 5-5 5M13.500 5l-3 14",
        "events" => "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
        "checks" => "M4.500 12.500l5 5 10-11",
        "share" => "M12 15V4M8 7.500L12 3.500l4 4M6 11v8.500h12V11",
        "charts" => "M4 19.500h16M5 16l4-6 4 3 6-8",
        "lanes" => "M4 6.500h5M12 6.500h8M4 12h10M17 12h3M4 17.500h3M10 17.500h10",
        "menu" => "M5 11.500v1M12 11.500v1M19 11.500v1M4.500 12h1M11.500 12h1M18.500 12h1",
        "close" => "M6 6l12 12M18 6L6 18",
        "down" => "M6 9.500l6 6 6-6",
        "plus" => "M12 5v14M5 12h14",
        "minus" => "M5 12h14",
        "fit" => "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
        "undo" => "M8 5L4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-3",
        "redo" => "M16 5l4 4-4 4M20 9H10a5.500 5.500 0 0 0 0 11h3",
        "send" => "M4 12h15M13 6l6 6-6 6",
        "trash" => "M5 7h14M10 7V4.500h4V7M7 7l1 12.500h8L17 7",
        "publisher" => "M4 6.500h11l5.500 5.500-5.500 5.500H4z",
        "exchange" => "M7.500 4.500h9L21 12l-4.500 7.500h-9L3 12z",
        "queue" => "M5 7h13.500a2.500 5 0 0 1 0 10H5a2.500 5 0 0 1 0-10zM5 7a2.500 5 0 0 1 0 10",
        "consumer" => "M5 5.500h14v13H5zM12 9.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z",
        "theme" => "M12 4a8 8 0 1 0 8 8 6.500 6.500 0 0 1-8-8z",
        "help" => "M9 9.500a3 3 0 1 1 4.200 2.750c-.8.4-1.200.9-1.200 1.750M12 17.500h.01",
        _ => return html! {},
    };
    html! {
        <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d={path} /></svg>
    }
}
