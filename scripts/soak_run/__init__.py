"""Send mixed calls over many connections to a served sandbox with faults. See harness."""
