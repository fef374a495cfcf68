//! `{n}`, `{key}`, `{client}` and `{body}` in bodies, keys and properties.

/// What the places of a template are filled with.
pub(crate) struct Places<'a> {
    /// The message's number at its publisher.
    pub(crate) n: u64,
    /// The routing key; of the message that came in, when one is passed on.
    pub(crate) key: &'a str,
    /// The client's name.
    pub(crate) client: &'a str,
    /// The body of the message that is passed on.
    pub(crate) body: Option<&'a str>,
}

impl Places<'_> {
    /// Fills the places of a template. Anything else in braces stays as it is.
    pub(crate) fn fill(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len());
        let number = self.n.to_string();
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let filled = [
                ("{n}", Some(number.as_str())),
                ("{key}", Some(self.key)),
                ("{client}", Some(self.client)),
                ("{body}", self.body),
            ]
            .into_iter()
            .find(|(place, value)| value.is_some() && rest.starts_with(place));
            match filled {
                Some((place, value)) => {
                    out.push_str(value.unwrap_or(""));
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
}

#[cfg(test)]
mod tests {
    use super::Places;

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
            ("{body}", "{body}"),
        ] {
            let places = Places { n: 7, key: "a.b", client: "shop", body: None };
            assert_eq!(places.fill(template), want);
            let passed_on = Places { body: Some("{n}"), ..places };
            assert_eq!(passed_on.fill("<{body}>"), "<{n}>");
        }
    }
}
