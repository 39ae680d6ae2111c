// The page: which chat it shows, what its fields and buttons do.
import { Chat, make, say } from "./chat.js";
import { follow, post } from "./line.js";

const LANGUAGES = {
  am: "Amharic", ar: "Arabic", bg: "Bulgarian", bn: "Bengali", cs: "Czech", de: "German", en: "English", es: "Spanish",
  fa: "Persian", fil: "Filipino", fr: "French", he: "Hebrew", hi: "Hindi", hu: "Hungarian", id: "Indonesian",
  it: "Italian", km: "Khmer", ko: "Korean", lo: "Lao", ms: "Malay", my: "Burmese", ne: "Nepali", nl: "Dutch",
  pl: "Polish", "pt-br": "Portuguese (Brazil)", ro: "Romanian", ru: "Russian", so: "Somali", sq: "Albanian",
  sr: "Serbian", sw: "Swahili", th: "Thai", ti: "Tigrinya", tr: "Turkish", uk: "Ukrainian", ur: "Urdu", uz: "Uzbek",
  vi: "Vietnamese", "zh-hans": "Chinese (simplified)",
};
const NOTICE_MS = 4000;
const at = (id) => document.getElementById(id);

const chat = new Chat(at("messages"), at("log"), {
  act,
  rest: () => [at("start"), at("unblock"), at("log")].find((element) => !element.hidden),
});
const seenNotices = new Set();
let place = readPlace();
let following = new AbortController();
let hasShown = false;
let lastWrong = 0;

function readPlace() {
  const fields = new URLSearchParams(location.hash.slice(1));
  return { chatId: Number(fields.get("chat")) || 0, language: fields.get("language") ?? "" };
}

function keepPlace() {
  const fields = new URLSearchParams({ chat: place.chatId });
  if (place.language) fields.set("language", place.language);
  history.replaceState(null, "", `#${fields}`);
}

async function act(name, body = {}) {
  try {
    const answer = await post(`/page/chats/${place.chatId}/${name}`, { ...body, language: place.language });
    if (!answer.ok) notify(answer.error);
    return answer.ok;
  } catch {
    lost();
    return false;
  }
}

async function openChat() {
  following.abort();
  following = new AbortController();
  chat.clear();
  hasShown = false;
  if (!place.chatId) place.chatId = (await post("/page/chats", { language: place.language })).chat_id;
  keepPlace();
  const { signal } = following;
  follow(place.chatId, { show, lost, signal, gone: newPerson });
  await act("language");
}

function newPerson() {
  place.chatId = 0;
  return openChat().catch(lost);
}

function lost() {
  say(at("activity"), "waiting for the stand-in…");
}

function notify(words) {
  say(at("notice"), words);
  at("notice").hidden = false;
  clearTimeout(notify.timer);
  notify.timer = setTimeout(() => { at("notice").hidden = true; }, NOTICE_MS);
}

function show(state) {
  say(at("name"), state.name);
  say(at("avatar"), [...state.name][0] ?? "W");
  document.title = `${state.name}, local chat`;
  say(at("activity"), state.is_restarting ? "restarting…" : state.activity ? "typing…" : "bot on this computer");
  say(at("description"), state.description || "The bot has not told yet.");
  const isEmpty = state.messages.length === 0;
  at("empty").hidden = !isEmpty;
  at("start").hidden = !isEmpty || !state.is_open;
  at("unblock").hidden = state.is_open;
  at("compose").hidden = !state.is_open;
  say(at("block"), state.is_open ? "Block the bot" : "Unblock the bot");
  showMenu(state.commands);
  chat.show(state.messages, state.unanswered.length === 0);
  if (!hasShown) at("log").scrollTop = at("log").scrollHeight;
  for (const notice of state.notices) {
    if (hasShown && !seenNotices.has(notice.id)) notify(notice.text);
    seenNotices.add(notice.id);
  }
  showProcess(state);
  showWrong(state);
  hasShown = true;
}

