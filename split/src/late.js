const warrenLate = (() => {
  const address = new URL("LATE", import.meta.url);
  let whole = false;
  let coming = null;
  let compiled = null;
  let failed = false;
  let stuck = false;

  // Whoever calls this has the program running: its memory and its functions.
  const link = (module) => {
    if (whole) return;
    const first = { ...wasm };
    for (let at = FROM; at < TO; at++) first[at - FROM] = wasm.functions.get(at);
    new WebAssembly.Instance(module, { ...__wbg_get_imports(), first });
    whole = true;
  };

  const get = async () => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return WebAssembly.compile(await answer.arrayBuffer());
  };

  const want = () => {
    if (whole || coming) return;
    coming = (compiled ? Promise.resolve(compiled) : get()).then((module) => {
      link(module);
      dispatchEvent(new Event("warren-whole"));
    }).catch(() => {
      failed = true;
      dispatchEvent(new Event("warren-late"));
    }).then(() => { coming = null; });
  };

  // The last resort, for a call that nobody saw coming: the program waits.
  const load = () => {
    if (compiled) return link(compiled);
    if (whole) return;
    if (stuck) throw new Error("the rest of the program did not arrive");
    const request = new XMLHttpRequest();
    try {
      request.open("GET", address, false);
      request.overrideMimeType("text/plain; charset=x-user-defined");
      request.send();
      if (request.status !== 200) throw new Error(`${address}: ${request.status}`);
      link(new WebAssembly.Module(Uint8Array.from(request.response, (c) => c.charCodeAt(0))));
    } catch (error) {
      // Whoever tells it must not need the rest again.
      stuck = true;
      dispatchEvent(new Event("warren-stuck"));
      throw error;
    }
  };

  // The first sign that somebody does more than watch.
  const sign = ({ target, type }) => {
    if (whole || !wasm || target?.closest?.(".transport")) return;
    if (!failed || type !== "pointermove") want();
  };
  for (const name of ["pointermove", "pointerdown", "keydown", "dragenter"]) {
    addEventListener(name, sign, { capture: true, passive: true });
  }

  // A scenario of one's own may need everything at once.
  const prepare = async () => {
    let own = location.hash.length > 1;
    try {
      own ||= !!localStorage.getItem("warren.draft");
    } catch {
      // A browser without storage has no draft.
    }
    if (own) compiled = await get().catch(() => null);
  };

  return { load, want, prepare, whole: () => whole };
})();
