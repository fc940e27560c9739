"""Tests of splitting and adding order lines."""
