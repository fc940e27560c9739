"""Mixed calls over many connections, with faults: the served sandbox at length; see harness."""
