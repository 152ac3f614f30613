"""How a process that runs on is, and how it tells."""
