//! Sessions as a person has them: messages in, text and state out.

use super::form::{FormKind, Refusal, Thing};
use super::*;
use warren_core::scenario::{Destination, Statement};
use warren_core::time::Span;

pub(super) const SMALL: &str = "warren 1\ntitle \"Small\"\n\n// keep me\nexchange orders topic\nqueue billing\n\
                     bind orders -> billing key order.#\n\
                     publisher shop -> orders key order.created every 1s count 5\n\
                     consumer worker <- billing work 500ms then ack\n";

pub(super) fn open(text: &str) -> Session {
    let (mut session, _) = Session::new(Start { draft: Some(text.to_owned()), ..Start::default() });
    session.update(Msg::Resized(1000.0, 600.0));
    session.playback.pause();
    assert!(session.faults.iter().all(|f| !f.is_error), "{:?}", session.faults);
    session
}

fn fill(session: &mut Session, form: &'static str, fields: &[(&'static str, &str)]) {
    for (field, value) in fields {
        session.update(Msg::Fill(form, field, (*value).to_owned()));
    }
}

fn submit(session: &mut Session, kind: FormKind, fields: &[(&'static str, &str)]) -> Update {
    let id = kind.id();
    session.update(Msg::Open(Panel::Form(kind)));
    fill(session, id, fields);
    session.update(Msg::Submit(id))
}

fn refusal(session: &Session, form: &str) -> Refusal {
    let form = session.forms.iter().find(|f| f.kind.id() == form).expect("the form stays open");
    form.refusal.clone().expect("it says why")
}

pub(super) fn node(name: &str) -> NodeId {
    match name.split_at(2) {
        ("x:", name) => NodeId::Exchange(name.into()),
        ("q:", name) => NodeId::Queue(name.into()),
        (_, name) => NodeId::Client(name.into()),
    }
}

#[test]
fn the_first_scenario_plays_by_itself_unless_less_motion_is_wanted() {
    let (mut moving, _) = Session::new(Start::default());
    assert!(moving.wants_frames());
    moving.update(Msg::Frame(0.0));
    moving.update(Msg::Frame(200.0));
    assert_eq!(moving.now(), Tick(200_000));
    let (calm, _) = Session::new(Start { calm: true, ..Start::default() });
    assert!(!calm.playback.is_playing());
    assert_eq!(calm.playback.motion, Motion::Stepped);
}

#[test]
fn every_scenario_of_the_gallery_opens_without_a_fault() {
    let (mut session, _) = Session::new(Start::default());
    session.update(Msg::SetDialog(Some(Dialog::Gallery)));
    assert!(session.gallery.len() >= 11);
    for index in 0..session.gallery.len() {
        let update = session.update(Msg::OpenScenario(index));
        assert!(update.stage && update.page);
        assert!(session.faults.is_empty(), "{}: {:?}", session.title(), session.faults);
        session.update(Msg::ToEnd);
        let bad: Vec<&Check> = session.seen.checks.iter().filter(|c| !c.held).collect();
        assert!(bad.is_empty(), "{}: {bad:?}", session.title());
        assert!(session.gallery[index].preview().starts_with("<svg"));
    }
}

#[test]
fn stepping_goes_from_event_to_event_and_back_to_the_same_picture() {
    let mut session = open(SMALL);
    let mut seen = Vec::new();
    for _ in 0..12 {
        session.update(Msg::StepForward);
        seen.push((session.now(), session.scene()));
    }
    assert!(seen.windows(2).all(|pair| pair[0].0 < pair[1].0));
    for (at, scene) in seen.iter().rev().skip(1) {
        session.update(Msg::StepBack);
        assert_eq!((session.now(), &session.scene()), (*at, scene));
    }
}

#[test]
fn faulty_text_leaves_the_stage_alone_and_says_where() {
    let mut session = open(SMALL);
    let before = session.scene();
    let text = SMALL.replace("queue billing\n", "queu billing\n");
    let update = session.update(Msg::Typed(text.clone()));
    let [Order::SettleLater(revision)] = update.orders.as_slice() else { panic!("it settles") };
    session.update(Msg::Settle(*revision));
    assert_eq!(session.scene(), before);
    assert_eq!(session.text, text);
    let fault = session.faults.iter().find(|f| f.is_error).expect("a fault");
    assert_eq!((fault.line, fault.column), (6, 1));
    let update = session.update(Msg::ShowFault(0));
    assert!(matches!(update.orders.as_slice(), [Order::MarkScript(_, _, 5)]), "{update:?}");
    session.update(Msg::Typed(SMALL.to_owned()));
    let revision = session.revision;
    session.update(Msg::Settle(revision));
    assert!(session.faults.is_empty());
}

#[test]
fn an_outdated_pause_in_typing_does_nothing() {
    let mut session = open(SMALL);
    session.update(Msg::Typed("nonsense".to_owned()));
    assert_eq!(session.update(Msg::Settle(0)), Update::default());
    assert!(session.faults.is_empty());
}

#[test]
fn building_from_nothing_by_forms_alone_delivers_a_message() {
    let mut session = open("warren 1\n");
    submit(&mut session, FormKind::Add(Thing::Exchange), &[("name", "orders"), ("kind", "topic")]);
    submit(&mut session, FormKind::Add(Thing::Queue), &[("name", "billing")]);
    session.update(Msg::Connect(node("x:orders"), node("q:billing")));
    assert!(matches!(session.panel, Some(Panel::Form(FormKind::Bind(..)))));
    fill(&mut session, "bind", &[("key", "order.*")]);
    session.update(Msg::Submit("bind"));
    submit(
        &mut session,
        FormKind::Add(Thing::Publisher),
        &[("name", "shop"), ("keys", "order.new"), ("count", "1")],
    );
    submit(&mut session, FormKind::Add(Thing::Consumer), &[("name", "worker")]);
    assert_eq!(session.notice, None);
    session.update(Msg::ToEnd);
    let frame = session.show.frame(Tick::MAX).clone();
    let received = frame.nodes.iter().find_map(|n| match &n.body {
        warren_core::frame::NodeBody::Client { consumes: Some(face), .. } => Some(face.received),
        _ => None,
    });
    assert_eq!(received, Some(1), "{}", session.text);
    for line in ["exchange orders topic", "queue billing", "bind orders -> billing key order.*"] {
        assert!(session.text.contains(line), "{line} is not in\n{}", session.text);
    }
}

#[test]
fn what_the_broker_refuses_is_refused_in_its_words_and_changes_nothing() {
    let mut session = open(SMALL);
    session.update(Msg::Seek(Tick(1_500_000)));
    submit(&mut session, FormKind::Add(Thing::Exchange), &[("name", "orders"), ("kind", "fanout")]);
    let Refusal::Broker { code, text } = refusal(&session, "add") else { panic!("the broker's") };
    assert_eq!(code, 406);
    assert_eq!(
        text,
        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'orders' in vhost '/': \
         received 'fanout' but current is 'topic'"
    );
    assert_eq!(session.text, SMALL);
    assert!(!session.can_undo());
}

#[test]
fn a_field_that_cannot_be_read_is_named() {
    let mut session = open(SMALL);
    submit(&mut session, FormKind::Add(Thing::Publisher), &[("every", "soon")]);
    let Refusal::Field(wrong) = refusal(&session, "add") else { panic!("a field's") };
    assert_eq!(wrong.field, "every");
}

#[test]
fn a_message_by_hand_happens_now_and_is_watched() {
    let mut session = open(SMALL);
    session.update(Msg::Seek(Tick(2_500_000)));
    submit(
        &mut session,
        FormKind::Publish("orders".into()),
        &[("key", "order.by.hand"), ("body", "hi")],
    );
    assert!(session.text.contains("at 2.5s publish"), "{}", session.text);
    assert!(session.playback.is_playing());
    let told = session.show.timeline.events().iter().map(|e| e.sentence()).collect::<String>();
    assert!(told.contains("order.by.hand"), "{told}");
}

#[test]
fn every_edit_can_be_undone_and_redone() {
    let mut session = open(SMALL);
    session.update(Msg::Delete(node("q:billing")));
    session.update(Msg::DeleteAll);
    let without = session.text.clone();
    assert!(!without.contains("billing"), "{without}");
    assert!(without.contains("// keep me"));
    session.update(Msg::Undo);
    assert_eq!(session.text, SMALL);
    session.update(Msg::Redo);
    assert_eq!(session.text, without);
}

#[test]
fn deleting_later_than_the_start_is_an_event_of_the_run() {
    let mut session = open(SMALL);
    session.update(Msg::Seek(Tick(3_000_000)));
    session.update(Msg::Delete(node("q:billing")));
    assert!(session.text.contains("at 3s delete queue billing"), "{}", session.text);
}

#[test]
fn settings_change_only_what_was_changed() {
    let mut session = open(SMALL);
    session.update(Msg::Select(Selection::Node(node("c:worker"))));
    fill(&mut session, "set-consumer", &[("prefetch", "3")]);
    session.update(Msg::Submit("set-consumer"));
    let expected = SMALL.replace("worker <- billing work", "worker <- billing prefetch 3 work");
    assert_eq!(session.text, expected);
}

#[test]
fn edits_wait_until_a_faulty_script_is_mended() {
    let mut session = open(SMALL);
    session.update(Msg::Typed(format!("{SMALL}nonsense\n")));
    let revision = session.revision;
    session.update(Msg::Settle(revision));
    let text = session.text.clone();
    submit(&mut session, FormKind::Add(Thing::Queue), &[]);
    assert_eq!(session.text, text);
    assert!(matches!(refusal(&session, "add"), Refusal::Script(_)));
}

#[test]
fn carrying_a_node_writes_its_place_once() {
    use crate::gesture::{Device, Input};
    let mut session = open(SMALL);
    let hit = crate::gesture::Hit::Node(node("q:billing"));
    let (device, at) = (Device::Mouse, Point::new(0.0, 0.0));
    session.update(Msg::Hand(Input::Down { pointer: 1, at, hit: hit.clone(), device }));
    for x in [10.0, 50.0, 80.0] {
        let at = Point::new(x, 8.0);
        let over = crate::gesture::Hit::Ground;
        let update = session.update(Msg::Hand(Input::Move { pointer: 1, at, over }));
        assert!(update.stage && !update.page);
    }
    assert_eq!(session.text, SMALL);
    session.update(Msg::Hand(Input::Up { pointer: 1, over: hit }));
    assert_eq!(session.text.matches("place ").count(), 1, "{}", session.text);
    session.update(Msg::Undo);
    assert_eq!(session.text, SMALL);
}

#[test]
fn what_if_answers_without_touching_the_run() {
    let mut session = open(SMALL);
    session.update(Msg::Select(Selection::Node(node("x:orders"))));
    fill(&mut session, "what-if", &[("key", "order.paid")]);
    session.update(Msg::Submit("what-if"));
    let queues = session.seen.answer.as_ref().map(|a| a.queues.join(" "));
    assert_eq!(queues.as_deref(), Some("billing"));
    fill(&mut session, "what-if", &[("key", "stock")]);
    session.update(Msg::Submit("what-if"));
    assert_eq!(session.seen.answer.as_ref().map(|a| a.queues.len()), Some(0));
    assert_eq!(session.text, SMALL);
}

#[test]
fn a_message_tells_its_story() {
    let mut session = open(SMALL);
    session.update(Msg::Seek(Tick(2_000_000)));
    session.update(Msg::Select(Selection::Message("A1".to_owned())));
    let why = session.seen.why.as_ref().expect("it was routed");
    assert_eq!(why.message.routing_key, "order.created");
    assert_eq!(why.explanation.queues.join(" "), "billing");
    assert!(why.history.len() >= 3, "{:?}", why.history);
}

#[test]
fn keys_mean_different_things_in_different_places() {
    let press = |session: &mut Session, name: &str, focus| {
        let (command, shift) = (false, false);
        session.update(Msg::Key(Key { name: name.to_owned(), command, shift, focus }))
    };
    let mut session = open(SMALL);
    press(&mut session, " ", Focus::Ground);
    assert!(session.playback.is_playing());
    press(&mut session, " ", Focus::Control);
    assert!(session.playback.is_playing());
    press(&mut session, "k", Focus::Control);
    assert!(!session.playback.is_playing());
    assert_eq!(press(&mut session, "k", Focus::Typing), Update::default());
    session.update(Msg::Focused(node("c:shop")));
    press(&mut session, "ArrowRight", Focus::Node);
    assert_eq!(session.cursor, Some(node("x:orders")));
    press(&mut session, "Enter", Focus::Node);
    assert_eq!(session.selection, Some(Selection::Node(node("x:orders"))));
    press(&mut session, "Escape", Focus::Control);
    assert_eq!((session.selection.clone(), session.panel.clone()), (None, None));
}

#[test]
fn happenings_are_told_in_batches() {
    let mut session = open(SMALL);
    session.update(Msg::Toggle);
    let mut told = Vec::new();
    for _ in 0..60 {
        told.extend(session.update(Msg::Frame(100.0)).orders);
    }
    let words: Vec<&Order> = told.iter().filter(|o| matches!(o, Order::Announce(_))).collect();
    assert!((1..=3).contains(&words.len()), "{words:?}");
}

#[test]
fn a_crowded_page_shows_one_panel_at_a_time() {
    let mut session = open(SMALL);
    session.update(Msg::Resized(390.0, 560.0));
    session.update(Msg::ToggleScript);
    assert!(session.script_open && session.panel.is_none());
    session.update(Msg::Select(Selection::Node(node("q:billing"))));
    assert!(!session.script_open && session.panel == Some(Panel::Inspect));
}

#[test]
fn unbinding_takes_the_binding_out_of_the_script() {
    let mut session = open(SMALL);
    session.update(Msg::Select(Selection::Node(node("q:billing"))));
    let rows = &session.seen.details.as_ref().expect("it is there").bindings;
    let index = rows.iter().position(|row| row.source == "orders").expect("it is bound");
    session.update(Msg::Unbind(index));
    assert!(!session.text.contains("bind orders"), "{}", session.text);
}

#[test]
fn unbinding_goes_by_the_arguments_too() {
    let text = "warren 1\nexchange docs headers\nqueue q\n\
                bind docs -> q match all type report format pdf\n\
                bind docs -> q match any urgent true\n";
    let mut session = open(text);
    session.update(Msg::Select(Selection::Node(node("q:q"))));
    let rows = &session.seen.details.as_ref().expect("it is there").bindings;
    let index = rows.iter().position(|row| row.arguments.contains("urgent")).expect("it is bound");
    session.update(Msg::Unbind(index));
    assert!(session.text.contains("match all"), "{}", session.text);
    assert!(!session.text.contains("match any"), "{}", session.text);
}

#[test]
fn a_fanout_exchange_is_bound_without_a_question() {
    let mut session = open("warren 1\nexchange all fanout\nqueue q\n");
    session.update(Msg::Connect(node("x:all"), node("q:q")));
    assert_eq!(session.panel, None);
    assert!(session.text.contains("bind all -> q"), "{}", session.text);
    session.update(Msg::Connect(node("q:q"), node("x:all")));
    assert!(session.notice.as_ref().is_some_and(|n| n.words.contains("the other way")));
}

#[test]
fn a_loop_without_pause_ends_in_a_stated_limit() {
    let text = "warren 1\nlatency 0s\nqueue q\npublisher p -> queue q once body \"x\"\n\
                consumer c <- q work 0s then nack requeue\n";
    let mut session = open(text);
    session.update(Msg::ToEnd);
    assert!(session.show.timeline.stop_reason().is_some());
    assert!(session.end() < Tick::ZERO + Span::secs(60));
}

#[test]
fn forms_know_what_they_can_choose_from() {
    let mut session = open(SMALL);
    let destination = Destination::Queue("billing".into());
    session.update(Msg::Open(Panel::Form(FormKind::Bind("orders".into(), destination))));
    assert_eq!(session.forms[0].value("key"), "#");
    session.update(Msg::Open(Panel::Form(FormKind::Publish("orders".into()))));
    assert_eq!(session.forms[0].value("key"), "order.created");
}

#[test]
fn arguments_of_queues_are_written_and_judged_by_the_broker() {
    let mut session = open(SMALL);
    let fields = [("name", "slow"), ("x-message-ttl", "5000"), ("x-queue-type", "quorum")];
    submit(&mut session, FormKind::Add(Thing::Queue), &fields);
    assert_eq!(session.notice, None);
    let decl = session.show.document().items.iter().find_map(|item| match &item.what {
        Statement::Queue(decl) if &*decl.name == "slow" => Some(decl.clone()),
        _ => None,
    });
    let arguments = decl.expect("it is declared").arguments;
    assert_eq!(arguments.get("x-message-ttl").and_then(|v| v.as_integer()), Some(5_000));
    assert_eq!(arguments.get("x-queue-type").and_then(|v| v.as_str()), Some("quorum"));
    submit(&mut session, FormKind::Add(Thing::Queue), &[("name", "bad"), ("x-message-ttl", "-1")]);
    let Refusal::Broker { code, text } = refusal(&session, "add") else { panic!("the broker's") };
    assert_eq!(code, 406);
    assert!(text.contains("invalid arg 'x-message-ttl' for queue 'bad'"), "{text}");
}

#[test]
fn a_changed_scenario_of_the_gallery_is_known_as_such() {
    let (mut session, _) = Session::new(Start::default());
    assert!(!session.is_changed());
    session.update(Msg::ToStart);
    let update = submit(&mut session, FormKind::Add(Thing::Queue), &[]);
    assert!(session.is_changed());
    assert!(update.orders.contains(&Order::SetHash(String::new())), "{update:?}");
    session.update(Msg::OpenScenario(0));
    assert!(!session.is_changed());
}
