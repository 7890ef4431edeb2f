"""Which language and which zone a page speaks, and how it says money, moments and deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain, format_date, format_datetime, get_locale, gettext, ngettext

from engine.text import LANGUAGES, Text
from handlers.money import FEN_PER_WAN, FEN_PER_YUAN
from webui import catalogues
from webui.runtime import room, runtime, signed_in

LANGUAGE = "language"
"""Where the session keeps the language of somebody who is not signed in."""

SOON = timedelta(hours=24)


class Due(NamedTuple):
    """A deadline in words, with the tone in which to show it: ``late``, ``soon``, ``later``."""

    words: str
    tone: str


class PageWords(Domain):  # type: ignore[misc]
    """The words of all pages. Flask-Babel would look for them under ``zh_Hans_CN``, as Babel spells ``zh_CN``."""

    def get_translations(self) -> NullTranslations:
        """Return the words of the language of this page."""
        return _words(language())


@cache
def _words(wanted: str) -> NullTranslations:
    """Return all catalogues of one language as one."""
    words: NullTranslations | None = None
    for directory in catalogues.directories():
        found = Translations.load(directory, [wanted])
        if isinstance(found, Translations):
            words = words.merge(found) if isinstance(words, Translations) else found
    return words or NullTranslations()


def install(app: Flask, zone: str) -> None:
    """Teach ``app`` both languages and give templates the filters of this module."""
    catalogues.compile_catalogues()
    _words.cache_clear()
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_DEFAULT_TIMEZONE=zone)
    babel = Babel(app, locale_selector=choose_language)
    babel.domain_instance = PageWords()
    app.jinja_env.filters.update(t=say, money=money, moment=moment, day=day, due=due, ago=ago)
    app.jinja_env.globals.update(language=language, languages={"en": "English", "zh_CN": "中文"})


def choose_language() -> str:
    """Return the language of this request: asked for in the address, the person's own, the session's, the browser's."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return asked
    user = signed_in()
    if user is not None and user.language in LANGUAGES:
        return user.language
    kept = session.get(LANGUAGE)
    if kept in LANGUAGES:
        return str(kept)
    for accepted in request.accept_languages.values():
        if accepted.lower().startswith("zh"):
            return "zh_CN"
        if accepted.lower().startswith("en"):
            return "en"
    return "en"


def language() -> str:
    """Return the language that this page speaks: ``en`` or ``zh_CN``."""
    locale = get_locale()
    return "zh_CN" if locale is not None and locale.language == "zh" else "en"


def say(text: Text) -> str:
    """Return a phrase of the engine, the handlers or the diagrams in the language of this page."""
    return text.in_language(language())


def money(fen: int | None) -> str:
    """Return an amount in fen for people: ``12.5 万元`` or ``CNY 125,000``."""
    if fen is None:
        return ""
    if language() == "zh_CN":
        return f"{fen / FEN_PER_WAN:,.4f}".rstrip("0").rstrip(".") + " 万元"
    yuan = f"{fen / FEN_PER_YUAN:,.2f}"
    return "CNY " + yuan.removesuffix(".00")


def moment(at: datetime | None) -> str:
    """Return a moment in the zone of the company, to the minute."""
    if at is None:
        return ""
    return str(format_datetime(at, "yyyy年M月d日 HH:mm" if language() == "zh_CN" else "d MMM yyyy, HH:mm"))


def listed(parts: Iterable[str]) -> str:
    """Return ``parts`` one after the other, as people of the language write a list."""
    return say(Text(", ", "、")).join(parts)


def day(at: datetime | date | None) -> str:
    """Return a day; of a moment, the day that it is in the zone of the company."""
    if at is None:
        return ""
    if isinstance(at, datetime):
        at = at.astimezone(runtime().settings.zone).date()
    return str(format_date(at, "yyyy年M月d日" if language() == "zh_CN" else "d MMM yyyy"))


def due(at: datetime | None) -> Due | None:
    """Return a deadline relative to now: *today 18:00*, *2 hours late*."""
    if at is None:
        return None
    now = room().clock.now()
    if at < now:
        return Due(gettext("%(span)s late", span=_span(now - at)), "late")
    zone = runtime().settings.zone
    there, today = at.astimezone(zone), now.astimezone(zone).date()
    tone = "soon" if at - now < SOON else "later"
    clock = there.strftime("%H:%M")
    if there.date() == today:
        return Due(gettext("today %(clock)s", clock=clock), "soon")
    if there.date() == today + timedelta(days=1):
        return Due(gettext("tomorrow %(clock)s", clock=clock), tone)
    pattern = "M月d日" if language() == "zh_CN" else "d MMM"
    if there.year != today.year:
        return Due(day(at), tone)
    return Due(str(format_date(there.date(), pattern)), tone)


def ago(at: datetime | None) -> str:
    """Return how long ago a moment was: *5 minutes ago*; after a week, the day."""
    if at is None:
        return ""
    passed = room().clock.now() - at
    if passed < timedelta(minutes=1):
        return str(gettext("just now"))
    if passed > timedelta(days=7):
        return day(at)
    return str(gettext("%(span)s ago", span=_span(passed)))


def _span(length: timedelta) -> str:
    """Return a length of time in its largest unit."""
    if length >= timedelta(days=1):
        return str(ngettext("%(num)d day", "%(num)d days", length.days))
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if hours:
        return str(ngettext("%(num)d hour", "%(num)d hours", hours))
    return str(ngettext("%(num)d minute", "%(num)d minutes", max(minutes, 1)))
