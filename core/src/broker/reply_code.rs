//! The ways a broker says no.

/// An AMQP reply code that ends a channel or a connection. Which of the two is
/// decided by the code (AMQP 0-9-1, 1.2; `rabbit_framing_amqp_0_9_1.erl`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ReplyCode {
    ConnectionForced,
    AccessRefused,
    NotFound,
    ResourceLocked,
    PreconditionFailed,
    CommandInvalid,
    ChannelError,
    ResourceError,
    NotAllowed,
    NotImplemented,
    InternalError,
}

impl ReplyCode {
    /// The number on the wire.
    pub(crate) const fn code(self) -> u16 {
        match self {
            Self::ConnectionForced => 320,
            Self::AccessRefused => 403,
            Self::NotFound => 404,
            Self::ResourceLocked => 405,
            Self::PreconditionFailed => 406,
            Self::CommandInvalid => 503,
            Self::ChannelError => 504,
            Self::ResourceError => 506,
            Self::NotAllowed => 530,
            Self::NotImplemented => 540,
            Self::InternalError => 541,
        }
    }

    /// What the reply text begins with.
    const fn name(self) -> &'static str {
        match self {
            Self::ConnectionForced => "CONNECTION_FORCED",
            Self::AccessRefused => "ACCESS_REFUSED",
            Self::NotFound => "NOT_FOUND",
            Self::ResourceLocked => "RESOURCE_LOCKED",
            Self::PreconditionFailed => "PRECONDITION_FAILED",
            Self::CommandInvalid => "COMMAND_INVALID",
            Self::ChannelError => "CHANNEL_ERROR",
            Self::ResourceError => "RESOURCE_ERROR",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::NotImplemented => "NOT_IMPLEMENTED",
            Self::InternalError => "INTERNAL_ERROR",
        }
    }

    /// Whether the whole connection goes.
    pub(crate) const fn closes_connection(self) -> bool {
        !matches!(
            self,
            Self::AccessRefused | Self::NotFound | Self::ResourceLocked | Self::PreconditionFailed
        )
    }
}

/// A method that cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fault {
    pub(crate) code: ReplyCode,
    /// What follows `NAME - `.
    explanation: String,
}

impl Fault {
    /// A fault; `explanation` is what follows the code's name.
    pub(crate) fn new(code: ReplyCode, explanation: impl Into<String>) -> Self {
        Self { code, explanation: explanation.into() }
    }

    pub(crate) fn refused(explanation: impl Into<String>) -> Self {
        Self::new(ReplyCode::AccessRefused, explanation)
    }

    pub(crate) fn not_found(explanation: impl Into<String>) -> Self {
        Self::new(ReplyCode::NotFound, explanation)
    }

    pub(crate) fn precondition(explanation: impl Into<String>) -> Self {
        Self::new(ReplyCode::PreconditionFailed, explanation)
    }

    pub(crate) fn not_implemented(explanation: impl Into<String>) -> Self {
        Self::new(ReplyCode::NotImplemented, explanation)
    }

    /// A channel that ended while it acted: it hears no more of it.
    pub(crate) fn no_channel() -> Self {
        Self::new(ReplyCode::ChannelError, "expected 'channel.open'")
    }

    /// What happens when a process of the broker's fails over a method: the
    /// connection goes, without an explanation.
    pub(crate) fn crash() -> Self {
        Self::new(ReplyCode::InternalError, "")
    }

    /// Whether this is [`Fault::crash`], which blames no method.
    pub(crate) fn is_crash(&self) -> bool {
        self.explanation.is_empty()
    }

    pub(crate) fn no_queue(name: &str, vhost: &str) -> Self {
        Self::not_found(format!("no {}", queue_at(name, vhost)))
    }

    pub(crate) fn no_exchange(name: &str, vhost: &str) -> Self {
        Self::not_found(format!("no {}", exchange_at(name, vhost)))
    }

    /// Another connection's exclusive queue, or an exclusive flag that differs
    /// (`rabbit_amqqueue:check_exclusive_access`).
    pub(crate) fn locked(name: &str, vhost: &str) -> Self {
        Self::new(
            ReplyCode::ResourceLocked,
            format!(
                "cannot obtain exclusive access to locked {}. It could be originally declared \
                 on another connection or the exclusive property value does not match that of \
                 the original declaration.",
                queue_at(name, vhost)
            ),
        )
    }

    /// The reply text.
    pub(crate) fn text(&self) -> String {
        if self.is_crash() {
            return self.code.name().to_owned();
        }
        reply_text(format!("{} - {}", self.code.name(), self.explanation))
    }
}

/// A reply text that fits a short string: 252 octets and dots when it would be
/// longer (`rabbit_binary_generator:amqp_exception_explanation`).
#[must_use]
pub fn reply_text(mut text: String) -> String {
    if text.len() > 255 {
        let end = (0..=252).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push_str("...");
    }
    text
}

/// A queue as texts name it (`rabbit_misc:rs`).
pub(crate) fn queue_at(name: &str, vhost: &str) -> String {
    format!("queue '{name}' in vhost '{vhost}'")
}

/// An exchange as texts name it (`rabbit_misc:rs`).
pub(crate) fn exchange_at(name: &str, vhost: &str) -> String {
    format!("exchange '{name}' in vhost '{vhost}'")
}
