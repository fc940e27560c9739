"""Steps from the vendor's document to the bindings and verbs, run by scripts/regenerate.py."""
