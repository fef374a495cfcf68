//! `warren run --junit`: the report that CI servers read, one test case for
//! each expectation. There is no standard, only the format of Apache Ant's
//! JUnit task, which all of them understand.

/// A report.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) suites: Vec<Suite>,
}

/// A scenario.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) file: String,
    pub(super) title: String,
    pub(super) cases: Vec<Case>,
}

/// An expectation.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    /// Why it does not hold.
    pub(super) failure: Option<String>,
    /// Why nobody knows whether it does.
    pub(super) error: Option<String>,
}

impl Case {
    pub(super) fn error(name: &str, why: &str) -> Self {
        Self { name: name.into(), failure: None, error: Some(why.into()) }
    }
}

impl Suite {
    /// A file that could not be played.
    pub(super) fn unusable(file: &str, why: &str) -> Self {
        let cases = vec![Case::error("the scenario can be played", why)];
        Self { file: file.into(), title: file.into(), cases }
    }

    fn count(&self, wanted: impl Fn(&Case) -> bool) -> usize {
        self.cases.iter().filter(|case| wanted(case)).count()
    }
}

impl Report {
    /// The report as XML. It says no times: they would differ from run to run.
    pub(super) fn xml(&self) -> String {
        let total = |count: fn(&Suite) -> usize| self.suites.iter().map(count).sum::<usize>();
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        out += &format!(
            "<testsuites name=\"warren\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
            total(|suite| suite.cases.len()),
            total(|suite| suite.count(|case| case.failure.is_some())),
            total(|suite| suite.count(|case| case.error.is_some())),
        );
        for suite in &self.suites {
            out += &format!(
                "  <testsuite name=\"{}\" file=\"{}\" tests=\"{}\" failures=\"{}\" \
                 errors=\"{}\">\n",
                escaped(&suite.title),
                escaped(&suite.file),
                suite.cases.len(),
                suite.count(|case| case.failure.is_some()),
                suite.count(|case| case.error.is_some()),
            );
            for case in &suite.cases {
                write_case(case, &suite.file, &mut out);
            }
            out += "  </testsuite>\n";
        }
        out + "</testsuites>\n"
    }
}

fn write_case(case: &Case, file: &str, out: &mut String) {
    let (name, file) = (escaped(&case.name), escaped(file));
    *out += &format!("    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\"");
    let told = case.failure.as_ref().map(|why| ("failure", why));
    match told.or(case.error.as_ref().map(|why| ("error", why))) {
        None => *out += "/>\n",
        Some((kind, why)) => {
            let first = why.lines().nth(1).or(why.lines().next()).unwrap_or_default();
            let message = first.split_whitespace().collect::<Vec<_>>().join(" ");
            *out += &format!(
                ">\n      <{kind} message=\"{}\">{}</{kind}>\n    </testcase>\n",
                escaped(&message),
                escaped(why),
            );
        }
    }
}

/// Text that can stand in XML 1.0, inside quotes as well. What XML cannot hold
/// at all (section 2.2, `Char`) becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
