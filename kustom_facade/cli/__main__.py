"""``python -m kustom_facade.cli`` is ``kustom``."""

from . import main

if __name__ == "__main__":
    main()
