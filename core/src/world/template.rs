//! `{n}`, `{key}` and `{client}` in bodies and keys.

/// Fills the places of a template. Anything else in braces stays as it is.
pub(crate) fn fill(template: &str, n: u64, key: &str, client: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let number = n.to_string();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let filled = [("{n}", number.as_str()), ("{key}", key), ("{client}", client)]
            .into_iter()
            .find(|(place, _)| rest.starts_with(place));
        match filled {
            Some((place, value)) => {
                out.push_str(value);
                rest = &rest[place.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn fills_what_it_knows_and_keeps_the_rest() {
        for (template, want) in [
            ("order {n}", "order 7"),
            ("{n}{n}", "77"),
            ("{client} sent {key}", "shop sent a.b"),
            ("{\"id\": {n}}", "{\"id\": 7}"),
            ("{nn} {", "{nn} {"),
            ("", ""),
            ("é{n}é", "é7é"),
        ] {
            assert_eq!(fill(template, 7, "a.b", "shop"), want);
        }
    }
}