function showMenu(commands) {
  at("menu-button").hidden = commands.length === 0;
  const drawn = JSON.stringify(commands);
  if (at("menu").dataset.drawn === drawn) return;
  at("menu").dataset.drawn = drawn;
  at("menu").replaceChildren(...commands.map((command) => {
    const button = make("button", "choice");
    button.type = "button";
    const about = say(make("span", "about"), command.description);
    about.dir = "auto";
    button.append(about, say(make("span", "name"), `/${command.command}`));
    button.addEventListener("click", () => {
      toggleMenu(false);
      at("text").focus();
      act("send", { text: `/${command.command}` });
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

function toggleMenu(isOpen) {
  at("menu").hidden = !isOpen;
  at("menu-button").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) at("menu").querySelector("button")?.focus();
}

function showProcess(state) {
  at("process").hidden = !state.can_restart;
  at("restart").disabled = state.is_restarting;
  const running = state.pid ? `Process ${state.pid} is running.` : "No bot is running.";
  const restarted = state.restarts ? `Bot restarted${state.restarts > 1 ? ` ${state.restarts} times` : ""}. ` : "";
  put(at("process-state"), state.is_restarting ? "Restarting the bot…" : restarted + running);
}

function showWrong(state) {
  const count = state.wrong_count;
  put(at("wrong-count"), count === 0 ? "None so far" : count === 1 ? "1 wrong call" : `${count} wrong calls`);
  at("wrong").classList.toggle("some", count > 0);
  at("side-count").hidden = count === 0;
  put(at("side-count"), String(count));
  if (count === lastWrong) return;
  lastWrong = count;
  at("wrong-list").replaceChildren(...state.wrong.toReversed().map((call) => {
    const item = document.createElement("li");
    item.append(say(make("strong", ""), call.method), say(make("p", ""), call.description));
    const list = make("ul", "");
    list.append(...call.mistakes.map((mistake) => say(make("li", ""), mistake)));
    item.append(list);
    return item;
  }));
}

// Set words only where they differ, so that a status is read out once.
function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

at("compose").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = at("text");
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  if (!(await act("send", { text }))) field.value = text;
  field.focus();
});
at("start").addEventListener("click", async () => {
  await act("send", { text: "/start" });
  at("log").focus({ preventScroll: true });
});
at("unblock").addEventListener("click", () => act("unblock"));
at("block").addEventListener("click", () => act(at("unblock").hidden ? "block" : "unblock"));
at("person").addEventListener("click", async () => {
  await newPerson();
  at("start").focus();
});
at("send-thing").addEventListener("click", () => act("thing", { kind: at("thing").value }));
at("menu-button").addEventListener("click", () => toggleMenu(at("menu").hidden));
at("menu").addEventListener("keydown", (event) => {
  const items = [...at("menu").querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || at("menu").hidden) return;
  toggleMenu(false);
  at("menu-button").focus();
});
document.addEventListener("click", (event) => {
  if (!at("menu").hidden && !event.target.closest("#menu, #menu-button")) toggleMenu(false);
});
at("language").addEventListener("change", () => {
  place.language = at("language").value.trim();
  keepPlace();
  act("language");
});
at("restart").addEventListener("click", async () => {
  at("restart").disabled = true;
  say(at("process-state"), "Restarting the bot…");
  try {
    const answer = await post("/page/restart", {});
    if (!answer.ok) say(at("process-state"), answer.error ?? "The bot did not start again.");
  } catch {
    say(at("process-state"), "The bot did not start again.");
  }
  at("restart").disabled = false;
});

const isWide = matchMedia("(min-width: 860px)");
const unfold = () => { at("side").open = isWide.matches; };
isWide.addEventListener("change", unfold);
unfold();
addEventListener("hashchange", () => {
  place = readPlace();
  at("language").value = place.language;
  openChat().catch(lost);
});
at("language").value = place.language;
at("languages").append(...Object.entries(LANGUAGES).map(([code, name]) => {
  const option = document.createElement("option");
  option.value = code;
  option.label = name;
  return option;
}));
openChat().catch(lost);
