// What every page is better with and none needs: forms sent once, the first correction, copying, pictures on request,
// the state of the link.

const sent = new WeakSet();

// A second press while the first is on its way would be a second request; the button says so and waits.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  if ("download" in form.dataset) setTimeout(usableAgain, 5000); // a file leaves the page where it is
  const button = event.submitter?.dataset.pending ? event.submitter : null;
  if (!button) return;
  button.dataset.label = button.textContent;
  // After the form data was gathered: a changed button must not change what is sent.
  setTimeout(() => {
    button.textContent = button.dataset.pending;
    button.setAttribute("aria-disabled", "true");
  });
});

function usableAgain() {
  for (const form of document.forms) sent.delete(form);
  for (const button of document.querySelectorAll("button[data-label]")) {
    button.textContent = button.dataset.label;
    button.removeAttribute("aria-disabled");
  }
}

// Coming back with the browser's arrow shows the page as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) usableAgain();
});

// Whoever uses this device next finds nothing of who signs out here, also where the link is lost at that moment. Only
// answers that no link has carried yet stay: nobody else is shown them, and their owner comes back for them.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !new URL(event.target.action).pathname.startsWith("/sign-out")) return;
  sessionStorage.clear();
  for (const name of Object.keys(localStorage)) {
    if (!/"waiting":\{"/.test(localStorage.getItem(name))) localStorage.removeItem(name);
  }
});

document.querySelector("[data-focus]")?.focus();

// An answer that is neither a correction nor a failure means that the form arrived: what form.js kept of it may go.
const arrived = sessionStorage.getItem("form-sent");
if (arrived) {
  sessionStorage.removeItem("form-sent");
  if (!document.querySelector(".error-summary, .outcome")) sessionStorage.removeItem(arrived);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const before = button.textContent;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 4000);
  });
}

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Pictures on request, where data is saved:
// <span class="placeholder" data-alt data-width data-height>… <a data-picture href="…">Show picture (48 KB)</a></span>
document.addEventListener("click", (event) => {
  const asked = event.target.closest("a[data-picture]");
  if (!asked) return;
  event.preventDefault();
  const place = asked.closest(".placeholder");
  const picture = new Image(Number(place.dataset.width) || undefined, Number(place.dataset.height) || undefined);
  picture.alt = place.dataset.alt ?? "";
  picture.tabIndex = -1;
  picture.addEventListener("load", () => {
    place.replaceWith(picture);
    picture.focus({ preventScroll: true });
  });
  picture.addEventListener("error", () => {
    asked.textContent = asked.dataset.failed || asked.textContent;
    asked.removeAttribute("aria-busy");
  });
  asked.setAttribute("aria-busy", "true");
  picture.src = asked.href;
});

// One open menu at a time; Escape and a press elsewhere close it.
const menu = document.querySelector("details.menu");
if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// Boxes that a reader opened stay open when the language is switched or the page is read again, in this tab.
const keep = document.querySelectorAll("details[data-keep-open]");
for (const box of keep) {
  const key = `open:${location.pathname}:${box.dataset.keepOpen}`;
  if (sessionStorage.getItem(key) === "1") box.open = true;
  box.addEventListener("toggle", () => sessionStorage.setItem(key, box.open ? "1" : "0"));
}

const link = document.querySelector("[data-offline]");
if (link) {
  const tell = () => { link.textContent = navigator.onLine ? "" : link.dataset.offline; };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
}
