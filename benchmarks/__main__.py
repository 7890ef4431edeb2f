"""``python -m benchmarks``: measure everything and print it for people."""

from benchmarks import engine

print(engine.table(engine.run()))
