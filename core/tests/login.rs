//! Who is let in, as far as no recording on loopback can show it
//! (`rabbit_access_control:check_user_loopback`, `rabbit_reader`).

use warren_core::broker::{Broker, Configuration, Login, Name, Profile};
use warren_core::time::Tick;

#[test]
fn guest_comes_from_this_machine_only() {
    let mut broker = Broker::new(Profile::V4_3);
    let log_in = |broker: &Broker, near| broker.authenticate("guest", "guest", near, |_, _| false);
    assert_eq!(log_in(&broker, true), Ok(()));
    let why = log_in(&broker, false).expect_err("it comes from elsewhere");
    assert_eq!(why, "user 'guest' can only connect via localhost");
    let everybody = Configuration { loopback_users: Vec::new(), ..Configuration::default() };
    broker.configure(everybody);
    assert_eq!(log_in(&broker, false), Ok(()));
}

#[test]
fn the_limit_of_the_node_comes_before_the_virtual_host() {
    for profile in Profile::ALL {
        let mut broker = Broker::new(profile);
        broker.configure(Configuration { connection_max: Some(1), ..Configuration::default() });
        let mut connect = |login: &Login| broker.connect(Tick::ZERO, login, &mut Vec::new());
        let nowhere = Login { vhost: Name::from("nowhere"), ..Login::default() };
        let refused = connect(&nowhere).expect_err("there is no such virtual host");
        assert_eq!((refused.code, &*refused.text), (530, "NOT_ALLOWED - vhost nowhere not found"));
        connect(&Login::default()).expect("there is room for one");
        let refused = connect(&nowhere).expect_err("there is none for another");
        let text = "NOT_ALLOWED - connection refused: node connection limit (1) is reached";
        assert_eq!((refused.code, &*refused.text), (530, text));
    }
}
