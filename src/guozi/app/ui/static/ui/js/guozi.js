// guozi.js: what every page can do: units, keys, help, search, print, big screen. The page works without it; texts come from the page.
import { UNITS, current, show } from "./units.js";

const root = document.documentElement, all = (selector) => [...document.querySelectorAll(selector)];
const open = (id) => { const dialog = document.getElementById(id); if (dialog && !dialog.open) dialog.showModal(); return dialog; };

function choose(unit) {
  root.dataset.unit = unit;
  document.cookie = `gz_unit=${unit}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  show(unit);
  all(".gz-units [data-unit]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.unit === unit)));
  document.dispatchEvent(new CustomEvent("gz:unit"));
}
function present(on) {
  root.classList.toggle("gz-present", on);
  document.dispatchEvent(new CustomEvent("gz:unit"));
}
// J and K walk over [data-item]; Enter is the link's own.
function step(by) {
  const items = all("[data-item]").filter((el) => el.checkVisibility()), here = items.indexOf(document.activeElement);
  items[Math.min(Math.max(here + by, 0), items.length - 1)]?.focus();
}
// W opens the number in focus, or the first number of the row in focus.
function why() {
  const at = document.activeElement, row = at?.closest("tr, li");
  (at?.closest("a.gz-why") ?? at?.querySelector?.("a.gz-why") ?? row?.querySelector("a.gz-why"))?.click();
}
const ACTS = { help: () => open("gz-help"), search: () => open("gz-search")?.querySelector("input").select(), print: () => window.print(), present: () => present(!root.classList.contains("gz-present")) };

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.unit) choose(button.dataset.unit);
  ACTS[button?.dataset.act]?.();
});

let afterG = 0;
document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, altKey, target } = event, held = ctrlKey || metaKey;
  if (held && key.toLowerCase() === "k" && document.getElementById("gz-search")) { event.preventDefault(); ACTS.search(); return; }
  if (held && key === "Enter") { document.querySelector("[data-submit]:not(:disabled)")?.click(); return; }
  if (held || altKey || event.isComposing || target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const letter = key.toLowerCase(), go = Date.now() - afterG < 900 && document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  if (go) { afterG = 0; go.click(); return; }
  afterG = letter === "g" ? Date.now() : 0;
  if (key === "?") { event.preventDefault(); ACTS.help(); }
  else if (letter === "j") step(1);
  else if (letter === "k") step(-1);
  else if (letter === "w") why();
  else if (letter === "u" && document.querySelector(".gz-units")) choose(UNITS[(UNITS.indexOf(current()) + 1) % UNITS.length]);
  else if (letter === "p" && document.querySelector("[data-act=present]")) ACTS.present();
  else if (key === "Escape" && root.classList.contains("gz-present")) present(false);
  else if (key === "Escape" && !document.querySelector(":popover-open")) document.querySelector("[data-back]")?.click();
  else if (/^[a-z]$/.test(letter)) document.querySelector(`[data-key="${letter}"]:not(:disabled)`)?.click();
});
// A page opened with ?present is the big screen. Fragments that htmx brings arrive in the unit that the server knew.
if (new URLSearchParams(location.search).has("present")) present(true);
document.addEventListener("htmx:after:swap", () => show(current()));
