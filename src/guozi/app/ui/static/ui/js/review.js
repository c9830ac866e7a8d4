// review.js: the matrix by arrow keys; a form opens at the side without leaving its place; R opens the box for the reason. Texts come from the page.
const table = document.querySelector(".gz-mt"), unit = () => document.getElementById("unit");
const links = [...(table?.querySelectorAll(".mc a") ?? [])];

function move(from, down, right) {
  const cell = from.closest("td"), at = cell.cellIndex;
  let row = cell.parentElement, column = at + right;
  if (down) do { row = down > 0 ? row.nextElementSibling : row.previousElementSibling; } while (row && !row.cells[at]?.querySelector("a"));
  while (row?.cells[column] && right && !row.cells[column].querySelector("a")) column += right;
  return row?.cells[column]?.querySelector("a");
}
table?.addEventListener("keydown", (event) => {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  if (!step || !event.target.closest("td.mc")) return;
  event.preventDefault();
  const next = move(event.target, ...step);
  if (next) { next.focus(); show(next); }
});
table?.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault(); show(link, true);
});
let asked = 0;
async function show(link, now = false) {
  links.forEach((el) => el.removeAttribute("aria-current")); link.setAttribute("aria-current", "true");
  table.querySelectorAll("tr.cur").forEach((row) => row.classList.remove("cur")); link.closest("tr").classList.add("cur");
  if (!("panel" in link.dataset)) return;
  const mine = ++asked;
  if (!now) await new Promise((done) => setTimeout(done, 200));
  if (mine !== asked) return;
  try {
    const answer = await fetch(link.href), page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById("unit");
    if (mine !== asked || !fresh) return;
    unit().replaceWith(document.adoptNode(fresh)); history.replaceState(null, "", link.href); boxes(); document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  } catch { location.assign(link.href); }
}
function boxes() {
  const box = unit()?.querySelector("details.gz-retd");
  box?.addEventListener("toggle", () => { if (box.open) box.querySelector("textarea").focus(); });
}
document.addEventListener("keydown", (event) => {
  const open = unit()?.querySelector("details.gz-retd[open]");
  if (event.key === "Escape" && open) { open.open = false; open.querySelector("summary").focus(); event.stopImmediatePropagation(); }
}, true);
// X opens the form in focus at the side; A and R then act on it.
document.addEventListener("keydown", (event) => { if (event.key.toLowerCase() === "x" && !event.target.closest("input, textarea, select") && document.activeElement.closest("td.mc")) show(document.activeElement, true); });
boxes();
