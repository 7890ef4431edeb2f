"""``python -m webui.cli`` is ``ltc``."""

from webui.cli import main

main()
