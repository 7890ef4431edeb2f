"""Background work: the one door to DBOS.

``DurableQueue`` is the engine room's job queue, ``worker.Worker`` runs what it holds, ``draining`` runs it without
threads, ``sweep`` finds timers and reminders that are due, ``incidents`` holds what failed for good.
"""
