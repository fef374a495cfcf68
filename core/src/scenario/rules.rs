//! Everything that can be said about a scenario's text, by code.

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The statement is not in the document.
    Error,
    /// The statement counts; it may not do what its author wanted.
    Warning,
}

/// One kind of finding. `{0}`, `{1}` … in the words stand for arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Its code: stays the same for ever, so that tools can rely on it.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is said, in English.
    pub words: &'static str,
    /// What to do about it, when that is always the same.
    pub help: &'static str,
}

macro_rules! rules {
    ($($severity:ident $name:ident $code:literal $words:literal $help:literal)*) => {
        $(pub(super) const $name: Rule = Rule {
            code: $code,
            severity: Severity::$severity,
            words: $words,
            help: $help,
        };)*
        /// Every rule, in the order of the reference.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    Error FILE_TOO_LONG "file-too-long"
        "the file has {0} bytes; a scenario may have {1}" ""
    Error TOO_MANY_STATEMENTS "too-many-statements"
        "a scenario may have {0} statements; the rest is left out" ""
    Warning TOO_MANY_FINDINGS "too-many-findings"
        "{0} more findings are not shown" "mend the ones above first"
    Error NO_VERSION "no-version"
        "a scenario begins with the line `warren 1`" "write `warren 1` above everything else"
    Error UNKNOWN_VERSION "unknown-version"
        "this file is for version {0} of the language; this Warren reads version 1" ""
    Error UNKNOWN_STATEMENT "unknown-statement"
        "no statement begins with `{0}`" ""
    Error EXPECTED "expected"
        "expected {0}, found {1}" ""
    Error UNKNOWN_SETTING "unknown-setting"
        "{0} has no setting `{1}`" ""
    Error REPEATED_SETTING "repeated-setting"
        "`{0}` is given twice" ""
    Error REPEATED_STATEMENT "repeated-statement"
        "`{0}` was said already" "keep one of the two lines"
    Error CONFLICT "conflict"
        "`{0}` and `{1}` do not go together" ""
    Error INDENTED "indented"
        "this line is indented, so it continues the statement above"
        "begin the line at the left edge to make it a statement of its own"
    Error NOT_TIMED "not-timed"
        "`{0}` holds for the whole run and takes no `at`" "take `at` and the time away"
    Error OPEN_TEXT "open-text"
        "this text has no closing quote" "write \\\" for a quote inside a text"
    Error ROUND_QUOTE "round-quote"
        "{0} is not a quote of this language" "write the straight quote \""
    Error BAD_ESCAPE "bad-escape"
        "`{0}` is not an escape" "there are \\n \\t \\r \\\" \\\\ and \\u{1f407}"
    Error BAD_NUMBER "bad-number"
        "`{0}` is not a whole number" ""
    Error NUMBER_RANGE "number-range"
        "{0} must be {1} to {2}, not {3}" ""
    Error BAD_DURATION "bad-duration"
        "`{0}` is not a length of time" "write 500ms, 2s, 1.5s, 1min, 1h or 40us"
    Error DURATION_RANGE "duration-range"
        "{0} may be {1} at most" ""
    Error BAD_RANGE "bad-range"
        "{0} to {1} runs backwards" ""
    Error BAD_VALUE "bad-value"
        "`{0}` is neither a number nor a word" "put quotes around a text that begins like a number"
    Error UNKNOWN_TYPE "unknown-type"
        "no field type is called `{0}`" ""
    Error NAME_TOO_LONG "name-too-long"
        "{0} may have 255 bytes, this has {1}" "AMQP's short strings end there"
    Error TEXT_TOO_LONG "text-too-long"
        "a text may have {0} bytes, this has {1}" ""
    Error EMPTY_NAME "empty-name"
        "{0} cannot be empty" ""
    Error LIST_TOO_LONG "list-too-long"
        "a list may have {0} entries" ""
    Error TOO_DEEP "too-deep"
        "tables and arrays may be nested {0} deep" ""
    Error UNKNOWN_PROFILE "unknown-profile"
        "no profile is called `{0}`" "there are 3.10, 4.0 and 4.3"
    Error UNKNOWN_EXCHANGE_TYPE "unknown-exchange-type"
        "no exchange type is called `{0}`"
        "put it in quotes to see what the broker says about an unknown type"
    Error BAD_PATTERN "bad-pattern"
        "`{0}` is not a pattern: {1}" "a policy's pattern is a regular expression, like \"^orders\""
    Error NOT_A_STATE "not-a-state"
        "`{0}` goes with what can be counted at each instant" ""
    Error NOT_AN_EVENT "not-an-event"
        "`then` stands between things that happen"
        "like `message A1 reaches packer` or `message A1 is acked`"
    Error NO_PACE "no-pace"
        "`count` says how many, nothing says when" "add `every 1s`, or `every 0s` for a burst"
    Error ENDLESS "endless"
        "a pause of 0s without `count` never ends" "add `count`, or a longer pause"
    Error TOO_MANY_MESSAGES "too-many-messages"
        "the publishers would send {0} messages; a run may have {1}"
        "publish less often, or set `count` or an earlier `end`"
    Error BAD_LABEL "bad-label"
        "`{0}` is not a message" "a message is called by its publisher's letter and its number: A17"
    Error UNKNOWN_LABEL "unknown-label"
        "no publisher has the letter {0}" ""
    Error UNKNOWN_CLIENT "unknown-client"
        "no client is called `{0}`" ""
    Error NOT_A_PUBLISHER "not-a-publisher"
        "no publisher is called `{0}`" ""
    Error NOT_A_CONSUMER "not-a-consumer"
        "no consumer is called `{0}`" ""
    Error NOT_SCALABLE "not-scalable"
        "`{0}` has no instances to scale" "add `instances 1` to its declaration"
    Error REPEATED_CLIENT "repeated-client"
        "there is a {0} `{1}` already"
        "give it a name of its own; only a publisher and a consumer can share one"
    Error UNKNOWN_QUEUE "unknown-queue"
        "no queue is called `{0}`" ""
    Error EXPECT_AFTER_END "expect-after-end"
        "the run ends at {0}, before {1}" "move the expectation, or set a later `end`"
    Warning UNDECLARED_QUEUE "undeclared-queue"
        "no statement declares the queue `{0}`" ""
    Warning UNDECLARED_EXCHANGE "undeclared-exchange"
        "no statement declares the exchange `{0}`" ""
    Warning UNDECLARED_USER "undeclared-user"
        "no statement makes the user `{0}`" ""
    Warning DECLARED_LATER "declared-later"
        "{0} `{1}` is declared only later, so the broker will not find it here"
        "move this line below the declaration"
    Warning UNKNOWN_NODE "unknown-node"
        "there is no {0} `{1}`" ""
    Warning AFTER_END "after-end"
        "the run ends at {0}, before {1}: this never happens" ""
    Warning NO_BINDINGS "no-bindings"
        "the exchange `{0}` has no binding, so what comes to it goes nowhere"
        "bind a queue to it with `bind`, or see it come back with `mandatory`"
    Warning NEVER_FITS "never-fits"
        "no routing key of this scenario fits the binding key `{0}`" ""
    Warning UNREACHABLE_QUEUE "unreachable-queue"
        "nothing in this scenario can get a message into the queue `{0}`"
        "bind it to an exchange that is published to, or publish to it with `-> queue`"
    Warning UNLIMITED_PREFETCH "unlimited-prefetch"
        "`{0}` works slower than messages come, and takes in all of them at once"
        "with `prefetch 1` the others wait in the queue, where other consumers can have them"
    Warning DEAD_LETTER_CIRCLE "dead-letter-circle"
        "what dies in `{0}` would come back to it, and the broker drops it instead"
        "only a message that a consumer rejects may go round; others are dropped without a word"
    Warning BATCH_OVER_PREFETCH "batch-over-prefetch"
        "`{0}` waits for {1} messages and may hold {2}, so it never settles any"
        "let it hold at least as many as a batch has"
}

/// The rule with this code.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// The code that is nearest to one that does not exist.
#[must_use]
pub fn nearest_rule(code: &str) -> Option<&'static str> {
    super::suggest::nearest(code, RULES.iter().map(|rule| rule.code))
}
