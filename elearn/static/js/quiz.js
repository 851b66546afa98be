// A quiz under way: each answer is saved as it is given; what the link does not carry waits on this device and is sent
// later, also after a restart. The clock is the server's. Words come from the data- attributes of [data-quiz].

const home = document.querySelector("[data-quiz]");
const form = home instanceof HTMLFormElement ? home : null;
const handIn = document.querySelector("form[data-hand-in]");
const words = home.dataset;
const name = words.store;
const TIMEOUT = 20000;
const PAUSES = [5000, 10000, 20000, 40000, 60000];

// ---- what waits on this device: {client, seq, waiting: {item: {seq, lang, fields}}} ----

let memory = null; // where the browser keeps nothing for us

function load() {
  let kept = memory;
  try {
    kept = JSON.parse(localStorage.getItem(name)) ?? kept;
  } catch { /* private mode, or not ours: start anew */ }
  const found = kept ?? { client: crypto.randomUUID?.() ?? String(Math.random()).slice(2), seq: 0, waiting: {} };
  found.seq = Math.max(found.seq, Number(words.seq) || 0);
  return found;
}

function keep(state) {
  memory = state;
  try {
    localStorage.setItem(name, JSON.stringify(state));
  } catch { /* it stays in this page */ }
}

const waiting = () => Object.keys(load().waiting);

function remember(section) {
  const state = load();
  const fields = [...new FormData(form)].filter(([field]) => {
    const control = form.elements.namedItem(field);
    const first = control instanceof RadioNodeList ? control[0] : control;
    return field.startsWith("answer-") && section.contains(first);
  });
  state.seq += 1;
  state.waiting[section.dataset.item] = { seq: state.seq, lang: form.elements.lang.value, fields };
  keep(state);
}

function forget(item, seq) {
  const state = load();
  if (state.waiting[item]?.seq !== seq) return false; // it was changed while it was on its way
  delete state.waiting[item];
  keep(state);
  return true;
}

// ---- what the page says ----

function say(item, text, kind) {
  const line = document.querySelector(`[data-item="${item}"] [data-state]`);
  if (!line) return;
  line.className = `save-state ${kind}`;
  if (line.textContent !== text) line.textContent = text;
}

function mark(item, kind) {
  const link = document.querySelector(`[data-link="${item}"]`);
  if (!link) return;
  link.className = kind === "blank" ? "" : kind;
  link.querySelector("small").textContent = words[{ answered: "labelAnswered", blank: "labelBlank", unsent: "labelUnsent" }[kind]];
}

function count(text = "") {
  const line = document.querySelector("[data-waiting-for]");
  const n = waiting().length;
  if (!line) return;
  line.className = `save-state${n || text ? " unsent" : ""}`;
  line.textContent = text || (n ? words.waiting.replace("{n}", n) : "");
}

// What the server cannot read stays as it is, to be corrected.
function unclear(section, is) {
  section?.toggleAttribute("data-unclear", is);
  const field = section?.querySelector("input[type=text]");
  if (is) field?.setAttribute("aria-invalid", "true");
  else field?.removeAttribute("aria-invalid");
}

// ---- sending ----

let sending = null;
let pause = 0;
let timer = 0;
let token = form?.elements.csrf_token.value ?? words.csrf;

async function freshToken() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(TIMEOUT) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main input[name=csrf_token]")?.value;
  const changed = Boolean(fresh) && fresh !== token;
  token = fresh ?? token;
  return changed;
}

function post(item, answer) {
  const body = new URLSearchParams(answer.fields);
  const { client } = load();
  for (const [key, value] of Object.entries({ item, client, seq: answer.seq, lang: answer.lang, csrf_token: token })) body.set(key, value);
  return fetch(words.save, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-Requested-With": "fetch" },
    keepalive: true,
    signal: AbortSignal.timeout(TIMEOUT),
  });
}

// True when the answer is off this device's hands: kept by the server, or refused for good.
async function send(item, answer, again = true) {
  say(item, words.saving, "pending");
  const reply = await post(item, answer);
  if (reply.ok) {
    const told = await reply.json();
    follow(told.now, told.deadline);
    if (forget(item, answer.seq)) {
      const blank = !answer.fields.some(([, value]) => value.trim());
      say(item, told.superseded ? words.superseded : blank ? words.unanswered : words.saved, told.superseded ? "unsent" : blank ? "" : "saved");
      mark(item, blank ? "blank" : "answered");
    }
    return true;
  }
  if ([404, 409, 422].includes(reply.status)) {
    const told = await reply.json().catch(() => ({}));
    if (forget(item, answer.seq)) {
      say(item, told.error ?? "", "unsent");
      mark(item, "unsent");
      if (reply.status !== 422) count(told.error);
      else unclear(document.querySelector(`[data-item="${item}"]`), true);
    }
    return true;
  }
  // The session ended, or the token is of an older one: a page read anew has the present one.
  if (reply.status === 400 && again && (await freshToken())) return send(item, answer, false);
  say(item, reply.status === 401 || reply.status === 400 ? words.signedOut : words.unsent, "unsent");
  return false;
}

