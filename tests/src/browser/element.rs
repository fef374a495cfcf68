//! Finding things on a page, and what can be asked of them.

use super::{Computed, Page};
use thirtyfour::prelude::*;

/// Something on a [`Page`].
pub struct Element<'a> {
    pub(super) page: &'a Page,
    pub(super) inner: WebElement,
    sought: Option<Sought>,
}

/// How something was found that was the first of its kind.
enum Sought {
    ByName(String, String),
    BySelector(String),
}

/// What can have a role without saying so. Others have to carry `role`.
const IMPLICIT: [(&str, &str); 19] = [
    ("button", "button, summary, input[type=button], input[type=submit]"),
    ("link", "a[href]"),
    ("textbox", "input:not([type]), input[type=text], input[type=search], textarea"),
    ("searchbox", "input[type=search]"),
    ("spinbutton", "input[type=number]"),
    ("slider", "input[type=range]"),
    ("checkbox", "input[type=checkbox]"),
    ("radio", "input[type=radio]"),
    ("combobox", "select, input[list]"),
    ("option", "option"),
    ("listitem", "li"),
    ("list", "ul, ol"),
    ("heading", "h1, h2, h3, h4, h5, h6"),
    ("table", "table"),
    ("row", "tr"),
    ("dialog", "dialog"),
    ("img", "img, svg"),
    ("form", "form"),
    ("group", "fieldset, details, g"),
];

impl Page {
    /// The first visible thing with this role and this accessible name; waits
    /// for it. A name that ends in `…` is compared up to there.
    ///
    /// # Panics
    /// When there is none, with the names that there are.
    pub fn find(&self, role: &str, name: &str) -> Element<'_> {
        let start = std::time::Instant::now();
        loop {
            if let Some(found) = self.all(role, name).into_iter().next() {
                let sought = Some(Sought::ByName(role.to_owned(), name.to_owned()));
                return Element { sought, ..found };
            }
            if start.elapsed() > super::PATIENCE {
                let names: Vec<String> = self.all(role, "…").iter().map(Element::name).collect();
                panic!("{}: no {role} “{name}”, only {names:?}", self.name);
            }
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
    }

    /// Every visible thing with this role and name that is there now.
    pub fn all(&self, role: &str, name: &str) -> Vec<Element<'_>> {
        let implicit = IMPLICIT.iter().find(|(r, _)| *r == role).map_or("", |(_, css)| css);
        let css = if implicit.is_empty() {
            format!("[role={role}]")
        } else {
            format!("[role={role}], {implicit}")
        };
        let wanted = |element: &Element<'_>| {
            let matches = |said: String| match name.strip_suffix('…') {
                Some(start) => said.starts_with(start),
                None => said == name,
            };
            // An element that has just gone has neither.
            element.computed("computedlabel").is_some_and(matches)
                && element.computed("computedrole").is_some_and(|r| same_role(&r, role))
                && element.is_visible()
        };
        self.all_css(&css).into_iter().filter(wanted).collect()
    }

    /// The first thing that a CSS selector finds; waits for it.
    ///
    /// # Panics
    /// When there is none.
    pub fn css(&self, selector: &str) -> Element<'_> {
        let found = self.until(selector, |page| page.all_css(selector).into_iter().next());
        Element { sought: Some(Sought::BySelector(selector.to_owned())), ..found }
    }

    /// Everything that a CSS selector finds now.
    pub fn all_css(&self, selector: &str) -> Vec<Element<'_>> {
        let found = self.now(selector, self.web().find_all(By::Css(selector)));
        found.into_iter().map(|inner| Element { page: self, inner, sought: None }).collect()
    }

    /// What has the focus.
    pub fn focused(&self) -> Element<'_> {
        let inner = self.now("the focus", self.web().active_element());
        Element { page: self, inner, sought: None }
    }
}

/// Chromium's names for two roles differ from ARIA's.
fn same_role(said: &str, wanted: &str) -> bool {
    said == wanted || matches!((said, wanted), ("image", "img") | ("img", "image"))
}

impl Element<'_> {
    fn computed(&self, what: &'static str) -> Option<String> {
        let request = Computed { what, element: self.inner.element_id().to_string() };
        let answer = self.page.runtime.block_on(self.page.web().handle().cmd(request)).ok()?;
        answer.value::<String>().ok()
    }

    /// The name that a screen reader says.
    #[must_use]
    pub fn name(&self) -> String {
        self.computed("computedlabel").unwrap_or_default()
    }

    /// The role that a screen reader says.
    #[must_use]
    pub fn role(&self) -> String {
        self.computed("computedrole").unwrap_or_default()
    }

    /// Whether any of it can be seen.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.page.runtime.block_on(self.inner.is_displayed()).unwrap_or(false)
    }

    /// Clicks its middle, as a person would: whoever sees another thing of the
    /// same name in its place by then clicks that.
    pub fn click(&self) {
        let clicked = self.page.runtime.block_on(self.inner.click());
        let again = clicked.as_ref().is_err_and(|e| e.to_string().contains("stale element"));
        match &self.sought {
            Some(Sought::ByName(role, name)) if again => self.page.find(role, name).click(),
            Some(Sought::BySelector(selector)) if again => self.page.css(selector).click(),
            _ => self.page.now("click", std::future::ready(clicked)),
        }
    }

    /// Its text, as it is seen.
    #[must_use]
    pub fn text(&self) -> String {
        self.page.now("text", self.inner.text())
    }

    /// What is entered in it.
    #[must_use]
    pub fn value(&self) -> String {
        self.page.now("value", self.inner.value()).unwrap_or_default()
    }

    /// An attribute.
    #[must_use]
    pub fn attr(&self, name: &str) -> Option<String> {
        self.page.now(name, self.inner.attr(name))
    }

    /// Whether it can be used.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.page.now("enabled", self.inner.is_enabled())
    }

    /// Gives it the focus.
    pub fn focus(&self) {
        self.page.now("focus", self.inner.focus());
    }

    /// Replaces what is entered in it.
    pub fn fill(&self, text: &str) {
        self.page.now("clear", self.inner.clear());
        self.page.now("fill", self.inner.send_keys(text));
    }

    /// Left, top, width and height in CSS pixels of the viewport.
    #[must_use]
    pub fn rect(&self) -> (f64, f64, f64, f64) {
        let script = "const r = arguments[0].getBoundingClientRect();
            return [r.left, r.top, r.width, r.height];";
        let element = self.inner.to_json().expect("an element is a reference");
        let values = self.page.eval(script, vec![element]);
        let value = |i: usize| values[i].as_f64().unwrap_or_default();
        (value(0), value(1), value(2), value(3))
    }

    /// Its middle in CSS pixels of the viewport.
    #[must_use]
    pub fn centre(&self) -> (f64, f64) {
        let (left, top, width, height) = self.rect();
        (left + width / 2.0, top + height / 2.0)
    }
}
