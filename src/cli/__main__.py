"""`python -m src.cli` is `segue`."""

from src.cli.app import main

main()
