"""What the environment decides: where the data lies, where to listen. Nothing else is read from outside."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import SettingsError

HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation.

    ``data_directory`` holds the SQLite database, the secret key and the demo's logins; ``zone`` is the zone in which
    people see times and in which the working day is counted.
    """

    data_directory: Path
    database_url: str
    processes_directory: Path
    host: str
    port: int
    zone: ZoneInfo
    secret_key: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ``DATABASE_URL``, ``PORT``, ``HOST``, ``LTC_DATA``, ``LTC_PROCESSES`` and ``LTC_ZONE``.

        Raises ``SettingsError`` that names the variable and what is wrong with it.
        """
        given = os.environ if environment is None else environment
        data = Path(given.get("LTC_DATA") or "var").absolute()
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(setting="LTC_DATA", problem=str(error)) from error
        return cls(
            data_directory=data,
            database_url=given.get("DATABASE_URL") or f"sqlite:///{data / 'ltc-flow.db'}",
            processes_directory=_processes(given.get("LTC_PROCESSES")),
            host=given.get("HOST") or "127.0.0.1",
            port=_port(given.get("PORT") or "8000"),
            zone=_zone(given.get("LTC_ZONE") or "Asia/Shanghai"),
            secret_key=_secret_key(data / "secret-key"),
        )


def _processes(text: str | None) -> Path:
    path = Path(text) if text else Path(__file__).parent.parent / "processes"
    if not path.is_dir():
        raise SettingsError(setting="LTC_PROCESSES", problem=f"{path} is not a folder")
    return path


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= HIGHEST_PORT:
        raise SettingsError(setting="PORT", problem=f"{text!r} is not a port (1 to {HIGHEST_PORT})")
    return int(text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(setting="LTC_ZONE", problem=f"{name!r} is not a time zone") from error


def _secret_key(path: Path) -> str:
    """Sessions outlive a restart, so the key is made once and kept readable by its owner only.

    It appears whole or not at all, so that two processes that start together read the same one.
    """
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # the other process was faster
            path.hardlink_to(fresh)
        fresh.unlink()
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise SettingsError(setting="LTC_DATA", problem=f"{path} is empty; delete it and start again")
    return key
