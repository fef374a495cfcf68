//! What is kept, when, and what becomes of it.

use super::super::tests::{SMALL, node, open};
use super::super::{Command, Msg, Start};
use super::*;

/// The session goes on until every branch is compared.
fn settle(session: &mut Session) {
    for _ in 0..2_000 {
        if !session.wants_frames() {
            return;
        }
        session.compute(1_000);
        session.update(Msg::Frame(0.0));
    }
    panic!("it is never done");
}

fn seek(session: &mut Session, at: u64) {
    session.update(Msg::Seek(Tick(at)));
}

fn crash(session: &mut Session) -> Update {
    let update = session.update(Msg::Tell(Command::Crash, node("c:worker")));
    session.playback.pause();
    update
}

fn names(session: &Session) -> Vec<&str> {
    session.branches().map(|branch| &*branch.name).collect()
}

/// Watched to its end, and changed at 2.5 s.
fn changed() -> Session {
    let mut session = open(SMALL);
    seek(&mut session, 9_000_000);
    seek(&mut session, 2_500_000);
    crash(&mut session);
    session
}

#[test]
fn a_change_of_what_was_seen_keeps_the_run_as_it_was_and_says_so() {
    let mut session = open(SMALL);
    seek(&mut session, 2_500_000);
    let update = crash(&mut session);
    assert_eq!(names(&session), [""; 0], "what comes after was never seen");
    assert!(!update.orders.iter().any(|order| matches!(order, Order::Remember("branches", _))));
    let mut session = open(SMALL);
    seek(&mut session, 9_000_000);
    seek(&mut session, 2_500_000);
    let update = crash(&mut session);
    assert_eq!(names(&session), ["Branch 1"]);
    let told = "The run as you saw it is kept as Branch 1.";
    assert!(update.orders.contains(&Order::Announce(told.to_owned())));
    assert_eq!(session.notice.as_ref().map(|notice| &*notice.words), Some(told));
    settle(&mut session);
    let parting = session.branches().next().and_then(|b| b.parting.clone()).expect("compared");
    assert_eq!(parting.at, Some(Tick(2_500_000)));
    assert!(parting.same > 5);
    assert_eq!(
        parting.here.first[0],
        (Tick(2_500_000), "worker crashes: its TCP connection is cut.".to_owned())
    );
    assert!(parting.there.first[0].0 > Tick(2_500_000));
    assert_eq!(parting.there.first.len(), Branches::SHOWN);
    assert!(parting.there.more > 0);
}

#[test]
fn what_changes_nothing_that_was_seen_keeps_nothing() {
    let mut session = open(SMALL);
    seek(&mut session, 9_000_000);
    let to = crate::gesture::Point::new(400.0, 90.0);
    session.place(&node("q:billing"), to);
    session.update(Msg::Typed(session.text.replace("Small", "Smaller")));
    session.update(Msg::Settle(session.revision));
    assert_eq!(session.title(), "Smaller");
    session.update(Msg::Typed(format!("{}// a note\n", session.text)));
    session.update(Msg::Settle(session.revision));
    assert_eq!(names(&session), [""; 0]);
}

#[test]
fn changes_that_follow_each_other_keep_one_branch_together() {
    let mut session = changed();
    for count in 6..9 {
        let text = SMALL.replace("count 5", &format!("count {count}"));
        session.update(Msg::Typed(text));
        session.update(Msg::Settle(session.revision));
    }
    assert_eq!(names(&session), ["Branch 1"]);
    // Who looks at what came of it begins anew.
    seek(&mut session, 6_000_000);
    session.update(Msg::Typed(SMALL.replace("count 5", "count 2")));
    session.update(Msg::Settle(session.revision));
    assert_eq!(names(&session), ["Branch 1", "Branch 2"]);
}

#[test]
fn undo_takes_the_branch_away_and_redo_brings_it_back() {
    let mut session = changed();
    let after = session.text.clone();
    session.update(Msg::Undo);
    assert_eq!((&*session.text, names(&session)), (SMALL, vec![]), "it is on the stage");
    assert_eq!(session.staged(), Some("Branch 1"));
    session.update(Msg::Redo);
    assert_eq!((&*session.text, names(&session)), (&*after, vec!["Branch 1"]));
    // Another change in place of the one that was undone.
    session.update(Msg::Undo);
    session.update(Msg::Tell(Command::Stop, node("c:worker")));
    assert_eq!(names(&session), ["Branch 1"]);
    assert!(!session.can_redo());
    session.update(Msg::Undo);
    assert_eq!(session.text, SMALL);
}

