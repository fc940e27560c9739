"""Tests of the vendor's behaviour, one file for each module."""
