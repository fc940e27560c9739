"use strict";

const LIVE = ["clock", "faults", "fired", "orders", "others"];

function notify(text) {
  document.getElementById("notice").textContent = text;
}

// Ask the sandbox, and show what it objects to.
async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const problems = answer.ok ? [] : (await answer.json()).error_messages;
  notify(problems.join("; "));
  await update();
  return answer.ok;
}

// What has changed takes the place of what is shown. What is open stays open.
async function update() {
  let text;
  try {
    const answer = await fetch("/", { cache: "no-store" });
    text = await answer.text();
    if (!answer.ok) throw new Error(text);
  } catch (error) {
    document.body.dataset.state = "away";
    notify("The sandbox does not answer.");
    return;
  }
  if (document.body.dataset.state === "away") notify("");
  document.body.dataset.state = "here";
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const id of LIVE) {
    const shown = document.getElementById(id);
    const next = fresh.getElementById(id);
    const open = [...shown.querySelectorAll("details[open]")].map((each) => each.id);
    for (const each of open) fresh.getElementById(each)?.setAttribute("open", "");
    if (shown.innerHTML !== next.innerHTML) shown.replaceChildren(...next.childNodes);
    shown.hidden = next.hidden;
  }
}

function faultOf(form) {
  const fault = {};
  for (const [name, text] of new FormData(form)) {
    const field = form.elements[name];
    if (text !== "" && !field.closest("label").hidden) {
      fault[name] = field.type === "number" ? Number(text) : text;
    }
  }
  return fault;
}

// Only the fields that mean something for a kind of fault.
function showFields() {
  const form = document.getElementById("add");
  for (const label of form.querySelectorAll("label[data-kinds]")) {
    label.hidden = !label.dataset.kinds.split(" ").includes(form.elements.kind.value);
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { copy, method, path, body, confirm: question } = button.dataset;
  if (copy !== undefined) {
    await navigator.clipboard.writeText(copy);
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  } else if (path && (!question || confirm(question))) {
    await ask(method, path, body && JSON.parse(body));
  }
});

document.getElementById("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  await ask("POST", "/_sandbox/faults", faultOf(event.target));
});
document.getElementById("add").elements.kind.addEventListener("change", showFields);
showFields();
if (innerWidth <= 900) document.getElementById("adding").removeAttribute("open");

setInterval(() => { if (!document.hidden) update(); }, 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) update(); });
