"""Files that people write: registers and walks."""
