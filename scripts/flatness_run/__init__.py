"""Whether memory, file descriptors and time stay flat over very many calls. See harness."""
