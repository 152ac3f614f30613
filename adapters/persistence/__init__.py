"""Facts and rows on disk."""
