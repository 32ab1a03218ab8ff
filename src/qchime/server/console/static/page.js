// Keeps the parts marked with data-live up to date, and lets buttons copy. Without it the page works, but stands still.

const PAUSE = 1000; // milliseconds from one refresh to the next, at least

let events = null;
let refreshing = false;
let isStale = false;

function connect() {
  if (events || !document.querySelector("[data-live]")) return;
  events = new EventSource(document.body.dataset.events);
  events.onopen = () => tell("");
  events.onerror = () => tell(" · The server does not answer; trying again.");
  events.onmessage = refresh;
}

// A page that nobody sees costs the server nothing.
function disconnect() {
  events?.close();
  events = null;
}

function tell(text) {
  document.getElementById("connection").textContent = text;
}

async function refresh() {
  isStale = true;
  if (refreshing) return;
  refreshing = true;
  while (isStale) {
    isStale = false;
    await fetch(location.href).then(show, () => tell(" · The server does not answer."));
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  refreshing = false;
}

async function show(response) {
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const part = fresh.getElementById(old.id);
    if (part) update(old, part);
    else old.replaceChildren("This is no longer there.");
  }
  prepare();
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
  const title = button.textContent;
  try {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = title), 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
prepare();
if (!document.hidden) connect();
