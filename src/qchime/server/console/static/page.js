// Keeps the parts marked with data-live up to date, and lets buttons copy. Without it the page works, but stands still.

const PAUSE = 1000; // milliseconds from one refresh to the next, at least
const REST = 30; // and as many times what a refresh takes the server, so that a page that is open hardly slows it down

const sent = new WeakSet(); // the forms that are on their way
let events = null;
let refreshing = false;
let isStale = false;

function connect() {
  if (events || !document.querySelector("[data-live]")) return;
  events = new EventSource(document.body.dataset.events);
  events.onopen = () => tell("Live");
  events.onerror = () => tell("The server does not answer; trying again", "bad");
  events.onmessage = refresh;
}

// A page that nobody sees costs the server nothing.
function disconnect() {
  events?.close();
  events = null;
}

function tell(text, tone = "") {
  const connection = document.getElementById("connection");
  connection.textContent = text;
  connection.className = tone;
}

async function refresh() {
  isStale = true;
  if (refreshing) return;
  refreshing = true;
  while (isStale) {
    isStale = false;
    const cost = await fetch(location.href).then(show, () => 0);
    await new Promise((resolve) => setTimeout(resolve, Math.max(PAUSE, REST * cost)));
  }
  refreshing = false;
}

// Shows what the server has now, and returns how many milliseconds that has taken it.
async function show(response) {
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok) document.querySelector("main").replaceWith(fresh.querySelector("main") ?? "");
  for (const old of document.querySelectorAll("[data-live]")) {
    const part = fresh.getElementById(old.id);
    if (part) update(old, part);
    else old.remove();
  }
  prepare();
  return Number(response.headers.get("Server-Timing")?.split("dur=")[1] ?? 0);
}

// Replaces as little as possible, so that focus, selection and scrolling stay where they are.
function update(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName || !old.children.length || !fresh.children.length) {
    old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  updateChildren(old, [...fresh.childNodes]);
}

// Children with an id keep their element wherever it moves to; others are matched by position.
function updateChildren(parent, wanted) {
  const named = new Map([...parent.children].filter((child) => child.id).map((child) => [child.id, child]));
  let next = parent.firstChild;
  for (const child of wanted) {
    const kept = child.id ? named.get(child.id) : next && !next.id && next.nodeName === child.nodeName ? next : null;
    if (!kept) {
      parent.insertBefore(child, next);
    } else {
      if (kept === next) next = next.nextSibling;
      else parent.insertBefore(kept, next);
      if (kept.nodeType === Node.ELEMENT_NODE) update(kept, child);
      else if (kept.data !== child.data) kept.data = child.data;
    }
  }
  while (next) {
    const rest = next;
    next = next.nextSibling;
    rest.remove();
  }
}

function prepare() {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy);
  getSelection().selectAllChildren(text); // to copy by hand, where a page may not
  const title = button.innerHTML;
  try {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Selected";
  }
  setTimeout(() => (button.innerHTML = title), 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
// Whoever presses Enter, or the button, in a field that submits its form by itself sends the form once.
document.addEventListener("submit", (event) => {
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
  setTimeout(() => sent.delete(event.target), PAUSE);
});
document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
document.documentElement.classList.add("js");
prepare();
if (!document.hidden) connect();
