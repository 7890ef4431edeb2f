"""``python -m benchmarks``: measure everything and print it for people."""

from benchmarks import engine, road

print(engine.table(engine.run()))
print()
print(road.table(road.run()))
