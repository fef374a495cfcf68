//! The page: hands what happens to the session, and does what it orders.

use crate::meter::Meter;
use crate::panels::{self, MenuActions};
use crate::port::{
    self, Api, EventListener, Facts, FrameClock, LastText, Requests, Settings, SizeObserver, Theme,
    Timeout,
};
use crate::session::{Dialog, Msg, Order, Panel, Session, Start};
use crate::stage::Stage;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// The stage, for people who listen.
const STAGE: &str = "Stage. Arrow keys move the picture; Tab goes to the things on it.";

/// What can happen to the page.
pub(crate) enum Happening {
    /// Something for the session.
    Tell(Msg),
    /// The next theme.
    TurnTheme,
    /// The rest of the program is there, or did not come.
    Rest(bool),
}

/// What the page and `window.warren` both look at.
struct Shared {
    session: Session,
    stage: Option<Stage>,
    meter: Meter,
}

impl Shared {
    fn facts(&mut self) -> Facts {
        let session = &mut self.session;
        let now = session.now();
        let checks = &session.seen.checks;
        Facts {
            now: now.0 as f64 / 1_000.0,
            end: session.end().0 as f64 / 1_000.0,
            playing: session.playback.is_playing(),
            complete: session.show.timeline.is_complete(),
            checks: (checks.iter().filter(|c| c.held).count(), checks.len()),
            text: session.text.clone(),
            faults: session
                .faults
                .iter()
                .map(|f| format!("{}:{} {}", f.line, f.column, f.message))
                .collect(),
            nodes: session.show.frame(now).nodes.len(),
            dots: session.show.frame(now).dots.len(),
            events: session.show.timeline.events().len(),
            steps: session.show.timeline.steps() as f64,
            digest: format!("{:016x}", session.show.timeline.digest(now)),
            frames: self.meter.frames,
            frame_times: self.meter.times.clone(),
            made: self.stage.as_ref().map_or(0.0, |s| s.retained().made as f64),
            renders: self.meter.renders,
        }
    }
}

/// The playground.
pub(crate) struct App {
    shared: Rc<RefCell<Shared>>,
    send: Callback<Msg>,
    svg: NodeRef,
    settings: Settings,
    theme: Theme,
    last_text: LastText,
    previews: Rc<[AttrValue]>,
    clock: Option<FrameClock>,
    settling: Option<Timeout>,
    fading: Option<Timeout>,
    focus_later: Option<String>,
    listeners: Vec<EventListener>,
    /// What waits for the rest of the program.
    held: Vec<Msg>,
    _size: Option<SizeObserver>,
    _api: Option<Api>,
}

