// The writer's bench: follows every save, keeps the place on both widths, leads from a problem to its words.

const DESK = 1000; // the width that a desk's page is laid out for, drawn smaller where there is less room
const stage = document.querySelector("[data-stage]");
const frames = [...stage.querySelectorAll("iframe")];
let revision = document.body.dataset.revision;
let here = new URL(location.href);

const shownIn = (frame) => frame.contentWindow?.location;
const pathOf = (place) => place.pathname + place.search;

// The page of a step or of the course, as an address of the bench.
function benchAddress(place) {
  const address = new URL(here);
  const step = /^\/step\/([^/]+)$/.exec(place.pathname);
  if (!step && place.pathname !== "/page") return null;
  address.searchParams.set("step", step ? step[1] : "course");
  const lang = new URLSearchParams(place.search).get("lang");
  if (lang) address.searchParams.set("lang", lang);
  return address;
}

// Takes over what the server says about an address, and gives back what the frames should show; leads them there where
// `turn`.
async function show(address, { turn = true, push = true } = {}) {
  const answer = await fetch(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of page.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
    const scrolled = old.scrollTop;
    old.replaceWith(part);
    part.scrollTop = scrolled;
  }
  document.title = page.title;
  revision = page.body.dataset.revision;
  stage.className = page.querySelector("[data-stage]").className;
  here = new URL(address, location.href);
  if (push && here.href !== location.href) history.pushState(null, "", here);
  fit();
  const target = page.querySelector("iframe").getAttribute("src");
  if (turn) await Promise.all(frames.map((frame) => lead(frame, target)));
  return target;
}

// Resolves when the frame has loaded the page.
function lead(frame, target) {
  if (pathOf(shownIn(frame)) === target) return Promise.resolve();
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  shownIn(frame).replace(target);
  return loaded;
}

function reload(frame) {
  const { scrollX, scrollY } = frame.contentWindow;
  const open = [...frame.contentDocument.querySelectorAll("details")].map((one) => one.open);
  frame.addEventListener(
    "load",
    () => {
      frame.contentDocument.querySelectorAll("details").forEach((one, place) => {
        if (open[place]) one.open = true;
      });
      frame.contentWindow.scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
    },
    { once: true },
  );
  shownIn(frame).reload();
}

// A link inside a page leads both widths on, and the list along.
for (const frame of frames) {
  frame.addEventListener("load", () => {
    const place = shownIn(frame);
    const address = benchAddress(place);
    if (!address || address.href === here.href) return;
    for (const other of frames) if (other !== frame) lead(other, pathOf(place));
    show(address, { turn: false });
  });
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest(".bench a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  await show(link.href);
  if ("remark" in link.dataset) frames.forEach((frame) => mark(frame, JSON.parse(link.dataset.places)));
});

addEventListener("popstate", () => show(location.href, { push: false }));

// Where the words of a problem stand: the smallest part of the page that holds them; else those of a line above.
const plain = (text) => text.replace(/[^\p{L}\p{N}]+/gu, " ").trim().toLowerCase();

function mark(frame, places) {
  const page = frame.contentDocument;
  page.querySelectorAll(".bench-found").forEach((one) => one.classList.remove("bench-found"));
  const parts = [...page.querySelectorAll("main :is(h1,h2,h3,h4,p,li,td,th,dt,dd,figcaption,caption,summary,legend,label,img)")];
  const texts = parts.map((part) => plain(part.alt ?? part.textContent));
  for (const words of places) {
    const held = parts.filter((_part, place) => texts[place].includes(words));
    const found = held.find((part) => !held.some((other) => other !== part && part.contains(other)));
    if (!found) continue;
    for (let one = found; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    found.classList.add("bench-found");
    found.scrollIntoView({ block: "center" });
    return;
  }
  frame.contentWindow.scrollTo({ top: 0 });
}

function fit() {
  const frame = frames.find((one) => one.name === "desk");
  const box = frame.parentElement;
  if (!box.clientWidth) return;
  const scale = Math.min(1, box.clientWidth / DESK);
  frame.style.width = `${box.clientWidth / scale}px`;
  frame.style.height = `${box.clientHeight / scale}px`;
  frame.style.transform = `scale(${scale})`;
}

new ResizeObserver(fit).observe(stage);
fit();

// After every save. An answer that does not come means that the preview was ended.
async function follow() {
  let failures = 0;
  while (failures < 5) {
    try {
      const answer = await fetch(`${document.body.dataset.news}?since=${revision}`);
      const news = String((await answer.json()).revision);
      failures = 0;
      if (news === revision) continue;
      const target = await show(here, { turn: false, push: false });
      for (const frame of frames) pathOf(shownIn(frame)) === target ? reload(frame) : lead(frame, target);
    } catch {
      failures += 1;
      await new Promise((resolve) => setTimeout(resolve, 400 * failures));
    }
  }
  const state = document.querySelector(".bench-state");
  state.className = "bench-state lost";
  state.textContent = document.body.dataset.lost;
}

follow();