#[test]
fn a_branch_is_named_and_promoted_and_undo_goes_back() {
    let mut session = changed();
    let after = session.text.clone();
    let named = ForBranch::Name(" the calm one ".to_owned());
    let update = session.update(Msg::Branch(1, named));
    assert!(update.orders.contains(&Order::Remember("branches", session.branches.written())));
    assert_eq!(names(&session), ["the calm one"]);
    session.update(Msg::Branch(1, ForBranch::Promote));
    assert_eq!((&*session.text, session.staged()), (SMALL, Some("the calm one")));
    assert_eq!(names(&session), ["Branch 2"]);
    assert_eq!(session.now(), Tick(2_500_000), "the instant stays");
    settle(&mut session);
    let parting = session.branches().next().and_then(|b| b.parting.clone()).expect("compared");
    assert_eq!(parting.at, Some(Tick(2_500_000)));
    session.update(Msg::Undo);
    assert_eq!((&*session.text, names(&session)), (&*after, vec!["the calm one"]));
    session.update(Msg::Redo);
    // A name goes along with what happens at the front.
    seek(&mut session, 9_000_000);
    session.update(Msg::Typed(format!("{SMALL}at 9.1s purge billing\nend 12s\n")));
    session.update(Msg::Settle(session.revision));
    assert_eq!(session.staged(), Some("the calm one"));
    session.update(Msg::Branch(2, ForBranch::Forget));
    assert_eq!(names(&session), [""; 0]);
}

#[test]
fn only_so_much_is_kept_and_what_has_a_name_stays_longest() {
    let mut branches = Branches::default();
    for n in 0..20 {
        branches.keep(&format!("warren 1\n// {n}\n"), Tick(n));
        if n == 2 {
            branches.of("warren 1\n// 2\n").expect("it is kept").named = true;
        }
    }
    let numbers: Vec<u32> = branches.all.iter().map(|branch| branch.number).collect();
    assert_eq!(numbers, [3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    let large = |n: usize| format!("warren 1\n// {n}{}\n", "x".repeat(Branches::OCTETS / 3));
    for n in 0..5 {
        branches.keep(&large(n), Tick(1));
    }
    let octets: usize = branches.all.iter().map(|branch| branch.text.len()).sum();
    assert!(octets <= Branches::OCTETS && branches.of(&large(4)).is_some(), "{octets}");
    assert!(!branches.keep(&"x".repeat(Branches::OCTETS + 1), Tick(1)));
}

#[test]
fn what_is_kept_is_there_after_coming_back() {
    let mut session = changed();
    session.update(Msg::Branch(1, ForBranch::Name("naïve\n2 1".to_owned())));
    let kept = session.branches.written();
    let draft = Some(session.text.clone());
    let branches = Some(kept.clone());
    let (mut again, _) = Session::new(Start { draft: draft.clone(), branches, ..Start::default() });
    assert_eq!(names(&again), ["naïve\n2 1"]);
    settle_paused(&mut again);
    assert!(again.branches().all(|branch| branch.parting.is_some()));
    // No half of it stops the page.
    for cut in (0..kept.len()).filter(|at| kept.is_char_boundary(*at)) {
        let branches = Some(kept[..cut].to_owned());
        let start = Start { draft: draft.clone(), branches, ..Start::default() };
        assert_eq!(Session::new(start).0.branches().count(), 0);
    }
    // Another scenario has none of them.
    let update = again.update(Msg::OpenScenario(0));
    assert_eq!(names(&again), [""; 0]);
    assert!(update.orders.contains(&Order::Remember("branches", String::new())));
}

fn settle_paused(session: &mut Session) {
    session.playback.pause();
    settle(session);
}

#[test]
fn a_long_branch_is_compared_in_slices_and_the_page_is_told() {
    let long = "warren 1\nexchange x direct\nqueue q\nbind x -> q key k\n\
        publisher p -> x key k every 1ms\nconsumer c <- q\nend 40s\n";
    let mut session = open(long);
    session.update(Msg::ToEnd);
    settle(&mut session);
    seek(&mut session, 39_000_000);
    session.update(Msg::Tell(Command::Crash, node("c:c")));
    session.playback.pause();
    assert_eq!(names(&session), ["Branch 1"]);
    let mut slices = 0;
    while session.branches.undecided(&session.show.text) {
        session.compute(1_000);
        session.update(Msg::Frame(0.0));
        slices += 1;
    }
    assert!(slices > 50, "{slices}");
    let parting = session.branches().next().and_then(|b| b.parting.clone()).expect("compared");
    assert!(parting.at.is_some_and(|at| at >= Tick(39_000_000)), "{parting:?}");
    // What turns out to tell the same is not kept.
    seek(&mut session, 39_500_000);
    seek(&mut session, 38_000_000);
    session.update(Msg::Purge(node("q:q")));
    session.playback.pause();
    settle(&mut session);
    assert_eq!(names(&session), ["Branch 1"]);
}
