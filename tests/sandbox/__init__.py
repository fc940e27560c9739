"""Tests of the stand-in, on its own: nothing of the facade takes part in them."""
