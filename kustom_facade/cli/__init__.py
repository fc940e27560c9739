"""The command line ``kustom``, for the extra ``cli``: ``pip install 'kustom-facade[cli]'``."""

import sys


def main() -> None:
    """Run the command, or say what has to be installed for it."""
    try:
        from .commands import app  # noqa: PLC0415  # typer and rich are an extra
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        need = f"kustom needs the package {error.name}: pip install 'kustom-facade[cli]'"
        print(need, file=sys.stderr)  # noqa: T201  # a command
        sys.exit(2)  # wrong use: a status of 1 asks for another run
    app()
