"""``ltc serve``: the web product, with background work in the same process unless told otherwise."""

from __future__ import annotations

import errno
import logging
import signal
import sys
from dataclasses import replace
from typing import Any

import click
import waitress
from flask import Flask

from engine import database
from engine.directory import SYSTEM
from engine.drafts.folders import FolderConflicts, deploy_folder, prove_folder, read_marker
from engine.errors import NotFound, ReleaseRefused
from engine.findings import ERROR
from engine.releases.operations import read_folder
from engine.releases.queries import current
from engine.settings import Settings
from handlers.known import known
from webui import migrations
from webui.app import WORKER, create_app
from webui.assembly import assemble
from webui.runtime import Runtime
from webui.signin import first_run

log = logging.getLogger("ltc")

THREADS = 8


@click.command("serve")
@click.option("--host", help="Address to listen on (HOST, or 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (PORT, or 8000).")
@click.option("--worker/--no-worker", default=True, help="Do background work in this process too (the usual).")
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True, help="Requests at once.")
@click.option("--behind-proxy", is_flag=True, help="Believe X-Forwarded-For and -Proto: only behind your own proxy.")
def command(host: str | None, port: int | None, worker: bool, threads: int, behind_proxy: bool) -> None:
    """Serve LTC Flow: bring the database up to date, release what changed in the processes, answer browsers."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("waitress", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    settings = Settings.from_environment()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    product = assemble(settings)
    migrations.upgrade(product.engine)
    release_processes(product)
    app = create_app(settings, product=product, start_worker=worker)
    try:
        server = waitress.create_server(
            app, host=settings.host, port=settings.port, threads=threads, **_proxy(behind_proxy)
        )
    except (OSError, ValueError) as error:
        _stop(app)
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise click.ClickException(f"port {settings.port} is taken; choose another with --port or PORT") from error
        where = f"{settings.host} port {settings.port}"
        raise click.ClickException(f"cannot listen at {where}: {error}; see --host, --port, HOST, PORT") from error
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _greet(product)
    try:
        server.run()
    finally:
        server.close()
        _stop(app)


def release_processes(product: Runtime) -> None:
    """Make the processes folder the current release when nothing is released yet or its content changed.

    What process owners published stays: a changed folder is joined with it. A folder that the checks refuse or that
    cannot be joined leaves the running release in place; without one the refusal is raised.
    """
    folder = product.settings.processes_directory
    marker, company = read_marker(folder), known()
    try:
        files = read_folder(folder)
        with database.reading(product.sessions) as db:
            prove_folder(db, files, marker=marker, known=company)
        with database.transaction(product.sessions) as db:
            made = deploy_folder(db, files, by=SYSTEM, now=product.room.clock.now(), marker=marker, known=company)
        log.info("release %s is current", made.release.number)
    except FolderConflicts as refused:
        for each in refused.conflicts:
            log.warning("%s %s: changed in the folder and by what was published", each.file, each.name)
        log.warning("the processes folder is not deployed: see ltc deploy --help for how to choose")
    except ReleaseRefused as refused:
        with database.reading(product.sessions) as db:
            try:
                number = current(db).number
            except NotFound:
                raise refused from None
        for finding in refused.findings:
            if finding.severity == ERROR:
                log.warning("%s %s: %s %s", finding.file, finding.element or "", finding.reason.en, finding.cure.en)
        log.warning("the processes folder cannot be released; release %s stays current", number)


def _proxy(trusted: bool) -> dict[str, Any]:
    if not trusted:
        return {}
    return {
        "trusted_proxy": "*",
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


def _greet(product: Runtime) -> None:
    settings = product.settings
    shown = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not bound
    address = f"http://{shown}:{settings.port}"
    click.echo(f"LTC Flow 线索到回款: {address}")
    with database.reading(product.sessions) as db:
        needs_administrator = first_run.is_open(db)
    if needs_administrator:
        click.echo(f"Make the first administrator 创建首位管理员: {address}/setup")
        click.echo(f"Setup code 初始化码: {first_run.setup_code(settings.secret_key)}")


def _stop(app: Flask) -> None:
    worker = app.extensions.get(WORKER)
    if worker is not None:
        worker.stop()
