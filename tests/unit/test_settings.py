"""What the environment may say, and what it hears when it says something else."""

from pathlib import Path

import pytest

from engine.errors import SettingsError
from engine.settings import Settings


def test_an_empty_environment_means_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings.from_environment({"LTC_DATA": str(tmp_path / "data")})
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'ltc-flow.db'}"
    assert (settings.host, settings.port, settings.zone.key) == ("127.0.0.1", 8000, "Asia/Shanghai")
    assert (settings.processes_directory / "forms").is_dir()


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = Settings.from_environment({"LTC_DATA": str(tmp_path)})
    second = Settings.from_environment({"LTC_DATA": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 43
    kept = [path for path in tmp_path.iterdir() if path.is_file() and first.secret_key in path.read_text()]
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "eighty"),
        ("PORT", "²"),
        ("LTC_ZONE", "Mars/Olympus"),
        ("LTC_PROCESSES", "/nowhere"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"LTC_DATA": str(tmp_path), name: value})
    assert refused.value.data["setting"] == name