impl Component for App {
    type Message = Happening;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let settings = Settings::default();
        let theme = settings.theme();
        settings.set_theme(theme);
        let scenario = Some(port::hash()).filter(|hash| !hash.is_empty());
        let (session, orders) = Session::new(Start {
            scenario,
            draft: settings.get("draft"),
            branches: settings.get("branches"),
            calm: port::wants_less_motion(),
            first_visit: settings.get("visited").is_none(),
            no_letters: settings.get("letters").as_deref() == Some("off"),
        });
        let last_text = LastText::default();
        last_text.set(&session.text);
        port::install_crash_screen(last_text.clone());
        let shared = Shared { session, stage: None, meter: Meter::default() };
        let mut app = Self {
            shared: Rc::new(RefCell::new(shared)),
            send: ctx.link().callback(Happening::Tell),
            svg: NodeRef::default(),
            settings,
            theme,
            last_text,
            previews: Rc::default(),
            clock: None,
            settling: None,
            fading: None,
            focus_later: None,
            listeners: Vec::new(),
            held: Vec::new(),
            _size: None,
            _api: None,
        };
        app.obey(orders);
        app
    }

    fn update(&mut self, _ctx: &Context<Self>, happening: Happening) -> bool {
        match happening {
            Happening::Tell(msg) if msg.only_watches() || port::is_whole() => self.tell(msg),
            Happening::Tell(msg) => {
                self.held.push(msg);
                port::bring_the_rest();
                false
            }
            Happening::TurnTheme => {
                self.theme = self.theme.next();
                self.settings.set_theme(self.theme);
                true
            }
            Happening::Rest(false) => {
                if !self.held.is_empty() {
                    port::tell_it_did_not_come(&self.last_text);
                }
                false
            }
            Happening::Rest(true) => {
                port::take_words_away();
                let held = std::mem::take(&mut self.held);
                let mut page = false;
                for msg in held {
                    page |= self.tell(msg);
                }
                page
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let mut shared = self.shared.borrow_mut();
        shared.meter.renders += 1.0;
        let session = &shared.session;
        let sheeted = session.script_open || session.panel.is_some();
        let turn_theme = ctx.link().callback(|()| Happening::TurnTheme);
        let actions = MenuActions { theme: self.theme, turn_theme };
        let inert = session.dialog.is_some();
        let presenting = session.presenting.then_some("presenting");
        html! {
            <>
            <div class={classes!("shell", sheeted.then_some("sheeted"), presenting)} {inert}
                key="shell">
                { panels::bar(session, &actions, &self.send) }
                if session.script_open {
                    { panels::script(session, &self.send) }
                }
                <main class="stage" key="stage">
                    <div class="stage-parts">
                        <svg class="canvas" ref={self.svg.clone()} tabindex="0" role="group"
                            aria-label={STAGE}>
                            <g class="world"></g>
                            <path class="pull" aria-hidden="true"></path>
                        </svg>
                        { panels::stage_furniture(session, &self.send) }
                    </div>
                </main>
                { panels::right(session, &self.send) }
                { panels::transport(session, &self.send) }
            </div>
            <div class="unseen" id="live" role="status" aria-live="polite" key="live"></div>
            { panels::dialog(session, &self.previews, &self.send) }
            </>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.start(ctx);
        }
        if let Some(selector) = self.focus_later.take() {
            port::focus(&selector);
        }
        if self.shared.borrow().session.panel == Some(Panel::Events) {
            port::reveal(".scroll .row[aria-current]");
        }
    }
}

impl App {
    /// Tells the session; whether the page has to be rendered.
    fn tell(&mut self, msg: Msg) -> bool {
        let frame = match msg {
            Msg::Frame(elapsed) => Some(elapsed),
            _ => None,
        };
        let gallery = matches!(msg, Msg::SetDialog(Some(Dialog::Gallery)));
        let began = port::now_ms();
        let update = self.shared.borrow_mut().session.update(msg);
        if gallery && self.previews.is_empty() {
            self.previews = panels::previews(&self.shared.borrow().session.gallery);
        }
        if update.stage {
            self.draw();
        }
        if let Some(elapsed) = frame {
            self.shared.borrow_mut().meter.frame(port::now_ms() - began);
            self.compute_ahead(began, elapsed);
        }
        self.last_text.set(&self.shared.borrow().session.text);
        self.obey(update.orders);
        self.wind_clock();
        update.page
    }

    /// The page is there: the picture can go into it.
    fn start(&mut self, ctx: &Context<Self>) {
        port::remove_boot_screen();
        let stage = self.svg.cast::<port::Element>().and_then(Stage::new);
        self.shared.borrow_mut().stage = stage;
        self.draw();
        self.listen(ctx);
        if let Some(canvas) = self.svg.cast::<port::Element>() {
            let send = self.send.clone();
            self._size = Some(SizeObserver::start(&canvas, move |width, height| {
                send.emit(Msg::Resized(width, height));
            }));
            let (width, height) = port::size_of(&canvas);
            self.send.emit(Msg::Resized(width, height));
        }
        let (asked, seek, load) = (Rc::clone(&self.shared), self.send.clone(), self.send.clone());
        self._api = Some(Api::offer(Requests {
            facts: Box::new(move || {
                asked.try_borrow_mut().map(|mut shared| shared.facts()).unwrap_or_default()
            }),
            seek: Box::new(move |millis| {
                let micros = (millis.max(0.0) * 1_000.0) as u64;
                seek.emit(Msg::Seek(warren_core::time::Tick(micros)));
            }),
            load: Box::new(move |text| load.emit(Msg::Opened(Ok((String::new(), text))))),
        }));
        self.wind_clock();
    }

    fn listen(&mut self, ctx: &Context<Self>) {
        let rest = ctx.link().callback(Happening::Rest);
        self.listeners.extend(port::on_arrival(move |came| rest.emit(came)));
        self.listeners.extend(port::tell_when_stuck(&self.last_text));
        let shared = self.shared.borrow();
        let Some(stage) = &shared.stage else { return };
        let svg = stage.element();
        for name in ["pointerdown", "pointermove", "pointerup", "pointercancel"] {
            let (shared, send) = (Rc::clone(&self.shared), self.send.clone());
            self.listeners.push(port::listen(svg, name, true, move |event| {
                let input = shared.borrow().stage.as_ref().and_then(|stage| {
                    port::pointer_input(stage.element(), stage.retained(), event)
                });
                if let Some(input) = input {
                    send.emit(Msg::Hand(input));
                }
            }));
        }
        // A tap opens a panel where the finger is; the click that browsers make
        // of the same tap must not land on it.
        self.listeners.push(port::listen(svg, "touchend", true, port::claim_touch));
        let (element, send) = (svg.clone(), self.send.clone());
        self.listeners.push(port::listen(svg, "wheel", true, move |event| {
            if let Some(input) = port::wheel_input(&element, event) {
                send.emit(Msg::Hand(input));
            }
        }));
        let (focused, send) = (Rc::clone(&self.shared), self.send.clone());
        self.listeners.push(port::listen(svg, "focusin", false, move |_| {
            let node = focused.borrow().stage.as_ref().and_then(Stage::focused);
            if let Some(node) = node {
                send.emit(Msg::Focused(node));
            }
        }));
        let Some(window) = port::window() else { return };
        let send = self.send.clone();
        self.listeners.push(port::listen(&window, "hashchange", false, move |_| {
            send.emit(Msg::Address(port::hash()));
        }));
        let send = self.send.clone();
        self.listeners.push(port::listen(&window, "keydown", true, move |event| {
            if let Some(key) = port::key_of(event) {
                port::claim(event, &key);
                send.emit(Msg::Key(key));
            }
        }));
    }

    fn draw(&self) {
        let shared = &mut *self.shared.borrow_mut();
        if let Some(stage) = &mut shared.stage {
            stage.show(&mut shared.session);
        }
        let session = &shared.session;
        let heading = session.heading().as_millis();
        port::show_time(heading, session.end().as_millis(), &panels::clock(session.now()));
    }

    /// Computes the run ahead in what is left of a frame that began at `began`,
    /// and a little in any case. Who waits gets most of the time, also where
    /// frames come slowly.
    fn compute_ahead(&self, began: f64, elapsed: f64) {
        let session = &mut self.shared.borrow_mut().session;
        let waiting = session.progress().is_some();
        let share = if waiting { (elapsed * 0.6).clamp(10.0, 40.0) } else { 5.0 };
        let until = (began + share).max(port::now_ms() + 1.0);
        while session.compute(256) && port::now_ms() < until {}
    }

    /// The clock runs exactly while the session wants frames.
    fn wind_clock(&mut self) {
        let wanted = self.shared.borrow().session.wants_frames();
        if !wanted {
            self.clock = None;
        } else if self.clock.is_none()
            && let Some(window) = port::window()
        {
            let send = self.send.clone();
            self.clock =
                Some(FrameClock::start(window, move |elapsed| send.emit(Msg::Frame(elapsed))));
        }
    }

    fn obey(&mut self, orders: Vec<Order>) {
        for order in orders {
            let send = self.send.clone();
            match order {
                Order::SettleLater(revision) => {
                    self.settling = Some(Timeout::new(Session::PAUSE_MS, move || {
                        send.emit(Msg::Settle(revision));
                    }));
                }
                Order::FadeLater(number) => {
                    self.fading = Some(Timeout::new(Session::NOTICE_MS, move || {
                        send.emit(Msg::Fade(number));
                    }));
                }
                Order::Remember(name, value) => self.settings.set(name, &value),
                Order::Save(name, kind, content) => port::download(&name, kind, &content),
                Order::Copy(text) => port::copy_text(&text, move |ok| send.emit(Msg::Copied(ok))),
                Order::PickFile => port::open_file(move |read| send.emit(Msg::Opened(read))),
                Order::Announce(words) => port::announce("live", &words),
                Order::MarkScript(start, end, line) => {
                    port::mark_in_text("script", start, end, line);
                }
                Order::FocusNode => {
                    let shared = self.shared.borrow();
                    if let Some(stage) = &shared.stage {
                        stage.focus(shared.session.cursor.as_ref());
                    }
                }
                Order::FocusOn(selector) => self.focus_later = Some(selector.to_owned()),
                Order::NameTab(title) => port::set_tab_title(&format!("{title} · Warren")),
                Order::SetHash(hash) => port::set_hash(&hash),
                Order::Pack(text, mut link) => port::pack(&text, move |packed| {
                    let written = packed.and_then(|packed| {
                        link.packed = packed;
                        link.write().map_err(|error| error.to_string())
                    });
                    let address = |behind| (format!("{}#{behind}", port::address()), link);
                    send.emit(Msg::Shared(written.map(address)));
                }),
                Order::Unpack(link) => port::unpack(link.packed.clone(), move |text| {
                    send.emit(Msg::Followed(link, text));
                }),
            }
        }
    }
}
