"""What both authorities sign: drafted → approved by both → published."""
