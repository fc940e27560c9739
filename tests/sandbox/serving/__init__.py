"""Tests of the served sandbox, one file for each module or concern."""
