// Long forms keep what was typed in this tab until they are sent: a lost link or a closed page costs nothing.

const kept = (form) => `form:${location.pathname}:${form.dataset.keep}`;
const worthKeeping = (field) =>
  field.name && field.name !== "csrf_token" && !["password", "file", "hidden", "submit", "button"].includes(field.type);

function gather(form) {
  const values = {};
  for (const field of form.elements) {
    if (!worthKeeping(field)) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    } else {
      values[field.name] = field.value;
    }
  }
  return values;
}

function fill(form, values) {
  for (const field of form.elements) {
    if (!worthKeeping(field) || !(field.name in values)) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = values[field.name].includes(field.value);
    else field.value = values[field.name];
  }
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  const stored = sessionStorage.getItem(kept(form));
  // A refused form comes back filled by the server, which knows better than the tab.
  if (stored && !document.querySelector(".error-summary")) fill(form, JSON.parse(stored));
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => sessionStorage.setItem(kept(form), JSON.stringify(gather(form))), 400);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    // Whether it arrives is known to the page that answers: site.js forgets it there.
    sessionStorage.setItem(kept(form), JSON.stringify(gather(form)));
    sessionStorage.setItem("form-sent", kept(form));
  });
}
