// The bubbles of one chat: drawn once, redrawn only where a message changed, focus kept where it makes sense.
import { nodes } from "./text.js";

const THINGS = {
  contact: "Contact", location: "Location", voice: "Voice message", photo: "Photo", video: "Video",
  document: "Document", sticker: "Sticker", dice: "Dice",
};

export class Chat {
  // list: the <ol>; log: what scrolls; act: sends what the person does; rest: where the focus goes when no button is left.
  constructor(list, log, { act, rest }) {
    this.list = list;
    this.log = log;
    this.act = act;
    this.rest = rest;
    this.shown = new Map();
  }

  show(messages, isAnswered) {
    const wasAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
    const held = this.#held();
    const numbers = new Set(messages.map((message) => message.id));
    let hasChanged = false;
    for (const [number, item] of this.shown) {
      if (numbers.has(number)) continue;
      item.element.remove();
      this.shown.delete(number);
      hasChanged = true;
    }
    for (const message of messages) hasChanged = this.#place(message) || hasChanged;
    if (isAnswered) this.list.querySelectorAll(".asking").forEach((button) => button.classList.remove("asking"));
    if (held && !held.button.isConnected) this.#refocus(held);
    if (hasChanged && wasAtEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  clear() {
    this.shown.clear();
    this.list.replaceChildren();
  }

  #place(message) {
    const drawn = JSON.stringify(message);
    const known = this.shown.get(message.id);
    if (known?.drawn === drawn) return false;
    const element = known?.element ?? document.createElement("li");
    if (!known) this.list.append(element);
    element.className = `message ${message.is_from_bot ? "theirs" : "mine"}`;
    element.dataset.id = message.id;
    element.replaceChildren(...this.#draw(message));
    const text = element.querySelector(".words");
    const keyboard = element.querySelector(".keyboard");
    if (text && keyboard) keyboard.dir = getComputedStyle(text).direction;
    this.shown.set(message.id, { element, drawn });
    return true;
  }

  #draw(message) {
    const bubble = make("div", "bubble");
    const who = make("span", "hidden");
    who.textContent = message.is_from_bot ? "Bot: " : "You: ";
    bubble.append(who);
    if (message.reply_to) bubble.append(say(make("p", "reply"), message.reply_to));
    if (message.thing) bubble.append(say(make("p", "thing"), THINGS[message.thing] ?? message.thing));
    if (message.text) {
      const words = make("p", "words");
      words.dir = "auto";
      words.append(...nodes(message.text, message.entities, (command) => this.act("send", { text: command })));
      bubble.append(words);
    }
    bubble.classList.toggle("protected", message.is_protected);
    bubble.append(this.#meta(message));
    const parts = [bubble];
    if (message.rows.length) parts.push(this.#keyboard(message));
    return parts;
  }

  #meta(message) {
    const meta = make("p", "meta");
    const time = new Date(message.date * 1000);
    const parts = [];
    if (message.is_protected) parts.push("no copying");
    if (message.is_edited) parts.push("edited");
    parts.push(time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
    return say(meta, parts.join(" · "));
  }

  #keyboard(message) {
    const keyboard = make("div", "keyboard");
    message.rows.forEach((row, rowAt) => {
      const line = make("div", "keys");
      row.forEach((key, columnAt) => line.append(this.#key(message, key, rowAt, columnAt)));
      keyboard.append(line);
    });
    return keyboard;
  }

  #key(message, key, row, column) {
    const label = say(make("bdi", "label"), key.label);
    label.dir = "auto";
    if (key.url) {
      const anchor = make("a", "key link");
      if (/^(?:https?|tg):/i.test(key.url)) anchor.href = key.url;
      anchor.target = "_blank";
      anchor.rel = "noopener noreferrer";
      anchor.append(label);
      return anchor;
    }
    const button = make("button", "key");
    button.type = "button";
    button.title = key.label;
    button.append(label);
    button.addEventListener("click", () => {
      button.classList.add("asking");
      this.act("tap", { message_id: message.id, row, column, label: key.label });
    });
    return button;
  }

  #held() {
    const button = document.activeElement?.closest?.(".key");
    if (!button || !this.list.contains(button)) return null;
    const id = Number(button.closest(".message").dataset.id);
    return { button, id, label: button.textContent, at: this.#keys(id).indexOf(button) };
  }

  #keys(id) {
    return [...(this.shown.get(id)?.element.querySelectorAll(".key") ?? [])];
  }

  // The button that had the focus is gone: the same one redrawn, else the first of the newest message of the bot.
  #refocus(held) {
    const same = this.#keys(held.id)[held.at];
    const newest = [...this.list.querySelectorAll(".theirs")].at(-1);
    const next = same?.textContent === held.label ? same : newest?.querySelector(".key");
    (next ?? this.rest()).focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }
}

export function make(tag, names) {
  const element = document.createElement(tag);
  element.className = names;
  return element;
}

export function say(element, words) {
  element.textContent = words;
  return element;
}
