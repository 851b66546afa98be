// The lesson's comforts: arrows to turn the page, and the place where reading stopped.

const rightToLeft = document.documentElement.dir === "rtl";
const typing = "input, textarea, select, [contenteditable], details.menu, [role=region], [popover], audio, video";

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest?.(typing)) return;
  const forward = rightToLeft ? "ArrowLeft" : "ArrowRight";
  const back = rightToLeft ? "ArrowRight" : "ArrowLeft";
  const rel = event.key === forward ? "next" : event.key === back ? "prev" : "";
  const target = rel && document.querySelector(`main a[rel~="${rel}"]`);
  if (target) target.click();
});

// The place is kept as "the nearest heading above", so that it survives another language, size or device width.
const headings = [...document.querySelectorAll(".prose :is(h2, h3)[id]")];
const key = `place:${location.pathname}`;
const remembered = localStorage.getItem(key);
const offer = document.querySelector("[data-resume]");
const stopped = remembered && headings.slice(1).find((heading) => heading.id === remembered);
if (offer && stopped && !location.hash) {
  const link = offer.querySelector("a");
  const title = document.createElement("bdi");
  title.textContent = stopped.textContent.trim();
  link.setAttribute("href", `#${remembered}`);
  link.append(" ", title);
  offer.hidden = false;
}

// Switching the language leads to the same heading: a redirect keeps the fragment that the form was sent with.
function markPlace(id) {
  localStorage.setItem(key, id);
  for (const form of document.querySelectorAll("form[data-same-place]")) {
    const address = new URL(form.action);
    address.hash = id;
    form.action = address.href;
  }
  for (const field of document.querySelectorAll("input[data-same-place]")) field.value = id;
  for (const link of document.querySelectorAll("a[data-same-place]")) link.hash = id;
}

if (headings.length && "IntersectionObserver" in window) {
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) markPlace(entry.target.id);
  }, { rootMargin: "0px 0px -60% 0px" });
  for (const heading of headings) watcher.observe(heading);
}

// A lesson marked as done needs its place no more.
document.querySelector("form[data-done]")?.addEventListener("submit", () => localStorage.removeItem(key));

// A term opens its definition beside it; without this it leads to the list below the text.
const terms = document.querySelector(".terms");
if (terms && "popover" in HTMLElement.prototype) {
  const note = document.createElement("div");
  note.className = "term-note";
  note.popover = "auto";
  note.tabIndex = -1;
  note.setAttribute("role", "dialog");
  terms.before(note);

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.term");
    const entry = link && document.getElementById(link.hash.slice(1));
    if (!entry || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const title = document.createElement("strong");
    title.textContent = entry.querySelector("dt").textContent;
    const text = document.createElement("div");
    text.append(...entry.querySelector("dd").cloneNode(true).childNodes);
    text.querySelector("[role=doc-backlink]").remove();
    const close = document.createElement("button");
    close.type = "button";
    close.className = "word";
    close.textContent = terms.dataset.close;
    close.addEventListener("click", () => note.hidePopover());
    note.setAttribute("aria-label", title.textContent);
    note.replaceChildren(title, text, close);
    note.showPopover();
    const [here, size] = [link.getBoundingClientRect(), note.getBoundingClientRect()];
    const below = here.bottom + size.height + 8 < innerHeight || here.top < size.height + 8;
    const start = rightToLeft ? here.right - size.width : here.left;
    note.style.top = `${scrollY + (below ? here.bottom + 6 : here.top - size.height - 6)}px`;
    note.style.left = `${scrollX + Math.max(8, Math.min(start, document.documentElement.clientWidth - size.width - 8))}px`;
    note.focus({ preventScroll: true });
  });
}

// Whether an answer to a question in the text is right is said when it is opened; why, the reader reads on.
if (document.querySelector(".check")) {
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.querySelector(".prose").append(said);
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.matches(".check > details")) said.textContent = target.querySelector("strong").textContent;
  }, true);
}
