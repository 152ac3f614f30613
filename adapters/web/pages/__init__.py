"""One file for each page that people open, and what it answers."""