async function sendAll() {
  clearTimeout(timer);
  let fine = true;
  for (let item = waiting()[0]; item && fine; item = waiting()[0]) {
    try {
      fine = await send(item, load().waiting[item]);
    } catch {
      fine = false;
    }
  }
  for (const item of waiting()) {
    const line = document.querySelector(`[data-item="${item}"] [data-state]`);
    if (!line?.classList.contains("unsent")) say(item, words.unsent, "unsent");
    mark(item, "unsent");
  }
  count();
  pause = fine ? 0 : Math.min(pause + 1, PAUSES.length);
  if (!fine) timer = setTimeout(flush, PAUSES[pause - 1]);
  return fine;
}

function flush() {
  sending ??= sendAll().finally(() => { sending = null; });
  return sending;
}

function soon(delay) {
  clearTimeout(timer);
  timer = setTimeout(flush, delay);
}

// ---- the clock ----

let until = 0;
let ahead = 0; // of this device's clock, so that a wrong one does no harm
let before = Infinity;

function follow(now, deadline) {
  if (!deadline || !now) return;
  ahead = Date.parse(now) - Date.now();
  until = Date.parse(deadline);
}

function tick() {
  const left = Math.max(0, Math.ceil((until - Date.now() - ahead) / 1000));
  const pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(left / 3600);
  document.querySelector("[data-clock-left]").textContent =
    (hours ? `${hours}:${pad(Math.floor(left / 60) % 60)}` : Math.floor(left / 60)) + `:${pad(left % 60)}`;
  for (const minutes of [10, 5, 1]) {
    if (before > minutes * 60 && left <= minutes * 60 && before !== Infinity) announce(words[`say-${minutes}`]);
  }
  if (left === 0 && before > 0) {
    announce(words["say-0"]);
    flush().finally(() => setTimeout(() => { location.href = words.over; }, 3000));
  }
  before = left;
}

function announce(text) {
  document.querySelector("[data-clock-say]").textContent = text;
}

function startClock(clock) {
  follow(words.now, words.deadline);
  const hide = clock.querySelector("[data-clock-hide]");
  const shown = clock.querySelector("[data-clock-count]");
  const labels = [hide.textContent, hide.dataset.show];
  const show = (visible) => {
    shown.hidden = !visible;
    hide.textContent = labels[visible ? 0 : 1];
  };
  const remembered = (value) => {
    try {
      if (value) localStorage.setItem("quiz-clock", value);
      return localStorage.getItem("quiz-clock");
    } catch {
      return value;
    }
  };
  clock.querySelector("[data-clock-words]").hidden = true;
  hide.hidden = false;
  show(remembered() !== "hidden");
  hide.addEventListener("click", () => {
    show(shown.hidden);
    remembered(shown.hidden ? "hidden" : "shown");
  });
  tick();
  setInterval(tick, 1000);
}

// ---- the page ----

// What waits is newer than what the server knew when it made this page.
function restore(item, answer) {
  const section = form?.querySelector(`[data-item="${item}"]`);
  if (!section) return;
  for (const control of section.querySelectorAll("[name^='answer-']")) {
    const values = answer.fields.filter(([field]) => field === control.name).map(([, value]) => value);
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else control.value = values[0] ?? "";
  }
}

// Nothing leaves this page before its answers are kept by the server; then the button does what it says.
function hold(target) {
  let passing = false;
  target.addEventListener("submit", async (event) => {
    if (passing) return;
    if (!waiting().length && !sending) return letGo(target);
    event.preventDefault();
    const { submitter } = event;
    await flush();
    if (waiting().length) return count();
    passing = true;
    letGo(target);
    target.requestSubmit(submitter);
    passing = false;
  });
}

// Everything is saved: the form only leads on, and a page left open elsewhere cannot undo a newer answer.
function letGo(target) {
  for (const section of target.querySelectorAll("[data-item]")) {
    section.querySelector("input[name=item]").disabled = !section.hasAttribute("data-unclear");
  }
}

if (words.forget !== undefined) {
  try {
    localStorage.removeItem(name);
  } catch { /* nothing was kept */ }
} else {
  for (const [item, answer] of Object.entries(load().waiting)) restore(item, answer);
  const changed = (event, delay) => {
    const section = event.target.closest("[data-item]");
    if (!section || !event.target.name?.startsWith("answer-")) return;
    unclear(section, false);
    section.querySelector("input[name=item]").disabled = false;
    remember(section);
    soon(delay);
  };
  form?.addEventListener("input", (event) => changed(event, event.target.type === "text" ? 1500 : 300));
  form?.addEventListener("change", (event) => { if (event.target.type === "text") soon(0); });
  for (const target of [form, handIn]) if (target) hold(target);
  addEventListener("online", () => { pause = 0; flush(); });
  addEventListener("pageshow", (event) => { if (event.persisted) flush(); });
  document.addEventListener("visibilitychange", () => { if (waiting().length) flush(); });
  const clock = document.querySelector("[data-clock]");
  if (clock && words.deadline) startClock(clock);
  if (waiting().length) flush();
}
