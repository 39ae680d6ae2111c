"""The bot's own page on Telegram: neutral description and command menu, in each language Telegram takes codes for."""

from __future__ import annotations

from telegram import Bot, BotCommand, User

from bot.errors import WaymarkError
from bot.talk import COMMANDS
from bot.texts.offer import Offers
from bot.texts.voice import Voice

UNSAFE = {
    "can_join_groups": ("lets anyone add it to groups", "In @BotFather: Bot Settings, Allow Groups, off."),
    "can_read_all_group_messages": ("reads all group messages", "In @BotFather: Bot Settings, Group Privacy, on."),
    "supports_inline_queries": ("answers inline queries", "In @BotFather: Bot Settings, Inline Mode, off."),
    "can_connect_to_business": ("can be connected to business accounts", "In @BotFather: switch Business Mode off."),
    "has_main_web_app": ("has a main web app", "In @BotFather: remove the main app."),
    "supports_guest_queries": ("can be called in chats it is not part of", "In @BotFather: switch Guest Mode off."),
    "has_topics_enabled": ("splits its chats into topics", "In @BotFather: Bot Settings, Threaded Mode, off."),
    "supports_join_request_queries": ("can be asked about join requests", "In @BotFather: switch Join Requests off."),
    "can_manage_bots": ("may manage other bots", "In @BotFather: switch Bot Management off."),
}  # fmt: skip


def refuse_unsafe(me: User) -> None:
    """Stop where a setting of the bot could expose people. Raises WaymarkError with every such setting."""
    fields = {**me.api_kwargs, **{name: getattr(me, name, None) for name in UNSAFE}}
    wrong = [words for name, words in UNSAFE.items() if fields.get(name) or me.api_kwargs.get(name)]
    if wrong:
        what = "; ".join(problem for problem, _ in wrong)
        raise WaymarkError("bot settings", f"the bot {what}.", " ".join(remedy for _, remedy in wrong))


async def publish(bot: Bot, offers: Offers) -> None:
    """Set command menus and descriptions that differ from what is there; one menu code serves one language."""
    done: set[str] = set()
    for language in offers.offered():
        code = "" if language.tag == "en" else language.menu
        if code in done or (not code and language.tag != "en"):
            continue
        done.add(code)
        await _publish_one(bot, offers.voice(language), code or None)


async def _publish_one(bot: Bot, voice: Voice, code: str | None) -> None:
    commands = [BotCommand(name, voice.say(f"command.{name}")) for name in COMMANDS]
    if tuple(await bot.get_my_commands(language_code=code)) != tuple(commands):
        await bot.set_my_commands(commands, language_code=code)
    description, short = voice.say("profile.description"), voice.say("profile.short")
    if (await bot.get_my_description(language_code=code)).description != description:
        await bot.set_my_description(description, language_code=code)
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)
