// Message text as Telegram draws it: entities become elements, phone numbers become links. Text is only ever set
// as text, never as markup.

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const PHONE = /(?<![\p{L}\d])(?:\+|\()?\d[\d ().\-\u00a0\u2011]{4,}\d(?!\d)/gu;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const SAFE = /^(?:https?|mailto|tel|tg):/i;

function link(href, ...children) {
  const anchor = document.createElement("a");
  if (SAFE.test(href)) {
    anchor.href = href;
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
  }
  anchor.append(...children);
  return anchor;
}

function phone(written) {
  const whole = document.createElement("bdi");
  whole.className = "phone";
  whole.dir = "ltr";
  const anchor = link(`tel:${written.replace(/[^\d+]/g, "")}`, written);
  anchor.removeAttribute("target");
  whole.append(anchor);
  return whole;
}

// Plain words, with the phone numbers in them made dialable.
function plain(words) {
  const parts = [];
  let at = 0;
  for (const match of words.matchAll(PHONE)) {
    const digits = match[0].replace(/\D/g, "").length;
    if (digits < 7 || digits > 15 || DATE.test(match[0])) continue;
    parts.push(words.slice(at, match.index), phone(match[0]));
    at = match.index + match[0].length;
  }
  parts.push(words.slice(at));
  return parts.filter((part) => part !== "");
}

function wrap(entity, words, children, onCommand) {
  switch (entity.type) {
    case "url": return link(/^[a-z]+:/i.test(words) ? words : `https://${words}`, ...children);
    case "text_link": return link(entity.url, ...children);
    case "email": return link(`mailto:${words}`, ...children);
    case "bot_command": {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "command";
      button.append(...children);
      button.addEventListener("click", () => onCommand(words));
      return button;
    }
    default: {
      const element = document.createElement(TAGS[entity.type] ?? "span");
      if (!TAGS[entity.type]) element.className = entity.type.replace(/[^a-z_]/g, "");
      element.append(...children);
      return element;
    }
  }
}

// The nodes of a text: entities may nest but never cross, offsets are UTF-16 units as in JavaScript.
export function nodes(text, entities, onCommand, from = 0, to = text.length) {
  const inside = entities.filter((one) => one.offset >= from && one.offset + one.length <= to);
  const result = [];
  let at = from;
  while (at < to) {
    const next = inside.filter((one) => one.offset >= at).sort((a, b) => a.offset - b.offset || b.length - a.length)[0];
    if (!next) break;
    const end = next.offset + next.length;
    if (next.offset > at) result.push(...plain(text.slice(at, next.offset)));
    const rest = inside.filter((one) => one !== next && one.offset >= next.offset && one.offset + one.length <= end);
    const words = text.slice(next.offset, end);
    const isPlain = !["url", "text_link", "email", "bot_command", "code", "pre"].includes(next.type);
    const children = rest.length ? nodes(text, rest, onCommand, next.offset, end) : isPlain ? plain(words) : [words];
    result.push(wrap(next, words, children, onCommand));
    at = end;
  }
  if (at < to) result.push(...plain(text.slice(at, to)));
  return result;
}
