//! The scenarios that ship with Warren.

macro_rules! scenario {
    ($name:literal) => {
        ($name, include_str!(concat!("../../static/scenarios/", $name, ".warren")))
    };
}

/// File name and text of every scenario in `static/scenarios`.
pub const SCENARIOS: &[(&str, &str)] = &[
    scenario!("01-hello-world"),
    scenario!("02-work-queues"),
    scenario!("03-publish-subscribe"),
    scenario!("04-routing"),
    scenario!("05-topics"),
    scenario!("06-rpc"),
    scenario!("07-publisher-confirms"),
    scenario!("08-point-to-point-and-publish-subscribe"),
    scenario!("09-headers"),
    scenario!("10-consumer-down"),
    scenario!("11-slow-step"),
    scenario!("12-consistent-hash"),
    scenario!("13-delayed-messages"),
    scenario!("14-streams"),
    scenario!("15-thin-notifications"),
    scenario!("16-logging-by-severity"),
    scenario!("17-integration-flow"),
    scenario!("18-protocol-translation"),
    scenario!("19-retry-with-dead-letters"),
    scenario!("20-permissions"),
    scenario!("21-broken-network"),
    scenario!("22-memory-alarm"),
    scenario!("23-push-and-pull"),
    scenario!("24-all-or-nothing"),
    scenario!("25-shared-channel"),
];
