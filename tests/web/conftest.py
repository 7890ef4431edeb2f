"""A whole product on a database of its own, the cast as real users, and browsers that sign in as they do."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engine.clock import FixedClock
from engine.database import connect, reading, sessions, transaction
from engine.directory import SYSTEM, group_key
from engine.inbox.records import Notice, WorkItem
from engine.instances.records import RUNNING, ProcessInstance
from engine.releases.operations import deploy, read_folder
from engine.releases.records import Release
from engine.settings import Settings
from handlers.organisation import operations, passwords
from handlers.organisation.records import OrgUnit, User
from tests.conftest import MONDAY_MORNING
from webui.app import create_app
from webui.assembly import assemble
from webui.runtime import EXTENSION, Runtime

PASSWORD = "the-password-of-the-tests"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all the products of a test run."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledTemplates()
PROCESSES = Path(__file__).parents[2] / "processes"


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    """Hash the passwords of the cast as cheaply as Argon2 allows: hundreds of tests sign somebody in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


class Browser:
    """A browser without scripts: keeps cookies, sends the token of the page it saw last."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self.token = ""

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Open a page."""
        return self._seen(self._client.get(path, **kwargs))

    def post(self, path: str, form: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form with the token of the last page; follow nothing."""
        return self._seen(self._client.post(path, data={"csrf_token": self.token, **(form or {})}, **kwargs))

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        """Sign in on the page."""
        self.get("/sign-in")
        response = self.post("/sign-in", {"username": username, "password": password})
        if response.status_code == 302:
            self.get("/notices/")
        return response

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie."""
        found = self._client.get_cookie(name)
        return found.value if found else None

    def set_cookie(self, name: str, value: str) -> None:
        """Put a cookie into the browser, as a thief would."""
        self._client.set_cookie(name, value)

    def _seen(self, response: TestResponse) -> TestResponse:
        found = TOKEN.search(response.text) if response.mimetype == "text/html" else None
        if found:
            self.token = unescape(found[1])
        return response


@dataclass
class Site:
    """The running product and its people."""

    app: Flask
    clock: FixedClock
    units: dict[str, OrgUnit] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    @property
    def product(self) -> Runtime:
        """Return the collaborators of the product."""
        found: Runtime = self.app.extensions[EXTENSION]
        return found

    def browser(self, username: str | None = None) -> Browser:
        """Return a new browser, signed in as ``username`` if given."""
        browser = Browser(self.app)
        if username is not None:
            assert browser.sign_in(username).status_code == 302
        return browser

    def item(self, title: str = "Screen the lead", *, role: str = "ar", unit: str = "office", **values: Any) -> int:
        """Put an open work item with a case of its own into the database; return its id."""
        with transaction(self.product.sessions) as session:
            return _item(session, title, role, self.units[unit].id, self.clock.now(), values)

    def notice(self, username: str, kind: str, **params: str) -> None:
        """Leave a notice."""
        with transaction(self.product.sessions) as session:
            session.add(Notice(user_id=self.users[username].id, kind=kind, params=params, created_at=self.clock.now()))

    def stored(self, work_item_id: int) -> WorkItem:
        """Return the work item as the database holds it now."""
        with transaction(self.product.sessions) as session:
            return session.scalars(sa.select(WorkItem).where(WorkItem.id == work_item_id)).one()


def _item(session: Session, title: str, role: str, unit_id: int, now: datetime, values: dict[str, Any]) -> int:
    release = session.scalar(sa.select(Release))
    if release is None:
        release = Release(number=1, digest="0" * 64, note="", created_at=now, created_by=None)
        session.add(release)
        session.flush()
    label, key = values.pop("label", "Yuanhang Logistics"), values.pop("key", None)
    case = ProcessInstance(
        release_id=release.id,
        process_id="lead",
        label=label,
        business_key=key,
        unit_id=unit_id,
        team={},
        status=RUNNING,
        revision=0,
        state=b"",
        journal_seq=0,
        journal_head=bytes(32),
        started_at=now,
    )
    session.add(case)
    session.flush()
    usual = {
        "group_key": group_key(role, unit_id),
        "title_zh": title,
        "created_at": now - timedelta(hours=1),
        "priority": 5,
        "reminder_level": 0,
    }
    item = WorkItem(
        instance_id=case.id,
        task_guid=uuid4(),
        process_id="lead",
        element="screen_lead",
        title_en=title,
        role=role,
        case_label=label,
        business_key=key,
        **(usual | values),
    )
    session.add(item)
    session.flush()
    return item.id


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation on SQLite."""
    return Settings(
        data_directory=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'site.db'}",
        processes_directory=PROCESSES,
        host="127.0.0.1",
        port=8330,
        zone=ZoneInfo("Asia/Shanghai"),
        secret_key="only-for-tests" * 4,
    )


_APPS: dict[tuple[str, ZoneInfo], tuple[Flask, dict[str, Any]]] = {}


def _app_of(settings: Settings, clock: FixedClock) -> Flask:
    """Return the application, which is made once; its product and what pages keep in it are new for each test."""
    known = (settings.secret_key, settings.zone)
    if known not in _APPS:
        made = create_app(settings, clock=clock)
        _APPS[known] = made, dict(made.extensions)
        return made
    app, extensions = _APPS[known]
    app.extensions = extensions | {EXTENSION: assemble(settings, clock=clock)}
    return app


def _opened(app: Flask, clock: FixedClock) -> Iterator[Site]:
    site = Site(app, clock)
    app.jinja_env.bytecode_cache = TEMPLATES
    yield site
    site.product.engine.dispose()


@pytest.fixture
def empty_site(settings: Settings, clock: FixedClock, sqlite_with_tables: Path) -> Iterator[Site]:
    """The product as it is right after installation: no units, no people."""
    shutil.copyfile(sqlite_with_tables, settings.data_directory / "site.db")
    yield from _opened(create_app(settings, clock=clock), clock)


PEOPLE = [
    ("anrui", "An Rui", "安睿", "zh_CN", "ar", "office"),
    ("suran", "Su Ran", "苏然", "en", "sr", "office"),
    ("furong", "Fu Rong", "傅荣", "zh_CN", "fr", "office"),
    ("lin", "Lin", "林", "zh_CN", "lead_manager", "region"),
    ("ouyang", "Ouyang", "欧阳", "zh_CN", "process_owner", "region"),
    ("max", "Max", "马克斯", "en", "admin", "region"),
    ("eve", "Eve", "", "en", None, "region"),
]


@pytest.fixture(scope="session")
def sqlite_with_people(sqlite_with_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with a region, an office in it, and the cast; to copy."""
    path = tmp_path_factory.mktemp("with-people") / "people.db"
    shutil.copyfile(sqlite_with_tables, path)
    engine = connect(f"sqlite:///{path}")
    with transaction(sessions(engine)) as session:
        region = operations.create_unit(session, "region", name_en="South", name_zh="华南", level="region")
        office = operations.create_unit(
            session, "office", name_en="Shenzhen", name_zh="深圳", level="rep", parent=region
        )
        units = {"region": region, "office": office}
        for username, name_en, name_zh, language, role, unit in PEOPLE:
            user = operations.create_user(
                session,
                username,
                name_en=name_en,
                name_zh=name_zh,
                now=MONDAY_MORNING,
                password=PASSWORD,
                language=language,
                unit=units[unit],
            )
            if role is not None:
                operations.grant(session, user, role, units[unit], now=MONDAY_MORNING)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_with_processes(sqlite_with_people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the cast and the processes that the product is shipped with; to copy."""
    path = tmp_path_factory.mktemp("with-processes") / "processes.db"
    shutil.copyfile(sqlite_with_people, path)
    engine = connect(f"sqlite:///{path}")
    with transaction(sessions(engine)) as session:
        deploy(session, read_folder(PROCESSES), by=SYSTEM, now=MONDAY_MORNING)
    engine.dispose()
    return path


def _inhabited(settings: Settings, clock: FixedClock, company: Path) -> Iterator[Site]:
    shutil.copyfile(company, settings.data_directory / "site.db")
    for site in _opened(_app_of(settings, clock), clock):
        with reading(site.product.sessions) as session:
            site.units = {each.code: each for each in session.scalars(sa.select(OrgUnit))}
            site.users = {each.username: each for each in session.scalars(sa.select(User))}
        yield site


@pytest.fixture
def site(settings: Settings, clock: FixedClock, sqlite_with_people: Path) -> Iterator[Site]:
    """The product with a region, an office in it, and the cast."""
    yield from _inhabited(settings, clock, sqlite_with_people)


@pytest.fixture
def leads_site(settings: Settings, clock: FixedClock, sqlite_with_processes: Path) -> Iterator[Site]:
    """The product with the cast, and with the processes that it is shipped with as the current release."""
    yield from _inhabited(settings, clock, sqlite_with_processes)


def _is_about_leads(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    if folder == "scenarios":
        return name in {"lead_idle.yaml", "lead_screened_out.yaml"}
    return name.startswith(("lead", "sla"))


@pytest.fixture
def drafts_site(site: Site) -> Site:
    """The product with the cast, the processes of leads and two of their stories: enough to edit, quick to check."""
    with transaction(site.product.sessions) as session:
        files = read_folder(site.product.settings.processes_directory)
        few = {path: content for path, content in files.items() if _is_about_leads(path)}
        deploy(session, few, by=SYSTEM, now=site.clock.now())
        operations.grant(session, site.users["lin"], "sales_mgmt", site.units["region"], now=site.clock.now())
    return site
