"""From the vendor's document to the bindings, step by step; scripts/regenerate.py runs the steps."""
