"""What is laid before both authorities, and what everybody may read afterwards."""
