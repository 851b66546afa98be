// The glossary finds while one types; without this module the button does the same.

const form = document.querySelector("form[data-glossary]");
const field = form?.querySelector("[name=q]");
const terms = [...document.querySelectorAll(".glossary > [data-find]")];
const said = document.querySelector("[data-found]");
const whole = said?.textContent;
const letters = { "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ی": "ي", "ک": "ك" };

// As elearn.core.i18n.folded does it on the server.
const folded = (text) => text.replace(/ـ/g, "").normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "")
  .replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660).replace(/./gu, (letter) => letters[letter] ?? letter);

function look() {
  const words = folded(field.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const term of terms) {
    term.hidden = !words.every((word) => term.dataset.find.includes(word));
    if (!term.hidden) shown += 1;
  }
  said.textContent = !shown ? said.dataset.none : words.length ? `${said.dataset.some} ${shown}` : whole;
}

// Only a page with every term on it can find them all.
if (field && !field.value) {
  field.addEventListener("input", look);
  form.addEventListener("submit", (event) => { event.preventDefault(); look(); });
}
