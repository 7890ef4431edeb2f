"""``ltc worker``: background work in a process of its own; as many as you like, on as many machines."""

from __future__ import annotations

import logging
import signal
import threading

import click

from engine.jobs.worker import AT_ONCE, Worker
from engine.settings import Settings
from webui import migrations
from webui.assembly import assemble


@click.command("worker")
@click.option("--at-once", type=click.IntRange(1, 64), default=AT_ONCE, show_default=True, help="Jobs at once.")
def command(at_once: int) -> None:
    """Do background work until told to stop (SIGTERM, Ctrl+C): calls to the outside, timers, reminders."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    product = assemble(Settings.from_environment())
    migrations.upgrade(product.engine)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    worker = Worker(product.room, product.sessions, at_once=at_once)
    worker.start()
    click.echo(f"worker {worker.name} works")
    try:
        stopping.wait()
    finally:
        worker.stop()
