// review.js: selection and the arrow keys of the matrix (table.gz-mt). Row boxes are input[type=checkbox]; #nsel shows how many; A and R are [data-key] buttons.
const table = document.querySelector(".gz-mt"), boxes = [...table.querySelectorAll("tbody input[type=checkbox]")], all = table.querySelector("thead input[type=checkbox]");
function count() {
  const n = boxes.filter((box) => box.checked).length;
  boxes.forEach((box) => box.closest("tr").classList.toggle("sel", box.checked));
  document.getElementById("nsel").textContent = n;
  if (all) { all.checked = n > 0 && n === boxes.length; all.indeterminate = n > 0 && n < boxes.length; }
  document.querySelectorAll(".gz-bulk button").forEach((button) => { button.disabled = n === 0; });
}
all?.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); });
table.addEventListener("change", count);
table.addEventListener("keydown", (event) => {
  const cell = event.target.closest("td, th");
  if (!cell) return;
  const row = cell.parentElement, step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  if (event.key.toLowerCase() === "x" && event.target.tagName !== "INPUT") { const box = row.querySelector("input[type=checkbox]"); if (box) { box.checked = !box.checked; count(); } return; }
  if (!step) return;
  let to = row;
  if (step[0]) do { to = step[0] > 0 ? to.nextElementSibling : to.previousElementSibling; } while (to?.classList.contains("grp"));
  const target = to?.cells[cell.cellIndex + step[1]]?.querySelector("a, input");
  if (target) { event.preventDefault(); target.focus(); }
});
count();
