//! A broker before its first client comes, for `warren serve` and
//! `warren record`.

use crate::source;
use crate::terminal::Terminal;
use warren_core::broker::{Broker, Configuration, Credential, Name, Profile, User};
use warren_core::scenario::visible;
use warren_core::world::World;

/// The user that every broker has.
const GUEST: &str = "guest";

/// A broker with what a scenario declares at its start, or one with nothing.
/// `None` when the scenario has errors; they are told then.
pub(crate) fn broker(
    scenario: Option<&str>,
    profile: Option<Profile>,
    terminal: &mut Terminal,
) -> Option<Broker> {
    let Some(file) = scenario else { return Some(Broker::new(profile.unwrap_or_default())) };
    let (_, parsed) = source::scenario(file, terminal)?;
    let mut broker = World::topology(parsed.document, profile);
    // A scenario waits for ever, clients of a server do not.
    let mut configuration = Configuration::default();
    // A scenario has no passwords. Its users get theirs as `guest` has one:
    // everybody can guess it, so it is good on this machine only.
    let users: Vec<(Name, User)> = broker
        .users()
        .filter(|(name, _)| ***name != *GUEST)
        .map(|(name, user)| (name.clone(), user.clone()))
        .collect();
    for (name, user) in users {
        let credential = Credential::Password(name.clone());
        broker.set_user(&name, User { credential, ..user });
        configuration.loopback_users.push(name);
    }
    broker.configure(configuration);
    Some(broker)
}

/// Takes users from those of a scenario: they have come with passwords of
/// their own.
pub(crate) fn replaced(broker: &mut Broker, users: &[String]) {
    let mut configuration = broker.configuration().clone();
    configuration
        .loopback_users
        .retain(|name| **name == *GUEST || !users.contains(&name.to_string()));
    broker.configure(configuration);
}

/// How a scenario's users log in; `None` when there are none.
pub(crate) fn logins(broker: &Broker) -> Option<String> {
    let users = broker.configuration().loopback_users.iter();
    let mut names: Vec<String> = users.filter(|n| ***n != *GUEST).map(|n| visible(n)).collect();
    let last = names.pop()?;
    if names.is_empty() {
        return Some(format!(
            "The user {last} logs in from this machine, its name is its password"
        ));
    }
    let names = names.join(", ");
    Some(format!(
        "The users {names} and {last} log in from this machine, their names are their passwords"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Colour;

    /// A broker of a scenario in a file of its own.
    fn stocked(test: &str, text: &str) -> Broker {
        let file = std::env::temp_dir().join(format!("warren-stock-{test}-{}", std::process::id()));
        std::fs::write(&file, text).expect("a file");
        let mut terminal = Terminal::new(Colour::Never);
        let made = broker(file.to_str(), None, &mut terminal).expect("a broker");
        std::fs::remove_file(&file).expect("it was there");
        made
    }

    fn may(broker: &Broker, name: &str, password: &str, near: bool) -> bool {
        broker.authenticate(name, password, near, |_, _| false).is_ok()
    }

    #[test]
    fn users_of_a_scenario_log_in_from_this_machine() {
        let text = "warren 1\nuser ann tags monitoring\nuser bob\nat 1s user late\n";
        let mut broker = stocked("users", text);
        for (name, password, near, want) in [
            ("ann", "ann", true, true),
            ("ann", "ann", false, false),
            ("ann", "bob", true, false),
            ("guest", "guest", true, true),
            ("guest", "guest", false, false),
            ("late", "late", true, false),
        ] {
            assert_eq!(may(&broker, name, password, near), want, "{name} {password} {near}");
        }
        assert_eq!(broker.user("ann").map(|ann| ann.tags.len()), Some(1));
        let said = logins(&broker).expect("there are users");
        assert!(said.contains("users ann and bob log in"), "{said}");
        // One that a definitions file brings as well.
        let credential = Credential::Password(Name::from("secret"));
        broker.set_user("ann", User { credential, ..User::default() });
        replaced(&mut broker, &["ann".to_owned()]);
        assert!(may(&broker, "ann", "secret", false) && may(&broker, "bob", "bob", true));
        assert_eq!(logins(&broker).map(|said| said.contains("user bob logs in")), Some(true));
        assert_eq!(logins(&stocked("none", "warren 1\nqueue q\n")), None);
    }
}
