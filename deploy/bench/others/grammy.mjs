// The same walk with grammY: its built-in polling, no plug-ins.
// node others/grammy.mjs http://127.0.0.1:PORT screens.json FOLDER_WITH_NODE_MODULES
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [, , address, file, folder] = process.argv;
const { Bot, InlineKeyboard } = createRequire(folder + "/")("grammy");
const screens = JSON.parse(readFileSync(file, "utf8"));
const bot = new Bot("7000000001:" + "A".repeat(35), { client: { apiRoot: address } });

function keyboard(number) {
  const built = new InlineKeyboard();
  screens[number].rows.forEach((row, at) => {
    row.forEach((label, place) => built.text(label, `${number}:${at}:${place}`));
    built.row();
  });
  return built;
}

bot.command("start", (context) => context.reply(screens[0].text, { reply_markup: keyboard(0) }));
bot.callbackQuery(/^(\d+):\d+:\d+$/, async (context) => {
  const number = (Number(context.match[1]) + 1) % screens.length;
  await context.answerCallbackQuery();
  await context.editMessageText(screens[number].text, { reply_markup: keyboard(number) });
});
bot.start();
